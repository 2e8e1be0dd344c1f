/** RuleFit: rules out of boosted trees and straight parts, of which an L1 penalty keeps few. */
import type { Form, Rules } from '../../../src/core/form.js';
import { column, matrix, take, type Matrix } from '../../../src/core/matrix.js';
import { model, takeTarget, type Context, type Target } from '../../../src/core/model.js';
import { checked, flag, int, real } from '../../../src/core/param.js';
import { NEVER } from '../baseline.js';
import { class_weight, weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { pace, type Pace } from '../pace.js';
import { counted, fitOf, isCount, isNumber, keepOf, partOf, savedIn } from '../resume.js';
import { histGradientBoosting } from '../tree/hist-gradient-boosting.js';
import { rulesForm, type Line, type Rule } from './conditions.js';
import { rulesOf, type Held } from './from-trees.js';
import { chooseShare, constant, fitSum, scoresFor, strongest, type Goal, type Sum } from './sparse-sum.js';
import { linesOf, type Straight } from './straight.js';

/** Candidates at most: the design costs four bytes a row and candidate, and the fit grows with their square. */
const MOST = 400;
/** Penalties that are tried, as shares of the strongest, which keeps nothing. */
const SHARES = Array.from({ length: 11 }, (_, i) => 0.6 * 0.6 ** i);
/** Steps that growing trees makes up. */
const TREES = 60;

export const ruleFit = model({
  id: 'rule-fit',
  version: 1,
  label: 'RuleFit',
  help: 'Grows small trees, takes every branch as a rule, adds straight lines for the quantities, and keeps the few that matter: a weighted sum of if-then rules that can be read, and is often nearly as accurate as the trees.',
  source: 'Friedman & Popescu 2008, Predictive learning via rule ensembles; Tibshirani 1996 for the selection.',
  family: 'additive',
  when: 'When a weighted sum misses what columns do together, and trees by the hundred cannot be explained.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: true },
  params: {
    n_estimators: int({
      label: 'Trees',
      help: 'How many small trees give the candidates.',
      default: 60,
      min: 1,
      max: 1000,
      scale: 'log',
      tune: [20, 150],
    }),
    max_leaf_nodes: int({
      label: 'Leaves per tree',
      help: 'Trees with more leaves make longer rules, which can say how more columns work together.',
      default: 4,
      min: 2,
      max: 32,
      tune: [2, 8],
    }),
    max_rules: int({
      label: 'Most rules',
      help: 'The penalty is raised until at most this many rules are left.',
      default: 50,
      min: 1,
      max: 400,
      scale: 'log',
      tune: [5, 100],
    }),
    linear: flag({
      label: 'Straight parts',
      help: 'Quantities may also count in proportion, within the middle 95 % of their values.',
      default: true,
    }),
    penalty: real({
      label: 'Strength of the selection',
      help: 'As a share of the strength that would keep nothing. Automatic: the one under which rows held back fare best.',
      default: null,
      none: 'Automatic',
      min: 0.0001,
      max: 1,
      scale: 'log',
      more: true,
    }),
    subsample: real({
      label: 'Share of rows per tree',
      help: 'Each tree learns from a random part of the rows, so that rules differ.',
      default: 0.5,
      min: 0.05,
      max: 1,
      more: true,
    }),
    class_weight,
  },
  cost: ({ rows, cols, task, classes }, params) => {
    const scores = task === 'class' && classes > 2 ? classes : 1;
    const width = Math.min(MOST, 2 * params.n_estimators * (params.max_leaf_nodes - 1) * scores) + cols;
    const some = Math.min(rows, 6000);
    return {
      operations: params.n_estimators * scores * rows * cols * 6 + (SHARES.length * some + 3 * rows) * width * (width / 2) * scores,
      bytes: rows * (5 * width + 60) + 16 * (width * scores) ** 2,
    };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: true });
    const { rows, weight } = weighted(target, params.class_weight);
    const here = rows.length === X.rows ? X : take(X, rows);
    const w = weight ? Float64Array.from(rows, (r) => weight[r]!) : new Float64Array(rows.length).fill(1);
    const total = w.reduce((a, b) => a + b, 0);
    const keep = keepOf(ctx, fitOf('rule-fit', X, target, params));
    const grown = savedIn<Grown>(keep, { form: isForm, drawn: isCount, done: isCount });
    const chosen = grown && savedIn<Chosen>(keep, { share: isNumber, sum: isForm });
    const chance = counted(ctx.random);
    const p = pace(ctx, TREES + SHARES.length + 1, grown?.done);
    const aim = aimOf(target, rows, w);
    if (p.due(100 * rows.length)) await p.rest();
    const about = { inputs: X.cols, target, aim, total };
    if (aim.isSettled) {
      await p.step();
      return formOf(about, [], [], { weights: new Float64Array(0), bias: constant(aim.goal) });
    }
    const form = grown?.form ?? (await boosted(here, target, rows, w, params, { ...ctx, random: chance.u }, p));
    if (grown) chance.pass(grown.drawn);
    const { drawn } = chance;
    const state = (): Grown => ({ form, drawn, done: p.done });
    if (!grown && !p.stopped) keep.offer(0, state);
    const found = form.form === 'trees' ? await rulesOf(form, here, MOST, p) : [];
    const lines = params.linear ? await linesOf(here, w, p) : [];
    if (p.stopped) return formOf(about, [], [], { weights: new Float64Array(0), bias: constant(aim.goal) });
    const Z = await design(here, found, lines, p);
    let sum: Sum = { weights: new Float64Array(scoresFor(aim.goal) * Z.cols), bias: constant(aim.goal) };
    if (Z.cols > 0 && !p.stopped) {
      const isWithin = (weights: Float64Array) => used(weights, Z.cols, found.length) <= params.max_rules;
      let share = chosen?.share ?? params.penalty;
      sum = chosen?.sum ?? sum;
      if (share === null) {
        const choice = await chooseShare(Z, aim.goal, SHARES, isWithin, chance.u, p, partOf(keep, 'shares', 0, state));
        share = choice.share;
        sum = choice.sum ?? sum;
      }
      const own = partOf(keep, 'sum', 0, () => ({ ...state(), share, sum }));
      const top = await strongest(Z, aim.goal, p);
      let first = true;
      while (!p.stopped) {
        const next = await fitSum(Z, aim.goal, share * top, p, first ? own : { ...own, saved: null });
        first = false;
        // Stopped before it is whole, the sum that chose the penalty is the better one.
        if (p.stopped && params.penalty === null) break;
        sum = next;
        if (share >= 1 || isWithin(sum.weights)) break;
        share = Math.min(1, share * 1.4);
      }
    }
    if (!p.stopped) await p.step();
    return formOf(about, found, lines, sum);
  },
});

