/** Scales and long lines. */
import { expect, test } from 'vitest';
import { nearest, sparse } from '../../../src/charts/line-data.js';
import { extentOf, scaleFor, wholeAxis } from '../../../src/charts/scales.js';

test('extent passes over what is missing', () => {
  expect(extentOf([[NaN, 3, null], [-1]])).toEqual([-1, 3]);
  expect(extentOf([[-5, 0, 2]], true)).toEqual([2, 2]);
  expect(extentOf([[]])).toBeNull();
});

test('ticks: equal decimals, round, and finite for a single value', () => {
  expect(scaleFor({ label: 'x' }, [0, 1], [0, 360]).ticks.map((t) => t.text)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1.0']);
  expect(scaleFor(wholeAxis({ label: 'Trial' }, [[1, 3, null, 5]]), [1, 5], [0, 600]).ticks.map((t) => t.text)).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
  ]);
  expect(scaleFor({ label: 'x' }, [0, 60_000], [0, 300]).ticks.at(-1)?.text).toBe('60k');
  expect(scaleFor({ label: 'x', log: true }, [0.001, 1], [0, 400]).ticks.map((t) => t.text)).toEqual(['0.001', '0.01', '0.1', '1']);
  for (const log of [false, true]) expect(scaleFor({ label: 'x', log }, [4, 4], [0, 100])(4)).toBeGreaterThan(0);
});

test('no two ticks stand in one place', () => {
  const ends: [number, number][] = [
    [1, 1 + 2e-16],
    [100, 100 + 2e-14],
    [-3, -3 + 1e-15],
    [0, 1e-300],
    [31.2, 31.2000000001],
    [1, 2],
  ];
  for (const extent of ends)
    for (const range of [
      [0, 300],
      [300, 20],
      [40, 40],
    ] as const)
      // prettier-ignore
      for (const log of [false, true])
        for (const given of [false, true]) {
          const { ticks } = scaleFor({ label: 'x', log, ...(given ? { domain: extent } : {}) }, extent, range);
          if (!log) expect(ticks.length).toBeGreaterThan(0);
          expect(new Set(ticks.map((t) => t.at)).size).toBe(ticks.length);
        }
});

test('a long line keeps its ends and its extremes', () => {
  const n = 100_000;
  const x = Float64Array.from({ length: n }, (_, i) => i);
  const y = Float64Array.from({ length: n }, (_, i) => Math.sin(i / 900));
  y[43_210] = 9;
  const kept = sparse({ label: 'a', x, y }, scaleFor({ label: 'x' }, [0, n - 1], [0, 500], { nice: false }));
  expect(kept.length).toBeLessThan(2_100);
  expect(kept[0]).toBe(0);
  expect(kept.at(-1)).toBe(n - 1);
  expect(kept).toContain(43_210);
  expect(nearest(x, 17.4)).toBe(17);
});
