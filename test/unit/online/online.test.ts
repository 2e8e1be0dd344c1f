/** Learning row by row beyond its reference: honest probabilities, curves, runaway weights, classes that are absent. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context, Point, Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { passiveAggressive } from '../../../workers/models/online/passive-aggressive.js';
import { perceptron } from '../../../workers/models/online/perceptron.js';
import { sgd } from '../../../workers/models/online/sgd.js';

const context = (stopAt = Infinity) => {
  const points: Point[] = [];
  let asked = 0;
  const ctx: Context = {
    random: random(3),
    report: (_done, _of, point) => {
      if (point) points.push(point);
      return Promise.resolve(asked++ < stopAt);
    },
  };
  return { ctx, points };
};
const u = random(9);
const n = 3000;
const X = matrix(
  n,
  2,
  Float32Array.from({ length: 2 * n }, () => normal(u)),
);
/** Log odds of the second class are 2 · x0 − x1. */
const odds = (i: number) => 2 * X.data[i]! - X.data[n + i]!;
const two: ClassTarget = {
  task: 'class',
  y: Int32Array.from({ length: n }, (_, i) => (u() < 1 / (1 + Math.exp(-odds(i))) ? 1 : 0)),
  levels: ['a', 'b'],
};

describe('probabilities of machines that have none', () => {
  const known = () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.log1p(Math.exp(two.y[i] === 1 ? -odds(i) : odds(i)));
    return sum / n;
  };
  it.each([
    ['sgd', 0.03],
    ['passive-aggressive', 0.15],
    ['perceptron', 0.15],
  ] as const)('are near the true ones: %s', async (id, tol) => {
    const { ctx } = context();
    const form =
      id === 'sgd'
        ? await sgd.fit(X, two, checked(sgd.params, { average: true }), ctx)
        : id === 'perceptron'
          ? await perceptron.fit(X, two, checked(perceptron.params, {}), ctx)
          : await passiveAggressive.fit(X, two, checked(passiveAggressive.params, { C: 0.01 }), ctx);
    const p = predict(form, X);
    let sum = 0;
    for (let i = 0; i < n; i++) sum -= Math.log(p[2 * i + two.y[i]!]!);
    expect(sum / n).toBeLessThan(known() + tol);
  });

  it('are none for a class that training lacks, however far the others are', async () => {
    const three: ClassTarget = { ...two, y: two.y.map((k) => 2 * k), levels: ['a', 'never', 'b'] };
    const form = await sgd.fit(X, three, checked(sgd.params, {}), context().ctx);
    const p = predict(form, matrix(1, 2, Float32Array.of(1e6, 1e6)));
    expect(p[1]).toBe(0);
    expect(p[0]! + p[2]!).toBe(1);
  });
});

describe('epochs', () => {
  const y = Float64Array.from({ length: n }, (_, i) => 100 + 50 * X.data[i]! + normal(u));
  const target: Target = { task: 'number', y };
  it('draw a curve that falls, with a second one for rows held out', async () => {
    const { ctx, points } = context();
    const form = await sgd.fit(X, target, checked(sgd.params, { early_stopping: true }), ctx);
    expect(points.length).toBeGreaterThan(5);
    expect(points.at(-1)!.train!).toBeLessThan(0.01 * points[0]!.train!);
    expect(points.at(-1)!.valid!).toBeLessThan(0.01);
    if (form.form !== 'linear') throw new Error('a linear form was expected');
    expect(form.weights[0]).toBeCloseTo(50, 0);
    expect(form.bias[0]).toBeCloseTo(100, 0);
  });

  it('all pass where no tolerance is set', async () => {
    const { ctx, points } = context();
    await sgd.fit(X, target, checked(sgd.params, { tol: null, max_iter: 17 }), ctx);
    expect(points).toHaveLength(17);
  });

  it('that run away are a Problem', async () => {
    const wild = { ...X, data: X.data.map((v) => 1e4 * v) };
    const given = checked(sgd.params, { learning_rate: 'constant', eta0: 1 });
    await expect(sgd.fit(wild, target, given, context().ctx)).rejects.toMatchObject({ code: 'fit/diverged' });
  });

  it('stop in the middle of the sigmoid’s, and leave probabilities', async () => {
    const { ctx } = context(8);
    const p = predict(await sgd.fit(X, two, checked(sgd.params, { max_iter: 5, tol: null, average: true }), ctx), X);
    let right = 0;
    for (let i = 0; i < n; i++) if (p[2 * i + two.y[i]!]! > 0.5) right++;
    expect(right / n).toBeGreaterThan(0.75);
  });
});
