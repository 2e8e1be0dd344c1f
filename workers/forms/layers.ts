/** Layers: a feed-forward network run in Float64, whatever it was trained on. */
import type { Activation, Layer, Layers } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { allFinite, array, broken, finite, lengthIs, linkOf, object, oneOf, scoreCount, typed, whole, WIDEST } from './gate.js';
import type { Kit } from './kit.js';
import { sigmoid } from './link.js';

export const ACTIVATIONS: readonly Activation[] = ['relu', 'tanh', 'sigmoid', 'linear', 'elu', 'selu', 'swish'];
/** Rows worked on together. */
export const BLOCK = 64;
/** Klambauer et al. 2017. */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

const curves: Readonly<Record<Exclude<Activation, 'linear'>, (z: number) => number>> = {
  relu: (z) => (z > 0 ? z : 0),
  tanh: Math.tanh,
  sigmoid,
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  selu: (z) => SELU_SCALE * (z > 0 ? z : SELU_ALPHA * Math.expm1(z)),
  swish: (z) => z * sigmoid(z),
};

/** Runs a block of n rows of `width` through layers. Row-major; the answer is in the array returned, the other is free. */
export function through(
  layers: readonly Layer[],
  from: Float64Array,
  spare: Float64Array,
  n: number,
  width: number,
): [Float64Array, Float64Array] {
  let [a, b] = [from, spare];
  for (const layer of layers) {
    const { units, weights, bias } = layer;
    for (let i = 0; i < n; i++) {
      const to = i * units;
      for (let u = 0; u < units; u++) b[to + u] = bias[u]!;
      for (let j = 0; j < width; j++) {
        const x = a[i * width + j]!;
        if (x === 0) continue;
        const w = j * units;
        for (let u = 0; u < units; u++) b[to + u] = b[to + u]! + x * weights[w + u]!;
      }
    }
    bend(b, n * units, layer.activation);
    width = units;
    [a, b] = [b, a];
  }
  return [a, b];
}

/** z → activation(z), in place. */
export function bend(z: Float64Array, size: number, activation: Activation): void {
  if (activation === 'linear') return;
  const curve = curves[activation];
  for (let i = 0; i < size; i++) z[i] = curve(z[i]!);
}

/** What the last layer gives, rows × its units; a number target is brought back to its own scale. */
export function layersScores(form: Layers, X: Matrix): Float64Array {
  const { rows, data } = X;
  const widest = form.layers.reduce((w, l) => Math.max(w, l.units), form.inputs);
  const last = form.layers[form.layers.length - 1]!.units;
  const out = new Float64Array(rows * last);
  let a: Float64Array = new Float64Array(BLOCK * widest);
  let b: Float64Array = new Float64Array(BLOCK * widest);
  for (let from = 0; from < rows; from += BLOCK) {
    const n = Math.min(BLOCK, rows - from);
    const width = form.inputs;
    for (let j = 0; j < width; j++) for (let i = 0; i < n; i++) a[i * width + j] = data[j * rows + from + i]!;
    [a, b] = through(form.layers, a, b, n, width);
    out.set(a.subarray(0, n * last), from * last);
  }
  toScale(out, form);
  return out;
}

/** Brings a number that was learnt on a scale of its own back to that of the target. */
export function toScale(out: Float64Array, { shift, scale }: { readonly shift: number; readonly scale: number }): void {
  if (shift !== 0 || scale !== 1) for (let i = 0; i < out.length; i++) out[i] = out[i]! * scale + shift;
}

export const layersKit: Kit<Layers> = {
  raw: layersScores,
  check(o, at, inputs, outputs) {
    const link = linkOf(o, at, outputs);
    const layers: Layer[] = [];
    let width = inputs;
    array(o, 'layers', at, 1, 1000).forEach((l, i) => {
      const layer = layerOf(l, `${at}.layers[${i}]`, width);
      layers.push(layer);
      width = layer.units;
    });
    if (width !== scoreCount(link, outputs)) broken(`${at}: the last layer has ${width} units, not ${scoreCount(link, outputs)}`);
    return { form: 'layers', link, inputs, outputs, layers, shift: finite(o, 'shift', at), scale: finite(o, 'scale', at) };
  },
  measure: (form) => ({
    bytes: form.layers.reduce((sum, l) => sum + l.weights.byteLength + l.bias.byteLength, 0),
    parameters: form.layers.reduce((sum, l) => sum + l.weights.length + l.bias.length, 0),
  }),
};

export function layerOf(value: unknown, at: string, width: number): Layer {
  const o = object(value, at);
  const units = whole(o, 'units', at, 1, WIDEST);
  const weights = typed(o, 'weights', at, Float32Array);
  lengthIs(weights, width * units, `${at}.weights`);
  allFinite(weights, `${at}.weights`);
  const bias = typed(o, 'bias', at, Float32Array);
  lengthIs(bias, units, `${at}.bias`);
  allFinite(bias, `${at}.bias`);
  return { units, activation: oneOf(o, 'activation', at, ACTIVATIONS), weights, bias };
}
