/** Quantile regression finds the least loss there is, ties and overlapping columns included. */
import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { quantile } from '../../../workers/models/linear/quantile.js';
import { context, fit, inverse, number, scoreOf, table } from './fixture.js';

const u = random(6);

const lossOf = (y: readonly number[], w: readonly number[] | null, q: number, alpha: number, line: (i: number) => number, l1: number) => {
  let sum = 0;
  let total = 0;
  y.forEach((v, i) => {
    const r = v - line(i);
    sum += (w?.[i] ?? 1) * Math.max(q * r, (q - 1) * r);
    total += w?.[i] ?? 1;
  });
  return sum + alpha * total * l1;
};

/** The least loss of all lines through as many rows, or with as many weights of 0, as there are coefficients. */
function least(X: Matrix, y: readonly number[], w: readonly number[] | null, q: number, alpha: number): number {
  const p = X.cols;
  const n = X.rows;
  const P = p + 1;
  const rows = [
    ...y.map((v, i) => ({ x: [...Array.from({ length: p }, (_, j) => X.data[j * n + i]!), 1], v })),
    ...Array.from({ length: p }, (_, j) => ({ x: Array.from({ length: P }, (_, k) => (k === j ? 1 : 0)), v: 0 })),
  ];
  let best = Infinity;
  const choose = (from: number, chosen: readonly number[]): void => {
    if (chosen.length === P) {
      const I = inverse(chosen.map((k) => rows[k]!.x));
      const b = I.map((row) => row.reduce((s, v, k) => s + v * rows[chosen[k]!]!.v, 0));
      if (!b.every(Number.isFinite)) return;
      const l1 = b.slice(0, p).reduce((s, v) => s + Math.abs(v), 0);
      best = Math.min(
        best,
        lossOf(y, w, q, alpha, (i) => rows[i]!.x.reduce((s, v, k) => s + v * b[k]!, 0), l1),
      );
      return;
    }
    for (let k = from; k < rows.length; k++) choose(k + 1, [...chosen, k]);
  };
  choose(0, []);
  return best;
}

const reached = async (X: Matrix, y: readonly number[], w: readonly number[] | null, q: number, alpha: number) => {
  const form = await fit(quantile, X, number(y, w ?? undefined), { quantile: q, alpha: alpha || null });
  const l1 = form.weights.reduce((s, v) => s + Math.abs(v), 0);
  return { form, loss: lossOf(y, w, q, alpha, (i) => scoreOf(form, X, i), l1) };
};

describe('the loss is the least there is', () => {
  it.each(Array.from({ length: 24 }, (_, k) => k))('small table %i', async (k) => {
    const n = 9 + (k % 5);
    // Every third table has whole numbers only: rows coincide and many lines are equally good.
    const whole = k % 3 === 0;
    const X = matrix(
      n,
      2,
      Float32Array.from({ length: 2 * n }, () => (whole ? Math.floor(3 * u()) : normal(u))),
    );
    const y = Array.from({ length: n }, (_, i) => (whole ? Math.floor(4 * u()) : X.data[i]! + normal(u)));
    const w = k % 2 ? y.map(() => Math.floor(3 * u()) + (k % 4 === 1 ? 0 : 0.5)) : null;
    const q = [0.5, 0.2, 0.75, 0.05][k % 4]!;
    const alpha = k % 5 === 2 ? 0.1 : 0;
    const { loss } = await reached(X, y, w, q, alpha);
    const want = least(X, y, w, q, alpha);
    expect(loss).toBeLessThan(want + 1e-9 * (1 + want));
    expect(loss).toBeGreaterThan(want - 1e-9 * (1 + want));
  });
});

