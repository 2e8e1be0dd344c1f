/** Wide and deep: hidden layers over numbers and vectors of levels, and beside them a weight for every number and every level. */
import { model, type Shape } from '../../../src/core/model.js';
import { list, type ValuesOf } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { costOf, ends, learn } from './fitting.js';
import { networkOf } from './form-of.js';
import { enters, mixedRows } from './lesson.js';
import type { Net } from './network.js';
import { activation, activations, batch_norm, dropout, embedding_width, ruleOf, stack, training } from './params.js';

const params = {
  hidden_layer_sizes: list({
    label: 'Hidden layers',
    help: 'Units in each hidden layer of the deep part, first to last. More units can bend more, and remember more noise.',
    default: [64, 32],
    min: 1,
    max: 1024,
    minLength: 1,
    maxLength: 6,
    tune: [[32], [64], [64, 32], [128, 64]],
  }),
  activation,
  batch_norm,
  dropout,
  embedding_width,
  ...training,
} as const;

const netOf = (
  p: ValuesOf<typeof params>,
  { task, classes }: Pick<Shape, 'task' | 'classes'>,
  columns: Pick<Net, 'numbers' | 'tables'>,
): Net => {
  const end = ends(task, classes);
  const shares = p.hidden_layer_sizes.map(() => p.dropout);
  return {
    ...end,
    ...columns,
    wide: true,
    parts: stack(p.hidden_layer_sizes, end.outputs, activations[p.activation], p.batch_norm, shares),
    rule: ruleOf(p),
  };
};

export const wideAndDeep = model({
  id: 'wide-and-deep',
  version: 1,
  label: 'Wide and deep network',
  help: 'A linear model and a neural network learnt together. The linear part gives every level of a category its own weight; the network gives every level a short vector, so that levels that behave alike come to lie close together. Takes categories and gaps as they are.',
  source: 'Cheng et al. (2016), Wide & Deep Learning for Recommender Systems; vectors of levels: Guo & Berkhahn (2016)',
  family: 'neural',
  when: 'When there are many rows, and categories with many levels, such as places, products or codes.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'likes', chance: true },
  params,
  cost: (shape, p) => costOf(netOf(p, shape, { numbers: shape.cols, tables: [] }), shape, p),
  async fit(X, target, p, ctx) {
    guard(X, target, { missing: true });
    const rows = mixedRows(X, target, p.class_weight, p.embedding_width);
    const net = netOf(p, { task: target.task, classes: rows.classes.length }, enters(rows));
    const { learnt, lesson } = await learn(net, rows, target, p, ctx);
    return networkOf(learnt, net, rows, lesson, target, X.cols);
  },
});
