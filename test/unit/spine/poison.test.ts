/** Nothing is learnt from rows that test: change them in any way, and the model comes out the same to the byte. */
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/core/random.js';
import { isCodes, type Column, type Table } from '../../../src/core/table.js';
import { Guide } from '../../../workers/context.js';
import { makeDesign } from '../../../workers/design.js';
import { baselineOf, dependenceOf } from '../../../workers/judge.js';
import { study } from '../../../workers/study.js';
import { bytesOf, fit, makeTable, makeWorkflow, withRole } from './made.js';

/** These cells of these columns as no training row has them: wild numbers, gaps, levels and words never seen, with the levels numbered anew. */
function poisoned(t: Table, rows: ReadonlySet<number>, spare: ReadonlySet<string>): Table {
  const u = random(99);
  const spoil = (c: Column): Column => {
    if (spare.has(c.name)) return c;
    if (!isCodes(c))
      return {
        ...c,
        values: c.values.map((v, i) =>
          rows.has(i) ? (u() < 0.2 && c.name !== 'value' ? NaN : c.kind === 'time' ? 9e12 * u() : 1e9 * (u() - 0.5)) : v,
        ),
      };
    const levels = ['new here', 'poison poison gift', ...c.levels];
    return { ...c, levels, codes: c.codes.map((k, i) => (rows.has(i) ? Math.floor(u() * 3) - 1 : k < 0 ? -1 : k + 2)) };
  };
  return { ...t, columns: t.columns.map(spoil) };
}

const models = {
  class: [
    'baseline',
    'logistic',
    'k-nearest-neighbours',
    'decision-tree',
    'hist-gradient-boosting',
    'random-forest',
    'extra-trees',
    'neural-network',
  ],
  number: ['baseline', 'linear', 'k-nearest-neighbours', 'hist-gradient-boosting', 'random-forest', 'neural-network'],
} as const;
const fast: Readonly<Record<string, Record<string, number | boolean>>> = {
  'random-forest': { n_estimators: 5 },
  'extra-trees': { n_estimators: 5 },
};

describe.each(['class', 'number'] as const)('a %s target', (task) => {
  const table = makeTable();
  const w = makeWorkflow(table, task);
  const d = makeDesign(table, w);
  const held = new Set(d.holdout);
  // The target of held rows is spoilt too where the split does not go by it.
  const bad = makeDesign(poisoned(table, held, new Set(task === 'class' ? ['yes'] : [])), w);

  test('the poison went where it should', () => {
    expect(bad.holdout).toEqual(d.holdout);
    const [age, was] = [bad.columns[0]!, d.columns[0]!];
    expect([...d.holdout].filter((i) => !isCodes(age) && !isCodes(was) && Object.is(age.values[i], was.values[i]))).toEqual([]);
  });

  test.each(models[task])('%s: spoilt holdout, same bytes', async (model) => {
    const [clean, spoilt] = [await fit(d, model, fast[model]), await fit(bad, model, fast[model])];
    expect(Buffer.compare(bytesOf(clean.artifact!), bytesOf(spoilt.artifact!))).toBe(0);
    expect(spoilt.run.cv).toEqual(clean.run.cv);
  });

  test.each(models[task])('%s: spoilt fold, same answers to the one row left as it was', async (model) => {
    const [row, ...others] = d.folds[0]!.test;
    const spare = new Set(task === 'class' ? ['yes'] : []);
    const spoilt = await fit(makeDesign(poisoned(table, new Set(others), spare), w), model, fast[model]);
    const clean = await fit(d, model, fast[model]);
    const outputs = task === 'class' ? 2 : 1;
    const at = d.training.indexOf(row!) * outputs;
    const answer = clean.outOfFold.slice(at, at + outputs);
    expect(answer.every(Number.isFinite)).toBe(true);
    expect(spoilt.outOfFold.slice(at, at + outputs)).toEqual(answer);
  });
});

