/** Huber regression: squares for ordinary errors, absolute values for gross ones, with the border between them found along the way. */
import type { Matrix } from '../../../src/core/matrix.js';
import { model } from '../../../src/core/model.js';
import { flag, real } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { pace, type Pace } from '../pace.js';
import { fitOf, isCount, isFlag, isFloats, isNumber, keepOf, savedIn, type Keep } from '../resume.js';
import { scores } from './generalized.js';
import { leastSquares, type Line } from './least-squares.js';
import { moments, type Moments } from './moments.js';
import { cholesky, solveFactor, solveShortest, THIN } from './symmetric.js';
import { mostSteps } from './params.js';

const MOST_COLUMNS = 3000;

export const huber = model({
  id: 'huber',
  version: 1,
  label: 'Huber regression',
  help: 'Linear regression that outliers cannot pull away: an error beyond the border counts in proportion to its size, not to its square. The border follows the scatter of the ordinary rows.',
  source:
    'Huber 1964; scale estimated jointly, Huber & Ronchetti 2009, p. 172. Objective as HuberRegressor of scikit-learn; solved by Newton’s method.',
  family: 'linear',
  when: 'When some targets are far off, by mistake or by nature, and the line should follow the rest.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    epsilon: real({
      label: 'Border (epsilon)',
      help: 'How many standard deviations of ordinary errors away a row becomes an outlier. Lower resists more; 1.35 is 95 % as exact as least squares when there are no outliers.',
      default: 1.35,
      min: 1.01,
      max: 100,
      tune: [1.05, 3],
    }),
    alpha: real({
      label: 'Strength of the penalty (alpha)',
      help: 'Keeps weights small (L2), which steadies overlapping columns; it is added to a sum over rows.',
      default: 1e-4,
      min: 1e-9,
      max: 1e9,
      scale: 'log',
      none: 'No penalty',
      tune: [1e-5, 1e3],
    }),
    fit_intercept: flag({
      label: 'Intercept',
      help: 'Learns a constant beside the weights. Leave it on unless the target must be 0 when every column is 0.',
      default: true,
      more: true,
    }),
    tol: real({
      label: 'Tolerance',
      help: 'Stops when a step would lower the loss by no more than the square of this share.',
      default: 1e-7,
      min: 1e-8,
      max: 0.1,
      scale: 'log',
      more: true,
    }),
    max_iter: mostSteps('Stops after this many Newton steps even if the weights have not settled, and says so; about ten are usual.'),
  },
  whyNot: ({ cols }) =>
    cols > MOST_COLUMNS
      ? `It weighs every column against every other: ${cols} columns are too many, ${MOST_COLUMNS} is the most it takes.`
      : null,
  cost: ({ rows, cols }) => ({
    operations: 12 * rows * (cols * cols * 0.5 + 4 * cols + 10) + 2 * cols ** 3,
    bytes: 32 * cols * cols + 48 * rows,
  }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'number') throw new Error('huber takes a number target');
    guard(X, target, { missing: false });
    const keep = keepOf(ctx, fitOf('huber', X, target, params));
    const before = savedIn<{ turn: number }>(keep, { turn: isCount });
    const p = pace(ctx, params.max_iter + 1, before ? before.turn + 1 : 0);
    const { epsilon, fit_intercept, tol, max_iter } = params;
    const fit = await huberLine(X, target.y, target.weight ?? null, epsilon, params.alpha ?? 0, fit_intercept, tol, max_iter, p, keep);
    if (!fit.converged && !p.stopped)
      ctx.note?.(`Stopped after ${max_iter} steps before the weights had settled; allow more steps or raise the penalty.`);
    const { weights, bias } = fit.line;
    return { form: 'linear', link: 'identity', inputs: X.cols, outputs: 1, weights, bias: Float64Array.of(bias) };
  },
});

/** After a step that was not the last. */
interface Stepped extends Line {
  readonly turn: number;
  readonly fitted: Float64Array;
  /** σ at first, and now. */
  readonly start: number;
  readonly sigma: number;
  readonly loss: number;
  /** Whether reweighting has become slow. */
  readonly settling: boolean;
  /** Σ w x² of each column, centred. */
  readonly spread: Float64Array;
}

/** σ below this share of its start means that most rows lie on the line exactly. */
const EXACT = 1e-10;
/** Share of the loss that a step of reweighted least squares must save to be followed by another. */
const SLOW = 1e-3;
/** Curvature below this share of what all rows together would give is none. */
const LITTLE = 1e-8;
/** Share of the curvature of reweighted least squares that is added where there is none. */
const MORE = 1e-3;

