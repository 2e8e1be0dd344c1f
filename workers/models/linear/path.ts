/** How the weights of lasso and elastic net come in as the penalty falls: all of them at each strength, for a picture. */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { moments, type Moments } from './moments.js';
import { THIN } from './symmetric.js';

export interface Path {
  /** Falling strengths. Between those of a lasso path weights run straight. */
  readonly alphas: readonly number[];
  /** For each strength, a weight for every column. */
  readonly weights: readonly Float64Array[];
}

/** A ridge has no strength at which the first weight comes in; this share of L1 stands in for none, as in glmnet. */
const LEAST_RATIO = 1e-3;
const SHARE = 1e-3;
const evenly = (top: number, count: number) =>
  Array.from({ length: count }, (_, k) => (count > 1 ? top * SHARE ** (k / (count - 1)) : top));

const columnsOf = (p: number) => Array.from({ length: p }, (_, j) => j);

/**
 * The whole lasso path, exactly: least angle regression with leaving (Efron, Hastie, Johnstone & Tibshirani 2004). A knot is where a
 * weight comes in or goes out. Minimises 1/(2 Σw) Σ w r² + alpha |β|₁. Ends at alpha = 0, when a column can no longer come in, or after `most` knots.
 */
export async function lassoPath(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  intercept: boolean,
  pace: Pace,
  most = 1000,
): Promise<Path> {
  const p = X.cols;
  const m = await moments(X, columnsOf(p), y, weight, intercept, pace);
  const gram = m.gram;
  const w = new Float64Array(p);
  const rest = m.cross.slice();
  const alphas: number[] = [];
  const weights: Float64Array[] = [];
  const dead = new Uint8Array(p);
  let active: number[] = [];
  let L: Float64Array = new Float64Array(0);
  let level = rest.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
  const first = level;
  const knot = () => {
    alphas.push(level / m.weight);
    weights.push(w.slice());
  };
  knot();
  let justLeft = -1;
  while (level > 0 && first > 0 && alphas.length < most && !pace.stopped) {
    // The columns that go along with the residual most come in.
    for (;;) {
      let pick = -1;
      for (let j = 0; j < p; j++) {
        if (dead[j] || j === justLeft || w[j] !== 0 || active.includes(j)) continue;
        if (Math.abs(rest[j]!) >= level - 1e-10 * first && (pick < 0 || Math.abs(rest[j]!) > Math.abs(rest[pick]!))) pick = j;
      }
      if (pick < 0) break;
      const grown = factorOf(gram, p, [...active, pick]);
      if (grown) {
        active = [...active, pick];
        L = grown;
      } else dead[pick] = 1;
    }
    if (active.length === 0) break;
    const signs = active.map((j) => (w[j] !== 0 ? Math.sign(w[j]!) : Math.sign(rest[j]!)));
    const direction = solve(L, active.length, Float64Array.from(signs));
    // Along it, the correlations of active columns all fall by 1 for each unit; those of the others by `slide`.
    const slide = new Float64Array(p);
    active.forEach((k, a) => {
      for (let j = 0; j < p; j++) slide[j] = slide[j]! + gram[k * p + j]! * direction[a]!;
    });
    let step = level;
    let out = -1;
    for (let j = 0; j < p; j++) {
      if (dead[j] || active.includes(j)) continue;
      for (const sign of [1, -1]) {
        const near = 1 - sign * slide[j]!;
        const gap = level - sign * rest[j]!;
        if (j === justLeft && gap <= 1e-10 * first) continue;
        if (near > 1e-12 && gap / near < step) step = Math.max(0, gap / near);
      }
    }
    active.forEach((j, a) => {
      const at = -w[j]! / direction[a]!;
      if (w[j] !== 0 && at > 0 && at < step) {
        step = at;
        out = a;
      }
    });
    active.forEach((j, a) => (w[j] = w[j]! + step * direction[a]!));
    for (let j = 0; j < p; j++) rest[j] = rest[j]! - step * slide[j]!;
    level -= step;
    if (level < 1e-13 * first) level = 0;
    justLeft = -1;
    if (out >= 0) {
      justLeft = active[out]!;
      w[justLeft] = 0;
      active = active.filter((j) => j !== justLeft);
      L = factorOf(gram, p, active) ?? L;
    }
    knot();
    if (pace.due(p * active.length + active.length ** 3)) await pace.rest();
  }
  return { alphas, weights };
}

