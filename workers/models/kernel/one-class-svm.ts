/** One-class support vector machine: a boundary round the usual rows; what lies outside it is unusual. */
import type { Kernels } from '../../../src/core/form.js';
import { take, type Matrix } from '../../../src/core/matrix.js';
import { model, type Context } from '../../../src/core/model.js';
import { choice, real, type ValuesOf } from '../../../src/core/param.js';
import { kernelsDecide } from '../../forms/kernels.js';
import { class_weight, classFactors, classTotals, weighted } from '../class-weight.js';
import type { Detector } from '../detector.js';
import { guard } from '../guard.js';
import { fitOf, offer, savedState, type Of } from '../resume.js';
import { coef0, degree, gamma, SCALE, tol } from './params.js';
import { fitSigmoidHeard } from './platt.js';
import { gather, pointsOf, refuseHuge } from './points.js';
import { kernelRows, ROOM } from './rows.js';
import { solve, type Keep, type Midway } from './solve.js';
import { watcher, type Watch } from './watch.js';

/** Work grows with the square of the rows; above this it is hours. */
const MOST_ROWS = 30_000;
/** Rows that are asked between two reports. */
const TOGETHER = 500;

const detectorParams = {
  kernel: choice({
    label: 'Kernel',
    help: 'What counts as alike. Radial (RBF): rows that are near, so the boundary takes any shape. Linear, polynomial and sigmoid part the rows from the origin and seldom help.',
    default: 'rbf',
    options: { rbf: 'Radial (RBF)', linear: 'Linear', poly: 'Polynomial', sigmoid: 'Sigmoid' },
  }),
  nu: real({
    label: 'Share outside (nu)',
    help: 'At most this share of the rows it learns from lies outside the boundary, and at least this share holds it up. Small draws it round nearly all rows; large round the crowd alone.',
    default: 0.5,
    min: 1e-4,
    max: 1,
    tune: [0.01, 0.9],
  }),
  gamma: gamma('a tighter boundary. “Scale” is one over columns × variance.', SCALE, ['rbf', 'poly', 'sigmoid']),
  degree,
  coef0: coef0(0),
  tol,
} as const;
type DetectorParams = ValuesOf<typeof detectorParams>;

const EMPTY = new Float64Array(0);

/** A form with one output: its decision, above 0 inside the boundary, as libsvm has it. */
async function enclose(
  X: Matrix,
  kept: Int32Array,
  weight: Float64Array,
  params: DetectorParams,
  watch: Watch,
  keep?: Keep,
): Promise<{ form: Kernels; settled: boolean }> {
  // prettier-ignore
  const n = kept.length;
  const p = X.cols;
  const weightOf = new Float64Array(X.rows);
  kept.forEach((i, k) => (weightOf[i] = weight[k]!));
  const { points, kernel } = pointsOf(X, kept, (i) => weightOf[i]!, params);
  const rows = kernelRows(points, n, p, kernel);
  refuseHuge(X, kept, rows);
  // Each β lies between 0 and the row’s weight, all together are nu of the whole weight: the first rows hold it at the start.
  let left = params.nu * weight.reduce((a, b) => a + b, 0);
  const beta = new Float64Array(n);
  const slack = new Float64Array(n);
  for (let k = 0; k < n && left > 0; k++) {
    beta[k] = Math.min(left, weight[k]!);
    left -= beta[k]!;
    if (watch.stopped) continue;
    const before = rows.spent;
    const row = rows.row(k);
    for (let i = 0; i < n; i++) slack[i] = slack[i]! - beta[k]! * row[i]!;
    if (watch.due(2 * n + rows.spent - before)) await watch.rest(0);
  }
  const members = Int32Array.from(kept.keys());
  const task = {
    members,
    y: new Float64Array(n),
    low: new Float64Array(n),
    high: weight,
    epsilon: 0,
    tol: params.tol,
    from: { beta, slack },
  };
  const solution = await solve(rows, task, watch, keep);
  const none = { classes: new Int32Array(0), slopes: EMPTY, offsets: EMPTY, shift: 0, scale: 1 };
  return {
    // Without a column all rows are one, and none is outside.
    form: { ...gather(points, p, [{ members, beta: solution.beta }]), ...kernel, ...none, form: 'kernels', inputs: p, outputs: 1, intercepts: Float64Array.of(p > 0 ? solution.intercept : 0) }, // prettier-ignore
    settled: solution.settled,
  };
}

/** Decisions of the rows named; after a stop those not reached are 0. */
async function decide(form: Kernels, X: Matrix, rows: Int32Array, watch: Watch): Promise<Float64Array> {
  const out = new Float64Array(rows.length);
  const each = (form.points.length / Math.max(1, form.inputs)) * (form.inputs + 10);
  for (let from = 0; from < rows.length && !watch.stopped; from += TOGETHER) {
    const some = rows.subarray(from, from + TOGETHER);
    out.set(kernelsDecide(form, take(X, some)), from);
    if (watch.due(some.length * each)) await watch.rest(from / rows.length);
  }
  return out;
}

interface State extends Of {
  readonly midway: Midway;
}

