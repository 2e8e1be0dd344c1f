/** Residuals of predicted numbers: how they are spread, and whether they depend on the prediction. */
import type { Residuals } from '../../../src/core/evaluation.js';
import type { Scored } from '../../../src/core/metric.js';
import { random, shuffle } from '../../../src/core/random.js';
import { rowNumbers } from '../../../src/core/table.js';
import { quantile } from '../intervals.js';

const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const SAMPLE = 1000;
const TREND_BINS = 10;

export function residuals(s: Scored, seed: number): Residuals {
  const n = s.truth.length;
  const off = Float64Array.from({ length: n }, (_, i) => s.truth[i]! - s.predicted[i]!);
  const sorted = off.slice().sort();
  const mean = off.reduce((a, b) => a + b, 0) / n;
  const sd = n > 1 ? Math.sqrt(off.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1)) : 0;
  const rows = n <= SAMPLE ? rowNumbers(n) : shuffle(rowNumbers(n), random(seed)).slice(0, SAMPLE).sort();
  return {
    bins: histogram(sorted),
    sample: Array.from(rows, (row) => ({ row, truth: s.truth[row]!, predicted: s.predicted[row]! })),
    trend: trend(s, off),
    quantiles: SHARES.map((share) => ({ share, residual: quantile(sorted, share) })),
    mean,
    sd,
  };
}

/** Bins of equal width by Freedman and Diaconis 1981, at most 40. */
function histogram(sorted: Float64Array): Residuals['bins'] {
  const n = sorted.length;
  const [min, max] = [sorted[0]!, sorted[n - 1]!];
  if (min === max) return [{ from: min, to: max, count: n }];
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(n);
  const count = width > 0 ? Math.max(5, Math.min(40, Math.ceil((max - min) / width))) : 20;
  const counts = new Array<number>(count).fill(0);
  for (const v of sorted) counts[Math.min(count - 1, Math.floor(((v - min) / (max - min)) * count))]!++;
  const edge = (i: number) => (i === count ? max : min + ((max - min) * i) / count);
  return counts.map((c, i) => ({ from: edge(i), to: edge(i + 1), count: c }));
}

/** Mean residual, with its 5th and 95th percentile, over tenths of the rows by prediction; equal predictions stay together. */
function trend(s: Scored, off: Float64Array): Residuals['trend'] {
  const n = off.length;
  const order = rowNumbers(n).sort((a, b) => s.predicted[a]! - s.predicted[b]! || a - b);
  const out: { predicted: number; mean: number; low: number; high: number }[] = [];
  for (let from = 0, b = 1; from < n; b++) {
    let to = Math.max(from + 1, Math.round((n * b) / TREND_BINS));
    while (to < n && s.predicted[order[to]!] === s.predicted[order[to - 1]!]) to++;
    const rows = order.subarray(from, to);
    const here = Float64Array.from(rows, (r) => off[r]!).sort();
    const average = (v: (r: number) => number) => rows.reduce((sum, r) => sum + v(r), 0) / rows.length;
    out.push({
      predicted: average((r) => s.predicted[r]!),
      mean: average((r) => off[r]!),
      low: quantile(here, 0.05),
      high: quantile(here, 0.95),
    });
    from = to;
  }
  return out;
}
