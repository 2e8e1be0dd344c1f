/** Huber, Theil–Sen and RANSAC: what wild rows may and may not do. */
import { describe, expect, it } from 'vitest';
import type { Linear } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random, shuffle } from '../../../src/core/random.js';
import { linear } from '../../../workers/models/linear.js';
import { choices, drawRows } from '../../../workers/models/linear/few-rows.js';
import { huber } from '../../../workers/models/linear/huber.js';
import { ransac } from '../../../workers/models/linear/ransac.js';
import { shortestSmall } from '../../../workers/models/linear/small-system.js';
import { medianSteps, middle } from '../../../workers/models/linear/spatial-median.js';
import { theilSen } from '../../../workers/models/linear/theil-sen.js';
import { context, fit, inverse, number, scoreOf, table } from './fixture.js';

/** The search for a median to its end. */
function spatialMedian(...given: Parameters<typeof medianSteps> extends [...infer G, unknown] ? G : never): Float64Array {
  const turns = medianSteps(...given, null);
  let turn = turns.next();
  while (!turn.done) turn = turns.next();
  return turn.value.point;
}

const u = random(8);
const n = 120;
const X = table(n, 2, u);
const clean = Array.from({ length: n }, (_, i) => 2 * X.data[i]! - X.data[n + i]! + 5 + 0.1 * normal(u));

describe('Huber', () => {
  it('meets the conditions of its best line', async () => {
    const wild = clean.map((v, i) => (i % 7 === 0 ? v + 30 : v));
    const form = await fit(huber, X, number(wild), { alpha: null });
    expect(Math.hypot(form.weights[0]! - 2, form.weights[1]! + 1)).toBeLessThan(0.1);
    expect(form.bias[0]).toBeLessThan(5.2);
  });
  it('goes along with units of the target and of a column', async () => {
    const wild = clean.map((v, i) => (i % 7 === 0 ? v + 30 : v));
    const a = await fit(huber, X, number(wild), { alpha: null });
    const b = await fit(huber, X, number(wild.map((v) => v * 2 ** 40)), { alpha: null });
    a.weights.forEach((w, j) => expect(b.weights[j]! / 2 ** 40).toBeCloseTo(w, 9));
    const other = matrix(n, 2, X.data.slice());
    for (let i = 0; i < n; i++) other.data[i] = X.data[i]! / 2 ** 20;
    const c = await fit(huber, other, number(wild), { alpha: null });
    expect(c.weights[0]! / 2 ** 20).toBeCloseTo(a.weights[0]!, 9);
  });
  it('finds the best line for narrow borders too, where hardly a row lies within', async () => {
    const draw = random(21);
    for (const [epsilon, near] of [
      [1.1, 1e-6],
      [1.05, 1e-3],
    ] as const) {
      for (let k = 0; k < 16; k++) {
        const few = table(20, 4, draw);
        const y = Array.from(
          { length: 20 },
          (_, i) => 3 * few.data[i]! - 2 * few.data[20 + i]! + 20 + 0.3 * normal(draw) - (i % 9 ? 0 : 3),
        );
        // The loss at the best σ: at that Σ min(z², ε²) is the number of rows.
        const lossOf = (weights: Float64Array, bias: number) => {
          const t = y.map((v, i) => Math.abs(v - scoreOf({ weights, bias: Float64Array.of(bias), inputs: 4 } as Linear, few, i)));
          const at = (s: number) => t.reduce((sum, a) => sum + s + (a <= epsilon * s ? (a * a) / s : epsilon * (2 * a - epsilon * s)), 0);
          let [lo, hi] = [1e-12, 100];
          for (let q = 0; q < 60; q++) {
            const s = Math.sqrt(lo * hi);
            if (t.reduce((sum, a) => sum + Math.min(a / s, epsilon) ** 2, 0) > t.length) lo = s;
            else hi = s;
          }
          return at(hi);
        };
        const form = await fit(huber, few, number(y), { alpha: null, epsilon });
        const mine = lossOf(form.weights, form.bias[0]!);
        // No line about it is better, near or far.
        let best = mine;
        for (let q = 0, step = 0.3; q < 600; q++, step *= 0.98) {
          const other = lossOf(form.weights.map((v) => v + step * normal(draw)), form.bias[0]! + step * normal(draw)); // prettier-ignore
          best = Math.min(best, other);
        }
        expect(mine).toBeLessThanOrEqual(best * (1 + near));
      }
    }
  });
  it('does not mind how far the outliers are', async () => {
    for (const fit_intercept of [true, false]) {
      const lines = await Promise.all(
        [1e3, 1e6, 1e8, 1e9].map((far) =>
          fit(huber, X, number(clean.map((v, i) => (i % 10 ? v : far * (i % 20 ? 1 : -1)))), { alpha: null, fit_intercept, tol: 1e-8 }),
        ),
      );
      for (const line of lines.slice(1)) line.weights.forEach((w, j) => expect(w).toBeCloseTo(lines[0]!.weights[j]!, 3));
    }
  });
  it('stays sound where most rows lie on a line exactly', async () => {
    const exact = Array.from({ length: n }, (_, i) => 2 * X.data[i]! - X.data[n + i]! + 5);
    for (const share of [0, 3, 10]) {
      const ctx = context();
      const form = await fit(huber, X, number(exact.map((v, i) => (share && i % share === 0 ? v + 10 : v))), { alpha: null }, ctx);
      expect(form.weights[0]).toBeCloseTo(2, 4);
      expect(form.bias[0]).toBeCloseTo(5, 4);
      expect(ctx.notes).toEqual([]);
    }
    const flat = await fit(huber, X, number(exact.map(() => 4)));
    expect(flat.bias[0]).toBeCloseTo(4, 10);
  });
  it('manages more columns than rows, twins and constants', async () => {
    const wide = table(8, 12, u);
    for (const alpha of [null, 1])
      expect((await fit(huber, wide, number([1, 2, 3, 4, 5, 6, 7, 90]), { alpha })).weights.every(Number.isFinite)).toBe(true);
    const twin = matrix(n, 3, Float32Array.from([...X.data.slice(0, n), ...X.data.slice(0, n), ...new Float32Array(n).fill(3)]));
    const form = await fit(huber, twin, number(clean), { alpha: null });
    expect(form.weights[0]).toBeCloseTo(form.weights[1]!, 8);
    expect(form.weights[2]).toBe(0);
  });
});

