/** What a model hands out on its way is enough to go on from: whatever state a fit was cut off at, it ends in the bytes of an unbroken one. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ClassTarget, Context, Model, Task } from '../../src/core/model.js';
import { checked, type Values } from '../../src/core/param.js';
import { splitSeed } from '../../src/core/random.js';
import { models } from '../../workers/models/index.js';
import { bytesOf, context, ordinary, quickParams, SEED, suited, type Case, type Told } from './cases.js';

/** Models that can take long and have a natural state: they must hand one out. */
const LONG: ReadonlySet<string> = new Set([
  'hist-gradient-boosting',
  'gradient-boosting',
  'explainable-boosting',
  'random-forest',
  'extra-trees',
  'adaboost',
  'isolation-forest',
  'rule-fit',
  'gaussian-process',
  'sgd',
  'perceptron',
  'passive-aggressive',
  'neural-network',
  'wide-and-deep',
  'residual-network',
  'voting',
  'stacking',
  'calibrated',
  'bagging',
  'logistic',
  'ordinal',
  'huber',
  'quantile',
  'ransac',
  'generalized-linear',
  'pls',
  'rule-list',
  'naive-bayes-categorical',
  'naive-bayes-bernoulli',
]);

/** With classes these have one too: pairs of them and folds, and steps of the likelihood. A number is one solve. */
const LONG_BY_CLASS: Readonly<Record<string, number>> = { 'support-vector-machine': 2, 'spline-gam': 2 };
const mustOffer = (id: string, { target }: Case): boolean =>
  LONG.has(id) || (target.task === 'class' && target.levels.length >= (LONG_BY_CLASS[id] ?? Infinity));

/** Other ways of the same model, where what is kept differs: samples, limits, early stopping, losses. */
const ways: Readonly<Record<string, readonly Values[]>> = {
  'hist-gradient-boosting': [
    { max_features: 0.5, early_stopping: 'on', n_iter_no_change: 4, validation_fraction: 0.2, min_samples_leaf: 3 },
    { subsample: 0.6, colsample_bytree: 0.7, max_features: 0.7, min_samples_leaf: 3 },
    { loss: 'absolute_error', min_samples_leaf: 3, class_weight: 'balanced' },
    { l1_regularization: 0.1, early_stopping: 'on', min_samples_leaf: 3 },
  ],
  'gradient-boosting': [{ subsample: 0.5, max_features: 0.5 }, { loss: 'quantile' }],
  'random-forest': [{ class_weight: 'balanced', criterion: 'entropy' }],
  'explainable-boosting': [{ interactions: 0 }, { interactions: 3, max_rounds: 40, early_stopping_rounds: 5 }],
  sgd: [
    { early_stopping: true, average: true, penalty: 'elasticnet', learning_rate: 'adaptive' },
    { loss: 'hinge', max_iter: 30 },
  ],
  'gaussian-process': [{ ard: true, n_restarts_optimizer: 1, max_iter: 6 }],
  'neural-network': [{ early_stopping: true, dropout: 0.2 }],
  logistic: [{ penalty: 'l1' }, { penalty: 'elasticnet', C: 0.1 }, { penalty: 'none' }],
  linear: [{ penalty: 'none' }, { penalty: 'l1', alpha: 1e-4, tol: 1e-12 }, { penalty: 'elasticnet', alpha: 1e-3 }],
  quantile: [{ alpha: 0.05, quantile: 0.8 }, { fit_intercept: false }],
  ransac: [{ stop_probability: 1, max_trials: 20 }],
  huber: [{ alpha: 1, fit_intercept: false }],
  'generalized-linear': [{ alpha: 0.1, fit_intercept: false }],
  ordinal: [{ penalty: 'none' }],
  pls: [{ n_components: 4, scale: false }],
  'rule-list': [{ max_conditions: 2, min_samples_leaf: 2 }],
  'rule-fit': [{ penalty: null }],
};

/** What is one piece of work hands out its states at the pace of reports: these need more of it before the first. */
const larger: Readonly<
  Record<string, readonly { readonly rows: number; readonly cols: number; readonly values: Values; readonly task?: Task }[]>
> = {
  'decision-tree': [
    { rows: 20_000, cols: 8, values: {} },
    { rows: 20_000, cols: 8, values: { max_leaf_nodes: 4000, ccp_alpha: 1e-5 } },
  ],
  'theil-sen': [{ rows: 300, cols: 8, values: { max_subpopulation: 20_000 } }],
  linear: [
    { rows: 60_000, cols: 40, values: {} },
    { rows: 60_000, cols: 40, values: { penalty: 'none' } },
    { rows: 60_000, cols: 40, values: { penalty: 'l1', alpha: 1e-3 } },
    { rows: 60, cols: 40, values: { penalty: 'l1', alpha: 1e-6, tol: 1e-12 } },
    { rows: 40, cols: 60, values: { penalty: 'l1', alpha: 1e-3, tol: 1e-12 } },
  ],
  quantile: [{ rows: 2000, cols: 6, values: {} }],
  'bayesian-ridge': [{ rows: 60_000, cols: 40, values: {} }],
  'linear-discriminant': [{ rows: 60_000, cols: 40, values: { shrinkage: 'auto' } }],
  'quadratic-discriminant': [{ rows: 120_000, cols: 40, values: {} }],
  'kernel-ridge': [{ rows: 1200, cols: 80, values: {} }],
  'spline-gam': [
    { rows: 70_000, cols: 6, values: {}, task: 'number' },
    { rows: 1500, cols: 3, values: { n_knots: 60 }, task: 'number' },
  ],
  'support-vector-machine': [{ rows: 700, cols: 4, values: { C: 100 } }],
};

