/** Explanations: what is known to matter is found, what cannot matter is exactly nothing, slices that fail are named. */
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/core/problem.js';
import { normal, random } from '../../../src/core/random.js';
import { takeColumn, type CodeColumn, type Column, type ValueColumn } from '../../../src/core/table.js';
import { partialDependence, permutationImportance, sharedRows, slices, type SlicesInput } from '../../../workers/explain/index.js';

const N = 400;
/** y = 3·a + (kind = x ? 2 : 0) + noise; `idle` is not used; `gap` has missing values. */
function world(): { columns: Column[]; truth: Float64Array; predict: (c: Column[]) => Float64Array } {
  const u = random(11);
  const a = Float64Array.from({ length: N }, () => normal(u));
  const codes = Int32Array.from({ length: N }, () => Math.floor(u() * 3) - (u() < 0.05 ? 1 : 0)).map((c) => Math.max(-1, c));
  const columns: Column[] = [
    { name: 'a', kind: 'number', values: a },
    { name: 'kind', kind: 'category', codes, levels: ['x', 'y', 'z'] },
    { name: 'idle', kind: 'number', values: Float64Array.from({ length: N }, () => u()) },
    { name: 'gap', kind: 'number', values: Float64Array.from({ length: N }, (_, i) => (i % 4 ? i : NaN)) },
    { name: 'same', kind: 'number', values: new Float64Array(N).fill(7) },
  ];
  const predict = (c: Column[]) => {
    const [value, kind] = [c[0] as ValueColumn, c[1] as CodeColumn];
    return value.values.map((v, i) => 3 * v + (kind.codes[i] === 0 ? 2 : 0));
  };
  return { columns, truth: predict(columns).map((v) => v + 0.1 * normal(u)), predict };
}
const { columns, truth, predict } = world();
const score = (p: Float64Array) => -Math.sqrt(p.reduce((sum, v, i) => sum + (v - truth[i]!) ** 2, 0) / N);

describe('permutation importance', () => {
  it('ranks what the model uses, and gives exactly 0 to what it does not', async () => {
    const got = await permutationImportance({ predict, columns, score, seed: 1 });
    expect(got.map((i) => i.column).slice(0, 2)).toEqual(['a', 'kind']);
    // Shuffling a column of variance v adds 2v of squared error: √(2·9·var(a)).
    expect(got[0]!.mean).toBeCloseTo(Math.sqrt(18), 0);
    for (const i of got.slice(2)) expect([i.mean, i.sd, i.low, i.high]).toEqual([0, 0, 0, 0]);
    for (const i of got) {
      expect(i.repeats.length).toBe(5);
      expect(i.low <= i.mean && i.mean <= i.high).toBe(true);
    }
    expect(await permutationImportance({ predict, columns, score, seed: 1 })).toEqual(got);
  });
  it('leaves its columns alone', async () => {
    const before = JSON.stringify(columns.map((c) => ('values' in c ? [...c.values] : [...c.codes])));
    await permutationImportance({ predict, columns, score, seed: 1, repeats: 2 });
    expect(JSON.stringify(columns.map((c) => ('values' in c ? [...c.values] : [...c.codes])))).toBe(before);
  });
  it('stopped, gives the columns it came to', async () => {
    const got = await permutationImportance({ predict, columns, score, seed: 1 }, async (done, of) => {
      expect(of).toBe(25);
      return done < 7;
    });
    expect(got.map((i) => i.column)).toEqual(['a']);
    const whole = await permutationImportance({ predict, columns, score, seed: 1 }, async (done) => done < 10);
    expect(whole.map((i) => i.column)).toEqual(['a', 'kind']);
  });
});

