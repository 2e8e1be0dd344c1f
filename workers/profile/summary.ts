/** Numbers about numbers: quantiles, moments, outliers and histograms with round edges. */
import type { Bin } from '../../src/core/profile.js';

/** The values that are there, ascending. Cost: a copy and a sort. */
export function sortedValues(values: ArrayLike<number>): Float64Array {
  const out = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v === v) out[n++] = v;
  }
  return out.subarray(0, n).sort();
}

/** Type 7 of Hyndman & Fan (1996): linear between order statistics. NaN when there are none. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const at = (n - 1) * p;
  const low = Math.floor(at);
  const a = sorted[low]!;
  const b = sorted[Math.min(n - 1, low + 1)]!;
  return a === b ? a : a + (b - a) * (at - low);
}

export interface Moments {
  readonly n: number;
  readonly mean: number | null;
  /** n − 1 below. */
  readonly sd: number | null;
  /** G1, the bias-corrected skewness (Joanes & Gill 1998). */
  readonly skew: number | null;
}

const finite = (v: number): number | null => (Number.isFinite(v) ? v : null);

/** Two passes, so that a large mean costs no digits. */
export function moments(sorted: ArrayLike<number>): Moments {
  const n = sorted.length;
  if (n === 0) return { n, mean: null, sd: null, skew: null };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += sorted[i]!;
  const mean = sum / n;
  let m2 = 0;
  let m3 = 0;
  for (let i = 0; i < n; i++) {
    const d = sorted[i]! - mean;
    m2 += d * d;
    m3 += d * d * d;
  }
  const sd = n > 1 ? Math.sqrt(m2 / (n - 1)) : NaN;
  const g1 = m3 / n / (m2 / n) ** 1.5;
  return { n, mean: finite(mean), sd: finite(sd), skew: n > 2 && m2 > 0 ? finite((g1 * Math.sqrt(n * (n - 1))) / (n - 2)) : null };
}

/** Fences 1.5 IQR beyond the quartiles (Tukey 1977). */
export function fences(sorted: ArrayLike<number>): readonly [number, number] {
  const q1 = quantile(sorted, 0.25);
  const q3 = quantile(sorted, 0.75);
  return [q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)];
}

/** How many of the sorted values are below v. */
export function below(sorted: ArrayLike<number>, v: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sorted[mid]! < v) low = mid + 1;
    else high = mid;
  }
  return low;
}

export function outliersOf(sorted: ArrayLike<number>): number {
  if (sorted.length === 0) return 0;
  const [low, high] = fences(sorted);
  let above = sorted.length;
  while (above > 0 && sorted[above - 1]! > high) above--;
  return below(sorted, low) + sorted.length - above;
}

export function distinctOf(sorted: ArrayLike<number>): number {
  let n = sorted.length > 0 ? 1 : 0;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) n++;
  return n;
}

const DAY = 86400000;
const SPANS = [
  1,
  1000,
  60000,
  300000,
  900000,
  3600000,
  3 * 3600000,
  6 * 3600000,
  12 * 3600000,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  91 * DAY,
  182 * DAY,
  365 * DAY,
  730 * DAY,
  1825 * DAY,
  3650 * DAY,
  9131 * DAY,
];

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const m of [1, 2, 2.5, 5, 10]) if (m * power >= least * (1 - 1e-9)) return m * power;
  return 10 * power;
}

/** Edges of at most 30 bins, round in the unit of the column; width after Freedman & Diaconis (1981). */
export function edges(sorted: ArrayLike<number>, time = false): number[] {
  const n = sorted.length;
  if (n === 0) return [];
  const min = sorted[0]!;
  const max = sorted[n - 1]!;
  if (min === max) return [min, max];
  const iqr = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const range = max - min;
  // Too wide, or too narrow for edges that are told apart in Float64.
  if (!Number.isFinite(range) || range < 1e-9 * Math.max(Math.abs(min), Math.abs(max)) || range < 1e-290) return [min, max];
  const wanted = Math.max(range / 28, iqr > 0 ? Math.min((2 * iqr) / Math.cbrt(n), range / 6) : range / 20);
  let whole = !time;
  for (let i = 0; whole && i < n; i += Math.max(1, Math.floor(n / 5000))) whole = Number.isInteger(sorted[i]!);
  let step = time ? (SPANS.find((s) => s >= wanted) ?? roundStep(wanted)) : roundStep(wanted);
  if (whole && step < 1) step = 1;
  for (;;) {
    const at = (k: number) => Number((k * step).toPrecision(15));
    let first = Math.floor(min / step + 1e-9);
    let last = Math.ceil(max / step - 1e-9);
    // A hair beyond a round edge after all.
    if (at(first) > min) first--;
    if (at(last) < max) last++;
    // Whole numbers get bins of whole numbers: the largest must lie inside one.
    if (last <= first || (whole && last * step <= max && last - first < 30)) last++;
    if (last - first <= 30) return Array.from({ length: last - first + 1 }, (_, k) => at(first + k));
    step = time ? (SPANS.find((s) => s > step) ?? step * 2) : roundStep(step * 1.01);
  }
}

/** Which bin a value is in, or −1 outside. Bins include their lower edge; the last includes both. */
export function binOf(e: readonly number[], v: number): number {
  const last = e.length - 1;
  if (last < 1 || !(v >= e[0]! && v <= e[last]!)) return -1;
  if (v === e[last]) return last - 1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (e[mid]! <= v) low = mid;
    else high = mid;
  }
  return low;
}

export function histogram(sorted: ArrayLike<number>, time = false): Bin[] {
  const e = edges(sorted, time);
  const out: Bin[] = [];
  for (let k = 0; k + 1 < e.length; k++) {
    const to = k + 2 === e.length ? sorted.length : below(sorted, e[k + 1]!);
    out.push({ from: e[k]!, to: e[k + 1]!, count: to - below(sorted, e[k]!) });
  }
  return out;
}
