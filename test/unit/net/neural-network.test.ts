import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context, NumberTarget, Point } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { neuralNetwork } from '../../../workers/models/net/neural-network.js';

const quiet = (seed = 1): Context => ({ random: random(seed), report: () => Promise.resolve(true) });
const params = (given: Record<string, unknown> = {}) => checked(neuralNetwork.params, { max_iter: 30, learning_rate_init: 0.01, ...given });

/** A ring: no straight line tells inside from outside. */
function ring(n: number, seed = 7, levels = ['in', 'out']): { X: Matrix; target: ClassTarget } {
  const u = random(seed);
  const X = matrix(n, 2);
  for (let i = 0; i < 2 * n; i++) X.data[i] = normal(u);
  const y = Int32Array.from({ length: n }, (_, i) => (X.data[i]! ** 2 + X.data[n + i]! ** 2 > 1.4 ? 1 : 0));
  return { X, target: { task: 'class', y, levels } };
}

describe('neural network', () => {
  it('learns what no line can, and the same bytes from the same seed', async () => {
    const { X, target } = ring(600);
    const form = await neuralNetwork.fit(X, target, params({ max_iter: 80 }), quiet());
    const test = ring(400, 8);
    const p = predict(form, test.X);
    const right = test.target.y.filter((c, i) => (p[2 * i + 1]! > 0.5 ? 1 : 0) === c).length / 400;
    expect(right).toBeGreaterThan(0.95);
    expect(await neuralNetwork.fit(X, target, params({ max_iter: 80 }), quiet())).toEqual(form);
    expect(await neuralNetwork.fit(X, target, params({ max_iter: 80 }), quiet(2))).not.toEqual(form);
  });

  it.each([2, 3])('only permutes probabilities when %i levels are renamed', async (k) => {
    const { X, target } = ring(300);
    const y = k === 2 ? target.y : target.y.map((c, i) => (X.data[i]! > 1 ? 2 : c));
    const levels = ['a', 'b', 'c'].slice(0, k);
    const turned = y.map((c) => k - 1 - c);
    const p = predict(await neuralNetwork.fit(X, { task: 'class', y, levels }, params({ dropout: 0.1 }), quiet()), X);
    const q = predict(await neuralNetwork.fit(X, { task: 'class', y: turned, levels }, params({ dropout: 0.1 }), quiet()), X);
    for (let i = 0; i < 300; i++) for (let c = 0; c < k; c++) expect(q[i * k + k - 1 - c]).toBeCloseTo(p[i * k + c]!, 12);
  });

  it('gives a level without rows no chance, and one class all of it', async () => {
    const { X, target } = ring(100);
    const three = predict(await neuralNetwork.fit(X, { ...target, levels: ['in', 'out', 'never'] }, params(), quiet()), X);
    const two = predict(await neuralNetwork.fit(X, target, params(), quiet()), X);
    for (let i = 0; i < 100; i++) {
      expect(three[3 * i + 2]).toBeLessThan(1e-6);
      expect(three[3 * i + 1]).toBeCloseTo(two[2 * i + 1]!, 10);
    }
    const one = predict(await neuralNetwork.fit(X, { ...target, y: new Int32Array(100).fill(1) }, params(), quiet()), X);
    for (let i = 0; i < 100; i++) expect(one[2 * i + 1]).toBeGreaterThan(1 - 1e-9);
  });

  it('takes weight 0 as absent and, in full batches, weight 2 as twice', async () => {
    const { X, target } = ring(60);
    const full = params({ batch_size: 1000, early_stopping: false });
    const twice = matrix(120, 2);
    for (let j = 0; j < 2; j++) for (let i = 0; i < 120; i++) twice.data[j * 120 + i] = X.data[j * 60 + (i % 60)]!;
    const y2 = Int32Array.from({ length: 120 }, (_, i) => target.y[i % 60]!);
    const a = predict(await neuralNetwork.fit(X, { ...target, weight: new Float64Array(60).fill(2) }, full, quiet()), X);
    const b = predict(await neuralNetwork.fit(twice, { ...target, y: y2 }, full, quiet()), X);
    const c = predict(
      await neuralNetwork.fit(
        twice,
        { ...target, y: y2, weight: Float64Array.from({ length: 120 }, (_, i) => (i < 60 ? 2 : 0)) },
        full,
        quiet(),
      ),
      X,
    );
    for (let i = 0; i < a.length; i++) {
      expect(b[i]).toBeCloseTo(a[i]!, 4);
      expect(c[i]).toBe(a[i]);
    }
  });

  it('undoes the scale of a number target and of wild columns', async () => {
    const u = random(4);
    const n = 300;
    const X = matrix(n, 4);
    for (let i = 0; i < n; i++) {
      X.data[i] = 1e30 * u();
      X.data[n + i] = 1e-30 * u();
      X.data[2 * n + i] = 5e6 + u();
      X.data[3 * n + i] = 1e30;
    }
    const y = Float64Array.from({ length: n }, (_, i) => 1e9 * (3 * (X.data[i]! / 1e30) - X.data[n + i]! / 1e-30) + 7e9);
    const form = await neuralNetwork.fit(X, { task: 'number', y }, params({ max_iter: 100 }), quiet());
    const p = predict(form, X);
    const off = y.reduce((s, v, i) => s + (v - p[i]!) ** 2, 0) / n;
    const mean = y.reduce((a, b) => a + b) / n;
    expect(off / (y.reduce((s, v) => s + (v - mean) ** 2, 0) / n)).toBeLessThan(0.02);
    const flat: NumberTarget = { task: 'number', y: new Float64Array(n).fill(42) };
    for (const v of predict(await neuralNetwork.fit(X, flat, params(), quiet()), X)) expect(v).toBeCloseTo(42, 0);
  });

  it('stops when asked, in the middle of an epoch too, and reports a curve that never goes back', async () => {
    const { X, target } = ring(3000);
    const seen: [number, number, Point | undefined][] = [];
    const stopAfter = (calls: number): Context => ({
      random: random(1),
      report: (done, of, point) => {
        seen.push([done, of, point]);
        return Promise.resolve(seen.length < calls);
      },
    });
    const wide = params({ hidden_layer_sizes: [128, 128], max_iter: 5 });
    const form = await neuralNetwork.fit(X, target, wide, stopAfter(3));
    expect(seen).toHaveLength(3);
    expect(predict(form, X).every(Number.isFinite)).toBe(true);
    seen.length = 0;
    await neuralNetwork.fit(X, target, wide, stopAfter(Infinity));
    for (let i = 1; i < seen.length; i++) expect(seen[i]![0]).toBeGreaterThan(seen[i - 1]![0]);
    const points = seen.flatMap(([, , p]) => p ?? []);
    expect(points).toHaveLength(5);
    for (const p of points) expect(p.train! + p.valid!).toBeGreaterThan(0);
  });
});
