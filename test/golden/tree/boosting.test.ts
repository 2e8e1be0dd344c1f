/** Boosting under limits against scikit-learn (directions) and XGBoost (L1, gamma). */
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import type { Trees } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { rawScores } from '../../../workers/forms/index.js';
import { histGradientBoosting } from '../../../workers/models/tree/hist-gradient-boosting.js';
import { context } from '../../contract/cases.js';
import { hold, ofEach } from '../close.js';

type Name = 'numbers' | 'two' | 'counts' | 'amounts';
interface Golden extends Record<Name, number[]> {
  rows: number;
  cols: number;
  X: (number | null)[];
  monotone: { target: Name; directions: number[]; params: Record<string, unknown>; raw: number[] }[];
  xgboost: { target: Name; params: Record<string, unknown>; raw: number[] }[];
}
const g = JSON.parse(readFileSync(new URL('./boosting.json', import.meta.url), 'utf8')) as Golden;
const X = matrix(
  g.rows,
  g.cols,
  Float32Array.from(g.X, (v) => v ?? NaN),
);
const targetOf = (name: Name): Target =>
  name === 'two' ? { task: 'class', y: Int32Array.from(g[name]), levels: ['a', 'b'] } : { task: 'number', y: Float64Array.from(g[name]) };
const fit = async (target: Name, params: Record<string, unknown>): Promise<Trees> =>
  (await histGradientBoosting.fit(
    X,
    targetOf(target),
    checked(histGradientBoosting.params, { early_stopping: 'off', ...params }),
    context(),
  )) as Trees;

describe('directions, as scikit-learn holds them', () => {
  for (const { target, directions, params, raw } of g.monotone) {
    it(`${target} ${directions.join()} ${JSON.stringify(params)}`, async () => {
      const named = (d: number) => X.names.filter((_, j) => directions[j] === d).join(', ');
      const form = await fit(target, { ...params, monotonic_increasing: named(1), monotonic_decreasing: named(-1) });
      hold(histGradientBoosting.label, 'scikit-learn', 'raw scores under directions', ofEach(rawScores(form, X), raw), 1e-9);
    });
  }
});

describe('L1, gamma and least evidence, as XGBoost has them', () => {
  for (const { target, params, raw } of g.xgboost) {
    it(`${target} ${JSON.stringify(params)}`, async () => {
      const form = await fit(target, {
        max_iter: 8,
        learning_rate: 0.3,
        max_depth: 3,
        max_leaf_nodes: null,
        min_samples_leaf: 1,
        ...params,
      });
      // XGBoost sums gradients and adds up leaves in Float32.
      hold(histGradientBoosting.label, 'XGBoost', 'raw scores', ofEach(rawScores(form, X), raw), 2e-6);
    });
  }
});
