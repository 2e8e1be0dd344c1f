/** The logistic loss over blocks of rows: scores, residuals and gradient in one pass over the matrix. */
import type { Matrix } from '../../../src/core/matrix.js';
import { sigmoid } from '../../forms/link.js';
import type { Pace } from '../pace.js';
import { BLOCK, type Held } from './held.js';

/** What is to be fitted: classes as 0…K−1 of those present. */
export interface Classes {
  readonly X: Matrix;
  readonly y: Int32Array;
  /** Weight of each row. */
  readonly weight: Float64Array;
  /** Σ weight. */
  readonly total: number;
  /** Raw scores: 1 for two classes, else one per class. */
  readonly scores: number;
  /** The same matrix where kernels reach it. */
  readonly held?: Held | null;
}

/**
 * Adds up loss and residuals of n rows whose scores are in z (score k of row i at k · stride + i); residuals, probability less truth
 * times weight, take the place of the scores. Returns the loss.
 */
export function residuals(
  z: Float64Array,
  stride: number,
  n: number,
  scores: number,
  y: Int32Array,
  weight: Float64Array,
  from: number,
): number {
  let loss = 0;
  if (scores === 1) {
    for (let i = 0; i < n; i++) {
      const s = z[i]!;
      const w = weight[from + i]!;
      const positive = y[from + i]! === 1;
      // e^−|s| serves loss and probability alike.
      const e = Math.exp(-Math.abs(s));
      const p = s >= 0 ? 1 / (1 + e) : e / (1 + e);
      loss += w * (Math.log1p(e) + (positive ? Math.max(-s, 0) : Math.max(s, 0)));
      z[i] = w * (positive ? (s >= 0 ? -e / (1 + e) : -1 / (1 + e)) : p);
    }
    return loss;
  }
  for (let i = 0; i < n; i++) {
    let top = -Infinity;
    for (let k = 0; k < scores; k++) if (z[k * stride + i]! > top) top = z[k * stride + i]!;
    const truth = y[from + i]!;
    const own = z[truth * stride + i]!;
    let sum = 0;
    for (let k = 0; k < scores; k++) {
      const e = Math.exp(z[k * stride + i]! - top);
      z[k * stride + i] = e;
      sum += e;
    }
    const w = weight[from + i]!;
    loss += w * (Math.log(sum) + top - own);
    const share = w / sum;
    for (let k = 0; k < scores; k++) z[k * stride + i] = z[k * stride + i]! * share;
    z[truth * stride + i] = z[truth * stride + i]! - w;
  }
  return loss;
}

/** Scores of n rows, class after class, become chances in place; one score becomes the chance of class 1. */
export function chances(z: Float64Array, n: number, K: number): Float64Array {
  if (K === 1) {
    for (let i = 0; i < n; i++) z[i] = sigmoid(z[i]!);
    return z;
  }
  for (let i = 0; i < n; i++) {
    let top = -Infinity;
    for (let k = 0; k < K; k++) top = Math.max(top, z[k * n + i]!);
    let sum = 0;
    for (let k = 0; k < K; k++) sum += z[k * n + i] = Math.exp(z[k * n + i]! - top);
    for (let k = 0; k < K; k++) z[k * n + i] = z[k * n + i]! / sum;
  }
  return z;
}

/**
 * Mean loss and its gradient at weights β (scores × p, row-major) and intercepts b. One pass, cost 2 · rows · p · scores.
 * The gradient is of the mean loss alone; penalties are the caller's.
 */