describe('partial dependence', () => {
  const ask = { predict, columns, outputs: 1, output: 0, level: null, seed: 1 };
  it('of a number follows the model’s slope, in the mean and in every row', async () => {
    const d = await partialDependence({ ...ask, column: 'a' });
    expect([d.grid.length, d.rows.length, d.over]).toEqual([20, 30, 300]);
    const grid = d.grid as number[];
    for (const line of [d.mean, ...d.rows]) {
      for (let g = 1; g < 20; g++) expect(line[g]! - line[g - 1]!).toBeCloseTo(3 * (grid[g]! - grid[g - 1]!), 9);
    }
    expect(d.density.reduce((x, y) => x + y, 0)).toBeCloseTo(1, 9);
  });
  it('of a category has a point per level, the most frequent first', async () => {
    const d = await partialDependence({ ...ask, column: 'kind' });
    const at = (level: string) => d.mean[d.grid.indexOf(level)]!;
    expect([...d.grid].sort()).toEqual(['x', 'y', 'z']);
    expect(at('x') - at('y')).toBeCloseTo(2, 9);
    expect(at('y')).toBeCloseTo(at('z'), 9);
    expect(d.density).toEqual([...d.density].sort((x, y) => y - x));
  });
  it('is flat for what is not used, and does with one value', async () => {
    const idle = await partialDependence({ ...ask, column: 'idle' });
    expect(new Set(idle.mean).size).toBe(1);
    expect(await partialDependence({ ...ask, column: 'same' })).toMatchObject({ grid: [7], density: [expect.closeTo(1, 9)] });
  });
  it('is the mean of all rows when few (slow twin)', async () => {
    const few = columns.map((c) => takeColumn(c, [0, 1, 2, 3, 4, 5, 6]));
    const d = await partialDependence({ ...ask, columns: few, column: 'kind' });
    d.grid.forEach((level, g) => {
      const code = (few[1] as CodeColumn).levels.indexOf(level as string);
      const set = few.map((c) => (c.name === 'kind' ? { ...(c as CodeColumn), codes: new Int32Array(7).fill(code) } : c));
      expect(d.mean[g]).toBeCloseTo(predict(set).reduce((x, y) => x + y, 0) / 7, 12);
    });
  });
  it('refuses a column that is not there or holds nothing', async () => {
    await expect(partialDependence({ ...ask, column: 'none' })).rejects.toThrow(Problem);
    const empty: Column = { name: 'void', kind: 'number', values: new Float64Array(N).fill(NaN) };
    await expect(partialDependence({ ...ask, columns: [...columns, empty], column: 'void' })).rejects.toThrow(Problem);
  });
});

