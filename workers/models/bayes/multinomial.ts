/** Multinomial naive Bayes: each class deals out its amounts over the columns in shares of its own. */
import { model } from '../../../src/core/model.js';
import { class_weight } from '../class-weight.js';
import { alpha, amountsCost, fit_prior, fitAmounts, logPriors } from './counts.js';

export const naiveBayesMultinomial = model({
  id: 'naive-bayes-multinomial',
  version: 1,
  label: 'Naive Bayes, for counts',
  help: 'For columns that count or measure amounts, such as how often each word occurs: learns for each class which share of the whole falls to each column, and takes a row for a handful drawn from those shares.',
  source: 'Maron 1961; McCallum & Nigam 1998; as MultinomialNB of scikit-learn.',
  family: 'bayes',
  when: 'For texts counted word by word, purchases by article, or other counts of the same kind of thing; fast, and good with many columns and few rows.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: false, weights: true, gpu: 'no', chance: false },
  params: { alpha, fit_prior, class_weight },
  cost: amountsCost,
  fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('naive-bayes-multinomial takes classes');
    const p = X.cols;
    return fitAmounts(
      X,
      target,
      params.class_weight,
      ({ totals, sums }) => {
        const weights = new Float64Array(sums.length);
        for (let c = 0; c < totals.length; c++) {
          let sum = 0;
          for (let j = 0; j < p; j++) sum += sums[c * p + j]! + params.alpha;
          const all = Math.log(sum);
          for (let j = 0; j < p; j++) weights[c * p + j] = Math.log(sums[c * p + j]! + params.alpha) - all;
        }
        return { weights, bias: logPriors(totals, params.fit_prior) };
      },
      ctx,
    );
  },
});