describe('Theil–Sen', () => {
  it('through pairs of rows, is the spatial median of all lines', async () => {
    const x = Float32Array.from({ length: 12 }, (_, i) => i + normal(u));
    const y = Array.from(x, (v, i) => 3 * v + 1 + (i % 4 === 0 ? 40 * u() : normal(u)));
    const form = await fit(theilSen, matrix(12, 1, x), number(y), { tol: 1e-13, max_iter: 10000 });
    const points: [number, number][] = [];
    for (let a = 0; a < 12; a++)
      for (let b = a + 1; b < 12; b++) {
        const slope = (y[b]! - y[a]!) / (x[b]! - x[a]!);
        points.push([slope, y[a]! - slope * x[a]!]);
      }
    // At the spatial median the unit vectors to all points cancel.
    let s = 0;
    let t = 0;
    for (const [slope, start] of points) {
      const d = Math.hypot(slope - form.weights[0]!, start - form.bias[0]!);
      s += (slope - form.weights[0]!) / d;
      t += (start - form.bias[0]!) / d;
    }
    expect(Math.hypot(s, t) / points.length).toBeLessThan(1e-6);
  });
  it('bears a sixth of wild rows, in targets and columns', async () => {
    const wild = matrix(n, 2, X.data.slice());
    const y = clean.slice();
    for (let i = 0; i < n; i += 6) {
      wild.data[i] = 20 + normal(u);
      y[i] = -100;
    }
    const form = await fit(theilSen, wild, number(y));
    const off = (w: Float64Array) => Math.hypot(w[0]! - 2, w[1]! + 1);
    expect(off(form.weights)).toBeLessThan(0.25);
    expect(off((await fit(linear, wild, number(y))).weights)).toBeGreaterThan(2);
  });
  it('lets rows of more weight count more', async () => {
    const x = Float32Array.from({ length: 20 }, (_, i) => i);
    const y = Array.from(x, (v, i) => (i % 2 ? 5 * v : v));
    const form = await fit(theilSen, matrix(20, 1, x), number(y, Array.from(x, (_, i) => (i % 2 ? 10 : 0.1)))); // prettier-ignore
    expect(form.weights[0]).toBeCloseTo(5, 2);
  });
  it('draws by the seed alone', async () => {
    const big = table(200, 3, u);
    const y = Array.from({ length: 200 }, (_, i) => big.data[i]! + normal(u));
    const run = (seed: number) => fit(theilSen, big, number(y), { max_subpopulation: 500 }, context(seed));
    expect([...(await run(3)).weights]).toEqual([...(await run(3)).weights]);
    expect([...(await run(3)).weights]).not.toEqual([...(await run(4)).weights]);
  });
});

