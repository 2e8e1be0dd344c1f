/** How the rows of one class lie around its mean: columns together, in the columns' own scales. */
import type { Matrix } from '../../../src/core/matrix.js';
import { addGram } from '../linear/moments.js';
import type { Pace } from '../pace.js';
import type { ClassMoments } from './class-moments.js';

const PANEL = 256;

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
): Promise<Float64Array | null> {
  const p = X.cols;
  const out = new Float64Array(p * p);
  const panel = new Float64Array(PANEL * p);
  for (let from = 0; from < rows.length; from += PANEL) {
    const n = Math.min(PANEL, rows.length - from);
    if (n < PANEL) panel.fill(0);
    for (let j = 0; j < p; j++) {
      const start = j * X.rows;
      const m = mean[at + j]!;
      for (let i = 0; i < n; i++) {
        const row = rows[from + i]!;
        panel[j * PANEL + i] = (X.data[start + row]! - m) * unit[j]! * Math.sqrt(weight[row]!);
      }
    }
    addGram(panel, PANEL, p, out);
    if (pace.due(PANEL * p * (p / 2))) {
      await pace.rest();
      if (pace.stopped) return null;
    }
  }
  for (let a = 0; a < p; a++) for (let b = 0; b < a; b++) out[b * p + a] = out[a * p + b]!;
  return out;
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
  const out = new Float64Array(n * n);
  addGram(z, p, n, out);
  for (let a = 0; a < n; a++) for (let b = 0; b < a; b++) out[b * n + a] = out[a * n + b]!;
  return out;
}
