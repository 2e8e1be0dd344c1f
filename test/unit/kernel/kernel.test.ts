/** The solver against a slow twin, rows of the kernel against theirs, and what holds whatever the chances drawn. */
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../../src/core/form.js';
import { matrix, take } from '../../../src/core/matrix.js';
import { takeTarget, type ClassTarget, type Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { normal, random, shuffle } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { kernelsDecide } from '../../../workers/forms/kernels.js';
import { fitClasses } from '../../../workers/models/kernel/fit.js';
import { fitSigmoid } from '../../../workers/models/kernel/platt.js';
import { kernelRows, type Kernel } from '../../../workers/models/kernel/rows.js';
import { solve, type Midway, type Task } from '../../../workers/models/kernel/solve.js';
import { supportVectorMachine as svm } from '../../../workers/models/kernel/support-vector-machine.js';

const quiet = { stopped: false, due: () => false, rest: () => Promise.resolve() };
const context = (seed = 1) => ({ random: random(seed), report: () => Promise.resolve(true) });
const u = random(5);
const n = 90;
const p = 3;
const points = Float32Array.from({ length: n * p }, () => normal(u));
const X = matrix(
  n,
  p,
  Float32Array.from({ length: n * p }, (_, c) => points[(c % n) * p + Math.floor(c / n)]!),
);
const value = Float64Array.from({ length: n }, (_, i) => Math.sin(2 * points[i * p]!) + points[i * p + 1]! + 0.3 * normal(u));
const rbf: Kernel = { kernel: 'rbf', gamma: 0.4, coef0: 0, degree: 3 };
const KERNELS: readonly Kernel[] = [
  rbf,
  { ...rbf, kernel: 'linear' },
  { ...rbf, kernel: 'poly', coef0: 1 },
  { ...rbf, kernel: 'sigmoid', coef0: -0.5 },
];

function kernelOf(k: Kernel, i: number, j: number): number {
  let dot = 0;
  let square = 0;
  for (let c = 0; c < p; c++) {
    dot += points[i * p + c]! * points[j * p + c]!;
    square += (points[i * p + c]! - points[j * p + c]!) ** 2;
  }
  const base = k.gamma * dot + k.coef0;
  return k.kernel === 'rbf'
    ? Math.exp(-k.gamma * square)
    : k.kernel === 'linear'
      ? dot
      : k.kernel === 'poly'
        ? base ** k.degree
        : Math.tanh(base);
}

const problem = (kind: 'class' | 'number', tol: number): Task => ({
  members: Int32Array.from({ length: n }, (_, i) => i),
  y: kind === 'class' ? value.map((v) => (v > 0 ? 1 : -1)) : value,
  low: kind === 'class' ? value.map((v) => (v > 0 ? 0 : -2)) : new Float64Array(n).fill(-2),
  high: kind === 'class' ? value.map((v) => (v > 0 ? 2 : 0)) : new Float64Array(n).fill(2),
  epsilon: kind === 'class' ? 0 : 0.15,
  tol,
});

/** The most violating pair, over and over, on the whole matrix: no second order, no shrinking, no cache. */
function twin(k: Kernel, t: Task): Float64Array {
  const K = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => kernelOf(k, i, j)));
  const beta = new Float64Array(n);
  const slack = t.y.slice();
  for (let round = 0; round < 200_000; round++) {
    let [i, j, top, least] = [-1, -1, -Infinity, Infinity];
    for (let s = 0; s < n; s++) {
      const h = slack[s]!;
      const rise = beta[s]! < 0 ? h + t.epsilon : h - t.epsilon;
      const fall = beta[s]! > 0 ? h - t.epsilon : h + t.epsilon;
      if (beta[s]! < t.high[s]! && rise > top) [i, top] = [s, rise];
      if (beta[s]! > t.low[s]! && fall < least) [j, least] = [s, fall];
    }
    if (top - least < t.tol) return beta;
    const most = Math.min((beta[i]! < 0 ? 0 : t.high[i]!) - beta[i]!, beta[j]! - (beta[j]! > 0 ? 0 : t.low[j]!));
    const step = Math.min(most, (top - least) / Math.max(1e-12, K[i]![i]! + K[j]![j]! - 2 * K[i]![j]!));
    beta[i] = beta[i]! + step;
    beta[j] = beta[j]! - step;
    for (let s = 0; s < n; s++) slack[s] = slack[s]! - step * (K[s]![i]! - K[s]![j]!);
  }
  throw new Error('The twin did not settle');
}

