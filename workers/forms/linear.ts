/** Linear forms: raw score = bias + Σ weight · input. */
import type { Linear } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { broken, finite, floats64, linkOf, scoreCount, type Fields } from './gate.js';
import type { Kit } from './kit.js';

/** Rows handled together: their scores and a block of every column stay in the cache. */
const BLOCK = 2048;

/** Rows × scores, row-major. Inputs are added in column order whatever the batch, so a batch equals its rows. */
export function linearScores(form: Linear, X: Matrix): Float64Array {
  const { rows } = X;
  const p = form.inputs;
  const scores = form.bias.length;
  const out = new Float64Array(rows * scores);
  const z = new Float64Array(Math.min(BLOCK, rows));
  // A weight of 0 has no part in the score, whatever the value.
  const used = Array.from({ length: scores }, (_, k) =>
    Array.from({ length: p }, (_, j) => j).filter((j) => form.weights[k * p + j] !== 0),
  );
  for (let from = 0; from < rows; from += BLOCK) {
    const n = Math.min(BLOCK, rows - from);
    for (let k = 0; k < scores; k++) {
      z.fill(form.bias[k]!, 0, n);
      addInputs(X, used[k]!, form.weights.subarray(k * p, k * p + p), from, n, z);
      for (let i = 0; i < n; i++) out[(from + i) * scores + k] = z[i]!;
    }
  }
  return out;
}

/** Eight columns at a time: each score is read and written once for all of them. One after the other, as they come. */
function addInputs(
  { data, rows }: Matrix,
  columns: readonly number[],
  weights: Float64Array,
  from: number,
  n: number,
  z: Float64Array,
): void {
  let c = 0;
  for (; c + 7 < columns.length; c += 8) {
    const w0 = weights[columns[c]!]!;
    const w1 = weights[columns[c + 1]!]!;
    const w2 = weights[columns[c + 2]!]!;
    const w3 = weights[columns[c + 3]!]!;
    const w4 = weights[columns[c + 4]!]!;
    const w5 = weights[columns[c + 5]!]!;
    const w6 = weights[columns[c + 6]!]!;
    const w7 = weights[columns[c + 7]!]!;
    const a0 = columns[c]! * rows + from;
    const a1 = columns[c + 1]! * rows + from;
    const a2 = columns[c + 2]! * rows + from;
    const a3 = columns[c + 3]! * rows + from;
    const a4 = columns[c + 4]! * rows + from;
    const a5 = columns[c + 5]! * rows + from;
    const a6 = columns[c + 6]! * rows + from;
    const a7 = columns[c + 7]! * rows + from;
    for (let i = 0; i < n; i++) {
      let s = z[i]! + w0 * data[a0 + i]!;
      s += w1 * data[a1 + i]!;
      s += w2 * data[a2 + i]!;
      s += w3 * data[a3 + i]!;
      s += w4 * data[a4 + i]!;
      s += w5 * data[a5 + i]!;
      s += w6 * data[a6 + i]!;
      s += w7 * data[a7 + i]!;
      z[i] = s;
    }
  }
  for (; c < columns.length; c++) {
    const w = weights[columns[c]!]!;
    const at = columns[c]! * rows + from;
    for (let i = 0; i < n; i++) z[i] = z[i]! + w * data[at + i]!;
  }
}

/** What each input adds to each raw score: exact, weight · input. Rows × inputs × scores. */
export function linearContributions(form: Linear, X: Matrix): { base: Float64Array; values: Float64Array } {
  const { rows, data } = X;
  const p = form.inputs;
  const scores = form.bias.length;
  const values = new Float64Array(rows * p * scores);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i < rows; i++) {
      const x = data[j * rows + i]!;
      for (let k = 0; k < scores; k++) {
        const w = form.weights[k * p + j]!;
        values[(i * p + j) * scores + k] = w === 0 ? 0 : w * x;
      }
    }
  }
  return { base: form.bias.slice(), values };
}

export const linearKit: Kit<Linear> = {
  raw: linearScores,
  contributions: linearContributions,
  check(o, at, inputs, outputs) {
    const link = linkOf(o, at, outputs);
    const scores = scoreCount(link, outputs);
    const weights = floats64(o, 'weights', at, scores * inputs);
    const bias = floats64(o, 'bias', at, scores);
    return { form: 'linear', link, inputs, outputs, weights, bias, ...inferenceOf(o, at, scores * (inputs + 1)) };
  },
  measure: ({ weights, bias, spread }) => ({
    bytes: weights.byteLength + bias.byteLength + (spread?.byteLength ?? 0),
    parameters: weights.length + bias.length,
  }),
};

type Inference = Required<Pick<Linear, 'spread' | 'freedom' | 'noise' | 'explained'>>;

/** The four fields of inference, where there is any. */
function inferenceOf(o: Fields, at: string, length: number): Inference | null {
  if (['spread', 'freedom', 'noise', 'explained'].every((field) => !Object.hasOwn(o, field))) return null;
  const spread = floats64(o, 'spread', at, length);
  for (const v of spread) if (v < 0) broken(`${at}.spread holds ${v}`);
  const freedom = finite(o, 'freedom', at);
  const noise = finite(o, 'noise', at);
  if (freedom < 0 || noise < 0) broken(`${at}: freedom and noise are 0 or more`);
  return { spread, freedom, noise, explained: finite(o, 'explained', at) };
}
