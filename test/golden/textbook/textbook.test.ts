/** Well-known tables as textbooks fit them: weights and their inference, trees, neighbours, ranges that hold the truth. make.py says where from. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../../src/core/entry.js';
import type { Linear, Trees } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Model, Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { conformalOf, rangeOf, setOf } from '../../../workers/conformal.js';
import { inference } from '../../../workers/explain/coefficients.js';
import { predict } from '../../../workers/forms/index.js';
import { ledoitWolf } from '../../../workers/models/discriminant/ledoit-wolf.js';
import { kNearest } from '../../../workers/models/k-nearest-neighbours.js';
import { linear } from '../../../workers/models/linear.js';
import { generalizedLinear } from '../../../workers/models/linear/generalized-linear.js';
import { quantile } from '../../../workers/models/linear/quantile.js';
import { logistic } from '../../../workers/models/logistic.js';
import { grow } from '../../../workers/models/tree/cart.js';
import { decisionTree } from '../../../workers/models/tree/decision-tree.js';
import { Nodes } from '../../../workers/models/tree/nodes.js';
import { pruningPath } from '../../../workers/models/tree/prune.js';
import { rank } from '../../../workers/models/tree/ranks.js';
import { nodeRows } from '../../../workers/models/tree/split.js';
import { hold, holder, ofEach, ofLargest } from '../close.js';
import golden from './data.json' with { type: 'json' };

interface Case {
  readonly model: string;
  readonly data: string;
  readonly params: Values;
  readonly tol: number;
  readonly reference: string;
  readonly weights: readonly number[];
  readonly bias: readonly number[];
  readonly spread?: readonly number[];
  readonly t?: readonly number[];
  readonly p?: readonly number[];
  readonly explained?: number;
  readonly F?: number;
}

const models = registry<Model>(linear, quantile, generalizedLinear, logistic);
const tables = golden.data as Record<string, { rows: number; cols: number; X: number[]; y: number[] }>;
const ctx = () => ({ random: random(1), report: () => Promise.resolve(true) });

function table(name: string, isClass: boolean) {
  const { rows, cols, X, y } = tables[name]!;
  const levels = Array.from({ length: Math.max(...y) + 1 }, (_, k) => String(k));
  const target: Target = isClass ? { task: 'class', y: Int32Array.from(y), levels } : { task: 'number', y: Float64Array.from(y) };
  return { X: matrix(rows, cols, Float32Array.from(X)), target };
}

describe('weights', () => {
  it.each((golden.cases as unknown as readonly Case[]).map((c) => [`${c.model} on ${c.data} ${JSON.stringify(c.params)}`, c] as const))(
    '%s',
    async (_, c) => {
      const m = models.get(c.model)!;
      const near = holder(m.label, c.reference);
      const { X, target } = table(c.data, c.model === 'logistic');
      const form = (await m.fit(X, target, checked(m.params, c.params), ctx())) as Linear;
      near('weights', ofLargest(form.weights, c.weights), c.tol);
      near('intercepts', ofLargest(form.bias, c.bias), c.tol);
      if (c.params['penalty'] === 'l1') c.weights.forEach((w, j) => expect(form.weights[j] === 0).toBe(w === 0));
      if (!c.spread) return;
      const told = inference(form, X.names)!;
      const rows = told.scores[0]!;
      const each = (of: (row: (typeof rows)[number]) => number | null) => rows.map((row) => of(row) ?? NaN);
      near('standard errors', ofEach(each((row) => row.se), c.spread, 0), 10 * c.tol); // prettier-ignore
      near('t', ofEach(each((row) => row.t), c.t!, 0), 10 * c.tol); // prettier-ignore
      near('p', ofEach(each((row) => row.p), c.p!, 0), 1000 * c.tol); // prettier-ignore
      near('share explained', ofEach([told.explained], [c.explained!], 0), c.tol);
      if (c.F !== undefined) near('F', ofEach([told.F!.value], [c.F], 0), c.tol);
    },
  );
});

describe('trees', () => {
  it.each(golden.trees.map((c) => [c.data, c] as const))('%s', async (name, c) => {
    const { X, target } = table(name, name !== 'diabetes');
    const form = (await decisionTree.fit(X, target, checked(decisionTree.params, c.params), ctx())) as Trees;
    const { width } = form;
    const near = holder(decisionTree.label, 'scikit-learn');
    expect(form.feature.length).toBe(c.feature.length);
    const walk = (mine: number, theirs: number): void => {
      expect(form.feature[mine]).toBe(Math.max(-1, c.feature[theirs]!));
      expect(form.cover[mine]).toBe(c.cover[theirs]);
      const value = form.value.subarray(mine * width, (mine + 1) * width);
      near('values of leaves', ofEach(value, c.value.slice(theirs * width, (theirs + 1) * width)), 1e-12);
      if (c.feature[theirs]! < 0) return;
      near('cuts', ofEach([form.threshold[mine]!], [c.threshold[theirs]!]), 2e-7);
      walk(form.left[mine]!, c.left[theirs]!);
      walk(form.right[mine]!, c.right[theirs]!);
    };
    walk(form.roots[0]!, 0);
  });

  it('the last prices of pruning', async () => {
    const { X, target } = table(golden.path.data, true);
    if (target.task !== 'class') throw new Error('classes');
    const rows = Uint32Array.from({ length: X.rows }, (_, i) => i);
    const nodes = new Nodes(2);
    const loss: number[] = [];
    const how = { criterion: 'gini', maxDepth: Infinity, minSplit: 2, minLeaf: 1, maxLeaves: 0, features: X.cols, random: false } as const;
    const sample = { ranks: await rank(X, rows, () => true), code: target.y, y: null, weight: null };
    nodes.root(await grow(nodes, loss, sample, rows, how, nodeRows(X.rows, 2), random(1), () => true), -1);
    const last = [...pruningPath(nodes, loss)].slice(-5);
    const prices = last.map((c) => c.price);
    const impurities = last.map((c) => c.impurity);
    hold(decisionTree.label, 'scikit-learn', 'prices of pruning', ofEach(prices, golden.path.alphas), 1e-10);
    hold(decisionTree.label, 'scikit-learn', 'impurities', ofEach(impurities, golden.path.impurities), 1e-10);
  });
});

it.each(golden.near.cases.map((c) => [`${c.params.k} neighbours, ${c.params.weights}`, c] as const))('%s', async (_, c) => {
  const { X, target } = table('iris', true);
  const form = await kNearest.fit(X, target, checked(kNearest.params, c.params), ctx());
  hold(kNearest.label, 'scikit-learn', 'votes', ofEach(predict(form, matrix(3, 4, Float32Array.from(golden.near.asked))), c.votes), 1e-9);
});

it('the shrinkage of Ledoit and Wolf', () => {
  const { rows: n, cols: p, X } = tables['wine in units']!;
  const cells = X.map(Math.fround);
  const centred = cells.map((v, at) => v - cells.slice(Math.floor(at / n) * n, (Math.floor(at / n) + 1) * n).reduce((a, b) => a + b) / n);
  let trace = 0;
  let squares = 0;
  let fourth = 0;
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < p; k++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += centred[j * n + i]! * centred[k * n + i]!;
      squares += sum * sum;
      if (j === k) trace += sum;
    }
  }
  for (let i = 0; i < n; i++) fourth += Array.from({ length: p }, (_, j) => centred[j * n + i]! ** 2).reduce((a, b) => a + b) ** 2;
  const got = ledoitWolf(n, p, trace, squares, fourth);
  hold('Linear discriminant analysis', 'scikit-learn', 'shrinkage', ofEach([got], [golden.shrinkage], 0), 1e-9);
});

describe('conformal', () => {
  const { truth, told, ranges, shares, kinds, new: fresh, sets } = golden.conformal;
  const c = conformalOf({ task: 'number', y: Float64Array.from(truth) }, Float64Array.from(told))!;
  const s = conformalOf({ task: 'class', y: Int32Array.from(kinds), levels: ['a', 'b', 'c', 'd'] }, Float64Array.from(shares))!;
  it.each(ranges)('a range of level $level', ({ level, low, high }) => {
    const range = rangeOf(c, 0, level)!;
    hold('Conformal prediction', 'numpy', 'ends of ranges', ofEach([range.low, range.high], [low, high]), 1e-12);
  });
  it.each(sets)('sets of level $level', ({ level, sets: want }) => {
    expect(fresh.map((p) => setOf(s, p, level))).toEqual(want);
  });
});
