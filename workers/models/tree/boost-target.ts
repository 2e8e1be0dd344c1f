/** From a target to the loss of boosting, in units that fit Float32, and back. */
import type { ClassTarget, NumberTarget, Target } from '../../../src/core/model.js';
import { Problem } from '../../../src/core/problem.js';
import { binaryLoss, classLoss, gammaLoss, poissonLoss, quantile, quantileLoss, squaredLoss, type Loss } from './boost-loss.js';
import type { boostParams } from './boost-params.js';

export type NumberLoss = keyof typeof boostParams.loss.options;

/** The loss of the rows named, in units. */
export function lossOf(target: Target, rows: Uint32Array, weight: Float64Array | null, loss: NumberLoss, q: number, units: number): Loss {
  const w = weight ? Float64Array.from(rows, (r) => weight[r]!) : null;
  if (target.task === 'class') {
    const y = new Int32Array(rows.length);
    for (let i = 0; i < y.length; i++) y[i] = target.y[rows[i]!]!;
    return target.levels.length === 2 ? binaryLoss(y, w) : classLoss(y, target.levels.length, w);
  }
  const y = Float64Array.from(rows, (r) => target.y[r]! / units);
  if (loss === 'squared_error') return squaredLoss(y, w);
  if (loss === 'poisson') return poissonLoss(y, w);
  if (loss === 'gamma') return gammaLoss(y, w);
  return quantileLoss(y, w, loss === 'quantile' ? q : 0.5);
}

/** A power of two near the spread of y (Poisson: near its mean), so that gradients fit Float32 and dividing by it is exact. */
export function unitOf(target: NumberTarget, rows: Uint32Array, loss: NumberLoss): number {
  const counts = loss === 'poisson';
  let top = 0;
  for (const r of rows) {
    const v = target.y[r]!;
    if (counts && v < 0) throw new Problem('fit/negative-count', { row: r + 1 });
    if (loss === 'gamma' && v <= 0) throw new Problem('fit/not-positive', { row: r + 1 });
    top = Math.max(top, Math.abs(v));
  }
  if (top === 0) return 1;
  // Poisson's answers depend on the unit only through rounding; it is changed only for extreme values.
  if (counts && top < 1e9 && top > 1e-3) return 1;
  return 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(top)) - 4));
}

/** What a mean loss in units is multiplied by to be one of the target. */
export function unitOfLoss(target: Target, loss: NumberLoss, units: number): number {
  if (target.task === 'class' || loss === 'poisson' || loss === 'gamma') return 1;
  return loss === 'squared_error' ? units * units : units;
}

/** Classes without a training row get no trees: they stay at their tiny share. */
export function presentClasses(target: Target, rows: Uint32Array, K: number): boolean[] {
  if (target.task !== 'class' || K === 1) return new Array<boolean>(K).fill(true);
  const seen = new Array<boolean>(K).fill(false);
  for (const r of rows) seen[(target as ClassTarget).y[r]!] = true;
  return seen;
}

/** A form learnt in units, brought back. */
export function inUnits<F extends { readonly base: Float64Array; readonly value: Float64Array; readonly gain: Float64Array }>(
  form: F,
  units: number,
  log: boolean,
): F {
  if (units === 1) return form;
  if (log) return { ...form, base: form.base.map((b) => b + Math.log(units)) };
  return {
    ...form,
    base: form.base.map((b) => b * units),
    value: form.value.map((v) => v * units),
    gain: form.gain.map((g) => g * units * units),
  };
}

/** The quantile of what is still missing to the rows' targets. */
export function middle(rows: Uint32Array, y: Float64Array, raw: Float64Array, q: number, weight: Float64Array | null): number {
  const values = Float64Array.from(rows, (r) => y[r]! - raw[r]!);
  return quantile(values, weight ? Float64Array.from(rows, (r) => weight[r]!) : null, q);
}
