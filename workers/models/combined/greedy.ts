/** Shares of several models by greedy selection: the one that helps most is added again and again (Caruana et al. 2004, Ensemble selection from libraries of models). */
import type { Target } from '../../../src/core/model.js';

/**
 * Shares that sum to 1. `predictions`: rows × outputs of each model, on rows that it was not fitted on. `loss` of a blend: lower is better.
 * Of all the blends on the way, the best one counts; of equals, the one with fewer models. `most` bounds how many models have a share.
 */
export function greedyShares(
  predictions: readonly Float64Array[],
  loss: (blend: Float64Array) => number,
  rounds: number,
  most = Infinity,
): Float64Array {
  const steps = greedySteps(predictions, loss, rounds, most);
  let turn = steps.next();
  while (!turn.done) turn = steps.next();
  return turn.value;
}

/** The same, a blend at a time. */
export function* greedySteps(
  predictions: readonly Float64Array[],
  loss: (blend: Float64Array) => number,
  rounds: number,
  most = Infinity,
): Generator<void, Float64Array> {
  const counts = new Float64Array(predictions.length);
  const size = predictions[0]?.length ?? 0;
  const sum = new Float64Array(size);
  const blend = new Float64Array(size);
  let best = counts.slice();
  let lowest = Infinity;
  for (let round = 1; round <= rounds; round++) {
    let pick = -1;
    let least = Infinity;
    const full = counts.reduce((n, c) => n + (c > 0 ? 1 : 0), 0) >= most;
    for (const [m, p] of predictions.entries()) {
      if (full && counts[m] === 0) continue;
      for (let i = 0; i < size; i++) blend[i] = (sum[i]! + p[i]!) / round;
      const value = loss(blend);
      yield;
      if (value < least) {
        least = value;
        pick = m;
      }
    }
    // No blend can be measured: all models count the same.
    if (pick < 0) break;
    counts[pick] = counts[pick]! + 1;
    const p = predictions[pick]!;
    for (let i = 0; i < size; i++) sum[i] = sum[i]! + p[i]!;
    if (least < lowest) {
      lowest = least;
      best = counts.slice();
    }
  }
  const total = best.reduce((a, b) => a + b, 0);
  return total > 0 ? best.map((c) => c / total) : best.fill(1 / Math.max(1, best.length));
}

/** Mean log loss of classes, mean squared error of numbers; rows count by their weight. Rows whose prediction is not a number are passed over. */
export function lossOf(target: Target, outputs: number): (predicted: Float64Array) => number {
  return (predicted) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < target.y.length; i++) {
      const p = predicted[target.task === 'class' ? i * outputs + target.y[i]! : i]!;
      if (p !== p) continue;
      const w = target.weight ? target.weight[i]! : 1;
      sum += w * (target.task === 'class' ? -Math.log(Math.max(1e-15, p)) : (p - target.y[i]!) ** 2);
      total += w;
    }
    return total > 0 ? sum / total : NaN;
  };
}
