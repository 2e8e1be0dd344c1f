/** Generalised additive model: a smooth curve for each column, no more bent than the data ask for. */
import { model } from '../../../src/core/model.js';
import { choice, flag, int, real } from '../../../src/core/param.js';
import { NEVER } from '../baseline.js';
import { class_weight, weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { pace } from '../pace.js';
import { fitOf, isCount, isFloats, isNumber, keepOf, offer, savedState } from '../resume.js';
import { design } from './design.js';
import { drawn, type Drawn } from './drawn.js';
import { fitPenalised, type Turned } from './penalised.js';
import { counts, moreClasses, squares, twoClasses, type Likelihood } from './likelihood.js';
import { standing, type Standing } from './target.js';
import { mostSteps } from '../linear/params.js';

/** The normal equations hold the square of the coefficients: beyond this they take longer than curves are worth. */
const MOST_COLUMNS = 300;

export const splineGam = model({
  id: 'spline-gam',
  version: 1,
  label: 'Smooth curves (GAM)',
  help: 'Gives every column a smooth curve and adds them up. How bent a curve may be is found from the data: where there is nothing to bend, it becomes a straight line. Categories get a value for each level, drawn together where levels are rare.',
  source:
    'Hastie & Tibshirani 1986; P-splines: Eilers & Marx 1996; smoothness by restricted likelihood and the rest as Wood 2011, 2017 (R’s mgcv).',
  family: 'additive',
  when: 'When effects are smooth rather than in steps, rows are some dozens to some ten thousands, and you want curves with honest margins of error.',
  tasks: ['class', 'number'],
  takes: { missing: false, categories: true, scaled: false, weights: true, gpu: 'no', chance: false },
  params: {
    n_knots: int({
      label: 'Knots',
      help: 'How many points carry each curve. More allow finer bends, but only where the data ask for them: the smoothness decides.',
      default: 10,
      min: 3,
      max: 100,
      tune: [5, 30],
    }),
    knots: choice({
      label: 'Where the knots are',
      help: 'At quantiles, so that every stretch between two knots holds as many rows and no outlier takes them all; or evenly between the least and the largest value, as is scikit-learn’s default.',
      default: 'quantile',
      options: { quantile: 'At quantiles', uniform: 'Evenly' },
      more: true,
    }),
    degree: int({
      label: 'Degree',
      help: '3: smooth curves (cubic). 2: parabolas joined. 1: straight pieces joined at the knots.',
      default: 3,
      min: 1,
      max: 3,
      more: true,
    }),
    smoothing: choice({
      label: 'Smoothness',
      help: 'Found for each column by restricted likelihood (REML), or one number for all that you give or let a search find.',
      default: 'reml',
      options: { reml: 'Found from the data', fixed: 'Given' },
    }),
    lam: real({
      label: 'Cost of bending (lambda)',
      help: 'What the bend of a curve costs, with every column brought to 0…1: higher gives straighter curves.',
      default: 0.1,
      min: 1e-9,
      max: 1e9,
      scale: 'log',
      tune: [1e-4, 1e3],
      when: { param: 'smoothing', is: ['fixed'] },
    }),
    select: flag({
      label: 'Let columns vanish',
      help: 'Straight lines cost something too, so that a column without any effect goes to nothing (Marra & Wood 2011). Good with many columns.',
      default: false,
    }),
    loss: choice({
      label: 'Error of numbers',
      only: 'number',
      help: 'What to make small when the target is a number: squared error aims at the mean; Poisson suits counts, and effects then multiply.',
      default: 'squared_error',
      options: { squared_error: 'Squared error', poisson: 'Poisson' },
      more: true,
    }),
    class_weight,
    max_iter: mostSteps('For classes and counts: stops after this many steps even if the curves have not settled, and says so.'),
  },
  whyNot: ({ cols }) =>
    cols > MOST_COLUMNS
      ? `It solves for all curves at once: ${cols} columns would take hours, ${MOST_COLUMNS} is the most it takes.`
      : null,
  cost: ({ rows, cols, task, classes }, { n_knots, degree, loss }) => {
    const scores = task === 'class' ? Math.max(1, classes - 1) : 1;
    const size = scores * (1 + cols * (n_knots + degree - 2));
    const turns = task === 'number' && loss === 'squared_error' ? 1 : 8;
    return {
      operations: turns * (rows * (cols * (degree + 1)) ** 2 * ((scores * (scores + 1)) / 2) + 20 * size ** 3),
      bytes: 4 * 8 * size * size + rows * (12 * (cols * (degree + 1) + 1) + 8 * (2 * scores + (scores * (scores + 1)) / 2)),
    };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: false });
    const { rows, weight: given } = weighted(target, params.class_weight);
    const weight = Float64Array.from(rows, (r) => (given ? given[r]! : 1));
    const asked = standing(target, rows, weight, params.loss);
    const { to } = asked;
    if (asked.same) {
      ctx.note?.(asked.same);
      await ctx.report(1, 1);
      return { form: 'additive', link: to.link, inputs: X.cols, outputs: to.outputs, bias: only(asked), terms: [] };
    }
    const likelihood = likelihoodOf(asked, weight, params.loss === 'poisson');
    const how = { knots: params.n_knots, degree: params.degree, spread: params.knots, select: params.select };
    // States are told by the design, so it is there before the pace knows where it goes on.
    const early = pace(ctx, params.max_iter + 1);
    const plan = await design(X, rows, given, how, early);
    const total = weight.reduce((a, b) => a + b, 0);
    const of = fitOf('spline-gam', X, target, params);
    const isRho = (v: unknown) => v === null || isFloats(plan.penalties.length)(v);
    const saved = savedState<Turned>(ctx.saved, of, {
      turn: (v) => isCount(v) && (v as number) < params.max_iter,
      coefficients: isFloats(likelihood.scores * plan.size),
      ridge: isNumber,
      rho: isRho,
      middle: isRho,
      before: isNumber,
    });
    const p = early.stopped ? early : pace(ctx, params.max_iter + 1, saved?.turn);
    const fitted = await fitPenalised(plan, likelihood, total, params.smoothing === 'fixed' ? params.lam : null, params.max_iter, p, {
      saved,
      offer: (state) => offer(ctx, 0, (): Turned => ({ of, ...state() })),
      within: keepOf(ctx, of),
    });
    const { form, freedom } = await drawn(
      X,
      rows,
      weight,
      plan,
      likelihood,
      fitted,
      params.loss === 'poisson' ? { ...to, shift: 0 } : to,
      p,
    );
    if (freedom) ctx.note?.(told(X.names, plan.parts, freedom));
    if (!fitted.converged && !p.stopped)
      ctx.note?.(`Stopped after ${params.max_iter} steps before the curves had settled; allow more steps or give the smoothness.`);
    if (fitted.held)
      ctx.note?.('The columns tell the target apart all but perfectly, so the curves had no best height; a weak ridge holds them.');
    return form;
  },
});