export const oneClassSvm = model({
  id: 'one-class-svm',
  version: 1,
  label: 'One-class support vector machine',
  help: 'Draws a boundary round the rows of the most frequent class and takes what lies outside for unusual. The other classes are looked at only in the last step: two numbers, fitted to the training rows, turn the distance from the boundary into a probability. Where there are several other classes, they share it as often as they occur.',
  source:
    'Schölkopf, Platt, Shawe-Taylor, Smola & Williamson 2001; Platt 1999 for the probabilities; options as OneClassSVM of scikit-learn.',
  family: 'kernel',
  when: 'When usual rows are plenty and alike, and the unusual ones too few or too different from each other to learn their boundary.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    ...detectorParams,
    learn_from: choice({
      label: 'Learns from',
      help: 'The rows of the most frequent class, or all rows as if nobody knew the classes.',
      default: 'usual',
      options: { usual: 'The most frequent class', all: 'All rows' },
    }),
    class_weight,
  },
  whyNot: ({ rows }) =>
    rows > MOST_ROWS
      ? `It compares every row with every other: ${rows} training rows would take hours, ${MOST_ROWS} is the most it takes.`
      : null,
  cost: ({ rows, cols }, { nu }) => ({
    operations: rows * rows * ((cols + 12) * (0.5 + nu) + 10),
    bytes: Math.min(4 * rows * rows, ROOM) + 8 * rows * cols,
  }),
  async fit(X, target, params, ctx): Promise<Kernels> {
    if (target.task !== 'class') throw new Error('one-class-svm takes classes');
    guard(X, target, { missing: false });
    const { rows, weight } = weighted(target);
    const all = Int32Array.from(rows);
    const counts = classTotals(target);
    const classes = Int32Array.from(counts.keys()).filter((k) => counts[k]! > 0);
    // Of equally frequent classes the one that is met first, so that names decide nothing.
    let usual = target.y[all[0]!]!;
    for (const i of all) if (counts[target.y[i]!]! > counts[usual]!) usual = target.y[i]!;
    const learnt = params.learn_from === 'all' ? all : all.filter((i) => target.y[i] === usual);
    const watch = watcher(ctx, 2);
    const of = fitOf('one-class-svm', X, target, params);
    const saved = savedState<State>(ctx.saved, of, { midway: (v) => typeof v === 'object' && v !== null });
    const keep: Keep = { saved: saved?.midway, offer: (midway) => offer(ctx, 0, (): State => ({ of, midway: midway() })) };
    const { form, settled } = await enclose(
      X,
      learnt,
      Float64Array.from(learnt, (i) => weight?.[i] ?? 1),
      params,
      watch.part(),
      keep,
    );
    if (!settled && !watch.stopped)
      ctx.note?.('It stopped before the tolerance was reached. A higher tolerance, or columns on one scale would help.');
    if (classes.length === 1) ctx.note?.(`Every training row is “${target.levels[usual]!}”: the model can only answer that.`);

    const factors = classFactors(counts, params.class_weight);
    const totals = counts.map((c, k) => c * factors[k]!);
    const others = totals.reduce((a, b) => a + b, 0) - totals[usual]!;
    const asked = watch.part();
    let slope = 0;
    let offset = Math.log(others / totals[usual]!);
    if (classes.length > 1 && !watch.stopped) {
      const decision = await decide(form, X, all, asked);
      if (!watch.stopped) {
        const isUsual = Uint8Array.from(all, (i) => (target.y[i] === usual ? 1 : 0));
        const fitted = await fitSigmoidHeard(
          decision,
          isUsual,
          Float64Array.from(all, (i) => (weight?.[i] ?? 1) * factors[target.y[i]!]!),
          (work) => !asked.due(work) || asked.rest(1),
        );
        if (fitted.slope < 0) ({ slope, offset } = fitted);
        else
          ctx.note?.(
            `Rows of other classes than “${target.levels[usual]!}” are no more unusual than its own: the model answers with the share of each class.`,
          );
      }
    }
    await watch.end();

    // Odds of the usual class against all others are e^−(slope d + offset); the others stand to each other as their shares. Pairs that
    // agree like that are coupled to just these probabilities.
    const pairs = Array.from(classes).flatMap((a, i) => Array.from(classes.subarray(i + 1), (b) => [a, b] as const));
    const heard = pairs.map(([a, b]) => (a === usual ? 1 : b === usual ? -1 : 0));
    const t = form.point.length;
    const starts = new Int32Array(pairs.length + 1);
    heard.forEach((side, m) => (starts[m + 1] = starts[m]! + (side === 0 ? 0 : t)));
    const terms = heard.filter((side) => side !== 0);
    return {
      ...form,
      outputs: target.levels.length,
      classes,
      starts,
      point: Int32Array.from(terms.flatMap(() => Array.from(form.point))),
      coefficients: Float64Array.from(terms.flatMap((side) => Array.from(form.coefficients, (c) => side * c))),
      intercepts: Float64Array.from(heard, (side) => (side === 0 ? 0 : side * form.intercepts[0]!)),
      slopes: Float64Array.from(heard, (side) => (side === 0 ? 0 : slope)),
      offsets: Float64Array.from(pairs, ([a, b]) =>
        a === usual
          ? offset + Math.log(totals[b]! / others)
          : b === usual
            ? -offset - Math.log(totals[a]! / others)
            : Math.log(totals[b]! / totals[a]!),
      ),
    };
  },
});

/** The same boundary round all rows, without any labels: the further outside, the more unusual. */
export const oneClassDetector: Detector<typeof detectorParams> = {
  id: 'one-class-svm',
  params: detectorParams,
  async unusual(X, params, ctx: Context) {
    const all = Int32Array.from({ length: X.rows }, (_, i) => i);
    guard(X, { task: 'number', y: new Float64Array(X.rows) }, { missing: false });
    const watch = watcher(ctx, 2);
    const { form } = await enclose(X, all, new Float64Array(X.rows).fill(1), params, watch.part());
    const scores = await decide(form, X, all, watch.part());
    await watch.end();
    return scores.map((d) => -d);
  },
};
