/** Gaussian naive Bayes: within a class every number is normal and knows nothing of the others. */
import type { Gaussians } from '../../../src/core/form.js';
import { model } from '../../../src/core/model.js';
import { real } from '../../../src/core/param.js';
import { class_weight, rowWeights } from '../class-weight.js';
import { classMoments } from '../discriminant/class-moments.js';
import { guard } from '../guard.js';
import { onlyClass } from '../linear/class-scores.js';
import { pace } from '../pace.js';

export const naiveBayesGaussian = model({
  id: 'naive-bayes-gaussian',
  version: 1,
  label: 'Naive Bayes, for numbers',
  help: 'Learns for each class the mean and the spread of every column, takes columns for independent of each other, and multiplies what each says. One look at the data is enough. Its choice is often right where its probabilities are too sure, since columns that say the same thing count twice. A missing value is simply passed over.',
  source: 'Hand & Yu 2001; variances as Chan, Golub & LeVeque 1979; as GaussianNB of scikit-learn.',
  family: 'bayes',
  when: 'As a quick first answer when columns are numbers, also with very few rows or very many columns, and to beat before anything slower is worth its time.',
  tasks: ['class'],
  takes: { missing: true, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    var_smoothing: real({
      label: 'Smoothing of variances',
      help: 'This share of the largest variance of any column is added to every variance, so that a column that hardly varies within a class does not decide alone.',
      default: 1e-9,
      min: 1e-15,
      max: 1e3,
      scale: 'log',
      tune: [1e-12, 1],
    }),
    class_weight,
  },
  cost: ({ rows, cols, classes }) => ({ operations: 8 * rows * cols, bytes: 8 * rows + 48 * classes * cols }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('naive-bayes-gaussian takes classes');
    guard(X, target, { missing: true });
    const p = X.cols;
    const steps = pace(ctx, 1);
    const at = await classMoments(X, target, rowWeights(target, params.class_weight), steps);
    const m = at.classes.length;
    if (m === 1) return onlyClass(p, target, at.classes[0]!, ctx);
    const widest = at.varianceAll.reduce((a, b) => Math.max(a, b), 0);
    const extra = params.var_smoothing * (widest > 0 ? widest : 1);
    const variances = Float64Array.from(at.square, (s, i) => (at.count[i]! > 0 ? s / at.count[i]! : at.varianceAll[i % p]!) + extra);
    await steps.step();
    const form: Gaussians = {
      form: 'gaussians',
      link: target.levels.length === 2 ? 'sigmoid' : 'softmax',
      inputs: p,
      outputs: target.levels.length,
      classes: at.classes,
      logPrior: at.totals.map((t) => Math.log(t / at.total)),
      means: at.mean,
      variances,
      whiten: new Float64Array(0),
    };
    return form;
  },
});
