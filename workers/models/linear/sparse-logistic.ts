/**
 * Logistic regression with an L1 part: proximal Newton, class by class (Friedman, Hastie & Tibshirani 2010; Lee, Sun & Saunders 2014).
 * Each step solves a lasso on the local curvature by coordinate descent, over the coefficients that can move, then searches along it.
 */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { addProducts, addTransposed, type Classes } from './loss.js';
import { moments } from './moments.js';
import type { Fit } from './smooth-logistic.js';

/** Minimises mean loss + l1 |β|₁ + l2 / 2 |β|². */
export async function sparseLogistic(
  c: Classes,
  start: Float64Array,
  l1: number,
  l2: number,
  tol: number,
  most: number,
  pace: Pace,
): Promise<Fit> {
  const { rows: n, cols: p } = c.X;
  const K = c.scores;
  const beta = new Float64Array(K * p);
  const bias = start.slice();
  /** Scores, class after class. */
  const z = new Float64Array(K * n);
  for (let k = 0; k < K; k++) z.fill(start[k]!, k * n, (k + 1) * n);
  let loss = meanLoss(c, z);
  let converged = false;
  for (let turn = 0; turn < most && !converged; turn++) {
    if (!(await pace.step({ train: loss }))) break;
    let left = 0;
    for (let k = 0; k < K && !pace.stopped; k++) {
      const step = await classStep(c, k, beta, bias, z, loss, l1, l2, pace);
      loss = step.loss;
      left += step.drop;
    }
    // √(2 · expected drop): as in smooth-logistic, about how far scores are still off.
    converged = !pace.stopped && Math.sqrt(2 * left) <= tol;
  }
  return { weights: beta, bias, converged, loss };
}

interface Step {
  readonly loss: number;
  /** How much the objective was foreseen to drop: 0 at the best. */
  readonly drop: number;
}

async function classStep(
  c: Classes,
  k: number,
  beta: Float64Array,
  bias: Float64Array,
  z: Float64Array,
  loss: number,
  l1: number,
  l2: number,
  pace: Pace,
): Promise<Step> {
  const { X } = c;
  const { rows: n, cols: p } = X;
  const curve = new Float64Array(n);
  const rest = new Float64Array(n);
  localCurve(c, k, z, rest, curve);
  const g = new Float64Array(p);
  for (let from = 0; from < n; from += 1024) addTransposed(X.data, n, from, Math.min(1024, n - from), rest, from, g, 0, p);
  if (pace.due(n * p)) await pace.rest();
  let restSum = 0;
  for (let i = 0; i < n; i++) restSum += rest[i]!;
  // Coefficients at 0 whose gradient the penalty holds down cannot move in this step.
  const active: number[] = [];
  for (let j = 0; j < p; j++) if (beta[k * p + j] !== 0 || Math.abs(g[j]!) > l1) active.push(j);
  const a = active.length;
  const m = await moments(X, active, null, curve, true, pace);
  if (pace.stopped) return { loss, drop: 0 };
  // The intercept is solved for exactly: what remains is a quadratic in centred columns.
  const own = Float64Array.from(active, (j) => beta[k * p + j]!);
  const slope = Float64Array.from(active, (j, i) => g[j]! - m.mean[i]! * restSum);
  const move = lassoStep(m.gram, slope, own, l1, l2, a);
  let biasMove = m.weight > 0 ? -restSum / m.weight : 0;
  let expected = restSum * biasMove; // Centred, the intercept moves on its own: first-order change.
  for (let i = 0; i < a; i++) {
    const now = own[i]! + move[i]!;
    expected += slope[i]! * move[i]! + l1 * (Math.abs(now) - Math.abs(own[i]!)) + 0.5 * l2 * (now * now - own[i]! * own[i]!);
    biasMove -= m.mean[i]! * move[i]!;
  }
  if (!(expected < 0)) return { loss, drop: 0 };
  const full = new Float64Array(p);
  active.forEach((j, i) => (full[j] = move[i]!));
  const dz = products(X, full, biasMove);
  if (pace.due(n * p)) await pace.rest();
  const before = z.slice(k * n, (k + 1) * n);
  const penalty = (t: number) => {
    let s = 0;
    for (let i = 0; i < a; i++) {
      const v = own[i]! + t * move[i]!;
      s += l1 * Math.abs(v) + 0.5 * l2 * v * v;
    }
    return s;
  };
  const base = loss + penalty(0);
  for (let t = 1; t > 1e-10; t /= 2) {
    for (let i = 0; i < n; i++) z[k * n + i] = before[i]! + t * dz[i]!;
    const trial = meanLoss(c, z);
    if (trial + penalty(t) <= base + 1e-3 * t * expected + 1e-15 * (1 + base)) {
      active.forEach((j, i) => {
        beta[k * p + j] = own[i]! + t * move[i]!;
      });
      bias[k] = bias[k]! + t * biasMove;
      return { loss: trial, drop: -expected };
    }
  }
  z.set(before, k * n);
  return { loss, drop: 0 };
}

