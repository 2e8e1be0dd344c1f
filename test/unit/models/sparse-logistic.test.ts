/** Both kinds of proximal step end where the optimality conditions of the L1 penalty hold. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { lossAndGradient, type Classes } from '../../../workers/models/linear/loss.js';
import { coupledPays } from '../../../workers/models/linear/sparse-coupled.js';
import { sparseLogistic } from '../../../workers/models/linear/sparse-logistic.js';
import { pace } from '../../../workers/models/pace.js';

const calm = () => pace({ random: random(1), report: () => Promise.resolve(true) }, 1000);

function problem(rows: number, cols: number, K: number): Classes {
  const u = random(4);
  const X = matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => normal(u)),
  );
  const y = Int32Array.from({ length: rows }, (_, i) =>
    Math.max(0, Math.min(K - 1, Math.round(X.data[i]! + 0.5 * normal(u) + (K - 1) / 2))),
  );
  return { X, y, weight: new Float64Array(rows).fill(1), total: rows, scores: K === 2 ? 1 : K };
}

describe.each([
  ['two classes', problem(150, 6, 2), false],
  ['three classes together', problem(150, 6, 3), true],
  ['three classes, one after another', problem(60, 700, 3), false],
] as const)('%s', (_, c, together) => {
  it.each([
    [0.02, 0],
    [0.02, 0.01],
  ])('l1 %f, l2 %f', async (l1, l2) => {
    expect(c.scores > 1 && coupledPays(c)).toBe(together);
    const { cols: p } = c.X;
    const fit = await sparseLogistic(c, new Float64Array(c.scores), l1, l2, 1e-8, 1000, calm());
    expect(fit.converged).toBe(true);
    const g = new Float64Array(c.scores * p);
    const g0 = new Float64Array(c.scores);
    await lossAndGradient(c, fit.weights, fit.bias, g, g0, calm());
    for (const v of g0) expect(Math.abs(v)).toBeLessThan(1e-6);
    let used = 0;
    fit.weights.forEach((w, j) => {
      if (w === 0) expect(Math.abs(g[j]!)).toBeLessThanOrEqual(l1 + 1e-6);
      else {
        used++;
        expect(Math.abs(g[j]! + l1 * Math.sign(w) + l2 * w)).toBeLessThan(1e-6);
      }
    });
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThan(fit.weights.length);
  });
});
