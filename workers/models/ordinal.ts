/** Ordinal regression: one score says how high a row stands, and cuts along it part the classes. */
import type { Linear } from '../../src/core/form.js';
import { model, type ClassTarget } from '../../src/core/model.js';
import { choice, real, text } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { class_weight, rowWeights } from './class-weight.js';
import { guard } from './guard.js';
import { onlyClass } from './linear/class-scores.js';
import { proportionalOdds, type Odds, type Stepped } from './linear/proportional-odds.js';
import { pace } from './pace.js';
import { mostSteps } from './linear/params.js';
import { fitOf, isCount, isFloats, keepOf, savedIn } from './resume.js';

/** Every step solves a system of as many unknowns as columns and classes. */
const MOST = 1000;
/** Raw score of the lowest class, and of one that training never saw: beyond whatever a row may score. */
const BEYOND = 1e30;

const order = text({
  label: 'Order of the classes',
  help: 'All classes from lowest to highest, with commas between: low, middle, high. Left empty, numbers go by size and other names by the alphabet, which is seldom the order that is meant.',
  default: '',
  maxLength: 4000,
});

export const ordinal = model({
  id: 'ordinal',
  version: 1,
  label: 'Ordinal regression',
  help: 'For classes that have an order, such as grades or answers from “never” to “always”: adds up weighted columns to one score, and learns where along it one class ends and the next begins. A column has one weight, the same for every step up, which makes it easy to explain and sparing with rows.',
  source: 'McCullagh 1980 (proportional odds); as polr in R’s MASS and OrderedModel in statsmodels; ridge as in logistic regression.',
  family: 'linear',
  when: 'When the classes have an order and there are three or more: it uses the order, which other models of classes throw away, and never takes the outer classes for likely and the middle for not.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    order,
    penalty: choice({
      label: 'Penalty',
      help: 'What large weights cost. Ridge (L2) shrinks all weights a little and always has one best answer. None gives the classic estimates with their standard errors, and can run away when a column parts the classes perfectly.',
      default: 'l2',
      options: { l2: 'Ridge (L2)', none: 'None' },
    }),
    C: real({
      label: 'Freedom (C)',
      help: 'How much the data count against the penalty: higher lets weights grow and fit more closely, lower keeps the model simple.',
      default: 1,
      min: 1e-9,
      max: 1e9,
      scale: 'log',
      tune: [1e-3, 1e2],
      when: { param: 'penalty', is: ['l2'] },
    }),
    class_weight,
    tol: real({
      label: 'Tolerance',
      help: 'Stops when the scores of the rows would still move by about this much.',
      default: 1e-6,
      min: 1e-10,
      max: 0.1,
      scale: 'log',
      more: true,
    }),
    max_iter: mostSteps('Stops after this many steps even if the weights have not settled, and says so.'),
  },
  whyNot: ({ cols, classes }) =>
    classes < 3
      ? 'An order says something from three classes on; with two it is logistic regression.'
      : cols + classes > MOST
        ? `It solves a system of all columns in every step: ${cols} is more than the ${MOST} it takes.`
        : null,
  cost: ({ rows, cols, classes }) => ({
    operations: 8 * ((rows * cols * cols) / 2 + 60 * rows + (cols + classes) ** 3 / 6),
    bytes: 32 * (cols + classes) ** 2 + 12 * rows,
  }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('ordinal takes classes');
    guard(X, target, { missing: false });
    const ranked = rankLevels(target, params.order);
    const weight = rowWeights(target, params.class_weight);
    const sums = new Float64Array(target.levels.length);
    for (let i = 0; i < X.rows; i++) sums[target.y[i]!] = sums[target.y[i]!]! + weight[i]!;
    const present = ranked.filter((k) => sums[k]! > 0);
    if (present.length === 1) return onlyClass(X.cols, target, present[0]!, ctx);
    const numeric = target.levels.every((l) => l.trim() !== '' && Number.isFinite(Number(l)));
    if (params.order.trim() === '' && !numeric && target.levels.length > 2)
      ctx.note?.(`The classes are taken in this order: ${ranked.map((k) => target.levels[k]!).join(' < ')}. If it is another, give it.`);
    const rank = new Int32Array(target.levels.length);
    present.forEach((k, r) => (rank[k] = r));
    // Rows of weight 0 may carry any class, since they count for nothing.
    const y = Int32Array.from(target.y, (k) => rank[k]!);
    const total = sums.reduce((a, b) => a + b, 0);
    const keep = keepOf(ctx, fitOf('ordinal', X, target, params));
    const saved = savedIn<Stepped>(keep, { turn: isCount, theta: isFloats(X.cols + present.length - 1) });
    const steps = pace(ctx, params.max_iter, saved?.turn);
    const ridge = params.penalty === 'none' ? 0 : 1 / params.C;
    const ordered = { X, y, weight, total, ranks: present.length };
    const odds = await proportionalOdds(ordered, ridge, params.tol, params.max_iter, steps, saved, (state) => keep.offer(0, state));
    if (!steps.done && !steps.stopped) await steps.step();
    const running = params.penalty === 'none' && odds.loss < 1e-5;
    if (running)
      ctx.note?.(
        'The columns part the classes perfectly, so without a penalty the weights have no best value; they were stopped at large ones. Choose a penalty.',
      );
    else if (!odds.converged && !steps.stopped)
      ctx.note?.(`Stopped after ${params.max_iter} steps before the weights had settled; allow more steps or lower C.`);
    return formOf(X.cols, target, present, odds, running);
  },
});

