/** Least squares of a few rows, by Householder reflections with the longest column first; the shortest answer when there are many (Golub & Van Loan 2013, § 5.5). */

/** A column whose remainder is below this share of the longest is taken for a mix of the others. */
const NOTHING = 1e-11;

/**
 * Minimises |y − A x|, and of all that do, |x|. A is `rows` × `cols`, column after column; A and y are overwritten, x is written.
 * Returns the rank. Cost about 2 rows · cols².
 */
export function shortestSmall(A: Float64Array, rows: number, cols: number, y: Float64Array, x: Float64Array): number {
  const order = Array.from({ length: cols }, (_, j) => j);
  const most = Math.min(rows, cols);
  let rank = 0;
  let first = 0;
  for (; rank < most; rank++) {
    let longest = -1;
    let pick = rank;
    for (let c = rank; c < cols; c++) {
      const length = lengthFrom(A, order[c]! * rows, rank, rows);
      if (length > longest) {
        longest = length;
        pick = c;
      }
    }
    if (rank === 0) first = longest;
    if (!(longest > NOTHING * first)) break;
    [order[rank], order[pick]] = [order[pick]!, order[rank]!];
    const at = order[rank]! * rows;
    reflect(A, at, rank, rows, longest, (apply) => {
      for (let c = rank + 1; c < cols; c++) apply(A, order[c]! * rows);
      apply(y, 0);
    });
  }
  x.fill(0);
  if (rank === cols) {
    backwards(A, rows, order, rank, y);
    for (let c = 0; c < cols; c++) x[order[c]!] = y[c]!;
    return rank;
  }
  // Rows of R as columns: R = (Q₂ R₂)ᵀ, so the shortest answer is Q₂ R₂⁻ᵀ y.
  const T = new Float64Array(rank * cols);
  for (let i = 0; i < rank; i++) for (let c = i; c < cols; c++) T[i * cols + c] = A[order[c]! * rows + i]!;
  const vectors: Float64Array[] = [];
  for (let i = 0; i < rank; i++) {
    const v = reflect(T, i * cols, i, cols, lengthFrom(T, i * cols, i, cols), (apply) => {
      for (let k = i + 1; k < rank; k++) apply(T, k * cols);
    });
    vectors.push(v);
  }
  const z = new Float64Array(cols);
  for (let i = 0; i < rank; i++) {
    let s = y[i]!;
    for (let k = 0; k < i; k++) s -= T[i * cols + k]! * z[k]!;
    z[i] = s / T[i * cols + i]!;
  }
  for (let i = rank - 1; i >= 0; i--) mirror(vectors[i]!, z, 0, i);
  for (let c = 0; c < cols; c++) x[order[c]!] = z[c]!;
  return rank;
}

function lengthFrom(A: Float64Array, at: number, from: number, to: number): number {
  let s = 0;
  for (let i = from; i < to; i++) s += A[at + i]! * A[at + i]!;
  return Math.sqrt(s);
}

/** Turns the column at `at` into (…, ±length, 0, …) from row `from` on, and hands out the same turn for others. */
function reflect(
  A: Float64Array,
  at: number,
  from: number,
  to: number,
  length: number,
  others: (apply: (B: Float64Array, at: number) => void) => void,
): Float64Array {
  const v = A.slice(at + from, at + to);
  const head = v[0]! > 0 ? -length : length;
  v[0] = v[0]! - head;
  let s = 0;
  for (const value of v) s += value * value;
  if (s > 0) for (let i = 0; i < v.length; i++) v[i] = v[i]! / Math.sqrt(s);
  others((B, start) => mirror(v, B, start, from));
  A[at + from] = head;
  A.fill(0, at + from + 1, at + to);
  return v;
}

/** b − 2 v (v·b), over the part of b that starts at `at + from`. */
function mirror(v: Float64Array, b: Float64Array, at: number, from: number): void {
  let s = 0;
  for (let i = 0; i < v.length; i++) s += v[i]! * b[at + from + i]!;
  s *= 2;
  for (let i = 0; i < v.length; i++) b[at + from + i] = b[at + from + i]! - s * v[i]!;
}

function backwards(A: Float64Array, rows: number, order: readonly number[], rank: number, y: Float64Array): void {
  for (let c = rank - 1; c >= 0; c--) {
    let s = y[c]!;
    for (let k = c + 1; k < rank; k++) s -= A[order[k]! * rows + c]! * y[k]!;
    y[c] = s / A[order[c]! * rows + c]!;
  }
}
