/** Profiles: numbers worked out by hand or with NumPy's and SciPy's definitions, and their invariants. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../../../src/core/table.js';
import { profileColumn } from '../../../workers/profile/index.js';
import { duplicates } from '../../../workers/profile/duplicates.js';
import { binOf, edges, histogram, moments, quantile, sortedValues } from '../../../workers/profile/summary.js';
import { names, numbers } from './tables.js';

const of = (c: Column) => profileColumn(c, { kind: c.kind }, 'because');

describe('summary', () => {
  it('has type-7 quantiles, sd with n − 1, and G1', () => {
    const s = sortedValues([2, 8, 0, 4, 1, 9, 9, 0, NaN]);
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => quantile(s, p))).toEqual([0, 0.75, 3, 8.25, 9]);
    const m = moments(s);
    expect(m.mean).toBe(4.125);
    expect(m.sd).toBeCloseTo(3.9798600118956085, 12);
    // numpy.std(…, ddof=1) above; scipy.stats.skew([2, 8, 0, 4, 1, 9, 9, 0], bias=False)
    expect(m.skew).toBeCloseTo(0.3305821804079746, 12);
  });
  it('keeps its digits far from zero', () => {
    expect(moments(sortedValues([1e9 + 1, 1e9 + 2, 1e9 + 3])).sd).toBe(1);
  });
  it('bins every value once, in at most 30 bins', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), fc.integer({ min: -50, max: 50 })), {
          minLength: 1,
          maxLength: 80,
        }),
        fc.boolean(),
        (values, time) => {
          const s = sortedValues(values);
          const bins = histogram(s, time);
          expect(bins.length).toBeLessThanOrEqual(30);
          expect(bins.reduce((n, b) => n + b.count, 0)).toBe(values.length);
          const e = edges(s, time);
          if (e[0] !== e.at(-1)) {
            const counts = new Array<number>(bins.length).fill(0);
            for (const v of values) counts[binOf(e, v)]!++;
            expect(counts).toEqual(bins.map((b) => b.count));
          }
        },
      ),
    );
  });
  it('has round edges', () => {
    expect(edges(sortedValues([0.3, 9.7, 5, 4, 3, 6]))[0]).toBe(0);
    expect(edges(sortedValues([1, 2, 3, 4, 5, 6]))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('profileColumn', () => {
  it('of numbers', () => {
    const p = of(numbers('x', [1, 2, 2, 3, 100, NaN, 0]));
    expect(p).toMatchObject({ rows: 7, missing: 1, distinct: 5, min: 0, max: 100, median: 2, zeros: 1, outliers: 1, longest: 0 });
    expect(p.top[0]).toEqual(['2', 2]);
  });
  it('of names', () => {
    const p = of(names('x', ['b', 'a', 'b', null, 'cc']));
    expect(p).toMatchObject({ rows: 5, missing: 1, distinct: 3, longest: 2, mean: null, bins: [] });
    expect(p.top).toEqual([
      ['b', 2],
      ['a', 1],
      ['cc', 1],
    ]);
  });
  it('of nothing, of one row, of one value: no NaN anywhere', () => {
    for (const c of [
      numbers('x', []),
      numbers('x', [NaN, NaN]),
      numbers('x', [5]),
      numbers('x', [5, 5, 5]),
      numbers('x', [1e308, -1e308]),
      names('x', []),
      names('x', [null]),
    ]) {
      const p = of(c);
      expect(JSON.stringify(p)).toBe(JSON.stringify(JSON.parse(JSON.stringify(p))));
      for (const v of Object.values(p)) if (typeof v === 'number') expect(Number.isFinite(v)).toBe(true);
    }
  });
  it('suggests to ignore ids, constants and free text, with a reason', () => {
    const n = 60;
    const each = <T>(f: (i: number) => T) => Array.from({ length: n }, (_, i) => f(i));
    expect(
      of(
        numbers(
          'row',
          each((i) => i + 1),
        ),
      ).suggestion,
    ).toMatchObject({ role: 'ignore', why: expect.stringMatching(/row number/) as string });
    expect(
      of(
        numbers(
          'customer_id',
          each((i) => (i * 7919) % 10007),
        ),
      ).suggestion.role,
    ).toBe('ignore');
    expect(
      of(
        numbers(
          'income',
          each((i) => (i * 7919) % 10007),
        ),
      ).suggestion.role,
    ).toBe('feature');
    expect(
      of(
        numbers(
          'c',
          each(() => 1),
        ),
      ).suggestion.role,
    ).toBe('ignore');
    expect(
      of(
        names(
          'who',
          each((i) => `person ${i}`),
        ),
      ).suggestion.role,
    ).toBe('ignore');
    expect(
      of(
        names(
          'sex',
          each((i) => (i % 2 ? 'f' : 'm')),
        ),
      ).suggestion.role,
    ).toBe('feature');
  });
});

describe('duplicates', () => {
  it('agree with a slow twin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(1, 2, NaN, 0.1, 1e300), fc.constantFrom('a', 'b', null)), { maxLength: 30 }),
        (rows) => {
          const table: Table = {
            rows: rows.length,
            columns: [
              numbers(
                'x',
                rows.map((r) => r[0]),
              ),
              names(
                'y',
                rows.map((r) => r[1]),
              ),
            ],
          };
          expect(duplicates(table).count).toBe(rows.length - new Set(rows.map((r) => `${r[0]}|${r[1]}`)).size);
        },
      ),
    );
  });
});
