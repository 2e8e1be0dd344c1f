/** What L-BFGS takes for the inverse of the curvature when it starts on a logistic regression. */
import type { Pace } from '../pace.js';
import { chances, type Classes } from './loss.js';
import { means, moments } from './moments.js';
import { products } from './sparse-step.js';
import { cholesky, solveFactor, type Factor } from './symmetric.js';

/** Multiplies a gradient in place: weights class after class, then intercepts of the centred columns. */
export type Curve = (g: Float64Array) => void;

/** The inverse of the curvature at the class shares: share (1 − share) · covariance + l2, class by class; its diagonal when columns are many. */
export async function curvatureAtShares(c: Classes, share: Float64Array, l2: number, pace: Pace): Promise<Curve> {
  const p = c.X.cols;
  const K = c.scores;
  const curve = Array.from(share, (s) => Math.max(s * (1 - s), 1e-8));
  // The covariance costs rows · p² / 2, a pass of L-BFGS 4 · rows · p · K: worth it up to a few hundred columns.
  if (p <= 500 && c.X.rows > p) {
    const columns = Array.from({ length: p }, (_, j) => j);
    const { gram } = await moments(c.X, columns, null, c.weight, true, pace);
    let trace = 0;
    for (let j = 0; j < p; j++) trace += gram[j * p + j]!;
    const factors = curve.map((h) => {
      const scale = h / c.total;
      const A = Float64Array.from(gram, (v) => v * scale);
      // Without a penalty, overlapping columns leave the curvature flat in places: a trace of each diagonal fills it.
      for (let j = 0; j < p; j++) A[j * p + j] = A[j * p + j]! * (1 + 1e-9);
      return cholesky(A, p, l2, 1e-13) ?? cholesky(A, p, l2 + (1e-6 * trace * scale) / p, 0);
    });
    if (factors.every((factor) => factor !== null)) {
      return (g) => {
        for (let k = 0; k < K; k++) {
          solveFactor(factors[k]!, g.subarray(k * p, k * p + p));
          g[K * p + k] = g[K * p + k]! / curve[k]!;
        }
      };
    }
  }
  const columns = Array.from({ length: p }, (_, j) => j);
  const mean = means(c.X, columns, c.weight);
  const spread = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    let s = 0;
    for (let i = 0; i < c.X.rows; i++) s += c.weight[i]! * (c.X.data[j * c.X.rows + i]! - mean[j]!) ** 2;
    spread[j] = s / c.total;
  }
  return (g) => {
    for (let k = 0; k < K; k++) {
      for (let j = 0; j < p; j++) {
        const h = curve[k]! * spread[j]! + l2;
        g[k * p + j] = h > 0 ? g[k * p + j]! / h : 0;
      }
      g[K * p + k] = g[K * p + k]! / curve[k]!;
    }
  };
}

/**
 * The inverse of the curvature at some weights, class by class, intercepts included; null where it is flat or when asked to stop.
 * `mean`: of the columns that the gradient is centred on.
 */
export async function curvatureAt(
  c: Classes,
  weights: Float64Array,
  bias: Float64Array,
  mean: Float64Array,
  l2: number,
  pace: Pace,
): Promise<Curve | null> {
  const { X, scores: K } = c;
  const { rows: n, cols: p } = X;
  const z = new Float64Array(K * n);
  for (let k = 0; k < K; k++) z.set(products(X, weights.subarray(k * p, k * p + p), bias[k]!), k * n);
  chances(z, n, K);
  const columns = Array.from({ length: p }, (_, j) => j);
  const parts: { factor: Factor; shift: Float64Array; weight: number }[] = [];
  const q = new Float64Array(n);
  for (let k = 0; k < K; k++) {
    for (let i = 0; i < n; i++) q[i] = (c.weight[i]! / c.total) * z[k * n + i]! * (1 - z[k * n + i]!);
    const m = await moments(X, columns, null, q, true, pace);
    if (pace.stopped) return null;
    for (let j = 0; j < p; j++) m.gram[j * p + j] = m.gram[j * p + j]! * (1 + 1e-9);
    const factor = m.weight > 0 ? cholesky(m.gram, p, l2, 1e-13) : null;
    if (!factor) return null;
    parts.push({ factor, shift: m.mean.map((v, j) => v - mean[j]!), weight: m.weight });
  }
  // Moments are centred where each class is in doubt: the intercept there stands alone, and is carried back.
  return (g) => {
    parts.forEach(({ factor, shift, weight }, k) => {
      const own = g.subarray(k * p, k * p + p);
      const b = g[K * p + k]!;
      for (let j = 0; j < p; j++) own[j] = own[j]! - shift[j]! * b;
      solveFactor(factor, own);
      let s = b / weight;
      for (let j = 0; j < p; j++) s -= shift[j]! * own[j]!;
      g[K * p + k] = s;
    });
  };
}
