/** Linear models of a number agree with scikit-learn, statsmodels and R: weights, standard errors, tests, paths. */
import { describe, expect, it } from 'vitest';
import type { Linear } from '../../../../src/core/form.js';
import { matrix, type Matrix } from '../../../../src/core/matrix.js';
import type { Model, NumberTarget } from '../../../../src/core/model.js';
import { checked, type Values } from '../../../../src/core/param.js';
import { random } from '../../../../src/core/random.js';
import { inference } from '../../../../workers/explain/coefficients.js';
import { checkForm, predict } from '../../../../workers/forms/index.js';
import { linear } from '../../../../workers/models/linear.js';
import { bayesianRidge, evidence } from '../../../../workers/models/linear/bayesian-ridge.js';
import { generalizedLinear } from '../../../../workers/models/linear/generalized-linear.js';
import { huber, huberLine } from '../../../../workers/models/linear/huber.js';
import { pls } from '../../../../workers/models/linear/pls.js';
import { ransac } from '../../../../workers/models/linear/ransac.js';
import { theilSen } from '../../../../workers/models/linear/theil-sen.js';
import { registry } from '../../../../src/core/entry.js';
import { elasticPath, lassoPath } from '../../../../workers/models/linear/path.js';
import { quantile } from '../../../../workers/models/linear/quantile.js';
import { pace } from '../../../../workers/models/pace.js';
import { hold, ofLargest } from '../../close.js';
import golden from './data.json' with { type: 'json' };
import fromR from './r.json' with { type: 'json' };

interface Case {
  readonly model: string;
  readonly data: string;
  readonly params: Values;
  readonly weighted: boolean;
  readonly tol: number;
  readonly weights: readonly number[];
  readonly bias: number;
  readonly spread?: readonly number[];
  readonly t?: readonly number[];
  readonly p?: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly freedom?: number;
  readonly noise?: number;
  readonly explained?: number;
  readonly F?: number;
  readonly F_p?: number;
  readonly scale?: number;
  readonly loss?: number;
  readonly alpha?: number;
  readonly lam?: number;
  readonly score?: number;
}

const models = registry<Model>(linear, generalizedLinear, huber, quantile, theilSen, ransac, bayesianRidge, pls);
const ctx = { random: random(1), report: () => Promise.resolve(true) };
const sets = golden.data as Record<string, { rows: number; cols: number; X: number[]; y: number[] }>;

/** `what` is the model, then the quantity: largest difference relative to the largest value. */
function close(got: ArrayLike<number>, want: readonly number[], tol: number, what: string, reference = 'scikit-learn, statsmodels'): void {
  const [id, quantity = 'weights'] = what.split(': ') as [string, string?];
  hold(models.get(id)!.label, reference, quantity, ofLargest(got, want, 1e-300), tol);
}
const each = (got: readonly (number | null)[]) => got.map((v) => v ?? NaN);

function load(c: Case): { X: Matrix; target: NumberTarget } {
  const set = sets[c.data]!;
  const target: NumberTarget = { task: 'number', y: Float64Array.from(set.y) };
  return {
    X: matrix(set.rows, set.cols, Float32Array.from(set.X)),
    target: c.weighted ? { ...target, weight: Float64Array.from(golden.weight) } : target,
  };
}

async function agrees(c: Case, X: Matrix, target: NumberTarget, reference?: string): Promise<void> {
  const m = models.get(c.model)!;
  const near = (got: ArrayLike<number>, want: readonly number[], tol: number, what: string) =>
    close(got, want, tol, `${c.model}: ${what}`, reference);
  const form = checkForm(await m.fit(X, target, checked(m.params, c.params), ctx)) as Linear;
  expect(form.form).toBe('linear');
  near([...form.weights, ...form.bias], [...c.weights, c.bias], c.tol, 'weights');
  if (c.params['penalty'] === 'l1') c.weights.forEach((w, j) => expect(form.weights[j] === 0).toBe(w === 0));
  if (!c.t) return;
  const table = inference(form, X.names)!;
  const rows = table.scores[0]!.slice(0, c.t.length);
  const tol = 10 * c.tol;
  near(each(rows.map((r) => r.se)), c.spread!, tol, 'standard errors');
  near(each(rows.map((r) => r.t)), c.t, tol, 't');
  c.p!.forEach((p, j) => near([rows[j]!.p!], [p], 100 * tol, 'p'));
  if (c.low)
    near(
      each(rows.flatMap((r) => [r.low, r.high])),
      c.low.flatMap((v, j) => [v, c.high![j]!]),
      tol,
      'intervals',
    );
  expect(form.freedom).toBe(c.freedom);
  near([form.noise!, form.explained!], [c.noise!, c.explained!], tol, 'noise and share explained');
  if (c.F !== undefined && c.params['fit_intercept'] !== undefined) {
    near([table.F!.value], [c.F], tol, 'F');
    near([table.F!.p], [c.F_p!], 100 * tol, 'p of F');
  }
}

