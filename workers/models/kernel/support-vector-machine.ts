/** Support vector machine: a boundary that keeps as far from both sides as it can, bent by a kernel. */
import { model } from '../../../src/core/model.js';
import { choice, real } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { guard } from '../guard.js';
import { fitClasses, fitNumber } from './fit.js';
import { coef0, degree, gamma, SCALE, tol } from './params.js';
import { ROOM } from './rows.js';

/** Work grows with the square of the rows; above this it is hours. */
const MOST_ROWS = 30_000;

export const supportVectorMachine = model({
  id: 'support-vector-machine',
  version: 1,
  label: 'Support vector machine',
  help: 'Puts the boundary between two classes where the margin to both is widest, or a tube around the values of a number; only the rows at the edge, the support vectors, decide. A kernel bends the boundary. Several classes are told apart pair by pair. Probabilities come from decisions on rows held out, and the class named is the one with the highest; scikit-learn names the one that wins most pairs, which may differ where two are close.',
  source:
    'Boser, Guyon & Vapnik 1992; Cortes & Vapnik 1995; options as SVC and SVR of scikit-learn. Solved by SMO as Fan, Chen & Lin 2005; probabilities as Platt 1999 and Wu, Lin & Weng 2004.',
  family: 'kernel',
  first: true,
  when: 'When there are some hundred to a few thousand rows, columns are on one scale, and the boundary is smooth but not straight.',
  tasks: ['class', 'number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: true },
  params: {
    kernel: choice({
      label: 'Kernel',
      help: 'What counts as alike. Radial (RBF): rows that are near, whatever the shape of the boundary. Linear: a straight boundary. Polynomial: products of columns up to the degree. Sigmoid: a relic of neural networks, seldom better.',
      default: 'rbf',
      options: { rbf: 'Radial (RBF)', linear: 'Linear', poly: 'Polynomial', sigmoid: 'Sigmoid' },
    }),
    C: real({
      label: 'Freedom (C)',
      help: 'What a row on the wrong side costs. Higher follows every row and bends the boundary more, lower keeps it smooth.',
      default: 1,
      min: 1e-6,
      max: 1e6,
      scale: 'log',
      tune: [1e-2, 1e3],
    }),
    gamma: gamma(
      'a more wiggly boundary. “Scale” is one over columns × variance, and one over columns (scikit-learn’s “auto”) is nearly the same on standardised columns.',
      SCALE,
      ['rbf', 'poly', 'sigmoid'],
    ),
    degree,
    coef0: coef0(0),
    epsilon: real({
      label: 'Width of the tube (epsilon)',
      only: 'number',
      help: 'For numbers only: errors smaller than this cost nothing. The target is standardised inside, so this is in its standard deviations, and C means the same for every unit.',
      default: 0.1,
      min: 0,
      max: 10,
    }),
    class_weight,
    tol,
  },
  whyNot: ({ rows }) =>
    rows > MOST_ROWS
      ? `It compares every row with every other: ${rows} training rows would take hours, ${MOST_ROWS} is the most it takes.`
      : null,
  // Kernels, again and again for rows that have no room, and steps, about as many as rows and each over all rows. The five machines
  // of held-out rows start near the answer and make up half of the work of a pair. Measured on overlapping classes.
  cost: ({ rows, cols, classes, task }) => {
    const pairs = task === 'class' ? Math.max(1, (classes * (classes - 1)) / 2) : 1;
    const each = task === 'class' ? (2 * rows) / Math.max(2, classes) : rows;
    const again = 1 + 2 * Math.max(0, 1 - ROOM / (4 * each * each));
    return {
      operations: rows * rows * (cols + 15) * again + pairs * each * each * (task === 'class' ? 30 : 20),
      bytes: Math.min(4 * rows * rows, ROOM) + 8 * rows * cols,
    };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: false });
    return target.task === 'class' ? fitClasses(X, target, params, ctx) : fitNumber(X, target, params, ctx);
  },
});
