/** Gradient boosting on histograms. */
import { model, type ClassTarget, type NumberTarget, type Target } from '../../../src/core/model.js';
import { choice, int, real } from '../../../src/core/param.js';
import { Problem } from '../../../src/core/problem.js';
import { take } from '../../../src/core/matrix.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { class_weight, weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { binColumns, writeBins } from './boost-bins.js';
import { grower, growerBytes, type Leaf } from './boost-grow.js';
import { binaryLoss, classLoss, poissonLoss, quantile, quantileLoss, squaredLoss, type Loss } from './boost-loss.js';
import { Nodes } from './nodes.js';
import { pulse } from './pulse.js';

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
  params: {
    learning_rate: real({
      label: 'Learning rate',
      help: 'How much of each correction is taken. Smaller steps need more trees and often end a little better.',
      default: 0.1,
      min: 0.001,
      max: 1,
      scale: 'log',
      tune: [0.01, 0.3],
    }),
    max_iter: int({
      label: 'Rounds',
      help: 'How many corrections are made: one tree each, or one tree per class when there are more than two.',
      default: 100,
      min: 1,
      max: 5000,
      scale: 'log',
      tune: [50, 500],
    }),
    max_leaf_nodes: int({
      label: 'Most leaves per tree',
      help: 'How detailed one correction may be.',
      default: 31,
      none: 'No limit',
      min: 2,
      max: 1024,
      scale: 'log',
      tune: [7, 127],
    }),
    max_depth: int({
      label: 'Deepest level',
      help: 'How many questions may follow one another in a tree.',
      default: null,
      none: 'No limit',
      min: 1,
      max: 64,
      more: true,
    }),
    min_samples_leaf: int({
      label: 'Smallest leaf',
      help: 'A leaf never holds fewer training rows than this. With very few rows, take it down.',
      default: 20,
      min: 1,
      max: 10000,
      scale: 'log',
      tune: [5, 100],
    }),
    l2_regularization: real({
      label: 'Shrinkage (L2)',
      help: 'Pulls the answers of small leaves towards zero.',
      default: 0,
      min: 0,
      max: 1000,
      tune: [0, 10],
    }),
    max_features: real({
      label: 'Share of columns per split',
      help: 'Below 1, every split looks only at a random part of the columns, which makes the trees differ more.',
      default: 1,
      min: 0.01,
      max: 1,
      tune: [0.3, 1],
      more: true,
    }),
    max_bins: int({
      label: 'Bins per column',
      help: 'Each column is cut into at most this many groups of about equal size before the work begins.',
      default: 255,
      min: 2,
      max: 255,
      more: true,
    }),
    loss: choice({
      label: 'Error of numbers',
      help: 'What to make small when the target is a number. Squared error aims at the mean, absolute error at the median, Poisson suits counts, quantile aims at the value that a chosen share of cases stays below.',
      default: 'squared_error',
      options: { squared_error: 'Squared error', absolute_error: 'Absolute error', poisson: 'Poisson', quantile: 'Quantile' },
      more: true,
    }),
    quantile: real({
      label: 'Quantile',
      help: 'The share of cases that should lie below the prediction.',
      default: 0.5,
      min: 0.01,
      max: 0.99,
      when: { param: 'loss', is: ['quantile'] },
      more: true,
    }),
    class_weight,
    early_stopping: choice({
      label: 'Stop early',
      help: 'Holds some training rows back and stops when their error no longer falls. Automatic: with more than 10,000 rows.',
      default: 'auto',
      options: { auto: 'Automatic', on: 'On', off: 'Off' },
    }),
    validation_fraction: real({
      label: 'Rows held back',
      help: 'The share of training rows that early stopping watches.',
      default: 0.1,
      min: 0.01,
      max: 0.5,
      when: { param: 'early_stopping', is: ['auto', 'on'] },
      more: true,
    }),
    n_iter_no_change: int({
      label: 'Patience',
      help: 'How many rounds without improvement end the work.',
      default: 10,
      min: 1,
      max: 200,
      when: { param: 'early_stopping', is: ['auto', 'on'] },
      more: true,
    }),
    tol: real({
      label: 'Smallest improvement',
      help: 'A fall of the error below this counts as none.',
      default: 1e-7,
      min: 0,
      max: 1,
      when: { param: 'early_stopping', is: ['auto', 'on'] },
      more: true,
    }),
  },
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
    const units = target.task === 'number' ? unitOf(target, all, params.loss === 'poisson') : 1;
    const train = lossOf(target, kept, weight, params.loss, params.quantile, units);
    const valid = held.length > 0 ? lossOf(target, held, weight, params.loss, params.quantile, units) : null;
    const n = kept.length;
    const K = train.scores;
    const flat = train.flat && !weight;
    const columns = binColumns(X, kept, weight, params.max_bins, ctx.random);
    const beat = pulse(ctx, params.max_iter);
    const trees = grower(columns, n, K, {
      learningRate: params.learning_rate,
      maxLeaves: params.max_leaf_nodes ?? Infinity,
      maxDepth: params.max_depth ?? Infinity,
      minLeaf: params.min_samples_leaf,
      l2: params.l2_regularization / (params.loss === 'poisson' && target.task === 'number' ? units : 1),
      features: params.max_features,
      flat,
    });
    for (let j = 0; j < X.cols; j++) {
      writeBins(X, j, columns[j]!, kept, trees.memory.u8, trees.block(j));
      const going = beat.tick(n * 20, 0);
      if (going !== true && !(await going)) break;
    }

    const base = train.base();
    const raw = new Float64Array(K * n);
    for (let k = 0; k < K; k++) raw.fill(base[k]!, k * n, (k + 1) * n);
    const rawHeld = new Float64Array(K * held.length);
    for (let k = 0; k < K; k++) rawHeld.fill(base[k]!, k * held.length, (k + 1) * held.length);
    const heldX = valid ? take(X, held) : null;
    const heldRows = Uint32Array.from({ length: held.length }, (_, i) => i);
    // The curve's training error is taken on at most 10 000 rows.
    const stride = Math.max(1, Math.ceil(n / 10000));
    const curveRows = Uint32Array.from({ length: Math.ceil(n / stride) }, (_, i) => i * stride);
    const pairs = trees.memory.f32.subarray(trees.pairs >> 2, (trees.pairs >> 2) + 2 * n * K);
    const present = presentClasses(target, kept, K);
    const nodes = new Nodes(1);
    const scores: number[] = valid ? [-valid.mean(rawHeld, heldRows)] : [];
    const lossUnit = target.task === 'number' && params.loss !== 'poisson' ? (params.loss === 'squared_error' ? units * units : units) : 1;

    for (let round = 0; round < params.max_iter && !beat.stopped; round++) {
      train.gradients(raw, pairs);
      const first = nodes.roots.length;
      const before = nodes.count;
      const words = nodes.words.length;
      let whole = true;
      for (let k = 0; k < K; k++) {
        if (!present[k]) continue;
        const leaves = await trees.grow(nodes, k, ctx.random, beat, round + k / K);
        if (!leaves) {
          whole = false;
          break;
        }
        if (train.quantile !== null) answer(nodes, leaves, trees.rows, train.y!, raw, train.quantile, params.learning_rate, train.weight);
        for (const leaf of leaves) {
          const value = nodes.value[leaf.node]!;
          for (let i = leaf.start; i < leaf.start + leaf.n; i++) raw[k * n + trees.rows[i]!]! += value;
        }
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
    }
    const form = nodes.form({
      inputs: X.cols,
      outputs: target.task === 'class' ? target.levels.length : 1,
      link: target.task === 'class' ? (K === 1 ? 'sigmoid' : 'softmax') : params.loss === 'poisson' ? 'log' : 'identity',
      average: false,
      base,
    });
    return target.task === 'number' ? inUnits(form, units, params.loss === 'poisson') : form;
  },
});

