/**
 * Logistic regression with an L1 part: proximal Newton, class by class (Friedman, Hastie & Tibshirani 2010; Lee, Sun & Saunders 2014).
 * Each step solves a lasso on the local curvature by coordinate descent, over the coefficients that can move, then searches along it.
 */
import type { Pace } from '../pace.js';
import { isCount, isFloats, isList, isNumber, savedIn, type Keep } from '../resume.js';
import { addTransposed, type Classes } from './loss.js';
import { moments } from './moments.js';
import { coupledPays, coupledStep, type CoupledStep } from './sparse-coupled.js';
import { meanLoss, products, type Step } from './sparse-step.js';
import type { Fit } from './smooth-logistic.js';
import { cholesky, solveFactor } from './symmetric.js';

/** After a turn that was not the last. */
interface Turned {
  readonly turn: number;
  readonly beta: Float64Array;
  readonly bias: Float64Array;
  readonly z: Float64Array;
  readonly loss: number;
  readonly trail: readonly Float64Array[];
  readonly last: CoupledStep | null;
}

/** Minimises mean loss + l1 |β|₁ + l2 / 2 |β|². */
export async function sparseLogistic(
  c: Classes,
  start: Float64Array,
  l1: number,
  l2: number,
  tol: number,
  most: number,
  pace: Pace,
  keep?: Keep,
): Promise<Fit> {
  const { rows: n, cols: p } = c.X;
  const K = c.scores;
  const saved = savedIn<Turned>(keep, {
    turn: isCount,
    beta: isFloats(K * p),
    bias: isFloats(K),
    z: isFloats(K * n),
    loss: isNumber,
    trail: isList((v) => v instanceof Float64Array),
    last: (v) => typeof v === 'object',
  });
  const beta = saved ? saved.beta.slice() : new Float64Array(K * p);
  const bias = saved ? saved.bias.slice() : start.slice();
  /** Scores, class after class. */
  const z = saved ? saved.z.slice() : new Float64Array(K * n);
  for (let k = 0; k < K && !saved; k++) z.fill(start[k]!, k * n, (k + 1) * n);
  let loss = saved?.loss ?? meanLoss(c, z);
  const trail: Float64Array[] = [...(saved?.trail ?? [])];
  let last: CoupledStep | null = saved?.last ?? null;
  let converged = false;
  const offer = (turn: number) => {
    if (pace.stopped || converged || turn === most) return;
    const state = (): Turned => ({ turn, beta: beta.slice(), bias: bias.slice(), z: z.slice(), loss, trail: [...trail], last });
    keep?.offer(8 * (K * n + (DEPTH + 2) * K * p + (last?.H.length ?? 0)), state);
  };
  for (let turn = saved?.turn ?? 0; turn < most && !converged; turn++) {
    if (!(await pace.step({ train: loss }))) break;
    let left = 0;
    if (K > 1 && coupledPays(c)) {
      const step = await coupledStep(c, beta, bias, z, loss, l1, l2, pace, last);
      last = step;
      loss = step.loss;
      left = step.drop + centre(beta, K, p, l1, l2);
      converged = !pace.stopped && Math.sqrt(2 * left) <= tol;
      offer(turn + 1);
      continue;
    }
    for (let k = 0; k < K && !pace.stopped; k++) {
      const step = await classStep(c, k, beta, bias, z, loss, l1, l2, pace);
      loss = step.loss;
      left += step.drop;
    }
    if (K > 1) {
      left += centre(beta, K, p, l1, l2);
      trail.push(Float64Array.from([...beta, ...bias]));
      if (trail.length > DEPTH) {
        loss = leap(c, trail, beta, bias, z, loss, l1, l2);
        trail.length = 0;
      }
    }
    // √(2 · expected drop): as in smooth-logistic, about how far scores are still off.
    converged = !pace.stopped && Math.sqrt(2 * left) <= tol;
    offer(turn + 1);
  }
  return { weights: beta, bias, converged, loss };
}

/** Rounds between leaps. */
const DEPTH = 5;

/**
 * Anderson's extrapolation of the last rounds (Bertrand & Massias 2021): where classes overlap, rounds class by class close in on the
 * best in small, similar steps, and this looks ahead along them. Taken only when it lowers the objective.
 */
function leap(
  c: Classes,
  trail: readonly Float64Array[],
  beta: Float64Array,
  bias: Float64Array,
  z: Float64Array,
  loss: number,
  l1: number,
  l2: number,
): number {
  const m = trail.length - 1;
  const steps = Array.from({ length: m }, (_, i) => trail[i + 1]!.map((v, j) => v - trail[i]![j]!));
  const A = new Float64Array(m * m);
  let trace = 0;
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) for (let j = 0; j < steps[a]!.length; j++) A[a * m + b] = A[a * m + b]! + steps[a]![j]! * steps[b]![j]!;
    trace += A[a * m + a]!;
  }
  const factor = trace > 0 ? cholesky(A, m, 1e-10 * trace, 0) : null;
  if (!factor) return loss;
  const share = solveFactor(factor, new Float64Array(m).fill(1));
  const total = share.reduce((s, v) => s + v, 0);
  const ahead = new Float64Array(trail[0]!.length);
  for (let i = 0; i < m; i++) for (let j = 0; j < ahead.length; j++) ahead[j] = ahead[j]! + (share[i]! / total) * trail[i + 1]![j]!;
  if (!ahead.every(Number.isFinite)) return loss;
  const { rows: n, cols: p } = c.X;
  const zAhead = new Float64Array(z.length);
  for (let k = 0; k < c.scores; k++) zAhead.set(products(c.X, ahead.subarray(k * p, k * p + p), ahead[beta.length + k]!), k * n);
  const value = meanLoss(c, zAhead);
  const penalty = (w: Float64Array) => w.reduce((s, v) => s + l1 * Math.abs(v) + 0.5 * l2 * v * v, 0);
  if (value + penalty(ahead.subarray(0, beta.length)) >= loss + penalty(beta)) return loss;
  beta.set(ahead.subarray(0, beta.length));
  bias.set(ahead.subarray(beta.length));
  z.set(zAhead);
  return value;
}

/**
 * Adding the same to a column's weights in all classes changes no probability, only the penalty: each column takes the shift that
 * makes it least (Friedman, Hastie & Tibshirani 2010, section 4.1). Without this the class by class steps crawl. Returns what it saves.
 */
function centre(beta: Float64Array, K: number, p: number, l1: number, l2: number): number {
  const own = new Float64Array(K);
  const penalty = (c: number) => {
    let s = 0;
    for (const w of own) s += l1 * Math.abs(w - c) + 0.5 * l2 * (w - c) ** 2;
    return s;
  };
  let saved = 0;
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < K; k++) own[k] = beta[k * p + j]!;
    let best = 0;
    let least = penalty(0);
    const sorted = own.slice().sort();
    let sum = 0;
    for (const w of sorted) sum += w;
    // The least is at a weight or, with l2, where the slope between two weights is 0: m weights below c give l1 (2m − K) + l2 (K c − sum) = 0.
    for (let m = 0; m <= K; m++) {
      const between = l2 > 0 ? (sum + (l1 * (K - 2 * m)) / l2) / K : NaN;
      for (const c of m < K ? [sorted[m]!, between] : [between]) {
        const value = penalty(c);
        if (value < least * (1 - 1e-14)) {
          least = value;
          best = c;
        }
      }
    }
    if (best === 0) continue;
    saved += penalty(0) - least;
    for (let k = 0; k < K; k++) beta[k * p + j] = own[k]! - best;
  }
  return saved;
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
