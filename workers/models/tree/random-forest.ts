/** Random forests. */
import { model } from '../../../src/core/model.js';
import { fitForest, forestCost, forestParams } from './forest.js';

export const randomForest = model({
  id: 'random-forest',
  version: 1,
  label: 'Random forest',
  help: 'Grows many deep trees, each on other rows and other columns drawn by chance, and averages their answers. Hard to get wrong: it is good with the values it comes with.',
  source: 'Breiman 2001, Random Forests; as RandomForest* in scikit-learn.',
  family: 'ensemble',
  first: true,
  when: 'When you want a strong model without tuning, and its size does not matter.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: false, scaled: false, weights: true, gpu: 'no', chance: true },
  params: forestParams(true),
  cost: (shape, params) => forestCost(shape, params, false),
  fit: (X, target, params, ctx) => fitForest(X, target, params, ctx, false),
});
