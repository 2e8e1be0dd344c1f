/**
 * Classes in order (McCullagh 1980): log odds of a class no higher than k = cut k − x·β. Newton's method on weights and cuts together;
 * minus the log likelihood is convex (Pratt 1981). With a = cut above − score, b = cut below − score, a row's part of it is
 * log(1 + e^−a) + log(1 + e^b) − log(1 − e^−(a − b)), and the last term knows cuts only, so nothing cancels.
 */
import type { Matrix } from '../../../src/core/matrix.js';
import { sigmoid } from '../../forms/link.js';
import type { Pace } from '../pace.js';
import { gramOf, ROWS } from './gram.js';
import { addProducts } from './loss.js';
import { means } from './moments.js';
import { cholesky, solveFactor, solveShortest } from './symmetric.js';

export interface Ordered {
  readonly X: Matrix;
  /** Rank of each row's class among the `ranks` present, 0 the lowest. */
  readonly y: Int32Array;
  readonly weight: Float64Array;
  readonly total: number;
  readonly ranks: number;
}

export interface Odds {
  readonly weights: Float64Array;
  /** Rising, one fewer than ranks. */
  readonly cuts: Float64Array;
  readonly converged: boolean;
  /** Mean loss without the penalty, at the end and of the shares alone. */
  readonly loss: number;
  readonly nothing: number;
  /** Standard errors of weights, then cuts, when every one of them is settled by the rows; only without a penalty. */
  readonly spread: Float64Array | null;
}

