/** Boosting under limits: without any it grows the fast grower's trees; directions hold for every loss; samples are drawn by chance alone. */
import { describe, expect, it } from 'vitest';
import type { Trees } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { predict, rawScores } from '../../../workers/forms/index.js';
import { binColumns, writeBins } from '../../../workers/models/tree/boost-bins.js';
import { grower, type BoostGrowth } from '../../../workers/models/tree/boost-grow.js';
import { limitedGrower } from '../../../workers/models/tree/boost-grow-limited.js';
import { histGradientBoosting } from '../../../workers/models/tree/hist-gradient-boosting.js';
import { Nodes } from '../../../workers/models/tree/nodes.js';
import { pulse } from '../../../workers/models/tree/pulse.js';
import { bytesOf, context } from '../../contract/cases.js';

const n = 500;
function table() {
  const u = random(8);
  const X = { ...matrix(n, 5), levels: [0, 0, 0, 0, 7] };
  for (let i = 0; i < X.data.length; i++) X.data[i] = i < 4 * n ? normal(u) : Math.floor(7 * u());
  for (let i = 0; i < n; i += 9) X.data[n + i] = NaN;
  const score = Float64Array.from(
    { length: n },
    (_, i) => Math.sin(2 * X.data[i]!) + X.data[2 * n + i]! + (X.data[4 * n + i]! % 3) + normal(u),
  );
  return { X, score };
}

describe('the grower under limits', () => {
  it('without limits grows the trees of the fast one', async () => {
    const { X, score } = table();
    const rows = Uint32Array.from({ length: n }, (_, i) => i);
    const columns = binColumns(X, rows, null, 255, random(1));
    for (const [maxLeaves, maxDepth, features, flat] of [
      [31, Infinity, 1, false],
      [Infinity, 5, 1, true],
      [12, 4, 0.5, false],
    ] as const) {
      const how: BoostGrowth = { learningRate: 0.1, maxLeaves, maxDepth, minLeaf: 8, l2: 0.7, minHessian: 1e-3, features, flat };
      const grown = [];
      for (const g of [
        grower(columns, n, 1, how),
        limitedGrower(columns, n, 1, how, { l1: 0, direction: new Int8Array(5), rows: 1, columns: 1 }),
      ]) {
        for (let j = 0; j < X.cols; j++) writeBins(X, j, columns[j]!, rows, g.memory.u8, g.block(j));
        for (let i = 0; i < n; i++) {
          g.memory.f32[(g.pairs >> 2) + 2 * i] = -score[i]!;
          g.memory.f32[(g.pairs >> 2) + 2 * i + 1] = flat ? 1 : 0.5 + (i % 4) / 8;
        }
        const nodes = new Nodes(1);
        await g.grow(nodes, 0, random(2), pulse(context(), 1), 0);
        grown.push(nodes.form({ inputs: 5, outputs: 1, link: 'identity', average: false, base: new Float64Array(1) }));
      }
      const [fast, slow] = grown as [Trees, Trees];
      expect(slow.feature.length).toBeGreaterThan(10);
      expect(bytesOf({ ...slow, value: 0, gain: 0 })).toBe(bytesOf({ ...fast, value: 0, gain: 0 }));
      slow.value.forEach((v, i) => expect(v).toBeCloseTo(fast.value[i]!, 12));
      slow.gain.forEach((v, i) => expect(v).toBeCloseTo(fast.gain[i]!, 8));
    }
  });
});

