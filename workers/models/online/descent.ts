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
  const { loss, rate, alpha, average } = plan;
  const { X, cols: p, weight } = lesson;
  const w = m.weights;
  const ridge = plan.penalty === 'l2' ? alpha : plan.penalty === 'elasticnet' ? (1 - plan.l1_ratio) * alpha : 0;
  const lasso = plan.penalty === 'l1' ? alpha : plan.penalty === 'elasticnet' ? plan.l1_ratio * alpha : 0;
  // Bottou 2012, section 5.2: a first step of the size of the weights to come, by a heuristic of Léon Bottou.
  const typical = Math.sqrt(1 / Math.sqrt(alpha));
  const start = 1 / ((typical / Math.max(1, loss.slope(-typical, 1))) * alpha);
  let sum = 0;
  for (let o = from; o < to; o++) {
    const i = order[o]!;
    const at = i * p;
    let score = m.bias;
    for (let j = 0; j < p; j++) score += w[j]! * X[at + j]!;
    const cost = loss.value(score, y[i]!);
    sum += weight[i]! * cost;
    if (rate === 'optimal') m.eta = 1 / (alpha * (start + m.t - 1));
    else if (rate === 'invscaling') m.eta = plan.eta0 / m.t ** plan.power_t;
    let update: number;
    if (rate === 'pa1' || rate === 'pa2') {
      let square = 0;
      for (let j = 0; j < p; j++) square += X[at + j]! * X[at + j]!;
      if (square === 0 && rate === 'pa1') continue;
      update = rate === 'pa1' ? Math.min(plan.C, cost / square) : cost / (square + 0.5 / plan.C);
      if (plan.classes) update *= y[i]!;
      else if (y[i]! < score) update = -update;
    } else update = -m.eta * Math.max(-STEEPEST, Math.min(STEEPEST, loss.slope(score, y[i]!)));
    update *= weight[i]!;
    const shrink = ridge > 0 ? Math.max(0, 1 - m.eta * ridge) : 1;
    if (shrink !== 1) for (let j = 0; j < p; j++) w[j] = w[j]! * shrink + update * X[at + j]!;
    else if (update !== 0) for (let j = 0; j < p; j++) w[j] = w[j]! + update * X[at + j]!;
    m.bias += update;
    if (average && m.mean) {
      const share = 1 / m.t;
      const { weights } = m.mean;
      for (let j = 0; j < p; j++) weights[j] = weights[j]! + share * (w[j]! - weights[j]!);
      m.mean.bias += share * (m.bias - m.mean.bias);
    }
    if (m.paid) {
      m.owed += lasso * m.eta;
      const { owed, paid } = m;
      for (let j = 0; j < p; j++) {
        const before = w[j]!;
        if (before > 0) w[j] = Math.max(0, before - (owed + paid[j]!));
        else if (before < 0) w[j] = Math.min(0, before + (owed - paid[j]!));
        paid[j] = paid[j]! + (w[j]! - before);
      }
    }
    m.t++;
  }
  return sum;
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
