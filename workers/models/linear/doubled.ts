/** Residuals of a line and their products with the columns, summed in twice the digits of Float64 (Dekker 1971; Ogita, Rump & Oishi 2005). */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Line } from './least-squares.js';

/** 2²⁷ + 1: cuts a Float64 into two halves of 26 bits, whose products with a Float32 are exact. */
const CUT = 134217729;

export interface Doubled {
  /** value = high + low, and high is its nearest Float64. */
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** y − bias − X · weights, row by row. */
export function residuals(X: Matrix, y: Float64Array, line: Line): Doubled {
  const { rows: n, cols: p, data } = X;
  const high = y.slice();
  const low = new Float64Array(n);
  for (let j = -1; j < p; j++) {
    const b = j < 0 ? line.bias : line.weights[j]!;
    if (b === 0) continue;
    const c = CUT * b;
    const bh = c - (c - b);
    const bl = b - bh;
    const at = j * n;
    for (let i = 0; i < n; i++) {
      const x = j < 0 ? 1 : data[at + i]!;
      const a = high[i]!;
      const t = -x * bh;
      const s = a + t;
      const back = s - a;
      high[i] = s;
      low[i] = low[i]! + (a - (s - back) + (t - back)) - x * bl;
    }
  }
  for (let i = 0; i < n; i++) {
    const s = high[i]! + low[i]!;
    low[i] = low[i]! - (s - high[i]!);
    high[i] = s;
  }
  return { high, low };
}

/**
 * Σ w (x_j − mean_j) r for every column, and Σ w r: how far the line is from the best one. `mean` may be any numbers;
 * the sums are right to the last digit even where they all but cancel.
 */
export function slopes(X: Matrix, r: Doubled, weight: Float64Array | null, mean: Float64Array): { each: Float64Array; sum: number } {
  const { rows: n, cols: p, data } = X;
  // w · r in two halves of which the first has 26 bits.
  const first = new Float64Array(n);
  const rest = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let high = r.high[i]!;
    let low = r.low[i]!;
    if (weight) {
      const w = weight[i]!;
      const a = CUT * w;
      const wh = a - (a - w);
      const b = CUT * high;
      const rh = b - (b - high);
      const product = w * high;
      low = wh * rh - product + wh * (high - rh) + (w - wh) * rh + (w - wh) * (high - rh) + w * low;
      high = product;
    }
    const c = CUT * high;
    first[i] = c - (c - high);
    rest[i] = high - first[i]! + low;
  }
  const total = [0, 0];
  const each = new Float64Array(p);
  for (let j = -1; j < p; j++) {
    const at = j * n;
    let sum = 0;
    let small = 0;
    for (let i = 0; i < n; i++) {
      const x = j < 0 ? 1 : data[at + i]!;
      const t = x * first[i]!;
      const s = sum + t;
      const back = s - sum;
      small += sum - (s - back) + (t - back) + x * rest[i]!;
      sum = s;
    }
    if (j < 0) {
      total[0] = sum;
      total[1] = small;
      continue;
    }
    const m = mean[j]!;
    const a = CUT * m;
    const mh = a - (a - m);
    const b = CUT * total[0]!;
    const sh = b - (b - total[0]!);
    const product = m * total[0]!;
    const lost = mh * sh - product + mh * (total[0]! - sh) + (m - mh) * sh + (m - mh) * (total[0]! - sh);
    each[j] = sum - product + (small - lost - m * total[1]!);
  }
  return { each, sum: total[0]! + total[1]! };
}
