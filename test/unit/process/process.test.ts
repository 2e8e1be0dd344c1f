/** Gaussian processes: weights, stops, spreads, chance, and tables that make the arithmetic hard. */
import { describe, expect, it } from 'vitest';
import type { Process } from '../../../src/core/form.js';
import { matrix, take } from '../../../src/core/matrix.js';
import { takeTarget, type Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { erf } from '../../../workers/forms/erf.js';
import { checkForm, predict, spreadOf } from '../../../workers/forms/index.js';
import { system } from '../../../workers/models/kernel/system.js';
import { climb } from '../../../workers/models/process/climb.js';
import { evidence } from '../../../workers/models/process/evidence.js';
import { gaussianProcess as gp } from '../../../workers/models/process/gaussian-process.js';
import { hyperOf, listOf, type Hyper } from '../../../workers/models/process/hyper.js';
import { laplace } from '../../../workers/models/process/laplace.js';

const u = random(5);
const X = matrix(
  48,
  2,
  Float32Array.from({ length: 96 }, () => normal(u)),
);
const curve = Float64Array.from({ length: 48 }, (_, i) => Math.sin(2 * X.data[i]!) + X.data[48 + i]! + 0.1 * normal(u));
const number: Target = { task: 'number', y: curve };
const two: Target = { task: 'class', y: Int32Array.from(curve, (v) => (v > 0 ? 1 : 0)), levels: ['no', 'yes'] };
const three: Target = { task: 'class', y: Int32Array.from(curve, (v) => (v > 0.7 ? 2 : v > -0.7 ? 1 : 0)), levels: ['a', 'b', 'c'] };
const heed = () => Promise.resolve(true);

async function fit(table: typeof X, target: Target, given: Values = {}, stopAt = Infinity, seed = 1) {
  const notes: string[] = [];
  let reports = 0;
  const form = await gp.fit(table, target, checked(gp.params, given), {
    random: random(seed),
    report: () => Promise.resolve(reports++ < stopAt),
    note: (what) => void notes.push(what),
  });
  if (form.form !== 'process') throw new Error(`It is a form of ${form.form}`);
  return { form, notes, reports };
}
const far = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!)), 0);
};

describe('slopes of the likelihood', () => {
  const points = new Float64Array(96);
  for (let i = 0; i < 48; i++) for (let j = 0; j < 2; j++) points[2 * i + j] = X.data[48 * j + i]!;
  const weight = Float64Array.from({ length: 48 }, (_, i) => [0.5, 1, 2][i % 3]!);
  for (const kernel of ['rbf', 'matern-3/2', 'matern-5/2', 'rational-quadratic'] as const) {
    it.each([
      ['a number, one length', 1, false],
      ['a number, two lengths', 2, false],
      ['classes, one length', 1, true],
      ['classes, two lengths', 2, true],
    ])(`${kernel}, %s: as small steps say, with weights`, async (_, l, bent) => {
      const h: Hyper = { kernel, variance: 1.7, lengths: Float64Array.of(0.8, 1.4).subarray(0, l), mixture: 0.7, noise: bent ? 0 : 0.2 };
      const K = system(48);
      const surface = bent
        ? laplace(
            K,
            points,
            2,
            Uint8Array.from(curve, (v) => (v > 0 ? 1 : 0)),
            weight,
            h,
            heed,
          )
        : evidence(K, points, 2, curve, weight, h, 1e-3, heed);
      const at = listOf(h);
      expect(far(listOf(hyperOf(at, h)), at)).toBeLessThan(1e-14);
      await surface.value(at);
      const slope = (await surface.gradient())!;
      expect(slope).toHaveLength(at.length);
      for (let i = 0; i < at.length; i++) {
        const near = async (by: number) => (await surface.value(at.map((v, j) => v + (i === j ? by : 0))))!;
        expect((await near(1e-4)) - (await near(-1e-4))).toBeCloseTo(2e-4 * slope[i]!, 7);
      }
    });
  }
});

