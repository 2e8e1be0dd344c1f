/** Links: how raw scores become predictions. */
import type { Link } from '../../src/core/form.js';
import { fade } from '../kernels/exp.js';

/** Raw scores per row: 1 for log and sigmoid, else as many as outputs. */
export const scoresOf = (form: { readonly link: Link; readonly outputs: number }): number =>
  form.link === 'sigmoid' || form.link === 'log' ? 1 : form.outputs;

/** 1 / (1 + e^−z) without overflow, from the side that keeps small probabilities exact. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** Raw scores (rows × scores) → predictions (rows × outputs), both row-major. All but sigmoid reuse the array given. */
export function applyLink(link: Link, raw: Float64Array, rows: number, outputs: number): Float64Array {
  switch (link) {
    case 'identity':
      return raw;
    case 'log':
      for (let i = 0; i < rows; i++) raw[i] = Math.exp(Math.min(raw[i]!, 709));
      return raw;
    case 'sigmoid': {
      const out = new Float64Array(rows * 2);
      for (let i = 0; i < rows; i++) {
        const z = raw[i]!;
        out[2 * i] = sigmoid(-z);
        out[2 * i + 1] = sigmoid(z);
      }
      return out;
    }
    case 'rest':
      // Normalised sigmoids are a softmax of log sigmoids, which nothing can make 0 / 0.
      for (let i = 0; i < raw.length; i++) raw[i] = logSigmoid(raw[i]!);
      return applyLink('softmax', raw, rows, outputs);
    case 'cumulative':
      return cumulative(raw, rows, outputs);
    case 'softmax':
      for (let i = 0; i < rows; i++) {
        const at = i * outputs;
        let top = -Infinity;
        for (let k = 0; k < outputs; k++) if (raw[at + k]! > top) top = raw[at + k]!;
        let sum = 0;
        for (let k = 0; k < outputs; k++) {
          const e = fade(top - raw[at + k]!);
          raw[at + k] = e;
          sum += e;
        }
        for (let k = 0; k < outputs; k++) raw[at + k] = raw[at + k]! / sum;
      }
      return raw;
  }
}

const logSigmoid = (z: number): number => (z >= 0 ? -Math.log1p(Math.exp(-z)) : z - Math.log1p(Math.exp(z)));

/** sigmoid(high) − sigmoid(low), for high ≥ low, without cancelling. */
export const between = (high: number, low: number): number => sigmoid(high) * sigmoid(-low) * -Math.expm1(low - high);

function cumulative(raw: Float64Array, rows: number, outputs: number): Float64Array {
  // From the highest score, which is that of the lowest class, down; the order hardly changes from row to row, so insertion is quick.
  const order = Int32Array.from({ length: outputs }, (_, k) => k);
  for (let i = 0; i < rows; i++) {
    const own = raw.subarray(i * outputs, (i + 1) * outputs);
    for (let a = 1; a < outputs; a++) {
      const k = order[a]!;
      let b = a;
      for (; b > 0 && (own[order[b - 1]!]! < own[k]! || (own[order[b - 1]!]! === own[k]! && order[b - 1]! > k)); b--)
        order[b] = order[b - 1]!;
      order[b] = k;
    }
    const last = order[outputs - 1]!;
    const lowest = own[last]!;
    for (let a = 0; a + 1 < outputs; a++) {
      const low = own[order[a + 1]!]!;
      own[order[a]!] = a === 0 ? sigmoid(-low) : between(own[order[a]!]!, low);
    }
    own[last] = sigmoid(lowest);
  }
  return raw;
}
