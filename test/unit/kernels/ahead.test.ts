/** Predicting ahead is predicting: in Node nothing is asked of a graphics card; distances one by one are those of the scan. */
import { expect, it } from 'vitest';
import type { Neighbours } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { predictAhead } from '../../../workers/forms/ahead.js';
import { predict } from '../../../workers/forms/index.js';
import { distanceTo } from '../../../workers/forms/neighbours.js';
import { gpuDevice } from '../../../workers/kernels/gpu/device.js';

const u = random(1);
const cells = (n: number) => Float32Array.from({ length: n }, () => normal(u));
const form = (metric: Neighbours['metric'], more: object = {}): Neighbours => ({
  form: 'neighbours', inputs: 3, outputs: 1, k: 1, weights: 'uniform', metric, task: 'number', points: cells(90), y: Float64Array.from({ length: 30 }, (_, i) => i), ...more,
}); // prettier-ignore

it('needs no card', async () => {
  const notes: string[] = [];
  const X = matrix(5, 3, cells(15));
  const f = form('cosine');
  expect(await predictAhead(f, X, { wish: 'webgpu', note: (n) => notes.push(n) })).toEqual(predict(f, X));
  expect(notes).toEqual([]);
  expect(await gpuDevice()).toBe('no GPU is to be had on this device');
});

it.each(['euclidean', 'manhattan', 'chebyshev', 'minkowski', 'cosine'] as const)(
  '%s: the nearest row is the one the scan names',
  (metric) => {
    const f = form(metric, metric === 'minkowski' ? { p: 2.5 } : {});
    const X = matrix(20, 3, cells(60));
    const named = predict(f, X);
    for (let i = 0; i < 20; i++) {
      const distance = distanceTo(f)(Float64Array.from([0, 1, 2], (j) => X.data[j * 20 + i]!));
      const all = Array.from({ length: 30 }, (_, row) => distance(row));
      expect(all.indexOf(Math.min(...all))).toBe(named[i]);
    }
  },
);
