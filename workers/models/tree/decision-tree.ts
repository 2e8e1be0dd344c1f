/** The decision tree: CART, exact. */
import { model } from '../../../src/core/model.js';
import { choice, int, real } from '../../../src/core/param.js';
import { class_weight, weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { fitOf, keepOf } from '../resume.js';
import { grow, type Growth } from './cart.js';
import { Nodes } from './nodes.js';
import { pulse } from './pulse.js';
import { prune } from './prune.js';
import { rank } from './ranks.js';
import { nodeRows } from './split.js';

export const decisionTree = model({
  id: 'decision-tree',
  version: 1,
  label: 'Decision tree',
  help: 'Asks one yes-or-no question about one column after another, like a game of twenty questions, and answers with what the training rows in the same leaf had. You can read it from top to bottom.',
  source: 'Breiman, Friedman, Olshen & Stone 1984, Classification and Regression Trees; as DecisionTree* in scikit-learn.',
  family: 'tree',
  first: true,
  when: 'When the rule itself matters: a small tree can be printed and explained. On its own it is seldom the most accurate.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: false, scaled: false, weights: true, gpu: 'no', chance: false },
  params: {
    criterion: choice({
      label: 'Impurity of classes',
      only: 'class',
      help: 'How mixed a group of rows is when the target is a class. Gini: how often two rows drawn from it differ. Entropy: how many bits the class of a row is worth. The trees differ little.',
      default: 'gini',
      options: { gini: 'Gini', entropy: 'Entropy', log_loss: 'Log loss (the same as entropy)' },
      tune: ['gini', 'entropy'],
      more: true,
    }),
    number_criterion: choice({
      label: 'Error of numbers',
      only: 'number',
      help: 'What a split makes smaller when the target is a number. Squared error answers with the mean of a leaf, absolute error with its median: slower, and calmer about outliers.',
      default: 'squared_error',
      options: { squared_error: 'Squared error', absolute_error: 'Absolute error' },
      more: true,
    }),
    max_depth: int({
      label: 'Deepest level',
      help: 'How many questions may follow one another. A deep tree learns the training rows by heart; a shallow one misses detail.',
      default: null,
      none: 'No limit',
      min: 1,
      max: 64,
      tune: [2, 16],
    }),
    min_samples_leaf: int({
      label: 'Smallest leaf',
      help: 'A leaf never holds fewer training rows than this. Larger leaves make steadier answers.',
      default: 1,
      min: 1,
      max: 10000,
      scale: 'log',
      tune: [1, 50],
    }),
    min_samples_split: int({
      label: 'Smallest group to split',
      help: 'Groups with fewer rows than this are not split further.',
      default: 2,
      min: 2,
      max: 10000,
      scale: 'log',
      more: true,
    }),
    max_leaf_nodes: int({
      label: 'Most leaves',
      help: 'With a limit, the split that helps most is made first, wherever it is.',
      default: null,
      none: 'No limit',
      min: 2,
      max: 10000,
      scale: 'log',
      more: true,
    }),
    ccp_alpha: real({
      label: 'Pruning',
      help: 'After growing, branches are cut whose gain per extra leaf is not worth this price. 0 cuts nothing.',
      default: 0,
      min: 0,
      max: 1,
      tune: [0, 0.02],
    }),
    class_weight,
  },
  cost: ({ rows, cols }, { max_depth }) => {
    const depth = Math.min(max_depth ?? 64, 2 * Math.log2(rows + 2));
    return { operations: 15 * rows * cols * depth, bytes: rows * (2 * cols + 60) };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: true });
    const { rows, weight } = weighted(target, params.class_weight);
    const isClass = target.task === 'class';
    const classes = isClass ? target.levels.length : 0;
    const how: Growth = {
      criterion: isClass ? (params.criterion === 'gini' ? 'gini' : 'entropy') : params.number_criterion,
      maxDepth: params.max_depth ?? Infinity,
      minSplit: params.min_samples_split,
      minLeaf: params.min_samples_leaf,
      maxLeaves: params.max_leaf_nodes ?? 0,
      features: X.cols,
      random: false,
    };
    const nodes = new Nodes(isClass ? classes : 1);
    const loss: number[] = [];
    const count = rows.length;
    const beat = pulse(ctx, count);
    const ranks = await rank(X, rows, (work) => beat.tick(work, 0));
    const sample = { ranks, code: isClass ? target.y : null, y: isClass ? null : target.y, weight };
    const keep = keepOf(ctx, fitOf('decision-tree', X, target, params));
    const tick = (work: number, settled: number) => beat.tick(work, settled);
    nodes.root(await grow(nodes, loss, sample, rows, how, nodeRows(count, classes), ctx.random, tick, keep), isClass ? -1 : 0);
    if (!beat.stopped) await ctx.report(count, count);
    const kept = params.ccp_alpha > 0 ? prune(nodes, loss, params.ccp_alpha) : nodes;
    return kept.form({
      inputs: X.cols,
      outputs: isClass ? classes : 1,
      link: 'identity',
      average: isClass,
      base: new Float64Array(isClass ? classes : 1),
    });
  },
});