type NumberLoss = 'squared_error' | 'absolute_error' | 'poisson' | 'quantile';

function lossOf(target: Target, rows: Uint32Array, weight: Float64Array | null, loss: NumberLoss, q: number, units: number): Loss {
  const w = weight ? Float64Array.from(rows, (r) => weight[r]!) : null;
  if (target.task === 'class') {
    const y = Int32Array.from(rows, (r) => target.y[r]!);
    return target.levels.length === 2 ? binaryLoss(y, w) : classLoss(y, target.levels.length, w);
  }
  const y = Float64Array.from(rows, (r) => target.y[r]! / units);
  if (loss === 'squared_error') return squaredLoss(y, w);
  if (loss === 'poisson') return poissonLoss(y, w);
  return quantileLoss(y, w, loss === 'quantile' ? q : 0.5);
}

/** A power of two near the spread of y (Poisson: near its mean), so that gradients fit Float32 and dividing by it is exact. */
function unitOf(target: NumberTarget, rows: Uint32Array, counts: boolean): number {
  let top = 0;
  for (const r of rows) {
    const v = target.y[r]!;
    if (counts && v < 0) throw new Problem('fit/negative-count', { row: r + 1 });
    top = Math.max(top, Math.abs(v));
  }
  if (top === 0) return 1;
  // Poisson's answers depend on the unit only through rounding; it is changed only for extreme values.
  if (counts && top < 1e9 && top > 1e-3) return 1;
  return 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(top)) - 4));
}

function inUnits<F extends { readonly base: Float64Array; readonly value: Float64Array; readonly gain: Float64Array }>(
  form: F,
  units: number,
  log: boolean,
): F {
  if (units === 1) return form;
  if (log) return { ...form, base: form.base.map((b) => b + Math.log(units)) };
  return {
    ...form,
    base: form.base.map((b) => b * units),
    value: form.value.map((v) => v * units),
    gain: form.gain.map((g) => g * units * units),
  };
}

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

/** Classes without a training row get no trees: they stay at their tiny share. */
function presentClasses(target: Target, rows: Uint32Array, K: number): boolean[] {
  if (target.task !== 'class' || K === 1) return new Array<boolean>(K).fill(true);
  const seen = new Array<boolean>(K).fill(false);
  for (const r of rows) seen[(target as ClassTarget).y[r]!] = true;
  return seen;
}

/** True when none of the last rounds beat the one before them by more than tol (scikit-learn's _should_stop). */
function stalled(scores: readonly number[], patience: number, tol: number): boolean {
  if (scores.length < patience + 1) return false;
  const reference = scores[scores.length - patience - 1]! + tol;
  return scores.slice(-patience).every((s) => s <= reference);
}

/** Gives each leaf the quantile of what is still missing to its rows' targets. */
function answer(
  nodes: Nodes,
  leaves: readonly Leaf[],
  rows: Uint32Array,
  y: Float64Array,
  raw: Float64Array,
  q: number,
  rate: number,
  weight: Float64Array | null,
): void {
  for (const { node, start, n } of leaves) {
    const values = new Float64Array(n);
    const w = weight ? new Float64Array(n) : null;
    for (let i = 0; i < n; i++) {
      values[i] = y[rows[start + i]!]! - raw[rows[start + i]!]!;
      if (w) w[i] = weight![rows[start + i]!]!;
    }
    nodes.value[node] = rate * quantile(values, w, q);
  }
}
