/** A metric written so that one preparation (labels, sorting, losses per row) serves any number of weightings. */
import type { Metric, Scored } from '../../../src/core/metric.js';
import type { Params } from '../../../src/core/param.js';

export type Weights = ArrayLike<number>;
/** The metric's value under these row weights; every row counts once when there are none. A row of weight 0 is absent. */
export type Prepared = (weight?: Weights) => number;

export interface Measure<P extends Params = Params> extends Metric<P> {
  /** All work that does not depend on weights: a bootstrap of a thousand draws prepares once. */
  prepare(s: Scored): Prepared;
}

export const measure = <const P extends Params>(m: Omit<Measure<P>, 'score'>): Measure<P> => ({
  ...m,
  score: (s) => m.prepare(s)(s.weight),
});

export const positiveOf = (s: Scored): number => s.positive ?? s.outputs - 1;

/**
 * The class each row is given: the most probable one, the first of equals (as scikit-learn's argmax);
 * with two classes and a threshold, the positive one from that probability on.
 */
export function labelsOf(s: Scored): Int32Array {
  const n = s.truth.length;
  const k = s.outputs;
  const labels = new Int32Array(n);
  const p = s.predicted;
  if (k === 2 && s.threshold !== undefined) {
    const positive = positiveOf(s);
    for (let i = 0; i < n; i++) labels[i] = p[i * 2 + positive]! >= s.threshold ? positive : 1 - positive;
    return labels;
  }
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let c = 1; c < k; c++) if (p[i * k + c]! > p[i * k + best]!) best = c;
    labels[i] = best;
  }
  return labels;
}

/** Weighted counts: cell (t, p) of K × K, row-major, is the rows of true class t that were called p. */
export type Counts = (weight?: Weights) => Float64Array;
export function countsOf(s: Scored): Counts {
  const k = s.outputs;
  const n = s.truth.length;
  const cell = labelsOf(s);
  for (let i = 0; i < n; i++) cell[i] = s.truth[i]! * k + cell[i]!;
  return (weight) => {
    const counts = new Float64Array(k * k);
    if (weight) for (let i = 0; i < n; i++) counts[cell[i]!]! += weight[i]!;
    else for (let i = 0; i < n; i++) counts[cell[i]!]! += 1;
    return counts;
  };
}

/** Prepares a metric that is a function of the counts alone. */
export const fromCounts =
  (value: (counts: Float64Array, k: number, positive: number) => number) =>
  (s: Scored): Prepared => {
    const counts = countsOf(s);
    return (weight) => value(counts(weight), s.outputs, positiveOf(s));
  };

/** Prepares a metric that is the weighted mean of one loss per row. */
export function meanOf(loss: Float64Array, after: (mean: number) => number = (mean) => mean): Prepared {
  return (weight) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < loss.length; i++) {
      const w = weight ? weight[i]! : 1;
      if (w === 0) continue;
      sum += w * loss[i]!;
      total += w;
    }
    return total > 0 ? after(sum / total) : NaN;
  };
}

/** For each class: rows called right, rows that are it, rows that were called it. */
export function classTotals(counts: Float64Array, k: number): { hit: number; truth: number; called: number }[] {
  return Array.from({ length: k }, (_, c) => {
    let truth = 0;
    let called = 0;
    for (let o = 0; o < k; o++) {
      truth += counts[c * k + o]!;
      called += counts[o * k + c]!;
    }
    return { hit: counts[c * k + c]!, truth, called };
  });
}
