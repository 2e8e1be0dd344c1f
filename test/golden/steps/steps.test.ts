/** Steps against scikit-learn 1.2.1 on the same small table; the tolerance is 1e-12 unless it says why not. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Target } from '../../../src/core/model.js';
import type { Values } from '../../../src/core/param.js';
import { checked } from '../../../src/core/param.js';
import type { ColumnStep, State } from '../../../src/core/step.js';
import type { CodeColumn, Column } from '../../../src/core/table.js';
import { isValues } from '../../../src/core/table.js';
import { steps } from '../../../workers/steps/index.js';

interface Golden {
  a: number[];
  b: number[];
  c: number[];
  gaps: (number | null)[];
  colour: string[];
  y: number[];
  texts: string[];
  impute_mean: number;
  impute_median: number;
  impute_most_frequent: number;
  impute_colour: string;
  one_hot: { levels: string[]; values: number[][] };
  one_hot_rare: number[][];
  standard: number[][];
  minmax: number[][];
  robust: number[][];
  power: { lambdas: number[]; values: number[][] };
  bins_uniform: { edges: number[][]; values: number[][] };
  bins_quantile: { edges: number[][]; values: number[][] };
  tfidf: { terms: string[]; values: number[][] };
  tfidf_4: { terms: string[]; values: number[][] };
  pca: { components: number[][]; variance: number[]; values: number[][] };
  pca_share: number;
  f_classif: number[];
  f_regression: number[];
}
const golden = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as Golden;

const number = (name: string, values: readonly (number | null)[]): Column => ({
  name,
  kind: 'number',
  values: Float64Array.from(values, (v) => v ?? NaN),
});
const coded = (name: string, kind: 'category' | 'text', values: readonly string[]): CodeColumn => {
  const levels = [...new Set(values)];
  return { name, kind, levels, codes: Int32Array.from(values, (v) => levels.indexOf(v)) };
};
const X = [number('a', golden.a), number('b', golden.b), number('c', golden.c)];

function run(id: string, columns: readonly Column[], given: Values = {}, target?: Target): { state: State; columns: Column[] } {
  const step = steps.get(id) as ColumnStep;
  const params = checked(step.params, given);
  const state = step.learn(columns, params, target);
  return { state, columns: step.apply(columns, state, params) };
}
function near(got: readonly Column[], wanted: readonly (readonly number[])[], tolerance = 1e-12): void {
  expect(got.length).toBe(wanted.length);
  got.forEach((c, j) => {
    if (!isValues(c)) throw new Error(`${c.name} is no number`);
    wanted[j]!.forEach((w, i) => {
      if (!(Math.abs(c.values[i]! - w) <= tolerance * Math.max(1, Math.abs(w))))
        throw new Error(`${c.name}[${i}] is ${c.values[i]}, not ${w}`);
    });
  });
}

describe('steps agree with scikit-learn', () => {
  test.each([
    ['mean', golden.impute_mean],
    ['median', golden.impute_median],
    ['most-frequent', golden.impute_most_frequent],
  ])('impute %s', (strategy, wanted) => {
    const { state } = run('impute', [number('gaps', golden.gaps)], { strategy });
    expect((state.fills as number[])[0]).toBeCloseTo(wanted, 12);
  });
  test('impute a category', () => {
    expect((run('impute', [coded('colour', 'category', golden.colour)]).state.fills as string[])[0]).toBe(golden.impute_colour);
  });
  test('one-hot', () => {
    const { columns } = run('one-hot', [coded('colour', 'category', golden.colour)]);
    expect(columns.map((c) => c.name)).toEqual(golden.one_hot.levels.map((l) => `colour=${l}`));
    near(columns, golden.one_hot.values);
    near(run('one-hot', [coded('colour', 'category', golden.colour)], { minFrequency: 8 }).columns, golden.one_hot_rare);
  });
  test.each([
    ['standardise', golden.standard],
    ['min-max', golden.minmax],
    ['robust-scale', golden.robust],
  ])('%s', (id, wanted) => near(run(id, X).columns, wanted));
  test('power: the likelihood is flat at its top, so λ agrees to 1e-5', () => {
    const { state, columns } = run('power', X);
    golden.power.lambdas.forEach((l, j) => expect(Math.abs((state.lambda as Float64Array)[j]! - l)).toBeLessThan(1e-5));
    near(columns, golden.power.values, 1e-5);
  });
  test.each([
    ['uniform', golden.bins_uniform],
    ['quantile', golden.bins_quantile],
  ])('bins %s', (how, wanted) => {
    const { state, columns } = run('bins', X, { how, as: 'number' });
    near(columns, wanted.values);
    wanted.edges.forEach((edges, j) =>
      edges.slice(1, -1).forEach((e, k) => expect((state.edges as Float64Array[])[j]![k]!).toBeCloseTo(e, 10)),
    );
  });
  test.each([
    [5000, golden.tfidf],
    [4, golden.tfidf_4],
  ])('tf-idf with at most %i words', (terms, wanted) => {
    const { columns } = run('tf-idf', [coded('t', 'text', golden.texts)], { terms });
    expect(columns.map((c) => c.name)).toEqual(wanted.terms.map((w) => `t: ${w}`));
    near(columns, wanted.values);
  });
  test('pca, but for signs, which follow our own rule', () => {
    const { state, columns } = run('pca', X, { by: 'count', count: 3 });
    const components = state.components as Float64Array;
    golden.pca.components.forEach((row, k) => {
      const sign = Math.sign(row[0]! * components[k * 3]!);
      row.forEach((w, j) => expect(components[k * 3 + j]! * sign).toBeCloseTo(w, 10));
      expect((state.variance as Float64Array)[k]!).toBeCloseTo(golden.pca.variance[k]!, 10);
      near([columns[k]!], [golden.pca.values[k]!.map((v) => v * sign)], 1e-10);
    });
    expect(run('pca', X, { by: 'share', share: 0.9 }).columns.length).toBe(golden.pca_share);
  });
  test('the tests behind select-k-best', () => {
    const classes: Target = { task: 'class', y: Int32Array.from(golden.y), levels: ['0', '1'] };
    const scores = run('select-k-best', X, { k: 2 }, classes).state.scores as Float64Array;
    golden.f_classif.forEach((p, j) => expect(scores[j]!).toBeCloseTo(-Math.log10(p), 8));
    const values: Target = { task: 'number', y: Float64Array.from(golden.a) };
    const straight = run('select-k-best', X.slice(1), { k: 1 }, values).state.scores as Float64Array;
    golden.f_regression.forEach((p, j) => expect(straight[j]!).toBeCloseTo(-Math.log10(p), 8));
  });
});
