/** Least squares meets the linear reference data of NIST: weights, standard errors, residual deviation, R². make.py says how they are held. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.js';
import { checked } from '../../../../src/core/param.js';
import { random } from '../../../../src/core/random.js';
import { linear } from '../../../../workers/models/linear.js';
import { holder } from '../../close.js';
import golden from './data.json' with { type: 'json' };

const held = holder(linear.label, 'NIST StRD');
const ctx = { random: random(1), report: () => Promise.resolve(true) };
const off = (got: number, want: number) => Math.abs(got - want) / Math.abs(want);

describe('agrees with NIST', () => {
  it.each(golden.sets.map((s) => [s.name, s] as const))('%s', async (_, s) => {
    const X = matrix(s.rows, s.cols, Float32Array.from(s.X));
    const params = checked(linear.params, { penalty: 'none', fit_intercept: s.intercept });
    const form = await linear.fit(X, { task: 'number', y: Float64Array.from(s.y) }, params, ctx);
    if (form.form !== 'linear' || !form.spread) throw new Error('standard errors were expected');
    const weights = [...form.weights, ...(s.intercept ? form.bias : [])];
    const worst = { weights: 0, spread: 0 };
    s.weights.forEach((w, j) => (worst.weights = Math.max(worst.weights, off(weights[j]!, w))));
    held('weights', worst.weights, 1e-12);
    expect(form.freedom).toBe(s.rows - s.weights.length);
    held('R²', off(form.explained!, s.explained), 1e-12);
    if (s.noise === 0) {
      expect(form.noise).toBe(0);
      expect([...form.spread].every((v) => v === 0)).toBe(true);
      return;
    }
    s.spread.forEach((v, j) => (worst.spread = Math.max(worst.spread, off(form.spread![j]!, v))));
    held('standard errors', worst.spread, 1e-12);
    held('residual deviation', off(form.noise!, s.noise), 1e-12);
  });
});
