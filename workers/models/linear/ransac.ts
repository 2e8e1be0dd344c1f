/** RANSAC: the line that most rows agree with, found by trying lines through a few rows at a time. */
import { model } from '../../../src/core/model.js';
import { flag, int, real } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { pace } from '../pace.js';
import { counted, fitOf, isCount, isInts, isNumber, keepOf, savedIn } from '../resume.js';
import { drawRows, lines } from './few-rows.js';
import { scores } from './generalized.js';
import { leastSquares } from './least-squares.js';
import { middle } from './spatial-median.js';

const MOST_COLUMNS = 500;

export const ransac = model({
  id: 'ransac',
  version: 1,
  label: 'RANSAC',
  help: 'Tries lines through a few rows drawn by chance, keeps the one that most rows lie near, and fits least squares to those rows alone. The rest are outliers and have no say.',
  source: 'Fischler & Bolles 1981. As RANSACRegressor of scikit-learn over least squares.',
  family: 'linear',
  when: 'When a large share of the rows, up to about half, belongs to something else, and columns are few.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: true },
  params: {
    residual_threshold: real({
      label: 'Near enough',
      help: 'How far from the line a row may lie and still count as near, in units of the target. If left open, it is the median distance of the targets from their median, which is generous where columns explain much.',
      default: null,
      min: 1e-12,
      max: 1e12,
      scale: 'log',
      none: 'Median distance from the median',
    }),
    max_trials: int({
      label: 'Most trials',
      help: 'How many lines are tried at most.',
      default: 100,
      min: 1,
      max: 1000000,
      scale: 'log',
    }),
    min_samples: int({
      label: 'Rows in a trial',
      help: 'How many rows each line is drawn through. Fewer rows are more likely to be free of outliers.',
      default: null,
      min: 1,
      max: 100000,
      scale: 'log',
      none: 'As few as determine a line',
      more: true,
    }),
    stop_probability: real({
      label: 'Sure enough',
      help: 'Stops early when, going by the best line so far, it is this probable that some trial was free of outliers.',
      default: 0.99,
      min: 0,
      max: 1,
      more: true,
    }),
    fit_intercept: flag({
      label: 'Intercept',
      help: 'Learns a constant beside the weights. Leave it on unless the target must be 0 when every column is 0.',
      default: true,
      more: true,
    }),
  },
  whyNot: ({ rows, cols }) =>
    cols > MOST_COLUMNS
      ? `It solves for all columns in every trial: ${cols} columns would take very long, ${MOST_COLUMNS} is the most it takes.`
      : rows <= cols + 1
        ? `Its trials need more rows than columns: there are ${rows} rows and ${cols} columns.`
        : null,
  cost: ({ rows, cols }, { max_trials }) => ({
    operations: max_trials * (2 * rows * cols + 3 * (cols + 1) ** 3) + rows * cols * cols * 0.5,
    bytes: 24 * rows + 32 * cols * cols,
  }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'number') throw new Error('ransac takes a number target');
    guard(X, target, { missing: false });
    const { y } = target;
    const weight = target.weight ?? null;
    const intercept = params.fit_intercept;
    const n = X.rows;
    const w = weight ?? new Float64Array(n).fill(1);
    const rows = Int32Array.from(Array.from({ length: n }, (_, i) => i).filter((i) => w[i]! > 0));
    const total = w.reduce((s, v) => s + v, 0);
    const k = Math.min(Math.max(1, params.min_samples ?? X.cols + 1), rows.length);
    const near = params.residual_threshold ?? typicalDistance(y, w, weight === null);
    const chance = counted(ctx.random);
    const keep = keepOf(ctx, fitOf('ransac', X, target, params));
    const saved = savedIn<Tried>(keep, {
      trial: isCount,
      trials: isNumber,
      drawn: isCount,
      rows: isInts(rows.length),
      best: (v) => v === null || (v instanceof Uint8Array && v.length === n),
      bestCount: isNumber,
      bestScore: isNumber,
    });
    const p = pace(ctx, params.max_trials + 1, saved?.trial);
    const { through } = lines(X, y, weight, intercept);
    let best: Float64Array | null = saved?.best ? w.map((v, i) => (saved.best![i] === 1 ? v : 0)) : null;
    let bestCount = saved?.bestCount ?? 0;
    let bestScore = saved?.bestScore ?? -Infinity;
    let trials = saved?.trials ?? params.max_trials;
    if (saved) {
      chance.pass(saved.drawn);
      rows.set(saved.rows);
    }
    for (let trial = saved?.trial ?? 0; trial < trials; trial++) {
      const fitted = scores(X, through(drawRows(rows, k, chance.u)));
      const inside = new Float64Array(n);
      let count = 0;
      let mean = 0;
      for (let i = 0; i < n; i++) {
        if (w[i]! > 0 && Math.abs(y[i]! - fitted[i]!) <= near) {
          inside[i] = w[i]!;
          count += w[i]!;
          mean += w[i]! * y[i]!;
        }
      }
      mean /= count || 1;
      let left = 0;
      let spread = 0;
      for (let i = 0; i < n; i++) {
        left += inside[i]! * (y[i]! - fitted[i]!) ** 2;
        spread += inside[i]! * (y[i]! - mean) ** 2;
      }
      const score = spread > 0 ? 1 - left / spread : left === 0 ? 1 : 0;
      if (count > bestCount || (count === bestCount && count > 0 && score > bestScore)) {
        best = inside;
        bestCount = count;
        bestScore = score;
        trials = Math.min(trials, enough(bestCount / total, k, params.stop_probability));
      }
      if (!(await p.step())) break;
      keep.offer(5 * n, (): Tried => ({
        trial: trial + 1,
        trials,
        drawn: chance.drawn,
        rows: rows.slice(),
        best: best ? Uint8Array.from(best, (v) => (v > 0 ? 1 : 0)) : null,
        bestCount,
        bestScore,
      }));
    }
    if (!best) ctx.note?.(`No row lies within ${near} of any line tried, so all rows were taken; widen what counts as near.`);
    else if (bestCount < total) {
      const out = rows.reduce((s, i) => s + (best![i] === 0 ? 1 : 0), 0);
      ctx.note?.(`${out} of ${rows.length} rows lie farther than ${Number(near.toPrecision(3))} from the line and had no say.`);
    }
    const line = await leastSquares(X, y, best ?? weight, 0, intercept, p);
    if (!p.stopped) await p.step();
    return { form: 'linear', link: 'identity', inputs: X.cols, outputs: 1, weights: line.weights, bias: Float64Array.of(line.bias) };
  },
});

/** After a trial. */
interface Tried {
  readonly trial: number;
  readonly trials: number;
  readonly drawn: number;
  /** As they were last drawn from. */
  readonly rows: Int32Array;
  /** 1: near the best line. */
  readonly best: Uint8Array | null;
  readonly bestCount: number;
  readonly bestScore: number;
}

/** Median distance from the median; where that is 0, since most targets are equal, the mean distance. */
function typicalDistance(y: Float64Array, w: Float64Array, even: boolean): number {
  const mid = middle(y, even ? null : w);
  const off = y.map((v) => Math.abs(v - mid));
  const median = middle(off, even ? null : w);
  if (median > 0) return median;
  let s = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    s += w[i]! * (w[i]! > 0 ? off[i]! : 0);
    total += w[i]!;
  }
  return s / total;
}

/** Trials until one is free of outliers with this probability, when such a share of the rows is. */
function enough(share: number, rows: number, probability: number): number {
  const clean = share ** rows;
  if (probability >= 1) return Infinity;
  if (clean >= 1) return 0;
  if (!(clean > 0)) return Infinity;
  return Math.abs(Math.ceil(Math.log1p(-probability) / Math.log1p(-clean)));
}
