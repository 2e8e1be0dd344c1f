/** One machine that learns from one row at a time: stochastic gradient descent as scikit-learn steps it, and passive-aggressive steps. */
import type { Loss } from './losses.js';

/** Rows that machines learn from; X is row-major, rows × cols. */
export interface Lesson {
  readonly X: Float32Array;
  readonly cols: number;
  readonly weight: Float64Array;
}

export type Rate = 'optimal' | 'constant' | 'invscaling' | 'adaptive' | 'pa1' | 'pa2';

export interface Plan {
  readonly loss: Loss;
  readonly penalty: 'none' | 'l2' | 'l1' | 'elasticnet';
  readonly alpha: number;
  readonly l1_ratio: number;
  readonly rate: Rate;
  readonly eta0: number;
  readonly power_t: number;
  /** Largest passive-aggressive step. */
  readonly C: number;
  /** Whether y is −1 or 1. */
  readonly classes: boolean;
  readonly average: boolean;
}

export interface Machine {
  weights: Float64Array;
  bias: number;
  /** Mean of all weights so far, where that is asked for. */
  readonly mean: { weights: Float64Array; bias: number } | null;
  /** Step size, for the schedules that keep one. */
  eta: number;
  /** Number of the next step, from 1. */
  t: number;
  /** What the L1 penalty has asked of every weight so far, and what each has paid (Tsuruoka, Tsujii & Ananiadou 2009). */
  owed: number;
  readonly paid: Float64Array | null;
}

export function machine(plan: Plan, cols: number): Machine {
  return {
    weights: new Float64Array(cols),
    bias: 0,
    mean: plan.average ? { weights: new Float64Array(cols), bias: 0 } : null,
    eta: plan.eta0,
    t: 1,
    owed: 0,
    paid: plan.penalty === 'l1' || plan.penalty === 'elasticnet' ? new Float64Array(cols) : null,
  };
}

/** Slopes are cut here, as in scikit-learn, so that one wild row does not end everything. */
const STEEPEST = 1e12;

/** Takes the rows order[from…to) in turn; y goes by row. Gives Σ weight · loss, each row's before it was learnt from. */
export function walk(m: Machine, plan: Plan, lesson: Lesson, y: Float64Array, order: Int32Array, from: number, to: number): number {
  const { loss, rate, alpha } = plan;
  const { X, cols: p, weight } = lesson;
  const w = m.weights;
  const ridge = plan.penalty === 'l2' ? alpha : plan.penalty === 'elasticnet' ? (1 - plan.l1_ratio) * alpha : 0;
  const lasso = plan.penalty === 'l1' ? alpha : plan.penalty === 'elasticnet' ? plan.l1_ratio * alpha : 0;
  // Bottou 2012, section 5.2: a first step of the size of the weights to come, by a heuristic of Léon Bottou.
  const typical = Math.sqrt(1 / Math.sqrt(alpha));
  const start = 1 / ((typical / Math.max(1, loss.slope(-typical, 1))) * alpha);
  // The weights are w · unit while rows are walked: ridge shrinks all of them by one multiplication.
  let unit = 1;
  let { bias, eta, t } = m;
  const settle = () => {
    for (let j = 0; j < p; j++) w[j] = w[j]! * unit;
    unit = 1;
  };
  let sum = 0;
  for (let o = from; o < to; o++) {
    const i = order[o]!;
    const at = i * p;
    const score = bias + unit * product(w, X, at, p);
    const own = y[i]!;
    const cost = loss.value(score, own);
    sum += weight[i]! * cost;
    if (rate === 'optimal') eta = 1 / (alpha * (start + t - 1));
    else if (rate === 'invscaling') eta = plan.eta0 / t ** plan.power_t;
    let update: number;
    if (rate === 'pa1' || rate === 'pa2') {
      let square = 0;
      if (cost > 0) for (let j = 0; j < p; j++) square += X[at + j]! * X[at + j]!;
      update = rate === 'pa2' ? cost / (square + 0.5 / plan.C) : square > 0 ? Math.min(plan.C, cost / square) : 0;
      if (plan.classes) update *= own;
      else if (own < score) update = -update;
    } else update = -eta * Math.max(-STEEPEST, Math.min(STEEPEST, loss.slope(score, own)));
    update *= weight[i]!;
    if (ridge > 0) {
      unit *= Math.max(0, 1 - eta * ridge);
      if (unit < 1e-9) settle();
    }
    if (update !== 0) {
      const by = update / unit;
      for (let j = 0; j < p; j++) w[j] = w[j]! + by * X[at + j]!;
      bias += update;
    }
    if (m.mean) {
      const share = 1 / t;
      const { weights } = m.mean;
      for (let j = 0; j < p; j++) weights[j] = weights[j]! + share * (w[j]! * unit - weights[j]!);
      m.mean.bias += share * (bias - m.mean.bias);
    }
    if (m.paid) {
      settle();
      m.owed += lasso * eta;
      const { owed, paid } = m;
      for (let j = 0; j < p; j++) {
        const before = w[j]!;
        if (before > 0) w[j] = Math.max(0, before - (owed + paid[j]!));
        else if (before < 0) w[j] = Math.min(0, before + (owed - paid[j]!));
        paid[j] = paid[j]! + (w[j]! - before);
      }
    }
    t++;
  }
  settle();
  m.bias = bias;
  m.eta = eta;
  m.t = t;
  return sum;
}

/** w · row at `at`, in four sums, so that none waits for another. */
function product(w: Float64Array, X: Float32Array, at: number, p: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let j = 0;
  for (; j + 3 < p; j += 4) {
    a += w[j]! * X[at + j]!;
    b += w[j + 1]! * X[at + j + 1]!;
    c += w[j + 2]! * X[at + j + 2]!;
    d += w[j + 3]! * X[at + j + 3]!;
  }
  for (; j < p; j++) a += w[j]! * X[at + j]!;
  return a + b + (c + d);
}

/** What the machine has learnt: its mean where that is asked for. */
export const learnt = (m: Machine): { readonly weights: Float64Array; readonly bias: number } => m.mean ?? m;

export function decision(
  { weights, bias }: { readonly weights: Float64Array; readonly bias: number },
  lesson: Lesson,
  row: number,
): number {
  let score = bias;
  const at = row * lesson.cols;
  for (let j = 0; j < lesson.cols; j++) score += weights[j]! * lesson.X[at + j]!;
  return score;
}
