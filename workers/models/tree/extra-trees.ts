/** Extremely randomised trees. */
import { model } from '../../../src/core/model.js';
import { fitForest, forestCost, forestParams } from './forest.js';

export const extraTrees = model({
  id: 'extra-trees',
  version: 1,
  label: 'Extra trees',
  help: 'Like a random forest, but each split also takes its threshold by chance. Quicker to grow, and smoother; with many useless columns a little weaker.',
  source: 'Geurts, Ernst & Wehenkel 2006, Extremely randomized trees; as ExtraTrees* in scikit-learn.',
  family: 'ensemble',
  first: true,
  when: 'When a random forest is too slow or too jumpy, above all with quantities.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: false, scaled: false, weights: true, gpu: 'no', chance: true },
  params: forestParams(false),
  cost: (shape, params) => forestCost(shape, params, true),
  fit: (X, target, params, ctx) => fitForest(X, target, params, ctx, true),
});