describe('a line at a quantile', () => {
  const n = 300;
  const X = table(n, 3, u);
  const y = Array.from({ length: n }, (_, i) => X.data[i]! - 2 * X.data[n + i]! + normal(u) * 3);
  it('has its share of the rows below it, and passes through as many as it has coefficients', async () => {
    for (const q of [0.1, 0.5, 0.9]) {
      const { form } = await reached(X, y, null, q, 0);
      const off = y.map((v, i) => v - scoreOf(form, X, i));
      const through = off.filter((r) => Math.abs(r) < 1e-10).length;
      const below = off.filter((r) => r <= -1e-10).length;
      expect(through).toBe(4);
      expect(below).toBeLessThanOrEqual(q * n);
      expect(below + through).toBeGreaterThanOrEqual(q * n);
    }
  });
  it('keeps its weights at exactly 0 where the penalty says so', async () => {
    const { form } = await reached(X, y, null, 0.5, 0.5);
    expect(form.weights[2]).toBe(0);
    const all = await reached(X, y, null, 0.5, 1000);
    expect([...all.form.weights]).toEqual([0, 0, 0]);
    const sorted = [...y].sort((a, b) => a - b);
    expect(all.form.bias[0]).toBeGreaterThanOrEqual(sorted[149]!);
    expect(all.form.bias[0]).toBeLessThanOrEqual(sorted[150]!);
  });
  it('of overlapping columns is the shortest of the best', async () => {
    const g = Array.from({ length: n }, (_, i) => i % 3);
    const hot = (k: number) => g.map((v) => (v === k ? 1 : 0));
    const lean = matrix(n, 3, Float32Array.from([...X.data.slice(0, n), ...hot(0), ...hot(1)]));
    const full = matrix(n, 5, Float32Array.from([...X.data.slice(0, n), ...hot(0), ...hot(1), ...hot(2), ...X.data.slice(0, n)]));
    const a = await reached(lean, y, null, 0.5, 0);
    const b = await reached(full, y, null, 0.5, 0);
    expect(b.loss).toBeCloseTo(a.loss, 8);
    expect(b.form.weights[4]).toBeCloseTo(b.form.weights[0]!, 8);
    expect(b.form.weights[1]! + b.form.weights[2]! + b.form.weights[3]!).toBeCloseTo(0, 8);
  });
  it('goes along with units and shifts of the target', async () => {
    const { form } = await reached(X, y, null, 0.3, 0);
    const other = await reached(X, y.map((v) => 1e9 * v + 5e9), null, 0.3, 0); // prettier-ignore
    form.weights.forEach((w, j) => expect(other.form.weights[j]! / 1e9).toBeCloseTo(w, 9));
    expect((other.form.bias[0]! - 5e9) / 1e9).toBeCloseTo(form.bias[0]!, 9);
  });
  it('passes through everything when columns are enough, and is flat for a constant target', async () => {
    const wide = table(8, 12, u);
    const t = [3, 1, 4, 1, 5, 9, 2, 6];
    const { form } = await reached(wide, t, null, 0.5, 0);
    t.forEach((v, i) => expect(scoreOf(form, wide, i)).toBeCloseTo(v, 8));
    const flat = await reached(X, y.map(() => 7), null, 0.2, 0); // prettier-ignore
    expect([...flat.form.weights, ...flat.form.bias]).toEqual([0, 0, 0, 7]);
    // The weighted mean of equal targets may be off by its rounding.
    const w = Array.from({ length: n }, (_, i) => 10 ** ((i % 17) - 8));
    for (const alpha of [0, 1e-9, 1e9]) {
      const same = await reached(X, y.map(() => 4.1), w, 0.3, alpha); // prettier-ignore
      expect([...same.form.weights, ...same.form.bias]).toEqual([0, 0, 0, 4.1]);
    }
  });
  it('finds the line that all rows lie on, without an intercept too, and gives weights up for an endless price', async () => {
    const t = Array.from({ length: n }, (_, i) => 2 * X.data[i]!);
    const through = await fit(quantile, X, number(t), { fit_intercept: false });
    [2, 0, 0].forEach((v, j) => expect(through.weights[j]).toBeCloseTo(v, 12));
    const dear = await reached(X, y, null, 0.7, 1e9);
    expect([...dear.form.weights]).toEqual([0, 0, 0]);
    expect(y.filter((v) => v < dear.form.bias[0]!).length / n).toBeCloseTo(0.7, 2);
  });
  it('without an intercept goes through 0', async () => {
    const form = await fit(quantile, X, number(y), { fit_intercept: false });
    expect(form.bias[0]).toBe(0);
    expect(y.filter((v, i) => Math.abs(v - scoreOf(form, X, i)) < 1e-10)).toHaveLength(3);
  });
  it('hears a stop with a line in hand', async () => {
    const big = table(4000, 30, u);
    const t = Array.from({ length: 4000 }, (_, i) => big.data[i]! + normal(u));
    let asked = 0;
    const form = await fit(quantile, big, number(t), {}, { ...context(), report: () => Promise.resolve(++asked < 3) });
    expect(asked).toBe(3);
    expect(form.weights.every(Number.isFinite)).toBe(true);
  });
});
