/** Ordinal regression agrees with R's polr and with minimising its loss; logistic regression with the standard errors of statsmodels. */
import { describe, expect, it } from 'vitest';
import type { Linear } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { logistic } from '../../../workers/models/logistic.js';
import { ordinal } from '../../../workers/models/ordinal.js';
import { holder, ofLargest } from '../close.js';
import golden from './data.json' with { type: 'json' };

const sets = golden.data as Record<string, { rows: number; cols: number; X: number[]; y: number[] }>;
const notes: string[] = [];
const ctx = { random: random(1), report: () => Promise.resolve(true), note: (s: string) => void notes.push(s) };

const held = holder(ordinal.label, 'R MASS polr');
const sure = holder(logistic.label, 'statsmodels');

describe('ordinal regression', () => {
  it.each(golden.cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const set = sets[c.data]!;
    const X = matrix(set.rows, set.cols, Float32Array.from(set.X));
    const target: Target = {
      task: 'class',
      y: Int32Array.from(set.y),
      levels: Array.from({ length: Math.max(...set.y) + 1 }, (_, k) => String(k)),
      ...(c.weighted && { weight: Float64Array.from(golden.weight.slice(0, set.rows)) }),
    };
    const form = (await ordinal.fit(X, target, checked(ordinal.params, { ...c.params, tol: 1e-9 }), ctx)) as Linear;
    expect(notes).toEqual([]);
    const { bias } = form;
    const two = form.link === 'sigmoid';
    const p = set.cols;
    const own = two ? form.weights : form.weights.subarray(p, 2 * p);
    held('weights', ofLargest(own, c.weights), 1e-8);
    held('cuts', ofLargest(two ? [-bias[0]!] : [...bias.subarray(1)].map((b) => -b), c.cuts), 1e-8);
    if (!two) for (let k = 2; k < target.levels.length; k++) expect([...form.weights.subarray(k * p, (k + 1) * p)]).toEqual([...own]);
    expect(form.spread !== undefined).toBe(c.params.penalty === 'none');
    if (!form.spread) return;
    // One row of errors for each class: those of the weights again and again, then that of its cut.
    const last = target.levels.length - 1;
    const errors = [
      ...form.spread.subarray(p + 1, 2 * p + 1),
      ...Array.from({ length: last }, (_, k) => form.spread![(k + 2) * (p + 1) - 1]!),
    ];
    errors.forEach((e, i) => held('standard errors', Math.abs(e / c.errors![i]! - 1), 1e-7));
  });
});

describe('logistic regression without a penalty', () => {
  it.each(golden.logistic.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const X = matrix(golden.cancer.length, 3, Float32Array.from(c.X));
    const target: Target = { task: 'class', y: Int32Array.from(golden.cancer), levels: ['benign', 'malignant'] };
    const form = (await logistic.fit(X, target, checked(logistic.params, { penalty: 'none' }), ctx)) as Linear;
    expect(notes).toEqual([]);
    sure('weights', ofLargest(form.weights, c.weights), 1e-9);
    sure('intercept', ofLargest(form.bias, [c.bias]), 1e-9);
    c.errors.forEach((e, i) => sure('standard errors', Math.abs(form.spread![i]! / e - 1), 1e-9));
    expect(form.freedom).toBe(0);
    sure('share explained', Math.abs(form.explained! - c.explained), 1e-10);
  });
});
