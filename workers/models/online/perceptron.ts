/** The perceptron: moves its weights by every row it gets wrong, and by no other. */
import { model } from '../../../src/core/model.js';
import { choice, real } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { fitOnline } from './fit.js';
import { hinge } from './losses.js';
import { alpha, onlineCost, pace } from './params.js';

export const perceptron = model({
  id: 'perceptron',
  version: 1,
  label: 'Perceptron',
  help: 'The first learning machine: draws a straight border and corrects it by every row on the wrong side, until none is left or patience ends. Several classes are learnt one against the rest. Probabilities come from a sigmoid fitted to decisions on rows held out.',
  source: 'Rosenblatt 1958; probabilities: Platt 1999. As Perceptron of scikit-learn.',
  family: 'linear',
  when: 'To see how learning began, and where it ends: it finds a border when a straight one exists, and wavers for ever when none does. Logistic regression is nearly always better.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: true },
  params: {
    penalty: choice({
      label: 'Penalty',
      help: 'What large weights cost; Rosenblatt’s perceptron has none.',
      default: 'none',
      options: { none: 'None', l2: 'Ridge (L2)', l1: 'Lasso (L1)', elasticnet: 'Elastic net (L1 and L2)' },
      tune: ['none', 'l2', 'l1'],
    }),
    alpha: { ...alpha, when: { param: 'penalty', is: ['l2', 'l1', 'elasticnet'] } },
    l1_ratio: real({
      label: 'Share of L1',
      help: '0 is all ridge, 1 is all lasso.',
      default: 0.15,
      min: 0,
      max: 1,
      when: { param: 'penalty', is: ['elasticnet'] },
    }),
    eta0: real({
      label: 'Step size (eta0)',
      help: 'How far a wrong row moves the weights. Without a penalty it only sets their unit.',
      default: 1,
      min: 1e-9,
      max: 1e3,
      scale: 'log',
    }),
    class_weight,
    ...pace,
  },
  cost: onlineCost(true),
  fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('perceptron takes classes');
    const { penalty, l1_ratio, eta0 } = params;
    const plan = {
      loss: hinge(0), rate: 'constant', alpha: params.alpha, penalty, l1_ratio, eta0, power_t: 0, average: false, classes: true, C: 1,
    } as const; // prettier-ignore
    return fitOnline(X, target, { course: { ...params, plan }, class_weight: params.class_weight, honest: false }, ctx);
  },
});
