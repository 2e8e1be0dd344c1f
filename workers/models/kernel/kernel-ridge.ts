/** Kernel ridge regression: least squares with a penalty on a curve made of one kernel for every training row. */
import type { Kernels } from '../../../src/core/form.js';
import { model } from '../../../src/core/model.js';
import { choice, flag, real } from '../../../src/core/param.js';
import { Problem } from '../../../src/core/problem.js';
import { weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { pace } from '../pace.js';
import { fitOf, isCount, isFlag, isNumber, keepOf, savedIn } from '../resume.js';
import { pairRow } from './pairs.js';
import { coef0, degree, gamma } from './params.js';
import { system } from './system.js';

/** The kernel of all rows with one another is held in Float64: 200 MB here, and work that grows with the cube. */
const MOST_ROWS = 5000;
/** A kernel beyond this leaves no digits for the penalty. */
const LARGEST = 1e100;
/** Negative directions below this share of the kernel are rounding. */
const ROUNDING = 1e-6;
/** Multiplications of the compiled kernels in the time of one of ours. */
const FASTER = 8;

export const kernelRidge = model({
  id: 'kernel-ridge',
  version: 1,
  label: 'Kernel ridge',
  help: 'Draws a smooth curve through the rows: every training row pulls the prediction near it towards its own value, and a penalty keeps the curve calm. Solved exactly in one step. Close to a support vector machine for numbers, but it uses every row.',
  source: 'Saunders, Gammerman & Vovk 1998; Murphy 2012, § 14.4.3; options as KernelRidge of scikit-learn.',
  family: 'kernel',
  when: 'When there are at most a few thousand rows, columns are on one scale, and the number follows them smoothly.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    alpha: real({
      label: 'Strength (alpha)',
      help: 'How much the penalty counts. Higher gives a calmer curve, lower follows every row.',
      default: 1,
      min: 1e-9,
      max: 1e9,
      scale: 'log',
      tune: [1e-4, 10],
    }),
    kernel: choice({
      label: 'Kernel',
      help: 'What counts as alike. Radial (RBF): rows that are near; the curve is smooth. Laplacian: near along the columns; the curve may have corners. Linear: a straight fit. Polynomial: products of columns up to the degree. Sigmoid: seldom better. Scikit-learn starts with linear, which is ridge regression and offered as such.',
      default: 'rbf',
      options: { rbf: 'Radial (RBF)', laplacian: 'Laplacian', linear: 'Linear', poly: 'Polynomial', sigmoid: 'Sigmoid' },
      tune: ['rbf', 'laplacian'],
    }),
    gamma: gamma('a more wiggly curve.', '1 / columns', ['rbf', 'laplacian', 'poly', 'sigmoid']),
    degree,
    coef0: coef0(1),
    fit_intercept: flag({
      label: 'Intercept',
      help: 'Takes the mean off the target first and adds it to every prediction, so that the penalty pulls towards the mean and not towards 0. Off: as scikit-learn, which has none.',
      default: true,
      more: true,
    }),
  },
  whyNot: ({ rows }) =>
    rows > MOST_ROWS
      ? `It solves one equation for each row, all at once: ${rows} training rows would take too much memory, ${MOST_ROWS} is the most it takes.`
      : null,
  cost: ({ rows, cols }) => ({ operations: rows ** 3 / 6 / FASTER + rows * rows * (cols + 10), bytes: 8 * rows * rows + 8 * rows * cols }),
  async fit(X, target, params, ctx): Promise<Kernels> {
    guard(X, target, { missing: false });
    const { rows: kept, weight } = weighted(target);
    const n = kept.length;
    const p = X.cols;
    const w = Float64Array.from(kept, (i) => weight?.[i] ?? 1);
    const gamma = params.gamma ?? 1 / Math.max(1, p);
    const points = new Float64Array(n * p);
    for (let j = 0; j < p; j++) for (let k = 0; k < n; k++) points[k * p + j] = X.data[j * X.rows + kept[k]!]!;
    let shift = 0;
    if (params.fit_intercept) {
      let total = 0;
      let sum = 0;
      for (let k = 0; k < n; k++) {
        total += w[k]!;
        sum += w[k]! * target.y[kept[k]!]!;
      }
      shift = sum / total;
    }
    const form = (coefficients: Float64Array): Kernels => ({
      form: 'kernels', kernel: params.kernel, gamma, coef0: params.coef0, degree: params.degree, inputs: p, outputs: 1, classes: new Int32Array(0),
      points: coefficients.length > 0 ? Float32Array.from(points) : new Float32Array(0), starts: Int32Array.of(0, coefficients.length),
      point: Int32Array.from(coefficients.keys()), coefficients, intercepts: new Float64Array(1), slopes: new Float64Array(0), offsets: new Float64Array(0), shift, scale: 1,
    }); // prettier-ignore
    const told = pace(ctx, 3);
    const keep = keepOf(ctx, fitOf('kernel-ridge', X, target, params));
    // Without a column every kernel is that of nothing with nothing; the form then has no point to hold on to.
    if (p === 0) {
      await told.step();
      return form(new Float64Array(0));
    }

    const K = system(n);
    const what = params.kernel === 'rbf' ? 'squares' : params.kernel === 'laplacian' ? 'steps' : 'products';
    const bend = bender(params.kernel, gamma, params.coef0, params.degree);
    // What the last try lacked for a positive pivot is added to the diagonal.
    let alpha = params.alpha;
    let raised = false;
    const saved = savedIn<Filled>(keep, {
      alpha: isNumber,
      raised: isFlag,
      next: (v) => isCount(v) && (v as number) <= n,
      cells: (v) => v instanceof Float64Array,
    });
    const before = saved && saved.cells.length === (saved.next * (saved.next + 1)) / 2 ? saved : null;
    if (before) {
      ({ alpha, raised } = before);
      for (let i = 0, from = 0; i < before.next; i++, from += i) K.cells.set(before.cells.subarray(from, from + i + 1), i * K.width);
    }
    for (let from = before?.next ?? 0; ; from = 0) {
      for (let i = from; i < n; i++) {
        const at = i * K.width;
        pairRow(points, p, i, what, K.cells, at);
        for (let k = 0; k <= i; k++) K.cells[at + k] = bend(K.cells[at + k]!);
        if (!(Math.abs(K.cells[at + i]!) <= LARGEST)) throw hugeAt(X, kept[i]!);
        // A row of weight w is w rows of weight 1 that agree, of which each bears the penalty.
        K.cells[at + i] = K.cells[at + i]! + alpha / w[i]!;
        const rests = told.due((i + 1) * (p + 10));
        if (rests) await told.rest();
        if (told.stopped) return form(new Float64Array(0));
        if (rests) keep.offer(4 * i * i, (): Filled => ({ alpha, raised, next: i + 1, cells: K.packed(i + 1) }));
      }
      if (told.done === 0) await told.step();
      if (told.stopped) return form(new Float64Array(0));
      const done = await K.factor(async (operations) => {
        if (told.due(operations / FASTER)) await told.rest();
        return !told.stopped;
      });
      if (done === 'stopped') return form(new Float64Array(0));
      let size = 0;
      for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(bend(own(points, p, i, what))));
      // A raised penalty that only just outweighs a negative direction of the kernel makes answers along it many times too large: of one
      // beyond rounding, ten times as much is taken.
      if (done === 'done' && (raised || alpha === params.alpha || alpha <= ROUNDING * size)) break;
      raised = done === 'done';
      alpha = Math.max(10 * alpha, 1e-12 * size * n);
    }
    if (alpha !== params.alpha)
      ctx.note?.(`The penalty was raised to ${alpha.toPrecision(3)}: with less, this kernel has no one answer on these rows.`);
    await told.step();
    const coefficients = K.solve(Float64Array.from(kept, (i) => target.y[i]! - shift));
    if (!told.stopped) await told.step();
    return form(coefficients);
  },
});

