/** A step of the rule on the CPU: parameters and what is remembered of gradients are Float64 in the kernels' memory. */
import type { DenseKernels } from '../../kernels/dense.js';
import type { Memory } from '../../kernels/memory.js';
import { ADAM, clipping, RMS, stepLength, type Rule } from './rule.js';

/** Where `size` parameters lie (byte offsets): themselves, what is remembered, the gradient, and themselves as Float32. The first `penalised` are held small. */
export interface Held {
  readonly theta: number;
  readonly m: number;
  readonly v: number;
  readonly G: number;
  readonly W: number;
  readonly size: number;
  readonly penalised: number;
}

/** Step t (1, 2, …). The gradients are sums; `share` makes them means. */
export function follow(
  rule: Rule,
  { f32, f64 }: Memory,
  kernels: DenseKernels,
  all: readonly Held[],
  t: number,
  rate: number,
  share: number,
): void {
  const { solver, alpha, momentum, nesterov, clip } = rule;
  const factor = share * (clip < Infinity ? clipping(share * length(alpha, f32, f64, all), clip) : 1);
  const keep = 1 - rate * rule.decay;
  for (const { theta, m, v, G, W, size, penalised } of all) {
    for (const [from, to, l2, rest] of [
      [0, penalised, alpha, keep],
      [penalised, size, 0, 1],
    ] as const) {
      const n = to - from;
      const [o, p] = [8 * from, 4 * from];
      if (solver === 'adam') {
        const { beta1, beta2, epsilon } = ADAM;
        kernels.adam(theta + o, m + o, v + o, G + p, W + p, n, factor, l2, stepLength(rate, t), beta1, beta2, epsilon, rest);
        continue;
      }
      const [x, k] = [(theta + o) >> 3, ((solver === 'sgd' ? m : v) + o) >> 3];
      const [g, w] = [(G + p) >> 2, (W + p) >> 2];
      for (let i = 0; i < n; i++) {
        const slope = factor * (f32[g + i]! + l2 * f64[x + i]!);
        let step: number;
        if (solver === 'sgd') {
          const velocity = momentum * f64[k + i]! - rate * slope;
          f64[k + i] = velocity;
          step = nesterov ? momentum * velocity - rate * slope : velocity;
        } else {
          const square = RMS.rho * f64[k + i]! + (1 - RMS.rho) * slope * slope;
          f64[k + i] = square;
          step = (-rate * slope) / (Math.sqrt(square) + RMS.epsilon);
        }
        const next = rest * f64[x + i]! + step;
        f64[x + i] = next;
        f32[w + i] = next;
      }
    }
  }
}

/** Length of the whole gradient, the penalty's part included. */
function length(alpha: number, f32: Float32Array, f64: Float64Array, all: readonly Held[]): number {
  let sum = 0;
  for (const { theta, G, size, penalised } of all)
    for (let i = 0, g = G >> 2, x = theta >> 3; i < size; i++) {
      const slope = f32[g + i]! + (i < penalised ? alpha * f64[x + i]! : 0);
      sum += slope * slope;
    }
  return Math.sqrt(sum);
}