/**
 * Minimises Σ w (σ + H(t / σ) σ) + alpha |β|² over β, b and σ, where t = y − b − x·β and H is a square up to ε and straight beyond.
 * Jointly convex; the Hessian is a sum over the rows within the border of (x, 1, t / σ) with itself, over σ.
 */
export async function huberLine(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  epsilon: number,
  alpha: number,
  intercept: boolean,
  tol: number,
  steps: number,
  pace: Pace,
  keep?: Keep,
): Promise<{ line: Line; scale: number; converged: boolean }> {
  const { rows: n, cols: p, data } = X;
  const w = weight ?? new Float64Array(n).fill(1);
  const columns = Array.from({ length: p }, (_, j) => j);
  const saved = savedIn<Stepped>(keep, {
    turn: isCount,
    weights: isFloats(p),
    bias: isNumber,
    fitted: isFloats(n),
    start: isNumber,
    sigma: isNumber,
    loss: isNumber,
    settling: isFlag,
    spread: isFloats(p),
  });
  let line: Line = saved ?? (await leastSquares(X, y, weight, alpha, intercept, pace));
  if (!saved) await pace.step();
  let fitted = saved?.fitted ?? scores(X, line);
  let total = 0;
  let squares = 0;
  let size = 0;
  for (let i = 0; i < n; i++) {
    total += w[i]!;
    squares += w[i]! * (y[i]! - fitted[i]!) ** 2;
    size += w[i]! * y[i]! * y[i]!;
  }
  const start = saved?.start ?? Math.sqrt(squares / total);
  if (!(start > 1e-13 * Math.sqrt(size / total))) return { line, scale: start, converged: true };
  let sigma = saved?.sigma ?? start;
  const lossOf = (at: Float64Array, s: number, weights: Float64Array) => {
    let sum = total * s;
    for (let i = 0; i < n; i++) {
      const t = Math.abs(y[i]! - at[i]!);
      sum += w[i]! * (t <= epsilon * s ? (t * t) / s : epsilon * (2 * t - epsilon * s));
    }
    for (const b of weights) sum += alpha * b * b;
    return sum;
  };
  /** The σ of least loss for this line: that at which Σ w min(z², ε²) is Σ w. */
  const widthOf = (at: Float64Array, from: number): number => {
    const over = (s: number) => {
      let sum = -total;
      for (let i = 0; i < n; i++) sum += w[i]! * Math.min(Math.abs(y[i]! - at[i]!) / s, epsilon) ** 2;
      return sum > 0;
    };
    let [lo, hi] = [from, from];
    while (over(hi)) [lo, hi] = [hi, 4 * hi];
    while (!over(lo) && lo > EXACT * start) [lo, hi] = [lo / 4, lo];
    for (let k = 0; k < 50; k++) {
      const mid = Math.sqrt(lo * hi);
      if (over(mid)) lo = mid;
      else hi = mid;
    }
    return hi;
  };
  let loss = saved?.loss ?? lossOf(fitted, sigma, line.weights);
  let converged = false;
  let settling = saved?.settling ?? false;
  const spread = saved?.spread ?? (await moments(X, columns, null, weight, intercept, pace)).gram.filter((_, at) => at % (p + 1) === 0);
  const inside = new Float64Array(n);
  const z = new Float64Array(n);
  const q = p + 1;
  const told = async (turn: number) => {
    if (!(await pace.step({ train: loss / total })) || converged || turn === steps) return;
    const { weights, bias } = line;
    keep?.offer(8 * (n + 2 * p), (): Stepped => ({ turn, weights, bias, fitted: fitted.slice(), start, sigma, loss, settling, spread }));
  };
  for (let turn = saved?.turn ?? 0; turn < steps && !converged && !pace.stopped; turn++) {
    let ones = 0;
    let bent = -total;
    for (let i = 0; i < n; i++) {
      const t = (y[i]! - fitted[i]!) / sigma;
      const within = Math.abs(t) <= epsilon;
      z[i] = within ? t : t > 0 ? epsilon : -epsilon;
      inside[i] = within ? w[i]! : 0;
      ones += w[i]! * z[i]!;
      bent += w[i]! * z[i]! * z[i]!;
    }
    // Where σ came that low by a step too long beside far outliers, it widens again.
    if (sigma < EXACT * start && bent <= 0) {
      converged = true;
      break;
    }
    const m = await moments(X, columns, z, inside, intercept, pace);
    if (pace.stopped) break;
    if (!(m.weight > 0)) {
      // Every row is an outlier for so narrow a border: the loss falls all the way as it widens.
      sigma *= 4;
      loss = lossOf(fitted, sigma, line.weights);
      await told(turn + 1);
      continue;
    }
    const H = new Float64Array(q * q);
    const down = new Float64Array(q);
    addCurvature(H, m, 1 / sigma);
    for (let j = 0; j < p; j++) {
      H[j * q + j] = H[j * q + j]! + alpha;
      let s = 0;
      for (let i = 0; i < n; i++) s += w[i]! * z[i]! * (data[j * n + i]! - m.mean[j]!);
      down[j] = s - alpha * line.weights[j]!;
    }
    down[p] = bent / 2 - m.yMean * ones;
    let lacking = false;
    for (let j = 0; j < p; j++) lacking ||= H[j * q + j]! < LITTLE * (spread[j]! / sigma);
    let factor = lacking ? null : cholesky(H, q, 0, LITTLE);
    if (!factor) {
      // A direction in which only rows beyond the border differ has no curvature, though the loss may fall along it: a little of what
      // reweighted least squares would have is added.
      for (let i = 0; i < n; i++) {
        const t = Math.abs(y[i]! - fitted[i]!) / sigma;
        inside[i] = t <= epsilon ? w[i]! : (w[i]! * epsilon) / t;
      }
      addCurvature(H, await moments(X, columns, z, inside, intercept, pace), MORE / sigma);
      factor = cholesky(H, q, 0, 10 * THIN);
    }
    const step = factor ? solveFactor(factor, down.slice()) : solveShortest(H, q, down);
    const weights = step.subarray(0, p);
    const wider = step[p]!;
    let bias = intercept ? (sigma * ones) / m.weight - m.yMean * wider : 0;
    for (let j = 0; j < p; j++) bias -= m.mean[j]! * weights[j]!;
    if (wider < -0.9 * sigma && !settling) {
      // Few rows lie within the border, and its width says little: the line of reweighted least squares, then the best width for it.
      const pulled = w.map((v, i) => v * Math.min(1, (epsilon * sigma) / Math.abs(y[i]! - fitted[i]!) || 1));
      const near = await leastSquares(X, y, pulled, alpha * sigma, intercept, pace);
      if (pace.stopped) break;
      const there = scores(X, near);
      const width = widthOf(there, sigma);
      const after = lossOf(there, width, near.weights);
      settling = !(after < loss * (1 - SLOW));
      if (after < loss) {
        line = near;
        fitted = there;
        sigma = width;
        loss = after;
        await told(turn + 1);
        continue;
      }
    }
    settling = false;
    const move = scores(X, { weights, bias });
    // Twice the fall that the curve foretells: the gradient along the step.
    let fall = intercept ? 2 * ones * ((sigma * ones) / m.weight) : 0;
    for (let j = 0; j < q; j++) fall += 2 * down[j]! * step[j]!;
    const last = !(fall > 2 * tol * tol * loss);
    let share = wider < -0.9 * sigma ? (-0.9 * sigma) / wider : 1;
    let moved = false;
    for (let half = 0; half < 40 && !moved; half++, share /= 2) {
      const there = fitted.map((f, i) => f + share * move[i]!);
      const changed = line.weights.map((b, j) => b + share * weights[j]!);
      const after = lossOf(there, sigma + share * wider, changed);
      if (!(after <= loss - 1e-4 * share * fall + 1e-15 * loss)) continue;
      moved = true;
      line = { weights: changed, bias: line.bias + share * bias };
      fitted = there;
      sigma += share * wider;
      loss = after;
    }
    converged = last || !moved;
    await told(turn + 1);
  }
  return { line, scale: sigma, converged };
}

/** Adds (x, z) with itself, from moments of columns x and target z. */
function addCurvature(H: Float64Array, { p, gram, cross, yy }: Moments, share: number): void {
  const q = p + 1;
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < p; k++) H[j * q + k] = H[j * q + k]! + share * gram[j * p + k]!;
    H[j * q + p] = H[p * q + j] = H[j * q + p]! + share * cross[j]!;
  }
  H[p * q + p] = H[p * q + p]! + share * yy;
}
