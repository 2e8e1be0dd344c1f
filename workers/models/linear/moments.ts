/** Weighted means and second moments of a matrix, in Float64: what least squares and Newton steps are made of. */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { isCount, isFloats, isNumber, savedIn, type Keep } from '../resume.js';
import { gramOf, ROWS } from './gram.js';

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

export const isMoments =
  (p: number) =>
  (v: unknown): boolean => {
    const m = (v ?? {}) as Partial<Moments>;
    const isAll = isFloats(p);
    return m.p === p && [m.weight, m.yMean, m.yy].every(isNumber) && isAll(m.mean) && isAll(m.cross) && isFloats(p * p)(m.gram);
  };

/** Between two blocks of rows. */
interface Summed {
  /** The first row that is not in the sums. */
  readonly next: number;
  readonly total: number;
  readonly sums: Float64Array;
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
    out[m] = constant(X.data, at, n, weight) ?? sumOf(X.data, at, n, weight) / total;
  }
  return out;
}

/** The value of a column that has only one, in rows that weigh something. */
function constant(data: Float32Array, at: number, n: number, weight: Float64Array | null): number | null {
  let value: number | null = null;
  for (let i = 0; i < n; i++) {
    if (weight && weight[i]! === 0) continue;
    value ??= data[at + i]!;
    if (data[at + i]! !== value) return null;
  }
  return value;
}

/** Four sums at a time: one would wait for itself. */
function sumOf(data: Float32Array, at: number, n: number, weight: Float64Array | null): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  if (weight) {
    for (; i + 3 < n; i += 4) {
      s0 += weight[i]! * data[at + i]!;
      s1 += weight[i + 1]! * data[at + i + 1]!;
      s2 += weight[i + 2]! * data[at + i + 2]!;
      s3 += weight[i + 3]! * data[at + i + 3]!;
    }
  } else {
    for (; i + 3 < n; i += 4) {
      s0 += data[at + i]!;
      s1 += data[at + i + 1]!;
      s2 += data[at + i + 2]!;
      s3 += data[at + i + 3]!;
    }
  }
  for (; i < n; i++) s0 += (weight ? weight[i]! : 1) * data[at + i]!;
  return s0 + s1 + (s2 + s3);
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
  keep?: Keep,
): Promise<Moments> {
  const n = X.rows;
  const p = columns.length;
  // The target stands beside the columns.
  const q = y ? p + 1 : p;
  const mean = centre ? means(X, columns, weight) : new Float64Array(p);
  let total = 0;
  let ySum = 0;
  for (let i = 0; i < n; i++) {
    const w = weight ? weight[i]! : 1;
    total += w;
    if (y) ySum += w * y[i]!;
  }
  const yMean = centre && y ? ySum / total : 0;
  const sums = gramOf(q, true);
  const own = sums.place(p);
  const root = new Float64Array(ROWS).fill(1);
  total = 0;
  const saved = savedIn<Summed>(keep, { next: isCount, total: isNumber, sums: isFloats(q * q) });
  if (saved) {
    total = saved.total;
    sums.begin(saved.sums);
  }
  for (let from = saved?.next ?? 0; from < n; from += ROWS) {
    const rows = Math.min(ROWS, n - from);
    if (weight) for (let i = 0; i < rows; i++) root[i] = Math.sqrt(weight[from + i]!);
    for (let i = 0; i < rows; i++) total += weight ? weight[from + i]! : 1;
    sums.read(X, columns, mean, root, from, rows);
    if (y) for (let i = 0; i < rows; i++) sums.panel[own + 4 * i] = (y[from + i]! - yMean) * root[i]!;
    sums.add(rows);
    if (pace.due(ROWS * q * (q / 2))) {
      await pace.rest();
      if (pace.stopped) break;
      keep?.offer(8 * q * q, (): Summed => ({ next: from + ROWS, total, sums: sums.soFar() }));
    }
  }
  const all = sums.take();
  const gram = new Float64Array(p * p);
  const cross = new Float64Array(p);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) gram[a * p + b] = gram[b * p + a] = all[a * q + b]!;
    if (y) cross[a] = all[p * q + a]!;
  }
  return { p, weight: total, mean, yMean, gram, cross, yy: y ? all[p * q + p]! : 0 };
}
