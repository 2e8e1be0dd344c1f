/** Linear and logistic regression agree with scikit-learn, coefficients and predictions alike. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { linear } from '../../../workers/models/linear.js';
import { logistic } from '../../../workers/models/logistic.js';
import { holder, ofLargest } from '../close.js';
import golden from './data.json' with { type: 'json' };

const sets = golden.data as Record<string, { rows: number; cols: number; X: number[]; y: number[] }>;

describe('agrees with scikit-learn', () => {
  it.each(golden.cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const held = holder(c.model === 'linear' ? linear.label : logistic.label, 'scikit-learn');
    const set = sets[c.data]!;
    const X = matrix(set.rows, set.cols, Float32Array.from(set.X));
    const weight = c.weighted ? Float64Array.from(golden.weight, Math.fround) : undefined;
    const notes: string[] = [];
    const ctx = { random: random(1), report: () => Promise.resolve(true), note: (s: string) => void notes.push(s) };
    const classes = Math.max(...set.y) + 1;
    const target: Target =
      c.model === 'linear'
        ? { task: 'number', y: Float64Array.from(set.y, Math.fround), ...(weight && { weight }) }
        : { task: 'class', y: Int32Array.from(set.y), levels: ['a', 'b', 'c'].slice(0, classes), ...(weight && { weight }) };
    const form =
      c.model === 'linear'
        ? await linear.fit(X, target, checked(linear.params, c.params), ctx)
        : await logistic.fit(X, target, checked(logistic.params, c.params), ctx);
    if (form.form !== 'linear') throw new Error('a linear form was expected');
    expect(notes).toEqual([]);
    held('weights', ofLargest(form.weights, c.weights), c.tol);
    held('intercepts', ofLargest(form.bias, c.bias), c.tol);
    const first = predict(form, X).subarray(0, c.predicted.length);
    held('predictions', ofLargest(first, c.predicted), c.tol);
    // What lasso leaves out is left out exactly.
    if (c.params.penalty === 'l1') c.weights.forEach((w, i) => expect(form.weights[i] === 0, `weight ${i}`).toBe(w === 0));
  });
});