export async function lossAndGradient(
  c: Classes,
  beta: Float64Array,
  b: Float64Array,
  gradient: Float64Array,
  gradientB: Float64Array,
  pace: Pace,
): Promise<number> {
  const { X, scores } = c;
  const { rows, cols: p, data } = X;
  const held = c.held ?? null;
  const z = held ? held.f64.subarray(held.z / 8, held.z / 8 + BLOCK * scores) : new Float64Array(BLOCK * scores);
  gradient.fill(0);
  gradientB.fill(0);
  if (held) {
    held.f64.set(beta, held.weights / 8);
    held.f64.fill(0, held.slopes / 8, held.slopes / 8 + scores * p);
  }
  let loss = 0;
  for (let from = 0; from < rows; from += BLOCK) {
    const n = Math.min(BLOCK, rows - from);
    const even = n + (n % 2);
    for (let k = 0; k < scores; k++) {
      if (held) {
        z.fill(b[k]!, k * BLOCK, k * BLOCK + n);
        held.kernels.scores(held.block(from / BLOCK), held.step, even, p, held.weights + 8 * k * p, held.z + 8 * k * BLOCK);
      } else addProducts(data, rows, from, n, beta, k * p, p, z, k * BLOCK, b[k]!);
    }
    loss += residuals(z, BLOCK, n, scores, c.y, c.weight, from);
    for (let k = 0; k < scores; k++) {
      if (held) {
        if (even > n) z[k * BLOCK + n] = 0;
        held.kernels.slopes(held.block(from / BLOCK), held.step, even, p, held.z + 8 * k * BLOCK, held.slopes + 8 * k * p);
      } else addTransposed(data, rows, from, n, z, k * BLOCK, gradient, k * p, p);
      let s = 0;
      for (let i = 0; i < n; i++) s += z[k * BLOCK + i]!;
      gradientB[k] = gradientB[k]! + s;
    }
    if (pace.due(2 * n * (p + 10) * scores)) await pace.rest();
  }
  if (held) gradient.set(held.f64.subarray(held.slopes / 8, held.slopes / 8 + scores * p));
  for (let j = 0; j < gradient.length; j++) gradient[j] = gradient[j]! / c.total;
  for (let k = 0; k < scores; k++) gradientB[k] = gradientB[k]! / c.total;
  return loss / c.total;
}

/** z[at + i] = start + Σ_j x_j[from + i] · beta[w + j], four columns at a time. */
export function addProducts(
  data: Float32Array,
  rows: number,
  from: number,
  n: number,
  beta: Float64Array,
  w: number,
  p: number,
  z: Float64Array,
  at: number,
  start: number,
): void {
  for (let i = 0; i < n; i++) z[at + i] = start;
  let j = 0;
  for (; j + 3 < p; j += 4) {
    const [w0, w1, w2, w3] = [beta[w + j]!, beta[w + j + 1]!, beta[w + j + 2]!, beta[w + j + 3]!];
    if (w0 === 0 && w1 === 0 && w2 === 0 && w3 === 0) continue;
    const c0 = j * rows + from;
    const c1 = c0 + rows;
    const c2 = c1 + rows;
    const c3 = c2 + rows;
    for (let i = 0; i < n; i++)
      z[at + i] = z[at + i]! + (w0 * data[c0 + i]! + w1 * data[c1 + i]! + w2 * data[c2 + i]! + w3 * data[c3 + i]!);
  }
  for (; j < p; j++) {
    const w0 = beta[w + j]!;
    if (w0 === 0) continue;
    const c0 = j * rows + from;
    for (let i = 0; i < n; i++) z[at + i] = z[at + i]! + w0 * data[c0 + i]!;
  }
}

/** g[to + j] += Σ_i x_j[from + i] · r[at + i], four columns at a time, even and odd rows apart. */
export function addTransposed(
  data: Float32Array,
  rows: number,
  from: number,
  n: number,
  r: Float64Array,
  at: number,
  g: Float64Array,
  to: number,
  p: number,
): void {
  let j = 0;
  for (; j + 3 < p; j += 4) {
    const c0 = j * rows + from;
    const c1 = c0 + rows;
    const c2 = c1 + rows;
    const c3 = c2 + rows;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let t0 = 0;
    let t1 = 0;
    let t2 = 0;
    let t3 = 0;
    let i = 0;
    for (; i + 1 < n; i += 2) {
      const v = r[at + i]!;
      const u = r[at + i + 1]!;
      s0 += v * data[c0 + i]!;
      s1 += v * data[c1 + i]!;
      s2 += v * data[c2 + i]!;
      s3 += v * data[c3 + i]!;
      t0 += u * data[c0 + i + 1]!;
      t1 += u * data[c1 + i + 1]!;
      t2 += u * data[c2 + i + 1]!;
      t3 += u * data[c3 + i + 1]!;
    }
    if (i < n) {
      const v = r[at + i]!;
      s0 += v * data[c0 + i]!;
      s1 += v * data[c1 + i]!;
      s2 += v * data[c2 + i]!;
      s3 += v * data[c3 + i]!;
    }
    g[to + j] = g[to + j]! + (s0 + t0);
    g[to + j + 1] = g[to + j + 1]! + (s1 + t1);
    g[to + j + 2] = g[to + j + 2]! + (s2 + t2);
    g[to + j + 3] = g[to + j + 3]! + (s3 + t3);
  }
  for (; j < p; j++) {
    const c0 = j * rows + from;
    let s = 0;
    let t = 0;
    for (let i = 0; i < n; i += 2) {
      s += r[at + i]! * data[c0 + i]!;
      if (i + 1 < n) t += r[at + i + 1]! * data[c0 + i + 1]!;
    }
    g[to + j] = g[to + j]! + (s + t);
  }
}
