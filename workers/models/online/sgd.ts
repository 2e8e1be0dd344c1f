/** Stochastic gradient descent: a linear model that takes a small step for every row it meets. */
import { model } from '../../../src/core/model.js';
import { choice, flag, real } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { fitOnline } from './fit.js';
import { hinge, huber, insensitive, logLoss, modifiedHuber, squared } from './losses.js';
import { alpha, onlineCost, pace } from './params.js';

const sized = ['constant', 'invscaling', 'adaptive'] as const;

export const sgd = model({
  id: 'sgd',
  version: 1,
  label: 'Stochastic gradient descent',
  help: 'A linear model that looks at one row at a time and moves its weights a little in the direction that would have served that row better. Takes any number of rows. Several classes are learnt one against the rest. Losses with a margin (hinge, modified Huber) give no probabilities: a sigmoid is fitted to decisions on rows held out, which may move the border a little.',
  source:
    'Robbins & Monro 1951; Bottou 2012; L1 penalty: Tsuruoka, Tsujii & Ananiadou 2009; averaging: Polyak & Juditsky 1992; probabilities: Platt 1999. As SGDClassifier and SGDRegressor of scikit-learn.',
  family: 'linear',
  when: 'When rows are too many for the exact linear models, or to watch learning happen row by row; for smaller tables the exact ones are as quick and need no step size.',
  tasks: ['class', 'number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: true },
  params: {
    loss: choice({
      label: 'Loss for classes',
      only: 'class',
      help: 'Log loss makes it logistic regression, with probabilities. Hinge makes it a linear support vector machine. Modified Huber is a smooth hinge that bears outliers.',
      default: 'hinge',
      options: { log_loss: 'Log loss (logistic regression)', hinge: 'Hinge (support vector machine)', modified_huber: 'Modified Huber' },
      tune: ['log_loss', 'hinge', 'modified_huber'],
    }),
    number_loss: choice({
      label: 'Loss for numbers',
      only: 'number',
      help: 'Squared error is least squares. Huber counts large errors only in proportion, and so bears outliers. Epsilon-insensitive forgives small errors altogether.',
      default: 'squared_error',
      options: { squared_error: 'Squared error', huber: 'Huber', epsilon_insensitive: 'Epsilon-insensitive' },
      tune: ['squared_error', 'huber', 'epsilon_insensitive'],
    }),
    epsilon: real({
      label: 'Epsilon',
      help: 'Where Huber turns straight, and up to where epsilon-insensitive forgives. The target is standardised inside, so this is in its standard deviations.',
      default: 0.1,
      min: 0,
      max: 100,
      when: { param: 'number_loss', is: ['huber', 'epsilon_insensitive'] },
    }),
    penalty: choice({
      label: 'Penalty',
      help: 'Ridge shrinks all weights, lasso sets weak ones to exactly zero, elastic net mixes both.',
      default: 'l2',
      options: { l2: 'Ridge (L2)', l1: 'Lasso (L1)', elasticnet: 'Elastic net (L1 and L2)', none: 'None' },
      tune: ['l2', 'l1', 'elasticnet'],
    }),
    alpha,
    l1_ratio: real({
      label: 'Share of L1',
      help: '0 is all ridge, 1 is all lasso.',
      default: 0.15,
      min: 0,
      max: 1,
      tune: [0.05, 0.95],
      when: { param: 'penalty', is: ['elasticnet'] },
    }),
    learning_rate: choice({
      label: 'Step size',
      help: 'Automatic is “optimal” for classes and inverse scaling for numbers, as in scikit-learn. Optimal falls with the number of rows seen, starting from the penalty. Inverse scaling falls by a power. Adaptive stays until learning stalls, then goes down to a fifth.',
      default: 'auto',
      options: { auto: 'Automatic', optimal: 'Optimal', constant: 'Constant', invscaling: 'Inverse scaling', adaptive: 'Adaptive' },
      tune: ['auto', 'adaptive', 'invscaling'],
    }),
    eta0: real({
      label: 'First step (eta0)',
      help: 'The step size to begin with; “optimal” finds its own.',
      default: 0.01,
      min: 1e-9,
      max: 1e3,
      scale: 'log',
      tune: [1e-4, 0.5],
      when: { param: 'learning_rate', is: ['auto', ...sized] },
    }),
    power_t: real({
      label: 'Power of the fall',
      help: 'Inverse scaling divides the step by the number of rows seen to this power.',
      default: 0.25,
      min: 0,
      max: 2,
      more: true,
      when: { param: 'learning_rate', is: ['auto', 'invscaling'] },
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
    const byClass = { log_loss: logLoss, hinge: hinge(1), modified_huber: modifiedHuber };
    const byNumber = { squared_error: squared, huber: huber(params.epsilon), epsilon_insensitive: insensitive(params.epsilon) };
    const { penalty, l1_ratio, eta0, power_t, average, learning_rate: rate } = params;
    const plan = {
      loss: classes ? byClass[params.loss] : byNumber[params.number_loss],
      rate: rate === 'auto' ? (classes ? 'optimal' : 'invscaling') : rate,
      alpha: params.alpha, penalty, l1_ratio, eta0, power_t, average, classes, C: 1,
    } as const; // prettier-ignore
    return fitOnline(
      X,
      target,
      { course: { ...params, plan }, class_weight: params.class_weight, honest: params.loss === 'log_loss' },
      ctx,
    );
  },
});