/** Coordinate descent on slope·δ + δᵀHδ / 2 + l1 |own + δ|₁ + l2 / 2 |own + δ|². */
function lassoStep(H: Float64Array, slope: Float64Array, own: Float64Array, l1: number, l2: number, a: number): Float64Array {
  const move = new Float64Array(a);
  const g = slope.slice();
  let top = 0;
  for (let sweep = 0; sweep < 1000; sweep++) {
    let drop = 0;
    for (let i = 0; i < a; i++) {
      const h = H[i * a + i]! + l2;
      if (!(h > 0)) continue;
      const old = own[i]! + move[i]!;
      const raw = old * (h - l2) - g[i]!;
      const value = (raw > l1 ? raw - l1 : raw < -l1 ? raw + l1 : 0) / h;
      const d = value - old;
      if (d === 0) continue;
      move[i] = value - own[i]!;
      const at = i * a;
      for (let j = 0; j < a; j++) g[j] = g[j]! + d * H[at + j]!;
      drop = Math.max(drop, h * d * d);
    }
    top = Math.max(top, drop);
    if (drop <= 1e-18 * top || drop < 1e-26) break;
  }
  return move;
}

/** Residuals and curvature of class k, each over Σ weight. */
function localCurve(c: Classes, k: number, z: Float64Array, rest: Float64Array, curve: Float64Array): void {
  const n = c.X.rows;
  for (let i = 0; i < n; i++) {
    const w = c.weight[i]! / c.total;
    let p: number;
    let q: number;
    if (c.scores === 1) {
      const s = z[i]!;
      const e = Math.exp(-Math.abs(s));
      p = s >= 0 ? 1 / (1 + e) : e / (1 + e);
      q = s >= 0 ? e / (1 + e) : 1 / (1 + e);
    } else {
      let top = -Infinity;
      for (let l = 0; l < c.scores; l++) top = Math.max(top, z[l * n + i]!);
      let sum = 0;
      let others = 0;
      for (let l = 0; l < c.scores; l++) {
        const e = Math.exp(z[l * n + i]! - top);
        sum += e;
        if (l !== k) others += e;
      }
      p = Math.exp(z[k * n + i]! - top) / sum;
      q = others / sum;
    }
    const truth = c.scores === 1 ? c.y[i] === 1 : c.y[i] === k;
    rest[i] = w * (truth ? -q : p);
    // A floor keeps rows that are settled from making the curvature vanish (as in glmnet).
    curve[i] = w * Math.max(p * q, 1e-7);
  }
}

function meanLoss(c: Classes, z: Float64Array): number {
  const n = c.X.rows;
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const w = c.weight[i]!;
    if (w === 0) continue;
    if (c.scores === 1) {
      const s = c.y[i] === 1 ? z[i]! : -z[i]!;
      loss += w * (Math.log1p(Math.exp(-Math.abs(s))) + Math.max(-s, 0));
      continue;
    }
    let top = -Infinity;
    for (let l = 0; l < c.scores; l++) top = Math.max(top, z[l * n + i]!);
    let sum = 0;
    for (let l = 0; l < c.scores; l++) sum += Math.exp(z[l * n + i]! - top);
    loss += w * (Math.log(sum) + top - z[c.y[i]! * n + i]!);
  }
  return loss / c.total;
}

function products(X: Matrix, w: Float64Array, start: number): Float64Array {
  const z = new Float64Array(X.rows);
  for (let from = 0; from < X.rows; from += 1024)
    addProducts(X.data, X.rows, from, Math.min(1024, X.rows - from), w, 0, X.cols, z, from, start);
  return z;
}
