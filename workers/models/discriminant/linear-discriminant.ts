/** Linear discriminant analysis: normal clouds of one common shape, so that the border between two classes is straight. */
import { model } from '../../../src/core/model.js';
import { choice, real } from '../../../src/core/param.js';
import { class_weight, rowWeights } from '../class-weight.js';
import { guard } from '../guard.js';
import { centreClasses, classScores, onlyClass } from '../linear/class-scores.js';
import { pace } from '../pace.js';
import { fitOf, keepOf } from '../resume.js';
import { classMoments } from './class-moments.js';
import { solveWithin } from './within.js';

/** Solving goes with the cube of the columns or the rows, whichever are fewer. */
const MOST = 3000;

export const linearDiscriminant = model({
  id: 'linear-discriminant',
  version: 1,
  label: 'Linear discriminant analysis',
  help: 'Takes each class for a cloud of points around its mean, all clouds of the same shape, and asks which cloud a row most likely came from. The borders are straight, and everything follows from means and covariances: nothing is searched.',
  source: 'Fisher 1936; shrinkage: Ledoit & Wolf 2004, Friedman 1989. As LinearDiscriminantAnalysis of scikit-learn.',
  family: 'linear',
  first: true,
  when: 'When columns are roughly bell-shaped and classes differ in their means: quick, steady with few rows, at home with many classes; with shrinkage also when columns outnumber rows.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    shrinkage: choice({
      label: 'Shrinkage',
      help: 'Draws the shape of the clouds towards plain balls, which steadies it when rows are few for the columns. Automatic finds the best amount for each class by the formula of Ledoit and Wolf.',
      default: 'none',
      options: { none: 'None', auto: 'Automatic (Ledoit–Wolf)', fixed: 'A fixed amount' },
      tune: ['none', 'auto', 'fixed'],
    }),
    amount: real({
      label: 'Amount of shrinkage',
      help: '0 takes the covariance as it is, 1 takes every column for independent and equally wide.',
      default: 0.1,
      min: 0,
      max: 1,
      tune: [0.01, 0.9],
      when: { param: 'shrinkage', is: ['fixed'] },
    }),
    class_weight,
  },
  whyNot: ({ rows, cols }) =>
    Math.min(rows, cols) > MOST
      ? `It solves a system as large as the columns or the rows, whichever are fewer: ${Math.min(rows, cols)} is more than the ${MOST} it takes.`
      : null,
  cost: ({ rows, cols }) => {
    const small = Math.min(rows, cols);
    return { operations: 6 * rows * cols + (rows * cols * small) / 2 + 9 * small ** 3, bytes: 24 * small * Math.max(cols, small) };
  },
  async fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('linear-discriminant takes classes');
    guard(X, target, { missing: false });
    const p = X.cols;
    const weight = rowWeights(target, params.class_weight);
    const steps = pace(ctx, 1);
    const at = await classMoments(X, target, weight, steps);
    const m = at.classes.length;
    if (m === 1) return onlyClass(p, target, at.classes[0]!, ctx);
    const B = Float64Array.from(at.mean, (v, i) => v - at.meanAll[i % p]!);
    const shrinkage = params.shrinkage === 'fixed' ? params.amount : params.shrinkage;
    const weights = await solveWithin(X, at, weight, shrinkage, B, steps, keepOf(ctx, fitOf('linear-discriminant', X, target, params)));
    const bias = new Float64Array(m);
    for (let c = 0; c < m; c++) {
      let b = Math.log(at.totals[c]! / at.total);
      for (let j = 0; j < p; j++) b -= weights[c * p + j]! * (0.5 * B[c * p + j]! + at.meanAll[j]!);
      bias[c] = b;
    }
    centreClasses(weights, bias);
    await steps.step();
    return classScores(p, target, at.classes, weights, bias);
  },
});
