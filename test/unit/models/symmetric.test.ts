/** Symmetric systems: eigenvectors rebuild the matrix; of many answers the shortest is given, whatever the units. */
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../src/core/random.js';
import { cholesky, eigen, solveFactor, solveShortest } from '../../../workers/models/linear/symmetric.js';

const u = random(2);
const product = (rows: readonly (readonly number[])[]) => rows.map((a) => rows.map((b) => a.reduce((s, v, i) => s + v * b[i]!, 0)));
const flat = (m: readonly (readonly number[])[]) => Float64Array.from(m.flat());
const apply = (A: Float64Array, n: number, x: Float64Array) =>
  Float64Array.from({ length: n }, (_, i) => x.reduce((s, v, j) => s + A[i * n + j]! * v, 0));

describe('symmetric systems', () => {
  it.each([1, 2, 5, 17])('eigenvectors of size %i', (n) => {
    const A = flat(product(Array.from({ length: n }, () => Array.from({ length: n + 2 }, () => normal(u)))));
    const { values, V } = eigen(A, n);
    for (let k = 0; k < n; k++) {
      const v = V.slice(k * n, k * n + n);
      apply(A, n, v).forEach((w, i) => expect(w).toBeCloseTo(values[k]! * v[i]!, 9));
      expect(v.reduce((s, x) => s + x * x, 0)).toBeCloseTo(1, 12);
      if (k > 0) expect(values[k]).toBeGreaterThanOrEqual(values[k - 1]!);
    }
  });

  it('solves what has one answer', () => {
    const A = flat(product(Array.from({ length: 6 }, () => Array.from({ length: 9 }, () => normal(u)))));
    const want = Float64Array.from({ length: 6 }, () => normal(u));
    const b = apply(A, 6, want);
    solveShortest(A, 6, b).forEach((x, i) => expect(x).toBeCloseTo(want[i]!, 8));
    solveFactor(cholesky(A, 6, 0, 0)!, b.slice()).forEach((x, i) => expect(x).toBeCloseTo(want[i]!, 8));
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2, 0, 0)).toBeNull();
  });

  it('gives the shortest of many answers', () => {
    // Two equal unknowns share; with one measured in thousandths, the larger unit takes nearly all.
    expect([...solveShortest(Float64Array.of(1, 1, 1, 1), 2, Float64Array.of(3, 3))].map((v) => Number(v.toFixed(9)))).toEqual([1.5, 1.5]);
    const [x, y] = [...solveShortest(Float64Array.of(1, 1000, 1000, 1e6), 2, Float64Array.of(2, 2000))];
    expect(x! + 1000 * y!).toBeCloseTo(2, 9);
    expect(x! * 1000 - y!).toBeCloseTo(0, 7);
    expect([...solveShortest(new Float64Array(4), 2, new Float64Array(2))]).toEqual([0, 0]);
  });
});
