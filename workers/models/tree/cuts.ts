/** Where columns are cut: thresholds between sorted values, exact for Float32 cells. */
import type { Random } from '../../../src/core/random.js';
import { sorter, valuesOf, type Sorter } from './radix.js';

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * The threshold halfway between two Float32 values lo < hi, rounded down to a Float32 in [lo, hi):
 * x ≤ threshold sends the same Float32 cells left as the exact midpoint would.
 */
export function between(lo: number, hi: number): number {
  const mid = lo / 2 + hi / 2;
  float[0] = mid;
  if (float[0] > mid) {
    if (float[0] === 0) return -1.401298464324817e-45;
    bits[0] = bits[0]! + (float[0] > 0 ? -1 : 1);
  }
  const t = float[0];
  return t >= lo && t < hi ? t : lo;
}

/** Present values in rising order, and each one's weight added up to and including it (null: all weights are 1). */
export interface Sorted {
  readonly values: Float32Array;
  readonly upTo: Float64Array | null;
}

/** Sorts the rows named of a column; missing values are left out. O(n). */
export function sorted(x: Float32Array, rows: ArrayLike<number>, weight: Float64Array | null, by = sorter(rows.length)): Sorted {
  const n = by.sort(x, rows);
  const values = valuesOf(by.keys, n);
  if (!weight) return { values, upTo: null };
  const upTo = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) upTo[i] = sum += weight[by.rows[i]!]!;
  return { values, upTo };
}

/** The same where rows weigh alike and nobody asks which is which. */
export const sortedCells = (x: Float32Array, rows: ArrayLike<number>, by: Sorter): Sorted => ({
  values: valuesOf(by.keys, by.sortCells(x, rows)),
  upTo: null,
});

/** Distinct values, or null as soon as there are more than `most`. */
export function distinct({ values }: Sorted, most: number): Float32Array | null {
  const out = new Float32Array(Math.min(most, values.length));
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (i > 0 && values[i] === values[i - 1]) continue;
    if (count === most) return null;
    out[count++] = values[i]!;
  }
  return out.subarray(0, count);
}

/**
 * Thresholds that make at most `bins` bins, rising and distinct: every midpoint when there are at most `bins` distinct values,
 * else midpoints at equally spaced percentiles (scikit-learn, _BinMapper). A row of weight 2 counts as two rows.
 */
export function cuts(column: Sorted, bins: number): Float32Array {
  const few = distinct(column, bins);
  if (few) return Float32Array.from({ length: Math.max(0, few.length - 1) }, (_, i) => between(few[i]!, few[i + 1]!));
  const { values, upTo } = column;
  const total = upTo ? upTo[upTo.length - 1]! : values.length;
  const at = (place: number): number => {
    if (!upTo) return values[Math.min(values.length - 1, Math.max(0, place))]!;
    // The first value whose running weight exceeds the place.
    let lo = 0;
    let hi = upTo.length - 1;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (upTo[mid]! > place) hi = mid;
      else lo = mid + 1;
    }
    return values[lo]!;
  };
  const out: number[] = [];
  const step = 100 / bins;
  for (let i = 1; i < bins; i++) {
    const place = ((i * step) / 100) * (total - 1);
    const lo = at(Math.floor(place));
    const hi = at(Math.ceil(place));
    const cut = lo === hi ? lo : between(lo, hi);
    if ((out.length === 0 || cut > out[out.length - 1]!) && cut < values[values.length - 1]!) out.push(cut);
  }
  return Float32Array.from(out);
}

/** The number of cuts below x: bin b holds cuts[b − 1] < x ≤ cuts[b]. */
export function binOf(cut: Float32Array, x: number): number {
  let lo = 0;
  let hi = cut.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (x <= cut[mid]!) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

/** At most `most` of the rows, drawn without replacement (Vitter 1985's plain selection), in their old order. */
export function sampleRows(rows: Uint32Array, most: number, u: Random): Uint32Array {
  if (rows.length <= most) return rows;
  const out = new Uint32Array(most);
  let taken = 0;
  for (let i = 0; taken < most; i++) if (u() * (rows.length - i) < most - taken) out[taken++] = rows[i]!;
  return out;
}
