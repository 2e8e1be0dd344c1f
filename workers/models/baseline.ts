/** The baseline: predicts the same for every row. Any model worth keeping must beat it. */
import type { Linear } from '../../src/core/form.js';
import { model, type ClassTarget, type NumberTarget } from '../../src/core/model.js';
import { choice } from '../../src/core/param.js';
import { classTotals } from './class-weight.js';
import { guard } from './guard.js';

/** The raw score of a class that never occurs: a probability near 1e−304, yet finite, so every export can write it down. */
export const NEVER = -700;

export const baseline = model({
  id: 'baseline',
  version: 1,
  label: 'Baseline',
  help: 'Looks at no column at all and always gives the same answer: how often each class occurs, or the average. It shows what a score is worth: a model that is no better has learnt nothing.',
  source: 'The usual yardstick; as DummyClassifier and DummyRegressor in scikit-learn (Pedregosa et al. 2011).',
  family: 'baseline',
  when: 'Always, first: it takes no time and every other score is read against it.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: false },
  params: {
    classes: choice({
      label: 'For classes',
      help: 'What to answer when the target is a class: the share of each class as its probability, or full certainty in the most frequent one.',
      default: 'prior',
      options: { prior: 'The share of each class', most_frequent: 'The most frequent class' },
    }),
    numbers: choice({
      label: 'For numbers',
      help: 'What to answer when the target is a number. The mean is best for squared errors, the median for absolute errors; the last value is the one to beat when rows follow each other in time.',
      default: 'mean',
      options: { mean: 'The mean', median: 'The median', last: 'The last value' },
    }),
  },
  cost: ({ rows }) => ({ operations: rows, bytes: 8 * rows }),
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: true });
    const form =
      target.task === 'class' ? fromClasses(X.cols, target, params.classes === 'prior') : fromNumbers(X.cols, target, params.numbers);
    await ctx.report(1, 1);
    return form;
  },
});

function fromClasses(cols: number, target: ClassTarget, prior: boolean): Linear {
  const share = classTotals(target);
  const K = share.length;
  const total = share.reduce((a, b) => a + b, 0);
  const top = share.indexOf(Math.max(...share));
  const log = Float64Array.from(share, (s, k) => (prior ? (s > 0 ? Math.log(s / total) : NEVER) : k === top ? 0 : NEVER));
  return K === 2
    ? {
        form: 'linear',
        link: 'sigmoid',
        inputs: cols,
        outputs: 2,
        weights: new Float64Array(cols),
        bias: Float64Array.of(log[1]! - log[0]!),
      }
    : { form: 'linear', link: 'softmax', inputs: cols, outputs: K, weights: new Float64Array(K * cols), bias: log };
}

function fromNumbers(cols: number, target: NumberTarget, answer: 'mean' | 'median' | 'last'): Linear {
  const value = { mean, median: weightedMedian, last }[answer](target);
  return { form: 'linear', link: 'identity', inputs: cols, outputs: 1, weights: new Float64Array(cols), bias: Float64Array.of(value) };
}

function mean({ y, weight }: NumberTarget): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const w = weight ? weight[i]! : 1;
    sum += w * y[i]!;
    total += w;
  }
  return sum / total;
}

/** The value of the last row that counts. */
function last({ y, weight }: NumberTarget): number {
  let i = y.length - 1;
  while (i > 0 && weight && weight[i]! === 0) i--;
  return y[i]!;
}

/** The middle of the sorted values; halfway between two when exactly half the weight lies on each side. */
function weightedMedian({ y, weight }: NumberTarget): number {
  const order = Array.from({ length: y.length }, (_, i) => i)
    .filter((i) => !weight || weight[i]! > 0)
    .sort((a, b) => y[a]! - y[b]!);
  const total = order.reduce((sum, i) => sum + (weight ? weight[i]! : 1), 0);
  let below = 0;
  for (let m = 0; m < order.length; m++) {
    below += weight ? weight[order[m]!]! : 1;
    if (below === total / 2) return (y[order[m]!]! + y[order[m + 1]!]!) / 2;
    if (below > total / 2) return y[order[m]!]!;
  }
  return y[order[order.length - 1]!]!;
}
