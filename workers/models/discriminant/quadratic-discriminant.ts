/** Quadratic discriminant analysis: a normal cloud for each class with a shape of its own, so that borders bend. */
import type { Gaussians } from '../../../src/core/form.js';
import { model } from '../../../src/core/model.js';
import { real } from '../../../src/core/param.js';
import { class_weight, rowWeights } from '../class-weight.js';
import { guard } from '../guard.js';
import { onlyClass } from '../linear/class-scores.js';
import { cholesky, type Factor } from '../linear/symmetric.js';
import { pace } from '../pace.js';
import { fitOf, isCount, isFloats, isList, keepOf, partOf, savedIn } from '../resume.js';
import { classMoments } from './class-moments.js';
import { rowsByClass, scatter } from './scatter.js';

/** Numbers kept: classes × columns² / 2. */
const ROOM = 5e7;
/** Width of a column that never changes, so that it cannot tell classes apart and new values of it hardly count. */
const FLAT = 1e-20;

export const quadraticDiscriminant = model({
  id: 'quadratic-discriminant',
  version: 1,
  label: 'Quadratic discriminant analysis',
  help: 'Takes each class for a cloud of points with a place, a width and a slant of its own, and asks which cloud a row most likely came from. Borders are curves. It learns a full table of covariances for every class, so it needs many more rows of each class than there are columns.',
  source: 'Smith 1946; regularised: Friedman 1989. As QuadraticDiscriminantAnalysis of scikit-learn.',
  family: 'linear',
  when: 'When classes differ in how their columns spread or go together, columns are few and roughly bell-shaped, and every class has many rows.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    reg_param: real({
      label: 'Regularisation',
      help: 'Draws the shape of every cloud towards a ball of radius 1: 0 takes the covariances as they are, 1 forgets them. A little helps when rows are few or columns say the same thing.',
      default: 0,
      min: 0,
      max: 1,
      tune: [0, 0.9],
    }),
    class_weight,
  },
  whyNot: ({ cols, classes }) =>
    (classes * cols * cols) / 2 > ROOM
      ? `It would learn ${cols} × ${cols} covariances for each of ${classes} classes, more than it can keep.`
      : null,
  cost: ({ rows, cols, classes }) => ({
    operations: 6 * rows * cols + (rows * cols * cols) / 2 + (classes * cols ** 3) / 3,
    bytes: 4 * classes * cols * cols + 24 * cols * cols,
  }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('quadratic-discriminant takes classes');
    guard(X, target, { missing: false });
    const p = X.cols;
    const weight = rowWeights(target, params.class_weight);
    const keep = keepOf(ctx, fitOf('quadratic-discriminant', X, target, params));
    const steps = pace(ctx, target.levels.length + 1);
    const at = await classMoments(X, target, weight, steps);
    const m = at.classes.length;
    if (m === 1) return onlyClass(p, target, at.classes[0]!, ctx);
    await steps.step();
    const rows = rowsByClass(at);
    // Covariances in standard deviations over all classes, whatever the units.
    const unit = at.varianceAll.map((v) => (v > 0 ? 1 / Math.sqrt(v) : 0));
    const size = (p * (p + 1)) / 2;
    const whiten = new Float64Array(m * size);
    const isText = (v: unknown) => typeof v === 'string';
    const saved = savedIn<Widths>(keep, { next: (v) => isCount(v) && (v as number) < m, whiten: isFloats(m * size), thin: isList(isText) });
    if (saved) whiten.set(saved.whiten);
    const thin: string[] = [...(saved?.thin ?? [])];
    for (let c = 0; c < m; c++) {
      if (saved && c < saved.next) {
        await steps.step();
        continue;
      }
      const own = partOf(keep, `class ${c}`, 8 * whiten.length, (): Widths => ({ next: c, whiten: whiten.slice(), thin: [...thin] }));
      const divisor = Math.max(at.totals[c]! - 1, at.totals[c]! / 2);
      const S = steps.stopped ? null : await scatter(X, rows[c]!, weight, at.mean, c * p, unit, steps, own);
      const A = S ? S.map((v) => (v / divisor) * (1 - params.reg_param)) : new Float64Array(p * p);
      for (let j = 0; j < p; j++) {
        // Asked to stop: columns for themselves.
        if (!S) A[j * p + j] = (at.square[c * p + j]! / divisor) * (1 - params.reg_param) * unit[j]! ** 2;
        A[j * p + j] = unit[j] === 0 ? 1 : A[j * p + j]! + params.reg_param * unit[j]! ** 2;
      }
      const { factor, ridge } = factorOf(A, p);
      if (ridge > 0 && S) thin.push(target.levels[at.classes[c]!]!);
      invert(factor, unit, whiten, c * size);
      await steps.step();
    }
    if (thin.length && !steps.stopped)
      ctx.note?.(
        `In ${thin.map((l) => `“${l}”`).join(', ')} some columns never change or follow from others (or rows are too few), so its cloud is flat; a trace of width was added. Raise the regularisation, or use fewer columns.`,
      );
    const form: Gaussians = {
      form: 'gaussians',
      link: target.levels.length === 2 ? 'sigmoid' : 'softmax',
      inputs: p,
      outputs: target.levels.length,
      classes: at.classes,
      logPrior: at.totals.map((t) => Math.log(t / at.total)),
      means: at.mean,
      variances: new Float64Array(0),
      whiten,
    };
    return form;
  },
});

/** The widths of the classes before the one under way. */
interface Widths {
  readonly next: number;
  readonly whiten: Float64Array;
  readonly thin: readonly string[];
}

/** Cholesky of A, with as little added to its diagonal as makes it regular. */
function factorOf(A: Float64Array, p: number): { factor: Factor; ridge: number } {
  let flat = false;
  for (let j = 0; j < p; j++) flat ||= !(A[j * p + j]! > 0);
  for (let ridge = flat ? 1e-8 : 0; ; ridge = ridge === 0 ? 1e-8 : ridge * 10) {
    const factor = cholesky(A, p, ridge, 1e-10);
    if (factor) return { factor, ridge };
  }
}

/** W = L⁻¹ · scale, row by row into `out`; A = (L/unit)(L/unit)ᵀ was in units of 1 / `scale`. */
function invert({ n, L, unit }: Factor, scale: Float64Array, out: Float64Array, at: number): void {
  const own = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    // Row i of the inverse: eᵢ solved against Lᵀ from the right.
    own.fill(0);
    own[i] = 1 / L[i * n + i]!;
    for (let k = i - 1; k >= 0; k--) {
      let s = 0;
      for (let r = k + 1; r <= i; r++) s -= own[r]! * L[r * n + k]!;
      own[k] = s / L[k * n + k]!;
    }
    const row = at + (i * (i + 1)) / 2;
    for (let k = 0; k <= i; k++) out[row + k] = own[k]! * unit[k]! * (scale[k] === 0 ? FLAT : scale[k]!);
  }
}
