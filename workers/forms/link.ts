/** Links: how raw scores become predictions. */
import type { Form, Link } from '../../src/core/form.js';

/** Raw scores per row: 1 for log and sigmoid; as many as outputs for softmax and identity. */
export const scoresOf = (form: { readonly link: Link; readonly outputs: number }): number =>
  form.link === 'sigmoid' || form.link === 'log' ? 1 : form.outputs;

/** 1 / (1 + e^−z) without overflow, from the side that keeps small probabilities exact. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** Raw scores (rows × scores) → predictions (rows × outputs), both row-major. Softmax and log reuse the array given. */
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
    case 'softmax':
      for (let i = 0; i < rows; i++) {
        const at = i * outputs;
        let top = -Infinity;
        for (let k = 0; k < outputs; k++) if (raw[at + k]! > top) top = raw[at + k]!;
        let sum = 0;
        for (let k = 0; k < outputs; k++) {
          const e = Math.exp(raw[at + k]! - top);
          raw[at + k] = e;
          sum += e;
        }
        for (let k = 0; k < outputs; k++) raw[at + k] = raw[at + k]! / sum;
      }
      return raw;
  }
}

/** True when the form's predictions are probabilities. */
export const isProbability = (form: Form): boolean => form.outputs > 1;
