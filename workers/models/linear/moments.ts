/** Weighted means and second moments of a matrix, in Float64: what least squares and Newton steps are made of. */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';

/** Rows per panel: 256 × 100 columns of Float64 stay in the second cache. */
const PANEL = 256;

export interface Moments {
  readonly p: number;
  /** Σ weight over the rows read. */
  readonly weight: number;
  /** Per column; 0 when not centred. */
  readonly mean: Float64Array;
  readonly yMean: number;
  /** p × p, symmetric: Σ w (x − mean)(x − mean)ᵀ. */
  readonly gram: Float64Array;
  /** Σ w (x − mean)(y − yMean). */
  readonly cross: Float64Array;
  /** Σ w (y − yMean)². */
  readonly yy: number;
}

/** Weighted means; a constant column gets exactly its value, so that centring leaves exact zeros. */
export function means(X: Matrix, columns: ArrayLike<number>, weight: Float64Array | null): Float64Array {
  const n = X.rows;
  let total = n;
  if (weight) {
    total = 0;
    for (let i = 0; i < n; i++) total += weight[i]!;
  }
  const out = new Float64Array(columns.length);
  for (let m = 0; m < columns.length; m++) {
    const at = columns[m]! * n;
    let sum = 0;
    let lo = Infinity;
    let hi = -Infinity;
    for (let i = 0; i < n; i++) {
      const w = weight ? weight[i]! : 1;
      if (w === 0) continue;
      const x = X.data[at + i]!;
      sum += w * x;
      if (x < lo) lo = x;
      if (x > hi) hi = x;
    }
    out[m] = lo === hi ? lo : sum / total;
  }
  return out;
}

/**
 * Moments of the columns named. Cost rows × p² / 2. When asked to stop it ends with the rows read so far,
 * whose means are those of all rows.
 */
export async function moments(
  X: Matrix,
  columns: ArrayLike<number>,
  y: Float64Array | null,
  weight: Float64Array | null,
  centre: boolean,
  pace: Pace,
): Promise<Moments> {
  const n = X.rows;
  const p = columns.length;
  const q = p + 1;
  const mean = centre ? means(X, columns, weight) : new Float64Array(p);
  let total = 0;
  let ySum = 0;
  for (let i = 0; i < n; i++) {
    const w = weight ? weight[i]! : 1;
    total += w;
    if (y) ySum += w * y[i]!;
  }
  const yMean = centre && y ? ySum / total : 0;
  const all = new Float64Array(q * q);
  const panel = new Float64Array(PANEL * q);
  const root = new Float64Array(PANEL);
  total = 0;
  for (let from = 0; from < n; from += PANEL) {
    const rows = Math.min(PANEL, n - from);
    if (rows < PANEL) panel.fill(0);
    for (let i = 0; i < rows; i++) {
      const w = weight ? weight[from + i]! : 1;
      total += w;
      root[i] = Math.sqrt(w);
    }
    for (let m = 0; m < p; m++) {
      const at = columns[m]! * n + from;
      const to = m * PANEL;
      const c = mean[m]!;
      for (let i = 0; i < rows; i++) panel[to + i] = (X.data[at + i]! - c) * root[i]!;
    }
    if (y) for (let i = 0; i < rows; i++) panel[p * PANEL + i] = (y[from + i]! - yMean) * root[i]!;
    addGram(panel, PANEL, q, all);
    if (pace.due(PANEL * q * (q / 2))) {
      await pace.rest();
      if (pace.stopped) break;
    }
  }
  const gram = new Float64Array(p * p);
  const cross = new Float64Array(p);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) gram[a * p + b] = gram[b * p + a] = all[a * q + b]!;
    cross[a] = all[p * q + a]!;
  }
  return { p, weight: total, mean, yMean, gram, cross, yy: all[p * q + p]! };
}

/**
 * Adds the inner products of q columns of `length` values (column c at c · length) to the lower triangle of q × q `out`.
 * Three by three columns at a time: nine products for six reads.
 */
export function addGram(panel: Float64Array, length: number, q: number, out: Float64Array): void {
  for (let a = 0; a < q; a += 3) {
    const threeA = a + 2 < q;
    const a0 = a * length;
    const a1 = a0 + length;
    const a2 = a1 + length;
    for (let b = 0; b <= a; b += 3) {
      const b0 = b * length;
      if (!threeA) {
        for (let c = a; c < q; c++)
          for (let d = b; d < Math.min(b + 3, c + 1); d++) out[c * q + d] = out[c * q + d]! + dot(panel, c * length, d * length, length);
        continue;
      }
      const b1 = b0 + length;
      const b2 = b1 + length;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s20 = 0;
      let s21 = 0;
      let s22 = 0;
      for (let i = 0; i < length; i++) {
        const x0 = panel[a0 + i]!;
        const x1 = panel[a1 + i]!;
        const x2 = panel[a2 + i]!;
        const z0 = panel[b0 + i]!;
        const z1 = panel[b1 + i]!;
        const z2 = panel[b2 + i]!;
        s00 += x0 * z0;
        s01 += x0 * z1;
        s02 += x0 * z2;
        s10 += x1 * z0;
        s11 += x1 * z1;
        s12 += x1 * z2;
        s20 += x2 * z0;
        s21 += x2 * z1;
        s22 += x2 * z2;
      }
      const r0 = a * q + b;
      const r1 = r0 + q;
      const r2 = r1 + q;
      out[r0] = out[r0]! + s00;
      out[r0 + 1] = out[r0 + 1]! + s01;
      out[r0 + 2] = out[r0 + 2]! + s02;
      out[r1] = out[r1]! + s10;
      out[r1 + 1] = out[r1 + 1]! + s11;
      out[r1 + 2] = out[r1 + 2]! + s12;
      out[r2] = out[r2]! + s20;
      out[r2 + 1] = out[r2 + 1]! + s21;
      out[r2 + 2] = out[r2 + 2]! + s22;
    }
  }
}

function dot(v: Float64Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += v[a + i]! * v[b + i]!;
  return sum;
}
