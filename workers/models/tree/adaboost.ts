/** AdaBoost: small trees, each on rows weighed by the mistakes of those before it, and a vote. */
import type { Trees } from '../../../src/core/form.js';
import { model } from '../../../src/core/model.js';
import { int, real } from '../../../src/core/param.js';
import { NEVER } from '../baseline.js';
import { class_weight, classTotals, weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { fitOf, isFloats, isList, isNumber, offer, savedState, type Of } from '../resume.js';
import { grow, type Growth } from './cart.js';
import { isNodes, Nodes, type NodesState } from './nodes.js';
import { pulse } from './pulse.js';
import { rank } from './ranks.js';
import { nodeRows } from './split.js';

/** A row's share of the weight never falls below this (scikit-learn: so that no logarithm is of 0). */
const lightest = 2 ** -52;

/** After a tree. */
interface State extends Of {
  readonly nodes: NodesState;
  readonly says: readonly number[];
  /** The class that each node names. */
  readonly names: Int32Array;
  readonly share: Float64Array;
  readonly votes: Float64Array;
}

export const adaboost = model({
  id: 'adaboost',
  version: 1,
  label: 'AdaBoost',
  help: 'Grows very small trees one after another; rows that a tree gets wrong count more for the next, and trees that err little have more say in the vote. For classes only: its version for numbers answers with a median of its trees, which cannot be read as a sum.',
  source:
    'Freund & Schapire 1997; Zhu, Zou, Rosset & Hastie 2009, Multi-class AdaBoost (SAMME); as AdaBoostClassifier(algorithm="SAMME") in scikit-learn.',
  family: 'ensemble',
  when: 'When classes can be told apart by a few simple questions, and to see how weak rules make a strong one. Its probabilities stay near one half.',
  tasks: ['class'],
  takes: { missing: true, categories: false, scaled: false, weights: true, gpu: 'no', chance: false },
  params: {
    n_estimators: int({
      label: 'Trees',
      help: 'How many trees are grown at most; it ends early when a tree makes no mistake, or is no better than guessing.',
      default: 50,
      min: 1,
      max: 2000,
      scale: 'log',
      tune: [25, 400],
    }),
    learning_rate: real({
      label: 'Learning rate',
      help: 'How strongly mistakes raise the weight of a row, and how much say each tree has. Smaller steps need more trees.',
      default: 1,
      min: 0.001,
      max: 10,
      scale: 'log',
      tune: [0.05, 2],
    }),
    max_depth: int({
      label: 'Deepest level',
      help: 'How many questions a tree may ask one after another; 1 makes stumps, trees of a single question.',
      default: 1,
      min: 1,
      max: 16,
      tune: [1, 4],
    }),
    min_samples_leaf: int({
      label: 'Smallest leaf',
      help: 'A leaf never holds fewer training rows than this.',
      default: 1,
      min: 1,
      max: 10000,
      scale: 'log',
      more: true,
    }),
    class_weight,
  },
  cost: ({ rows, cols, classes }, params) => ({
    operations: rows * cols * 60 + params.n_estimators * rows * (20 * cols * Math.min(params.max_depth, Math.log2(rows + 2)) + 10),
    bytes: rows * (2 * cols + 80) + params.n_estimators * Math.min(2 ** (params.max_depth + 1), 2 * rows) * (45 + 8 * classes),
  }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('adaboost takes classes');
    guard(X, target, { missing: true });
    const { rows, weight: given } = weighted(target, params.class_weight);
    const classes = target.levels.length;
    const totals = classTotals(target);
    const K = presentOf(totals).length;
    const share = new Float64Array(X.rows);
    for (const r of rows) share[r] = given ? given[r]! : 1;
    normalise(share, rows);
    const first = share.slice();
    const how: Growth = {
      criterion: 'gini',
      maxDepth: params.max_depth,
      minSplit: 2,
      minLeaf: params.min_samples_leaf,
      maxLeaves: 0,
      features: X.cols,
      random: false,
    };
    const beat = pulse(ctx, params.n_estimators);
    const ranks = await rank(X, rows, (work) => beat.tick(work, 0));
    const node = nodeRows(rows.length, classes);
    const nodes = new Nodes(classes);
    const votes = new Float64Array(X.rows * classes);
    const of = fitOf('adaboost', X, target, params);
    const saved = savedState<State>(ctx.saved, of, {
      nodes: isNodes(classes),
      says: isList(isNumber),
      names: (v) => v instanceof Int32Array,
      share: isFloats(share.length),
      votes: isFloats(votes.length),
    });
    const says: number[] = [...(saved?.says ?? [])];
    const names: number[] = [...(saved?.names ?? [])];
    if (saved) {
      nodes.restore(saved.nodes);
      share.set(saved.share);
      votes.set(saved.votes);
    }
    let perfect = false;
    for (let t = says.length; t < params.n_estimators && (t === 0 || !beat.stopped) && !perfect; t++) {
      for (const r of rows) share[r] = Math.max(lightest, share[r]!);
      const before = nodes.count;
      const sample = { ranks, code: target.y, y: null, weight: share };
      const root = await grow(nodes, [], sample, rows.slice(), how, node, ctx.random, (work) => beat.tick(work, t));
      if (beat.stopped && t > 0) {
        nodes.forget(before);
        break;
      }
      const leaves = Int32Array.from(rows, (r) => nodes.leafOf(root, X, r));
      name(nodes, root, leaves, rows, target.y, names);
      const answers = leaves.map((leaf) => names[leaf]!);
      let wrong = 0;
      let total = 0;
      rows.forEach((r, i) => {
        total += share[r]!;
        if (answers[i] !== target.y[r]) wrong += share[r]!;
      });
      const error = wrong / total;
      perfect = error <= 0;
      if (!perfect && error >= 1 - 1 / K) {
        // No better than guessing: the trees so far are all there will be.
        nodes.forget(before);
        break;
      }
      const say = perfect ? 1 : params.learning_rate * (Math.log((1 - error) / error) + Math.log(K - 1));
      says.push(say);
      nodes.root(root, classes === 2 ? 0 : -1);
      let missed = 0;
      rows.forEach((r, i) => {
        votes[r * classes + answers[i]!]! += say;
        if (answers[i] !== target.y[r]) share[r]! *= Math.exp(say);
        if (winnerOf(votes, r * classes, classes) !== target.y[r]) missed += first[r]!;
      });
      normalise(share, rows);
      if (!beat.stopped && (await beat.step(t + 1, { train: missed })) && !perfect)
        offer(ctx, nodes.bytes + 8 * (share.length + votes.length), (): State => ({
          of,
          nodes: nodes.state(),
          says: [...says],
          names: Int32Array.from(names.slice(0, nodes.count)),
          share: share.slice(),
          votes: votes.slice(),
        }));
    }
    if (says.length === 0) ctx.note?.('No tree was better than guessing: the model answers with the share of each class.');
    const sum = totals.reduce((a, b) => a + b, 0);
    return formOf(
      nodes,
      names,
      says,
      X.cols,
      classes,
      totals.map((t) => t / sum),
    );
  },
});

const presentOf = (totals: Float64Array): number[] => Array.from(totals.keys()).filter((k) => totals[k]! > 0);

/** Makes the rows' shares sum to 1. */
function normalise(share: Float64Array, rows: Uint32Array): void {
  let sum = 0;
  for (const r of rows) sum += share[r]!;
  for (const r of rows) share[r]! /= sum;
}

/**
 * The class that each node from `root` on answers with: the heaviest. Even ones are common (reweighted halves are halves), and rounding
 * must not decide: the first row in the leaf that is of one of them does.
 */
function name(nodes: Nodes, root: number, leaves: Int32Array, rows: Uint32Array, y: Int32Array, to: number[]): void {
  const { width, value } = nodes;
  const even = new Set<number>();
  for (let i = root; i < nodes.count; i++) {
    const best = (to[i] = winnerOf(value, i * width, width));
    for (let k = 0; k < width; k++) if (k !== best && value[i * width + k]! >= value[i * width + best]! - 1e-12) even.add(i);
  }
  for (let i = 0; i < rows.length && even.size > 0; i++) {
    const at = leaves[i]! * width;
    if (!even.has(leaves[i]!) || value[at + y[rows[i]!]!]! < value[at + to[leaves[i]!]!]! - 1e-12) continue;
    to[leaves[i]!] = y[rows[i]!]!;
    even.delete(leaves[i]!);
  }
}

/** The place of the largest of `count` values; the first of equal ones. */
function winnerOf(values: Float64Array, from: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k]! > values[from + best]!) best = k;
  return best;
}

