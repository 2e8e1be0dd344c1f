/** Logistic regression over many rows starts from some of them: what is found is the best for all, whatever those rows were like. */
import { expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { lossAndGradient, type Classes } from '../../../workers/models/linear/loss.js';
import { smoothLogistic } from '../../../workers/models/linear/smooth-logistic.js';
import { pace } from '../../../workers/models/pace.js';

const p = 4;

/** `order` says which row comes where; `odd` changes the table. */
function classes(K: number, n: number, odd: (x: Float32Array, y: Int32Array, weight: Float64Array) => void): Classes {
  const u = random(K);
  const X = matrix(n, p);
  const y = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    let s = 0;
    for (let j = 0; j < p; j++) s += j * (X.data[j * n + i] = normal(u) + 2 * j);
    s += 3 * normal(u) - 28;
    y[i] = K === 1 ? (s > 0 ? 1 : 0) : s > 3 ? 2 : s > -3 ? 1 : 0;
  }
  const weight = new Float64Array(n).fill(1);
  odd(X.data, y, weight);
  let total = 0;
  for (const w of weight) total += w;
  return { X, y, weight, total, scores: K };
}

async function fit(c: Classes, l2: number) {
  const share = new Float64Array(Math.max(2, c.scores));
  c.y.forEach((k, i) => (share[k] = share[k]! + c.weight[i]! / c.total));
  const start = c.scores === 1 ? Float64Array.of(Math.log(share[1]! / share[0]!)) : share.map(Math.log);
  const p1 = pace({ random: random(1), report: () => Promise.resolve(true) }, 100);
  const found = await smoothLogistic(c, start, c.scores === 1 ? share.subarray(1) : share, l2, 1e-9, 100, p1);
  const g = new Float64Array(c.scores * p);
  const gB = new Float64Array(c.scores);
  await lossAndGradient(c, found.weights, found.bias, g, gB, p1);
  return { ...found, slope: Math.max(...g.map((v, j) => Math.abs(v + l2 * found.weights[j]!)), ...gB.map(Math.abs)), steps: p1.done };
}

const cases: [string, Parameters<typeof classes>[2]][] = [
  ['as they come', () => undefined],
  ['sorted by class', (_, y) => void y.sort()],
  ['a column that is never 1 in those rows', (x, y) => y.forEach((_, i) => (x[i] = i % 16 === 3 && i % 5 === 0 ? 1 : 0))],
  ['a column that has one value in those rows', (x, y) => y.forEach((_, i) => (i % 16 === 0 ? (x[i] = 7) : 0))],
  ['a class that is not in those rows', (_, y) => y.forEach((_k, i) => (i % 16 === 0 ? (y[i] = 0) : 0))],
  ['those rows say the opposite', (_, y) => y.forEach((k, i) => (i % 16 === 0 ? (y[i] = k === 0 ? 1 : 0) : 0))],
  ['those rows weigh nothing', (_x, _y, w) => w.forEach((_, i) => (w[i] = i % 16 === 0 ? 0 : 1 + (i % 2)))],
  ['twin columns', (x, y) => void x.copyWithin(y.length, 0, y.length)],
];

it.each(cases)('%s', async (_, odd) => {
  for (const K of [1, 3]) {
    for (const l2 of [1e-4, 0]) {
      const { converged, slope, steps, weights } = await fit(classes(K, 8000, odd), l2);
      expect(converged).toBe(true);
      expect(slope).toBeLessThan(1e-8);
      expect(steps).toBeLessThan(40);
      expect(weights.every(Number.isFinite)).toBe(true);
    }
  }
});

it('needs far fewer passes than from nothing', async () => {
  const many = await fit(
    classes(1, 8000, () => undefined),
    1e-4,
  );
  // A table too small for it.
  const few = await fit(
    classes(1, 3000, () => undefined),
    1e-4,
  );
  expect(many.steps).toBeLessThan(0.75 * few.steps);
});