interface Aim {
  readonly goal: Goal;
  /** Of a number: y = middle + unit · goal. */
  readonly middle: number;
  readonly unit: number;
  /** Of classes: those that training saw, ascending. */
  readonly present: readonly number[];
  /** One value, or one class: there is nothing to choose. */
  readonly isSettled: boolean;
}

function aimOf(target: Target, rows: Uint32Array, weight: Float64Array): Aim {
  if (target.task === 'class') {
    const present = [...new Set(Array.from(rows, (r) => target.y[r]!))].sort((a, b) => a - b);
    const y = Int32Array.from(rows, (r) => present.indexOf(target.y[r]!));
    return { goal: { y, weight, classes: present.length }, middle: 0, unit: 1, present, isSettled: present.length < 2 };
  }
  const total = weight.reduce((a, b) => a + b, 0);
  let middle = 0;
  weight.forEach((w, i) => (middle += (w / total) * target.y[rows[i]!]!));
  const far = rows.reduce((most, r) => Math.max(most, Math.abs(target.y[r]! - middle)), 0);
  let squares = 0;
  if (far > 0) weight.forEach((w, i) => (squares += (w / total) * ((target.y[rows[i]!]! - middle) / far) ** 2));
  const unit = far * Math.sqrt(squares);
  const y = Float64Array.from(rows, (r) => (unit > 0 ? (target.y[r]! - middle) / unit : 0));
  return { goal: { y, weight, classes: 0 }, middle, unit, present: [], isSettled: !(unit > 0) };
}

/** The trees are grown. */
interface Grown {
  readonly form: Form;
  /** Chance used up by then. */
  readonly drawn: number;
  /** Steps told. */
  readonly done: number;
}
/** The penalty is chosen, or was given. */
interface Chosen {
  readonly share: number;
  /** What is answered if it is stopped now. */
  readonly sum: Sum;
}
const isForm = (v: unknown): boolean => typeof v === 'object' && v !== null;

