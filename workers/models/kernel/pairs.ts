/** Squared distances, distances along the axes and scalar products of rows with one another, in Float64. */

export type Measure = 'squares' | 'steps' | 'products';

/**
 * Of row i with rows 0 … i: Σ (x − z)², Σ |x − z| or Σ x z, to out[at] and on. `points` is n × p, row-major.
 * Four rows at a time, so that four sums run side by side; a last, short group takes its last row again.
 */
export function pairRow(points: Float64Array, p: number, i: number, what: Measure, out: Float64Array, at: number): void {
  const q = i * p;
  for (let k = 0; k <= i; k += 4) {
    const a = k * p;
    const b = Math.min(k + 1, i) * p;
    const c = Math.min(k + 2, i) * p;
    const d = Math.min(k + 3, i) * p;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    if (what === 'squares') {
      for (let j = 0; j < p; j++) {
        const x = points[q + j]!;
        const e0 = x - points[a + j]!;
        const e1 = x - points[b + j]!;
        const e2 = x - points[c + j]!;
        const e3 = x - points[d + j]!;
        s0 += e0 * e0;
        s1 += e1 * e1;
        s2 += e2 * e2;
        s3 += e3 * e3;
      }
    } else if (what === 'products') {
      for (let j = 0; j < p; j++) {
        const x = points[q + j]!;
        s0 += x * points[a + j]!;
        s1 += x * points[b + j]!;
        s2 += x * points[c + j]!;
        s3 += x * points[d + j]!;
      }
    } else {
      for (let j = 0; j < p; j++) {
        const x = points[q + j]!;
        s0 += Math.abs(x - points[a + j]!);
        s1 += Math.abs(x - points[b + j]!);
        s2 += Math.abs(x - points[c + j]!);
        s3 += Math.abs(x - points[d + j]!);
      }
    }
    out[at + k] = s0;
    if (k + 1 <= i) out[at + k + 1] = s1;
    if (k + 2 <= i) out[at + k + 2] = s2;
    if (k + 3 <= i) out[at + k + 3] = s3;
  }
}
