/** k nearest neighbours: remembers the training rows and asks the most similar ones. */
import { model } from '../../src/core/model.js';
import { choice, int, real } from '../../src/core/param.js';
import { guard } from './guard.js';

export const kNearest = model({
  id: 'k-nearest-neighbours',
  version: 1,
  label: 'k nearest neighbours',
  help: 'Finds the k training rows most like the new one and lets them vote, or averages them. Nothing is learnt beforehand: all the work is done when predicting.',
  source: 'Fix & Hodges 1951; Cover & Hart 1967. Options as in scikit-learn.',
  family: 'neighbours',
  first: true,
  when: 'When rows that look alike behave alike, columns are few and on one scale, and there are not too many rows.',
  tasks: ['class', 'number'],
  takes: { missing: false, categories: false, scaled: true, weights: false, gpu: 'predicts', chance: false },
  params: {
    k: int({
      label: 'Neighbours (k)',
      help: 'How many rows are asked. Few follow every wiggle of the data, many smooth it out.',
      default: 5,
      min: 1,
      max: 1000,
      scale: 'log',
      tune: [1, 50],
    }),
    weights: choice({
      label: 'Say of each',
      help: 'All neighbours the same, or nearer ones more (by one over their distance). A row at distance 0 then decides alone.',
      default: 'uniform',
      options: { uniform: 'The same', distance: 'Nearer counts more' },
      tune: ['uniform', 'distance'],
    }),
    metric: choice({
      label: 'Distance',
      help: 'Euclidean is the straight line; Manhattan adds up the differences column by column and is less swayed by one very different column; Chebyshev takes the largest difference alone; Minkowski lies between them by its power; cosine looks at the direction and not at the size.',
      default: 'euclidean',
      options: { euclidean: 'Euclidean', manhattan: 'Manhattan', chebyshev: 'Chebyshev', minkowski: 'Minkowski', cosine: 'Cosine' },
      tune: ['euclidean', 'manhattan'],
    }),
    p: real({
      label: 'Power of Minkowski (p)',
      help: '1 is Manhattan, 2 is Euclidean; the higher, the more the largest difference counts.',
      default: 3,
      min: 1,
      max: 20,
      when: { param: 'metric', is: ['minkowski'] },
    }),
  },
  whyNot: ({ rows, cols }) =>
    rows * cols > 2e8 ? `It would have to keep ${rows} × ${cols} numbers in memory and compare every new row with them.` : null,
  // Fitting copies; predicting as many rows as were learnt from is what takes the time.
  cost: ({ rows, cols }) => ({
    operations: cols <= 15 ? rows * cols * 40 * Math.log2(rows + 2) : 0.2 * rows * rows * cols,
    bytes: 4 * rows * cols + 8 * rows,
  }),
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: false });
    const { rows, cols, data } = X;
    const points = new Float32Array(rows * cols);
    for (let j = 0; j < cols; j++) for (let i = 0; i < rows; i++) points[i * cols + j] = data[j * rows + i]!;
    if (params.k > rows) ctx.note?.(`There are only ${rows} training rows, so all of them are asked instead of ${params.k}.`);
    const y = Float64Array.from(target.y);
    await ctx.report(1, 1);
    return {
      form: 'neighbours',
      inputs: cols,
      outputs: target.task === 'class' ? target.levels.length : 1,
      k: params.k,
      weights: params.weights,
      metric: params.metric,
      ...(params.metric === 'minkowski' ? { p: params.p } : {}),
      points,
      y,
      task: target.task,
    };
  },
});