interface Curve {
  loss: number;
  /** β, then cuts. */
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** After a step that was not the last. */
export interface Stepped {
  readonly turn: number;
  /** Of centred columns: weights, then cuts. */
  readonly theta: Float64Array;
}

/** Minimises Σ w loss + ridge / 2 |β|². */
export async function proportionalOdds(
  c: Ordered,
  ridge: number,
  tol: number,
  most: number,
  pace: Pace,
  saved: Stepped | null = null,
  offer: (state: () => Stepped) => void = () => undefined,
): Promise<Odds> {
  const p = c.X.cols;
  const cutsCount = c.ranks - 1;
  const size = p + cutsCount;
  const mean = means(
    c.X,
    Array.from({ length: p }, (_, j) => j),
    c.weight,
  );
  const counts = new Float64Array(c.ranks);
  for (let i = 0; i < c.y.length; i++) counts[c.y[i]!] = counts[c.y[i]!]! + c.weight[i]!;
  /** Of centred columns. */
  let theta = new Float64Array(size);
  let below = 0;
  let nothing = 0;
  for (let k = 0; k < c.ranks; k++) {
    nothing -= (counts[k]! / c.total) * Math.log(counts[k]! / c.total);
    below += counts[k]!;
    if (k < cutsCount) theta[p + k] = Math.log(below / (c.total - below));
  }
  const penalty = (at: Float64Array) => {
    let s = 0;
    for (let j = 0; j < p; j++) s += at[j]! * at[j]!;
    return 0.5 * ridge * s;
  };
  if (saved) theta = Float64Array.from(saved.theta);
  let now = await curve(c, counts, mean, theta, ridge, pace);
  let converged = false;
  for (let turn = saved?.turn ?? 0; turn < most && !converged && !pace.stopped; turn++) {
    const d = direction(now, size).map((v) => -v);
    let slope = 0;
    for (let m = 0; m < size; m++) slope += now.gradient[m]! * d[m]!;
    // √−slope: how far scores are still off, root mean square and measured by the curvature.
    converged = !(slope < 0) || Math.sqrt(-slope / c.total) <= tol;
    let step = 1;
    let next: Float64Array<ArrayBuffer> | null = null;
    for (; step > 1e-10 && slope < 0; step /= 2) {
      const there = theta.map((v, m) => v + step * d[m]!);
      const f = await lossOf(c, counts, mean, there, pace);
      if (pace.stopped) break;
      if (f + penalty(there) <= now.loss + penalty(theta) + 1e-4 * step * slope + 1e-14 * Math.abs(now.loss)) {
        next = there;
        break;
      }
    }
    if (!next) {
      converged ||= !pace.stopped;
      break;
    }
    theta = next;
    now = await curve(c, counts, mean, theta, ridge, pace);
    if (!(await pace.step({ train: now.loss / c.total }))) break;
    if (!converged) offer(() => ({ turn: turn + 1, theta: theta.slice() }));
  }
  const weights = theta.slice(0, p);
  let shift = 0;
  for (let j = 0; j < p; j++) shift += weights[j]! * mean[j]!;
  const spread = ridge === 0 && converged && !pace.stopped ? errors(now, p, cutsCount, mean) : null;
  return { weights, cuts: theta.slice(p).map((v) => v + shift), converged, loss: now.loss / c.total, nothing, spread };
}

function direction({ gradient, hessian }: Curve, size: number): Float64Array {
  const factor = cholesky(hessian, size, 0, 1e-13);
  return factor ? solveFactor(factor, gradient.slice()) : solveShortest(hessian, size, gradient);
}

/** Scores of the rows from `from` on, of centred columns. */
function scores(X: Matrix, from: number, n: number, theta: Float64Array, mean: Float64Array, z: Float64Array): void {
  let start = 0;
  for (let j = 0; j < X.cols; j++) start -= theta[j]! * mean[j]!;
  addProducts(X.data, X.rows, from, n, theta, 0, X.cols, z, 0, start);
}

const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** What the gaps between cuts cost: classes in the middle are as likely as their gap is wide. */
function gaps(counts: Float64Array, theta: Float64Array, p: number): number {
  let sum = 0;
  for (let k = 1; k + 1 < counts.length; k++) {
    const gap = theta[p + k]! - theta[p + k - 1]!;
    if (!(gap > 0)) return Infinity;
    sum -= counts[k]! * Math.log(-Math.expm1(-gap));
  }
  return sum;
}

async function lossOf(c: Ordered, counts: Float64Array, mean: Float64Array, theta: Float64Array, pace: Pace): Promise<number> {
  const { X, y, weight, ranks } = c;
  const p = X.cols;
  let loss = gaps(counts, theta, p);
  if (loss === Infinity) return loss;
  const z = new Float64Array(ROWS);
  for (let from = 0; from < X.rows && !pace.stopped; from += ROWS) {
    const n = Math.min(ROWS, X.rows - from);
    scores(X, from, n, theta, mean, z);
    for (let i = 0; i < n; i++) {
      const k = y[from + i]!;
      const above = k + 1 < ranks ? softplus(z[i]! - theta[p + k]!) : 0;
      const under = k > 0 ? softplus(theta[p + k - 1]! - z[i]!) : 0;
      loss += weight[from + i]! * (above + under);
    }
    if (pace.due(n * (p + 40))) await pace.rest();
  }
  return loss;
}

/** Loss, gradient and curvature; the penalty is in the last two. Rows × cols² / 2 operations. */
async function curve(c: Ordered, counts: Float64Array, mean: Float64Array, theta: Float64Array, ridge: number, pace: Pace): Promise<Curve> {
  const { X, y, weight, ranks } = c;
  const p = X.cols;
  const size = p + ranks - 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const sums = gramOf(p);
  const { panel } = sums;
  const z = new Float64Array(ROWS);
  const slope = new Float64Array(ROWS);
  const root = new Float64Array(ROWS);
  const up = new Float64Array(ROWS);
  const down = new Float64Array(ROWS);
  let loss = gaps(counts, theta, p);
  for (let from = 0; from < X.rows && !pace.stopped; from += ROWS) {
    const n = Math.min(ROWS, X.rows - from);
    scores(X, from, n, theta, mean, z);
    for (let i = 0; i < n; i++) {
      const k = y[from + i]!;
      const w = weight[from + i]!;
      const s = z[i]!;
      const A = k + 1 < ranks ? sigmoid(s - theta[p + k]!) : 0;
      const B = k > 0 ? sigmoid(theta[p + k - 1]! - s) : 0;
      if (k + 1 < ranks) loss += w * softplus(s - theta[p + k]!);
      if (k > 0) loss += w * softplus(theta[p + k - 1]! - s);
      const a = w * A * (1 - A);
      const b = w * B * (1 - B);
      slope[i] = w * (A - B);
      root[i] = Math.sqrt(a + b);
      up[i] = a;
      down[i] = b;
      if (k + 1 < ranks) {
        gradient[p + k] = gradient[p + k]! - w * A;
        hessian[(p + k) * (size + 1)] = hessian[(p + k) * (size + 1)]! + a;
      }
      if (k > 0) {
        gradient[p + k - 1] = gradient[p + k - 1]! + w * B;
        hessian[(p + k - 1) * (size + 1)] = hessian[(p + k - 1) * (size + 1)]! + b;
      }
    }
    for (let j = 0; j < p; j++) {
      const at = j * X.rows + from;
      const to = sums.place(j);
      let g = 0;
      for (let i = 0; i < n; i++) {
        const x = X.data[at + i]! - mean[j]!;
        const k = y[from + i]!;
        g += slope[i]! * x;
        panel[to + 4 * i] = x * root[i]!;
        // The lower triangle: rows of cuts, columns of weights.
        if (k + 1 < ranks) hessian[(p + k) * size + j] = hessian[(p + k) * size + j]! - up[i]! * x;
        if (k > 0) hessian[(p + k - 1) * size + j] = hessian[(p + k - 1) * size + j]! - down[i]! * x;
      }
      gradient[j] = gradient[j]! + g;
    }
    sums.add(n);
    if (pace.due(ROWS * p * (p / 2 + 10))) await pace.rest();
  }
  const gram = sums.take();
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) hessian[a * size + b] = gram[a * p + b]!;
    hessian[a * size + a] = hessian[a * size + a]! + ridge;
    gradient[a] = gradient[a]! + ridge * theta[a]!;
  }
  for (let k = 1; k + 1 < ranks; k++) {
    const gap = theta[p + k]! - theta[p + k - 1]!;
    const g = counts[k]! / Math.expm1(gap);
    const h = g / -Math.expm1(-gap);
    const at = p + k;
    gradient[at] = gradient[at]! - g;
    gradient[at - 1] = gradient[at - 1]! + g;
    hessian[at * size + at] = hessian[at * size + at]! + h;
    hessian[(at - 1) * size + at - 1] = hessian[(at - 1) * size + at - 1]! + h;
    hessian[at * size + at - 1] = hessian[at * size + at - 1]! - h;
  }
  for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) hessian[b * size + a] = hessian[a * size + b]!;
  return { loss, gradient, hessian };
}

/** √diagonal of the inverse curvature, cuts brought back to columns as they are; null where columns overlap. */
function errors({ hessian }: Curve, p: number, cuts: number, mean: Float64Array): Float64Array | null {
  const size = p + cuts;
  const factor = cholesky(hessian, size, 0, 1e-11);
  if (!factor) return null;
  const out = new Float64Array(size);
  for (let m = 0; m < size; m++) {
    const e = new Float64Array(size);
    e[m] = 1;
    if (m >= p) e.set(mean);
    const back = solveFactor(factor, e.slice());
    let s = 0;
    for (let k = 0; k < size; k++) s += e[k]! * back[k]!;
    out[m] = Math.sqrt(Math.max(0, s));
  }
  return out;
}
