/** How the rows of one class lie around its mean: columns together, in the columns' own scales. */
import type { Matrix } from '../../../src/core/matrix.js';
import { gramOf, ROWS } from '../linear/gram.js';
import type { Pace } from '../pace.js';
import { isCount, isFloats, savedIn, type Keep } from '../resume.js';
import type { ClassMoments } from './class-moments.js';

/** Rows of each class, rising. */
export function rowsByClass({ classes, place }: ClassMoments): Int32Array[] {
  const counts = new Int32Array(classes.length);
  for (const c of place) if (c >= 0) counts[c] = counts[c]! + 1;
  const out = Array.from(counts, (n) => new Int32Array(n));
  counts.fill(0);
  for (let i = 0; i < place.length; i++) {
    const c = place[i]!;
    if (c < 0) continue;
    out[c]![counts[c]!] = i;
    counts[c] = counts[c]! + 1;
  }
  return out;
}

/**
 * Σ w z zᵀ over the rows named, z = (x − mean) · unit; cols × cols, symmetric. `mean` starts at `at`. Rows × cols² / 2 operations.
 * Null when asked to stop before the end.
 */
export async function scatter(
  X: Matrix,
  rows: Int32Array,
  weight: Float64Array,
  mean: Float64Array,
  at: number,
  unit: Float64Array,
  pace: Pace,
  keep: Keep,
): Promise<Float64Array | null> {
  const p = X.cols;
  const sums = gramOf(p);
  const saved = savedIn<Summed>(keep, { next: isCount, sums: isFloats(p * p) });
  if (saved) sums.begin(saved.sums);
  for (let from = saved?.next ?? 0; from < rows.length; from += ROWS) {
    const n = Math.min(ROWS, rows.length - from);
    for (let j = 0; j < p; j++) {
      const to = sums.place(j);
      const start = j * X.rows;
      const m = mean[at + j]!;
      for (let i = 0; i < n; i++) {
        const row = rows[from + i]!;
        sums.panel[to + 4 * i] = (X.data[start + row]! - m) * unit[j]! * Math.sqrt(weight[row]!);
      }
    }
    sums.add(n);
    if (pace.due(ROWS * p * (p / 2))) {
      await pace.rest();
      if (pace.stopped) return null;
      keep.offer(8 * p * p, (): Summed => ({ next: from + ROWS, sums: sums.soFar() }));
    }
  }
  return sums.take();
}

/** Between two blocks of rows. */
interface Summed {
  /** The first of the rows named that is not in the sums. */
  readonly next: number;
  readonly sums: Float64Array;
}

/** The same rows as vectors: z √w, row-major rows × cols. For tables with more columns than rows. */
export function deviations(
  X: Matrix,
  rows: Int32Array,
  weight: Float64Array,
  mean: Float64Array,
  at: number,
  unit: Float64Array,
): Float64Array {
  const p = X.cols;
  const out = new Float64Array(rows.length * p);
  for (let j = 0; j < p; j++)
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      out[i * p + j] = (X.data[j * X.rows + row]! - mean[at + j]!) * unit[j]! * Math.sqrt(weight[row]!);
    }
  return out;
}

/** Σ over all pairs of rows of their inner products squared = Σ of squared entries of the scatter; rows × rows × cols / 2. */
export function rowProducts(z: Float64Array, n: number, p: number): Float64Array {
  const sums = gramOf(n);
  sums.addColumns(z, p);
  return sums.take();
}
