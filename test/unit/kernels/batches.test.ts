/** Many rows, which go through a kernel, are told what a few at a time are told in plain TypeScript, bit for bit. */
import { expect, it } from 'vitest';
import type { Form, Kernels, Linear } from '../../../src/core/form.js';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';

const u = random(5);
const draws = (n: number) => Float64Array.from({ length: n }, () => normal(u));
const table = (rows: number, cols: number): Matrix => matrix(rows, cols, Float32Array.from(draws(rows * cols)));

function inPieces(form: Form, X: Matrix, size: number): Float64Array {
  const out = new Float64Array(X.rows * form.outputs);
  for (let from = 0; from < X.rows; from += size) {
    const n = Math.min(size, X.rows - from);
    const piece = matrix(n, X.cols);
    for (let j = 0; j < X.cols; j++) piece.data.set(X.data.subarray(j * X.rows + from, j * X.rows + from + n), j * n);
    out.set(predict(form, piece), from * form.outputs);
  }
  return out;
}

it('linear scores, of rows that are no multiple of anything, with classes that look at columns of their own', () => {
  const [rows, p] = [12007, 15];
  const X = table(rows, p);
  const form: Linear = { form: 'linear', link: 'softmax', inputs: p, outputs: 3, weights: draws(3 * p), bias: draws(3) };
  expect(predict(form, X)).toEqual(inPieces(form, X, 7));
  // Column 4 is nobody's, and may hold anything; column 9 is not the second's.
  for (let k = 0; k < 3; k++) form.weights[k * p + 4] = 0;
  form.weights[p + 9] = 0;
  X.data[4 * rows + 11] = Infinity;
  const told = predict(form, X);
  expect(told).toEqual(inPieces(form, X, 7));
  expect(told.every(Number.isFinite)).toBe(true);
});

it.each(['rbf', 'laplacian', 'linear', 'poly', 'sigmoid'] as const)('machines with a kernel: %s', (kernel) => {
  const [rows, p, count] = [503, 9, 31];
  const terms = [0, 31, 40, 62];
  const form: Kernels = {
    form: 'kernels',
    inputs: p,
    outputs: 3,
    kernel,
    gamma: 0.1,
    coef0: 0.5,
    degree: 3,
    points: Float32Array.from(draws(count * p)),
    classes: Int32Array.of(0, 1, 2),
    starts: Int32Array.from(terms),
    point: Int32Array.from({ length: 62 }, (_, t) => (7 * t) % count),
    coefficients: draws(62),
    intercepts: draws(3),
    slopes: Float64Array.of(-1, -2, -1),
    offsets: draws(3),
    shift: 0,
    scale: 1,
  };
  const X = table(rows, p);
  expect(predict(form, X)).toEqual(inPieces(form, X, 3));
});
