/** Nearest neighbours agree with scikit-learn; the tree of boxes agrees with the plain scan; ties go to the lower row. */
import { describe, expect, it } from 'vitest';
import { matrix, take } from '../../../src/core/matrix.js';
import { checked } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { boxTree, searchBoxes } from '../../../workers/forms/box-tree.js';
import { nearest } from '../../../workers/forms/nearest.js';
import { kNearest } from '../../../workers/models/k-nearest-neighbours.js';
import { holder, ofEach } from '../close.js';
import golden from './data.json' with { type: 'json' };

const X = matrix(golden.rows, golden.cols, Float32Array.from(golden.X));
const Q = matrix(golden.Q.rows, golden.cols, Float32Array.from(golden.Q.X));
const ctx = { random: random(1), report: () => Promise.resolve(true) };
const hold = holder(kNearest.label, 'scikit-learn');

describe('agrees with scikit-learn', () => {
  it.each(golden.cases.map((c) => [`${c.params.metric} ${c.params.weights} k=${c.params.k}`, c] as const))('%s', async (_, c) => {
    const params = checked(kNearest.params, c.params);
    const classes = await kNearest.fit(X, { task: 'class', y: Int32Array.from(golden.c), levels: ['low', 'middle', 'high'] }, params, ctx);
    hold('votes', ofEach(predict(classes, Q), c.classes), 1e-9);
    const numbers = await kNearest.fit(X, { task: 'number', y: Float64Array.from(golden.y, Math.fround) }, params, ctx);
    hold('means', ofEach(predict(numbers, Q), c.numbers), 1e-9);
  });
});

describe('ties', () => {
  it('go to the lower row', async () => {
    const grid = matrix(25, 2, Float32Array.from(golden.grid.X));
    const q = matrix(4, 2, Float32Array.from(golden.grid.Q));
    const y = Float64Array.from({ length: 25 }, (_, i) => i);
    for (const metric of ['euclidean', 'manhattan'] as const) {
      const params = checked(kNearest.params, { k: 3, metric });
      const form = await kNearest.fit(grid, { task: 'number', y }, params, ctx);
      const got = predict(form, q);
      for (let r = 0; r < 4; r++) {
        const distance = (i: number) => {
          const d = [0, 1].map((j) => Math.abs(grid.data[j * 25 + i]! - q.data[j * 4 + r]!));
          return metric === 'euclidean' ? d[0]! ** 2 + d[1]! ** 2 : d[0]! + d[1]!;
        };
        const order = Array.from({ length: 25 }, (_, i) => i).sort((a, b) => distance(a) - distance(b) || a - b);
        expect(got[r]).toBeCloseTo((order[0]! + order[1]! + order[2]!) / 3, 12);
        if (metric === 'manhattan') expect(order.slice(0, 3).map(distance)).toEqual(golden.grid.distances[r]);
      }
    }
  });
});

describe('the tree of boxes', () => {
  it.each([
    ['spread out', (u: number) => u * 10, 3],
    ['full of ties', (u: number) => Math.floor(u * 3), 4],
    ['all in one place', () => 1, 2],
    ['beyond what a power can hold', (u: number) => (u - 0.5) * 1e38, 2],
  ] as const)('finds what the scan finds: %s', async (_, cell, p) => {
    const u = random(5);
    const n = 900;
    const X = matrix(
      n,
      p,
      Float32Array.from({ length: n * p }, () => cell(u())),
    );
    const y = Float64Array.from({ length: n }, () => u());
    for (const metric of ['euclidean', 'manhattan', 'chebyshev', 'minkowski', 'cosine'] as const) {
      for (const k of [1, 7, 100]) {
        const form = await kNearest.fit(X, { task: 'number', y }, checked(kNearest.params, { k, metric, p: 9 }), ctx);
        // 60 rows together are worth a tree; five are not.
        const many = predict(
          form,
          take(
            X,
            Array.from({ length: 60 }, (_, i) => i),
          ),
        );
        for (let from = 0; from < 60; from += 5) {
          const few = predict(
            form,
            take(
              X,
              Array.from({ length: 5 }, (_, i) => from + i),
            ),
          );
          expect([...few]).toEqual([...many.subarray(from, from + 5)]);
        }
      }
    }
  });

  it('keeps every row', () => {
    const u = random(9);
    const points = Float32Array.from({ length: 500 * 2 }, () => u());
    const tree = boxTree(points, 500, 2);
    expect([...tree.row].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
    const best = nearest(1);
    searchBoxes(tree, Float64Array.of(points[2 * 321]!, points[2 * 321 + 1]!), 'euclidean', best);
    expect(best.row[0]).toBe(321);
  });
});
