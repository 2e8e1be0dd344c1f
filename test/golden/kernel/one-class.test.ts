/** One-class support vector machines agree with libsvm: decisions and support vectors, learnt from all rows, the usual ones, or weighted ones. */
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { kernelsDecide } from '../../../workers/forms/kernels.js';
import { oneClassDetector, oneClassSvm } from '../../../workers/models/kernel/one-class-svm.js';
import { holder, ofEach, ofLargest } from '../close.js';
import golden from './one-class.json' with { type: 'json' };

const { rows, cols } = golden;
const X = matrix(rows, cols, Float32Array.from(golden.X));
const Q = matrix(golden.Q.length / cols, cols, Float32Array.from(golden.Q));
const hold = holder(oneClassSvm.label, 'scikit-learn (libsvm)');
const ctx = () => ({ random: random(1), report: () => Promise.resolve(true) });
const target: Target = { task: 'class', y: Int32Array.from(golden.rare), levels: ['usual', 'rare'] };

describe('one-class', () => {
  it.each(golden.cases.map((c) => [`${c.what}, ${JSON.stringify(c.params)}`, c] as const))('%s', async (_, c) => {
    const params = checked(oneClassSvm.params, { ...(c.params as Values), tol: 1e-10, learn_from: c.what === 'usual' ? 'usual' : 'all' });
    const weight = c.what === 'weights' ? { weight: Float64Array.from(golden.weight) } : {};
    const form = (await oneClassSvm.fit(X, { ...target, ...weight }, params, ctx())) as Kernels;
    const decided = kernelsDecide(form, Q);
    hold('decisions', ofLargest(decided, c.decisions, 0), 2e-6);
    hold('sum of dual coefficients', ofEach([form.coefficients.reduce((a, b) => a + b, 0)], [c.dual]), 5e-9);
    // A flat kernel has many best answers, with the same decisions.
    if (form.kernel === 'rbf') expect(form.points.length / cols).toBe(c.support);
  });

  it('the detector says the decisions with their sign turned', async () => {
    const params = checked(oneClassDetector.params, { nu: 0.1, tol: 1e-10 });
    const scores = await oneClassDetector.unusual(X, params, ctx());
    const form = (await oneClassSvm.fit(X, target, checked(oneClassSvm.params, { ...params, learn_from: 'all' }), ctx())) as Kernels;
    expect([...scores]).toEqual([...kernelsDecide(form, X)].map((d) => -d));
  });
});