const cases = golden.cases as unknown as readonly Case[];

describe('agrees with scikit-learn and statsmodels', () => {
  it.each(cases.map((c) => [`${c.model} on ${c.data}${c.weighted ? ', weighted' : ''} ${JSON.stringify(c.params)}`, c] as const))(
    '%s',
    async (_, c) => {
      const { X, target } = load(c);
      await agrees(c, X, target);
    },
  );
});

describe('agrees with R', () => {
  const X = matrix(fromR.rows, fromR.cols, Float32Array.from(fromR.X));
  const list = fromR.cases as unknown as readonly (Case & { readonly y: 'mpg' | 'carb' })[];
  it.each(list.map((c) => [`${c.model} ${JSON.stringify(c.params)}`, c] as const))('%s', async (_, c) => {
    await agrees(c, X, { task: 'number', y: Float64Array.from(fromR[c.y]) }, 'R');
  });
});

describe('what lies behind', () => {
  it('Huber: the scale', async () => {
    for (const c of cases.filter(({ model }) => model === 'huber')) {
      const { X, target } = load(c);
      const { epsilon, alpha } = c.params as { epsilon: number; alpha: number | null };
      const fit = await huberLine(X, target.y, target.weight ?? null, epsilon, alpha ?? 0, true, 1e-8, 100, pace(ctx, 1));
      close([fit.scale], [c.scale!], 1e-9, 'huber: scale');
    }
  });
  it('Bayesian ridge: precisions, evidence, posterior', async () => {
    for (const c of cases.filter(({ model }) => model === 'bayesian-ridge')) {
      const { X, target } = load(c);
      const priors = { alpha_1: 1e-6, alpha_2: 1e-6, lambda_1: 1e-6, lambda_2: 1e-6, tol: 1e-14, max_iter: 100000 };
      const fit = await evidence(X, target.y, target.weight ?? null, true, priors, pace(ctx, 1));
      close([fit.alpha, fit.lambda], [c.alpha!, c.lam!], 1e-6, 'bayesian-ridge: precisions');
      close([fit.scores.at(-1)!], [c.score!], 1e-8, 'bayesian-ridge: evidence');
      close(fit.inference!.spread.slice(0, -1), c.spread!, 1e-7, 'bayesian-ridge: standard errors');
    }
  });
  it('quantiles: the loss is the least there is', async () => {
    for (const c of cases.filter(({ model }) => model === 'quantile')) {
      const { X, target } = load(c);
      const { quantile: q, alpha } = c.params as { quantile: number; alpha: number | null };
      const form = (await quantile.fit(X, target, checked(quantile.params, c.params), ctx)) as Linear;
      const fitted = predict(form, X);
      let loss = 0;
      let total = 0;
      target.y.forEach((v, i) => {
        const w = target.weight?.[i] ?? 1;
        loss += w * Math.max(q * (v - fitted[i]!), (q - 1) * (v - fitted[i]!));
        total += w;
      });
      for (const b of form.weights) loss += (alpha ?? 0) * total * Math.abs(b);
      expect(loss).toBeLessThan(c.loss! * (1 + 1e-12));
    }
  });
});

describe('paths', () => {
  const { X, target } = load(cases.find(({ data }) => data === 'diabetes')!);
  it('lasso: knots of least angle regression', async () => {
    const path = await lassoPath(X, target.y, null, true, pace(ctx, 1));
    close(path.alphas, golden.paths.lars.alphas, 1e-10, 'linear: knots of least angles');
    path.weights.forEach((w, k) => close(w, golden.paths.lars.weights[k]!, 1e-8, 'linear: weights at knots'));
  });
  it('elastic net: a weight for every strength', async () => {
    for (const net of golden.paths.net) {
      const from = await elasticPath(X, target.y, null, net.ratio, true, pace(ctx, 1), net.alphas);
      from.weights.forEach((w, k) => close(w, net.weights[k]!, 1e-7, 'linear: elastic net path'));
    }
  });
});
