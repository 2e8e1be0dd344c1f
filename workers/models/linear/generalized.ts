/** Generalised linear models by Newton's method with step halving; where the curvature of the rows is no help, by scoring (Nelder & Wedderburn 1972). */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { isCount, isFlag, isFloats, isNumber, savedIn, type Keep } from '../resume.js';
import { inferenceOf, rootInverse, unitOfOverlapping, unitOfRoot, type Curvature, type Inference } from './inference.js';
import { leastSquares, type Line } from './least-squares.js';
import { moments } from './moments.js';
import { cholesky, solveFactor, solveShortest, THIN } from './symmetric.js';
import { expected, halfDeviance, meanOf, observed, slope, type Family } from './tweedie.js';

export interface Generalized {
  readonly line: Line;
  readonly converged: boolean;
  /** Weights were still growing by whole units of the score: they have no best value. */
  readonly running: boolean;
  /** Only without a penalty. */
  readonly inference: Inference | null;
}

interface Step {
  /** Slope of the loss along the whole step. */
  readonly down: number;
  /** The largest change of a score, and their mean (root of squares) by curvature. */
  readonly far: number;
  readonly size: number;
  readonly share: number;
  readonly next: { readonly line: Line; readonly eta: Float64Array; readonly loss: number } | null;
}

/** After a step that was not the last. */
interface Stepped extends Line {
  readonly turn: number;
  readonly eta: Float64Array;
  readonly loss: number;
  readonly running: boolean;
}

const columnsOf = (p: number) => Array.from({ length: p }, (_, j) => j);

