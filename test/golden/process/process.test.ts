/** Gaussian processes agree with scikit-learn: means, spreads, probabilities, likelihoods and their slopes; and learning reaches as high. */
import { describe, expect, it } from 'vitest';
import type { Process } from '../../../src/core/form.js';
import { matrix, take, type Matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import type { Covariance } from '../../../workers/forms/covariance.js';
import { predict, spreadOf } from '../../../workers/forms/index.js';
import { system } from '../../../workers/models/kernel/system.js';
import { evidence } from '../../../workers/models/process/evidence.js';
import { gaussianProcess as gp } from '../../../workers/models/process/gaussian-process.js';
import { laplace } from '../../../workers/models/process/laplace.js';
import { holder, ofEach } from '../close.js';
import golden from './data.json' with { type: 'json' };

const { rows, cols } = golden;
const X = matrix(rows, cols, Float32Array.from(golden.X));
const Q = matrix(golden.Q.length / cols, cols, Float32Array.from(golden.Q));
const classes = (y: readonly number[]): Target => ({ task: 'class', y: Int32Array.from(y), levels: [...new Set(y)].sort().map(String) });
const number = (y: readonly number[]): Target => ({ task: 'number', y: Float64Array.from(y) });
const targets: Record<string, Target> = { number: number(golden.y), two: classes(golden.two), three: classes(golden.three) };

async function fit(table: Matrix, target: Target, given: Values): Promise<{ form: Process; loss: number }> {
  let loss = Infinity;
  const form = await gp.fit(table, target, checked(gp.params, given), {
    random: random(1),
    report: (_done, _of, point) => {
      loss = point?.train ?? loss;
      return Promise.resolve(true);
    },
  });
  if (form.form !== 'process') throw new Error(`It is a form of ${form.form}`);
  return { form, loss: loss * table.rows };
}
const hold = holder(gp.label, 'scikit-learn');
const turned = (v: Float64Array, width: number) =>
  Array.from(v, (_, i) => v[(i % (v.length / width)) * width + Math.floor(i / (v.length / width))]!);

describe('given settings', () => {
  it.each(golden.fixed.map((c) => [`${c.target}, ${JSON.stringify(c.params)}`, c] as const))('%s', async (_, c) => {
    const target = targets[c.target]!;
    const { form, loss } = await fit(X, target, { ...(c.params as Values), optimizer: 'none' });
    if (c.target !== 'three') hold('log likelihood', Math.abs(-loss / c.likelihood - 1), 1e-9);
    if (c.mean && c.std) {
      hold('means', ofEach(predict(form, Q), c.mean), 1e-8);
      hold('spreads', ofEach(spreadOf(form, Q)!, c.std), 1e-8);
    } else {
      expect(spreadOf(form, Q)).toBeNull();
      hold('probabilities', ofEach(turned(predict(form, Q), c.target === 'two' ? 2 : 3), c.chance!), 1e-7);
    }
  });
});

describe('likelihood and slope', () => {
  const points = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) points[i * cols + j] = X.data[j * rows + i]!;
  const mean = golden.y.reduce((a, b) => a + b) / rows;
  const unit = Math.sqrt(golden.y.reduce((a, b) => a + (b - mean) ** 2, 0) / rows);
  it.each(golden.slopes.map((c) => [`${c.target}, ${c.kernel}, ${c.lengths} lengths`, c] as const))('%s', async (_, c) => {
    const like = { kernel: c.kernel as Covariance, variance: 1, lengths: new Float64Array(c.lengths), mixture: 1, noise: c.target === 'number' ? 1 : 0 };
    const K = system(rows);
    const weight = new Float64Array(rows).fill(1);
    const heed = () => Promise.resolve(true);
    const surface =
      c.target === 'number'
        ? evidence(K, points, cols, Float64Array.from(golden.y, (v) => (v - mean) / unit), weight, like, 1e-10, heed)
        : laplace(K, points, cols, Uint8Array.from(golden.two), weight, like, heed);
    hold('log likelihood', Math.abs((await surface.value(Float64Array.from(c.list)))! / -c.value - 1), 1e-9);
    const slope = (await surface.gradient())!;
    hold('its slope', ofEach(slope.map((v) => -v), c.slope), 1e-7);
  }); // prettier-ignore
});

describe('learning', () => {
  const D = matrix(240, 10, Float32Array.from(golden.diabetes.X));
  const I = matrix(150, 4, Float32Array.from(golden.iris.X));
  const some = (table: Matrix, from: number, to: number) =>
    take(
      table,
      Array.from({ length: to - from }, (_, i) => from + i),
    );
  it.each(golden.learnt.map((c) => [`${c.data}, ${JSON.stringify(c.params)}`, c] as const))('%s', async (_, c) => {
    if (c.data === 'diabetes') {
      const { form, loss } = await fit(some(D, 0, 200), number(golden.diabetes.y.slice(0, 200)), { ...c.params, length_scale: 1 });
      expect(-loss).toBeGreaterThan(c.likelihood - 1e-3);
      // Where both end at the same settings they say the same.
      if (Math.abs(-loss - c.likelihood) < 1e-4 && !c.params.ard)
        hold('means, settings learnt', ofEach(predict(form, some(D, 200, 240)), c.mean!), 1e-3);
      return;
    }
    const from = c.data === 'iris' ? 0 : 50;
    const table = some(I, from, 150);
    const target = classes(golden.iris.y.slice(from).map((v) => v - (from ? 1 : 0)));
    const { form, loss } = await fit(table, target, { ...c.params, length_scale: 1 });
    if (from) expect(-loss).toBeGreaterThan(c.likelihood - 1e-3);
    const asked = take(
      table,
      Array.from({ length: Math.ceil(table.rows / 7) }, (_, i) => 7 * i),
    );
    hold('probabilities, settings learnt', ofEach(turned(predict(form, asked), from ? 2 : 3), c.chance!), 1e-3);
  });
});
