/**
 * The kernel of every pair of training rows, and what the lengths have to do with it. The triangle above the diagonal, which the
 * kernels leave alone, keeps what belongs to the pairs of row i one behind the other: in row n − 1 − i, from column n − i.
 */
import { covary, covaryAndSlope } from '../../forms/covariance.js';
import { pairRow } from '../kernel/pairs.js';
import type { Heed, System } from '../kernel/system.js';
import { lengthOf, type Hyper } from './hyper.js';

/** Where the pairs of row i with rows 0 … i − 1 are kept. */
export const spareOf = (K: System, i: number): number => (K.n - 1 - i) * K.width + K.n - i;

/** Rows in units of the lengths; n × p, row-major. */
export function inLengths(points: Float64Array, p: number, h: Hyper): Float64Array {
  const unit = Float64Array.from({ length: p }, (_, j) => lengthOf(h, j));
  return points.map((x, at) => x / unit[at % p]!);
}

/** Multiplications that a kernel costs beside those of the distance. */
const BEND = 12;

/** The kernel in the lower triangle, its slopes (covariance.ts) in the spare one; false when asked to stop. */
export async function fillWithSlopes(K: System, scaled: Float64Array, p: number, h: Hyper, heed: Heed): Promise<boolean> {
  const { n, width, cells } = K;
  for (let i = 0; i < n; i++) {
    const at = i * width;
    pairRow(scaled, p, i, 'squares', cells, at);
    covaryAndSlope(h.kernel, h.mixture, h.variance, cells, at, at + i, cells, spareOf(K, i));
    cells[at + i] = h.variance;
    if (!(await heed((i + 1) * (p + BEND)))) return false;
  }
  return true;
}

/** The kernel in the spare triangle alone. */
export async function fillSpare(K: System, scaled: Float64Array, p: number, h: Hyper, heed: Heed): Promise<boolean> {
  const row = new Float64Array(K.n);
  for (let i = 0; i < K.n; i++) {
    pairRow(scaled, p, i, 'squares', row, 0);
    const at = spareOf(K, i);
    K.cells.set(row.subarray(0, i), at);
    covary(h.kernel, h.mixture, h.variance, K.cells, at, at + i);
    if (!(await heed((i + 1) * (p + BEND)))) return false;
  }
  return true;
}

/** Adds Σ_k q_k (x_i − x_k)² of each column to `into`; q has i cells. */
export function addSquares(columns: readonly Float64Array[], i: number, q: Float64Array, into: Float64Array): void {
  for (let j = 0; j < columns.length; j++) {
    const z = columns[j]!;
    const x = z[i]!;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let k = 0;
    for (; k + 3 < i; k += 4) {
      const e0 = x - z[k]!;
      const e1 = x - z[k + 1]!;
      const e2 = x - z[k + 2]!;
      const e3 = x - z[k + 3]!;
      s0 += q[k]! * e0 * e0;
      s1 += q[k + 1]! * e1 * e1;
      s2 += q[k + 2]! * e2 * e2;
      s3 += q[k + 3]! * e3 * e3;
    }
    for (; k < i; k++) {
      const e = x - z[k]!;
      s0 += q[k]! * e * e;
    }
    into[j] = into[j]! + (s0 + s1 + (s2 + s3));
  }
}

/** The columns of row-major rows, one by one. */
export const columnsOf = (rows: Float64Array, n: number, p: number): Float64Array[] =>
  Array.from({ length: p }, (_, j) => Float64Array.from({ length: n }, (_, i) => rows[i * p + j]!));