describe('slices', () => {
  const rows: SlicesInput = { task: 'number', truth, predicted: predict(columns), outputs: 1, columns, metric: 'mae', seed: 1 };
  it('names the part that fails', async () => {
    const kind = columns[1] as CodeColumn;
    const predicted = predict(columns).map((v, i) => (kind.codes[i] === 2 ? v + 1 : v));
    const got = await slices({ ...rows, predicted });
    const worst = got.slices[0]!;
    expect(worst.says).toBe('kind = z');
    expect(worst.rows).toBe(kind.codes.filter((c) => c === 2).length);
    expect(worst.score.value).toBeCloseTo(1, 1);
    expect(worst.score.low).toBeGreaterThan(got.overall);
    expect(worst.gap).toBeCloseTo(-0.92, 1);
    expect(worst.p).toBeLessThan(1e-6);
    expect(got.note).toContain('one is worse');
  });
  it('cries wolf rarely: slices of pure noise', async () => {
    let false1 = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const u = random(seed);
      const y = Int32Array.from({ length: 300 }, () => Math.floor(u() * 2));
      const q = Float64Array.from({ length: 600 });
      for (let i = 0; i < 300; i++) {
        q[2 * i + 1] = Math.min(1, Math.max(0, 0.5 + (y[i]! - 0.5) * 0.4 + 0.3 * normal(u)));
        q[2 * i] = 1 - q[2 * i + 1]!;
      }
      const noise: Column[] = Array.from({ length: 5 }, (_, j) => ({
        name: `n${j}`,
        kind: 'number',
        values: Float64Array.from({ length: 300 }, () => u()),
      }));
      const got = await slices({
        task: 'class',
        truth: y,
        predicted: q,
        outputs: 2,
        columns: noise,
        metric: seed % 2 ? 'accuracy' : 'roc_auc',
        seed,
      });
      expect(got.looked).toBe(20);
      false1 += Number(got.slices.some((s) => s.p < 0.05));
    }
    expect(false1).toBeLessThanOrEqual(8);
  });
  it('keeps at least 20 rows inside and outside, and cuts values in quarters, missing apart', async () => {
    const got = await slices({ ...rows, columns: [columns[3]!, columns[4]!] });
    expect(got.looked).toBe(5);
    expect(
      (
        await slices({
          ...rows,
          columns: [
            takeColumn(
              columns[2]!,
              Array.from({ length: N }, (_, i) => i),
            ),
          ],
          least: 150,
        })
      ).looked,
    ).toBe(0);
    for (const s of got.slices) expect(s.gap).toBeLessThan(0);
  });
  it('names days where there are only days, and whole numbers where there are only whole numbers', async () => {
    const day = 86_400_000;
    const late = Float64Array.from({ length: N }, (_, i) => Date.UTC(2023, 0, 2) + 3 * i * day);
    const whole = Float64Array.from({ length: N }, (_, i) => 3 * i);
    // Wrong in the last quarter, so that a part of each column is named.
    const predicted = predict(columns).map((v, i) => (i >= 300 ? v + 1 : v));
    const named = async (values: Float64Array, kind: 'time' | 'number') =>
      (await slices({ ...rows, predicted, columns: [{ name: 'when', kind, values }] })).slices[0]!;
    expect(await named(late, 'time')).toMatchObject({ says: 'when > 2025-06-17', rows: 100 });
    expect(await named(whole, 'number')).toMatchObject({ says: 'when > 897', rows: 100 });
    const hours = late.map((v, i) => v + (i % 24) * 3_600_000);
    expect((await named(hours, 'time')).says).toMatch(/^when > 2025-06-\d\d \d\d:\d\d/);
  });
  it('with nothing to slice says so', async () => {
    expect(await slices({ ...rows, columns: [] })).toMatchObject({ looked: 0, slices: [] });
  });
});

describe('shared rows', () => {
  it('counts exact copies, whatever the numbering of levels, −0 and missing', () => {
    const train: Column[] = [
      { name: 'v', kind: 'number', values: Float64Array.of(1, 0, NaN, 4) },
      { name: 'c', kind: 'category', codes: Int32Array.of(0, 1, -1, 1), levels: ['p', 'q'] },
    ];
    const test: Column[] = [
      { name: 'v', kind: 'number', values: Float64Array.of(1, -0, NaN, 4, 1, 2) },
      { name: 'c', kind: 'category', codes: Int32Array.of(1, 0, -1, 1, 0, 1), levels: ['q', 'p'] },
    ];
    expect(sharedRows(train, test)).toMatchObject({ count: 3, share: 0.5, rows: [0, 1, 2] });
    expect(sharedRows(train, test).warning).toContain('3 of 6');
  });
  it('finds none among rows that differ, however alike (slow twin)', () => {
    const u = random(5);
    const make = (n: number): Column[] =>
      ['a', 'b', 'c'].map((name) => ({ name, kind: 'number', values: Float64Array.from({ length: n }, () => Math.floor(u() * 12)) }));
    const [train, test] = [make(500), make(500)];
    const key = (c: Column[], i: number) => c.map((x) => (x as ValueColumn).values[i]).join();
    const known = new Set(Array.from({ length: 500 }, (_, i) => key(train, i)));
    expect(sharedRows(train, test).count).toBe(Array.from({ length: 500 }, (_, i) => key(test, i)).filter((k) => known.has(k)).length);
    expect(
      sharedRows(
        train,
        train.map((c) => ({ ...c, values: (c as ValueColumn).values.map((v) => v + 0.5) }) as Column),
      ),
    ).toMatchObject({ count: 0, warning: null });
  });
});
