/** Generalised linear models: what is refused, what has no best answer, what must not move. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import { Problem } from '../../../src/core/problem.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { generalizedLinear as glm } from '../../../workers/models/linear/generalized-linear.js';
import { expected, halfDeviance, observed, slope, type Family } from '../../../workers/models/linear/tweedie.js';
import { context, fit, inverse, number, scoreOf, table } from './fixture.js';

const u = random(5);
const n = 80;
const X = table(n, 3, u);
const counts = Array.from({ length: n }, (_, i) => Math.floor(-Math.log(1 - u()) * Math.exp(1 + 0.5 * X.data[i]!)));

const families: readonly (readonly [string, Family])[] = [
  ['normal', { power: 0, link: 'identity' }],
  ['normal, log', { power: 0, link: 'log' }],
  ['Poisson', { power: 1, link: 'log' }],
  ['Tweedie 1.3', { power: 1.3, link: 'log' }],
  ['gamma', { power: 2, link: 'log' }],
  ['inverse Gaussian', { power: 3, link: 'log' }],
];

describe.each(families)('%s', (_, family) => {
  it('slope and curvature are those of half the deviance', () => {
    for (const [y, eta] of [
      [2, 0.3],
      [0.5, -1],
      [3, 1.2],
    ] as const) {
      // prettier-ignore
      const h = 1e-4;
      const f = (e: number) => halfDeviance(family, y, e);
      expect(slope(family, y, eta)).toBeCloseTo((f(eta + h) - f(eta - h)) / (2 * h), 6);
      const bend = (slope(family, y, eta + h) - slope(family, y, eta - h)) / (2 * h);
      expect(observed(family, y, eta)).toBeCloseTo(bend, 6);
      const at = family.link === 'log' ? Math.exp(eta) : eta;
      // At y = μ the rows bend as expected, and the deviance is least.
      expect(observed(family, at, eta)).toBeCloseTo(expected(family, eta), 12);
      expect(halfDeviance(family, at, eta)).toBeCloseTo(0, 12);
      expect(f(eta)).toBeGreaterThan(0);
    }
  });
});

describe('targets', () => {
  const refusal = async (y: readonly number[], params: Record<string, string | number>, weight?: readonly number[]) => {
    try {
      await fit(glm, X, number(y, weight), params);
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    return null;
  };
  it('that a family cannot have had are refused, counted and located', async () => {
    const wrong = counts.map((v, i) => (i === 4 || i === 9 ? -1 : v));
    const p = await refusal(wrong, { family: 'poisson' });
    expect(p?.code).toBe('fit/target-range');
    expect(p?.message).toBe('Poisson needs targets 0 or more; 2 are not, the first in row 5 (-1).');
    const g = await refusal(counts, { family: 'gamma' });
    expect(g?.message).toContain('above 0');
    expect(g?.hint).toContain('Poisson or Tweedie');
    for (const family of ['inverse-gaussian', 'gamma']) expect((await refusal(counts, { family }))?.code).toBe('fit/target-range');
    expect((await refusal(counts, { family: 'tweedie', power: 2 }))?.code).toBe('fit/target-range');
    expect(await refusal(counts, { family: 'tweedie' })).toBeNull();
    expect(await refusal(wrong, { family: 'normal' })).toBeNull();
  });
  it('of rows without weight may be anything', async () => {
    const wrong = counts.map((v, i) => (i === 4 ? -1 : v));
    expect(await refusal(wrong, { family: 'poisson' }, wrong.map((v) => (v < 0 ? 0 : 1)))).toBeNull(); // prettier-ignore
  });
  it('that are all 0 are always predicted as 0', async () => {
    const ctx = context();
    const form = await fit(glm, X, number(counts.map(() => 0)), {}, ctx);
    expect(Math.max(...predict(form, X))).toBeLessThan(1e-200);
    expect(ctx.notes[0]).toContain('always predicts 0');
  });
});

describe('fits', () => {
  it('sum to the targets, and their standard errors are those of the information', async () => {
    const form = await fit(glm, X, number(counts), { alpha: null, tol: 1e-10 });
    const mu = predict(form, X);
    for (let j = -1; j < 3; j++) {
      let s = 0;
      for (let i = 0; i < n; i++) s += (counts[i]! - mu[i]!) * (j < 0 ? 1 : X.data[j * n + i]!);
      expect(s).toBeCloseTo(0, 8);
    }
    const column = (j: number, i: number) => (j === 3 ? 1 : X.data[j * n + i]!);
    const info = Array.from({ length: 4 }, (_, a) =>
      Array.from({ length: 4 }, (_, b) => mu.reduce((s, m, i) => s + m * column(a, i) * column(b, i), 0)),
    );
    inverse(info).forEach((row, j) => expect(form.spread![j]).toBeCloseTo(Math.sqrt(row[j]!), 10));
  });
  it('say when a weight has no best value', async () => {
    // A level whose counts are all 0: its weight would fall for ever.
    const level = counts.map((_, i) => (i % 4 === 0 ? 1 : 0));
    const y = counts.map((v, i) => (i % 4 === 0 ? 0 : v + 1));
    const A = matrix(n, 2, Float32Array.from([...X.data.slice(0, n), ...level]));
    const ctx = context();
    const form = await fit(glm, A, number(y), { alpha: null }, ctx);
    expect(form.spread).toBeUndefined();
    expect(ctx.notes[0]).toContain('no best value');
    for (let i = 0; i < n; i += 4) expect(predict(form, A)[i]).toBeLessThan(1e-6);
    const calm = context();
    await fit(glm, A, number(y), {}, calm);
    expect(calm.notes).toEqual([]);
  });
  it('manage more columns than rows, with and without a penalty', async () => {
    const wide = table(10, 15, u);
    const y = Array.from({ length: 10 }, (_, i) => i + 1);
    const free = await fit(glm, wide, number(y), { alpha: null });
    y.forEach((v, i) => expect(Math.exp(scoreOf(free, wide, i))).toBeCloseTo(v, 4));
    expect(free.spread).toBeUndefined();
    expect((await fit(glm, wide, number(y), { alpha: 1 })).weights.every(Number.isFinite)).toBe(true);
  });
  it('follow targets of any size from a cold start', async () => {
    for (const scale of [1e-6, 1, 1e6, 1e12]) {
      for (const family of ['poisson', 'gamma', 'inverse-gaussian', 'tweedie']) {
        const ctx = context();
        const y = counts.map((v) => (v + 1) * scale);
        const form = await fit(glm, X, number(y), { family, alpha: null, fit_intercept: true }, ctx);
        const one = await fit(glm, X, number(counts.map((v) => v + 1)), { family, alpha: null });
        expect(ctx.notes).toEqual([]);
        form.weights.forEach((w, j) => expect(w).toBeCloseTo(one.weights[j]!, 6));
        expect(form.bias[0]! - Math.log(scale)).toBeCloseTo(one.bias[0]!, 6);
      }
    }
    const ctx = context();
    await fit(glm, X, number(counts.map((v) => (v + 1) * 1e4)), { fit_intercept: false, alpha: null }, ctx);
    expect(ctx.notes).toEqual([]);
  });
});
