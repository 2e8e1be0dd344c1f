/** Linear regression: plain, ridge, lasso and elastic net. */
import { model } from '../../src/core/model.js';
import { choice, flag, int, real } from '../../src/core/param.js';
import { guard } from './guard.js';
import { elasticNet } from './linear/elastic-net.js';
import { leastSquares } from './linear/least-squares.js';
import { ordinary } from './linear/ordinary.js';
import { pace } from './pace.js';
import { l1_ratio } from './linear/params.js';
import { fitOf, keepOf } from './resume.js';

export const linear = model({
  id: 'linear',
  version: 1,
  label: 'Linear regression',
  help: 'Gives every column one weight and adds them up: prediction = intercept + Σ weight × value. A penalty on the weights keeps them small, so the model does not chase noise.',
  source:
    'Least squares: Legendre 1805; ridge: Hoerl & Kennard 1970; lasso: Tibshirani 1996; elastic net: Zou & Hastie 2005; coordinate descent: Friedman, Hastie & Tibshirani 2010. Penalties as in scikit-learn.',
  family: 'linear',
  first: true,
  when: 'When you want weights you can read and explain, when rows are few, or as the first real model for a number.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    penalty: choice({
      label: 'Penalty',
      help: 'What large weights cost. None is ordinary least squares, and tells how sure each weight is. Ridge (L2) shrinks all weights a little, which steadies columns that say the same thing; it is the default because one-hot encoded categories always overlap, and plain least squares then splits weights by chance. Lasso (L1) sets weak weights to exactly zero and so chooses columns. Elastic net mixes both.',
      default: 'l2',
      options: { none: 'None (least squares)', l2: 'Ridge (L2)', l1: 'Lasso (L1)', elasticnet: 'Elastic net (L1 and L2)' },
      tune: ['l2', 'l1', 'elasticnet'],
    }),
    alpha: real({
      label: 'Strength (alpha)',
      help: 'How much the penalty counts: higher gives smaller weights and a simpler model. As in scikit-learn, ridge adds it to a sum over rows and lasso to a mean over rows, so 1 is mild for ridge and often strong for lasso.',
      default: 1,
      min: 1e-9,
      max: 1e9,
      scale: 'log',
      tune: [1e-4, 1e3],
      when: { param: 'penalty', is: ['l2', 'l1', 'elasticnet'] },
    }),
    l1_ratio,
    fit_intercept: flag({
      label: 'Intercept',
      help: 'Learns a constant beside the weights. Leave it on unless the target must be 0 when every column is 0.',
      default: true,
      more: true,
    }),
    tol: real({
      label: 'Tolerance',
      help: 'Lasso and elastic net stop when the answer is provably this close to the best one, relative to the spread of the target.',
      default: 1e-8,
      min: 1e-12,
      max: 0.1,
      scale: 'log',
      more: true,
      when: { param: 'penalty', is: ['l1', 'elasticnet'] },
    }),
    max_iter: int({
      label: 'Most sweeps',
      help: 'Lasso and elastic net give up after this many passes over the columns, and say so.',
      default: 10000,
      min: 1,
      max: 1000000,
      scale: 'log',
      more: true,
      when: { param: 'penalty', is: ['l1', 'elasticnet'] },
    }),
  },
  cost: ({ rows, cols }) => {
    const small = Math.min(rows, cols);
    return { operations: (rows * cols * small) / 2 + small ** 3 / 6, bytes: 16 * small * small + 2048 * cols };
  },
  async fit(X, target, params, ctx) {
    if (target.task !== 'number') throw new Error('linear takes a number target');
    guard(X, target, { missing: false });
    const p = pace(ctx, 1);
    const keep = keepOf(ctx, fitOf('linear', X, target, params));
    const weight = target.weight ?? null;
    const { penalty, alpha, fit_intercept: intercept } = params;
    const form = (weights: Float64Array, bias: number) =>
      ({ form: 'linear', link: 'identity', inputs: X.cols, outputs: 1, weights, bias: Float64Array.of(bias) }) as const;
    if (penalty === 'l1' || penalty === 'elasticnet') {
      const ratio = penalty === 'l1' ? 1 : params.l1_ratio;
      const { line, converged } = await elasticNet(X, target.y, weight, alpha, ratio, intercept, params.tol, params.max_iter, p, keep);
      if (!converged && !p.stopped)
        ctx.note?.(`Stopped after ${params.max_iter} sweeps before the weights had settled; allow more sweeps or raise the penalty.`);
      await p.step();
      return form(line.weights, line.bias);
    }
    if (penalty === 'none') {
      const { line, inference } = await ordinary(X, target.y, weight, intercept, p, keep);
      await p.step();
      return { ...form(line.weights, line.bias), ...inference };
    }
    const line = await leastSquares(X, target.y, weight, alpha, intercept, p, keep);
    await p.step();
    return form(line.weights, line.bias);
  },
});
