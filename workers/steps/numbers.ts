/** Plain statistics of a column: missing values passed over, sums in Float64, never NaN out unless said. */

/** The values that are there, ascending. Cost n log n. */
export function sortedPresent(values: Float64Array): Float64Array {
  let n = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i]!)) n++;
  const out = new Float64Array(n);
  let k = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i]!)) out[k++] = values[i]!;
  return out.sort();
}

/** Type-7 quantile (Hyndman & Fan 1996) of ascending values; NaN when there are none. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const at = p * (n - 1);
  const low = Math.floor(at);
  const a = sorted[low]!;
  const b = sorted[Math.min(low + 1, n - 1)]!;
  // numpy's way: from the nearer end, so that equal neighbours give exactly their value.
  const t = at - low;
  return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}

export interface Moments {
  readonly n: number;
  /** 0 when there is no value. */
  readonly mean: number;
  /** Mean squared distance from the mean (ddof 0). */
  readonly variance: number;
}

/** Two passes with a correction of the mean's rounding (Chan, Golub & LeVeque 1983). */
export function moments(values: ArrayLike<number>): Moments {
  let n = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    n++;
    sum += values[i]!;
  }
  if (n === 0) return { n, mean: 0, variance: 0 };
  const mean = sum / n;
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    const d = values[i]! - mean;
    squares += d * d;
    rest += d;
  }
  return { n, mean, variance: Math.max(0, (squares - (rest * rest) / n) / n) };
}

/** A variance that is nothing but rounding (the bound scikit-learn's StandardScaler takes). */
export function isConstant({ n, mean, variance }: Moments): boolean {
  const eps = Number.EPSILON;
  return variance <= n * eps * variance + (n * mean * eps) ** 2;
}

/** The most frequent of ascending values, the smallest of equals; NaN when there are none. */
export function modeOf(sorted: ArrayLike<number>): number {
  let best = NaN;
  let most = 0;
  for (let i = 0; i < sorted.length;) {
    let j = i + 1;
    while (j < sorted.length && sorted[j] === sorted[i]) j++;
    if (j - i > most) {
      most = j - i;
      best = sorted[i]!;
    }
    i = j;
  }
  return best;
}
