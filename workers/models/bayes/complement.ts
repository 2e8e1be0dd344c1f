/** Complement naive Bayes: a class is judged by how little a row looks like all the other classes together. */
import { model } from '../../../src/core/model.js';
import { flag } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { alpha, amountsCost, fitAmounts } from './counts.js';

export const naiveBayesComplement = model({
  id: 'naive-bayes-complement',
  version: 1,
  label: 'Naive Bayes, for counts of uneven classes',
  help: 'Like naive Bayes for counts, but the shares of a class are learnt from all rows that are not in it, so that a rare class is not judged by its few rows. How frequent classes are does not count. Its probabilities rank well but are seldom honest.',
  source: 'Rennie, Shih, Teevan & Karger 2003; as ComplementNB of scikit-learn.',
  family: 'bayes',
  when: 'For texts or other counts when some classes have far fewer rows than others.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: false, weights: true, gpu: 'no', chance: false },
  params: {
    alpha,
    norm: flag({
      label: 'Normalise weights',
      help: 'Divides the weights of each class by their sum, so that classes with large weights do not win for that alone.',
      default: false,
      tune: true,
    }),
    class_weight,
  },
  cost: amountsCost,
  fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('naive-bayes-complement takes classes');
    const p = X.cols;
    return fitAmounts(
      X,
      target,
      params.class_weight,
      ({ totals, sums }) => {
        const m = totals.length;
        const weights = new Float64Array(sums.length);
        for (let c = 0; c < m; c++) {
          let all = 0;
          // The others added up, rather than all less its own: nothing cancels.
          for (let j = 0; j < p; j++) {
            let others = params.alpha;
            for (let d = 0; d < m; d++) if (d !== c) others += sums[d * p + j]!;
            weights[c * p + j] = others;
            all += others;
          }
          let sum = 0;
          for (let j = 0; j < p; j++) {
            weights[c * p + j] = -Math.log(weights[c * p + j]! / all);
            sum += weights[c * p + j]!;
          }
          if (params.norm && sum > 0) for (let j = 0; j < p; j++) weights[c * p + j] = weights[c * p + j]! / sum;
        }
        return { weights, bias: new Float64Array(m) };
      },
      ctx,
    );
  },
});
