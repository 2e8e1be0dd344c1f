/** Exact gradient boosting, AdaBoost and pruning on well-known tables, number by number as scikit-learn has them. */
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import type { Trees } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Model, Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { predict, rawScores } from '../../../workers/forms/index.js';
import { adaboost } from '../../../workers/models/tree/adaboost.js';
import { grow } from '../../../workers/models/tree/cart.js';
import { gradientBoosting } from '../../../workers/models/tree/gradient-boosting.js';
import { Nodes } from '../../../workers/models/tree/nodes.js';
import { pruningPath } from '../../../workers/models/tree/prune.js';
import { rank } from '../../../workers/models/tree/ranks.js';
import { nodeRows } from '../../../workers/models/tree/split.js';
import { context } from '../../contract/cases.js';
import { holder, ofEach } from '../close.js';

interface Fitted {
  table: string;
  params: Record<string, unknown>;
}
interface Golden {
  tables: Record<string, { cols: number; X: number[]; y: number[] }>;
  boosting: (Fitted & { raw: number[]; train: number[] })[];
  adaboost: (Fitted & { errors: number[]; weights: number[]; decision: number[]; proba: number[] })[];
  path: { table: string; alphas: number[]; impurities: number[] };
}
const golden = JSON.parse(readFileSync(new URL('./textbook.json', import.meta.url), 'utf8')) as Golden;

function table(name: string) {
  const { cols, X, y } = golden.tables[name]!;
  const classes = name === 'diabetes' ? 0 : Math.max(...y) + 1;
  const target: Target = classes
    ? { task: 'class', y: Int32Array.from(y), levels: ['a', 'b', 'c'].slice(0, classes) }
    : { task: 'number', y: Float64Array.from(y) };
  return { X: matrix(y.length, cols, Float32Array.from(X)), target, classes };
}
async function fit(m: Model, { table: name, params }: Fitted) {
  const { X, target, classes } = table(name);
  const told = context();
  const form = (await m.fit(X, target, checked(m.params, params), told)) as Trees;
  return { X, form, classes, curve: told.told.flatMap((t) => t.point?.train ?? []) };
}
const boosting = holder(gradientBoosting.label, 'scikit-learn');
const ada = holder(adaboost.label, 'scikit-learn');
const pruning = holder('Decision tree', 'scikit-learn');

describe('gradient boosting', () => {
  for (const c of golden.boosting) {
    it(`${c.table} ${JSON.stringify(c.params)}`, async () => {
      const { X, form, classes, curve } = await fit(gradientBoosting, c);
      boosting('raw scores', ofEach(rawScores(form, X), c.raw), 1e-10);
      if (classes < 3) boosting('loss by stage', ofEach(curve, c.train), 1e-10);
    });
  }
});

describe('AdaBoost', () => {
  for (const c of golden.adaboost) {
    it(`${c.table} ${JSON.stringify(c.params)}`, async () => {
      const { X, form, classes } = await fit(adaboost, c);
      ada('probabilities', ofEach(predict(form, X), c.proba), 1e-10);
      // Scores are the votes over all say, and for more classes over classes − 1 as well.
      const votes = rawScores(form, X).map((v) => v * (classes > 2 ? classes - 1 : 1));
      ada('votes', ofEach(votes, c.decision), 1e-10);
      const all = c.weights.reduce((a, b) => a + b, 0);
      form.roots.forEach((root, t) => {
        const leaf = form.left[root]!;
        const say = Math.max(...form.value.subarray(leaf * form.width, (leaf + 1) * form.width).map(Math.abs));
        ada('say of each tree', Math.abs(say * (classes > 2 ? classes - 1 : 1) - c.weights[t]! / all), 1e-10);
      });
    });
  }
});

it('the pruning path', async () => {
  const { X, target, classes } = table(golden.path.table);
  if (target.task !== 'class') throw new Error('classes');
  const rows = Uint32Array.from({ length: X.rows }, (_, i) => i);
  const nodes = new Nodes(classes);
  const loss: number[] = [];
  const how = { criterion: 'gini', maxDepth: Infinity, minSplit: 2, minLeaf: 3, maxLeaves: 0, features: X.cols, random: false } as const;
  const sample = { ranks: await rank(X, rows, () => true), code: target.y, y: null, weight: null };
  nodes.root(await grow(nodes, loss, sample, rows, how, nodeRows(X.rows, classes), context().random, () => true), -1);
  const cuts = [...pruningPath(nodes, loss)];
  const prices = [0, ...cuts.map((c) => c.price)];
  pruning('prices of pruning', ofEach(prices, golden.path.alphas), 1e-10);
  const impurities = cuts.map((c) => c.impurity);
  pruning('impurities', ofEach(impurities, golden.path.impurities.slice(1)), 1e-10);
});
