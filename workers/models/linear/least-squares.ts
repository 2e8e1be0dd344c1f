/** Ordinary least squares and ridge: exact, by Cholesky on moments, or on inner products of rows when rows are fewer than columns. */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { partOf, type Keep } from '../resume.js';
import { gramOf, ROWS } from './gram.js';
import { means, moments } from './moments.js';
import { cholesky, solveFactor, solveShortest } from './symmetric.js';

export interface Line {
  readonly weights: Float64Array;
  readonly bias: number;
}

/** Minimises Σ w (y − b − x·β)² + alpha |β|²; the shortest β when alpha is 0 and many do equally well. */
export async function leastSquares(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  alpha: number,
  intercept: boolean,
  pace: Pace,
  keep?: Keep,
): Promise<Line> {
  return X.rows < X.cols ? byRows(X, y, weight, alpha, intercept, pace) : byColumns(X, y, weight, alpha, intercept, pace, keep);
}

async function byColumns(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  alpha: number,
  intercept: boolean,
  pace: Pace,
  keep?: Keep,
): Promise<Line> {
  const p = X.cols;
  const columns = Array.from({ length: p }, (_, j) => j);
  const m = await moments(X, columns, y, weight, intercept, pace, partOf(keep, 'moments'));
  // Asked to stop with a large system still to solve: the mean is what can be had at once.
  const weights = pace.stopped && p > 600 ? new Float64Array(p) : solve(m.gram, p, m.cross, alpha);
  return { weights, bias: biasOf(weights, m.mean, m.yMean) };
}

function solve(gram: Float64Array, n: number, b: Float64Array, alpha: number): Float64Array {
  if (alpha > 0) {
    const factor = cholesky(gram, n, alpha, 1e-14);
    if (factor) return solveFactor(factor, b.slice());
    const ridged = gram.slice();
    for (let i = 0; i < n; i++) ridged[i * n + i] = ridged[i * n + i]! + alpha;
    return solveShortest(ridged, n, b);
  }
  return solveShortest(gram, n, b);
}

/** β = Xᵀ a with (X Xᵀ + alpha) a = y: rows² × columns instead of columns² × rows. */
async function byRows(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  alpha: number,
  intercept: boolean,
  pace: Pace,
): Promise<Line> {
  const { rows: n, cols: p, data } = X;
  const columns = Array.from({ length: p }, (_, j) => j);
  const mean = intercept ? means(X, columns, weight) : new Float64Array(p);
  const root = Float64Array.from({ length: n }, (_, i) => Math.sqrt(weight ? weight[i]! : 1));
  let total = 0;
  let yMean = 0;
  for (let i = 0; i < n; i++) {
    total += root[i]! ** 2;
    yMean += root[i]! ** 2 * y[i]!;
  }
  yMean = intercept ? yMean / total : 0;
  const products = gramOf(n);
  for (let from = 0; from < p; from += ROWS) {
    const cols = Math.min(ROWS, p - from);
    for (let j = 0; j < cols; j++) {
      const at = (from + j) * n;
      for (let i = 0; i < n; i++) products.panel[products.place(i) + 4 * j] = (data[at + i]! - mean[from + j]!) * root[i]!;
    }
    products.add(cols);
    if (pace.due((ROWS * n * n) / 2)) await pace.rest();
    if (pace.stopped) return { weights: new Float64Array(p), bias: yMean };
  }
  const inner = products.take();
  let trace = 0;
  for (let a = 0; a < n; a++) trace += inner[a * n + a]!;
  const b = Float64Array.from({ length: n }, (_, i) => (y[i]! - yMean) * root[i]!);
  if (intercept && alpha === 0 && trace > 0) {
    // Centring makes `root` a direction of nothing; y has no part in it. Filling it in leaves the answer as it is and gives full rank.
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) inner[i * n + j] = inner[i * n + j]! + (root[i]! * root[j]! * trace) / (n * total);
  }
  const a = solve(inner, n, b, alpha);
  const weights = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    let s = 0;
    for (let i = 0; i < n; i++) s += (data[j * n + i]! - mean[j]!) * root[i]! * a[i]!;
    weights[j] = s;
  }
  return { weights, bias: biasOf(weights, mean, yMean) };
}

function biasOf(weights: Float64Array, mean: Float64Array, yMean: number): number {
  let bias = yMean;
  for (let j = 0; j < weights.length; j++) bias -= weights[j]! * mean[j]!;
  return bias;
}
