/** How sure the weights of a linear model are: standard errors from the curvature at the best weights. */
import type { Linear } from '../../../src/core/form.js';
import { eigen, THIN, type Factor } from './symmetric.js';

export type Inference = Required<Pick<Linear, 'spread' | 'freedom' | 'noise' | 'explained'>>;

/** Moments of the columns, each row with the weight it has in the curvature. */
export interface Curvature {
  readonly p: number;
  /** p × p, around the means when there is an intercept. */
  readonly gram: Float64Array;
  readonly mean: Float64Array;
  /** Σ weight. */
  readonly weight: number;
}

/** Standard errors where the noise has standard deviation 1: of each weight, then of the intercept; 0 where there is none. */
export interface Unit {
  readonly spread: Float64Array;
  /** Directions of the columns that the rows tell apart; the intercept does not count. */
  readonly rank: number;
}

/** Eigenvalues of more columns would take longer than the fit. */
const MOST_OVERLAPPING = 500;
/** A weight is its own when directions of nothing move it by no more than this share. */
const OWN = 1e-6;

/** B with Bᵀ B = (gram)⁻¹ from its Cholesky factor: lower triangle, row-major. Cost n³ / 6. */
export function rootInverse({ n, L, unit }: Factor): Float64Array {
  const B = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const ri = i * n;
    for (let k = 0; k < i; k++) {
      const f = L[ri + k]!;
      if (f === 0) continue;
      const rk = k * n;
      for (let j = 0; j <= k; j++) B[ri + j] = B[ri + j]! - f * B[rk + j]!;
    }
    B[ri + i] = 1;
    const d = L[ri + i]!;
    for (let j = 0; j <= i; j++) B[ri + j] = B[ri + j]! / d;
  }
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) B[i * n + j] = B[i * n + j]! * unit[j]!;
  return B;
}

/** Of full rank: √diagonal of Bᵀ B. A column that never changes (unit 0) has no weight and no standard error. */
export function unitOfRoot(B: Float64Array, c: Curvature, intercept: boolean): Unit {
  const { p, mean } = c;
  const square = new Float64Array(p + 1);
  let rank = 0;
  let far = 0;
  for (let i = 0; i < p; i++) {
    let along = 0;
    for (let j = 0; j <= i; j++) {
      const b = B[i * p + j]!;
      square[j] = square[j]! + b * b;
      along += b * mean[j]!;
    }
    far += along * along;
    if (B[i * p + i] !== 0) rank++;
  }
  if (intercept) square[p] = 1 / c.weight + far;
  return { spread: square.map(Math.sqrt), rank };
}

/**
 * Where columns overlap: standard errors of those weights that the rows settle all the same, 0 for the others.
 * Null when there are too many columns to tell.
 */
export function unitOfOverlapping(c: Curvature, intercept: boolean): Unit | null {
  const { p, gram, mean } = c;
  if (p > MOST_OVERLAPPING) return null;
  const unit = Float64Array.from({ length: p }, (_, j) => (gram[j * p + j]! > 0 ? 1 / Math.sqrt(gram[j * p + j]!) : 0));
  const scaled = new Float64Array(p * p);
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) scaled[i * p + j] = gram[i * p + j]! * unit[i]! * unit[j]!;
  const { values, V } = eigen(scaled, p);
  const cut = THIN * Math.max(1, values[p - 1] ?? 1);
  const square = new Float64Array(p + 1);
  const shared = new Float64Array(p + 1);
  let rank = 0;
  let size = 0;
  for (let j = 0; j < p; j++) size += (mean[j]! * unit[j]!) ** 2;
  for (let k = 0; k < p; k++) {
    const value = values[k]!;
    if (value > cut) rank++;
    let along = 0;
    for (let j = 0; j < p; j++) {
      const v = unit[j] === 0 ? 0 : V[k * p + j]!;
      if (value > cut) square[j] = square[j]! + (v * unit[j]!) ** 2 / value;
      else shared[j] = shared[j]! + v * v;
      along += v * unit[j]! * mean[j]!;
    }
    if (value > cut) square[p] = square[p]! + (along * along) / value;
    else shared[p] = shared[p]! + (along * along) / (size || 1);
  }
  square[p] = intercept ? square[p]! + 1 / c.weight : 0;
  return { spread: square.map((v, j) => (shared[j]! > OWN * OWN ? 0 : Math.sqrt(v))), rank };
}

/** Σ (n − rank − intercept); null where no row is left over to judge the noise by, or a number has run away. */
export function inferenceOf(
  unit: Unit | null,
  rows: number,
  intercept: boolean,
  noise: (freedom: number) => number,
  explained: number,
  normal = false,
): Inference | null {
  if (!unit) return null;
  const left = rows - unit.rank - (intercept ? 1 : 0);
  if (!(left > 1e-9)) return null;
  const scale = noise(left);
  const spread = unit.spread.map((v) => v * scale);
  if (!Number.isFinite(explained) || !Number.isFinite(scale) || !spread.every(Number.isFinite)) return null;
  return { spread, freedom: normal ? 0 : left, noise: scale, explained };
}
