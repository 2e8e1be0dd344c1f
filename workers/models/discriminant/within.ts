/** The covariance within classes, shrunk or not, and solving with it: dense when columns are few, by rows when rows are fewer. */
import type { Matrix } from '../../../src/core/matrix.js';
import { cholesky, eigen, solveFactor } from '../linear/symmetric.js';
import type { Pace } from '../pace.js';
import { isCount, isFloats, partOf, savedIn, type Keep } from '../resume.js';
import type { ClassMoments } from './class-moments.js';
import { ledoitWolf } from './ledoit-wolf.js';
import { deviations, rowProducts, rowsByClass, scatter } from './scatter.js';

/** Share of shrinkage; 'auto' finds one for each class, on columns of equal variance, as scikit-learn does. */
export type Shrinkage = 'none' | 'auto' | number;

/** Directions whose variance is below this share of their columns’ are taken for none, as scikit-learn does (tol² = 1e−8). */
const THIN = 1e-8;
/** A column varies within classes at least by this share of how it varies at all: else it would decide alone, and without bounds. */
const LEAST = 1e-8;

/** What the classes before the one under way came to. */
interface Within {
  readonly next: number;
  readonly gram: Float64Array;
  readonly extra: Float64Array;
}

/** Solves Σ w = b for each row of B, leaving out directions in which Σ is nothing. Asked to stop, it takes columns for independent. */
export async function solveWithin(
  X: Matrix,
  at: ClassMoments,
  weight: Float64Array,
  shrinkage: Shrinkage,
  B: Float64Array,
  pace: Pace,
  keep: Keep,
): Promise<Float64Array> {
  const p = X.cols;
  const m = at.classes.length;
  // Unshrunk, the unbiased estimate; with as many classes as rows nothing is left, and half the weight is kept as divisor.
  const divisor = shrinkage === 'none' ? Math.max(at.total - m, at.total / 2) : at.total;
  const variance = new Float64Array(p);
  for (let c = 0; c < m; c++) for (let j = 0; j < p; j++) variance[j] = variance[j]! + at.square[c * p + j]! / divisor;
  // Everything below is in units in which each column has variance 1 within classes; a column that never changes has no say.
  const spread = variance.map((v, j) => Math.max(v, LEAST * at.varianceAll[j]!));
  const unit = spread.map((v) => (v > 0 ? 1 / Math.sqrt(v) : 0));
  const extra = spread.map((v, j) => (v > variance[j]! ? 1 - variance[j]! / v : 0));
  const scaled = Float64Array.from(B, (b, i) => b * unit[i % p]!);
  const rows = rowsByClass(at);
  const byRows = p > X.rows;

  const gram = new Float64Array(byRows ? 0 : p * p);
  const vectors: Float64Array[] = [];
  let trace = 0;
  for (let j = 0; j < p; j++) trace += variance[j]!;
  const saved = byRows
    ? null
    : savedIn<Within>(keep, { next: (v) => isCount(v) && (v as number) < m, gram: isFloats(gram.length), extra: isFloats(p) });
  if (saved) {
    gram.set(saved.gram);
    extra.set(saved.extra);
  }
  for (let c = saved?.next ?? 0; c < m; c++) {
    const own = partOf(keep, `class ${c}`, 8 * gram.length, (): Within => ({ next: c, gram: gram.slice(), extra: extra.slice() }));
    const n = at.totals[c]!;
    let share = shrinkage === 'none' || shrinkage === 'auto' ? 0 : shrinkage;
    const square = Float64Array.from({ length: p }, (_, j) => at.square[c * p + j]! / n);
    const G = byRows ? null : await scatter(X, rows[c]!, weight, at.mean, c * p, unit, pace, own);
    const Z = byRows ? deviations(X, rows[c]!, weight, at.mean, c * p, unit) : null;
    if (pace.stopped) break;
    if (shrinkage === 'auto') {
      // Of the class’s own standardised columns: from our units to those of the class.
      const to = square.map((v, j) => (v > 0 && unit[j]! > 0 ? 1 / (Math.sqrt(v) * unit[j]!) : 0));
      share = ledoitWolf(
        n,
        p,
        n * to.reduce((s, t) => s + (t > 0 ? 1 : 0), 0),
        squaredEntries(G, Z, to, p),
        fourth(X, rows[c]!, weight, at, c, square),
      );
      const mu = to.reduce((s, t) => s + (t > 0 ? 1 : 0), 0) / p;
      for (let j = 0; j < p; j++) {
        const d = square[j]! > 0 ? square[j]! : 1;
        extra[j] = extra[j]! + (n / at.total) * share * mu * d * unit[j]! ** 2;
      }
    }
    const factor = (1 - share) / divisor;
    if (G) for (let i = 0; i < gram.length; i++) gram[i] = gram[i]! + factor * G[i]!;
    if (Z) vectors.push(Z.map((z) => z * Math.sqrt(factor)));
    if (pace.due(p * p)) await pace.rest();
  }
  if (typeof shrinkage === 'number') for (let j = 0; j < p; j++) extra[j] = extra[j]! + ((shrinkage * trace) / p) * unit[j]! ** 2;
  for (let j = 0; j < p; j++) if (unit[j] === 0) extra[j] = 1;
  const out = pace.stopped
    ? scaled // Each column for itself.
    : byRows
      ? solveByRows(vectors, extra, scaled, p)
      : solveDense(gram, extra, scaled, p);
  return out.map((w, i) => w * unit[i % p]!);
}

