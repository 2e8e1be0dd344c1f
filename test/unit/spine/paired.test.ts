import { expect, it } from 'vitest';
import { pairedDifference } from '../../../src/core/paired.js';
import { correctedInterval } from '../../../workers/evaluate/intervals.js';

it('agrees with the interval of a mean over folds', () => {
  for (const k of [2, 5, 10, 29]) {
    const a = Array.from({ length: k }, (_, i) => 0.8 + 0.01 * Math.sin(3 * i));
    const b = Array.from({ length: k }, (_, i) => 0.79 + 0.02 * Math.cos(2 * i));
    const got = pairedDifference(a, b)!;
    const [low, high] = correctedInterval(
      a.map((v, i) => v - b[i]!),
      100 * k,
      100,
    );
    expect(got.low).toBeCloseTo(low, 6);
    expect(got.high).toBeCloseTo(high, 6);
  }
});

it('takes the folds both have, and says nothing of one', () => {
  expect(pairedDifference([1, null, 3], [0, 1, 1])).toMatchObject({ mean: 1.5, folds: 2 });
  expect(pairedDifference([1], [0])).toBeNull();
  expect(pairedDifference([1, null], [0, 1])).toBeNull();
});
