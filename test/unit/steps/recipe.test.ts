/** Recipes: order of columns, what a model needs, new data in other shapes, and no look at rows outside training. */
import { describe, expect, test } from 'vitest';
import type { Model } from '../../../src/core/model.js';
import { Problem } from '../../../src/core/problem.js';
import type { Use } from '../../../src/core/step.js';
import type { Column } from '../../../src/core/table.js';
import { takeColumn } from '../../../src/core/table.js';
import { toMatrix } from '../../../workers/steps/matrix.js';
import { preparation } from '../../../workers/steps/preparation.js';
import { applyRecipe, columnsNeeded, fitRecipe, rowsKept } from '../../../workers/steps/recipe.js';

const takes = (missing: boolean, categories: boolean, scaled: boolean): Model['takes'] => ({
  missing,
  categories,
  scaled,
  weights: true,
  gpu: 'no',
  chance: false,
});
const use = (step: string, on: Use['on'], params: Use['params'] = {}, more: Partial<Use> = {}): Use => ({
  id: `${step}-${String(on)}`,
  step,
  version: 1,
  on,
  params,
  ...more,
});
const cat = (name: string, values: (string | null)[], levels: string[], kind: 'category' | 'text' = 'category'): Column => ({
  name,
  kind,
  levels,
  codes: Int32Array.from(values, (v) => (v === null ? -1 : levels.indexOf(v))),
});
const columns: Column[] = [
  { name: 'age', kind: 'number', values: Float64Array.of(20, NaN, 40, 60) },
  cat('sex', ['m', 'f', 'm', null], ['m', 'f']),
  { name: 'born', kind: 'time', values: Float64Array.of(Date.UTC(2000, 0, 1), Date.UTC(2001, 5, 2), Date.UTC(2002, 1, 28), NaN) },
  { name: 'fare', kind: 'number', values: Float64Array.of(1, 2, 3, 4) },
];
const target = { task: 'class' as const, y: Int32Array.of(0, 1, 0, 1), levels: ['no', 'yes'] };

describe('recipes', () => {
  test('outputs stand where their inputs stood', () => {
    const { columns: out } = fitRecipe([use('one-hot', ['sex']), use('impute', ['age'], { indicator: true })], columns, undefined, 1);
    expect(out.map((c) => c.name)).toEqual(['age', 'age missing', 'sex=f', 'sex=m', 'born', 'fare']);
  });

  test('a hungry model gets everything it needs, a frugal one is left alone', () => {
    const { columns: out, fitted } = fitRecipe([], columns, target, 1, takes(false, false, true));
    const X = toMatrix(out);
    expect(X.data.every((v) => Number.isFinite(v))).toBe(true);
    expect(X.levels.every((l) => l === 0)).toBe(true);
    expect(fitted.map((f) => f.step)).toEqual(['date-parts', 'impute', 'impute', 'standardise', 'one-hot', 'align-levels']);
    expect(
      preparation(
        takes(true, true, false),
        columns.filter((c) => c.kind !== 'time'),
      ),
    ).toEqual([]);
    const native = toMatrix(fitRecipe([], columns.slice(0, 2), target, 1, takes(true, true, false)).columns);
    expect(native.levels).toEqual([0, 2]);
    expect(Array.from(native.data)).toEqual([20, NaN, 40, 60, 1, 0, 1, NaN]);
  });

  test('new data with other codes, another order, more columns and unseen levels gives the same numbers', () => {
    for (const t of [takes(true, true, false), takes(false, false, true)]) {
      const { fitted, columns: trained } = fitRecipe([], columns, target, 1, t);
      const other: Column[] = [
        { name: 'extra', kind: 'number', values: new Float64Array(4) },
        cat('sex', ['m', 'f', 'm', null], ['zz', 'f', 'yy', 'm']),
        columns[3]!,
        columns[2]!,
        columns[0]!,
      ];
      expect(toMatrix(applyRecipe(fitted, other))).toEqual(toMatrix(trained));
      expect(
        columnsNeeded(
          fitted,
          other.map((c) => c.name),
        ),
      ).not.toContain('extra');
      const unseen = applyRecipe(
        fitted,
        other.map((c) => (c.name === 'sex' ? cat('sex', ['?', '?', '?', '?'], ['?']) : c)),
      );
      if (t.categories) expect(Array.from(toMatrix(unseen).data.subarray(4, 8))).toEqual([NaN, NaN, NaN, NaN]);
      else for (const c of unseen.filter((u) => u.name.startsWith('sex='))) expect(c).toMatchObject({ values: new Float64Array(4) });
      expect(() => applyRecipe(fitted, other.slice(0, 3))).toThrow(Problem);
    }
  });

  test('rows outside training never change what is learnt', () => {
    const rows = [0, 1, 2];
    const uses = [use('rare-levels', 'categories', { share: 0.4 }), use('clip-outliers', 'numbers')];
    const learnt = (all: Column[]) =>
      fitRecipe(
        uses,
        all.map((c) => takeColumn(c, rows)),
        { ...target, y: Int32Array.of(0, 1, 0) },
        1,
        takes(false, false, true),
      ).fitted;
    const poisoned = columns.map((c): Column =>
      'values' in c
        ? { ...c, values: c.values.map((v, i) => (i === 3 ? 1e12 : v)) }
        : { ...c, levels: [...c.levels, 'poison'], codes: c.codes.map((k, i) => (i === 3 ? 2 : k)) },
    );
    expect(learnt(poisoned)).toEqual(learnt(columns));
  });

  test('off means off; row steps are for rows; a second column of the same name is refused', () => {
    const uses = [use('drop-missing-rows', ['age']), use('log', ['age'], {}, { off: true })];
    expect(fitRecipe(uses, columns, undefined, 1).fitted.map((f) => f.step)).toEqual(['align-levels']);
    const table = { rows: 4, columns };
    expect(Array.from(rowsKept(uses, table, 'training'))).toEqual([0, 2, 3]);
    expect(Array.from(rowsKept(uses, table, 'split'))).toEqual([0, 1, 2, 3]);
    expect(
      Array.from(
        rowsKept(
          [use('filter-rows', ['fare'], { op: 'at-least', value: '2' }), use('filter-rows', ['sex'], { op: 'is', value: 'm' })],
          table,
          'split',
        ),
      ),
    ).toEqual([2]);
    const twice = [use('interaction', ['age', 'fare']), use('interaction', ['age', 'fare'], {}, { id: 'again' })];
    expect(() => fitRecipe(twice, columns, undefined, 1)).toThrow(/second column/);
    expect(() => fitRecipe([use('no-such-step', 'all')], columns, undefined, 1)).toThrow(Problem);
    expect(() => fitRecipe([use('target-encode', 'categories')], columns, undefined, 1)).toThrow(Problem);
    expect(() => toMatrix(columns)).toThrow(/born/);
  });
});