/** Some rows of the kernel are there: the triangle of them, row by row. */
interface Filled {
  readonly alpha: number;
  /** Whether it was raised once more, to be safe. */
  readonly raised: boolean;
  readonly next: number;
  readonly cells: Float64Array;
}

function bender(
  kernel: 'rbf' | 'laplacian' | 'linear' | 'poly' | 'sigmoid',
  gamma: number,
  coef0: number,
  degree: number,
): (v: number) => number {
  if (kernel === 'linear') return (v) => v;
  if (kernel === 'sigmoid') return (v) => Math.tanh(gamma * v + coef0);
  if (kernel === 'poly') {
    return (v) => {
      const base = gamma * v + coef0;
      let power = base;
      for (let d = 1; d < degree; d++) power *= base;
      return power;
    };
  }
  return (v) => Math.exp(-gamma * v);
}

function own(points: Float64Array, p: number, i: number, what: 'squares' | 'steps' | 'products'): number {
  if (what !== 'products') return 0;
  let s = 0;
  for (let j = 0; j < p; j++) s += points[i * p + j]! ** 2;
  return s;
}

/** Laid at the door of the largest cell of the row. */
function hugeAt(
  X: { readonly rows: number; readonly cols: number; readonly data: Float32Array; readonly names: readonly string[] },
  row: number,
): Problem {
  let worst = 0;
  for (let j = 1; j < X.cols; j++) if (Math.abs(X.data[j * X.rows + row]!) > Math.abs(X.data[worst * X.rows + row]!)) worst = j;
  return new Problem('fit/infinite', { column: X.names[worst] ?? String(worst), row: row + 1 });
}