describe('rows of a kernel', () => {
  it.each(KERNELS)('$kernel: each as its definition, also when there is room for three only', (k) => {
    const wide = kernelRows(points, n, p, k);
    const narrow = kernelRows(points, n, p, k, 3 * 4 * n);
    const order = shuffle(Array.from({ length: 400 }, (_, i) => i % n), random(2)); // prettier-ignore
    for (const i of order) {
      const row = wide.row(i);
      expect(narrow.row(i)).toEqual(row);
      expect(wide.diagonal[i]).toBeCloseTo(kernelOf(k, i, i), 4);
      expect(Math.max(...Array.from(row, (v, j) => Math.abs(v - kernelOf(k, i, j)) / (1 + Math.abs(v))))).toBeLessThan(1e-6);
    }
    expect(wide.spent).toBeLessThan(narrow.spent);
  });

  it('the row before stays good while the next is asked for', () => {
    const rows = kernelRows(points, n, p, rbf, 0);
    for (let i = 0; i + 1 < n; i++) {
      const first = rows.row(i);
      const kept = first.slice();
      rows.row(i + 1);
      expect(first).toEqual(kept);
    }
  });

  it('far points have kernel 0, near ones the right one, whatever gamma', () => {
    const line = Float32Array.from({ length: 200 }, (_, i) => i / 7);
    for (const gamma of [0, 1e-9, 0.01, 1, 1e9]) {
      const row = kernelRows(line, 200, 1, { ...rbf, gamma }).row(0);
      for (let j = 0; j < 200; j++) expect(Math.abs(row[j]! - Math.exp(-gamma * line[j]! ** 2))).toBeLessThan(1e-7);
    }
  });
});

describe('the solver', () => {
  for (const kind of ['class', 'number'] as const) {
    it.each(KERNELS.slice(0, 3))(`${kind}, $kernel: the answer of its slow twin, within every rule`, async (k) => {
      const task = problem(kind, 1e-6);
      const got = await solve(kernelRows(points, n, p, k), task, quiet);
      const want = twin(k, { ...task, tol: 1e-7 });
      expect(got.settled).toBe(true);
      let sum = 0;
      got.beta.forEach((b, i) => {
        expect(b).toBeGreaterThanOrEqual(task.low[i]!);
        expect(b).toBeLessThanOrEqual(task.high[i]!);
        sum += b;
      });
      expect(Math.abs(sum)).toBeLessThan(1e-12);
      // The function they make is unique even where β is not.
      for (let i = 0; i < n; i++) {
        let f = 0;
        for (let j = 0; j < n; j++) f += want[j]! * kernelOf(k, i, j);
        expect(Math.abs(task.y[i]! - got.slack[i]! - f)).toBeLessThan(1e-4);
      }
    });
  }

  it('comes to the same from any start that keeps the rules', async () => {
    const rows = kernelRows(points, n, p, rbf);
    const task = problem('number', 1e-8);
    const cold = await solve(rows, task, quiet);
    const beta = Float64Array.from({ length: n }, (_, i) => (i % 2 ? 1.5 : -1.5));
    const slack = task.y.map((y, i) => y - rows.row(i).reduce((s, k, j) => s + k * beta[j]!, 0));
    const warm = await solve(rows, { ...task, from: { beta, slack } }, quiet);
    expect(Math.abs(warm.intercept - cold.intercept)).toBeLessThan(1e-6);
    for (let i = 0; i < n; i++) expect(Math.abs(warm.slack[i]! - cold.slack[i]!)).toBeLessThan(1e-6);
  });

  it.each(['class', 'number'] as const)('%s: goes on from any step to the same bytes', async (kind) => {
    const many = 300;
    const cloud = Float32Array.from({ length: many * 2 }, () => normal(u));
    const rows = () => kernelRows(cloud, many, 2, { ...rbf, gamma: 2 }, 40 * 4 * many);
    const value = (i: number) => cloud[2 * i]! * cloud[2 * i + 1]! + 0.3 * normal(u);
    const y = Float64Array.from({ length: many }, (_, i) => (kind === 'number' ? value(i) : value(i) > 0 ? 1 : -1));
    const task: Task = {
      members: Int32Array.from({ length: many }, (_, i) => i),
      y,
      low: y.map((v) => (kind === 'number' ? -10 : Math.min(0, 10 * v))),
      high: y.map((v) => (kind === 'number' ? 10 : Math.max(0, 10 * v))),
      epsilon: kind === 'number' ? 0.1 : 0,
      tol: 1e-4,
    };
    const every = { ...quiet, due: () => true };
    const states: Midway[] = [];
    const whole = await solve(rows(), task, every, { saved: null, offer: (state) => void states.push(structuredClone(state())) });
    expect(whole.iterations).toBeGreaterThan(500);
    // Some of them lack points that are out of play.
    expect(states.some(({ place }) => place.length < many)).toBe(true);
    for (let at = 0; at < states.length; at += Math.ceil(states.length / 12)) {
      const keep = { saved: states[at], offer: () => undefined };
      expect(await solve(rows(), task, every, keep)).toEqual(whole);
    }
    for (const saved of [null, 3, { ...states[5], beta: new Float64Array(2) }, { ...states[5], slack: new Float64Array(1) }])
      expect(await solve(rows(), task, every, { saved, offer: () => undefined })).toEqual(whole);
  });

  it('shrinks and comes back: slack is y − Kβ for every point at the end', async () => {
    const many = 1500;
    const cloud = Float32Array.from({ length: many * 2 }, () => normal(u));
    const rows = kernelRows(cloud, many, 2, { ...rbf, gamma: 2 });
    const y = Float64Array.from({ length: many }, (_, i) => (cloud[2 * i]! * cloud[2 * i + 1]! + 0.3 * normal(u) > 0 ? 1 : -1));
    const task: Task = {
      members: Int32Array.from({ length: many }, (_, i) => i),
      y,
      low: y.map((v) => Math.min(0, 50 * v)),
      high: y.map((v) => Math.max(0, 50 * v)),
      epsilon: 0,
      tol: 1e-3,
    };
    const { beta, slack, iterations } = await solve(rows, task, quiet);
    expect(iterations).toBeGreaterThan(3000);
    let [top, least] = [-Infinity, Infinity];
    for (let i = 0; i < many; i++) {
      const K = rows.row(i);
      let h = y[i]!;
      for (let j = 0; j < many; j++) h -= K[j]! * beta[j]!;
      expect(Math.abs(h - slack[i]!)).toBeLessThan(1e-9);
      if (beta[i]! < task.high[i]!) top = Math.max(top, h);
      if (beta[i]! > task.low[i]!) least = Math.min(least, h);
    }
    expect(top - least).toBeLessThan(1.001e-3);
  });

  it('asked to stop, leaves a β that keeps the rules', async () => {
    let asked = 0;
    const watch = { ...quiet, due: () => true, rest: () => Promise.resolve(void asked++), get stopped() { return asked >= 5; } }; // prettier-ignore
    const task = problem('number', 1e-9);
    const { beta, intercept, settled } = await solve(kernelRows(points, n, p, rbf), task, watch);
    expect(settled).toBe(false);
    expect(asked).toBe(5);
    expect(Number.isFinite(intercept)).toBe(true);
    expect(Math.abs(beta.reduce((a, b) => a + b))).toBeLessThan(1e-12);
    expect(beta.some((b) => b !== 0)).toBe(true);
  });
});

