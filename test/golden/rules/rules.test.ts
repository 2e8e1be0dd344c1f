/** RuleFit gives what scikit-learn's boosting and L1 fits give when put together the same way. */
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { rawScores } from '../../../workers/forms/index.js';
import { ruleFit } from '../../../workers/models/rules/rule-fit.js';
import { context } from '../../contract/cases.js';
import { hold, ofEach } from '../close.js';

interface Golden {
  rows: number;
  cols: number;
  X: (number | null)[];
  numbers: number[];
  two: number[];
  cases: { target: 'numbers' | 'two'; penalty: number; columns: number; raw: number[] }[];
}
const g = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as Golden;
const X = matrix(
  g.rows,
  g.cols,
  Float32Array.from(g.X, (v) => v ?? NaN),
);

describe('RuleFit', () => {
  for (const { target, penalty, raw } of g.cases) {
    it(`${target}, ${penalty} of the strongest penalty`, async () => {
      const truth: Target =
        target === 'numbers'
          ? { task: 'number', y: Float64Array.from(g.numbers) }
          : { task: 'class', y: Int32Array.from(g.two), levels: ['a', 'b'] };
      const params = checked(ruleFit.params, { n_estimators: 12, max_leaf_nodes: 4, subsample: 1, penalty, max_rules: 400 });
      const form = await ruleFit.fit(X, truth, params, context());
      const mine = rawScores(form, X);
      // Least squares are solved to a gap of 1e−7 only: which terms stay matters, not the eighth digit of their weights.
      hold(ruleFit.label, 'scikit-learn', 'raw scores', ofEach(mine, raw), 1e-4);
    });
  }
});
