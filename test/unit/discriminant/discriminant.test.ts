/** Clouds of classes: what scikit-learn leaves undefined, flat clouds, weights, centroids. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { ledoitWolf } from '../../../workers/models/discriminant/ledoit-wolf.js';
import { linearDiscriminant } from '../../../workers/models/discriminant/linear-discriminant.js';
import { quadraticDiscriminant } from '../../../workers/models/discriminant/quadratic-discriminant.js';
import { nearestCentroid } from '../../../workers/models/nearest-centroid.js';

const notes: string[] = [];
const ctx: Context = { random: random(1), report: () => Promise.resolve(true), note: (s) => void notes.push(s) };
const levels = ['a', 'b', 'c'];
const u = random(5);

describe('linear', () => {
  it('keeps a column that never changes within a class and tells them apart', async () => {
    const y = Int32Array.from({ length: 30 }, (_, i) => i % 2);
    const X = matrix(30, 2, Float32Array.from([...Array.from({ length: 30 }, () => normal(u)), ...y]));
    const form = await linearDiscriminant.fit(X, { task: 'class', y, levels: ['a', 'b'] }, checked(linearDiscriminant.params, {}), ctx);
    const p = predict(form, X);
    for (let i = 0; i < 30; i++) expect(p[2 * i + y[i]!]).toBeGreaterThan(0.999);
  });

  it('balanced classes move the border to the middle between the means', async () => {
    const n = 400;
    const y = Int32Array.from({ length: n }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const X = matrix(
      n,
      1,
      Float32Array.from(y, (k) => 3 * k + normal(u)),
    );
    const target: ClassTarget = { task: 'class', y, levels: ['a', 'b'] };
    const border = async (class_weight: 'none' | 'balanced') => {
      const form = await linearDiscriminant.fit(X, target, checked(linearDiscriminant.params, { class_weight }), ctx);
      if (form.form !== 'linear') throw new Error('a linear form was expected');
      return -form.bias[0]! / form.weights[0]!;
    };
    const mean = (k: number) => {
      const own = [...X.data].filter((_, i) => y[i] === k);
      return own.reduce((a, b) => a + b, 0) / own.length;
    };
    expect(await border('balanced')).toBeCloseTo((mean(0) + mean(1)) / 2, 6);
    expect(await border('none')).toBeGreaterThan((await border('balanced')) + 0.3);
  });

  it('does not shrink by Ledoit and Wolf where there is one column, or the covariance is what it is shrunk to, or certain', () => {
    expect(ledoitWolf(10, 1, 10, 100, 30)).toBe(0);
    // Two columns, four points (±1, 0), (0, ±1): the covariance is a multiple of I already, and the distance to it is 0.
    expect(ledoitWolf(4, 2, 4, 8, 4)).toBe(0);
    // (1, 1) and (−1, −1): scatter all 2; delta = 16 / 4, distance = (4 − 2 · 1 · 2 + 2) / 2 = 1; beta = (8 / 2 − 4) / 4 = 0.
    expect(ledoitWolf(2, 2, 4, 16, 8)).toBe(0);
  });
});

describe('quadratic', () => {
  it('says where a cloud is flat, and still answers', async () => {
    const y = Int32Array.from({ length: 60 }, (_, i) => i % 3);
    const X = matrix(60, 3);
    for (let i = 0; i < 60; i++) {
      X.data[i] = normal(u) + 4 * y[i]!;
      X.data[60 + i] = y[i] === 1 ? 2 : normal(u);
      X.data[120 + i] = 7;
    }
    notes.length = 0;
    const form = await quadraticDiscriminant.fit(X, { task: 'class', y, levels }, checked(quadraticDiscriminant.params, {}), ctx);
    expect(notes.join()).toMatch(/In “b” some columns never change/);
    const p = predict(form, X);
    let right = 0;
    for (let i = 0; i < 60; i++) if (p[3 * i + y[i]!]! > 0.5) right++;
    expect(right).toBeGreaterThan(52);
    // A column that never changed says nothing, whatever its new value.
    const moved = { ...X, data: X.data.slice() };
    moved.data.fill(1000, 120, 180);
    predict(form, moved).forEach((v, i) => expect(v).toBeCloseTo(p[i]!, 9));
  });

  it('bends where the classes differ in width alone', async () => {
    const y = Int32Array.from({ length: 400 }, (_, i) => i % 2);
    const X = matrix(
      400,
      1,
      Float32Array.from(y, (k) => (k === 0 ? 0.3 : 3) * normal(u)),
    );
    const form = await quadraticDiscriminant.fit(
      X,
      { task: 'class', y, levels: ['a', 'b'] },
      checked(quadraticDiscriminant.params, {}),
      ctx,
    );
    const [inside, left, right] = [0, -4, 4].map((x) => predict(form, matrix(1, 1, Float32Array.of(x)))[1]!);
    expect(inside).toBeLessThan(0.2);
    expect(left).toBeGreaterThan(0.99);
    expect(right).toBeGreaterThan(0.99);
  });
});

describe('centroids', () => {
  it('give shares of nearness', async () => {
    const X = matrix(4, 1, Float32Array.of(0, 2, 9, 11));
    const target: ClassTarget = { task: 'class', y: Int32Array.of(0, 0, 1, 1), levels: ['a', 'b'] };
    const form = await nearestCentroid.fit(X, target, checked(nearestCentroid.params, {}), ctx);
    // Centroids are 1 and 10: at 3 the distances are 2 and 7.
    const p = predict(form, matrix(2, 1, Float32Array.of(3, 1)));
    expect(p[0]).toBeCloseTo(7 / 9, 7);
    expect([p[2], p[3]]).toEqual([1, 0]);
  });
  it('a strong shrinkage leaves none but the middle', async () => {
    const X = matrix(6, 2, Float32Array.of(0, 1, 2, 3, 4, 5, 1, 0, 1, 0, 1, 0));
    const target: ClassTarget = { task: 'class', y: Int32Array.of(0, 0, 0, 1, 1, 1), levels: ['a', 'b'] };
    const form = await nearestCentroid.fit(X, target, checked(nearestCentroid.params, { shrink_threshold: 100 }), ctx);
    if (form.form !== 'neighbours') throw new Error('neighbours were expected');
    expect([...form.points]).toEqual([2.5, 0.5, 2.5, 0.5]);
  });
});
