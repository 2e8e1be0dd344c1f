/** A multilayer perceptron: prepares the rows, chooses a device, trains, and returns layers that predict without TensorFlow.js. */
import type { Activation } from '../../../src/core/form.js';
import { model } from '../../../src/core/model.js';
import { choice, flag, int, list, real } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { guard } from '../guard.js';
import { chooseBackend, giveUp, trainerOn } from './backend.js';
import { divide, formOf, learnable } from './lesson.js';
import { operationsPerRow, parameters, start, type Net } from './network.js';
import { train } from './training.js';

const activations = { relu: 'relu', tanh: 'tanh', logistic: 'sigmoid', elu: 'elu', identity: 'linear' } as const satisfies Record<
  string,
  Activation
>;

/** Fewest rows to judge by that tell one epoch from the next; with less, early stopping watches the training loss. */
const ENOUGH = 10;

export const neuralNetwork = model({
  id: 'neural-network',
  version: 1,
  label: 'Neural network',
  help: 'Layers of simple units that learn their own combinations of the columns. Takes curved and joint effects; wants many rows, scaled columns and some patience.',
  source: 'Rumelhart, Hinton & Williams (1986); Adam: Kingma & Ba (2015); parameters as in scikit-learn’s MLPClassifier and MLPRegressor',
  family: 'neural',
  first: true,
  when: 'Many rows, smooth or joint effects between columns, and no need to read the model.',
  tasks: ['class', 'number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'likes', chance: true },
  params: {
    hidden_layer_sizes: list({
      label: 'Hidden layers',
      help: 'Units in each hidden layer, first to last. More units can bend more, and remember more noise.',
      default: [64],
      min: 1,
      max: 1024,
      minLength: 1,
      maxLength: 6,
      tune: [[32], [64], [128], [64, 32], [128, 64]],
    }),
    activation: choice({
      label: 'Activation',
      help: 'What each hidden unit does with its sum.',
      options: { relu: 'ReLU', tanh: 'tanh', logistic: 'logistic', elu: 'ELU', identity: 'none (linear)' },
      default: 'relu',
      tune: ['relu', 'tanh'],
    }),
    learning_rate_init: real({
      label: 'Learning rate',
      help: 'Length of each step of Adam.',
      default: 0.001,
      min: 1e-6,
      max: 1,
      scale: 'log',
      tune: [1e-4, 1e-2],
    }),
    alpha: real({
      label: 'L2 penalty',
      help: 'Holds the weights small; more of it makes a smoother network.',
      default: 1e-4,
      min: 0,
      max: 100,
      tune: [1e-6, 0.1],
      scale: 'log',
    }),
    dropout: real({
      label: 'Dropout',
      help: 'Share of the hidden units left out at random in each step.',
      default: 0,
      min: 0,
      max: 0.9,
      tune: [0, 0.5],
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
  },
  cost({ rows, cols, task, classes }, params) {
    const sizes = [cols, ...params.hidden_layer_sizes, task === 'number' || classes === 2 ? 1 : classes];
    const batch = Math.min(rows, params.batch_size ?? 200);
    // Early stopping ends most fits within a fifth of the epochs; two operations of a matrix product go in the time of one plain step.
    const epochs = params.early_stopping ? params.max_iter / 5 : params.max_iter;
    return {
      operations: 0.5 * operationsPerRow(sizes) * rows * epochs,
      bytes: 8 * rows * cols + 40 * parameters(sizes) + 24 * batch * sizes.reduce((a, b) => a + b, 0),
    };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: false });
    const task = learnable(X, target, params.class_weight);
    const { all, classes } = task;
    const net: Net = {
      sizes: [X.cols, ...params.hidden_layer_sizes, target.task === 'number' || classes.length <= 2 ? 1 : classes.length],
      activation: activations[params.activation],
      loss: target.task === 'number' ? 'squares' : classes.length <= 2 ? 'logistic' : 'softmax',
      alpha: params.alpha,
      dropout: params.dropout,
      rate: params.learning_rate_init,
    };
    if (target.task === 'class' && classes.length < 2) return formOf(null, net, task, target, X.cols);

    const from = start(net, ctx.random);
    const judged = params.early_stopping && all.rows * params.validation_fraction >= ENOUGH;
    const { lesson, valid } = judged ? divide(all, classes.length, params.validation_fraction, ctx.random) : { lesson: all, valid: null };
    const batch = Math.min(params.batch_size ?? 200, lesson.rows);
    const { backend } = await chooseBackend(ctx.backend ?? 'auto', { net, rows: lesson.rows, batch, epochs: params.max_iter }, ctx);
    const devices = {
      first: trainerOn(backend),
      ...(backend === 'cpu'
        ? {}
        : {
            fallback: {
              then: trainerOn('cpu'),
              failed(why: string) {
                giveUp(backend, why);
                ctx.note?.(`${backend} failed (${why}); training goes on on the CPU from the last epoch.`);
              },
            },
          }),
    };
    const plan = { epochs: params.max_iter, batch, patience: params.n_iter_no_change, tol: params.tol };
    return formOf(await train(net, lesson, valid, from, plan, devices, ctx), net, task, target, X.cols);
  },
});
