/** Bernoulli naive Bayes: each column says yes or no, and what is absent speaks as loudly as what is there. */
import { model } from '../../../src/core/model.js';
import { real } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { alpha, amountsCost, fit_prior } from './counts.js';
import { fitTables } from './tables.js';
import { fitOf } from '../resume.js';

export const naiveBayesBernoulli = model({
  id: 'naive-bayes-bernoulli',
  version: 1,
  label: 'Naive Bayes, for yes and no',
  help: 'Turns every column into yes or no and learns how often each class says yes. Unlike with counts, a no is evidence too. A missing value is passed over.',
  source: 'McCallum & Nigam 1998; Manning, Raghavan & Schütze 2008, chapter 13; as BernoulliNB of scikit-learn.',
  family: 'bayes',
  when: 'When columns are flags, or short texts where only which words occur matters, not how often.',
  tasks: ['class'],
  takes: { missing: true, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    alpha,
    binarize: real({
      label: 'Yes above',
      help: 'Values above this are a yes, all others a no. Numbers are standardised before, so 0 is their average; it also cuts columns of 0 and 1 as it should.',
      default: 0,
      min: -1e6,
      max: 1e6,
      tune: [-1, 1],
    }),
    fit_prior,
    class_weight,
  },
  cost: amountsCost,
  fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('naive-bayes-bernoulli takes classes');
    const cells = {
      shape: 'constant',
      at: Float64Array.of(params.binarize),
      cells: 2,
      of: (x: number) => (x > params.binarize ? 1 : 0),
      unseen: 0,
    } as const;
    const fit = fitOf('naive-bayes-bernoulli', X, target, params);
    const options = { alpha: params.alpha, learnPrior: params.fit_prior, classWeight: params.class_weight, missingCounts: false, fit };
    return fitTables(X, target, () => cells, options, ctx);
  },
});
