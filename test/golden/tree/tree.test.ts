/** Trees, pruning, forests and boosting against scikit-learn. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Trees } from '../../../src/core/form.js';
import { matrix, take, type Matrix } from '../../../src/core/matrix.js';
import type { Context, Model, Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predictTrees } from '../../../workers/forms/trees.js';
import { decisionTree } from '../../../workers/models/tree/decision-tree.js';
import { extraTrees } from '../../../workers/models/tree/extra-trees.js';
import { histGradientBoosting } from '../../../workers/models/tree/hist-gradient-boosting.js';
import { randomForest } from '../../../workers/models/tree/random-forest.js';
import { hold, holder } from '../close.js';

interface GoldenTree {
  feature: number[];
  threshold: number[];
  left: number[];
  right: number[];
  value: number[];
  cover: number[];
}
interface Params {
  weighted?: boolean;
  plain?: boolean;
  criterion?: string;
  [name: string]: unknown;
}
interface Golden {
  tree: {
    rows: number;
    cols: number;
    X: number[];
    classes: number[];
    numbers: number[];
    weight: number[];
    cases: { task: 'class' | 'number'; params: Params; tree: GoldenTree }[];
  };
  boost: {
    rows: number;
    cols: number;
    X: (number | null)[];
    levels: number[];
    two: number[];
    three: number[];
    numbers: number[];
    counts: number[];
    weight: number[];
    cases: { target: 'two' | 'three' | 'numbers' | 'counts'; params: Params; raw: number[] }[];
  };
  scores: { rows: number; cols: number; auc: Record<string, number>; r2: Record<string, number> };
}
const golden = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as Golden;

const context = (seed: number): Context => ({ random: random(seed), report: () => Promise.resolve(true) });
const fit = async (m: Model, X: Matrix, target: Target, params: Record<string, unknown>, seed = 1): Promise<Trees> =>
  (await m.fit(X, target, checked(m.params, params), context(seed))) as Trees;
const tree = holder(decisionTree.label, 'scikit-learn');
const without = (params: Params): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).filter(([k]) => k !== 'weighted' && k !== 'plain'));

describe('single trees are scikit-learn’s, node for node', () => {
  const g = golden.tree;
  const X = matrix(g.rows, g.cols, Float32Array.from(g.X));
  for (const c of g.cases) {
    it(`${c.task} ${JSON.stringify(c.params)}`, async () => {
      const weight = c.params.weighted ? Float64Array.from(g.weight) : undefined;
      const params = without(c.params);
      if (c.task === 'number' && c.params.criterion) {
        params.number_criterion = c.params.criterion;
        delete params.criterion;
      }
      const target: Target =
        c.task === 'class'
          ? { task: 'class', y: Int32Array.from(g.classes), levels: ['a', 'b', 'c'], ...(weight ? { weight } : {}) }
          : { task: 'number', y: Float64Array.from(g.numbers), ...(weight ? { weight } : {}) };
      const form = await fit(decisionTree, X, target, params);
      const width = form.width;
      expect(form.feature.length).toBe(c.tree.feature.length);
      const walk = (mine: number, theirs: number): void => {
        expect(form.feature[mine]).toBe(c.tree.feature[theirs]);
        tree('rows of nodes', Math.abs(form.cover[mine]! - c.tree.cover[theirs]!), 5e-9);
        for (let s = 0; s < width; s++)
          tree('values of leaves', Math.abs(form.value[mine * width + s]! - c.tree.value[theirs * width + s]!), 5e-10);
        if (c.tree.feature[theirs]! < 0) return;
        // Ours are the largest Float32 at or below.
        tree('cuts', Math.abs(form.threshold[mine]! - c.tree.threshold[theirs]!), 3e-7);
        walk(form.left[mine]!, c.tree.left[theirs]!);
        walk(form.right[mine]!, c.tree.right[theirs]!);
      };
      walk(form.roots[0]!, 0);
    });
  }
});

describe('boosting gives scikit-learn’s raw scores', () => {
  const g = golden.boost;
  const whole: Matrix = {
    ...matrix(
      g.rows,
      g.cols,
      Float32Array.from(g.X, (v) => v ?? NaN),
    ),
    levels: g.levels,
  };
  for (const c of g.cases) {
    it(`${c.target} ${JSON.stringify(c.params)}`, async () => {
      const size = c.params.weighted ? 250 : g.rows;
      const some = take(
        whole,
        Uint32Array.from({ length: size }, (_, i) => i),
      );
      const X = c.params.plain ? { ...some, levels: some.levels.map(() => 0) } : some;
      const weight = c.params.weighted ? { weight: Float64Array.from(g.weight.slice(0, size)) } : {};
      const y = g[c.target].slice(0, size);
      const target: Target =
        c.target === 'two' || c.target === 'three'
          ? { task: 'class', y: Int32Array.from(y), levels: ['a', 'b', 'c'].slice(0, c.target === 'two' ? 2 : 3), ...weight }
          : { task: 'number', y: Float64Array.from(y), ...weight };
      const form = await fit(histGradientBoosting, X, target, { ...without(c.params), early_stopping: 'off' });
      const raw = predictTrees(form, X);
      const K = form.base.length;
      if (c.params.loss === 'quantile') {
        // Gradients take two values, so many splits gain the same to the last bit: only the loss is determined.
        const loss = (scores: ArrayLike<number>) =>
          y.reduce((sum, v, i) => sum + Math.max(0.8 * (v - scores[i]!), 0.2 * (scores[i]! - v)), 0);
        hold(histGradientBoosting.label, 'scikit-learn', 'loss of quantiles', Math.abs(loss(raw) / loss(c.raw) - 1), 0.02);
        return;
      }
      let worst = 0;
      for (let i = 0; i < size; i++) {
        // Softmax does not see what all scores share.
        const shared = K === 1 ? 0 : [0, 1, 2].reduce((s, k) => s + raw[i * K + k]! - c.raw[i * K + k]!, 0) / K;
        for (let k = 0; k < K; k++) worst = Math.max(worst, Math.abs(raw[i * K + k]! - c.raw[i * K + k]! - shared));
      }
      hold(histGradientBoosting.label, 'scikit-learn', 'raw scores', worst, 1e-9);
    });
  }
});

describe('scores on rows not seen are within 0.01 of scikit-learn', () => {
  const { rows: n, cols: p } = golden.scores;
  const park = (seed: number, size: number): Float64Array => {
    let state = seed;
    return Float64Array.from({ length: size }, () => (state = (state * 16807) % 2147483647) / 2147483647);
  };
  const X = matrix(
    n,
    p,
    Float32Array.from(park(12345, n * p), (u) => u * 4 - 2),
  );
  const noise = park(54321, n * 4);
  const y = Float64Array.from({ length: n }, (_, i) => {
    const x = (j: number) => X.data[j * n + i]!;
    const e = noise[i]! + noise[n + i]! + noise[2 * n + i]! + noise[3 * n + i]! - 2;
    return x(0) + x(1) * x(2) + Math.sin(3 * x(3)) + e;
  });
  const half = n / 2;
  const rows = (from: number) => Uint32Array.from({ length: half }, (_, i) => from + i);
  const A = take(X, rows(0));
  const B = take(X, rows(half));

  for (const m of [randomForest, extraTrees, histGradientBoosting] as readonly Model[]) {
    it(`${m.id}: area under the curve`, async () => {
      const isOne = Int32Array.from(y, (v) => (v > 0.2 ? 1 : 0));
      const form = await fit(m, A, { task: 'class', y: isOne.slice(0, half), levels: ['no', 'yes'] }, {});
      const raw = predictTrees(form, B);
      const score = Float64Array.from({ length: half }, (_, i) => (form.base.length === 1 ? raw[i]! : raw[2 * i + 1]!));
      hold(m.label, 'scikit-learn', 'AUC on rows not seen', Math.abs(auc(score, isOne.slice(half)) - golden.scores.auc[m.id]!), 0.01);
    });
    it(`${m.id}: R²`, async () => {
      const form = await fit(m, A, { task: 'number', y: y.slice(0, half) }, {});
      const raw = predictTrees(form, B);
      const truth = y.slice(half);
      const mean = truth.reduce((a, b) => a + b, 0) / half;
      const r2 = 1 - truth.reduce((s, v, i) => s + (v - raw[i]!) ** 2, 0) / truth.reduce((s, v) => s + (v - mean) ** 2, 0);
      hold(m.label, 'scikit-learn', 'R² on rows not seen', Math.abs(r2 - golden.scores.r2[m.id]!), 0.01);
    });
  }
});

/** Share of pairs in the right order; ties count half. */
function auc(score: Float64Array, y: Int32Array): number {
  const order = Array.from(score.keys()).sort((a, b) => score[a]! - score[b]!);
  let ranks = 0;
  let ones = 0;
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && score[order[end]!] === score[order[i]!]) end++;
    for (let k = i; k < end; k++) {
      if (y[order[k]!] === 1) {
        ranks += (i + end + 1) / 2;
        ones++;
      }
    }
    i = end;
  }
  return (ranks - (ones * (ones + 1)) / 2) / (ones * (order.length - ones));
}
