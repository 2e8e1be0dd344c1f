/** Rows that weigh next to nothing beside others: what rounding leaves of their sums must not become a gain. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { checkForm, predict } from '../../../workers/forms/index.js';
import { models } from '../../../workers/models/index.js';
import { context } from '../../contract/cases.js';

const n = 40;
const u = random(3);
const X = matrix(
  n,
  3,
  Float32Array.from({ length: 3 * n }, () => Math.floor(9 * u())),
);
/** From 1 down to 1e-22, by column 0: at its end all that is left of the total is rounding. */
const weight = Float64Array.from({ length: n }, (_, i) => 10 ** (-2.75 * X.data[i]!));
const targets: Target[] = [
  { task: 'class', y: Int32Array.from({ length: n }, () => Math.floor(3 * u())), levels: ['a', 'b', 'c'], weight },
  { task: 'number', y: Float64Array.from({ length: n }, () => Math.floor(5 * u())), weight },
];
const ways: readonly (readonly [string, Values])[] = [
  ['decision-tree', {}],
  ['decision-tree', { criterion: 'entropy', number_criterion: 'absolute_error' }],
  ['extra-trees', { n_estimators: 5 }],
  ['random-forest', { n_estimators: 5 }],
  ['gradient-boosting', { n_estimators: 5 }],
  ['adaboost', { n_estimators: 20, learning_rate: 5, max_depth: 2 }],
];

describe('rows that weigh next to nothing', () => {
  it.each(ways)('%s %j', async (id, values) => {
    const m = models.get(id)!;
    for (const target of targets.filter((t) => m.tasks.includes(t.task))) {
      const form = checkForm(await m.fit(X, target, checked(m.params, values), context()));
      if (form.form !== 'trees') throw new Error(form.form);
      // No split can lower the loss by more than all there is: the weight times the largest spread.
      expect(Math.max(...form.gain)).toBeLessThan(25 * n);
      expect(Math.min(...form.gain)).toBeGreaterThanOrEqual(0);
      expect(predict(form, X).every(Number.isFinite)).toBe(true);
    }
  });
});
