/** Discriminant analysis agrees with scikit-learn: weights, and log probabilities far into the tails. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked, type Params } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict, rawScores } from '../../../workers/forms/index.js';
import { linearDiscriminant } from '../../../workers/models/discriminant/linear-discriminant.js';
import { quadraticDiscriminant } from '../../../workers/models/discriminant/quadratic-discriminant.js';
import { nearestCentroid } from '../../../workers/models/nearest-centroid.js';
import { holder, ofLargest } from '../close.js';
import golden from './data.json' with { type: 'json' };

const sets = golden.data as Record<string, { rows: number; cols: number; X: number[]; y: number[] }>;
const models = {
  'linear-discriminant': linearDiscriminant,
  'quadratic-discriminant': quadraticDiscriminant,
  'nearest-centroid': nearestCentroid,
};

/** Log probabilities from raw scores, which do not underflow. */
function logs(raw: Float64Array, classes: number): Float64Array {
  if (classes === 2) return Float64Array.from([...raw].flatMap((z) => [-Math.log1p(Math.exp(z)), -Math.log1p(Math.exp(-z))]));
  return raw.map((z, i) => {
    const own = raw.subarray(i - (i % classes), i - (i % classes) + classes);
    const top = Math.max(...own);
    return z - top - Math.log(own.reduce((s, v) => s + Math.exp(v - top), 0));
  });
}

describe('agrees with scikit-learn', () => {
  it.each(golden.cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const set = sets[c.data]!;
    const X = matrix(set.rows, set.cols, Float32Array.from(set.X));
    const classes = Math.max(...set.y) + 1;
    const target: Target = { task: 'class', y: Int32Array.from(set.y), levels: ['a', 'b', 'c'].slice(0, classes) };
    const notes: string[] = [];
    const ctx = { random: random(1), report: () => Promise.resolve(true), note: (s: string) => void notes.push(s) };
    const m = models[c.model as keyof typeof models];
    const held = holder(m.label, 'scikit-learn');
    const given = checked(m.params as Params, c.params);
    const form = await m.fit(X, target, given as never, ctx);
    expect(notes).toEqual([]);
    if (form.form === 'neighbours') {
      // Centroids are kept as Float32.
      held('centroids', ofLargest(form.points, c.centroids!), 1e-7);
      const p = predict(form, X);
      const named = Array.from(set.y, (_, i) => {
        const own = p.subarray(i * classes, i * classes + classes);
        return own.indexOf(Math.max(...own));
      });
      expect(named).toEqual(c.predicted);
      return;
    }
    const every = Array.from({ length: Math.ceil(set.rows / 3) }, (_, i) => 3 * i);
    const all = logs(rawScores(form, X), classes);
    const third = every.flatMap((i) => [...all.subarray(i * classes, i * classes + classes)]);
    held('log probabilities', ofLargest(third, c.log!), 1e-9);
    if (form.form === 'linear' && c.weights) {
      held('weights', ofLargest(form.weights, c.weights), 1e-9);
      held('intercepts', ofLargest(form.bias, c.bias!), 1e-9);
    }
  });
});
