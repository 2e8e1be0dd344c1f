/** Where the rows of each class lie: weights, means and sums of squares by class and column. */
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget } from '../../../src/core/model.js';
import type { Pace } from '../pace.js';

export interface ClassMoments {
  /** Classes with weight, ascending; the arrays below go by these. */
  readonly classes: Int32Array;
  /** For each row its place in `classes`; −1 for rows that weigh nothing. */
  readonly place: Int32Array;
  /** Σ weight of each class, and of all. */
  readonly totals: Float64Array;
  readonly total: number;
  /** Classes × columns; of values that are there. Where a class has none, the mean and variance of all classes stand in. */
  readonly mean: Float64Array;
  /** Classes × columns: Σ weight of values that are there, and Σ w (x − mean)² over them. */
  readonly count: Float64Array;
  readonly square: Float64Array;
  /** Per column, over all classes. */
  readonly meanAll: Float64Array;
  readonly varianceAll: Float64Array;
}

/** Two passes over each column. A value that never changes within a class is its mean to the last bit, so its square is exactly 0. */
export async function classMoments(X: Matrix, target: ClassTarget, weight: Float64Array, pace: Pace): Promise<ClassMoments> {
  const { rows, cols } = X;
  const sums = new Float64Array(target.levels.length);
  for (let i = 0; i < rows; i++) sums[target.y[i]!] = sums[target.y[i]!]! + weight[i]!;
  const classes = Int32Array.from(sums.keys()).filter((k) => sums[k]! > 0);
  const m = classes.length;
  const at = new Int32Array(sums.length).fill(-1);
  classes.forEach((k, c) => (at[k] = c));
  const place = Int32Array.from(target.y, (k, i) => (weight[i]! > 0 ? at[k]! : -1));
  const totals = Float64Array.from(classes, (k) => sums[k]!);
  const mean = new Float64Array(m * cols);
  const count = new Float64Array(m * cols);
  const square = new Float64Array(m * cols);
  const meanAll = new Float64Array(cols);
  const varianceAll = new Float64Array(cols);
  const sum = new Float64Array(m);
  const low = new Float64Array(m);
  const high = new Float64Array(m);
  const seen = new Float64Array(m);
  const squares = new Float64Array(m);
  for (let j = 0; j < cols; j++) {
    const x = column(X, j);
    sum.fill(0);
    seen.fill(0);
    squares.fill(0);
    low.fill(Infinity);
    high.fill(-Infinity);
    for (let i = 0; i < rows; i++) {
      const c = place[i]!;
      const v = x[i]!;
      if (c < 0 || v !== v) continue;
      sum[c] = sum[c]! + weight[i]! * v;
      seen[c] = seen[c]! + weight[i]!;
      if (v < low[c]!) low[c] = v;
      if (v > high[c]!) high[c] = v;
    }
    let all = 0;
    let allSum = 0;
    for (let c = 0; c < m; c++) {
      all += seen[c]!;
      allSum += sum[c]!;
      sum[c] = low[c] === high[c] ? low[c]! : sum[c]! / seen[c]!;
    }
    const first = low.reduce((a, b) => Math.min(a, b), Infinity);
    const centre = all === 0 ? 0 : first === high.reduce((a, b) => Math.max(a, b), -Infinity) ? first : allSum / all;
    for (let i = 0; i < rows; i++) {
      const c = place[i]!;
      const d = x[i]! - (c < 0 ? 0 : sum[c]!);
      if (c >= 0 && d === d) squares[c] = squares[c]! + weight[i]! * d * d;
    }
    let spread = 0;
    for (let c = 0; c < m; c++) if (seen[c]! > 0) spread += squares[c]! + seen[c]! * (sum[c]! - centre) ** 2;
    meanAll[j] = centre;
    varianceAll[j] = all > 0 ? spread / all : 0;
    for (let c = 0; c < m; c++) {
      const to = c * cols + j;
      count[to] = seen[c]!;
      mean[to] = seen[c]! > 0 ? sum[c]! : centre;
      square[to] = squares[c]!;
    }
    if (pace.due(6 * rows)) await pace.rest();
  }
  let total = 0;
  for (const t of totals) total += t;
  return { classes, place, totals, total, mean, count, square, meanAll, varianceAll };
}
