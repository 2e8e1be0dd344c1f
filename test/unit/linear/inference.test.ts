/** Standard errors of least squares: where columns overlap, where rows weigh, where there is nothing to tell. */
import { describe, expect, it } from 'vitest';
import { matrix, take } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { inference } from '../../../workers/explain/coefficients.js';
import { linear } from '../../../workers/models/linear.js';
import { residuals, slopes } from '../../../workers/models/linear/doubled.js';
import { context, fit, number, table } from './fixture.js';

const none = { penalty: 'none' };
const u = random(4);
const n = 60;
const group = Array.from({ length: n }, (_, i) => i % 3);
const dummy = (k: number) => group.map((g) => (g === k ? 1 : 0));
const X = table(n, 2, u, dummy(0), dummy(1));
const y = Array.from({ length: n }, (_, i) => 2 * X.data[i]! - X.data[n + i]! + group[i]! + normal(u));

describe('standard errors', () => {
  it('are those of the weights that rows settle, where a block of one-hot columns overlaps with the intercept', async () => {
    const whole = matrix(n, 5, Float32Array.of(...X.data, ...dummy(2)));
    const lean = await fit(linear, X, number(y), none);
    const full = await fit(linear, whole, number(y), none);
    for (const j of [0, 1]) {
      expect(full.weights[j]).toBeCloseTo(lean.weights[j]!, 10);
      expect(full.spread![j]).toBeCloseTo(lean.spread![j]!, 10);
    }
    expect([...full.spread!.slice(2)]).toEqual([0, 0, 0, 0]);
    expect(full.freedom).toBe(lean.freedom);
    expect(full.noise).toBeCloseTo(lean.noise!, 12);
    expect(inference(lean, X.names)!.F).not.toBeNull();
    expect(inference(full, whole.names)!.F).toBeNull();
    expect(inference(full, whole.names)!.scores[0]![3]).toMatchObject({ se: null, t: null, p: null, low: null, high: null });
  });

  it('of a row of weight 2 are those of the row twice', async () => {
    const weight = y.map((_, i) => (i * 7) % 4);
    const rows = weight.flatMap((w, i) => new Array<number>(w).fill(i));
    const target = number(y, weight);
    const once = await fit(linear, X, target, none);
    const twice = await fit(linear, take(X, rows), number(rows.map((i) => y[i]!)), none);
    expect(once.freedom).toBe(rows.length - 5);
    twice.spread!.forEach((v, j) => expect(once.spread![j]! / v).toBeCloseTo(1, 12));
    expect(once.noise! / twice.noise!).toBeCloseTo(1, 12);
    expect(once.explained! / twice.explained!).toBeCloseTo(1, 12);
  });

  it('cover the truth as often as they say', async () => {
    let within = 0;
    const rounds = 400;
    for (let k = 0; k < rounds; k++) {
      const A = table(12, 1, u);
      const form = await fit(linear, A, number(Array.from({ length: 12 }, (_, i) => 3 * A.data[i]! + normal(u))), none);
      const row = inference(form, A.names)!.scores[0]![0]!;
      if (row.low! <= 3 && 3 <= row.high!) within++;
    }
    // 0.95 ± 4 standard deviations of a share of 400.
    expect(Math.abs(within / rounds - 0.95)).toBeLessThan(0.044);
  });

  it('do not depend on how a column is measured', async () => {
    const other = matrix(n, 4, X.data.slice());
    // A power of two loses no digit; a shift loses some of Float32, so it is made of whole steps of it.
    for (let i = 0; i < n; i++) other.data[i] = X.data[i]! * 1024;
    const a = await fit(linear, X, number(y), none);
    const b = await fit(linear, other, number(y), none);
    expect((b.spread![0]! * 1024) / a.spread![0]!).toBeCloseTo(1, 12);
    expect(b.spread![1]! / a.spread![1]!).toBeCloseTo(1, 12);
  });

  it('are absent where they would be nonsense', async () => {
    const u2 = random(9);
    const wide = table(5, 8, u2);
    expect((await fit(linear, wide, number([1, 2, 3, 4, 6]), none)).spread).toBeUndefined();
    const square = table(5, 4, u2);
    expect((await fit(linear, square, number([1, 2, 3, 4, 6]), none)).spread).toBeUndefined();
    expect((await fit(linear, X, number(y.map(() => 3)), none)).spread).toBeUndefined();
    expect((await fit(linear, X, number(y), { penalty: 'l2' })).spread).toBeUndefined();
    expect(inference(await fit(linear, X, number(y), { penalty: 'l1' }), X.names)).toBeNull();
  });

  it('leave out a constant column and keep the rest', async () => {
    const flat = matrix(n, 5, Float32Array.of(...X.data, ...new Float32Array(n).fill(7)));
    const a = await fit(linear, X, number(y), none);
    const b = await fit(linear, flat, number(y), none);
    expect(b.spread![4]).toBe(0);
    expect(b.freedom).toBe(a.freedom);
    expect([...b.spread!.slice(0, 4)]).toEqual([...a.spread!.slice(0, 4)]);
  });

  it('say of a perfect fit that nothing is left over', async () => {
    const exact = Array.from({ length: n }, (_, i) => 2 * X.data[i]! - 3 * X.data[n + i]! + 1);
    const form = await fit(linear, X, number(exact), none);
    expect(form.noise).toBe(0);
    expect(form.explained).toBe(1);
    const rows = inference(form, X.names)!.scores[0]!;
    expect(rows[0]).toMatchObject({ se: 0, t: null, p: 0 });
    expect(rows[0]!.low).toBe(rows[0]!.weight);
  });

  it('hear a stop', async () => {
    const big = table(3000, 60, u);
    const t = number(Array.from({ length: 3000 }, (_, i) => big.data[i]!));
    let asked = 0;
    const form = await fit(linear, big, t, none, { ...context(), report: () => Promise.resolve(++asked < 1) });
    expect(asked).toBe(1);
    expect(form.weights.every(Number.isFinite)).toBe(true);
  });
});

describe('doubled sums', () => {
  it('find a residual that single sums lose', () => {
    const A = matrix(2, 2, Float32Array.of(1e8, 3, 1e8, 5));
    const third = 1 / 3;
    // y − (1e8 · ⅓ + 1e8 · −⅓) − 1e−9: all but the last digits cancel.
    const r = residuals(A, Float64Array.of(2e-9, 1), { weights: Float64Array.of(third, -third), bias: 1e-9 });
    expect(r.high[0]! + r.low[0]!).toBeCloseTo(1e-9, 16);
    expect(r.high[1]!).toBeCloseTo(1 + 2 * third - 1e-9, 15);
  });
  it('sum columns times residuals as whole numbers do', () => {
    const rows = 500;
    const A = matrix(
      rows,
      1,
      Float32Array.from({ length: rows }, () => Math.round(normal(u) * 1e6)),
    );
    const high = Float64Array.from({ length: rows }, () => Math.round(normal(u) * 1e12));
    const weight = Float64Array.from({ length: rows }, () => 1 + Math.floor(u() * 9));
    let each = 0n;
    let sum = 0n;
    for (let i = 0; i < rows; i++) {
      each += BigInt(weight[i]!) * (BigInt(A.data[i]!) - 1000n) * BigInt(high[i]!);
      sum += BigInt(weight[i]!) * BigInt(high[i]!);
    }
    const got = slopes(A, { high, low: new Float64Array(rows) }, weight, Float64Array.of(1000));
    expect(got.sum).toBe(Number(sum));
    expect(got.each[0]).toBe(Number(each));
  });
});
