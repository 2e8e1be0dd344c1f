/** Generalised linear model: a line for the logarithm of the mean of counts or amounts. */
import { model } from '../../../src/core/model.js';
import { choice, flag, real } from '../../../src/core/param.js';
import { Problem } from '../../../src/core/problem.js';
import { NEVER } from '../baseline.js';
import { guard } from '../guard.js';
import { pace } from '../pace.js';
import { fitOf, isCount, keepOf, savedIn } from '../resume.js';
import { generalized } from './generalized.js';
import type { Family } from './tweedie.js';
import { mostSteps } from './params.js';

/** Moments of all pairs of columns: beyond this they take longer and more memory than a line is worth. */
const MOST_COLUMNS = 3000;
const POWERS = { poisson: 1, gamma: 2, 'inverse-gaussian': 3, normal: 0 } as const;
const LABELS = {
  poisson: 'Poisson: counts',
  gamma: 'Gamma: amounts above 0',
  'inverse-gaussian': 'Inverse Gaussian: amounts above 0 with a long tail',
  tweedie: 'Tweedie: amounts with zeros among them',
  normal: 'Normal',
} as const;

export const generalizedLinear = model({
  id: 'generalized-linear',
  version: 1,
  label: 'Generalised linear (Poisson, gamma, Tweedie)',
  help: 'Linear regression for counts and amounts: columns multiply the prediction instead of adding to it (the weights belong to its logarithm), so it is never negative, and large values may scatter more than small ones.',
  source:
    'Nelder & Wedderburn 1972; McCullagh & Nelder 1989; Tweedie 1984. Objective as PoissonRegressor, GammaRegressor and TweedieRegressor of scikit-learn.',
  family: 'linear',
  when: 'When the target counts something, or is a cost, a duration or an amount that cannot be negative and grows by percentages.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    family: choice({
      label: 'Kind of target',
      help: 'How the target scatters around its mean. Poisson: counts, whose variance is their mean. Gamma: amounts whose scatter is a fixed percentage. Inverse Gaussian: more scatter still in the large ones. Tweedie: amounts of which many are exactly 0, such as claims or rain. Normal: the same scatter everywhere.',
      default: 'poisson',
      options: LABELS,
      tune: ['poisson', 'gamma', 'tweedie'],
    }),
    power: real({
      label: 'Power of the variance',
      help: 'The variance of the target is its mean to this power: 1 is Poisson, 2 is gamma, 3 inverse Gaussian; between 1 and 2 zeros and amounts mix.',
      default: 1.5,
      min: 1,
      max: 5,
      tune: [1.1, 1.9],
      when: { param: 'family', is: ['tweedie'] },
    }),
    link: choice({
      label: 'Link',
      help: 'For a normal target: whether columns add to the prediction (identity, as linear regression) or multiply it (log). The other kinds always take the logarithm.',
      default: 'identity',
      options: { identity: 'Identity: columns add', log: 'Log: columns multiply' },
      when: { param: 'family', is: ['normal'] },
    }),
    alpha: real({
      label: 'Strength of the penalty (alpha)',
      help: 'Keeps weights small (L2): higher gives a simpler model. It counts against the mean over rows. scikit-learn’s 1 would halve the weights of columns on one scale, so the default is mild. With no penalty the model tells how sure each weight is.',
      default: 1e-3,
      min: 1e-9,
      max: 1e6,
      scale: 'log',
      none: 'No penalty',
      tune: [1e-5, 10],
    }),
    fit_intercept: flag({
      label: 'Intercept',
      help: 'Learns a constant beside the weights. Leave it on unless the prediction must be 1 (for the identity, 0) when every column is 0.',
      default: true,
      more: true,
    }),
    tol: real({
      label: 'Tolerance',
      help: 'Stops when a step changes the scores of the rows by no more than this.',
      default: 1e-7,
      min: 1e-12,
      max: 0.1,
      scale: 'log',
      more: true,
    }),
    max_iter: mostSteps('Stops after this many Newton steps even if the weights have not settled, and says so; about six are usual.'),
  },
  whyNot: ({ cols }) =>
    cols > MOST_COLUMNS
      ? `It weighs every column against every other: ${cols} columns are too many, ${MOST_COLUMNS} is the most it takes.`
      : null,
  cost: ({ rows, cols }) => ({
    operations: 8 * rows * (cols * cols * 0.5 + 4 * cols + 40) + 2 * cols ** 3,
    bytes: 24 * cols * cols + 64 * rows,
  }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'number') throw new Error('generalized-linear takes a number target');
    guard(X, target, { missing: false });
    const { y } = target;
    const weight = target.weight ?? null;
    const family: Family = {
      power: params.family === 'tweedie' ? params.power : POWERS[params.family],
      link: params.family === 'normal' ? params.link : 'log',
    };
    inRange(y, weight, family, LABELS[params.family].split(':')[0]!);
    const form = (weights: Float64Array, bias: number) =>
      ({ form: 'linear', link: family.link, inputs: X.cols, outputs: 1, weights, bias: Float64Array.of(bias) }) as const;
    const keep = keepOf(ctx, fitOf('generalized-linear', X, target, params));
    const p = pace(ctx, params.max_iter, savedIn<{ turn: number }>(keep, { turn: isCount })?.turn);
    if (family.link === 'log' && sumOf(y, weight) <= 0) {
      ctx.note?.('The target sums to nothing in these rows, so the model always predicts 0.');
      await p.step();
      return form(new Float64Array(X.cols), NEVER);
    }
    const fit = await generalized(X, y, weight, family, params.alpha ?? 0, params.fit_intercept, params.tol, params.max_iter, p, keep);
    if (fit.running)
      ctx.note?.(
        'Some weights have no best value (the target is 0 throughout for some value of a column); choose a penalty to keep them small.',
      );
    else if (!fit.converged && !p.stopped)
      ctx.note?.(`Stopped after ${params.max_iter} steps before the weights had settled; allow more steps or raise the penalty.`);
    return { ...form(fit.line.weights, fit.line.bias), ...fit.inference };
  },
});

/** Targets that the family cannot have had are refused, with how many there are. Rows of weight 0 may have any. */
function inRange(y: Float64Array, weight: Float64Array | null, { power, link }: Family, name: string): void {
  if (power === 0 && link === 'identity') return;
  const above = power >= 2;
  const wrong = (v: number) => (power === 0 ? false : above ? !(v > 0) : v < 0);
  let count = 0;
  let first = -1;
  for (let i = 0; i < y.length; i++) {
    if (weight?.[i] === 0 || !wrong(y[i]!)) continue;
    if (first < 0) first = i;
    count++;
  }
  if (first >= 0)
    throw new Problem('fit/target-range', {
      family: name,
      rule: above ? 'above 0' : '0 or more',
      value: y[first]!,
      row: first + 1,
      count,
      other: above ? 'Poisson or Tweedie where only zeros are in the way, ' : '',
    });
}

function sumOf(y: Float64Array, weight: Float64Array | null): number {
  let s = 0;
  for (let i = 0; i < y.length; i++) s += (weight ? weight[i]! : 1) * y[i]!;
  return s;
}
