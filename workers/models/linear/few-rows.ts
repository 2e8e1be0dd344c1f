/** Lines through a few rows at a time, drawn by chance or all in turn: what Theil–Sen and RANSAC are made of. */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Random } from '../../../src/core/random.js';
import type { Line } from './least-squares.js';
import { means } from './moments.js';
import { shortestSmall } from './small-system.js';

export interface Lines {
  /** The least-squares line through these rows; of many, the one with the shortest weights on columns of one scale. */
  through(rows: ArrayLike<number>): Line;
}

/** Columns are centred and brought to one scale first, so that units do not decide which rows lie on a line. */
export function lines(X: Matrix, y: Float64Array, weight: Float64Array | null, intercept: boolean): Lines {
  const { rows: n, cols: p, data } = X;
  const mean = intercept
    ? means(
        X,
        Array.from({ length: p }, (_, j) => j),
        weight,
      )
    : new Float64Array(p);
  const unit = Float64Array.from({ length: p }, (_, j) => {
    let top = 0;
    for (let i = 0; i < n; i++) if (!weight || weight[i]! > 0) top = Math.max(top, Math.abs(data[j * n + i]! - mean[j]!));
    return top > 0 ? 1 / top : 0;
  });
  return {
    through(rows) {
      const k = rows.length;
      const A = new Float64Array(k * p);
      const t = new Float64Array(k);
      const x = new Float64Array(p);
      const own = new Float64Array(p);
      let mid = 0;
      if (intercept) for (let i = 0; i < k; i++) mid += y[rows[i]!]! / k;
      for (let i = 0; i < k; i++) t[i] = y[rows[i]!]! - mid;
      for (let j = 0; j < p; j++) {
        let s = 0;
        for (let i = 0; i < k; i++) {
          const v = (data[j * n + rows[i]!]! - mean[j]!) * unit[j]!;
          A[j * k + i] = v;
          s += v;
        }
        if (!intercept) continue;
        own[j] = s / k;
        for (let i = 0; i < k; i++) A[j * k + i] = A[j * k + i]! - own[j]!;
      }
      shortestSmall(A, k, p, t, x);
      let bias = mid;
      for (let j = 0; j < p; j++) {
        bias -= x[j]! * (own[j]! + mean[j]! * unit[j]!);
        x[j] = x[j]! * unit[j]!;
      }
      return { weights: x, bias: intercept ? bias : 0 };
    },
  };
}

/** `k` of the rows named, each set as likely as any other; `rows` is reordered (Durstenfeld 1964, stopped early). */
export function drawRows(rows: Int32Array, k: number, u: Random): Int32Array {
  for (let i = 0; i < k; i++) {
    const j = i + Math.floor(u() * (rows.length - i));
    const t = rows[i]!;
    rows[i] = rows[j]!;
    rows[j] = t;
  }
  return rows.slice(0, k);
}

/** Ways to choose k of n, or Infinity above `most`. */
export function choices(n: number, k: number, most: number): number {
  let c = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    c = (c * (n - Math.min(k, n - k) + i)) / i;
    if (c > most * 1e3) return Infinity;
  }
  c = Math.round(c);
  return c > most ? Infinity : c;
}
