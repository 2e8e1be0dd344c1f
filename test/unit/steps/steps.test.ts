/** Steps by hand: values worked on paper, and the cases each was made for. */
import { describe, expect, test } from 'vitest';
import type { Target } from '../../../src/core/model.js';
import type { Values } from '../../../src/core/param.js';
import { checked } from '../../../src/core/param.js';
import { Problem } from '../../../src/core/problem.js';
import { random } from '../../../src/core/random.js';
import type { ColumnStep, RowStep } from '../../../src/core/step.js';
import type { Column } from '../../../src/core/table.js';
import { cellText, isValues, lengthOf } from '../../../src/core/table.js';
import { eigen } from '../../../workers/steps/eigen.js';
import { steps } from '../../../workers/steps/index.js';
import { fingerprint } from '../../../workers/steps/merge-spellings.js';
import { numberIn } from '../../../workers/steps/to-number.js';

const num = (name: string, ...values: number[]): Column => ({ name, kind: 'number', values: Float64Array.from(values) });
const time = (name: string, ...values: string[]): Column => ({
  name,
  kind: 'time',
  values: Float64Array.from(values, (v) => Date.parse(v)),
});
const cat = (name: string, ...values: string[]): Column => {
  const levels = [...new Set(values.filter((v) => v !== ''))];
  return { name, kind: 'category', levels, codes: Int32Array.from(values, (v) => levels.indexOf(v)) };
};
function run(id: string, columns: Column[], given: Values = {}, on = columns, target?: Target): Column[] {
  const step = steps.get(id) as ColumnStep;
  const params = checked(step.params, given);
  return step.apply(on, step.learn(columns, params, target), params);
}
const values = (c: Column | undefined): number[] => {
  if (!c || !isValues(c)) throw new Error('no number');
  return Array.from(c.values);
};
const texts = (c: Column): string[] => Array.from({ length: lengthOf(c) }, (_, i) => cellText(c, i));
const rows = (id: string, columns: Column[], given: Values = {}): number[] => {
  const step = steps.get(id) as RowStep;
  return Array.from(
    step.rows(
      { rows: lengthOf(columns[0]!), columns },
      columns.map((c) => c.name),
      checked(step.params, given),
    ),
  );
};

describe('row steps', () => {
  test('repeated rows', () => {
    expect(rows('drop-duplicates', [num('a', 1, 1, 2, 1, NaN, NaN), cat('b', 'x', 'y', 'x', 'x', '', '')])).toEqual([0, 1, 2, 4]);
  });
  test('conditions', () => {
    const a = [num('a', 1, 2, NaN, 4)];
    expect(rows('filter-rows', a, { op: 'is-not', value: '2' })).toEqual([0, 2, 3]);
    expect(rows('filter-rows', a, { op: 'less', value: '2' })).toEqual([0]);
    expect(
      rows('filter-rows', [time('t', '2020-01-01T00:00Z', '2021-06-01T12:00Z')], { op: 'greater', value: '2021-06-01 11:59' }),
    ).toEqual([1]);
    expect(rows('filter-rows', [cat('c', 'Apple', 'pear', '')], { op: 'contains', value: 'APP' })).toEqual([0]);
    expect(() => rows('filter-rows', a, { op: 'less', value: 'two' })).toThrow(Problem);
  });
  test('outliers', () => {
    expect(rows('drop-outliers', [num('a', 1, 2, 3, 4, 5, 100, NaN)])).toEqual([0, 1, 2, 3, 4, 6]);
    expect(rows('drop-outliers', [num('a', 1, 1, 1, 1)], { method: 'zscore' })).toEqual([0, 1, 2, 3]);
  });
});