describe('weights', () => {
  it.each([
    ['number', number],
    ['two classes', two],
    ['three classes', three],
  ])('%s: 2 is the row twice, 0 the row not at all, in what is learnt too', async (_, target) => {
    const weight = Float64Array.from({ length: 48 }, (_, i) => i % 3);
    const repeated = Array.from({ length: 48 }, (_, i) => new Array<number>(i % 3).fill(i)).flat();
    const a = await fit(X, { ...target, weight }, { ard: true });
    const b = await fit(take(X, repeated), takeTarget(target, repeated), { ard: true });
    expect(far(predict(a.form, X), predict(b.form, X))).toBeLessThan(2e-4);
    expect(Math.max(...Array.from(a.form.noise, (v, i) => Math.abs(v - b.form.noise[i]!)))).toBeLessThan(1e-4);
    if (target.task === 'number') expect(far(spreadOf(a.form, X)!, spreadOf(b.form, X)!)).toBeLessThan(2e-4);
  });

  it('balanced classes: the rare one gets more', async () => {
    const rare: Target = { ...two, y: Int32Array.from(curve, (v) => (v > 1.2 ? 1 : 0)) } as Target;
    const sum = (p: Float64Array) => p.reduce((s, v, i) => s + (i % 2 ? v : 0), 0);
    const given = { optimizer: 'none' };
    const plain = predict((await fit(X, rare, given)).form, X);
    const balanced = predict((await fit(X, rare, { ...given, class_weight: 'balanced' })).form, X);
    expect(sum(balanced)).toBeGreaterThan(1.2 * sum(plain));
  });
});

describe('spread', () => {
  it('is the noise near the rows and grows to the whole variance far away', async () => {
    const { form } = await fit(X, number);
    const far = matrix(2, 2, Float32Array.of(X.data[0]!, 1e6, X.data[48]!, -1e6));
    const [near, away] = spreadOf(form, far)!;
    expect(near).toBeGreaterThan(form.scale * Math.sqrt(form.noise[0]!));
    expect(near).toBeLessThan(1.5 * form.scale * Math.sqrt(form.noise[0]!));
    expect(away).toBeCloseTo(form.scale * Math.sqrt(form.noise[0]! + form.variance[0]!), 12);
    expect(predict(form, far)[1]).toBeCloseTo(form.shift, 12);
  });

  it('of a batch is that of its rows one by one, by the twin of the kernels too', async () => {
    const { form } = await fit(X, number, { kernel: 'matern-3/2' });
    const all = spreadOf(form, X)!;
    for (let i = 0; i < X.rows; i++) expect(spreadOf(form, take(X, [i]))![0]).toBe(all[i]);
    const compiled = globalThis.WebAssembly;
    Reflect.deleteProperty(globalThis, 'WebAssembly');
    try {
      expect([...spreadOf(form, X)!]).toEqual([...all]);
    } finally {
      globalThis.WebAssembly = compiled;
    }
  });

  it('is not told by a form without a factor, nor of another width', async () => {
    const { form } = await fit(X, number);
    const light = checkForm({ ...form, factors: new Float64Array(0) });
    expect(spreadOf(light, X)).toBeNull();
    expect([...predict(light, X)]).toEqual([...predict(form, X)]);
    expect(() => spreadOf(form, matrix(1, 3))).toThrow(/takes 2 columns/);
  });
});

describe('stop', () => {
  it.each([0, 1, 3, 6])('at report %i leaves what was best so far', async (at) => {
    for (const target of [number, two, three]) {
      const { form, reports } = await fit(X, target, {}, at);
      expect(reports).toBeLessThanOrEqual(at + 1);
      expect(predict(checkForm(form), X).every(Number.isFinite)).toBe(true);
      if (at > 0 && target !== three) expect(form.weights).toHaveLength(48);
    }
  });
});

describe('chance', () => {
  it('only further starts draw, and they never make it worse', async () => {
    const losses: number[] = [];
    const learn = async (given: Values, seed: number) => {
      const { form } = await fit(X, number, given, Infinity, seed);
      const K = system(48);
      const points = Float64Array.from(form.points);
      const h: Hyper = { kernel: 'rbf', variance: form.variance[0]!, lengths: form.lengths.slice(0, 1), mixture: 1, noise: form.noise[0]! };
      const y = curve.map((v) => (v - form.shift) / form.scale);
      const value = await evidence(K, points, 2, y, new Float64Array(48).fill(1), h, 1e-10, heed).value(listOf(h));
      losses.push(value!);
      return form;
    };
    expect(await learn({}, 1)).toEqual(await learn({}, 2));
    await learn({ n_restarts_optimizer: 3 }, 3);
    expect(losses[2]).toBeLessThanOrEqual(losses[0]! + 1e-9);
  });
});

