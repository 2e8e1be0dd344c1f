/** Gradient boosting on exact trees: as Friedman wrote it down, every threshold looked at. */
import type { Matrix } from '../../../src/core/matrix.js';
import { model } from '../../../src/core/model.js';
import { int, real } from '../../../src/core/param.js';
import { class_weight, weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { counted, fitOf, isCount, isFloats, offer, savedState, type Of } from '../resume.js';
import { boostParams } from './boost-params.js';
import { inUnits, lossOf, middle, presentClasses, unitOf, unitOfLoss } from './boost-target.js';
import { grow, type Growth } from './cart.js';
import { sampleRows } from './cuts.js';
import { isNodes, Nodes, type NodesState } from './nodes.js';
import { pulse } from './pulse.js';
import { rank } from './ranks.js';
import { nodeRows } from './split.js';

/** After a round. */
interface State extends Of {
  readonly round: number;
  /** Chance used up in the rounds. */
  readonly drawn: number;
  readonly nodes: NodesState;
  readonly raw: Float64Array;
}

export const gradientBoosting = model({
  id: 'gradient-boosting',
  version: 1,
  label: 'Gradient boosting, exact',
  help: 'Grows small trees one after another, each on what the trees before it still get wrong, and looks at every threshold between two values. The gradient boosting of the textbooks; on large tables much slower than the one with bins, and no better.',
  source:
    'Friedman 2001, Greedy function approximation; Friedman 2002, Stochastic gradient boosting; as GradientBoosting* in scikit-learn.',
  family: 'ensemble',
  when: 'When the table is small and every threshold should count, or to follow a textbook number by number.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: false, scaled: false, weights: true, gpu: 'no', chance: true },
  params: {
    learning_rate: boostParams.learning_rate,
    n_estimators: int({
      label: 'Rounds',
      help: 'How many corrections are made: one tree each, or one tree per class when there are more than two.',
      default: 100,
      min: 1,
      max: 5000,
      scale: 'log',
      tune: [50, 500],
    }),
    max_depth: int({
      label: 'Deepest level',
      help: 'How many questions may follow one another in a tree; 1 makes stumps, which add up column by column.',
      default: 3,
      none: 'No limit',
      min: 1,
      max: 64,
      tune: [1, 8],
    }),
    min_samples_leaf: int({
      label: 'Smallest leaf',
      help: 'A leaf never holds fewer training rows than this.',
      default: 1,
      min: 1,
      max: 10000,
      scale: 'log',
      tune: [1, 50],
    }),
    subsample: boostParams.subsample,
    max_features: real({
      label: 'Share of columns per split',
      help: 'Below 1, every split looks only at a random part of the columns, which makes the trees differ more.',
      default: 1,
      min: 0.01,
      max: 1,
      more: true,
    }),
    loss: boostParams.loss,
    quantile: boostParams.quantile,
    class_weight,
  },
  cost: ({ rows, cols, task, classes }, params) => {
    const trees = params.n_estimators * (task === 'class' && classes > 2 ? classes : 1);
    const depth = Math.min(params.max_depth ?? 64, 2 * Math.log2(rows + 2));
    return {
      operations: rows * cols * 60 + trees * rows * params.subsample * (15 * cols * params.max_features * depth + 30),
      bytes: rows * (2 * cols + 100) + trees * Math.min(2 ** Math.min(30, depth + 1), 2 * rows) * 53,
    };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: true });
    const { rows, weight } = weighted(target, params.class_weight);
    const n = rows.length;
    const isLog = target.task === 'number' && (params.loss === 'poisson' || params.loss === 'gamma');
    const units = target.task === 'number' ? unitOf(target, rows, params.loss) : 1;
    const train = lossOf(target, rows, weight, params.loss, params.quantile, units);
    const K = train.scores;
    const beat = pulse(ctx, params.n_estimators);
    const ranks = await rank(X, rows, (work) => beat.tick(work, 0));
    const how: Growth = {
      criterion: 'squared_error',
      maxDepth: params.max_depth ?? Infinity,
      minSplit: 2,
      minLeaf: params.min_samples_leaf,
      maxLeaves: 0,
      features: Math.max(1, Math.round(params.max_features * X.cols)),
      random: false,
    };
    const base = train.base();
    const raw = new Float64Array(K * n);
    for (let k = 0; k < K; k++) raw.fill(base[k]!, k * n, (k + 1) * n);
    const pairs = new Float64Array(2 * K * n);
    const y = new Float64Array(X.rows);
    const place = new Uint32Array(X.rows);
    rows.forEach((row, i) => (place[row] = i));
    const everyone = Uint32Array.from(rows.keys());
    const present = presentClasses(target, rows, K);
    const node = nodeRows(n, 0);
    const nodes = new Nodes(1);
    const impurity: number[] = [];
    const answer = train.quantile === null ? null : (which: Uint32Array) => middle(which, train.y!, raw, train.quantile!, train.weight);

    const chance = counted(ctx.random);
    const of = fitOf('gradient-boosting', X, target, params);
    const saved = savedState<State>(ctx.saved, of, { round: isCount, drawn: isCount, nodes: isNodes(1), raw: isFloats(raw.length) });
    if (saved) {
      chance.pass(saved.drawn);
      nodes.restore(saved.nodes);
      raw.set(saved.raw);
    }

    for (let round = saved?.round ?? 0; round < params.n_estimators && (round === 0 || !beat.stopped); round++) {
      train.gradients(raw, pairs);
      const drawn = sampleRows(rows, Math.max(1, Math.floor(params.subsample * n)), chance.u);
      const before = nodes.count;
      const first = nodes.roots.length;
      for (let k = 0; k < K; k++) {
        if (!present[k]) continue;
        // A tree is grown to the residuals: what the gradient says per unit of weight.
        for (let i = 0; i < n; i++) y[rows[i]!] = -pairs[2 * (k * n + i)]! / (train.weight ? train.weight[i]! : 1);
        const done = round + k / K;
        const sample = { ranks, code: null, y, weight };
        const root = await grow(nodes, impurity, sample, drawn.slice(), how, node, chance.u, (work) => beat.tick(work, done));
        nodes.root(root, k);
        membersOf(nodes, root, X, drawn).forEach((members, i) => {
          const which = members.map((row) => place[row]!);
          const value = answer ? answer(which) : newton(which, pairs, k * n) * (K > 1 ? (K - 1) / K : 1);
          nodes.value[root + i] = params.learning_rate * value;
        });
        for (let i = 0; i < n; i++) raw[k * n + i]! += nodes.value[nodes.leafOf(root, X, rows[i]!)]!;
      }
      if (beat.stopped && K > 1 && first > 0) {
        // A round that was cut short would favour some classes.
        nodes.roots.length = nodes.score.length = first;
        nodes.forget(before);
        break;
      }
      if (beat.stopped) break;
      if (!(await beat.step(round + 1, { train: train.mean(raw, everyone) * unitOfLoss(target, params.loss, units) }))) break;
      offer(ctx, nodes.bytes + 8 * raw.length, (): State => ({
        of,
        round: round + 1,
        drawn: chance.drawn,
        nodes: nodes.state(),
        raw: raw.slice(),
      }));
    }
    const form = nodes.form({
      inputs: X.cols,
      outputs: target.task === 'class' ? target.levels.length : 1,
      link: target.task === 'class' ? (K === 1 ? 'sigmoid' : 'softmax') : isLog ? 'log' : 'identity',
      average: false,
      base,
    });
    return target.task === 'number' ? inUnits(form, units, isLog) : form;
  },
});

/** The rows in each node of the tree that begins at `root`, in the order of its nodes: parents come before children. */
function membersOf(nodes: Nodes, root: number, X: Matrix, rows: Uint32Array): Uint32Array[] {
  const out: Uint32Array[] = [rows];
  for (let at = root; at < nodes.count; at++) {
    if (nodes.feature[at]! < 0) continue;
    const here = out[at - root]!;
    const isLeft = Uint8Array.from(here, (row) => (nodes.goesLeft(at, X, row) ? 1 : 0));
    out[nodes.left[at]! - root] = here.filter((_, i) => isLeft[i] === 1);
    out[nodes.right[at]! - root] = here.filter((_, i) => isLeft[i] === 0);
  }
  return out;
}

/** The step of Newton for these rows: −Σ gradient / Σ hessian. */
function newton(rows: Uint32Array, pairs: Float64Array, from: number): number {
  let G = 0;
  let H = 0;
  for (const i of rows) {
    G += pairs[2 * (from + i)]!;
    H += pairs[2 * (from + i) + 1]!;
  }
  // A side where all is settled has nothing left to say (scikit-learn's bound).
  return Math.abs(H) < 1e-150 ? 0 : -G / H;
}