describe('cleaning', () => {
  test('spellings', () => {
    expect(texts(run('merge-spellings', [cat('c', 'New York', 'new-york', 'New York', 'NEW  YORK ', 'Rome')])[0]!)).toEqual([
      'New York',
      'New York',
      'New York',
      'New York',
      'Rome',
    ]);
    expect(texts(run('merge-spellings', [cat('c', 'Zürich', 'Zürich')], {}, [cat('c', 'zurich.', 'Bern')])[0]!)).toEqual([
      'Zürich',
      'Bern',
    ]);
    // What must stay apart.
    for (const [a, b] of [
      ['<=50K', '>50K'],
      ['1.5', '15'],
      ['-3', '3'],
      ['C', 'C++'],
      ['10-19', '1019'],
      ['A 1', 'A1'],
    ] as const)
      expect(fingerprint(a)).not.toBe(fingerprint(b));
  });
  test('numbers in texts', () => {
    expect(['$1,200.50', '12 kg', '35 %', '−4', 'none', '1e3', '1.234.567'].map((t) => numberIn(t, '.'))).toEqual([
      1200.5,
      12,
      35,
      -4,
      NaN,
      1000,
      1.234,
    ]);
    expect(['1.200,50 €', '3,5', '1.234.567'].map((t) => numberIn(t, ','))).toEqual([1200.5, 3.5, 1234567]);
  });
  test('rare levels, replacing, clipping', () => {
    expect(texts(run('rare-levels', [cat('c', 'a', 'a', 'a', 'b')], { share: 0.3 }, [cat('c', 'a', 'b', 'new', '')])[0]!)).toEqual([
      'a',
      'other',
      'other',
      '',
    ]);
    expect(values(run('replace-values', [num('a', -999, 1)], { from: '-999' })[0])).toEqual([NaN, 1]);
    expect(texts(run('replace-values', [cat('c', 'a', '')], { to: 'none' })[0]!)).toEqual(['a', 'none']);
    expect(() => run('replace-values', [num('a', 1)], { from: 'one' })).toThrow(Problem);
    expect(values(run('clip-outliers', [num('a', 0, 1, 2, 3, 4)], { low: 0.25, high: 0.75 }, [num('a', -9, 2, 99, NaN)])[0])).toEqual([
      1,
      2,
      3,
      NaN,
    ]);
  });
  test('filling with a wrong value is refused', () => {
    expect(() => run('impute', [num('a', NaN)], { strategy: 'constant', fill: 'x' })).toThrow(Problem);
    const marked = run('impute', [num('a', 1, NaN, 3, 50)], { indicator: true });
    expect(marked.map(values)).toEqual([
      [1, 3, 3, 50],
      [0, 1, 0, 0],
    ]);
  });
});

