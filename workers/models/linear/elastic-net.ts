/**
 * Lasso and elastic net by cyclic coordinate descent on the moments, stopped by the duality gap
 * (Friedman, Hastie & Tibshirani 2010; the gap as in scikit-learn's enet_coordinate_descent_gram).
 */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { isCount, isFloats, partOf, savedIn, type Keep } from '../resume.js';
import { gramOf } from './gram.js';
import type { Line } from './least-squares.js';
import { isMoments, means, moments, type Moments } from './moments.js';

export interface Net {
  readonly line: Line;
  /** False when the sweeps ran out first. */
  readonly converged: boolean;
}

/** After some sweeps over moments; and after those between two looks at the columns. */
interface Swept {
  readonly sweep: number;
  readonly w: Float64Array;
  /** Xᵀ (y − X w). */
  readonly rest: Float64Array;
}
interface Polished {
  readonly sweep: number;
  readonly w: Float64Array;
  /** y − X w, centred and weighted. */
  readonly r: Float64Array;
}

/** Minimises 1/(2 Σw) Σ w (y − b − x·β)² + alpha (ratio |β|₁ + (1 − ratio)/2 |β|²). */
export async function elasticNet(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  alpha: number,
  ratio: number,
  intercept: boolean,
  tol: number,
  sweeps: number,
  pace: Pace,
  keep?: Keep,
): Promise<Net> {
  // Moments cost p² of memory; beyond that, or with fewer rows than columns, sweeps go over the columns themselves.
  const wide = X.cols > 3000 || X.rows < X.cols;
  return wide
    ? overColumns(X, y, weight, alpha, ratio, intercept, tol, sweeps, pace, keep)
    : overMoments(X, y, weight, alpha, ratio, intercept, tol, sweeps, pace, keep);
}

const shrink = (value: number, by: number) => (value > by ? value - by : value < -by ? value + by : 0);

async function overMoments(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  alpha: number,
  ratio: number,
  intercept: boolean,
  tol: number,
  sweeps: number,
  pace: Pace,
  keep?: Keep,
): Promise<Net> {
  const p = X.cols;
  const over = savedIn<{ m: Moments }>(keep, { m: isMoments(p) });
  const m =
    over?.m ??
    (await moments(
      X,
      Array.from({ length: p }, (_, j) => j),
      y,
      weight,
      intercept,
      pace,
      partOf(keep, 'moments'),
    ));
  const own = partOf(keep, 'sweeps', 8 * p * p, () => ({ m }));
  const saved = savedIn<Swept>(own, { sweep: isCount, w: isFloats(p), rest: isFloats(p) });
  const l1 = alpha * ratio * m.weight;
  const l2 = alpha * (1 - ratio) * m.weight;
  const w = saved ? saved.w.slice() : new Float64Array(p);
  /** Xᵀ (y − X w). */
  const rest = saved ? saved.rest.slice() : m.cross.slice();
  let converged = false;
  for (let sweep = saved?.sweep ?? 0; sweep < sweeps && !converged; sweep++) {
    const { step, largest } = sweepOver(m.gram, w, rest, l1, l2);
    if (step <= tol * largest || step === 0 || sweep % 20 === 19) {
      let fitted = 0; // w·Xᵀ(y + r): gives |r|² = yᵀy − w·(q + rest)
      let wy = 0;
      for (let j = 0; j < p; j++) {
        fitted += w[j]! * (m.cross[j]! + rest[j]!);
        wy += w[j]! * m.cross[j]!;
      }
      const rr = Math.max(0, m.yy - fitted);
      converged = gap(w, rest, rr, m.yy - wy, l1, l2) <= tol * m.yy || step === 0;
    }
    const rested = sweep % 16 === 15 || pace.due(p * p);
    if (rested) await pace.rest();
    if (pace.stopped) break;
    if (rested && !converged) own.offer(16 * p, (): Swept => ({ sweep: sweep + 1, w: w.slice(), rest: rest.slice() }));
  }
  return { line: { weights: w, bias: biasOf(w, m.mean, m.yMean) }, converged };
}