describe('the sigmoid', () => {
  const decision = Float64Array.from({ length: 60 }, () => normal(u));
  const first = Uint8Array.from(decision, (d) => (d + normal(u) > 0.2 ? 1 : 0));

  it('has no slope left in its loss, and rises with the decision', () => {
    const weight = Float64Array.from(decision, (_, i) => 1 + (i % 3));
    const { slope, offset } = fitSigmoid(decision, first, weight);
    expect(slope).toBeLessThan(0);
    let ones = 0;
    let zeros = 0;
    first.forEach((f, i) => (f ? (ones += weight[i]!) : (zeros += weight[i]!)));
    let [g1, g2] = [0, 0];
    decision.forEach((d, i) => {
      const e = weight[i]! * ((first[i] ? (ones + 1) / (ones + 2) : 1 / (zeros + 2)) - 1 / (1 + Math.exp(slope * d + offset)));
      g1 += e * d;
      g2 += e;
    });
    expect(Math.abs(g1)).toBeLessThan(1e-4);
    expect(Math.abs(g2)).toBeLessThan(1e-4);
  });

  it('weight 2 is the row twice, and the other way round is the other sign', () => {
    const one = new Float64Array(60).fill(1);
    const a = fitSigmoid(decision, first, one.map((w, i) => w + (i % 2))); // prettier-ignore
    const rows = Array.from({ length: 60 }, (_, i) => i).flatMap((i) => (i % 2 ? [i, i] : [i]));
    const b = fitSigmoid(Float64Array.from(rows, (i) => decision[i]!), Uint8Array.from(rows, (i) => first[i]!), new Float64Array(rows.length).fill(1)); // prettier-ignore
    expect(a.slope).toBeCloseTo(b.slope, 8);
    expect(a.offset).toBeCloseTo(b.offset, 8);
    const plain = fitSigmoid(decision, first, one);
    const turned = fitSigmoid(decision.map((d) => -d), first.map((f) => 1 - f), one); // prettier-ignore
    expect(turned.slope).toBeCloseTo(plain.slope, 6);
    expect(turned.offset).toBeCloseTo(-plain.offset, 6);
  });

  it('stays finite when classes lie apart, and when all decisions are one', () => {
    for (const d of [Float64Array.from(first, (f) => (f ? 1 : -1)), new Float64Array(60), new Float64Array(60).fill(1e100)]) {
      const { slope, offset } = fitSigmoid(d, first, new Float64Array(60).fill(1));
      expect(Number.isFinite(slope) && Number.isFinite(offset)).toBe(true);
    }
  });
});

