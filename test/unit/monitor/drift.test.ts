/** Drift: quiet without, loud with; a kept reference says what the table itself would. */
import { describe, expect, test } from 'vitest';
import { normal, random } from '../../../src/core/random.js';
import type { Column, Table } from '../../../src/core/table.js';
import { takeRows } from '../../../src/core/table.js';
import { drift } from '../../../workers/monitor/drift.js';
import { referenceOf } from '../../../workers/monitor/reference.js';
import { chancePsi, holm } from '../../../workers/monitor/tests.js';

/** Six numbers, three categories, gaps; `shift` in standard deviations for the first number. */
function sample(n: number, seed: number, shift = 0): Table {
  const u = random(seed);
  const columns: Column[] = [];
  for (let j = 0; j < 6; j++) {
    const draw = [
      () => normal(u),
      () => Math.floor(u() * 6),
      () => (u() < 0.8 ? 0 : u()),
      () => Math.exp(normal(u)),
      u,
      () => (u() < 0.1 ? NaN : normal(u)),
    ][j]!;
    columns.push({ name: `n${j}`, kind: 'number', values: Float64Array.from({ length: n }, () => draw() + (j === 0 ? shift : 0)) });
  }
  for (let j = 0; j < 3; j++) {
    const k = [2, 6, 40][j]!;
    columns.push({
      name: `c${j}`,
      kind: 'category',
      levels: Array.from({ length: k }, (_, l) => `l${l}`),
      codes: Int32Array.from({ length: n }, () => Math.floor(k * u() * u())),
    });
  }
  return { rows: n, columns };
}

describe('drift', () => {
  test.each([
    [50, 50],
    [300, 40],
    [2000, 500],
    [5000, 5000],
  ])('without drift, hardly any table of %i against %i rows is flagged', (n, m) => {
    let flagged = 0;
    const tables = n > 1000 ? 20 : 60;
    for (let k = 0; k < tables; k++) if (drift(sample(n, 1000 + k), sample(m, 9000 + k)).dataset.drifted) flagged++;
    expect(flagged / tables).toBeLessThanOrEqual(0.15);
  });
  test('a shift of half a standard deviation is found, and only there', () => {
    let found = 0;
    let others = 0;
    for (let k = 0; k < 20; k++) {
      const report = drift(referenceOf(sample(400, 50 + k)), sample(400, 500 + k, 0.5));
      if (report.columns[0]!.drifted) found++;
      others += report.columns.slice(1).filter((c) => c.drifted).length;
    }
    expect(found).toBe(20);
    expect(others).toBeLessThanOrEqual(4);
  });
  test('a difference without weight in a large file does not alarm', () => {
    const u = random(1);
    const draw = (n: number, shift: number): Table => ({
      rows: n,
      columns: [{ name: 'x', kind: 'number', values: Float64Array.from({ length: n }, () => normal(u) + shift) }],
    });
    const report = drift(draw(100_000, 0), draw(100_000, 0.03)).columns[0]!;
    expect(report.p!).toBeLessThan(1e-4);
    expect(report.drifted).toBe(false);
  });
  test('a kept reference is small and says nearly what the table says, ties and all', () => {
    const train = sample(20_000, 3);
    const fresh = sample(3000, 4, 0.2);
    const kept = structuredClone(referenceOf(train));
    const bytes = kept.columns.reduce((sum, c) => sum + (c.kind === 'number' ? c.at.byteLength * 3 + c.edges.byteLength * 2 : 0), 0);
    expect(bytes / 6).toBeLessThan(13_000);
    const whole = drift(train, fresh).columns;
    drift(kept, fresh).columns.forEach((c, j) => {
      expect(c.psi).toBe(whole[j]!.psi);
      expect(Math.abs(c.statistic! - whole[j]!.statistic!)).toBeLessThan(c.test === 'ks' ? 1 / 500 : 1e-9);
      expect(c.drifted).toBe(whole[j]!.drifted);
    });
    expect(
      drift(
        kept,
        takeRows(
          train,
          Array.from({ length: 20_000 }, (_, i) => i),
        ),
      ).dataset,
    ).toEqual({ drifted: false, share: 0 });
  });
  test('schema, new levels, gaps and values out of range are told apart', () => {
    const n = 200;
    const category = (levels: string[], at: (i: number) => number): Column => ({
      name: 'c',
      kind: 'category',
      levels,
      codes: Int32Array.from({ length: n }, (_, i) => at(i)),
    });
    const number = (name: string, at: (i: number) => number): Column => ({
      name,
      kind: 'number',
      values: Float64Array.from({ length: n }, (_, i) => at(i)),
    });
    const train = {
      rows: n,
      columns: [category(['a', 'b'], (i) => i % 2), number('x', (i) => i), number('gone', (i) => i), number('turned', (i) => i)],
    };
    const fresh: Table = {
      rows: n,
      columns: [
        category(['b', 'a', 'z'], (i) => (i < 5 ? 2 : i % 2)),
        number('x', (i) => (i % 4 === 0 ? NaN : i === 7 ? 1e6 : i)),
        { ...category(['?'], () => 0), name: 'turned' },
        number('new', (i) => i),
      ],
    };
    const report = drift(train, fresh);
    expect(report.schema).toEqual({ missing: ['gone'], extra: ['new'], changed: [{ name: 'turned', was: 'number', is: 'category' }] });
    const [c, x, turned] = report.columns;
    expect(c).toMatchObject({ newLevels: ['z'], newLevelRows: 5 });
    expect(x!.drifted).toBe(true);
    expect(x!.outside).toBeCloseTo(1 / 150, 12);
    expect(x!.says).toMatch(/25 % are missing, where 0 % were/);
    expect(turned).toMatchObject({ test: 'none', p: null });
    expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
  });
  test('empty tables and empty columns are survived', () => {
    const empty: Table = { rows: 0, columns: [{ name: 'n0', kind: 'number', values: new Float64Array(0) }] };
    for (const [a, b] of [
      [empty, sample(10, 1)],
      [sample(10, 1), empty],
      [empty, empty],
    ] as const) {
      const report = drift(a, b);
      for (const c of report.columns) expect([c.p, c.drifted]).toEqual([null, false]);
    }
    const time: Table = { rows: 3, columns: [{ name: 't', kind: 'time', values: Float64Array.of(1, 2, NaN) }] };
    expect(drift(time, { rows: 3, columns: [{ name: 't', kind: 'time', values: Float64Array.of(8, 9, NaN) }] }).columns[0]).toMatchObject({
      test: 'none',
      drifted: false,
    });
  });
  test('Holm by hand, and the PSI of chance falls with the rows', () => {
    expect(holm([0.01, null, 0.04, 0.03])).toEqual([0.03, null, 0.06, 0.06]);
    const shares = new Array<number>(10).fill(0.1);
    expect(chancePsi(shares, 1e6, 1e6, 0.05)).toBeCloseTo(2e-6 * 16.919, 7);
    expect(chancePsi(shares, 40, 40, 0.05)).toBeGreaterThan(0.5);
  });
});
