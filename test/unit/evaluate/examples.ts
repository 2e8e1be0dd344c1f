/** Made-up truths and predictions for the tests of evaluation. */
import type { Scored } from '../../../src/core/metric.js';
import { normal, random } from '../../../src/core/random.js';

/** Two classes (or more); `skill` is how far apart the classes' scores lie. */
export function classes(n: number, seed: number, skill = 1, outputs = 2): Scored & { truth: Int32Array; predicted: Float64Array } {
  const u = random(seed);
  const truth = Int32Array.from({ length: n }, () => Math.floor(u() * outputs));
  const predicted = new Float64Array(n * outputs);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < outputs; c++) sum += predicted[i * outputs + c] = Math.exp(normal(u) + (truth[i] === c ? skill : 0));
    for (let c = 0; c < outputs; c++) predicted[i * outputs + c]! /= sum;
  }
  return { task: 'class', truth, predicted, outputs };
}
export function numbers(n: number, seed: number, noise = 1): Scored & { truth: Float64Array; predicted: Float64Array } {
  const u = random(seed);
  const truth = Float64Array.from({ length: n }, () => 10 + 3 * normal(u));
  return { task: 'number', truth, predicted: truth.map((y) => y + noise * normal(u)), outputs: 1 };
}
export const goOn = async () => true;