/**
 * Elastic net (lasso at ratio 1) over falling strengths by coordinate descent, each from the one before (Friedman, Hastie & Tibshirani 2010).
 * Minimises 1/(2 Σw) Σ w r² + alpha (ratio |β|₁ + (1 − ratio)/2 |β|²). `strengths` is a list, or how many to take evenly in logarithms
 * from where the first weight comes in down to a thousandth of it.
 */
export async function elasticPath(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  ratio: number,
  intercept: boolean,
  pace: Pace,
  strengths: number | readonly number[] = 100,
  tol = 1e-11,
  sweeps = 10000,
): Promise<Path> {
  const p = X.cols;
  const m = await moments(X, columnsOf(p), y, weight, intercept, pace);
  const top = m.cross.reduce((most, v) => Math.max(most, Math.abs(v)), 0) / m.weight / Math.max(ratio, LEAST_RATIO);
  const alphas = typeof strengths === 'number' ? evenly(top, strengths) : strengths;
  const w = new Float64Array(p);
  const rest = m.cross.slice();
  const weights: Float64Array[] = [];
  for (const alpha of alphas) {
    for (let sweep = 0; sweep < sweeps && !pace.stopped; sweep++) {
      const moved = sweepOnce(m, w, rest, alpha * ratio * m.weight, alpha * (1 - ratio) * m.weight);
      if (pace.due(p * p)) await pace.rest();
      if (moved <= tol * Math.sqrt(m.yy)) break;
    }
    if (pace.stopped) break;
    weights.push(w.slice());
  }
  return { alphas: alphas.slice(0, weights.length), weights };
}

/** Every coefficient once; the largest change, as a change of fitted values. */
function sweepOnce({ gram, p }: Moments, w: Float64Array, rest: Float64Array, l1: number, l2: number): number {
  let moved = 0;
  for (let j = 0; j < p; j++) {
    const d = gram[j * p + j]!;
    if (d === 0) continue;
    const z = rest[j]! + d * w[j]!;
    const value = (z > l1 ? z - l1 : z < -l1 ? z + l1 : 0) / (d + l2);
    const change = value - w[j]!;
    if (change === 0) continue;
    w[j] = value;
    for (let k = 0; k < p; k++) rest[k] = rest[k]! - gram[j * p + k]! * change;
    moved = Math.max(moved, Math.abs(change) * Math.sqrt(d));
  }
  return moved;
}

/** Cholesky factor of the moments of some columns; null when one is a mix of the others. */
function factorOf(gram: Float64Array, p: number, columns: readonly number[]): Float64Array | null {
  const n = columns.length;
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = gram[columns[i]! * p + columns[j]!]!;
      for (let k = 0; k < j; k++) s -= L[i * n + k]! * L[j * n + k]!;
      if (i !== j) L[i * n + j] = s / L[j * n + j]!;
      else if (s > 10 * THIN * gram[columns[i]! * p + columns[i]!]!) L[i * n + i] = Math.sqrt(s);
      else return null;
    }
  }
  return L;
}

function solve(L: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    let s = b[i]!;
    for (let k = 0; k < i; k++) s -= L[i * n + k]! * b[k]!;
    b[i] = s / L[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = b[i]!;
    for (let k = i + 1; k < n; k++) s -= L[k * n + i]! * b[k]!;
    b[i] = s / L[i * n + i]!;
  }
  return b;
}