/**
 * Each leaf holds its tree's share of the say for the class it names. Two classes: one score d in [−1, 1], probability sigmoid(d);
 * more: softmax of the votes over (classes − 1), as Zhu et al. turn votes into probabilities.
 */
function formOf(
  nodes: Nodes,
  names: readonly number[],
  says: readonly number[],
  inputs: number,
  classes: number,
  share: Float64Array,
): Trees {
  const present = presentOf(share);
  const K = present.length;
  const isPair = classes === 2;
  const all = says.reduce((a, b) => a + b, 0);
  const base = share.map((s) => (s > 0 ? (says.length > 0 ? 0 : Math.log(s)) : NEVER));
  const grown = nodes.form({
    inputs,
    outputs: classes,
    link: isPair ? 'sigmoid' : 'softmax',
    average: false,
    base: isPair ? Float64Array.of(base[1]! - base[0]!) : base,
  });
  const width = isPair ? 1 : classes;
  const value = new Float64Array(nodes.count * width);
  for (let t = 0; t < says.length; t++) {
    const say = says[t]! / all;
    for (let i = grown.roots[t]!; i < (grown.roots[t + 1] ?? nodes.count); i++) {
      const k = names[i]!;
      if (isPair) value[i] = k === 1 ? say : -say;
      else if (K === 2) for (const c of present) value[i * width + c] = (c === k ? say : -say) / 2;
      else value[i * width + k] = say / Math.max(1, K - 1);
    }
  }
  return { ...grown, width, value };
}