/** Minimises Σ w ½deviance + alpha Σw / 2 |β|². Targets are in the range of the family, and their mean is not 0 under a log link. */
export async function generalized(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  family: Family,
  alpha: number,
  intercept: boolean,
  tol: number,
  steps: number,
  pace: Pace,
  keep?: Keep,
): Promise<Generalized> {
  const { rows: n, cols: p } = X;
  const w = weight ?? new Float64Array(n).fill(1);
  let total = 0;
  let mean = 0;
  for (let i = 0; i < n; i++) {
    total += w[i]!;
    mean += w[i]! * y[i]!;
  }
  mean /= total;
  const l2 = alpha * total;
  const lossOf = (eta: Float64Array, weights: Float64Array) => {
    let s = 0;
    for (let i = 0; i < n; i++) if (w[i]! > 0) s += w[i]! * halfDeviance(family, y[i]!, eta[i]!);
    for (const b of weights) s += 0.5 * l2 * b * b;
    return s;
  };
  const flat = intercept ? (family.link === 'log' ? Math.log(mean) : mean) : 0;
  let line: Line = { weights: new Float64Array(p), bias: flat };
  let eta: Float64Array = new Float64Array(n).fill(flat);
  const nothing = lossOf(eta, line.weights);
  let loss = nothing;
  const saved = savedIn<Stepped>(keep, {
    turn: isCount,
    weights: isFloats(p),
    bias: isNumber,
    eta: isFloats(n),
    loss: isNumber,
    running: isFlag,
  });
  if (saved) {
    line = { weights: saved.weights, bias: saved.bias };
    ({ eta, loss } = saved);
  } else if (!intercept && family.link === 'log') {
    // No constant to begin from: the line through the logarithms of targets drawn to their mean may be much nearer.
    const drawn = y.map((v, i) => (w[i]! > 0 ? Math.log((Math.max(v, 0) + mean) / 2) : 0));
    const near = await leastSquares(X, drawn, weight, l2, false, pace);
    const there = scores(X, near);
    const after = lossOf(there, near.weights);
    if (after < loss) {
      line = near;
      eta = there;
      loss = after;
    }
  }
  let converged = false;
  let running = saved?.running ?? false;
  const h = new Float64Array(n);
  const z = new Float64Array(n);
  for (let turn = saved?.turn ?? 0; turn < steps && !converged && !pace.stopped; turn++) {
    // The rows' own curvature while it bends upwards in every direction and leads down at once; the first step, from afar, takes the
    // expected one, and so does a step that the other cannot make.
    let step: Step | null = null;
    for (const own of turn > 0 ? [true, false] : [false]) {
      const direction = await newton(own);
      if (direction) step = search(direction, own ? 1e-3 : 1e-10);
      if (step?.next || pace.stopped) break;
    }
    if (!step) break;
    running = family.link === 'log' && step.far > 0.1;
    if (!step.next) {
      converged = true;
      break;
    }
    ({ line, eta, loss } = step.next);
    const unit = family.link === 'log' ? 1 : rms(eta, w, total);
    converged = step.share === 1 && (step.size <= tol * unit || -step.down <= 1e-24 * nothing);
    if (!(await pace.step({ train: (2 * loss) / total })) || converged || turn + 1 === steps) continue;
    keep?.offer(8 * (n + p), (): Stepped => ({ turn: turn + 1, ...line, eta, loss, running }));
  }
  running &&= converged;
  const sure = alpha === 0 && !running && !pace.stopped ? await inferred() : null;
  return { line, converged, running, inference: sure };

  /** As much of the way as lowers the loss, halving it; `next` is missing where no share above `least` does. */
  function search(direction: Line, least: number): Step {
    const move = scores(X, direction);
    let down = 0;
    let size = 0;
    let far = 0;
    let spread = 0;
    for (let i = 0; i < n; i++) {
      if (w[i] === 0) continue;
      const weighted = w[i]! * expected(family, eta[i]!);
      down += w[i]! * slope(family, y[i]!, eta[i]!) * move[i]!;
      size += weighted * move[i]! * move[i]!;
      spread += weighted;
      far = Math.max(far, Math.abs(move[i]!));
    }
    for (let j = 0; j < p; j++) down += l2 * line.weights[j]! * direction.weights[j]!;
    const found = { down, far, size: Math.sqrt(size / spread) };
    for (let share = 1; share > least; share /= 2) {
      const weights = line.weights.map((b, j) => b + share * direction.weights[j]!);
      const there = eta.map((e, i) => e + share * move[i]!);
      const after = lossOf(there, weights);
      // Near the bottom, rounding hides the descent: a step that changes nothing is taken.
      if (after <= loss + 1e-4 * share * down + 1e-14 * Math.abs(loss))
        return { ...found, share, next: { line: { weights, bias: line.bias + share * direction.bias }, eta: there, loss: after } };
    }
    return { ...found, share: 0, next: null };
  }

  /** The change of β and b that Newton’s method asks for; null where the loss does not bend upwards in every direction. */
  async function newton(own: boolean): Promise<Line | null> {
    let downwards = false;
    let pull = 0;
    for (let i = 0; i < n; i++) {
      h[i] = w[i]! > 0 ? w[i]! * (own ? observed(family, y[i]!, eta[i]!) : expected(family, eta[i]!)) : 0;
      z[i] = w[i]! > 0 ? -w[i]! * slope(family, y[i]!, eta[i]!) : 0;
      if (!Number.isFinite(h[i]!) || !Number.isFinite(z[i]!)) return null;
      downwards ||= h[i]! < 0;
      pull += z[i]!;
    }
    const m = downwards ? await difference() : await moments(X, columnsOf(p), null, h, intercept, pace);
    if (!m || !(m.weight > 0)) return null;
    const right = Float64Array.from(m.mean, (mean, j) => {
      let s = 0;
      for (let i = 0; i < n; i++) s += z[i]! * (X.data[j * n + i]! - mean);
      return s - l2 * line.weights[j]!;
    });
    const factor = l2 > 0 || downwards ? cholesky(m.gram, p, l2, downwards ? 1e-9 : 1e-15) : null;
    if (downwards && (!factor || m.gram.some((v, at) => at % (p + 1) === 0 && v + l2 < 0))) return null;
    const weights = factor ? solveFactor(factor, right) : solveShortest(m.gram, p, right);
    let bias = intercept ? pull / m.weight : 0;
    for (let j = 0; j < p; j++) bias -= weights[j]! * m.mean[j]!;
    return Number.isFinite(bias) && weights.every(Number.isFinite) ? { weights, bias } : null;
  }

  /** Moments under weights of both signs: those of the positive ones less those of the negative, moved to the common mean. */
  async function difference(): Promise<Curvature | null> {
    const up = await moments(X, columnsOf(p), null, h.map((v) => Math.max(v, 0)), intercept, pace); // prettier-ignore
    const down = await moments(X, columnsOf(p), null, h.map((v) => Math.max(-v, 0)), intercept, pace); // prettier-ignore
    const total = up.weight - down.weight;
    if (pace.stopped || !(total > 0)) return null;
    const mean = up.mean.map((a, j) => (intercept ? (up.weight * a - down.weight * down.mean[j]!) / total : 0));
    const gram = up.gram;
    for (let j = 0; j < p; j++) {
      for (let k = 0; k < p; k++) {
        const more = up.weight * (up.mean[j]! - mean[j]!) * (up.mean[k]! - mean[k]!);
        const less = down.weight * (down.mean[j]! - mean[j]!) * (down.mean[k]! - mean[k]!);
        gram[j * p + k] = gram[j * p + k]! - down.gram[j * p + k]! + (intercept ? more - less : 0);
      }
    }
    return { p, gram, mean, weight: total };
  }

  async function inferred(): Promise<Inference | null> {
    let pearson = 0;
    let deviance = 0;
    for (let i = 0; i < n; i++) {
      h[i] = w[i]! * expected(family, eta[i]!);
      if (w[i] === 0) continue;
      const mu = meanOf(family, eta[i]!);
      pearson += (w[i]! * (y[i]! - mu) * (y[i]! - mu)) / mu ** family.power;
      deviance += w[i]! * halfDeviance(family, y[i]!, eta[i]!);
    }
    const m = await moments(X, columnsOf(p), null, h, intercept, pace);
    if (pace.stopped || !(nothing > 0)) return null;
    const factor = p <= n ? cholesky(m.gram, p, 0, 10 * THIN) : null;
    const unit = factor ? unitOfRoot(rootInverse(factor), m, intercept) : unitOfOverlapping(m, intercept);
    // Counts have their variance from their mean; every other family has it estimated (McCullagh & Nelder 1989, § 8.3).
    const known = family.power === 1;
    const noise = (freedom: number) => (known ? 1 : Math.sqrt(pearson / freedom));
    return inferenceOf(unit, total, intercept, noise, 1 - deviance / nothing, known);
  }
}

function rms(v: Float64Array, w: Float64Array, total: number): number {
  let s = 0;
  for (let i = 0; i < v.length; i++) s += w[i]! * v[i]! * v[i]!;
  return Math.sqrt(s / total);
}

/** bias + X · weights. */
export function scores(X: Matrix, { weights, bias }: Line): Float64Array {
  const n = X.rows;
  const out = new Float64Array(n).fill(bias);
  for (let j = 0; j < X.cols; j++) {
    const b = weights[j]!;
    if (b === 0) continue;
    const at = j * n;
    for (let i = 0; i < n; i++) out[i] = out[i]! + b * X.data[at + i]!;
  }
  return out;
}