/** Levels from lowest to highest, by their places. */
function rankLevels({ levels }: ClassTarget, given: string): number[] {
  if (given.trim() === '') return levels.map((_, k) => k);
  const fault = (what: string) => new Problem('param/invalid', { param: 'order', label: order.label, fault: what });
  const ranked = given
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => {
      const k = levels.findIndex((l) => l.trim() === name);
      if (k < 0) throw fault(`names “${name}”, which is none of the classes`);
      return k;
    });
  const missing = levels.find((_, k) => !ranked.includes(k));
  if (missing !== undefined) throw fault(`leaves out “${missing}”`);
  if (ranked.length > levels.length) throw fault('names a class twice');
  return ranked;
}

/** Each class's score is the log odds of it or a higher one; two levels are one score, for the second. */
function formOf(inputs: number, target: ClassTarget, present: readonly number[], odds: Odds, running: boolean): Linear {
  const K = target.levels.length;
  const sure = running ? null : odds.spread;
  const inference = (spread: Float64Array) => ({ spread, freedom: 0, noise: 1, explained: 1 - odds.loss / odds.nothing });
  if (K === 2) {
    const sign = present[1] === 1 ? 1 : -1;
    const form: Linear = {
      form: 'linear', link: 'sigmoid', inputs, outputs: 2, weights: odds.weights.map((w) => sign * w), bias: Float64Array.of(-sign * odds.cuts[0]!),
    }; // prettier-ignore
    return sure ? { ...form, ...inference(sure) } : form;
  }
  const weights = new Float64Array(K * inputs);
  const bias = new Float64Array(K).fill(-BEYOND);
  const spread = new Float64Array(K * (inputs + 1));
  present.forEach((k, r) => {
    bias[k] = r === 0 ? BEYOND : -odds.cuts[r - 1]!;
    if (r === 0) return;
    weights.set(odds.weights, k * inputs);
    if (!sure) return;
    spread.set(sure.subarray(0, inputs), k * (inputs + 1));
    spread[k * (inputs + 1) + inputs] = sure[inputs + r - 1]!;
  });
  const form: Linear = { form: 'linear', link: 'cumulative', inputs, outputs: K, weights, bias };
  return sure ? { ...form, ...inference(spread) } : form;
}
