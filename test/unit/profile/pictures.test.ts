/** Pictures: every row is counted once, sizes are bounded, and nothing is NaN. */
import { describe, expect, it } from 'vitest';
import type { Table } from '../../../src/core/table.js';
import { random, normal } from '../../../src/core/random.js';
import { associations, describeColumn, describePair, targetRelations } from '../../../workers/profile/index.js';
import { names, numbers } from './tables.js';

const u = random(7);
const n = 3000;
const a = Array.from({ length: n }, () => normal(u));
const noise = a.map(() => normal(u));
const bent = a.map((v) => v * v);
const sex = a.map((v, i) => (i % 50 === 0 ? null : v + normal(u) > 0 ? 'f' : 'm'));
const many = a.map(() => `c${Math.floor(u() * 60)}`);
const table: Table = {
  rows: n,
  columns: [
    numbers(
      'a',
      a.map((v, i) => (i % 10 === 0 ? NaN : v)),
    ),
    numbers('noise', noise),
    numbers('bent', bent),
    names('sex', sex),
    names('many', many),
    { name: 'when', kind: 'time', values: Float64Array.from(a, (_, i) => i * 3600000) },
    names(
      'empty',
      sex.map(() => null),
    ),
    numbers(
      'y',
      a.map((v) => 2 * v + normal(u) / 10),
    ),
  ],
};
const finite = (v: unknown): void => {
  expect(JSON.parse(JSON.stringify(v))).toEqual(v);
};

describe('describeColumn', () => {
  it.each(table.columns.map((c) => c.name))('%s', (name) => {
    for (const target of [undefined, 'sex', 'y']) {
      const p = describeColumn(table, name, target);
      finite(p);
      const shown = p.bins.reduce((s, b) => s + b.count, 0) + p.bars.reduce((s, b) => s + b.count, 0) + p.rest.rows;
      expect(shown).toBe(n - p.missing);
      expect(p.bars.length + (p.rest.levels > 0 ? 1 : 0)).toBeLessThanOrEqual(21);
      if (target && target !== name && name !== 'empty') expect(p.measures.length).toBeGreaterThan(0);
    }
  });
  it('splits by class', () => {
    const p = describeColumn(table, 'a', 'sex');
    expect(p.classes.slice().sort()).toEqual(['f', 'm']);
    expect(p.boxes.map((b) => b.label)[0]).toBe('all');
    expect(p.measures[0]!.id).toBe('anova');
  });
  it('names a column that is not there', () => expect(() => describeColumn(table, 'nope')).toThrow(/nope/));
});

describe('describePair', () => {
  it('has the shape that the kinds ask for', () => {
    const scatter = describePair(table, 'a', 'y', 'sex');
    expect(scatter).toMatchObject({ shape: 'scatter', rows: 2700 });
    expect(scatter.points.length).toBe(2000);
    expect(scatter.line!.slope).toBeCloseTo(2, 1);
    expect(describePair(table, 'sex', 'y')).toMatchObject({ shape: 'boxes', value: 'y' });
    const t = describePair(table, 'sex', 'many');
    expect(t.table!.columns).toHaveLength(12);
    expect(t.table!.columns.at(-1)).toBe('other');
    expect(t.table!.counts.flat().reduce((s, v) => s + v, 0)).toBe(t.rows);
  });
  it('is never NaN, for any two columns', () => {
    for (const x of table.columns) for (const y of table.columns) finite(describePair(table, x.name, y.name));
  });
});

describe('targetRelations', () => {
  it('puts a straight link first, sees a bent one, and noise last', () => {
    const r = targetRelations(table, 'y', 'number');
    finite(r);
    expect(r[0]!.column).toBe('a');
    const of = (name: string) => r.find((x) => x.column === name)!.strength;
    expect(of('bent')).toBeGreaterThan(0.2);
    expect(of('noise')).toBeLessThan(0.01);
    expect(of('many')).toBeLessThan(0.05);
    expect(of('empty')).toBe(0);
  });
  it('works for classes', () => {
    const r = targetRelations(table, 'sex', 'class');
    expect(
      r
        .slice(0, 2)
        .map((x) => x.column)
        .sort(),
    ).toEqual(['a', 'y']);
    expect(r[0]!.measure!.id).toBe('anova');
  });
});

describe('associations', () => {
  it('is symmetric, with ones on the diagonal of numbers', () => {
    const m = associations(table);
    finite(m);
    const k = m.names.length;
    expect(m.left).toEqual(['empty']);
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) expect(m.values[i * k + j]).toBe(m.values[j * k + i]);
    expect(m.values[0]).toBe(1);
  });
});
