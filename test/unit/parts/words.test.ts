/** The small words and sums behind the parts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { int, real } from '../../../src/core/param.js';
import { matching } from '../../../src/parts/command-match.js';
import { contentHeight, MAX_HEIGHT, scrollFor, windowAt } from '../../../src/parts/grid-scroll.js';
import { bytesText, countText, decimalsFor, durationText, numberText, roughText } from '../../../src/parts/numbers.js';
import { fromPosition, STEPS, toPosition } from '../../../src/parts/param-scale.js';
import { csvText, safeName } from '../../../src/parts/save.js';

test('numbers: enough digits, never NaN', () => {
  expect([0, 0.842149, 1234.5, 12, -3.14159, NaN, null, 1e-9, 1.25e20].map((v) => numberText(v))).toEqual([
    '0',
    '0.842',
    '1235',
    '12',
    '−3.14',
    '–',
    '–',
    '1 × 10⁻⁹',
    '1.25 × 10²⁰',
  ]);
  // A year reads as a year; from five digits on thousands are parted.
  expect([1900, 9999, 12_600, -1_250_000, 2024.5].map((v) => numberText(v))).toEqual(['1900', '9999', '12,600', '−1,250,000', '2025']);
  expect([1260, 100_000].map(countText)).toEqual(['1260', '100,000']);
  expect([5, 0.5, 75, 3600].map(durationText)).toEqual(['5 s', '500 ms', '1 min 15 s', '1 h']);
  expect([0.2, 42.4, 95, 1759, 3190, 5000].map(roughText)).toEqual(['1 s', '42 s', '2 min', '29 min', '53 min', '1 h 20 min']);
  expect([999, 12_000_000].map(bytesText)).toEqual(['999 B', '12 MB']);
  expect([decimalsFor([1, 2, 3], 3), decimalsFor([0.84, 0.5], 3), decimalsFor([1e-6, 5], 3)]).toEqual([0, 3, null]);
});

test('csv: quotes what must be quoted and disarms formulas, but not negative numbers', () => {
  expect(
    csvText(
      ['a,b', 'c'],
      [
        ['=1+1', -3],
        ['-3', null],
        ['say "x"', true],
      ],
    ),
  ).toBe('"a,b",c\r\n\'=1+1,-3\r\n-3,\r\n"say ""x""",true\r\n');
  expect(safeName('a/b: c?.csv')).toBe('a-b- c-.csv');
});

test('sliders: a position leads back to the value, on linear and log scales', () => {
  const log = real({ label: 'l', help: '.', default: 0.1, min: 0, max: 10, scale: 'log' });
  const whole = int({ label: 'w', help: '.', default: 5, min: 1, max: 2000, scale: 'log' });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: STEPS }), (p) => {
      for (const s of [log, whole]) {
        const v = fromPosition(s, p);
        expect(v).toBeGreaterThanOrEqual(s.min);
        expect(v).toBeLessThanOrEqual(s.max);
        if (p >= 5) expect(Math.abs(Math.log(fromPosition(s, toPosition(s, v)) / v))).toBeLessThan(0.06);
      }
    }),
  );
  expect([fromPosition(log, 0), fromPosition(log, STEPS), toPosition(whole, 2000)]).toEqual([0, 10, STEPS]);
});

test('scaled scroll: any row of any number can be brought into view, and only a window is drawn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rows, share, at) => {
        const view = 300;
        const height = contentHeight(rows, 30);
        expect(height).toBeLessThanOrEqual(MAX_HEIGHT);
        const top = at * Math.max(0, height - view);
        const row = Math.min(rows - 1, Math.floor(share * rows));
        const to = scrollFor(row, top, rows, 30, view) ?? top;
        const w = windowAt(to, rows, 30, view, 2);
        expect(row).toBeGreaterThanOrEqual(w.from);
        expect(row).toBeLessThan(w.to);
        expect(w.to - w.from).toBeLessThanOrEqual(16);
      },
    ),
  );
});

test('commands: all words must fit; a beginning beats a middle', () => {
  const c = (label: string, section = 'Go') => ({ id: label, label, section, run: () => undefined });
  const all = [c('Retrain'), c('Train'), c('Explore')];
  expect(matching(all, 'train').map((m) => m.label)).toEqual(['Train', 'Retrain']);
  expect(matching(all, 'xyz')).toEqual([]);
  expect(matching(all, '')).toHaveLength(3);
});