describe('whatever the rows are cut and weighed by', () => {
  const table = makeTable();
  const plans = {
    weights: withRole(makeWorkflow(table, 'class'), 'times', 'weight'),
    groups: { ...makeWorkflow(table, 'class'), split: { method: 'group', column: 'visit', holdout: 0.25, folds: 3 } },
    time: { ...makeWorkflow(table, 'number'), split: { method: 'time', column: 'born', holdout: 0.25, folds: 3 } },
  };
  /** Weights as no training row has them, and of the classes the other: both leave the rows where they are. */
  function heavy(t: Table, rows: ReadonlySet<number>, turn: boolean): Table {
    const columns = t.columns.map((c): Column => {
      if (c.name === 'times' && !isCodes(c)) return { ...c, values: c.values.map((v, i) => (rows.has(i) ? 1e6 * (i + 1) : v)) };
      if (turn && c.name === 'yes' && isCodes(c)) return { ...c, codes: c.codes.map((k, i) => (rows.has(i) ? 1 - k : k)) };
      return c;
    });
    return { ...t, columns };
  }
  test.each(Object.entries(plans))('%s: spoilt holdout, same bytes', async (name, w) => {
    const d = makeDesign(table, w);
    const held = new Set(d.holdout);
    const bad = makeDesign(heavy(poisoned(table, held, new Set(['yes', 'visit', 'born', 'times'])), held, name === 'groups'), w);
    expect([...bad.holdout]).toEqual([...d.holdout]);
    expect(bad.folds).toEqual(d.folds);
    for (const model of w.problem.task === 'class' ? ['hist-gradient-boosting', 'logistic'] : ['random-forest', 'linear']) {
      const [clean, spoilt] = [await fit(d, model, fast[model]), await fit(bad, model, fast[model])];
      expect(Buffer.compare(bytesOf(clean.artifact!), bytesOf(spoilt.artifact!))).toBe(0);
      expect(spoilt.outOfFold).toEqual(clean.outOfFold);
      // What was found by training rows alone is not moved by the others either.
      expect(await dependenceOf(bad, spoilt.artifact!, 'age')).toEqual(await dependenceOf(d, clean.artifact!, 'age'));
      expect(await baselineOf(bad, new Guide())).toEqual(await baselineOf(d, new Guide()));
    }
  });
  test.each(Object.entries(plans))('%s: no row learns what it is tested on', (_, w) => {
    const d = makeDesign(table, w);
    const held = new Set(d.holdout);
    for (const { train, test } of d.folds) {
      const tested = new Set(test);
      expect(test.length).toBeGreaterThan(0);
      expect([...train].filter((i) => tested.has(i) || held.has(i))).toEqual([]);
      expect([...test].filter((i) => held.has(i))).toEqual([]);
    }
  });
  test('weights: a spoilt fold does not move the answers to the row left as it was', async () => {
    const d = makeDesign(table, plans.weights);
    const [row, ...others] = d.folds[0]!.test;
    const bad = makeDesign(
      heavy(poisoned(table, new Set(others), new Set(['yes', 'times'])), new Set(d.folds[0]!.test), false),
      plans.weights,
    );
    const [clean, spoilt] = [await fit(d, 'hist-gradient-boosting'), await fit(bad, 'hist-gradient-boosting')];
    const at = d.training.indexOf(row!) * 2;
    expect(spoilt.outOfFold.slice(at, at + 2)).toEqual(clean.outOfFold.slice(at, at + 2));
  });
});

test('a whole study of several targets in a chain, blend and all: spoilt holdout, same runs, same choice, same bytes', async () => {
  const table = makeTable();
  const base = makeWorkflow(table, 'number');
  const also = [{ target: 'yes', task: 'class' as const, positive: 'yes', metric: 'roc_auc' }];
  const w = {
    ...base,
    problem: { ...base.problem, also, chain: true },
    tuning: { sampler: 'random', trials: 4, models: ['linear', 'decision-tree'] },
  };
  const d = makeDesign(table, w);
  const bad = makeDesign(poisoned(table, new Set(d.holdout), new Set(['yes'])), w);
  const [clean, spoilt] = [await study(d, {}, new Guide()), await study(bad, {}, new Guide())];
  const known = (s: typeof clean) => s.runs.map(({ key, cv, notes }) => ({ key, cv, notes }));
  expect(known(spoilt)).toEqual(known(clean));
  expect(spoilt.best.key).toBe(clean.best.key);
  expect(clean.artifact.also).toHaveLength(1);
  expect(Buffer.compare(bytesOf(clean.artifact), bytesOf(spoilt.artifact))).toBe(0);
});