/** Counts keep their own unit, since their scatter is their mean. */
function likelihoodOf(asked: Standing, weight: Float64Array, counted: boolean): Likelihood {
  if (asked.task === 'class')
    return asked.to.link === 'sigmoid' ? twoClasses(asked.y, weight) : moreClasses(asked.y, asked.present, weight);
  return counted
    ? counts(
        asked.y.map((v) => v * asked.unit),
        weight,
      )
    : squares(asked.y, weight);
}

/** Constants of a model that can only give one answer. */
function only(asked: Standing): Float64Array {
  const { link, outputs, place, absent, shift } = asked.to;
  if (link === 'sigmoid') return Float64Array.of(asked.task === 'class' && asked.y[0] === 1 ? -NEVER : NEVER);
  if (link === 'log') return Float64Array.of(NEVER);
  return Float64Array.from({ length: link === 'softmax' ? outputs : 1 }, (_, k) =>
    link === 'softmax' && !place.includes(k) ? absent : shift,
  );
}

/** Most columns whose degrees of freedom are named. */
const NAMED = 20;

function told(names: readonly string[], parts: readonly { readonly column: number }[], freedom: NonNullable<Drawn['freedom']>): string {
  const each = parts
    .map(({ column }, at) => [names[column]!, freedom.parts[at]!] as const)
    .sort((a, b) => b[1] - a[1])
    .slice(0, NAMED)
    .map(([name, value]) => `${name} ${value.toFixed(1)}`);
  const rest = parts.length > NAMED ? `, and ${parts.length - NAMED} more` : '';
  return `Effective degrees of freedom: ${freedom.all.toFixed(1)} in all${each.length > 0 ? `; ${each.join(', ')}${rest}` : ''}.`;
}
