/** Kernel ridge regression where the kernel is no scalar product: the penalty that is raised leaves answers of the target's size. */
import { describe, expect, it } from 'vitest';
import { checked } from '../../../src/core/param.js';
import { predict } from '../../../workers/forms/index.js';
import { kernelRidge } from '../../../workers/models/kernel/kernel-ridge.js';
import { context, numbers } from '../../contract/cases.js';

describe('a kernel with a negative direction', () => {
  it.each(Array.from({ length: 12 }, (_, k) => k))('table %i', async (k) => {
    const { X, target } = numbers(50, 4, k + 1);
    const params = checked(kernelRidge.params, { kernel: 'poly', degree: 1, coef0: -2 - k / 4, alpha: 1e-9, fit_intercept: false });
    const ctx = context();
    const form = await kernelRidge.fit(X, target, params, ctx);
    expect(ctx.notes.join()).toContain('The penalty was raised');
    const most = target.y.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
    for (const v of predict(form, X)) expect(Math.abs(v)).toBeLessThan(2 * most);
  });
});
