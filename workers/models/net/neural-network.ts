/** A multilayer perceptron: prepares the rows, chooses a device, trains, and returns layers that predict without TensorFlow.js. */
import { model, type Shape } from '../../../src/core/model.js';
import { list, type ValuesOf } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { costOf, ends, learn } from './fitting.js';
import { layersOf } from './form-of.js';
import { plainRows } from './lesson.js';
import type { Net } from './network.js';
import { activation, activations, batch_norm, dropout, ruleOf, stack, training } from './params.js';

const params = {
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
  activation,
  batch_norm,
  dropout,
  layer_dropout: list({
    label: 'Dropout by layer',
    help: 'Percent of the units left out after each hidden layer, first to last. Left empty, every layer takes the share above; so do layers beyond the end of the list.',
    default: [],
    min: 0,
    max: 90,
    minLength: 0,
    maxLength: 6,
    more: true,
  }),
  ...training,
} as const;

const netOf = (p: ValuesOf<typeof params>, { cols, task, classes }: Pick<Shape, 'cols' | 'task' | 'classes'>): Net => {
  const end = ends(task, classes);
  const shares = p.hidden_layer_sizes.map((_, l) => (p.layer_dropout[l] === undefined ? p.dropout : p.layer_dropout[l] / 100));
  return {
    ...end,
    numbers: cols,
    tables: [],
    wide: false,
    parts: stack(p.hidden_layer_sizes, end.outputs, activations[p.activation], p.batch_norm, shares),
    rule: ruleOf(p),
  };
};

export const neuralNetwork = model({
  id: 'neural-network',
  version: 1,
  label: 'Neural network',
  help: 'Layers of simple units that learn their own combinations of the columns. Takes curved and joint effects; wants many rows, scaled columns and some patience.',
  source:
    'Rumelhart, Hinton & Williams (1986); Adam: Kingma & Ba (2015); weight decay: Loshchilov & Hutter (2019); batch normalisation: Ioffe & Szegedy (2015); parameters as in scikit-learn’s MLPClassifier and MLPRegressor',
  family: 'neural',
  first: true,
  when: 'When there are many rows, smooth or joint effects between columns, and no need to read the model.',
  tasks: ['class', 'number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'likes', chance: true },
  params,
  cost: (shape, p) => costOf(netOf(p, shape), shape, p),
  async fit(X, target, p, ctx) {
    guard(X, target, { missing: false });
    const rows = plainRows(X, target, p.class_weight);
    const net = netOf(p, { cols: X.cols, task: target.task, classes: rows.classes.length });
    const { learnt } = await learn(net, rows, target, p, ctx);
    return layersOf(learnt, net, rows, target, X.cols);
  },
});
