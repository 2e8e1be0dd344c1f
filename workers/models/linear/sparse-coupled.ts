/**
 * One proximal Newton step for all classes together. Where classes overlap, steps class by class close in slowly; with the whole
 * curvature, (classes × columns)², about ten steps are enough.
 */
import type { Pace } from '../pace.js';
import { addTransposed, chances, type Classes } from './loss.js';
import { means, moments } from './moments.js';
import { meanLoss, products, type Step } from './sparse-step.js';

/** The curvature must fit in 32 MB and cost less than some tens of seconds. */
export function coupledPays({ X, scores: K }: Classes): boolean {
  return K * (X.cols + 1) <= 2000 && X.rows * X.cols ** 2 * K * (K + 1) <= 4e10;
}

export interface CoupledStep extends Step {
  readonly active: readonly number[];
  readonly H: Float64Array;
}

/** `last` is the step before: once steps are small, its curvature still holds and is not worked out again. */
export async function coupledStep(
  c: Classes,
  beta: Float64Array,
  bias: Float64Array,
  z: Float64Array,
  loss: number,
  l1: number,
  l2: number,
  pace: Pace,
  last: CoupledStep | null,
): Promise<CoupledStep> {
  const { X, scores: K } = c;
  const { rows: n, cols: p } = X;
  const prob = chances(z.slice(), n, K);
  const g = new Float64Array(K * p);
  const g0 = new Float64Array(K);
  const rest = new Float64Array(n);
  for (let k = 0; k < K; k++) {
    for (let i = 0; i < n; i++) {
      rest[i] = ((prob[k * n + i]! - (c.y[i] === k ? 1 : 0)) * c.weight[i]!) / c.total;
      g0[k] = g0[k]! + rest[i]!;
    }
    for (let from = 0; from < n; from += 1024) addTransposed(X.data, n, from, Math.min(1024, n - from), rest, from, g, k * p, p);
    if (pace.due(n * p)) await pace.rest();
  }
  const active: number[] = [];
  for (let j = 0; j < p; j++) {
    let moves = false;
    for (let k = 0; k < K && !moves; k++) moves = beta[k * p + j] !== 0 || Math.abs(g[k * p + j]!) > l1;
    if (moves) active.push(j);
  }
  const mean = means(X, active, c.weight);
  const holds = last !== null && last.drop < 1e-6 && last.active.length === active.length && last.active.every((j, i) => j === active[i]);
  const H = holds ? last.H : await curvature(c, active, mean, prob, pace);
  if (pace.stopped) return { loss, drop: 0, active, H };

  // Unknowns class after class, the intercept of centred columns last in each.
  const a = active.length;
  const width = a + 1;
  const own = new Float64Array(K * width);
  const slope = new Float64Array(K * width);
  for (let k = 0; k < K; k++) {
    active.forEach((j, i) => {
      own[k * width + i] = beta[k * p + j]!;
      slope[k * width + i] = g[k * p + j]! - mean[i]! * g0[k]!;
    });
    slope[k * width + a] = g0[k]!;
  }
  const move = await descend(H, slope, own, width, l1, l2, pace);
  let expected = 0;
  for (let t = 0; t < move.length; t++) {
    expected += slope[t]! * move[t]!;
    if (t % width === a) continue;
    const now = own[t]! + move[t]!;
    expected += l1 * (Math.abs(now) - Math.abs(own[t]!)) + 0.5 * l2 * (now * now - own[t]! * own[t]!);
  }
  if (!(expected < 0)) return { loss, drop: 0, active, H };
  const dz = new Float64Array(K * n);
  const biasMove = new Float64Array(K);
  for (let k = 0; k < K; k++) {
    const full = new Float64Array(p);
    let shift = move[k * width + a]!;
    active.forEach((j, i) => {
      full[j] = move[k * width + i]!;
      shift -= mean[i]! * full[j]!;
    });
    biasMove[k] = shift;
    dz.set(products(X, full, shift), k * n);
    if (pace.due(n * p)) await pace.rest();
  }
  const penalty = (t: number) => {
    let s = 0;
    for (let i = 0; i < move.length; i++) {
      if (i % width === a) continue;
      const v = own[i]! + t * move[i]!;
      s += l1 * Math.abs(v) + 0.5 * l2 * v * v;
    }
    return s;
  };
  const before = z.slice();
  const base = loss + penalty(0);
  for (let t = 1; t > 1e-10; t /= 2) {
    for (let i = 0; i < z.length; i++) z[i] = before[i]! + t * dz[i]!;
    const trial = meanLoss(c, z);
    if (trial + penalty(t) <= base + 1e-3 * t * expected + 1e-15 * (1 + base)) {
      for (let k = 0; k < K; k++) {
        active.forEach((j, i) => {
          beta[k * p + j] = own[k * width + i]! + t * move[k * width + i]!;
        });
        bias[k] = bias[k]! + t * biasMove[k]!;
      }
      return { loss: trial, drop: -expected, active, H };
    }
  }
  z.set(before);
  return { loss, drop: 0, active, H };
}

