/** Naive Bayes agrees with scikit-learn: joint log likelihoods of the classes, each less their mean. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked, type Params } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { contributions, rawScores } from '../../../workers/forms/index.js';
import { naiveBayesBernoulli } from '../../../workers/models/bayes/bernoulli.js';
import { naiveBayesCategorical } from '../../../workers/models/bayes/categorical.js';
import { naiveBayesComplement } from '../../../workers/models/bayes/complement.js';
import { naiveBayesGaussian } from '../../../workers/models/bayes/gaussian.js';
import { naiveBayesMultinomial } from '../../../workers/models/bayes/multinomial.js';
import { hold } from '../close.js';
import golden from './data.json' with { type: 'json' };

const sets = golden.data as Record<string, { rows: number; cols: number; X: number[]; y: number[] }>;
const models = Object.fromEntries(
  [naiveBayesGaussian, naiveBayesMultinomial, naiveBayesComplement, naiveBayesBernoulli, naiveBayesCategorical].map((m) => [m.id, m]),
);

describe('agrees with scikit-learn', () => {
  it.each(golden.cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const set = sets[c.data]!;
    const bare = matrix(set.rows, set.cols, Float32Array.from(set.X));
    const levelled = Array.from({ length: set.cols }, (_, j) => 1 + Math.max(...bare.data.subarray(j * set.rows, (j + 1) * set.rows)));
    const X = c.data === 'codes' ? { ...bare, levels: levelled } : bare;
    const classes = Math.max(...set.y) + 1;
    const target: Target = {
      task: 'class',
      y: Int32Array.from(set.y),
      levels: ['a', 'b', 'c'].slice(0, classes),
      ...(c.weighted && { weight: Float64Array.from(golden.weight, Math.fround) }),
    };
    const notes: string[] = [];
    const ctx = { random: random(1), report: () => Promise.resolve(true), note: (s: string) => void notes.push(s) };
    const m = models[c.model]!;
    const form = await m.fit(X, target, checked(m.params as Params, c.params) as never, ctx);
    expect(notes).toEqual([]);
    const raw = rawScores(form, X);
    const size = Math.max(...c.log.map(Math.abs));
    // With two classes the one raw score is the second less the first.
    const got = classes === 2 ? Float64Array.from([...raw].flatMap((z) => [-z / 2, z / 2])) : raw;
    // scikit-learn smooths Gaussian variances by the unweighted variance of the widest column.
    const tol = c.model === 'naive-bayes-gaussian' && c.weighted ? 1e-8 : 1e-12;
    c.log.forEach((w, at) => {
      const row = 3 * Math.floor(at / classes);
      hold(m.label, 'scikit-learn', 'log likelihoods of classes', Math.abs(got[row * classes + (at % classes)]! - w) / size, tol);
    });
    const parts = contributions(form, X)!;
    const scores = parts.base.length;
    for (let i = 0; i < set.rows; i++) {
      for (let k = 0; k < scores; k++) {
        let sum = parts.base[k]!;
        for (let j = 0; j < set.cols; j++) sum += parts.values[(i * set.cols + j) * scores + k]!;
        expect(Math.abs(sum - raw[i * scores + k]!) / size).toBeLessThan(1e-12);
      }
    }
  });
});
