/** Predicting ahead is predicting: in Node nothing is asked of a graphics card; distances one by one are those of the scan. */
import { describe, expect, it } from 'vitest';
import type { Neighbours } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { predictAhead } from '../../../workers/forms/ahead.js';
import { predict } from '../../../workers/forms/index.js';
import { asksOf, keptFor, lookUp } from '../../../workers/forms/near-gpu.js';
import { distanceTo } from '../../../workers/forms/neighbours.js';
import { gpuDevice } from '../../../workers/kernels/gpu/device.js';
import { BLOCK, errorOf, NONE, type NearSearch } from '../../../workers/kernels/gpu/near.js';

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

/** A card as bad as it may be: every distance is off by up to `times` what is allowed, and the lists go by that. */
function badCard(f: Neighbours, times: number): { search: NearSearch; asks: ReturnType<typeof asksOf>; keep: number } {
  const asks = asksOf(f);
  const { points, cols, measure } = asks;
  const keep = keptFor(f);
  const { relative, absolute } = errorOf(measure, cols);
  const off = random(3);
  const search: NearSearch = {
    look(queries, count) {
      const distances = new Float32Array(keep * BLOCK).fill(3.4e38);
      const rows = new Uint32Array(keep * BLOCK).fill(NONE);
      for (let q = 0; q < count; q++) {
        const all = Array.from(f.y, (_, row) => {
          let d = 0;
          for (let j = 0; j < cols; j++) {
            const e = Math.abs(points[row * cols + j]! - queries[j * count + q]!);
            if (measure.by === 'largest') d = Math.max(d, e);
            else d += measure.by === 'squares' ? e * e : measure.by === 'absolute' ? e : e ** measure.p;
          }
          return { row, d: Math.max(0, d + times * (2 * off() - 1) * (relative * d + absolute)) };
        });
        all.sort((a, b) => a.d - b.d);
        all.slice(0, keep).forEach(({ row, d }, m) => {
          distances[m * BLOCK + q] = d;
          rows[m * BLOCK + q] = row;
        });
      }
      return Promise.resolve({ distances, rows });
    },
    dispose: () => undefined,
  };
  return { search, asks, keep };
}

describe.each([
  ['euclidean', 2],
  ['manhattan', 2],
  ['chebyshev', 2],
  ['minkowski', 3],
  ['minkowski', 1.5],
  ['minkowski', 20],
  ['cosine', 2],
] as const)('%s %d, on a card as bad as it may be', (metric, p) => {
  it.each<[string, (x: number) => number]>([
    ['ordinary', (x) => x],
    ['full of ties', (x) => Math.round(x)],
    ['nearly equal', (x) => 1 + 1e-5 * x],
    ['nearly equal but for a few', (x) => (x > 1 ? x : 1 + 1e-6 * x)],
    ['tiny', (x) => x * 1e-20],
    ['large', (x) => x * 1e8],
  ])('%s: the bytes of the scan', async (_, of) => {
    const points = cells(240).map(of);
    const f = form(metric, {
      points,
      y: Float64Array.from({ length: 80 }, (_, i) => 3 ** (i % 25)),
      k: 5,
      weights: 'distance',
      ...(metric === 'minkowski' ? { p } : {}),
    });
    const X = matrix(60, 3, cells(180).map(of));
    const out = new Float64Array(60);
    await lookUp({ form: f, ...badCard(f, 0.9) }, X, 0, 60, out);
    expect(out).toEqual(predict(f, X));
  });
});

it('leaves a card that is worse than that', async () => {
  for (const metric of ['euclidean', 'cosine'] as const) {
    const f = form(metric);
    const X = matrix(60, 3, cells(180));
    await expect(lookUp({ form: f, ...badCard(f, 1000) }, X, 0, 60, new Float64Array(60))).rejects.toThrow(
      'not as exact as WebGPU promises',
    );
  }
});
