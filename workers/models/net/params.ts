/** Parameters that all networks share, and what of the training follows from them. */
import type { Activation } from '../../../src/core/form.js';
import { choice, flag, int, real, type ValuesOf } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import type { Part } from './network.js';
import type { Rule } from './rule.js';
import type { Schedule } from './schedule.js';

export const activations = {
  relu: 'relu',
  tanh: 'tanh',
  logistic: 'sigmoid',
  elu: 'elu',
  selu: 'selu',
  swish: 'swish',
  identity: 'linear',
} as const satisfies Record<string, Activation>;

export const activation = choice({
  label: 'Activation',
  help: 'What each hidden unit does with its sum.',
  options: { relu: 'ReLU', tanh: 'tanh', logistic: 'logistic', elu: 'ELU', selu: 'SELU', swish: 'swish (SiLU)', identity: 'none (linear)' },
  default: 'relu',
  tune: ['relu', 'tanh'],
});
export const dropout = real({
  label: 'Dropout',
  help: 'Share of the hidden units left out at random in each step.',
  default: 0,
  min: 0,
  max: 0.9,
  tune: [0, 0.5],
});
export const batch_norm = flag({
  label: 'Batch normalisation',
  help: 'Puts the sums of every hidden layer on one scale within each batch. Deep networks then learn faster and mind the learning rate less; with batches of few rows it adds noise.',
  default: false,
  tune: true,
});
export const embedding_width = int({
  label: 'Width of vectors',
  help: 'Numbers that stand for a level of a category column. Automatic: 1.6 × levels to the power of 0.56, at most 50.',
  default: null,
  none: 'automatic',
  min: 1,
  max: 50,
  more: true,
});

export const training = {
  learning_rate_init: real({
    label: 'Learning rate',
    help: 'Length of each step: too long and the loss jumps about, too short and it hardly falls.',
    default: 0.001,
    min: 1e-6,
    max: 1,
    scale: 'log',
    tune: [1e-4, 1e-2],
  }),
  learning_rate: choice({
    label: 'Learning rate over time',
    help: 'Constant keeps it. Cosine lets it fall to 0 by the last epoch; one-cycle rises to it first. Exponential and steps multiply it every so many epochs, plateau only when the loss no longer falls.',
    options: {
      constant: 'constant',
      cosine: 'cosine',
      'one-cycle': 'one-cycle',
      exponential: 'exponential',
      step: 'in steps',
      plateau: 'on a plateau',
    },
    default: 'constant',
    more: true,
  }),
  decay_factor: real({
    label: 'Factor of the learning rate',
    help: 'What the learning rate is multiplied by each time.',
    default: 0.5,
    min: 0.01,
    max: 0.99,
    when: { param: 'learning_rate', is: ['exponential', 'step', 'plateau'] },
    more: true,
  }),
  decay_every: int({
    label: 'Epochs between',
    help: 'Epochs after which the learning rate is multiplied; on a plateau, epochs without improvement.',
    default: 5,
    min: 1,
    max: 1000,
    when: { param: 'learning_rate', is: ['exponential', 'step', 'plateau'] },
    more: true,
  }),
  solver: choice({
    label: 'Optimiser',
    help: 'How a gradient becomes a step. Adam gives every weight a step length of its own and seldom needs care; RMSprop does so without momentum; plain gradient descent wants a well chosen learning rate, about 0.01 to 0.1.',
    options: { adam: 'Adam', sgd: 'gradient descent (SGD)', rmsprop: 'RMSprop' },
    default: 'adam',
    more: true,
  }),
  momentum: real({
    label: 'Momentum',
    help: 'Share of the last step that is taken again.',
    default: 0.9,
    min: 0,
    max: 0.999,
    when: { param: 'solver', is: ['sgd'] },
    more: true,
  }),
  nesterovs_momentum: flag({
    label: 'Nesterov’s momentum',
    help: 'Looks where the momentum leads before it takes the gradient.',
    default: true,
    when: { param: 'solver', is: ['sgd'] },
    more: true,
  }),
  alpha: real({
    label: 'L2 penalty',
    help: 'Holds the weights small as part of the loss; more of it makes a smoother network.',
    default: 1e-4,
    none: 'none',
    min: 1e-12,
    max: 100,
    tune: [1e-6, 0.1],
    scale: 'log',
  }),
  weight_decay: real({
    label: 'Weight decay',
    help: 'Shrinks the weights a little in every step, apart from the gradient (AdamW). Unlike the L2 penalty it holds all weights alike, however large their gradients.',
    default: null,
    none: 'none',
    min: 1e-8,
    max: 10,
    scale: 'log',
    more: true,
  }),
  clip_norm: real({
    label: 'Longest gradient',
    help: 'A longer gradient is shortened to this length, so that a few wild rows cannot throw the network off.',
    default: null,
    none: 'no limit',
    min: 1e-6,
    max: 1e6,
    scale: 'log',
    more: true,
  }),
  batch_size: int({
    label: 'Batch size',
    help: 'Rows in each step; automatic is 200, or all when there are fewer.',
    default: null,
    none: 'automatic',
    min: 1,
    max: 100_000,
    more: true,
  }),
  max_iter: int({ label: 'Epochs', help: 'Most passes over the rows.', default: 200, min: 1, max: 10_000 }),
  early_stopping: flag({
    label: 'Early stopping',
    help: 'Keeps some training rows aside, stops when the loss on them no longer falls, and returns the best epoch. With fewer than about 100 rows the training loss is watched instead.',
    default: true,
  }),
  validation_fraction: real({
    label: 'Share kept aside',
    help: 'Share of the training rows that early stopping judges by.',
    default: 0.1,
    min: 0.01,
    max: 0.5,
    when: { param: 'early_stopping', is: [true] },
    more: true,
  }),
  n_iter_no_change: int({
    label: 'Patience',
    help: 'Epochs without improvement before it stops.',
    default: 10,
    min: 1,
    max: 1000,
    more: true,
  }),
  tol: real({
    label: 'Tolerance',
    help: 'A smaller fall of the loss does not count as improvement.',
    default: 1e-4,
    min: 0,
    max: 1,
    more: true,
  }),
  class_weight,
} as const;
export type Training = ValuesOf<typeof training>;

export const ruleOf = (p: Training): Rule => ({
  solver: p.solver,
  momentum: p.momentum,
  nesterov: p.nesterovs_momentum,
  alpha: p.alpha ?? 0,
  decay: p.weight_decay ?? 0,
  clip: p.clip_norm ?? Infinity,
});
export const scheduleOf = (p: Training): Schedule => ({
  kind: p.learning_rate,
  rate: p.learning_rate_init,
  factor: p.decay_factor,
  every: p.decay_every,
});

/** Hidden layers one after another, and the scores: `dropout` per hidden layer. */
export function stack(hidden: readonly number[], outputs: number, curve: Activation, norm: boolean, dropout: readonly number[]): Part[] {
  const parts = hidden.flatMap((units, l): Part[] => [
    ...(norm ? ([{ kind: 'dense', units, bias: false }, { kind: 'norm' }] as const) : ([{ kind: 'dense', units }] as const)),
    ...(curve === 'linear' ? [] : ([{ kind: 'curve', activation: curve }] as const)),
    ...(dropout[l]! > 0 ? ([{ kind: 'drop', share: dropout[l]! }] as const) : []),
  ]);
  return [...parts, { kind: 'dense', units: outputs }];
}