describe('RANSAC', () => {
  it('fits least squares to the rows that agree, when two fifths do not', async () => {
    const y = clean.map((v, i) => (i % 5 < 2 ? 60 + 20 * u() : v));
    const ctx = context();
    const form = await fit(ransac, X, number(y, undefined), { residual_threshold: 1 }, ctx);
    const inside: number[] = y.map((_, i) => (i % 5 < 2 ? 0 : 1));
    const G = [0, 1, 2].map((a) =>
      [0, 1, 2].map((b) => inside.reduce((s, w, i) => s + w * (a < 2 ? X.data[a * n + i]! : 1) * (b < 2 ? X.data[b * n + i]! : 1), 0)),
    );
    const c = [0, 1, 2].map((a) => inside.reduce((s, w, i) => s + w * (a < 2 ? X.data[a * n + i]! : 1) * y[i]!, 0));
    const want = inverse(G).map((row) => row.reduce((s, v, k) => s + v * c[k]!, 0));
    [...form.weights, ...form.bias].forEach((v, k) => expect(v).toBeCloseTo(want[k]!, 9));
    expect(ctx.notes[0]).toContain('48 of 120 rows lie farther than 1');
  });
  it('stops as soon as it is sure, and takes all rows when none agree', async () => {
    let steps = 0;
    await fit(ransac, X, number(clean), { residual_threshold: 10 }, { ...context(), report: () => Promise.resolve(++steps > 0) });
    expect(steps).toBeLessThan(5);
    const ctx = context();
    const two = table(30, 1, u);
    const form = await fit(
      ransac,
      two,
      number(Array.from({ length: 30 }, () => normal(u))),
      { residual_threshold: 1e-12, min_samples: 5 },
      ctx,
    );
    expect(form.weights.every(Number.isFinite)).toBe(true);
    expect(ctx.notes[0]).toContain('all rows were taken');
  });
  it('has a border even where most targets are equal', async () => {
    const y = clean.map((_, i) => (i % 3 === 0 ? i : 4));
    expect((await fit(ransac, X, number(y))).weights.every(Number.isFinite)).toBe(true);
    expect((await fit(ransac, X, number(y.map(() => 4)))).bias[0]).toBeCloseTo(4, 10);
  });
});

describe('small systems', () => {
  it('give the shortest of the best answers, whatever the rank', () => {
    for (const [rows, cols, rank] of [
      [6, 4, 4],
      [4, 4, 4],
      [3, 5, 3],
      [6, 5, 2],
      [5, 3, 1],
      [4, 6, 2],
    ] as const) {
      // prettier-ignore
      const left = Array.from({ length: rows * rank }, () => normal(u));
      const right = Array.from({ length: rank * cols }, () => normal(u));
      const A = new Float64Array(rows * cols);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < cols; j++)
          for (let k = 0; k < rank; k++) A[j * rows + i] = A[j * rows + i]! + left[i * rank + k]! * right[k * cols + j]!;
      const y = Float64Array.from({ length: rows }, () => normal(u));
      const x = new Float64Array(cols);
      expect(shortestSmall(A.slice(), rows, cols, y.slice(), x)).toBe(rank);
      // The residual is at right angles to every column, and x lies in the rows.
      const r = Array.from(y, (v, i) => v - x.reduce((s, b, j) => s + A[j * rows + i]! * b, 0));
      for (let j = 0; j < cols; j++) expect(r.reduce((s, v, i) => s + v * A[j * rows + i]!, 0)).toBeCloseTo(0, 9);
      const R = Array.from({ length: rank }, (_, a) =>
        Array.from({ length: rank }, (_, b) =>
          Array.from({ length: cols }, (_, j) => right[a * cols + j]! * right[b * cols + j]!).reduce((s, v) => s + v, 0),
        ),
      );
      const c = Array.from({ length: rank }, (_, a) => x.reduce((s, v, j) => s + v * right[a * cols + j]!, 0));
      const share = inverse(R).map((row) => row.reduce((s, v, k) => s + v * c[k]!, 0));
      x.forEach((v, j) => expect(share.reduce((s, f, a) => s + f * right[a * cols + j]!, 0)).toBeCloseTo(v, 8));
    }
    const x = new Float64Array(2);
    expect(shortestSmall(new Float64Array(6), 3, 2, Float64Array.of(1, 2, 3), x)).toBe(0);
    expect([...x]).toEqual([0, 0]);
  });
  it('count and draw sets of rows', () => {
    expect([choices(5, 2, 100), choices(30, 15, 1e9), choices(10, 10, 5), choices(6, 3, 19), choices(1e6, 50, 1e4)]).toEqual([
      10,
      155117520,
      1,
      Infinity,
      Infinity,
    ]);
    const seen = new Map<string, number>();
    const rows = shuffle(Int32Array.of(0, 1, 2, 3), u);
    for (let k = 0; k < 6000; k++) {
      const set = [...drawRows(rows, 2, u)].sort().join();
      seen.set(set, (seen.get(set) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const times of seen.values()) expect(Math.abs(times - 1000)).toBeLessThan(150);
  });
  it('find medians, weighted and in the plane', () => {
    expect(middle(Float64Array.of(3, 1, 2), null)).toBe(2);
    expect(middle(Float64Array.of(3, 1, 2, 4), null)).toBe(2.5);
    expect(middle(Float64Array.of(3, 1, 2), Float64Array.of(5, 1, 1))).toBe(3);
    expect(middle(Float64Array.of(9, 1), Float64Array.of(0, 1))).toBe(1);
    // A square's middle; and of a triangle with one heavy corner, that corner.
    const square = spatialMedian(Float64Array.of(0, 0, 0, 2, 2, 0, 2, 2), 4, 2, new Float64Array(4).fill(1), 1e-12, 1000);
    expect([...square].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([1, 1]);
    const corner = spatialMedian(Float64Array.of(0, 0, 1, 0, 0, 1), 3, 2, Float64Array.of(5, 1, 1), 1e-12, 100000);
    expect(Math.hypot(...corner)).toBeLessThan(1e-6);
  });
});
