/** Naive Bayes beyond its references: bins, missing values, categories as they are, values below 0, stopping. */
import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict, rawScores } from '../../../workers/forms/index.js';
import { naiveBayesBernoulli } from '../../../workers/models/bayes/bernoulli.js';
import { naiveBayesCategorical } from '../../../workers/models/bayes/categorical.js';
import { naiveBayesGaussian } from '../../../workers/models/bayes/gaussian.js';
import { naiveBayesMultinomial } from '../../../workers/models/bayes/multinomial.js';

const ctx: Context = { random: random(1), report: () => Promise.resolve(true) };
const two = (...y: number[]): ClassTarget => ({ task: 'class', y: Int32Array.from(y), levels: ['a', 'b'] });
const column = (...x: number[]): Matrix => matrix(x.length, 1, Float32Array.from(x));

describe('categorical', () => {
  const fit = (X: Matrix, target: ClassTarget, given = {}) =>
    naiveBayesCategorical.fit(X, target, checked(naiveBayesCategorical.params, given), ctx);
  it('cuts numbers at their quantiles, and keeps few values apart', async () => {
    const form = await fit(column(1, 2, 3, 4, 5, 6, 7, 8), two(0, 1, 0, 1, 0, 1, 0, 1), { bins: 4 });
    if (form.form !== 'additive') throw new Error('an additive form was expected');
    expect([...form.terms[0]!.axes[0]!.at]).toEqual([2, 4, 6]);
    expect([...form.terms[0]!.counts]).toEqual([2, 2, 2, 2, 0]);
    const few = await fit(column(1, 1, 5, 5, 9, 9), two(0, 0, 1, 1, 0, 1));
    if (few.form !== 'additive') throw new Error('an additive form was expected');
    expect([...few.terms[0]!.axes[0]!.at]).toEqual([1, 5]);
  });
  it('counts a missing value as a level where training had some, and passes it over where not', async () => {
    const some = await fit(column(1, NaN, NaN, 2), two(0, 0, 0, 1));
    // Class a: 1 of 3 below, 2 of 3 missing; with one added to each of three cells 3/6 against 1/4. Priors 3 to 1.
    expect(rawScores(some, column(NaN))[0]).toBeCloseTo(Math.log(1 / 4 / (3 / 6)) + Math.log(1 / 3), 12);
    const none = await fit(column(1, 1, 1, 2), two(0, 0, 0, 1));
    expect(rawScores(none, column(NaN))[0]).toBeCloseTo(Math.log(1 / 3), 12);
  });
  it('takes categories as they are, and a level that training lacks takes its part', async () => {
    const X: Matrix = { ...column(0, 0, 1, 1), levels: [3] };
    const form = await fit(X, two(0, 0, 0, 1));
    const score = (code: number) => rawScores(form, { ...column(code), levels: [3] })[0]!;
    const prior = Math.log(1 / 3);
    expect(score(0)).toBeCloseTo(prior + Math.log(1 / 4 / (3 / 6)), 12);
    expect(score(2)).toBeCloseTo(prior + Math.log(1 / 4 / (1 / 6)), 12);
    // A code beyond all levels is one nobody knew of.
    expect(score(7)).toBeCloseTo(prior, 12);
  });
});

describe('numbers', () => {
  it('pass a missing value over, in training and after', async () => {
    const X = matrix(6, 2, Float32Array.of(0, 1, NaN, 5, 6, 7, 1, 1, 1, NaN, NaN, NaN));
    const form = await naiveBayesGaussian.fit(X, two(0, 0, 0, 1, 1, 1), checked(naiveBayesGaussian.params, {}), ctx);
    const p = predict(form, matrix(2, 2, Float32Array.of(0.4, NaN, NaN, NaN)));
    expect(p[0]).toBeGreaterThan(0.99);
    expect(p[2]).toBeCloseTo(0.5, 9);
  });
});

describe('amounts', () => {
  it('below 0 are refused by name', async () => {
    const fit = naiveBayesMultinomial.fit(column(1, 2, -1, 3), two(0, 1, 0, 1), checked(naiveBayesMultinomial.params, {}), ctx);
    await expect(fit).rejects.toMatchObject({ code: 'fit/negative', where: { column: 'x0', row: 3 } });
  });
});

describe('yes and no', () => {
  it('stopped after some columns, knows those', async () => {
    let asked = 0;
    const stop: Context = { ...ctx, report: () => Promise.resolve(++asked < 2) };
    const X = matrix(4, 3, Float32Array.of(0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0));
    const form = await naiveBayesBernoulli.fit(X, two(0, 0, 1, 1), checked(naiveBayesBernoulli.params, {}), stop);
    if (form.form !== 'additive') throw new Error('an additive form was expected');
    expect(form.terms).toHaveLength(2);
    expect(predict(form, X)[0]).toBeGreaterThan(0.5);
  });
});
