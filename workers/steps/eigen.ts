/** Eigenvalues and vectors of a symmetric matrix by rotations (Jacobi 1846; Golub & Van Loan, Matrix Computations § 8.5). */

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Row k is the unit vector of value k; n × n, row-major. */
  readonly vectors: Float64Array;
}

/** `given` is n × n, symmetric. Cost about 10 n³. */
export function eigen(given: Float64Array, n: number): Eigen {
  const A = Float64Array.from(given);
  const V = new Float64Array(n * n);
  for (let i = 0; i < n; i++) V[i * n + i] = 1;
  let size = 0;
  for (const a of A) size += a * a;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += A[p * n + q]! ** 2;
    if (off <= size * 1e-30) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = A[p * n + q]!;
        if (apq === 0) continue;
        const theta = (A[q * n + q]! - A[p * n + p]!) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const akp = A[k * n + p]!;
          const akq = A[k * n + q]!;
          A[k * n + p] = c * akp - s * akq;
          A[k * n + q] = s * akp + c * akq;
        }
        for (let k = 0; k < n; k++) {
          const apk = A[p * n + k]!;
          const aqk = A[q * n + k]!;
          A[p * n + k] = c * apk - s * aqk;
          A[q * n + k] = s * apk + c * aqk;
          const vp = V[p * n + k]!;
          const vq = V[q * n + k]!;
          V[p * n + k] = c * vp - s * vq;
          V[q * n + k] = s * vp + c * vq;
        }
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => A[b * n + b]! - A[a * n + a]! || a - b);
  const vectors = new Float64Array(n * n);
  order.forEach((i, k) => vectors.set(V.subarray(i * n, (i + 1) * n), k * n));
  return { values: Float64Array.from(order, (i) => A[i * n + i]!), vectors };
}
