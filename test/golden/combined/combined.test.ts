/** Voting, stacking and calibrated models agree with scikit-learn, on folds dealt alike. */
import { describe, it } from 'vitest';
import type { Calibrated, Linear } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Model, Target } from '../../../src/core/model.js';
import { checked, type Member, type Values } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { calibrate } from '../../../workers/models/combined/calibrated.js';
import { isotonic } from '../../../workers/models/combined/isotonic.js';
import { models } from '../../../workers/models/index.js';
import { fitSigmoid } from '../../../workers/models/kernel/platt.js';
import { holder, ofEach } from '../close.js';
import golden from './data.json' with { type: 'json' };

const { n, q, p, folds } = golden;
const X = matrix(n, p, Float32Array.from(golden.X));
const Q = matrix(q, p, Float32Array.from(golden.Q));
const targets: Record<string, Target> = {
  two: { task: 'class', y: Int32Array.from(golden.two), levels: ['no', 'yes'] },
  three: { task: 'class', y: Int32Array.from(golden.three), levels: ['low', 'middle', 'high'] },
  number: { task: 'number', y: Float64Array.from(golden.y) },
};
const want = (name: string) => (golden as unknown as Record<string, readonly number[]>)[name]!;

async function answers(id: string, target: string, params: Values): Promise<Float64Array> {
  const m: Model = models.get(id)!;
  const form = await m.fit(X, targets[target]!, checked(m.params, params), { random: random(1), report: () => Promise.resolve(true) });
  return predict(form, Q);
}
const voting = holder('Voting', 'scikit-learn');
const stacking = holder('Stacking', 'scikit-learn');
const calibrated = holder('Calibrated', 'scikit-learn');

const logistic: Member = { model: 'logistic', params: { tol: 1e-10, max_iter: 10000 }, share: 1 };
const near: Member = { model: 'k-nearest-neighbours', params: {}, share: 3 };
const members = (target: string): readonly Member[] =>
  target === 'number'
    ? [
        { model: 'linear', params: {} },
        { ...near, share: 1 },
      ]
    : [logistic, { model: 'linear-discriminant', params: {}, share: 2 }, near];

describe.each(Object.keys(targets))('%s', (target) => {
  it('voting', async () => {
    const got = await answers('voting', target, { members: members(target), shares: 'given' });
    voting('predictions', ofEach(got, want(`voting ${target}`)), 1e-6);
  });
  it.each([false, true])('stacking, columns passed on: %s', async (passthrough) => {
    const got = await answers('stacking', target, { members: members(target), cv: folds, passthrough });
    stacking('predictions', ofEach(got, want(`stacking ${target} ${passthrough}`)), 1e-6);
  });
});

describe.each(['two', 'three'])('calibrated, %s classes', (target) => {
  it.each([
    ['logistic', logistic],
    ['near', near],
  ] as const)('%s', async (name, member) => {
    const sigmoid = await answers('calibrated', target, { members: [member], method: 'sigmoid', cv: folds });
    calibrated('probabilities', ofEach(sigmoid, want(`sigmoid ${target} ${name}`)), 1e-6);
    const steps = await answers('calibrated', target, { members: [member], method: 'isotonic', cv: folds });
    calibrated('probabilities', ofEach(steps, want(`isotonic ${target} ${name}`)), 1e-6);
  });
});

describe('curves', () => {
  const { s, t, w, at, plain, weighted, pav, platt } = golden.curve;
  /** A form whose decision is its column. */
  const itself: Linear = { form: 'linear', link: 'sigmoid', inputs: 1, outputs: 2, weights: Float64Array.of(1), bias: Float64Array.of(0) };
  const target = { task: 'class', y: Int32Array.from(t), levels: ['no', 'yes'] } as const;
  const said = (form: Calibrated) => {
    const grid = predict(form, matrix(at.length, 1, Float32Array.from(at)));
    return at.map((_, i) => grid[2 * i + 1]!);
  };

  it('isotonic, with ties and with weights', async () => {
    // Places between knots are asked as Float32.
    calibrated(
      'isotonic curve',
      ofEach(said((await calibrate(itself, Float64Array.from(s), target, 'isotonic')) as Calibrated), plain),
      1e-6,
    );
    const heavy = { ...target, weight: Float64Array.from(w) };
    calibrated(
      'isotonic curve',
      ofEach(said((await calibrate(itself, Float64Array.from(s), heavy, 'isotonic')) as Calibrated), weighted),
      1e-6,
    );
  });
  it('pools adjacent violators', () => {
    const knots = isotonic(
      Float64Array.from({ length: 10 }, (_, i) => i + 1),
      [1, 3, 2, 4, 3.5, 6, 5, 8, 7, 9],
      new Float64Array(10).fill(1),
    );
    const value = (x: number) => knots.value[knots.at.findLastIndex((k) => k <= x)]!;
    const got = pav.map((_, i) => value(i + 1));
    calibrated('pooled violators', ofEach(got, pav), 1e-12);
  });
  it('sigmoid', () => {
    const { slope, offset } = fitSigmoid(Float64Array.from(s), Uint8Array.from(t), new Float64Array(s.length).fill(1));
    // scikit-learn stops at a gradient of 1e-5, which leaves its two numbers good to about 1e-4.
    calibrated('sigmoid', ofEach([slope, offset], platt), 1e-4);
  });
});