describe('hard tables', () => {
  it('twin rows that disagree, hardly any noise: an answer, or one without the rows and a word about it', async () => {
    const twins = matrix(6, 1, Float32Array.of(1, 1, 1, 2, 2, 2));
    const target: Target = { task: 'number', y: Float64Array.of(0, 1, 2, 5, 6, 7) };
    const { form, notes } = await fit(twins, target, { optimizer: 'none', noise_level: 1e-5, alpha: 1e-12, constant_value: 1e5 });
    expect(notes).toEqual([]);
    expect([...predict(form, twins)].map((v) => Number(v.toFixed(3)))).toEqual([1, 1, 1, 6, 6, 6]);
    const learnt = await fit(twins, target);
    expect(Math.abs(predict(learnt.form, twins)[0]! - 1)).toBeLessThan(0.2);
  });

  it('no column: the mean, and shares near those of the classes', async () => {
    const bare = matrix(48, 0);
    expect(predict((await fit(bare, number)).form, bare)[0]).toBeCloseTo(curve.reduce((a, b) => a + b) / 48, 6);
    const p = predict((await fit(bare, two)).form, bare);
    expect(p[1]).toBeCloseTo(curve.filter((v) => v > 0).length / 48, 1);
  });

  it('says how many rows are too many, fewer where many classes keep a triangle each', () => {
    const shape = { rows: 5000, cols: 4, classes: 0, task: 'number' as const };
    expect(gp.whyNot!(shape)).toBeNull();
    expect(gp.whyNot!({ ...shape, rows: 5001 })).toMatch(/5000 is the most/);
    expect(gp.whyNot!({ ...shape, task: 'class', classes: 10 })).toMatch(/3162 is the most/);
    expect(gp.whyNot!({ ...shape, task: 'class', classes: 2 })).toBeNull();
  });

  it('one class seen of three', async () => {
    const { form, notes } = await fit(X, { ...three, y: new Int32Array(48).fill(2) } as Target);
    expect(notes[0]).toMatch(/only answer that/);
    expect([...predict(form, take(X, [0]))]).toEqual([0, 0, 1]);
  });
});

describe('the way down', () => {
  const bowl = (curvature: readonly number[], bottom: readonly number[]) => {
    let last = new Float64Array(0);
    return {
      value: (at: Float64Array) => {
        last = at.slice();
        return Promise.resolve(at.reduce((s, v, i) => s + 0.5 * curvature[i]! * (v - bottom[i]!) ** 2, 0));
      },
      gradient: () => Promise.resolve(last.map((v, i) => curvature[i]! * (v - bottom[i]!)) as Float64Array),
    };
  };
  const wide = (d: number, v: number) => new Float64Array(d).fill(v);
  it('finds the bottom of a long bowl, and the nearest bound where the bottom lies outside', async () => {
    const open = await climb(bowl([1, 100, 1e4], [3, -2, 0.5]), wide(3, 0), wide(3, -10), wide(3, 10), 200);
    expect(open.settled).toBe(true);
    expect(far(open.at, [3, -2, 0.5])).toBeLessThan(1e-2);
    expect(open.looks).toBeLessThan(40);
    const shut = await climb(bowl([1, 100, 1e4], [30, -2, 0.5]), wide(3, 0), wide(3, -1), wide(3, 1), 200);
    expect(shut.settled).toBe(true);
    expect(far(shut.at, [1, -1, 0.5])).toBeLessThan(1e-3);
  });
  it('ends when asked to, when looks run out, and where there is nothing to learn', async () => {
    const none = { value: () => Promise.resolve(null), gradient: () => Promise.resolve(null) };
    expect((await climb(none, wide(1, 0), wide(1, -1), wide(1, 1), 9)).settled).toBe(false);
    const few = await climb(bowl([1, 1e6], [5, 5]), wide(2, 0), wide(2, -9), wide(2, 9), 4);
    expect(few.settled).toBe(false);
    expect(few.looks).toBeLessThanOrEqual(4);
    const steep = { value: () => Promise.resolve(Infinity), gradient: () => Promise.resolve(wide(1, 0)) };
    expect((await climb(steep, wide(1, 0), wide(1, -1), wide(1, 1), 9)).value).toBe(Infinity);
  });
});

it('the error function, against tables and against itself where its two ways meet', () => {
  // Abramowitz & Stegun 1964, table 7.1.
  for (const [x, v] of [
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3.5, 0.9999992569016276],
  ] as const) {
    // prettier-ignore
    expect(Math.abs(erf(x) - v)).toBeLessThan(4e-16);
    expect(erf(-x) + erf(x)).toBe(0);
  }
  expect(Math.abs(erf(3 - 1e-15) - erf(3 + 1e-15))).toBeLessThan(1e-15);
  expect(erf(Infinity)).toBe(1);
  expect(erf(NaN)).toBeNaN();
});

const kept: Process['kernel'][] = ['rbf', 'matern-3/2', 'matern-5/2', 'rational-quadratic'];
it.each(kept)('%s follows a curve that a line cannot', async (kernel) => {
  const { form } = await fit(X, number, { kernel });
  const off = predict(form, X).reduce((s, v, i) => s + (v - curve[i]!) ** 2, 0);
  const mean = curve.reduce((a, b) => a + b) / 48;
  expect(off / curve.reduce((s, v) => s + (v - mean) ** 2, 0)).toBeLessThan(0.05);
});
