/** What the CPU's trainer does with a batch beside multiplying: activations, batch normalisation, losses. Batches are rows × `u`, padded. */
import type { Activation } from '../../../src/core/form.js';
import { NORM, type Net } from './network.js';

/** Klambauer et al. 2017. */
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 } as const;
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** z → f(z), in place; relu is a kernel. */
export function activate(a: Float32Array, size: number, kind: Activation): void {
  switch (kind) {
    case 'tanh':
      for (let i = 0; i < size; i++) a[i] = Math.tanh(a[i]!);
      return;
    case 'sigmoid':
      for (let i = 0; i < size; i++) a[i] = sigmoid(a[i]!);
      return;
    case 'elu':
      for (let i = 0; i < size; i++) if (a[i]! < 0) a[i] = Math.expm1(a[i]!);
      return;
    case 'selu':
      for (let i = 0; i < size; i++) a[i] = SELU.scale * (a[i]! < 0 ? SELU.alpha * Math.expm1(a[i]!) : a[i]!);
      return;
    case 'swish':
      for (let i = 0; i < size; i++) a[i] = a[i]! * sigmoid(a[i]!);
      return;
    case 'linear':
      return;
    default:
      throw new Error(`No kernel for ${kind}`);
  }
}

/** d ← d · f′(z), told by a = f(z); by z itself where f(z) does not tell. */
export function deactivate(d: Float32Array, a: Float32Array, z: Float32Array, size: number, kind: Activation): void {
  switch (kind) {
    case 'tanh':
      for (let i = 0; i < size; i++) d[i] = d[i]! * (1 - a[i]! * a[i]!);
      return;
    case 'sigmoid':
      for (let i = 0; i < size; i++) d[i] = d[i]! * a[i]! * (1 - a[i]!);
      return;
    case 'elu':
      for (let i = 0; i < size; i++) if (a[i]! < 0) d[i] = d[i]! * (a[i]! + 1);
      return;
    case 'selu':
      for (let i = 0; i < size; i++) d[i] = d[i]! * (a[i]! < 0 ? a[i]! + SELU.scale * SELU.alpha : SELU.scale);
      return;
    case 'swish':
      for (let i = 0; i < size; i++) {
        const s = sigmoid(z[i]!);
        d[i] = d[i]! * (s + a[i]! * (1 - s));
      }
      return;
    default:
  }
}
/** Whether f(z) does not tell f′(z), so that z has to be kept. */
export const needsInput = (kind: Activation): boolean => kind === 'swish';

/** Room of a normalising part: `x` takes (z − mean) / √(variance + ε), `inverse` the 1 / √ of each unit. */
export interface Normal {
  readonly x: Float32Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly inverse: Float64Array;
}

/**
 * a = scale · (z − mean) / √(variance + ε) + shift. `parameters`: a row of scales, a row of shifts, each `u` long.
 * With `share` (weights of the rows, summing to 1) mean and variance are the batch's own, else they are taken as they stand.
 */
export function normalise(
  z: Float32Array,
  a: Float32Array,
  parameters: Float32Array,
  { x, mean, variance, inverse }: Normal,
  share: Float64Array | null,
  n: number,
  units: number,
  u: number,
): void {
  if (share) {
    mean.fill(0);
    variance.fill(0);
    for (let i = 0; i < n; i++) for (let j = 0, s = share[i]!, at = i * u; j < units; j++) mean[j] = mean[j]! + s * z[at + j]!;
    for (let i = 0; i < n; i++)
      for (let j = 0, s = share[i]!, at = i * u; j < units; j++) {
        const off = z[at + j]! - mean[j]!;
        variance[j] = variance[j]! + s * off * off;
      }
  }
  for (let j = 0; j < units; j++) inverse[j] = 1 / Math.sqrt(variance[j]! + NORM.epsilon);
  for (let i = 0; i < n; i++)
    for (let j = 0, at = i * u; j < units; j++) {
      const v = (z[at + j]! - mean[j]!) * inverse[j]!;
      x[at + j] = v;
      a[at + j] = v * parameters[j]! + parameters[u + j]!;
    }
}

/** Gradients by scales and shifts into `g`, by the inputs into `to`, from those by the outputs `d`. Mean and variance moved with the inputs. */
export function unnormalise(
  d: Float32Array,
  to: Float32Array | null,
  g: Float32Array,
  parameters: Float32Array,
  { x, inverse }: Normal,
  share: Float64Array,
  n: number,
  units: number,
  u: number,
): void {
  const scales = new Float64Array(units);
  const shifts = new Float64Array(units);
  for (let i = 0; i < n; i++)
    for (let j = 0, at = i * u; j < units; j++) {
      scales[j] = scales[j]! + d[at + j]! * x[at + j]!;
      shifts[j] = shifts[j]! + d[at + j]!;
    }
  for (let j = 0; j < units; j++) {
    g[j] = scales[j]!;
    g[u + j] = shifts[j]!;
  }
  if (!to) return;
  for (let i = 0; i < n; i++)
    for (let j = 0, s = share[i]!, at = i * u; j < units; j++)
      to[at + j] = parameters[j]! * inverse[j]! * (d[at + j]! - s * (shifts[j]! + x[at + j]! * scales[j]!));
}

const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** Weighted sum of the losses of n rows, `pad` apart in z; `z` becomes the gradient of it by z. */
export function lossOf(net: Net, z: Float32Array, pad: number, y: ArrayLike<number>, w: ArrayLike<number>, n: number): number {
  const k = net.outputs;
  const e = new Float64Array(k);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const wi = w[i]!;
    const o = i * pad;
    if (net.loss === 'squares') {
      const r = z[o]! - y[i]!;
      sum += (wi * r * r) / 2;
      z[o] = wi * r;
    } else if (net.loss === 'logistic') {
      sum += wi * (softplus(z[o]!) - y[i]! * z[o]!);
      z[o] = wi * (sigmoid(z[o]!) - y[i]!);
    } else {
      let top = -Infinity;
      for (let j = 0; j < k; j++) if (z[o + j]! > top) top = z[o + j]!;
      const own = z[o + y[i]!]! - top;
      let total = 0;
      for (let j = 0; j < k; j++) total += e[j] = Math.exp(z[o + j]! - top);
      sum += wi * (Math.log(total) - own);
      for (let j = 0; j < k; j++) z[o + j] = wi * (e[j]! / total - (j === y[i] ? 1 : 0));
    }
  }
  return sum;
}

/** out = a · mask: `a` and `out` have rows of `u`, of which the mask knows the first `units`. */
export function times(out: Float32Array, a: Float32Array, mask: Float32Array, n: number, units: number, u: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < units; j++) out[i * u + j] = a[i * u + j]! * mask[i * units + j]!;
}
