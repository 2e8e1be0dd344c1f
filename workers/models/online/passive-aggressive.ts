/** Passive-aggressive learning: leaves the weights alone while a row is served well, else moves them as far as that row asks. */
import { model } from '../../../src/core/model.js';
import { choice, flag, real } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { fitOnline } from './fit.js';
import { hinge, insensitive } from './losses.js';
import { onlineCost, pace } from './params.js';

export const passiveAggressive = model({
  id: 'passive-aggressive',
  version: 1,
  label: 'Passive-aggressive',
  help: 'A linear model that looks at one row at a time: passive while its margin is kept, and where it is not, aggressive enough to mend it at once, but no more than C allows. Needs no step size. Several classes are learnt one against the rest; their probabilities come from a sigmoid fitted to decisions on rows held out.',
  source:
    'Crammer, Dekel, Keshet, Shalev-Shwartz & Singer 2006; probabilities: Platt 1999. As PassiveAggressiveClassifier and PassiveAggressiveRegressor of scikit-learn.',
  family: 'linear',
  when: 'For streams of very many rows and columns, such as texts, when a step size is not to be tuned; noisy rows ask for a small C.',
  tasks: ['class', 'number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: true },
  params: {
    C: real({
      label: 'Aggressiveness (C)',
      help: 'The most that a single row may move the weights: lower for noisy rows.',
      default: 1,
      min: 1e-9,
      max: 1e6,
      scale: 'log',
      tune: [1e-4, 10],
    }),
    loss: choice({
      label: 'Steps',
      help: 'Cut off at C (PA-I), or growing with the loss and damped by C (PA-II).',
      default: 'hinge',
      options: { hinge: 'Cut off (PA-I)', squared_hinge: 'Damped (PA-II)' },
      tune: ['hinge', 'squared_hinge'],
    }),
    epsilon: real({
      label: 'Epsilon',
      help: 'For numbers only: errors below this are served well enough. The target is standardised inside, so this is in its standard deviations.',
      default: 0.1,
      min: 0,
      max: 100,
    }),
    average: flag({
      label: 'Average the weights',
      help: 'Answers with the mean of all weights on the way instead of the last ones, which evens out the trembling of single rows.',
      default: false,
      tune: true,
    }),
    class_weight,
    ...pace,
  },
  cost: onlineCost(true),
  fit(X, target, params, ctx) {
    const classes = target.task === 'class';
    const plan = {
      loss: classes ? hinge(1) : insensitive(params.epsilon), rate: params.loss === 'hinge' ? 'pa1' : 'pa2', C: params.C, average: params.average, classes,
      penalty: 'none', alpha: 1, l1_ratio: 0, eta0: 1, power_t: 0,
    } as const; // prettier-ignore
    return fitOnline(X, target, { course: { ...params, plan }, class_weight: params.class_weight, honest: false }, ctx);
  },
});