describe('directions', () => {
  const { X, score } = table();
  const number = (y: (s: number) => number): Target => ({ task: 'number', y: score.map(y) });
  const cases: [string, Target][] = [
    ['squared_error', number((s) => s)],
    ['absolute_error', number((s) => s)],
    ['quantile', number((s) => s)],
    ['poisson', number((s) => Math.max(0, Math.round(s)))],
    ['gamma', number((s) => Math.exp(s / 2))],
    ['squared_error', { task: 'class', y: Int32Array.from(score, (s) => (s > 0 ? 1 : 0)), levels: ['a', 'b'] }],
  ];
  it.each(cases)('hold everywhere: %s, %#', async (loss, target) => {
    const params = {
      loss, quantile: 0.8, max_iter: 25, min_samples_leaf: 5, learning_rate: 0.3, subsample: 0.7,
      monotonic_increasing: 'x0, x1', monotonic_decreasing: 'x2',
    }; // prettier-ignore
    const form = await histGradientBoosting.fit(X, target, checked(histGradientBoosting.params, params), context());
    expect(new Set((form as Trees).feature).has(0)).toBe(true);
    const steps = 60;
    for (let row = 0; row < 40; row++) {
      for (const [column, direction] of [
        [0, 1],
        [1, 1],
        [2, -1],
      ] as const) {
        const line = matrix(steps, 5);
        for (let j = 0; j < 5; j++) line.data.fill(X.data[j * n + row]!, j * steps, (j + 1) * steps);
        for (let s = 0; s < steps; s++) line.data[column * steps + s] = -3 + (6 * s) / steps;
        const raw = rawScores(form, { ...line, levels: X.levels });
        // Equal leaves may sum to values that differ in the last bit.
        for (let s = 1; s < steps; s++) expect((raw[s]! - raw[s - 1]!) * direction).toBeGreaterThan(-1e-12);
      }
    }
  });
  it('refuses what it cannot hold, by name', async () => {
    const fit = (given: Record<string, string>, target: Target = cases[0]![1], names: readonly string[] = X.names) =>
      histGradientBoosting.fit({ ...X, names }, target, checked(histGradientBoosting.params, given), context());
    await expect(fit({ monotonic_increasing: 'x0, height' })).rejects.toMatchObject({
      code: 'fit/unknown-column',
      where: { column: 'height', label: histGradientBoosting.params.monotonic_increasing.label },
    });
    await expect(fit({ monotonic_increasing: 'x0', monotonic_decreasing: 'x0' })).rejects.toMatchObject({ code: 'fit/both-directions' });
    await expect(fit({ monotonic_decreasing: 'x4' })).rejects.toMatchObject({ code: 'fit/direction-of-category' });
    const three: Target = { task: 'class', y: Int32Array.from(score, (s) => (s > 1 ? 2 : s > 0 ? 1 : 0)), levels: ['a', 'b', 'c'] };
    await expect(fit({ monotonic_increasing: 'x0' }, three)).rejects.toMatchObject({ code: 'fit/directions-of-classes' });
    // Names that hold commas are names all the same.
    const names = ['size, in m', 'x1', 'size', 'x3', 'x4'];
    await expect(fit({ monotonic_increasing: 'size, in m,size' }, cases[0]![1], names)).resolves.toBeDefined();
  });
});

describe('samples of rows and columns, L1', () => {
  const { X, score } = table();
  const target: Target = { task: 'number', y: score };
  const fit = async (given: Record<string, unknown>) =>
    (await histGradientBoosting.fit(X, target, checked(histGradientBoosting.params, { max_iter: 30, ...given }), context())) as Trees;
  it('draw the share asked for, for every tree anew', async () => {
    const form = await fit({ subsample: 0.4, colsample_bytree: 0.4, min_samples_leaf: 5 });
    const columns = form.roots.map((root) => {
      expect(form.cover[root]).toBe(200);
      const end = form.roots.find((r) => r > root) ?? form.feature.length;
      const used = new Set(form.feature.slice(root, end).filter((f) => f >= 0));
      expect(used.size).toBeLessThanOrEqual(2);
      return Math.max(...used);
    });
    expect(new Set(columns).size).toBeGreaterThan(2);
    const error = (f: Trees) => predict(f, X).reduce((sum, v, i) => sum + (v - score[i]!) ** 2, 0);
    expect(error(form)).toBeLessThan(0.6 * error({ ...form, roots: form.roots.slice(0, 0), score: form.score.slice(0, 0) }));
  });
  it('L1 silences leaves', async () => {
    const silent = await fit({ l1_regularization: 1000 });
    expect(silent.value.every((v) => v === 0)).toBe(true);
    const some = await fit({ l1_regularization: 10 });
    const none = await fit({});
    const size = (f: Trees) => f.value.reduce((sum, v) => sum + Math.abs(v), 0) / f.value.length;
    expect(size(some)).toBeGreaterThan(0);
    expect(size(some)).toBeLessThan(size(none));
  });
});

it('gamma loss wants targets above 0', async () => {
  const { X, score } = table();
  const given = checked(histGradientBoosting.params, { loss: 'gamma' });
  await expect(
    histGradientBoosting.fit(X, { task: 'number', y: score.map((s) => Math.max(0, s)) }, given, context()),
  ).rejects.toMatchObject({
    code: 'fit/not-positive',
  });
});
