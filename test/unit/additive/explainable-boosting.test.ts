/** Explainable boosting finds the truth where it is known, and pairs help where two columns work together. */
import { describe, expect, it } from 'vitest';
import type { Additive, AdditiveTerm } from '../../../src/core/form.js';
import { matrix, take, type Matrix } from '../../../src/core/matrix.js';
import { takeTarget, type Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { contributions, predict, rawScores } from '../../../workers/forms/index.js';
import { explainableBoosting } from '../../../workers/models/additive/explainable-boosting.js';
import { histGradientBoosting } from '../../../workers/models/tree/hist-gradient-boosting.js';
import { context } from '../../contract/cases.js';

const ROWS = 1500;
const TEST = 1000;

interface Data {
  readonly X: Matrix;
  readonly target: Target;
}
/** Six uniform columns and one category of five levels in −1…1; the target follows `truth`, with noise of 0.3. */
function table(truth: (x: readonly number[]) => number, classes = false, seed = 5): { train: Data; test: Data } {
  const u = random(seed);
  const n = ROWS + TEST;
  const X = { ...matrix(n, 7), levels: [0, 0, 0, 0, 0, 0, 5] };
  for (let i = 0; i < n; i++) for (let j = 0; j < 7; j++) X.data[j * n + i] = j < 6 ? 2 * u() - 1 : Math.floor(5 * u());
  const raw = Array.from({ length: n }, (_, i) => truth(Array.from({ length: 7 }, (_, j) => X.data[j * n + i]!)));
  const target: Target = classes
    ? { task: 'class', levels: ['no', 'yes'], y: Int32Array.from(raw, (z) => (u() < 1 / (1 + Math.exp(-3 * z)) ? 1 : 0)) }
    : { task: 'number', y: Float64Array.from(raw, (z) => z + 0.3 * normal(u)) };
  const part = (from: number, to: number): Data => {
    const rows = Array.from({ length: to - from }, (_, i) => from + i);
    return { X: take(X, rows), target: takeTarget(target, rows) };
  };
  return { train: part(0, ROWS), test: part(ROWS, n) };
}
const quick: Values = { outer_bags: 4, learning_rate: 0.05 };
const fit = async ({ X, target }: Data, params: Values = {}): Promise<Additive> =>
  (await explainableBoosting.fit(X, target, checked(explainableBoosting.params, { ...quick, ...params }), context())) as Additive;

/** Mean squared error, or cross-entropy. */
function loss(form: Parameters<typeof predict>[0], { X, target }: Data): number {
  const p = predict(form, X);
  let sum = 0;
  for (let i = 0; i < X.rows; i++) sum += target.task === 'number' ? (p[i]! - target.y[i]!) ** 2 : -Math.log(p[2 * i + target.y[i]!]!);
  return sum / X.rows;
}
const termOf = (form: Additive, ...columns: number[]): AdditiveTerm =>
  form.terms.find(({ axes }) => axes.length === columns.length && axes.every((a, i) => a.column === columns[i]))!;

const jump = [0.5, -1, 0, 1, -0.5];
const additive = (x: readonly number[]) => Math.sin(3 * x[0]!) + (x[1]! > 0.2 ? 1 : 0) + x[2]! ** 2 + jump[x[6]!]!;

describe('an additive truth', () => {
  it('is found, shape by shape', async () => {
    const { train, test } = table(additive);
    const form = await fit(train);
    // The noise is 0.09; what is left beside it is what was not learnt.
    expect(loss(form, test)).toBeLessThan(0.09 + 0.025);
    const truths: [number, (x: number) => number][] = [
      [0, (x) => Math.sin(3 * x)],
      [1, (x) => (x > 0.2 ? 1 : 0)],
      [2, (x) => x * x],
      [6, (x) => jump[x]!],
      [3, () => 0],
    ];
    for (const [j, truth] of truths) {
      const alone = { ...form, bias: Float64Array.of(0), terms: form.terms.filter((t) => t.axes.length === 1 && t.axes[0]!.column === j) };
      const told = rawScores(alone, train.X);
      const wanted = Float64Array.from(told, (_, i) => truth(train.X.data[j * ROWS + i]!));
      const middle = wanted.reduce((a, b) => a + b) / ROWS;
      const off = told.reduce((sum, v, i) => sum + (v - wanted[i]! + middle) ** 2, 0) / ROWS;
      expect(Math.sqrt(off), `column ${j}`).toBeLessThan(0.12);
    }
  });

  it('costs little in pairs that are not there, and is as good as boosting of trees or better', async () => {
    const { train, test } = table(additive);
    const trees = await histGradientBoosting.fit(train.X, train.target, checked(histGradientBoosting.params, {}), context());
    expect(loss(await fit(train), test)).toBeLessThan(loss(trees, test));
  });
});

describe('two columns that work together', () => {
  const together = (x: readonly number[]) => additive(x) + 2 * x[3]! * x[4]! + (x[5]! > 0 === x[6]! > 2 ? 0.6 : -0.6);

  it.each([false, true])('pairs are found and help (classes: %s)', async (classes) => {
    const { train, test } = table(together, classes);
    const told: string[] = [];
    const ctx = { ...context(), note: (what: string) => void told.push(what) };
    const params = checked(explainableBoosting.params, { ...quick, interactions: 2 });
    const paired = (await explainableBoosting.fit(train.X, train.target, params, ctx)) as Additive;
    const plain = await fit(train, { interactions: 0 });
    expect(plain.terms.every((t) => t.axes.length === 1)).toBe(true);
    expect(new Set(paired.terms.filter((t) => t.axes.length === 2).map((t) => t.axes.map((a) => a.column).join()))).toEqual(
      new Set(['3,4', '5,6']),
    );
    expect(told.join()).toMatch(/x3 × x4/);
    expect(loss(paired, test)).toBeLessThan((classes ? 0.93 : 0.4) * loss(plain, test));
  });

  it('a pair holds nothing of its columns alone, and no shape a mean', async () => {
    const { train } = table(together);
    const form = await fit(train, { interactions: 3 });
    for (const { axes, values, counts } of form.terms) {
      if (axes.length === 1) {
        expect(Math.abs(values.reduce((sum, v, c) => sum + v * counts[c]!, 0) / ROWS)).toBeLessThan(1e-10);
        continue;
      }
      const wide = axes[1]!.at.length + (axes[1]!.shape === 'constant' ? 2 : 1);
      for (let r = 0; r * wide < values.length; r++) {
        let sum = 0;
        for (let c = 0; c < wide; c++) sum += values[r * wide + c]! * counts[r * wide + c]!;
        expect(Math.abs(sum) / ROWS).toBeLessThan(1e-8);
      }
      for (let c = 0; c < wide; c++) {
        let sum = 0;
        for (let at = c; at < values.length; at += wide) sum += values[at]! * counts[at]!;
        expect(Math.abs(sum) / ROWS).toBeLessThan(1e-8);
      }
    }
    const { base, values } = contributions(form, train.X)!;
    const raw = rawScores(form, train.X);
    for (let i = 0; i < ROWS; i += 50)
      expect(base[0]! + values.subarray(7 * i, 7 * i + 7).reduce((a, b) => a + b)).toBeCloseTo(raw[i]!, 10);
  });
});

describe('missing values and categories', () => {
  it('a missing value that says something is heard; one never seen adds nothing', async () => {
    const { train } = table(additive);
    const data = train.X.data.slice();
    const y = (train.target.y as Float64Array).slice();
    for (let i = 0; i < ROWS; i += 3) {
      data[4 * ROWS + i] = NaN;
      y[i]! += 2;
    }
    const form = await fit({ X: { ...train.X, data }, target: { task: 'number', y } }, { interactions: 0 });
    const gone = termOf(form, 4);
    const last = gone.values.length - 1;
    expect(gone.counts[last]).toBe(ROWS / 3);
    const others = gone.values.subarray(0, last);
    expect(gone.values[last]! - others.reduce((a, b) => a + b) / last).toBeCloseTo(2, 0);
    const never = termOf(form, 6);
    expect([never.values[5], never.counts[5]]).toEqual([0, 0]);
    expect([...never.axes[0]!.at]).toEqual([0, 1, 2, 3, 4]);
  });
});

it('weights count: rows at weight 3 pull as three rows do', async () => {
  const { train } = table((x) => x[0]!);
  const y = (train.target.y as Float64Array).map((v, i) => (i % 2 ? v + 1 : v));
  const weight = Float64Array.from(y, (_, i) => (i % 2 ? 3 : 1));
  const form = await fit({ X: train.X, target: { task: 'number', y, weight } }, { interactions: 0 });
  expect(form.bias[0]!).toBeCloseTo(0.75, 1);
});

it('counts: a log link, effects multiply', async () => {
  const { train, test } = table((x) => x[0]! + 0.5 * x[1]!);
  const counts = ({ X, target }: Data): Data => ({
    X,
    target: { task: 'number', y: (target.y as Float64Array).map((v) => Math.exp(v) * 1e6) },
  });
  const form = await fit(counts(train), { loss: 'poisson' });
  expect(form.link).toBe('log');
  const p = predict(form, test.X);
  let off = 0;
  for (let i = 0; i < TEST; i++) off += Math.abs(Math.log(p[i]! / 1e6) - (test.X.data[i]! + 0.5 * test.X.data[TEST + i]! + 0.045));
  expect(off / TEST).toBeLessThan(0.1);
  await expect(
    fit({ X: train.X, target: { task: 'number', y: Float64Array.from(train.target.y, (v) => v) } }, { loss: 'poisson' }),
  ).rejects.toMatchObject({
    code: 'fit/negative-count',
  });
});