describe('the model', () => {
  const two: ClassTarget = { task: 'class', y: Int32Array.from(value, (v) => (v > 0 ? 1 : 0)), levels: ['no', 'yes'] };
  const three: ClassTarget = { task: 'class', y: Int32Array.from(value, (v) => (v > 0.6 ? 2 : v > -0.6 ? 1 : 0)), levels: ['a', 'b', 'c'] };
  const number: Target = { task: 'number', y: value };
  const fit = async (target: Target, given: Values = {}, table = X, seed = 1) =>
    (await svm.fit(table, target, checked(svm.params, given), context(seed))) as Kernels;
  const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));

  it.each([['two', two], ['three', three], ['number', number]] as const)('%s: decides alike for a weight of 2 and a row twice', async (_, target) => {
    const rows = Array.from({ length: n }, (_, i) => i).flatMap((i) => new Array<number>(i % 3).fill(i));
    const weight = Float64Array.from({ length: n }, (_, i) => i % 3);
    const weighted = await fit({ ...target, weight }, { tol: 1e-9 });
    const twice = await fit(takeTarget(target, rows), { tol: 1e-9 }, take(X, rows));
    expect(weighted.gamma).toBeCloseTo(twice.gamma, 12);
    expect(apart(kernelsDecide(weighted, X), kernelsDecide(twice, X))).toBeLessThan(2e-6);
  }); // prettier-ignore

  it('other names for the classes only move the probabilities', async () => {
    const a = predict(await fit(three, { tol: 1e-8 }), X);
    const b = predict(await fit({ ...three, y: three.y.map((k) => (k + 1) % 3) }, { tol: 1e-8 }), X);
    expect(
      apart(
        a,
        Float64Array.from(a, (_, i) => b[i - (i % 3) + (((i % 3) + 1) % 3)]!),
      ),
    ).toBeLessThan(1e-4);
  });

  it('another unit of a number changes nothing but the unit', async () => {
    const a = predict(await fit(number), X);
    const b = predict(await fit({ task: 'number', y: value.map((v) => 1024 * v + 4096) }), X);
    expect(apart(a, b.map((v) => (v - 4096) / 1024))).toBeLessThan(1e-9); // prettier-ignore
  });

  it('without room for the kernel of all rows, every pair makes its own and learns the same', async () => {
    const params = checked(svm.params, {});
    const all = await fitClasses(X, three, params, context());
    expect(await fitClasses(X, three, params, context(), 4 * n * n - 1)).toEqual(all);
    expect(await fitClasses(X, three, params, context(), 0)).toEqual(all);
  });

  it('balanced classes raise the rare one', async () => {
    const rare: ClassTarget = { ...two, y: Int32Array.from(value, (v) => (v > 1.6 ? 1 : 0)) };
    const mean = async (class_weight: string) =>
      predict(await fit(rare, { class_weight }), X).reduce((s, v, i) => s + (i % 2 ? v : 0), 0) / n;
    expect(await mean('balanced')).toBeGreaterThan(1.5 * (await mean('none')));
  });

  it('a kernel that does not fit a number is refused by the column', async () => {
    const big = { ...X, data: X.data.map((v, i) => (i >= n && i < 2 * n ? 1e25 * v : v)) };
    for (const target of [two, three, number])
      await expect(fit(target, { kernel: 'linear' }, big)).rejects.toMatchObject({ code: 'fit/infinite', where: { column: 'x1' } });
  });

  it('says why not above thirty thousand rows', () => {
    expect(svm.whyNot!({ rows: 30_001, cols: 5, task: 'class', classes: 2 })).toMatch(/\.$/);
    expect(svm.whyNot!({ rows: 30_000, cols: 5, task: 'class', classes: 2 })).toBeNull();
  });
});
