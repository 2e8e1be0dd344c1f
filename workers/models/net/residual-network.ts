/** A residual network for tables: every block adds to what enters it, so that many of them can be stacked. */
import { model, type Shape } from '../../../src/core/model.js';
import { int, real, type ValuesOf } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { costOf, ends, learn } from './fitting.js';
import { networkOf } from './form-of.js';
import { enters, mixedRows } from './lesson.js';
import type { Net, Part } from './network.js';
import { dropout, embedding_width, ruleOf, training } from './params.js';

const params = {
  width: int({
    label: 'Width',
    help: 'Numbers that flow from block to block.',
    default: 64,
    min: 1,
    max: 1024,
    scale: 'log',
    tune: [32, 192],
  }),
  n_blocks: int({
    label: 'Blocks',
    help: 'Each adds a correction to what the blocks before it made of a row.',
    default: 2,
    min: 1,
    max: 16,
    tune: [1, 4],
  }),
  hidden_factor: real({
    label: 'Widening inside a block',
    help: 'Units of the hidden layer of a block, as a multiple of the width.',
    default: 2,
    min: 0.25,
    max: 4,
    more: true,
  }),
  dropout: {
    ...dropout,
    label: 'Dropout inside a block',
    help: 'Share of a block’s hidden units left out at random in each step.',
    default: 0.1,
  },
  residual_dropout: {
    ...dropout,
    label: 'Dropout after a block',
    help: 'Share of what a block adds that is left out at random in each step.',
    tune: [0, 0.3] as const,
    more: true,
  },
  embedding_width,
  ...training,
} as const;

/** Block: batch norm → dense → relu → dropout → dense → dropout → add. End: batch norm → relu → dense. All that is added is normalised before it is read. */
const netOf = (
  p: ValuesOf<typeof params>,
  { task, classes }: Pick<Shape, 'task' | 'classes'>,
  columns: Pick<Net, 'numbers' | 'tables'>,
): Net => {
  const end = ends(task, classes);
  const drop = (share: number): Part[] => (share > 0 ? [{ kind: 'drop', share }] : []);
  const relu: Part = { kind: 'curve', activation: 'relu' };
  const parts: Part[] = [{ kind: 'dense', units: p.width, bias: false }];
  for (let b = 0; b < p.n_blocks; b++) {
    const from = parts.length - 1;
    parts.push({ kind: 'norm' }, { kind: 'dense', units: Math.max(1, Math.round(p.hidden_factor * p.width)) }, relu, ...drop(p.dropout));
    parts.push({ kind: 'dense', units: p.width, bias: false }, ...drop(p.residual_dropout), { kind: 'add', from });
  }
  parts.push({ kind: 'norm' }, relu, { kind: 'dense', units: end.outputs });
  return { ...end, ...columns, wide: false, parts, rule: ruleOf(p) };
};

export const residualNetwork = model({
  id: 'residual-network',
  version: 1,
  label: 'Residual network',
  help: 'A deep neural network of blocks, each of which corrects what the blocks before it made of a row. Deeper than a plain network can be, and often the best of the networks for tables. Takes categories and gaps as they are.',
  source:
    'He et al. (2016); for tables: Gorishniy, Rubachev, Khrulkov & Babenko (2021), Revisiting Deep Learning Models for Tabular Data, § 3.2',
  family: 'neural',
  when: 'When there are many thousands of rows with smooth or joint effects, when a plain network is not enough.',
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
