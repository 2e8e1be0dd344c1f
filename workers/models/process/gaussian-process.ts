/** Gaussian process: every smooth function is possible beforehand; those that pass near the rows remain, and say how far apart they are. */
import { model } from '../../../src/core/model.js';
import { choice, flag, int, real } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { guard } from '../guard.js';
import { FASTER, fitProcess } from './fit.js';

/** Work grows with the cube of the rows, memory with the square: about ten minutes and 300 MB here. */
const MOST_ROWS = 5000;
/** Cells of the triangles that classes keep, one triangle a class: 400 MB. */
const MOST_CELLS = 5e7;
/** Looks at the surface that are usual, each for every start. */
const USUAL = 30;

export const gaussianProcess = model({
  id: 'gaussian-process',
  version: 1,
  label: 'Gaussian process',
  help: 'Takes every smooth function for possible and keeps those that pass near the training rows: their mean is the prediction, and how far they differ says how sure it is. How smooth, how strong and how noisy is learnt from the rows themselves. A number is standardised inside. Classes are told apart by such a function pressed into probabilities (Laplace’s approximation); more than two each against the rest.',
  source: 'Rasmussen & Williams 2006; options as GaussianProcessRegressor and GaussianProcessClassifier of scikit-learn.',
  family: 'kernel',
  when: 'When rows are few (up to about two thousand), measured with care, and you want to know how sure each prediction is.',
  tasks: ['number', 'class'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: true },
  params: {
    kernel: choice({
      label: 'Kernel',
      help: 'How smooth the function may be. Radial (RBF): without any corner. Matérn 5/2 and 3/2: rougher, as measurements often are. Rational quadratic: slow and fast changes at once.',
      default: 'rbf',
      options: { rbf: 'Radial (RBF)', 'matern-5/2': 'Matérn 5/2', 'matern-3/2': 'Matérn 3/2', 'rational-quadratic': 'Rational quadratic' },
      tune: ['rbf', 'matern-5/2', 'matern-3/2', 'rational-quadratic'],
    }),
    ard: flag({
      label: 'A length for each column',
      help: 'Learns for every column by itself how far one must go for the prediction to change (automatic relevance determination): columns that do not matter get long lengths. Off: one length for all. Takes longer to learn.',
      default: false,
      tune: true,
    }),
    optimizer: choice({
      label: 'Settings',
      help: 'Whether variance, length and noise are learnt, as those under which the training rows are most probable, or taken as given.',
      default: 'lbfgs',
      options: { lbfgs: 'Learnt from the rows', none: 'As given' },
      more: true,
    }),
    constant_value: real({
      label: 'Variance (constant)',
      help: 'How far the function goes from its mean, squared; a number counts in its own standard deviations. Where learning starts.',
      default: 1,
      min: 1e-5,
      max: 1e5,
      scale: 'log',
      more: true,
    }),
    length_scale: real({
      label: 'Length',
      help: 'How far one must go for the function to change much. Where learning starts; in many columns all rows are far from each other, so it starts longer there. Scikit-learn starts at 1.',
      default: null,
      min: 1e-5,
      max: 1e5,
      scale: 'log',
      none: '√columns',
      more: true,
    }),
    mixture: real({
      label: 'Mixture (alpha of the kernel)',
      help: 'Of the rational quadratic kernel: small mixes many lengths, large is all but radial. Where learning starts.',
      default: 1,
      min: 1e-5,
      max: 1e5,
      scale: 'log',
      more: true,
      when: { param: 'kernel', is: ['rational-quadratic'] },
    }),
    noise_level: real({
      label: 'Noise',
      help: 'For numbers: variance of what is left to chance, in the target’s own variance. Where learning starts.',
      default: 1,
      min: 1e-5,
      max: 1e5,
      scale: 'log',
      more: true,
    }),
    n_restarts_optimizer: int({
      label: 'Further starts',
      help: 'Learning ends at the best settings near its start. Further starts by chance find better ones now and then, and each takes as long again.',
      default: 0,
      min: 0,
      max: 20,
      more: true,
    }),
    max_iter: int({
      label: 'Most looks',
      help: 'How often settings are tried, at most, from each start.',
      default: 200,
      min: 1,
      max: 2000,
      more: true,
    }),
    alpha: real({
      label: 'Added to the diagonal (alpha)',
      help: 'For numbers: a little noise that is always there, so that twin rows do no harm to the arithmetic.',
      default: 1e-10,
      min: 1e-12,
      max: 1e3,
      scale: 'log',
      more: true,
    }),
    class_weight,
  },
  whyNot: ({ rows, task, classes }) => {
    const processes = task === 'class' && classes > 2 ? classes : 1;
    const most = Math.min(MOST_ROWS, Math.floor(Math.sqrt((2 * MOST_CELLS) / processes)));
    return rows > most
      ? `It weighs every row against every other, all at once: ${rows} training rows would take too long and too much memory, ${most} is the most it takes here.`
      : null;
  },
  cost: ({ rows, cols, task, classes }, { optimizer, n_restarts_optimizer, ard }) => {
    const processes = task === 'class' && classes > 2 ? classes : 1;
    const looks = optimizer === 'none' ? 1 : USUAL * (1 + n_restarts_optimizer) * (ard ? 2 : 1);
    // A look factors and inverts; of classes it also walks to the mode, a factor a step.
    const look = (rows ** 3 * (task === 'class' ? 1.2 : 0.5)) / FASTER + rows * rows * (2 * cols + 30);
    return { operations: processes * looks * look, bytes: rows * rows * (8 + 4 * (1 + processes)) };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: false });
    return fitProcess(X, target, params, ctx);
  },
});