/** Σ of squared entries of the scatter, after scaling its columns by `to`. */
function squaredEntries(G: Float64Array | null, Z: Float64Array | null, to: Float64Array, p: number): number {
  let sum = 0;
  if (G) for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) sum += (G[a * p + b]! * to[a]! * to[b]!) ** 2;
  if (Z) {
    const z = Z.map((v, i) => v * to[i % p]!);
    for (const v of rowProducts(z, z.length / p, p)) sum += v * v;
  }
  return sum;
}

/** Σ w |z|⁴ over the rows of class c, z in its own standard deviations. */
function fourth(X: Matrix, rows: Int32Array, weight: Float64Array, at: ClassMoments, c: number, own: Float64Array): number {
  const squares = new Float64Array(rows.length);
  for (let j = 0; j < X.cols; j++) {
    if (!(own[j]! > 0)) continue;
    const m = at.mean[c * X.cols + j]!;
    for (let i = 0; i < rows.length; i++) squares[i] = squares[i]! + (X.data[j * X.rows + rows[i]!]! - m) ** 2 / own[j]!;
  }
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += weight[rows[i]!]! * squares[i]! ** 2;
  return sum;
}

function solveDense(gram: Float64Array, extra: Float64Array, B: Float64Array, p: number): Float64Array {
  const out = B.slice();
  for (let j = 0; j < p; j++) gram[j * p + j] = gram[j * p + j]! + extra[j]!;
  const factor = cholesky(gram, p, 0, THIN);
  if (factor) {
    for (let from = 0; from < out.length; from += p) solveFactor(factor, out.subarray(from, from + p));
    return out;
  }
  const { values, V } = eigen(gram, p);
  out.fill(0);
  for (let from = 0; from < out.length; from += p) {
    for (let e = 0; e < p; e++) {
      if (!(values[e]! > THIN)) continue;
      let s = 0;
      for (let j = 0; j < p; j++) s += V[e * p + j]! * B[from + j]!;
      s /= values[e]!;
      for (let j = 0; j < p; j++) out[from + j] = out[from + j]! + s * V[e * p + j]!;
    }
  }
  return out;
}

/** Σ = ZᵀZ + D: by Woodbury when D > 0 throughout, else the pseudoinverse of ZᵀZ, both by the products of rows. */
function solveByRows(parts: readonly Float64Array[], extra: Float64Array, B: Float64Array, p: number): Float64Array {
  const Z = new Float64Array(parts.reduce((sum, z) => sum + z.length, 0));
  parts.reduce((at, z) => (Z.set(z, at), at + z.length), 0);
  const n = Z.length / p;
  const ridged = extra.every((d) => d > 1e-12);
  const root = extra.map((d) => (ridged ? 1 / Math.sqrt(d) : 1));
  for (let i = 0; i < Z.length; i++) Z[i] = Z[i]! * root[i % p]!;
  const M = rowProducts(Z, n, p);
  const out = new Float64Array(B.length);
  if (ridged) {
    for (let i = 0; i < n; i++) M[i * n + i] = M[i * n + i]! + 1;
    const factor = cholesky(M, n, 0, 0)!;
    for (let from = 0; from < B.length; from += p) {
      const b = B.subarray(from, from + p).map((v, j) => v * root[j]!);
      const t = solveFactor(factor, times(Z, b, n, p));
      const back = transposedTimes(Z, t, n, p);
      for (let j = 0; j < p; j++) out[from + j] = (b[j]! - back[j]!) * root[j]!;
    }
    return out;
  }
  const { values, V } = eigen(M, n);
  for (let from = 0; from < B.length; from += p) {
    const zb = times(Z, B.subarray(from, from + p), n, p);
    const t = new Float64Array(n);
    for (let e = 0; e < n; e++) {
      if (!(values[e]! > THIN)) continue;
      let s = 0;
      for (let i = 0; i < n; i++) s += V[e * n + i]! * zb[i]!;
      s /= values[e]! ** 2;
      for (let i = 0; i < n; i++) t[i] = t[i]! + s * V[e * n + i]!;
    }
    out.set(transposedTimes(Z, t, n, p), from);
  }
  return out;
}

function times(Z: Float64Array, b: Float64Array, n: number, p: number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let s = 0;
    for (let j = 0; j < p; j++) s += Z[i * p + j]! * b[j]!;
    out[i] = s;
  }
  return out;
}

function transposedTimes(Z: Float64Array, t: Float64Array, n: number, p: number): Float64Array {
  const out = new Float64Array(p);
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) out[j] = out[j]! + Z[i * p + j]! * t[i]!;
  return out;
}
