/** Gradient boosting on histograms. */
import { model, type Target } from '../../../src/core/model.js';
import { take } from '../../../src/core/matrix.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { counted, fitOf, isCount, isFloats, isList, isNumber, offer, savedState, type Of } from '../resume.js';
import { binColumnsHeard, writeBins } from './boost-bins.js';
import { grower, growerBytes, type BoostGrowth } from './boost-grow.js';
import { limitedGrower } from './boost-grow-limited.js';
import { boostParams } from './boost-params.js';
import { inUnits, lossOf, middle, presentClasses, unitOf, unitOfLoss } from './boost-target.js';
import { directions } from './directions.js';
import { isNodes, Nodes, type NodesState } from './nodes.js';
import { pulse } from './pulse.js';

/** After a round. Raw scores are kept, since working them out of many trees takes about as long as a good part of growing them. */
interface State extends Of {
  readonly round: number;
  /** Chance used up in the rounds. */
  readonly drawn: number;
  readonly nodes: NodesState;
  readonly raw: Float64Array;
  readonly rawHeld: Float64Array;
  readonly scores: readonly number[];
}

export const histGradientBoosting = model({
  id: 'hist-gradient-boosting',
  version: 1,
  label: 'Gradient boosting',
  help: 'Grows small trees one after another; each one corrects what the trees before it still get wrong. Usually the most accurate model for tables, and it takes missing values and categories as they are.',
  source: 'Friedman 2001, Greedy function approximation; Ke et al. 2017, LightGBM; as HistGradientBoosting* in scikit-learn.',
  family: 'ensemble',
  first: true,
  when: 'When accuracy matters most and there are at least some hundred rows.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: true },
  params: boostParams,
  cost: ({ rows, cols, task, classes }, params) => {
    const trees = params.max_iter * (task === 'class' && classes > 2 ? classes : 1);
    const leaves = params.max_leaf_nodes ?? Math.max(2, rows / params.min_samples_leaf);
    const passes = 1 + Math.log2(leaves) / 2;
    return {
      operations: rows * cols * 40 + trees * (rows * (cols * passes + 12) * 3 + leaves * 2 * cols * (params.max_bins + 1) * 4),
      bytes: growerBytes(rows, cols, task === 'class' && classes > 2 ? classes : 1, leaves, params.max_bins) + rows * 40,
    };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: true });
    const { rows: all, weight } = weighted(target, params.class_weight);
    const watch = params.early_stopping === 'on' || (params.early_stopping === 'auto' && all.length > 10000);
    const [held, kept] = watch && all.length >= 10 ? hold(all, target, params.validation_fraction, ctx.random) : [new Uint32Array(0), all];
    const log = target.task === 'number' && (params.loss === 'poisson' || params.loss === 'gamma');
    const units = target.task === 'number' ? unitOf(target, all, params.loss) : 1;
    const direction = directions(X, target, params.monotonic_increasing, params.monotonic_decreasing);
    const train = lossOf(target, kept, weight, params.loss, params.quantile, units);
    const valid = held.length > 0 ? lossOf(target, held, weight, params.loss, params.quantile, units) : null;
    const n = kept.length;
    const K = train.scores;
    const flat = train.flat && !weight;
    const beat = pulse(ctx, params.max_iter);
    const columns = await binColumnsHeard(X, kept, weight, params.max_bins, ctx.random, (work) => beat.tick(work, 0));
    // Curvature of counts comes in the target's units.
    const bend = params.loss === 'poisson' && target.task === 'number' ? units : 1;
    const how: BoostGrowth = {
      learningRate: params.learning_rate,
      maxLeaves: params.max_leaf_nodes ?? Infinity,
      maxDepth: params.max_depth ?? Infinity,
      minLeaf: params.min_samples_leaf,
      l2: params.l2_regularization / bend,
      minHessian: params.min_child_weight / bend,
      features: params.max_features,
      flat,
    };
    const isLimited = direction !== null || params.l1_regularization > 0 || params.subsample < 1 || params.colsample_bytree < 1;
    const limited = isLimited
      ? limitedGrower(columns, n, K, how, {
          // Gradients of squares and of counts come in the target's units.
          l1: params.l1_regularization / (target.task === 'number' && ['squared_error', 'poisson'].includes(params.loss) ? units : 1),
          direction: direction ?? new Int8Array(X.cols),
          rows: params.subsample,
          columns: params.colsample_bytree,
        })
      : null;
    const base = train.base();
    const nodes = new Nodes(1);
    const fast = limited ? null : grower(columns, n, K, how, ctx.hands);
    const trees = limited ?? fast!;
    try {
      for (let j = 0; j < X.cols && !beat.stopped; j++) {
        writeBins(X, j, columns[j]!, kept, trees.memory.u8, trees.block(j));
        const going = beat.tick(n * 20, 0);
        if (going !== true && !(await going)) break;
      }

      const raw = fast ? fast.raw : new Float64Array(K * n);
      for (let k = 0; k < K; k++) raw.fill(base[k]!, k * n, (k + 1) * n);
      const rawHeld = new Float64Array(K * held.length);
      for (let k = 0; k < K; k++) rawHeld.fill(base[k]!, k * held.length, (k + 1) * held.length);
      const heldX = valid ? take(X, held) : null;
      const heldRows = Uint32Array.from({ length: held.length }, (_, i) => i);
      // The curve's training error is taken on at most 4 000 rows: it is to be seen, not to be judged by.
      const stride = Math.max(1, Math.ceil(n / 4000));
      const curveRows = Uint32Array.from({ length: Math.ceil(n / stride) }, (_, i) => i * stride);
      const pairs = trees.memory.f32.subarray(trees.pairs >>> 2, (trees.pairs >>> 2) + 2 * n * K);
      const present = presentClasses(target, kept, K);
      const scores: number[] = valid ? [-valid.mean(rawHeld, heldRows)] : [];
      const lossUnit = unitOfLoss(target, params.loss, units);
      const isBinary = fast !== null && target.task === 'class' && K === 1 && !weight;
      if (isBinary) for (let i = 0; i < n; i++) fast.isOne[i] = target.y[kept[i]!] === 1 ? 255 : 0;
      const settle = (k: number, rows: Uint32Array, value: number) => {
        for (let i = 0; i < rows.length; i++) raw[k * n + rows[i]!]! += value;
      };
      // What is still missing to the targets of a leaf's rows, where a leaf answers with a quantile of it.
      const answer =
        train.quantile === null ? undefined : (rows: Uint32Array) => middle(rows, train.y!, raw, train.quantile!, train.weight);

      const chance = counted(ctx.random);
      const of = fitOf('hist-gradient-boosting', X, target, params);
      const saved = savedState<State>(ctx.saved, of, {
        round: isCount,
        drawn: isCount,
        nodes: isNodes(1),
        raw: isFloats(raw.length),
        rawHeld: isFloats(rawHeld.length),
        scores: isList(isNumber),
      });
      if (saved) {
        chance.pass(saved.drawn);
        nodes.restore(saved.nodes);
        raw.set(saved.raw);
        rawHeld.set(saved.rawHeld);
        scores.splice(0, scores.length, ...saved.scores);
      }

      for (let round = saved?.round ?? 0; round < params.max_iter && !beat.stopped; round++) {
        if (isBinary) fast.binary();
        else train.gradients(raw, pairs);
        const first = nodes.roots.length;
        const before = nodes.count;
        const words = nodes.words.length;
        let whole = true;
        for (let k = 0; k < K; k++) {
          if (!present[k]) continue;
          if (limited) {
            const leaves = await limited.grow(nodes, k, chance.u, beat, round + k / K, answer);
            whole = leaves !== null;
            for (const { node, start, n: size, outside, outsiders } of leaves ?? []) {
              settle(k, trees.rows.subarray(start, start + size), nodes.value[node]!);
              settle(k, trees.rows.subarray(outside, outside + outsiders), nodes.value[node]!);
            }
          } else {
            const leaves = await fast!.grow(nodes, k, chance.u, beat, round + k / K);
            whole = leaves !== null;
            if (answer)
              for (const { node, start, n: size } of leaves ?? [])
                nodes.value[node] = params.learning_rate * answer(trees.rows.subarray(start, start + size));
            fast!.settle(k, leaves ?? [], nodes.value);
          }
          if (!whole) break;
        }
        if (!whole) {
          // A round that was cut short would favour some classes.
          nodes.roots.length = nodes.score.length = first;
          nodes.forget(before);
          nodes.words.length = words;
          break;
        }
        if (heldX) {
          for (let t = first; t < nodes.roots.length; t++) {
            const to = nodes.score[t]! * held.length;
            for (let i = 0; i < held.length; i++) rawHeld[to + i]! += nodes.value[nodes.leafOf(nodes.roots[t]!, heldX, i)]!;
          }
        }
        const now = valid ? valid.mean(rawHeld, heldRows) : undefined;
        const point = { train: train.mean(raw, curveRows) * lossUnit, ...(now === undefined ? {} : { valid: now * lossUnit }) };
        const going = await beat.step(round + 1, point);
        if (now !== undefined) scores.push(-now);
        if (!going || (valid && stalled(scores, params.n_iter_no_change, params.tol))) break;
        offer(ctx, nodes.bytes + 8 * (raw.length + rawHeld.length), (): State => ({
          of,
          round: round + 1,
          drawn: chance.drawn,
          nodes: nodes.state(),
          raw: raw.slice(),
          rawHeld: rawHeld.slice(),
          scores: [...scores],
        }));
      }
    } finally {
      fast?.close();
    }
    const form = nodes.form({
      inputs: X.cols,
      outputs: target.task === 'class' ? target.levels.length : 1,
      link: target.task === 'class' ? (K === 1 ? 'sigmoid' : 'softmax') : log ? 'log' : 'identity',
      average: false,
      base,
    });
    return target.task === 'number' ? inUnits(form, units, log) : form;
  },
});

/** Draws the rows to hold back, the same share of every class; both parts in rising order. */
function hold(rows: Uint32Array, target: Target, share: number, u: Random): [Uint32Array, Uint32Array] {
  const groups = new Map<number, number[]>();
  for (const r of rows) {
    const key = target.task === 'class' ? target.y[r]! : 0;
    const group = groups.get(key);
    if (group) group.push(r);
    else groups.set(key, [r]);
  }
  const held = new Set<number>();
  for (const key of [...groups.keys()].sort((a, b) => a - b)) {
    const group = groups.get(key)!;
    const size = group.length < 2 ? 0 : Math.min(group.length - 1, Math.max(1, Math.round(share * group.length)));
    shuffle(group, u);
    for (let i = 0; i < size; i++) held.add(group[i]!);
  }
  return [rows.filter((r) => held.has(r)), rows.filter((r) => !held.has(r))];
}

/** True when none of the last rounds beat the one before them by more than tol (scikit-learn's _should_stop). */
function stalled(scores: readonly number[], patience: number, tol: number): boolean {
  if (scores.length < patience + 1) return false;
  const reference = scores[scores.length - patience - 1]! + tol;
  return scores.slice(-patience).every((s) => s <= reference);
}
