/** Kernel ridge agrees with scikit-learn: the dual coefficients and the predictions. */
import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import { checked, type Values } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { kernelRidge } from '../../../workers/models/kernel/kernel-ridge.js';
import { holder, ofLargest } from '../close.js';
import golden from './ridge.json' with { type: 'json' };

const table = (data: readonly number[], cols: number) => matrix(data.length / cols, cols, Float32Array.from(data));
const X = table(golden.X, golden.cols);
const Q = table(golden.Q, golden.cols);

async function fit(table: Matrix, y: readonly number[], given: Values, weight?: readonly number[]) {
  const target = { task: 'number' as const, y: Float64Array.from(y), ...(weight ? { weight: Float64Array.from(weight) } : {}) };
  const notes: string[] = [];
  const form = await kernelRidge.fit(table, target, checked(kernelRidge.params, given), {
    random: random(1),
    report: () => Promise.resolve(true),
    note: (what) => void notes.push(what),
  });
  if (form.form !== 'kernels') throw new Error(`It is a form of ${form.form}`);
  expect(notes).toEqual([]);
  return form;
}
const hold = holder(kernelRidge.label, 'scikit-learn');

describe('kernel ridge', () => {
  it.each(golden.cases.map((c) => [`${JSON.stringify(c.params)}${c.weighted ? ', weighted' : ''}`, c] as const))('%s', async (_, c) => {
    const form = await fit(X, golden.y, { ...(c.params as Values), fit_intercept: false }, c.weighted ? golden.weight : undefined);
    hold('dual coefficients', ofLargest(form.coefficients, c.dual, 0), 1e-8);
    hold('predictions', ofLargest(predict(form, Q), c.predicted, 0), 1e-9);
  });

  it('diabetes, the mean taken off and added again', async () => {
    const { X: cells, y, dual, predicted } = golden.diabetes;
    const Z = table(cells, cells.length / y.length);
    const form = await fit(Z, y, { alpha: 0.3, gamma: 0.02 });
    hold('dual coefficients', ofLargest(form.coefficients, dual, 0), 1e-8);
    hold('predictions', ofLargest(predict(form, Z).subarray(0, predicted.length), predicted, 0), 1e-9);
  });
});
