/** Scores of the classes that training saw, as a linear form over all levels. */
import type { Linear } from '../../../src/core/form.js';
import type { ClassTarget, Context } from '../../../src/core/model.js';
import { NEVER } from '../baseline.js';

/** Rows of weights and biases, one for each class present, among those of all levels. Two levels become one score, for the second. */
export function classScores(
  inputs: number,
  target: ClassTarget,
  present: ArrayLike<number>,
  weights: Float64Array,
  bias: Float64Array,
): Linear {
  const K = target.levels.length;
  const w = new Float64Array(K * inputs);
  const b = new Float64Array(K).fill(NEVER);
  for (let at = 0; at < present.length; at++) {
    const k = present[at]!;
    w.set(weights.subarray(at * inputs, at * inputs + inputs), k * inputs);
    b[k] = bias[at]!;
  }
  if (K > 2) return { form: 'linear', link: 'softmax', inputs, outputs: K, weights: w, bias: b };
  const one = Float64Array.from({ length: inputs }, (_, j) => w[inputs + j]! - w[j]!);
  return { form: 'linear', link: 'sigmoid', inputs, outputs: 2, weights: one, bias: Float64Array.of(b[1]! - b[0]!) };
}

/** Only differences between classes count: takes the mean over classes out of weights and biases, in place. */
export function centreClasses(weights: Float64Array, bias: Float64Array): void {
  const m = bias.length;
  const p = m > 0 ? weights.length / m : 0;
  for (let j = 0; j < p; j++) {
    let sum = 0;
    for (let k = 0; k < m; k++) sum += weights[k * p + j]!;
    for (let k = 0; k < m; k++) weights[k * p + j] = weights[k * p + j]! - sum / m;
  }
  const mean = bias.reduce((s, b) => s + b, 0) / m;
  for (let k = 0; k < m; k++) bias[k] = bias[k]! - mean;
}

/** The form of a training set in which one class alone occurs, and a note that says so. */
export async function onlyClass(inputs: number, target: ClassTarget, only: number, ctx: Context): Promise<Linear> {
  ctx.note?.(`Every training row is “${target.levels[only]!}”: the model can only answer that.`);
  await ctx.report(1, 1);
  return classScores(inputs, target, [only], new Float64Array(inputs), new Float64Array(1));
}
