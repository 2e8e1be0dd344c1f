/** Quantile regression: a line below which a given share of the targets lies. */
import { take, type Matrix } from '../../../src/core/matrix.js';
import { model } from '../../../src/core/model.js';
import { flag, real } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { pace, type Pace } from '../pace.js';
import { fitOf, keepOf, partOf, savedIn, type Keep } from '../resume.js';
import { independent } from './independent.js';
import { interior, isInside, type Inside, type Quantile } from './interior.js';
import type { Line } from './least-squares.js';
import { moments } from './moments.js';
import { solveShortest } from './symmetric.js';
import { vertex } from './vertex.js';

const MOST_COLUMNS = 1000;

export const quantile = model({
  id: 'quantile',
  version: 1,
  label: 'Quantile regression',
  help: 'A line that a given share of the targets lies below: ½ for the median, which outliers do not move; 0.1 and 0.9 for the edges of what is to be expected.',
  source:
    'Koenker & Bassett 1978; objective as QuantileRegressor of scikit-learn. Solved exactly: interior point (Portnoy & Koenker 1997), then exchanges of rows (Barrodale & Roberts 1973).',
  family: 'linear',
  when: 'When the question is how high or low the target may come rather than its average, or when a few targets are far off.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    quantile: real({
      label: 'Quantile',
      help: 'The share of the targets that shall lie below the line: 0.5 is the median.',
      default: 0.5,
      min: 0.001,
      max: 0.999,
    }),
    alpha: real({
      label: 'Strength of the penalty (alpha)',
      help: 'Sets weak weights to exactly zero (L1). It counts against the mean error, in units of the target, so what is strong depends on the target; scikit-learn’s 1 often leaves no weight at all, so none is the default.',
      default: null,
      min: 1e-9,
      max: 1e9,
      scale: 'log',
      none: 'No penalty',
      tune: [1e-5, 1],
    }),
    fit_intercept: flag({
      label: 'Intercept',
      help: 'Learns a constant beside the weights. Leave it on unless the target must be 0 when every column is 0.',
      default: true,
      more: true,
    }),
  },
  whyNot: ({ cols }) =>
    cols > MOST_COLUMNS
      ? `It weighs every column against every other, many times over: ${cols} columns are too many, ${MOST_COLUMNS} is the most it takes.`
      : null,
  cost: ({ rows, cols }) => ({
    operations: 25 * rows * (cols * cols * 0.5 + 12 * cols + 40) + 10 * cols ** 3,
    bytes: 40 * cols * cols + 150 * rows,
  }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'number') throw new Error('quantile takes a number target');
    guard(X, target, { missing: false });
    const p = pace(ctx, 1);
    const { weights, bias } = await quantileLine(
      X,
      target.y,
      target.weight ?? null,
      params.quantile,
      params.alpha ?? 0,
      params.fit_intercept,
      p,
      keepOf(ctx, fitOf('quantile', X, target, params)),
    );
    await p.step();
    return { form: 'linear', link: 'identity', inputs: X.cols, outputs: 1, weights, bias: Float64Array.of(bias) };
  },
});

/** Minimises Σ w (τ max(r, 0) + (1 − τ) max(−r, 0)) + alpha Σw |β|₁ over β and b, r = y − b − x·β. */
export async function quantileLine(
  given: Matrix,
  target: Float64Array,
  weight: Float64Array | null,
  tau: number,
  alpha: number,
  intercept: boolean,
  pace: Pace,
  keep?: Keep,
): Promise<Line> {
  const kept = Array.from({ length: given.rows }, (_, i) => i).filter((i) => !weight || weight[i]! > 0);
  const X = kept.length < given.rows ? take(given, kept) : given;
  const n = X.rows;
  const w = Float64Array.from(kept, (i) => (weight ? weight[i]! : 1));
  // The target around its middle and in units of its spread: bounds on rounding then mean something.
  let mid = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    mid += w[i]! * target[kept[i]!]!;
    total += w[i]!;
  }
  const first = target[kept[0]!]!;
  // A weighted mean of equal numbers may be off by its rounding, which is no spread.
  mid = !intercept ? 0 : kept.every((i) => target[i] === first) ? first : mid / total;
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(target[kept[i]!]! - mid));
  if (!(scale > 0)) return { weights: new Float64Array(X.cols), bias: mid };
  const y = Float64Array.from(kept, (i) => (target[i]! - mid) / scale);
  const all = Array.from({ length: X.cols }, (_, j) => j);
  const m = await moments(X, all, null, w, intercept, pace);
  const l1 = alpha * total;
  const columns = l1 > 0 ? all.filter((j) => m.gram[j * X.cols + j]! > 0) : independent(m.gram, X.cols);
  const q: Quantile = { X, columns, y, w, tau, l1, intercept };
  const over = savedIn<{ near: Inside }>(keep, { near: isInside(columns.length + 1, n + (l1 > 0 ? columns.length : 0)) });
  const near = over?.near ?? (await interior(q, 1e-12, pace, partOf(keep, 'interior')));
  let best = near.beta;
  if (!pace.stopped && columns.length + (intercept ? 1 : 0) > 0) {
    const exact = await vertex(
      q,
      near,
      pace,
      partOf(keep, 'vertex', near.place.byteLength, () => ({ near })),
    );
    if (exact && lossOf(q, exact) <= lossOf(q, best) * (1 + 1e-12)) best = exact;
  }
  let weights: Float64Array = new Float64Array(X.cols);
  columns.forEach((j, a) => (weights[j] = best[a]! * scale));
  let bias = intercept ? best[columns.length]! * scale + mid : 0;
  if (l1 === 0 && columns.length < X.cols) {
    // Of all lines that say the same about these rows, the shortest.
    const long = weights;
    const seen = Float64Array.from(all, (i) => all.reduce((s, j) => s + m.gram[i * X.cols + j]! * long[j]!, 0));
    weights = solveShortest(m.gram, X.cols, seen);
    if (intercept) for (const j of all) bias += m.mean[j]! * (long[j]! - weights[j]!);
  }
  return { weights, bias };
}

function lossOf({ X, columns, y, w, tau, l1, intercept }: Quantile, beta: Float64Array): number {
  const n = X.rows;
  const r = y.map((v) => v - (intercept ? beta[columns.length]! : 0));
  let sum = 0;
  columns.forEach((j, a) => {
    for (let i = 0; i < n; i++) r[i] = r[i]! - beta[a]! * X.data[j * n + i]!;
    sum += l1 * Math.abs(beta[a]!);
  });
  for (let i = 0; i < n; i++) sum += w[i]! * (r[i]! > 0 ? tau * r[i]! : (tau - 1) * r[i]!);
  return sum;
}
