/** The formula language: what it computes, and how it refuses. */
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/core/problem.js';
import type { Column } from '../../../src/core/table.js';
import { isValues } from '../../../src/core/table.js';
import { formula } from '../../../workers/steps/formula.js';

const columns: Column[] = [
  { name: 'x', kind: 'number', values: Float64Array.of(2, NaN) },
  { name: 'my price', kind: 'number', values: Float64Array.of(10, 0) },
  { name: 'when', kind: 'time', values: Float64Array.of(Date.UTC(2024, 1, 29, 13), Date.UTC(2023, 11, 31)) },
  { name: 'sex', kind: 'category', codes: Int32Array.of(0, -1), levels: ["o'neil"] },
];
function value(text: string): number[] {
  const params = { name: 'new', formula: text };
  const out = formula.apply(columns, formula.learn(columns, params), params);
  const made = out[out.length - 1]!;
  if (!isValues(made)) throw new Error('no number');
  return Array.from(made.values);
}
const problem = (text: string): Problem => {
  try {
    value(text);
  } catch (e) {
    if (e instanceof Problem) return e;
  }
  throw new Error(`${text} was taken`);
};

describe('formulas', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['8 / 4 / 2', 1],
    ['8 - 4 - 2', 2],
    ['1 − 2 × 3 ÷ 6', 0],
    ['x * [my price]', 20],
    ['1 < 2 and not 2 < 1', 1],
    ['not x = 2', 0],
    ['if(x >= 2, 5, 1/0)', 5],
    ['round(3.14159, 2) + min(4, 2, 3) + max(1, x)', 7.14],
    ['log(exp(3)) + sqrt(16) + abs(-1)', 8],
    ['year(when) * 10000 + month(when) * 100 + day(when) + hour(when) / 100', 20240229.13],
    ["sex = 'o''neil'", 1],
    ['sex != "someone"', 1],
    ['length(sex) + contains(sex, "NEIL")', 7],
    ['1e3 + .5', 1000.5],
  ])('%s', (text, wanted) => expect(value(text)[0]).toBeCloseTo(wanted, 10));

  test('missing stays missing, unless asked about', () => {
    for (const text of ['x + 1', 'x > 1', 'x = x', '1 / [my price] + 0 * x', 'log(0 - [my price] - 1)', 'sex = "a"'])
      expect(value(text)[1]).toBeNaN();
    expect(value('1 / [my price]')[1]).toBeNaN();
    expect(value('coalesce(x, 7)')[1]).toBe(7);
    expect(value('is_missing(x) + is_missing(sex)')[0]).toBe(0);
    expect(value('x > 1 or 1')[1]).toBe(1);
  });

  test('faults have a position', () => {
    expect(problem('1 +').where).toMatchObject({ at: 4, found: 'the end' });
    expect(problem('1 + * 2').where.at).toBe(5);
    expect(problem('(1 + 2').where).toMatchObject({ at: 7, expected: '“)”' });
    expect(problem('x + agee')).toMatchObject({ code: 'formula/unknown-column', where: { name: 'agee', at: 5 } });
    expect(problem('1 + foo(2)')).toMatchObject({ code: 'formula/unknown-function', where: { at: 5 } });
    expect(problem('if(1, 2)').code).toBe('formula/arguments');
    expect(problem('sex + 1')).toMatchObject({ code: 'formula/type', where: { at: 5 } });
    expect(problem('x ; y').where.at).toBe(3);
    expect(problem('   ').code).toBe('formula/empty');
    for (const text of ['constructor(1)', 'toString()', '__proto__(1)']) expect(problem(text).code).toBe('formula/unknown-function');
    expect(problem(`${'('.repeat(900)}1${')'.repeat(900)}`).code).toBe('formula/syntax');
  });

  test('reads only the columns it names, and may replace one', () => {
    expect(formula.reads!(['x', 'sex', 'my price'], { name: 'n', formula: '[my price] + x' })).toEqual(['x', 'my price']);
    const params = { name: 'x', formula: 'x * 2' };
    expect(formula.apply(columns.slice(0, 1), formula.learn(columns.slice(0, 1), params), params).map((c) => c.name)).toEqual(['x']);
  });
});