describe('features', () => {
  test('target codes by hand', () => {
    // y = 1 3 | 5 7, levels x x | z z: overall 4, σ² = 5; for x n = 2, mean 2, s² = 1; λ = 10 / (10 + 1).
    const target: Target = { task: 'number', y: Float64Array.of(1, 3, 5, 7) };
    const [made] = run('target-encode', [cat('c', 'x', 'x', 'z', 'z')], {}, [cat('c', 'x', 'z', 'new', '')], target);
    const trust = 10 / 11;
    [2 * trust + 4 * (1 - trust), 6 * trust + 4 * (1 - trust), 4, 4].forEach((w, i) => expect(values(made)[i]).toBeCloseTo(w, 12));
    const three: Target = { task: 'class', y: Int32Array.of(0, 1, 2, 2), levels: ['p', 'q', 'r'] };
    expect(run('target-encode', [cat('c', 'x', 'x', 'z', 'z')], {}, undefined, three).map((c) => c.name)).toEqual([
      'c share of p',
      'c share of q',
      'c share of r',
    ]);
  });
  test('cross-fitted codes do not tell the row its own target', () => {
    const n = 200;
    const u = random(1);
    const y = Float64Array.from({ length: n }, () => u());
    const own: Column = {
      name: 'id',
      kind: 'category',
      codes: Int32Array.from({ length: n }, (_, i) => i),
      levels: Array.from({ length: n }, (_, i) => `id ${i}`),
    };
    const crossed = (steps.get('target-encode') as ColumnStep).fitTransform!([own], {}, { task: 'number', y }, 4).columns[0]!;
    // Every level is new to the folds that code it, so only the fold's mean is left.
    expect(new Set(values(crossed)).size).toBe(5);
  });
  test('dates', () => {
    const made = run('date-parts', [time('t', '2024-02-29T06:00Z', '2024-03-03T06:00Z')], { dayOfYear: true, weekend: true });
    expect(Object.fromEntries(made.map((c) => [c.name, values(c)]))).toEqual({
      't month': [2, 3],
      't day': [29, 3],
      't weekday': [3, 6],
      't day of year': [60, 63],
      't weekend': [0, 1],
      't days since start': [0, 3],
    });
    const round = run('date-parts', [time('t', '2024-01-01T00:00Z', '2024-07-01T00:00Z')], { cyclic: true });
    expect(values(round.find((c) => c.name === 't month cos'))[1]).toBeCloseTo(-1, 12);
  });
  test('one-hot leaves out, caps and gives gaps their own column', () => {
    const c = [cat('c', 'a', 'a', 'b', 'b', 'c', '')];
    expect(run('one-hot', c, { maxLevels: 2 }).map((o) => o.name)).toEqual(['c=a', 'c=other']);
    expect(run('one-hot', c, { drop: 'first' }).map((o) => o.name)).toEqual(['c=b', 'c=c']);
    expect(run('one-hot', [cat('s', 'm', 'f')], { drop: 'if-binary' }).map((o) => o.name)).toEqual(['s=m']);
    expect(values(run('one-hot', c, { missing: 'column' })[3])).toEqual([0, 0, 0, 0, 0, 1]);
  });
  test('ordinal, frequency, bins', () => {
    expect(values(run('ordinal', [cat('s', 'small', 'large', 'medium')], { order: 'given', given: 'small < medium < large' })[0])).toEqual([
      0, 2, 1,
    ]);
    expect(values(run('ordinal', [cat('s', '10', '9', '100')])[0])).toEqual([1, 0, 2]);
    expect(values(run('frequency-encode', [cat('s', 'a', 'a', 'b', '')], {}, [cat('s', 'a', 'new', '')])[0])).toEqual([0.5, 0, 0.25]);
    expect(texts(run('bins', [num('a', 1, 2, 3, 4)], { bins: 2 }, [num('a', 0, 2.5, NaN)])[0]!)).toEqual([
      '1: below 2.5',
      '2: 2.5 and above',
      '',
    ]);
  });
  test('constant and copied columns go', () => {
    expect(run('drop-constant', [num('a', 1, 1, 1), num('b', NaN, NaN, 1), cat('c', 'x', 'x', 'x')]).map((c) => c.name)).toEqual(['b']);
    expect(run('drop-correlated', [num('a', 1, 2, 3), num('b', 2, 4, 6), num('c', 3, 1, 2)]).map((c) => c.name)).toEqual(['a', 'c']);
    expect(run('standardise', [num('a', 7, 7)], {}, [num('a', 7, 9, NaN)]).map(values)).toEqual([[0, 0, NaN]]);
  });
  test('the telling columns stay', () => {
    const n = 100;
    const u = random(2);
    const y = Int32Array.from({ length: n }, () => (u() < 0.5 ? 0 : 1));
    const target: Target = { task: 'class', y, levels: ['0', '1'] };
    const columns = [
      num('noise', ...Array.from({ length: n }, u)),
      num('signal', ...Array.from(y, (v) => v + u())),
      cat('also', ...Array.from(y, (v) => (u() < 0.8 ? `l${v}` : 'l?'))),
    ];
    for (const score of ['test', 'information'])
      expect(run('select-k-best', columns, { k: 2, score }, undefined, target).map((c) => c.name)).toEqual(['signal', 'also']);
  });
  test('eigenvalues of a matrix worked by hand', () => {
    const { values: l, vectors } = eigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(Array.from(l, (v) => Math.round(v * 1e12) / 1e12)).toEqual([3, 1]);
    expect(Math.abs(vectors[0]!)).toBeCloseTo(Math.SQRT1_2, 12);
  });
});
