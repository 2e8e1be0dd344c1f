/**
 * Ordinary least squares with its standard errors, exact also where columns all but repeat each other: Cholesky on moments,
 * then, where a direction is thin, orthogonal columns once more (Cholesky QR twice; Yamamoto et al. 2015) and steps along the
 * residuals in doubled precision (Björck 1967), which bring the weights to their last digits.
 */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { partOf, type Keep } from '../resume.js';
import { residuals, slopes } from './doubled.js';
import { gramOf, ROWS } from './gram.js';
import { inferenceOf, rootInverse, unitOfOverlapping, unitOfRoot, type Inference } from './inference.js';
import { leastSquares, type Line } from './least-squares.js';
import { moments, type Moments } from './moments.js';
import { cholesky, solveFactor, solveShortest, THIN, type Factor } from './symmetric.js';

export interface Ordinary {
  readonly line: Line;
  readonly inference: Inference | null;
}

/** A direction thinner than this share costs more digits than single passes have to spare. */
const WORTH_A_SECOND_LOOK = 1e-3;
/** Cells of a table that costs next to nothing to be exact about. */
const SMALL = 100_000;
/** Inverting p × p moments costs p³ / 3; above this nobody reads a table of weights. */
const MOST_READ = 2000;
/** Left-overs below this share of the target are rounding: the fit is perfect. */
const PERFECT = 1e-12;

/** Minimises Σ w (y − b − x·β)². A row of weight 2 counts as two rows, for the degrees of freedom too. */
export async function ordinary(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  intercept: boolean,
  pace: Pace,
  keep?: Keep,
): Promise<Ordinary> {
  if (X.rows < X.cols) return { line: await leastSquares(X, y, weight, 0, intercept, pace, keep), inference: null };
  const p = X.cols;
  const m = await moments(X, indices(p), y, weight, intercept, pace, partOf(keep, 'moments'));
  const lineOf = (weights: Float64Array): Line => ({ weights, bias: biasOf(weights, m) });
  if (pace.stopped) return { line: lineOf(p > 600 ? new Float64Array(p) : solveShortest(m.gram, p, m.cross)), inference: null };
  const factor = cholesky(m.gram, p, 0, 10 * THIN);
  if (!factor) {
    const line = lineOf(solveShortest(m.gram, p, m.cross));
    return { line, inference: infer(X, y, weight, intercept, line, m, unitOfOverlapping(m, intercept)) };
  }
  let line = lineOf(solveFactor(factor, m.cross.slice()));
  let thinnest = 1;
  for (let i = 0; i < p; i++) thinnest = Math.min(thinnest, factor.L[i * p + i]! ** 2);
  const thin = thinnest < WORTH_A_SECOND_LOOK;
  if (thin || X.rows * p <= SMALL) line = await sharpened(X, y, weight, intercept, line, factor, m, pace);
  if (p > MOST_READ || pace.stopped) return { line, inference: null };
  const B = thin ? await secondRoot(X, weight, factor, m.mean, pace) : rootInverse(factor);
  if (!B || pace.stopped) return { line, inference: null };
  return { line, inference: infer(X, y, weight, intercept, line, m, unitOfRoot(B, m, intercept)) };
}

const indices = (p: number) => Array.from({ length: p }, (_, j) => j);

function biasOf(weights: Float64Array, m: Moments): number {
  let bias = m.yMean;
  for (let j = 0; j < weights.length; j++) bias -= weights[j]! * m.mean[j]!;
  return bias;
}

function infer(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  intercept: boolean,
  line: Line,
  m: Moments,
  unit: ReturnType<typeof unitOfOverlapping>,
): Inference | null {
  const { high } = residuals(X, y, line);
  let left = 0;
  let size = 0;
  for (let i = 0; i < high.length; i++) {
    const w = weight ? weight[i]! : 1;
    left += w * high[i]! * high[i]!;
    size += w * y[i]! * y[i]!;
  }
  if (!(m.yy > 0)) return null;
  if (left <= PERFECT * PERFECT * size) left = 0;
  return inferenceOf(unit, m.weight, intercept, (freedom) => Math.sqrt(left / freedom), 1 - left / m.yy);
}

/** Steps β + (gram)⁻¹ Σ w (x − mean) r until they are lost in rounding; each leaves about 10⁻¹⁶ / thinnest of the error. */
async function sharpened(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  intercept: boolean,
  from: Line,
  factor: Factor,
  m: Moments,
  pace: Pace,
): Promise<Line> {
  let line = from;
  let before = Infinity;
  for (let turn = 0; turn < 8; turn++) {
    const { each, sum } = slopes(X, residuals(X, y, line), weight, m.mean);
    const change = solveFactor(factor, each);
    let moved = 0;
    let size = 0;
    const weights = Float64Array.from(line.weights, (b, j) => {
      const unit = factor.unit[j]! || 1;
      moved = Math.max(moved, Math.abs(change[j]!) / unit);
      size = Math.max(size, Math.abs(b) / unit);
      return b + change[j]!;
    });
    if (!(moved < before / 2)) break;
    let bias = line.bias + (intercept ? sum / m.weight : 0);
    for (let j = 0; j < weights.length; j++) bias -= change[j]! * m.mean[j]!;
    line = { weights, bias };
    before = moved;
    if (moved <= 1e-17 * size) break;
    if (pace.due(60 * X.rows * X.cols)) await pace.rest();
    if (pace.stopped) break;
  }
  return line;
}

/** B with Bᵀ B = (gram)⁻¹, from columns made all but orthogonal by a first factor: its error grows with 1 / √thinnest, not 1 / thinnest. */
async function secondRoot(
  X: Matrix,
  weight: Float64Array | null,
  factor: Factor,
  mean: Float64Array,
  pace: Pace,
): Promise<Float64Array | null> {
  const { rows: n, cols: p, data } = X;
  const { L, unit } = factor;
  const sums = gramOf(p);
  const { panel } = sums;
  for (let from = 0; from < n; from += ROWS) {
    const rows = Math.min(ROWS, n - from);
    for (let j = 0; j < p; j++) {
      const to = sums.place(j);
      const at = j * n + from;
      for (let i = 0; i < rows; i++) panel[to + 4 * i] = (data[at + i]! - mean[j]!) * unit[j]! * Math.sqrt(weight ? weight[from + i]! : 1);
      for (let k = 0; k < j; k++) {
        const f = L[j * p + k]!;
        const other = sums.place(k);
        for (let i = 0; i < 4 * rows; i += 4) panel[to + i] = panel[to + i]! - f * panel[other + i]!;
      }
      const d = L[j * p + j]!;
      for (let i = 0; i < 4 * rows; i += 4) panel[to + i] = panel[to + i]! / d;
    }
    sums.add(rows);
    if (pace.due(ROWS * p * p)) await pace.rest();
    if (pace.stopped) return null;
  }
  const second = cholesky(sums.take(), p, 0, 1e-6);
  if (!second) return null;
  const first = rootInverse(factor);
  const outer = rootInverse(second);
  const B = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let k = 0; k <= i; k++) {
      const f = outer[i * p + k]!;
      for (let j = 0; j <= k; j++) B[i * p + j] = B[i * p + j]! + f * first[k * p + j]!;
    }
  }
  return B;
}
