/** Linear forms: raw score = bias + Σ weight · input. */
import type { Linear } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { lineKernels } from '../kernels/load.js';
import { allocate, Layout } from '../kernels/memory.js';
import { broken, finite, floats64, linkOf, scoreCount, type Fields } from './gate.js';
import type { Kit } from './kit.js';

/** Rows handled together: their scores and a block of every column stay in the cache. */
const BLOCK = 2048;
/** Multiplications from which moving the columns to the kernel's memory is worth it. */
const MANY = 500_000;

/**
 * Rows × scores, row-major. Inputs are added in column order, four at a time, whatever the batch, so a batch equals its rows, and the
 * kernel its twin here.
 */
export function linearScores(form: Linear, X: Matrix): Float64Array {
  const { rows } = X;
  const p = form.inputs;
  const scores = form.bias.length;
  const out = new Float64Array(rows * scores);
  // A weight of 0 has no part in the score, whatever the value.
  const terms = Array.from({ length: scores }, (_, k) => {
    const weights = form.weights.subarray(k * p, k * p + p);
    const columns: number[] = [];
    for (let j = 0; j < p; j++) if (weights[j] !== 0) columns.push(j);
    return { columns, weights: columns.length === p ? weights : weights.filter((w) => w !== 0) };
  });
  const block = Math.min(BLOCK, rows);
  const { z, add } = rows * form.weights.length < MANY ? plain(X, terms, block) : compiled(X, terms, block);
  for (let from = 0; from < rows; from += BLOCK) {
    const n = Math.min(BLOCK, rows - from);
    for (let k = 0; k < scores; k++) {
      z.fill(form.bias[k]!, 0, n);
      add(k, from, n);
      for (let i = 0, at = from * scores + k; i < n; i++, at += scores) out[at] = z[i]!;
    }
  }
  return out;
}

/** The inputs of one score: only those with a weight. */
interface Terms {
  readonly columns: readonly number[];
  readonly weights: Float64Array;
}

interface Adder {
  readonly z: Float64Array;
  /** Adds the inputs of score k of rows from … from + n − 1 to z. */
  add(k: number, from: number, n: number): void;
}

/** Eight columns, as two fours, at a time: each score is read and written once for all of them. */
function plain({ data, rows }: Matrix, terms: readonly Terms[], block: number): Adder {
  const z = new Float64Array(block);
  const add = (k: number, from: number, n: number) => {
    const { columns, weights } = terms[k]!;
    const at = (c: number) => columns[c]! * rows + from;
    let c = 0;
    for (; c + 7 < columns.length; c += 8) {
      const [w0, w1, w2, w3] = [weights[c]!, weights[c + 1]!, weights[c + 2]!, weights[c + 3]!];
      const [w4, w5, w6, w7] = [weights[c + 4]!, weights[c + 5]!, weights[c + 6]!, weights[c + 7]!];
      const [a0, a1, a2, a3] = [at(c), at(c + 1), at(c + 2), at(c + 3)];
      const [a4, a5, a6, a7] = [at(c + 4), at(c + 5), at(c + 6), at(c + 7)];
      for (let i = 0; i < n; i++) {
        const s = z[i]! + (w0 * data[a0 + i]! + w1 * data[a1 + i]! + w2 * data[a2 + i]! + w3 * data[a3 + i]!);
        z[i] = s + (w4 * data[a4 + i]! + w5 * data[a5 + i]! + w6 * data[a6 + i]! + w7 * data[a7 + i]!);
      }
    }
    if (c + 3 < columns.length) {
      const [w0, w1, w2, w3] = [weights[c]!, weights[c + 1]!, weights[c + 2]!, weights[c + 3]!];
      const [a0, a1, a2, a3] = [at(c), at(c + 1), at(c + 2), at(c + 3)];
      for (let i = 0; i < n; i++) z[i] = z[i]! + (w0 * data[a0 + i]! + w1 * data[a1 + i]! + w2 * data[a2 + i]! + w3 * data[a3 + i]!);
      c += 4;
    }
    for (; c < columns.length; c++) {
      const w = weights[c]!;
      const a = at(c);
      for (let i = 0; i < n; i++) z[i] = z[i]! + w * data[a + i]!;
    }
  };
  return { z, add };
}

/** The same in WebAssembly. Scores of the same columns share one copy of them. */
function compiled({ data, rows }: Matrix, terms: readonly Terms[], block: number): Adder {
  const even = block + (block & 1);
  // Columns a power of two apart would all fall on the same lines of the cache.
  const step = 4 * even + 64;
  const layout = new Layout();
  const cells = layout.take(step * Math.max(...terms.map(({ columns }) => columns.length)));
  const weights = terms.map((t) => layout.take(t.weights.byteLength));
  const sums = layout.take(8 * even);
  const memory = allocate(layout.bytes);
  const kernels = lineKernels(memory);
  const { f32, f64 } = memory;
  terms.forEach((t, k) => f64.set(t.weights, weights[k]! / 8));
  let held: readonly number[] = [];
  let start = -1;
  const add = (k: number, from: number, n: number) => {
    const { columns } = terms[k]!;
    if (from !== start || !same(columns, held)) {
      columns.forEach((j, c) => f32.set(data.subarray(j * rows + from, j * rows + from + n), (cells + c * step) / 4));
      held = columns;
      start = from;
    }
    kernels.scores(cells, step, n + (n & 1), columns.length, weights[k]!, sums);
  };
  return { z: f64.subarray(sums / 8, sums / 8 + block), add };
}

const same = (a: readonly number[], b: readonly number[]): boolean => a === b || (a.length === b.length && a.every((v, i) => v === b[i]));

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