/** Boosted trees that are grown on samples of the rows: their branches are the candidates. */
async function boosted(
  X: Matrix,
  target: Target,
  rows: Uint32Array,
  weight: Float64Array,
  params: { readonly n_estimators: number; readonly max_leaf_nodes: number; readonly subsample: number },
  ctx: Context,
  p: Pace,
): Promise<Form> {
  const values = checked(histGradientBoosting.params, {
    max_iter: params.n_estimators,
    max_leaf_nodes: params.max_leaf_nodes,
    min_samples_leaf: Math.max(1, Math.min(20, Math.floor(rows.length / 20))),
    subsample: params.subsample,
    early_stopping: 'off',
  });
  const report = async (done: number, of: number) => {
    if (p.done < (TREES * done) / of) while (p.done < (TREES * done) / of && (await p.step()));
    else await p.rest();
    return !p.stopped;
  };
  // The states of this fit are those of its trees.
  const { random, saved, save } = ctx;
  const own: Context = { random, report, saved, ...(save ? { save } : {}) };
  const form = await histGradientBoosting.fit(X, { ...takeTarget(target, rows), weight }, values, own);
  // Trees that were there before it was cut off are not told again.
  while (!p.stopped && p.done < TREES) await p.step();
  return form;
}

/** Columns: 1 where a rule holds, then the straight parts. */
async function design(X: Matrix, found: readonly Held[], lines: readonly Straight[], p: Pace): Promise<Matrix> {
  const Z = matrix(X.rows, found.length + lines.length);
  for (const [r, { holds }] of found.entries()) {
    Z.data.set(holds, r * X.rows);
    if (p.due(5 * X.rows)) await p.rest();
    if (p.stopped) return Z;
  }
  for (const [t, { column: j, lower, upper, mean, rate }] of lines.entries()) {
    const to = column(Z, found.length + t);
    const x = column(X, j);
    for (let i = 0; i < X.rows; i++) to[i] = x[i]! !== x[i]! ? 0 : (Math.min(upper, Math.max(lower, x[i]!)) - mean) * rate;
    if (p.due(20 * X.rows)) await p.rest();
  }
  return Z;
}

/** How many of the first `rules` columns have a weight in any score. */
function used(weights: Float64Array, cols: number, rules: number): number {
  let count = 0;
  for (let r = 0; r < rules; r++) for (let at = r; at < weights.length; at += cols) if (weights[at] !== 0 && ++count) break;
  return count;
}

interface About {
  readonly inputs: number;
  readonly target: Target;
  readonly aim: Aim;
  /** Weight of all rows. */
  readonly total: number;
}

/** Back to the target's units and classes; the rules that say most first. */
function formOf({ inputs, target, aim, total }: About, found: readonly Held[], lines: readonly Straight[], sum: Sum): Rules {
  const { goal, middle, unit, present } = aim;
  const cols = found.length + lines.length;
  const levels = target.task === 'class' ? target.levels.length : 0;
  const width = levels > 2 ? levels : 1;
  /** Scores of the goal → raw scores of the form. */
  const spread = (own: (k: number) => number, absent = 0): Float64Array => {
    if (levels === 0) return Float64Array.of(unit * own(0));
    if (levels === 2) return Float64Array.of(present.length === 2 ? own(0) : present[0] === 1 ? -absent : absent);
    const out = new Float64Array(width).fill(absent);
    present.forEach((k, at) => (out[k] = present.length === 2 ? (at === 0 ? -1 : 1) * (own(0) / 2) : present.length === 1 ? 0 : own(at)));
    return out;
  };
  const weightOf = (j: number) => (k: number) => sum.weights[k * cols + j]!;
  const bias = spread((k) => sum.bias[k]!, NEVER);
  if (levels === 0) bias[0]! += middle;
  const isUsed = (j: number) => used(sum.weights.slice(j), cols, 1) > 0;
  const kept: { readonly rule: Rule; readonly says: number }[] = [];
  found.forEach(({ conditions, holds }, r) => {
    if (!isUsed(r)) return;
    let cover = 0;
    for (let i = 0; i < holds.length; i++) if (holds[i] === 1) cover += goal.weight[i]!;
    const values = spread(weightOf(r));
    const share = cover / total;
    kept.push({ rule: { conditions, values, cover }, says: Math.max(...values.map(Math.abs)) * Math.sqrt(share * (1 - share)) });
  });
  const straight: Line[] = [];
  lines.forEach(({ column: j, lower, upper, mean, rate }, t) => {
    if (!isUsed(found.length + t)) return;
    const slopes = spread(weightOf(found.length + t)).map((v) => v * rate);
    for (let k = 0; k < width; k++) bias[k]! -= slopes[k]! * mean;
    straight.push({ column: j, lower, upper, fill: mean, slopes });
  });
  kept.sort((a, b) => b.says - a.says);
  const link = levels === 0 ? 'identity' : levels === 2 ? 'sigmoid' : 'softmax';
  return rulesForm(
    { inputs, outputs: Math.max(1, levels), link, ordered: false, bias, rest: total },
    kept.map((k) => k.rule),
    straight,
  );
}
