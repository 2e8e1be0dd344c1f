/** Bayesian ridge, partial least squares and paths: against plain reckoning of the same thing. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { linear } from '../../../workers/models/linear.js';
import { bayesianRidge, evidence } from '../../../workers/models/linear/bayesian-ridge.js';
import { elasticPath, lassoPath } from '../../../workers/models/linear/path.js';
import { pls } from '../../../workers/models/linear/pls.js';
import { pace } from '../../../workers/models/pace.js';
import { context, fit, inverse, number, scoreOf, table } from './fixture.js';

const u = random(10);
const n = 50;
const X = table(n, 5, u);
const y = Array.from({ length: n }, (_, i) => 3 * X.data[i]! - X.data[2 * n + i]! + 20 + 2 * normal(u));
const priors = { alpha_1: 1e-6, alpha_2: 1e-6, lambda_1: 1e-6, lambda_2: 1e-6, tol: 1e-12, max_iter: 10000 };

describe('Bayesian ridge', () => {
  it('is the ridge of its own strengths, with the posterior of those', async () => {
    const e = await evidence(X, Float64Array.from(y), null, true, priors, pace(context(), 1));
    const ridge = await fit(linear, X, number(y), { penalty: 'l2', alpha: e.lambda / e.alpha });
    ridge.weights.forEach((w, j) => expect(e.line.weights[j]).toBeCloseTo(w, 9));
    const mean = Array.from({ length: 5 }, (_, j) => X.data.slice(j * n, j * n + n).reduce((s, v) => s + v, 0) / n);
    const c = (j: number, i: number) => X.data[j * n + i]! - mean[j]!;
    const P = Array.from({ length: 5 }, (_, a) =>
      Array.from({ length: 5 }, (_, b) => (a === b ? e.lambda : 0) + e.alpha * y.reduce((s, _, i) => s + c(a, i) * c(b, i), 0)),
    );
    const S = inverse(P);
    S.forEach((row, j) => expect(e.inference!.spread[j]).toBeCloseTo(Math.sqrt(row[j]!), 9));
    const far = mean.reduce((s, a, j) => s + a * S[j]!.reduce((t, v, k) => t + v * mean[k]!, 0), 0);
    expect(e.inference!.spread[5]).toBeCloseTo(Math.sqrt(1 / (e.alpha * n) + far), 9);
  });
  it('raises the evidence with every round, and no other strengths have more', async () => {
    const e = await evidence(X, Float64Array.from(y), null, true, priors, pace(context(), 1));
    for (let k = 1; k < e.scores.length; k++) expect(e.scores[k]).toBeGreaterThan(e.scores[k - 1]! - 1e-9);
    expect(e.converged).toBe(true);
  });
  it('goes along with units of the target, from 1e-9 to 1e12', async () => {
    const a = await fit(bayesianRidge, X, number(y));
    for (const k of [1e-9, 1e12]) {
      const b = await fit(bayesianRidge, X, number(y.map((v) => v * k)));
      a.weights.forEach((w, j) => expect(b.weights[j]! / k).toBeCloseTo(w, 8));
      expect(b.spread![0]! / k).toBeCloseTo(a.spread![0]!, 8);
    }
  });
  it('manages fewer rows than columns, constants, a flat target and a perfect fit', async () => {
    const wide = table(12, 20, u);
    const form = await fit(bayesianRidge, wide, number(Array.from({ length: 12 }, (_, i) => 2 * wide.data[i]! + 0.1 * normal(u))));
    expect(form.spread!.every((v) => v > 0)).toBe(true);
    expect([...(await fit(bayesianRidge, X, number(y.map(() => 3)))).weights]).toEqual([0, 0, 0, 0, 0]);
    const exact = await fit(bayesianRidge, X, number(y.map((_, i) => 2 * X.data[i]! + 1)));
    expect(exact.weights[0]).toBeCloseTo(2, 6);
    const flat = matrix(n, 6, Float32Array.from([...X.data, ...new Float32Array(n).fill(2)]));
    expect((await fit(bayesianRidge, flat, number(y))).weights[5]).toBe(0);
  });
});

describe('partial least squares', () => {
  it('with all components is least squares', async () => {
    const full = await fit(pls, X, number(y), { n_components: 5 });
    const ols = await fit(linear, X, number(y), { penalty: 'none' });
    ols.weights.forEach((w, j) => expect(full.weights[j]).toBeCloseTo(w, 8));
    expect(full.bias[0]).toBeCloseTo(ols.bias[0]!, 8);
    const more = await fit(pls, X, number(y), { n_components: 500 });
    ols.weights.forEach((w, j) => expect(more.weights[j]).toBeCloseTo(w, 8));
  });
  it('with one component goes along with each column’s covariance', async () => {
    const form = await fit(pls, X, number(y), { n_components: 1, scale: false });
    const m = y.reduce((s, v) => s + v, 0) / n;
    const cov = Array.from({ length: 5 }, (_, j) => {
      const x = X.data.slice(j * n, j * n + n);
      const mx = x.reduce((s, v) => s + v, 0) / n;
      return y.reduce((s, v, i) => s + (v - m) * (x[i]! - mx), 0);
    });
    const k = form.weights[0]! / cov[0]!;
    cov.forEach((c, j) => expect(form.weights[j]).toBeCloseTo(k * c, 9));
  });
  it('fits spectra with more columns than rows, and stays put for a flat target', async () => {
    const wide = table(10, 40, u);
    const t = Array.from({ length: 10 }, (_, i) => wide.data[i]! + 5);
    const form = await fit(pls, wide, number(t), { n_components: 100 });
    t.forEach((v, i) => expect(scoreOf(form, wide, i)).toBeCloseTo(v, 6));
    expect([...(await fit(pls, X, number(y.map(() => 3)))).weights]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('paths', () => {
  it('of lasso pass through the lasso of every strength', async () => {
    const twin = matrix(n, 6, Float32Array.from([...X.data, ...X.data.slice(0, n)]));
    for (const [A, cols] of [
      [X, 5],
      [twin, 6],
    ] as const) {
      // prettier-ignore
      const path = await lassoPath(A, Float64Array.from(y), null, true, pace(context(), 1));
      expect(path.alphas.at(-1)).toBe(0);
      for (let k = 1; k < path.alphas.length; k++) {
        expect(path.alphas[k]).toBeLessThanOrEqual(path.alphas[k - 1]!);
        const alpha = (path.alphas[k - 1]! + path.alphas[k]!) / 2;
        if (alpha < 1e-8) continue;
        const lasso = await fit(linear, A, number(y), { penalty: 'l1', alpha, tol: 1e-12 });
        const half = Float64Array.from({ length: cols }, (_, j) => (path.weights[k - 1]![j]! + path.weights[k]![j]!) / 2);
        const at = (w: Float64Array, i: number) => w.reduce((s, b, j) => s + b * (A.data[j * n + i]! - A.data[j * n]!), 0);
        for (let i = 0; i < n; i++) expect(at(half, i)).toBeCloseTo(at(lasso.weights, i), 4);
      }
    }
  });
  it('of lasso end in time with more columns than rows, and with a flat target at once', async () => {
    const wide = table(12, 30, u);
    const t = Float64Array.from({ length: 12 }, (_, i) => 2 * wide.data[i]! - wide.data[12 + i]! + 0.1 * normal(u));
    const path = await lassoPath(wide, t, null, true, pace(context(), 1));
    expect(path.weights.at(-1)!.filter((w) => w !== 0).length).toBeLessThanOrEqual(12);
    expect(path.weights.every((w) => w.every(Number.isFinite))).toBe(true);
    const flat = await lassoPath(X, new Float64Array(n).fill(2), null, true, pace(context(), 1));
    expect(flat.alphas).toEqual([0]);
  });
  it('of elastic net start where the first weight comes in', async () => {
    const path = await elasticPath(X, Float64Array.from(y), null, 0.5, true, pace(context(), 1), 20);
    expect(path.alphas).toHaveLength(20);
    expect([...path.weights[0]!].every((w) => w === 0)).toBe(true);
    expect([...path.weights[1]!].some((w) => w !== 0)).toBe(true);
    const net = await fit(linear, X, number(y), { penalty: 'elasticnet', alpha: path.alphas[12]!, l1_ratio: 0.5, tol: 1e-12 });
    net.weights.forEach((w, j) => expect(path.weights[12]![j]).toBeCloseTo(w, 6));
  });
});