async function overColumns(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  alpha: number,
  ratio: number,
  intercept: boolean,
  tol: number,
  sweeps: number,
  pace: Pace,
  keep?: Keep,
): Promise<Net> {
  const { rows: n, cols: p, data } = X;
  const columns = Array.from({ length: p }, (_, j) => j);
  const mean = intercept ? means(X, columns, weight) : new Float64Array(p);
  const root = Float64Array.from({ length: n }, (_, i) => Math.sqrt(weight ? weight[i]! : 1));
  let total = 0;
  let yMean = 0;
  for (let i = 0; i < n; i++) {
    total += root[i]! ** 2;
    yMean += root[i]! ** 2 * y[i]!;
  }
  yMean = intercept ? yMean / total : 0;
  const l1 = alpha * ratio * total;
  const l2 = alpha * (1 - ratio) * total;
  const target = Float64Array.from({ length: n }, (_, i) => (y[i]! - yMean) * root[i]!);
  const yy = target.reduce((s, v) => s + v * v, 0);
  const own = partOf(keep, 'columns');
  const saved = savedIn<Polished>(own, { sweep: isCount, w: isFloats(p), r: isFloats(n) });
  const r = saved ? saved.r.slice() : target.slice();
  // Centred and weighted once, in Float64: every sweep reads it.
  const A = new Float64Array(n * p);
  const square = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    const at = j * n;
    let s = 0;
    for (let i = 0; i < n; i++) {
      const v = (data[at + i]! - mean[j]!) * root[i]!;
      A[at + i] = v;
      s += v * v;
    }
    square[j] = s;
  }
  const w = saved ? saved.w.slice() : new Float64Array(p);
  const along = (j: number) => {
    const at = j * n;
    let s = 0;
    for (let i = 0; i < n; i++) s += A[at + i]! * r[i]!;
    return s;
  };
  const advance = (j: number, change: number) => {
    const at = j * n;
    for (let i = 0; i < n; i++) r[i] = r[i]! - change * A[at + i]!;
  };
  let converged = false;
  for (let sweep = saved?.sweep ?? 0; sweep < sweeps && !converged;) {
    let moved = false;
    for (let j = 0; j < p; j++) {
      const d = square[j]!;
      if (d === 0) continue;
      const value = shrink(along(j) + d * w[j]!, l1) / (d + l2);
      if (value === w[j]) continue;
      advance(j, value - w[j]!);
      w[j] = value;
      moved = true;
    }
    sweep++;
    const rest = Float64Array.from({ length: p }, (_, j) => along(j));
    let rr = 0;
    let ry = 0;
    for (let i = 0; i < n; i++) {
      rr += r[i]! * r[i]!;
      ry += r[i]! * target[i]!;
    }
    converged = !moved || gap(w, rest, rr, ry, l1, l2) <= tol * yy;
    if (pace.due(4 * n * p)) await pace.rest();
    if (pace.stopped || converged) break;
    // Between full sweeps only the coefficients in use are polished, on their inner products: a² a sweep instead of rows · a.
    const used = columns.filter((j) => w[j] !== 0);
    const a = used.length;
    if (a === 0) continue;
    const panel = new Float64Array(n * a);
    used.forEach((j, m) => panel.set(A.subarray(j * n, j * n + n), m * n));
    const sums = gramOf(a);
    sums.addColumns(panel, n);
    const gram = sums.take();
    const slope = Float64Array.from(used, (j) => rest[j]!);
    const now = Float64Array.from(used, (j) => w[j]!);
    for (let inner = 0, settled = false; inner < 500 && !settled && sweep < sweeps; inner++, sweep++) {
      const { step, largest } = sweepOver(gram, now, slope, l1, l2);
      settled = step <= 1e-3 * tol * largest;
      if (pace.due(a * a)) await pace.rest();
      if (pace.stopped) break;
    }
    used.forEach((j, m) => {
      if (now[m] !== w[j]) advance(j, now[m]! - w[j]!);
      w[j] = now[m]!;
    });
    if (pace.stopped) break;
    own.offer(8 * (n + p), (): Polished => ({ sweep, w: w.slice(), r: r.slice() }));
  }
  return { line: { weights: w, bias: biasOf(w, mean, yMean) }, converged };
}

/** One round of coordinate descent on inner products; `rest` = Xᵀ(y − X w) is kept up. Sizes are of fitted values, so units do not count. */
function sweepOver(gram: Float64Array, w: Float64Array, rest: Float64Array, l1: number, l2: number): { step: number; largest: number } {
  const p = w.length;
  let largest = 0;
  let step = 0;
  for (let j = 0; j < p; j++) {
    const at = j * p;
    const d = gram[at + j]!;
    if (d === 0) continue;
    const old = w[j]!;
    const value = shrink(rest[j]! + d * old, l1) / (d + l2);
    if (value !== old) {
      w[j] = value;
      const change = old - value;
      for (let k = 0; k < p; k++) rest[k] = rest[k]! + gram[at + k]! * change;
      step = Math.max(step, Math.abs(change) * Math.sqrt(d));
    }
    largest = Math.max(largest, Math.abs(w[j]!) * Math.sqrt(d));
  }
  return { step, largest };
}

/** Primal minus dual. `rest` = Xᵀr, `rr` = r·r, `ry` = r·y. */
function gap(w: Float64Array, rest: Float64Array, rr: number, ry: number, l1: number, l2: number): number {
  let top = 0;
  let one = 0;
  let two = 0;
  for (let j = 0; j < w.length; j++) {
    top = Math.max(top, Math.abs(rest[j]! - l2 * w[j]!));
    one += Math.abs(w[j]!);
    two += w[j]! * w[j]!;
  }
  const c = top > l1 ? l1 / top : 1;
  return 0.5 * rr * (1 + c * c) + l1 * one - c * ry + 0.5 * l2 * (1 + c * c) * two;
}

function biasOf(weights: Float64Array, mean: Float64Array, yMean: number): number {
  let bias = yMean;
  for (let j = 0; j < weights.length; j++) bias -= weights[j]! * mean[j]!;
  return bias;
}