interface Kept {
  readonly form: string;
  /** The learning curve. */
  readonly curve: readonly Told[];
  readonly states: readonly unknown[];
}

/** Shorter still than `quick`, since every fit is done many times over. */
const short: Readonly<Record<string, Values>> = {
  'isolation-forest': { n_estimators: 12 },
  'rule-fit': { n_estimators: 4, penalty: 0.2 },
  'rule-list': { evidence: 0 },
  'explainable-boosting': { max_rounds: 15, interactions: 2 },
};

/** Every seventh row is of the wrong class, so that no tree is the last word. */
const blurred = (c: Case): Case =>
  c.target.task === 'number'
    ? c
    : { ...c, target: { ...c.target, y: c.target.y.map((k, i) => (i % 7 === 3 ? (k + 1) % (c.target as ClassTarget).levels.length : k)) } };

/** Of the bytes, so that what differs is told in a line. */
const digest = (v: unknown): string => createHash('sha1').update(bytesOf(v)).digest('hex');

const fit = async (m: Model, { X, target }: Case, values: Values, ctx: Context): Promise<string> =>
  digest(await m.fit(X, target, checked(m.params, quickParams(m, { ...short[m.id], ...values })), ctx));

async function whole(m: Model, c: Case, values: Values): Promise<Kept> {
  const states: unknown[] = [];
  const ctx = context();
  const form = await fit(m, c, values, { ...ctx, save: (state) => void states.push(structuredClone(state())) });
  return { form, curve: ctx.told.filter((t) => t.point), states };
}

/** Other than any state: nothing, other kinds, another version's, and each state with one part left out or of another kind. */
const strange = (state: unknown): unknown[] => {
  const parts = Object.entries(state as Record<string, unknown>);
  return [
    null,
    7,
    'state',
    [],
    {},
    { ...(state as object), of: 'of an older version' },
    Object.fromEntries(parts.map(([name]) => [name, undefined])),
    ...parts.map(([left]) => Object.fromEntries(parts.filter(([name]) => name !== left))),
  ];
};

describe.each([...models])('%s', (id, m) => {
  const cases = ordinary(m.tasks, 90, 4).map((c) => blurred(suited(m, c)));
  const tried = cases.flatMap((c) =>
    [{}, ...(ways[id] ?? [])].map((values, way) => ({ name: `${c.name}, way ${way}`, c, values, must: undefined as boolean | undefined })),
  );

  const large = (larger[id] ?? []).flatMap(({ rows, cols: p, values, task }) =>
    ordinary(task ? [task] : m.tasks, rows, p).map((c) => ({
      name: `${c.name}, ${rows} × ${p}`,
      c: blurred(suited(m, c)),
      values,
      must: true,
    })),
  );

  it.each([...tried, ...large])('goes on to the same bytes: $name', async ({ c, values, must }) => {
    const { form, curve, states } = await whole(m, c, values);
    if (must ?? mustOffer(id, c)) expect(states.length).toBeGreaterThan(1);
    const at = [0, Math.floor(states.length / 2), states.length - 1];
    for (const i of new Set(at)) {
      if (i < 0 || i >= states.length) continue;
      const before = digest(states[i]);
      const again: unknown[] = [];
      const saved = structuredClone(states[i]);
      const ctx = context();
      expect(await fit(m, c, values, { ...ctx, saved, save: (state) => void again.push(structuredClone(state())) })).toBe(form);
      // Of the curve it draws what is left.
      const rest = ctx.told.filter((t) => t.point);
      expect(rest).toEqual(curve.slice(curve.length - rest.length));
      // From there on it hands out what the unbroken fit did, so that it may be cut off any number of times; and it keeps its hands off what it was given.
      // At the pace of reports that is elsewhere, so there one of its own states is gone on from.
      if (!must) expect(again.map(digest)).toEqual(states.slice(states.length - again.length).map(digest));
      else if (again.length > 0) expect(await fit(m, c, values, { ...context(), saved: again[again.length >> 1] })).toBe(form);
      expect(digest(saved)).toBe(before);
    }
  });

  it('begins anew from what is no state of this fit', async () => {
    const [c, other] = [cases[0]!, cases[1] ?? cases[0]!];
    const { form, states } = await whole(m, c, {});
    const state = states[Math.floor(states.length / 2)];
    if (state === undefined) return;
    for (const saved of strange(state)) expect(await fit(m, c, {}, { ...context(), saved })).toBe(form);
    // A state of the same model learning something else.
    const own = await whole(m, other, {});
    if (other !== c) expect(await fit(m, other, {}, { ...context(), saved: state })).toBe(own.form);
  });

  it('makes a state only when one is wanted', async () => {
    const c = cases[0]!;
    const plain = await fit(m, c, {}, context(splitSeed(SEED, id)));
    expect(await fit(m, c, {}, { ...context(splitSeed(SEED, id)), save: () => undefined })).toBe(plain);
  });
});
