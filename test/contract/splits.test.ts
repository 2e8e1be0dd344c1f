/** What every split keeps: disjoint, covering, groups whole, time forwards, classes within one row, same seed same folds. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/core/problem.js';
import { random } from '../../src/core/random.js';
import type { Part, SplitInput } from '../../src/core/split.js';
import { splits } from '../../workers/evaluate/splits/index.js';

function example(rows: number, seed: number): Required<SplitInput> {
  const u = random(seed);
  const of = (most: number) => Float64Array.from({ length: rows }, () => Math.floor(u() * u() * most));
  return { rows, classes: of(4), groups: of(Math.max(rows / 2, 8)), order: of(rows) };
}
const sides = (p: Part) => [[...p.train], [...p.test]] as const;
const ascending = (rows: readonly number[]) => rows.every((r, i) => i === 0 || r > rows[i - 1]!);
const problem = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    return e.code;
  }
};

describe.each([...splits.values()])('split $id', (s) => {
  it('declares itself in full', () => {
    expect(s.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const text of [s.label, s.help, s.source]) expect(text.length).toBeGreaterThan(5);
  });
  it('cuts disjoint, ascending parts, the same for the same seed', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const input = example(30 + seed * 7, seed);
      const k = 2 + (seed % 4);
      const parts = [...s.folds(input, k, random(seed)), s.holdout(input, 0.2, random(seed))];
      expect(parts.length).toBe(k + 1);
      for (const p of parts) {
        const [train, test] = sides(p);
        expect(train.length > 0 && test.length > 0 && ascending(train) && ascending(test)).toBe(true);
        expect(new Set([...train, ...test]).size).toBe(train.length + test.length);
        expect(Math.max(...train, ...test)).toBeLessThan(input.rows);
      }
      const last = parts[k]!;
      expect(last.train.length + last.test.length).toBe(input.rows);
      expect([...s.folds(input, k, random(seed)), s.holdout(input, 0.2, random(seed))]).toEqual(parts);
    }
  });
  it('tests every row once, or, in time, all that come after the first block', () => {
    const input = example(101, 5);
    const parts = s.folds(input, 5, random(5));
    const tested = parts.flatMap((p) => [...p.test]);
    expect(new Set(tested).size).toBe(tested.length);
    if (s.needs === 'order') expect(new Set([...parts[0]!.train, ...tested]).size).toBe(101);
    else expect(tested.length).toBe(101);
    if (s.needs !== 'order') for (const p of parts) expect(p.train.length + p.test.length).toBe(101);
  });
  it('holds out about the share', () => {
    for (const share of [0.1, 0.25, 0.5]) {
      const part = s.holdout(example(400, 7), share, random(2));
      expect(Math.abs(part.test.length / 400 - share)).toBeLessThan(s.needs === 'groups' ? 0.06 : 0.02);
    }
  });
  it('says by a Problem what is too small or absurd', () => {
    const tiny = { rows: 2, classes: [0, 1], groups: [0, 1], order: [0, 1] };
    expect(problem(() => s.folds(tiny, 5, random(1)))).toBe('split/few-rows');
    expect(problem(() => s.folds(tiny, 1, random(1)))).toBe('split/folds');
    expect(problem(() => s.holdout(tiny, 1, random(1)))).toBe('split/share');
    expect(problem(() => s.holdout({ rows: 1, classes: [0], groups: [0], order: [0] }, 0.5, random(1)))).toBe('split/few-rows');
    expect(sides(s.holdout(tiny, 0.2, random(1))).map((side) => side.length)).toEqual([1, 1]);
  });
});

it('every split in the folder is in the registry', () => {
  const files = readdirSync(new URL('../../workers/evaluate/splits/', import.meta.url)).map((f) => f.replace('.ts', ''));
  expect(files.filter((f) => f !== 'index' && f !== 'fold').sort()).toEqual([...splits.keys()].sort());
});

describe('what each split is for', () => {
  it('k-fold deals equal parts, in an order that depends on the seed', () => {
    const parts = splits.get('k-fold')!.folds({ rows: 23 }, 5, random(1));
    expect(parts.map((p) => p.test.length).sort()).toEqual([4, 4, 5, 5, 5]);
    expect(splits.get('k-fold')!.folds({ rows: 23 }, 5, random(2))).not.toEqual(parts);
  });
  it('stratified keeps each class within one row, and so each part', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const input = example(60 + seed, seed);
      const s = splits.get('stratified')!;
      const parts = s.folds(input, 5, random(seed));
      const counted = (rows: Uint32Array, c: number) => rows.reduce((n, r) => n + Number(input.classes[r] === c), 0);
      const spread = (sizes: number[]) => Math.max(...sizes) - Math.min(...sizes);
      expect(spread(parts.map((p) => p.test.length))).toBeLessThanOrEqual(1);
      const held = s.holdout(input, 0.3, random(seed));
      for (let c = 0; c < 4; c++) {
        const all = counted(
          Uint32Array.from({ length: input.rows }, (_, i) => i),
          c,
        );
        expect(spread(parts.map((p) => counted(p.test, c)))).toBeLessThanOrEqual(1);
        expect(Math.abs(counted(held.test, c) - 0.3 * all)).toBeLessThan(1);
        if (all > 0) expect(counted(held.train, c)).toBeGreaterThan(0);
      }
    }
  });
  it('stratified spreads a class with fewer rows than folds', () => {
    const classes = Int32Array.from({ length: 30 }, (_, i) => (i < 3 ? 1 : 0));
    const parts = splits.get('stratified')!.folds({ rows: 30, classes }, 5, random(1));
    expect(parts.map((p) => p.test.filter((r) => r < 3).length).sort()).toEqual([0, 0, 1, 1, 1]);
  });
  it('group has no group on both sides, and balanced parts', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const input = example(200, seed);
      const s = splits.get('group')!;
      const parts = s.folds(input, 4, random(seed));
      for (const p of [...parts, s.holdout(input, 0.2, random(seed))]) {
        const train = new Set(Array.from(p.train, (r) => input.groups[r]!));
        expect(p.test.some((r) => train.has(input.groups[r]!))).toBe(false);
      }
      const groups = Array.from(input.groups);
      const largest = Math.max(...groups.map((g) => groups.filter((h) => h === g).length));
      const sizes = parts.map((p) => p.test.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest);
    }
  });
  it('group refuses more folds than groups', () => {
    const input = { rows: 6, groups: [0, 0, 1, 1, 2, 2] };
    expect(problem(() => splits.get('group')!.folds(input, 4, random(1)))).toBe('split/few-groups');
    expect(problem(() => splits.get('group')!.holdout({ rows: 3, groups: [7, 7, 7] }, 0.3, random(1)))).toBe('split/few-groups');
    expect(
      splits.get('group')!.holdout({ rows: 30, groups: Array.from({ length: 30 }, (_, i) => Number(i < 12)) }, 0.05, random(1)).test.length,
    ).toBe(12);
  });
  it('time never learns from the future, and keeps ties together', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const input = example(120, seed);
      const s = splits.get('time')!;
      const parts = s.folds(input, 5, random(seed));
      for (const p of [...parts, s.holdout(input, 0.2, random(seed))]) {
        const latest = Math.max(...Array.from(p.train, (r) => input.order[r]!));
        for (const r of p.test) expect(input.order[r]!).toBeGreaterThan(latest);
      }
      for (let f = 1; f < 5; f++) expect(parts[f]!.train.length).toBe(parts[f - 1]!.train.length + parts[f - 1]!.test.length);
    }
  });
  it('time cuts distinct moments as TimeSeriesSplit does', () => {
    const parts = splits.get('time')!.folds({ rows: 13, order: Float64Array.from({ length: 13 }, (_, i) => i) }, 3, random(1));
    expect(parts.map((p) => [p.train.length, p.test.length])).toEqual([
      [4, 3],
      [7, 3],
      [10, 3],
    ]);
  });
  it('time refuses what has no order', () => {
    const folds = (order: number[], k: number) => problem(() => splits.get('time')!.folds({ rows: order.length, order }, k, random(1)));
    expect(folds([5, 5, 5, 5], 2)).toBe('split/one-moment');
    expect(folds([5, 5, 6, 6], 2)).toBe('split/few-moments');
    expect(folds([5, NaN, 6, 7], 2)).toBe('split/missing-time');
  });
});
