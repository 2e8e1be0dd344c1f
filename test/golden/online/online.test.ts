/**
 * Learning row by row agrees with scikit-learn where rows are taken in their order: weights after as many epochs, and how many epochs.
 * Where a sigmoid has become part of the weights, they are compared but for its factor: see `scaled`.
 */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Context, Target } from '../../../src/core/model.js';
import { checked, type Params } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { passiveAggressive } from '../../../workers/models/online/passive-aggressive.js';
import { perceptron } from '../../../workers/models/online/perceptron.js';
import { sgd } from '../../../workers/models/online/sgd.js';
import { holder, ofLargest } from '../close.js';
import golden from './data.json' with { type: 'json' };

const models = { sgd, perceptron, 'passive-aggressive': passiveAggressive };
const { rows, cols } = golden;
const X = matrix(rows, cols, Float32Array.from(golden.X));
const y = Float64Array.from(golden.number, Math.fround);
/** A number is learnt on a target of mean 0 and standard deviation 1. */
function units(weight: Float64Array): { shift: number; scale: number } {
  const total = weight.reduce((a, b) => a + b, 0);
  const shift = y.reduce((s, v, i) => s + weight[i]! * v, 0) / total;
  return { shift, scale: Math.sqrt(y.reduce((s, v, i) => s + weight[i]! * (v - shift) ** 2, 0) / total) };
}

/** Weights up to a positive factor: a sigmoid multiplies the scores of each machine, and shifts them. */
const scaled = (weights: ArrayLike<number>, of: number): number[] => {
  const out: number[] = [];
  for (let from = 0; from < weights.length; from += of) {
    const own = Array.from(weights).slice(from, from + of);
    const length = Math.hypot(...own);
    out.push(...own.map((w) => w / length));
  }
  return out;
};

describe('agrees with scikit-learn', () => {
  it.each(golden.cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const m = models[c.model as keyof typeof models];
    const held = holder(m.label, 'scikit-learn');
    const weight = c.weighted ? { weight: Float64Array.from(golden.weight, Math.fround) } : {};
    const target: Target =
      c.target === 'number'
        ? { task: 'number', y, ...weight }
        : {
            task: 'class',
            y: Int32Array.from(c.target === 'two' ? golden.two : golden.three),
            levels: c.target === 'two' ? ['a', 'b'] : ['a', 'b', 'c'],
            ...weight,
          };
    let epochs = 0;
    const ctx: Context = {
      random: random(1),
      report: (_done, _of, point) => {
        if (point) epochs++;
        return Promise.resolve(true);
      },
    };
    const form = await m.fit(X, target, checked(m.params as Params, c.params) as never, ctx);
    if (form.form !== 'linear') throw new Error('a linear form was expected');
    // Several machines stop each for itself; scikit-learn tells the longest.
    expect(epochs).toBe(c.epochs);
    const honest = 'loss' in c.params && c.params.loss === 'log_loss';
    if (c.target === 'number') {
      const { shift, scale } = units(('weight' in weight ? weight.weight : undefined) ?? new Float64Array(rows).fill(1));
      const weights = c.weights.map((w) => w * scale);
      const bias = c.bias.map((b) => b * scale + shift);
      held('weights', ofLargest(form.weights, weights), 1e-9);
      held('intercepts', ofLargest(form.bias, bias), 1e-9);
    } else if (honest) {
      held('weights', ofLargest(form.weights, c.weights), 1e-9);
      held('intercepts', ofLargest(form.bias, c.bias), 1e-9);
      held('probabilities', ofLargest(predict(form, X).subarray(0, c.predicted!.length), c.predicted!), 1e-9);
      if (JSON.stringify(c.params).includes('l1')) c.weights.forEach((w, j) => expect(form.weights[j] === 0).toBe(w === 0));
    } else held('directions of weights', ofLargest(scaled(form.weights, cols), scaled(c.weights, cols)), 1e-9);
  });
});