/** Second derivatives of the mean loss, (K (a + 1))²: block k, l is ± Σ w p_k ([k = l] − p_l) x xᵀ over centred columns and 1. */
async function curvature(c: Classes, active: readonly number[], mean: Float64Array, prob: Float64Array, pace: Pace): Promise<Float64Array> {
  const { X, scores: K } = c;
  const n = X.rows;
  const a = active.length;
  const width = a + 1;
  const size = K * width;
  const H = new Float64Array(size * size);
  const ones = new Float64Array(n).fill(1);
  const q = new Float64Array(n);
  for (let k = 0; k < K; k++) {
    for (let l = 0; l <= k; l++) {
      for (let i = 0; i < n; i++) {
        const pk = prob[k * n + i]!;
        q[i] = (c.weight[i]! / c.total) * pk * (k === l ? 1 - pk : prob[l * n + i]!);
      }
      const m = await moments(X, active, ones, q, false, pace);
      if (pace.stopped) return H;
      const sign = k === l ? 1 : -1;
      const put = (i: number, j: number, v: number) => {
        H[(k * width + i) * size + l * width + j] = sign * v;
        H[(l * width + j) * size + k * width + i] = sign * v;
      };
      for (let i = 0; i < a; i++) {
        for (let j = 0; j < a; j++) {
          put(i, j, m.gram[i * a + j]! - mean[i]! * m.cross[j]! - m.cross[i]! * mean[j]! + mean[i]! * mean[j]! * m.weight);
        }
        put(i, a, m.cross[i]! - mean[i]! * m.weight);
        put(a, i, m.cross[i]! - mean[i]! * m.weight);
      }
      put(a, a, m.weight);
    }
  }
  // A floor keeps rows that are settled from making the curvature vanish.
  for (let t = 0; t < size; t++) H[t * size + t] = H[t * size + t]! * (1 + 1e-9) + 1e-12;
  return H;
}

/** Coordinate descent on slope·δ + δᵀHδ / 2 + l1 |own + δ|₁ + l2 / 2 |own + δ|²; the last of every `width` is free of penalty. */
async function descend(
  H: Float64Array,
  slope: Float64Array,
  own: Float64Array,
  width: number,
  l1: number,
  l2: number,
  pace: Pace,
): Promise<Float64Array> {
  const size = slope.length;
  const move = new Float64Array(size);
  const g = slope.slice();
  let top = 0;
  for (let sweep = 0; sweep < 500; sweep++) {
    let drop = 0;
    for (let t = 0; t < size; t++) {
      const free = t % width === width - 1;
      const diagonal = H[t * size + t]!;
      const h = free ? diagonal : diagonal + l2;
      const old = own[t]! + move[t]!;
      const raw = old * diagonal - g[t]!;
      const value = free ? raw / h : (raw > l1 ? raw - l1 : raw < -l1 ? raw + l1 : 0) / h;
      const d = value - old;
      if (d === 0) continue;
      move[t] = value - own[t]!;
      const at = t * size;
      for (let u = 0; u < size; u++) g[u] = g[u]! + d * H[at + u]!;
      drop = Math.max(drop, h * d * d);
    }
    top = Math.max(top, drop);
    if (pace.due(size * size)) await pace.rest();
    if (pace.stopped || drop <= 1e-14 * top || drop < 1e-26) break;
  }
  return move;
}
