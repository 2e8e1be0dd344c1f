/** Columns that split alike share the splits of a forest, though every split may choose from all of them. */
import { expect, it } from 'vitest';
import type { Trees } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { extraTrees } from '../../../workers/models/tree/extra-trees.js';
import { randomForest } from '../../../workers/models/tree/random-forest.js';
import { context } from '../../contract/cases.js';

const n = 60;
const u = random(4);
const one = Float32Array.from({ length: n }, () => u());
const X = matrix(n, 3, Float32Array.from([...one, ...one, ...one]));
const number: Target = { task: 'number', y: Float64Array.from(one, (v) => Math.sin(9 * v)) };
const two: Target = { task: 'class', y: Int32Array.from(one, (v) => (Math.sin(9 * v) > 0 ? 1 : 0)), levels: ['no', 'yes'] };

it.each([
  ['random forest, numbers', randomForest, number],
  ['random forest, classes', randomForest, two],
  ['extra trees, numbers', extraTrees, number],
] as const)('%s', async (_, m, target) => {
  const form = (await m.fit(X, target, checked(m.params, { n_estimators: 200, max_features: 'all' }), context())) as Trees;
  const splits = [0, 1, 2].map((j) => form.feature.filter((f) => f === j).length);
  const all = splits.reduce((a, b) => a + b);
  for (const s of splits) expect(s / all).toBeGreaterThan(0.27);
});
