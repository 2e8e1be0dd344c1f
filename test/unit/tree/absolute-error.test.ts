/** Absolute error where most targets are the median itself: the others are learnt on both sides of it. */
import { expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import { checked } from '../../../src/core/param.js';
import { predict } from '../../../workers/forms/index.js';
import { gradientBoosting } from '../../../workers/models/tree/gradient-boosting.js';
import { histGradientBoosting } from '../../../workers/models/tree/hist-gradient-boosting.js';
import { context } from '../../contract/cases.js';

const n = 400;
const X = matrix(
  n,
  1,
  Float32Array.from({ length: n }, (_, i) => i),
);
const y = Float64Array.from({ length: n }, (_, i) => (i < 80 ? 5 : i < 320 ? 6 : 7));

it.each([gradientBoosting, histGradientBoosting])('$label', async (m) => {
  const params = checked(m.params, { loss: 'absolute_error', ...(m === histGradientBoosting && { early_stopping: 'off' }) });
  const form = await m.fit(X, { task: 'number', y }, params as never, context());
  predict(form, X).forEach((v, i) => expect(Math.abs(v - y[i]!)).toBeLessThan(0.05));
});
