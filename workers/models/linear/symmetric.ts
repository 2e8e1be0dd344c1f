/** Symmetric systems: Cholesky, eigenvalues, and a solver that gives the shortest answer when there are many. */

export interface Factor {
  readonly n: number;
  /** Lower triangle, row-major, of the matrix scaled to a unit diagonal. */
  readonly L: Float64Array;
  /** 1 / √diagonal; 0 for a row of zeros, whose unknown is left at 0. */
  readonly unit: Float64Array;
}

/**
 * Cholesky of A + ridge · I (n × n, row-major), scaled to a unit diagonal. Null when a pivot falls to `least` or below:
 * that unknown is then, to that share, a mix of earlier ones. Cost n³ / 6.
 */
export function cholesky(A: Float64Array, n: number, ridge: number, least: number): Factor | null {
  const unit = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const d = A[i * n + i]! + ridge;
    unit[i] = d > 0 ? 1 / Math.sqrt(d) : 0;
  }
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const ri = i * n;
    for (let j = 0; j <= i; j++) {
      const rj = j * n;
      let s = i === j ? 1 : A[ri + j]! * unit[i]! * unit[j]!;
      for (let k = 0; k < j; k++) s -= L[ri + k]! * L[rj + k]!;
      if (i !== j) L[ri + j] = s / L[rj + j]!;
      else if (unit[i] === 0) L[ri + i] = 1;
      else if (s > least) L[ri + i] = Math.sqrt(s);
      else return null;
    }
  }
  return { n, L, unit };
}

/** Solves in place. */
export function solveFactor({ n, L, unit }: Factor, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    let s = b[i]! * unit[i]!;
    for (let k = 0; k < i; k++) s -= L[i * n + k]! * b[k]!;
    b[i] = s / L[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    const v = b[i]! / L[i * n + i]!;
    b[i] = v;
    for (let k = 0; k < i; k++) b[k] = b[k]! - L[i * n + k]! * v;
  }
  for (let i = 0; i < n; i++) b[i] = b[i]! * unit[i]!;
  return b;
}

/**
 * Eigenvalues (ascending) and eigenvectors (vector k is row k of V) of a symmetric matrix:
 * Householder to tridiagonal form, then implicit QL (EISPACK tred2 and tql2; Wilkinson & Reinsch 1971). Cost about 9 n³.
 */
export function eigen(A: Float64Array, n: number): { values: Float64Array; V: Float64Array } {
  const V = A.slice(); // During tred2 V is row-major with vectors in columns, as in EISPACK; rotated by rows at the end.
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const at = (i: number, j: number) => V[i * n + j]!;
  for (let j = 0; j < n; j++) d[j] = at(n - 1, j);
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!);
    if (scale === 0) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = at(i - 1, j);
        V[i * n + j] = 0;
        V[j * n + i] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k] = d[k]! / scale;
        h += d[k]! * d[k]!;
      }
      let f = d[i - 1]!;
      let g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      for (let j = 0; j < i; j++) e[j] = 0;
      for (let j = 0; j < i; j++) {
        f = d[j]!;
        V[j * n + i] = f;
        g = e[j]! + at(j, j) * f;
        for (let k = j + 1; k < i; k++) {
          g += at(k, j) * d[k]!;
          e[k] = e[k]! + at(k, j) * f;
        }
        e[j] = g;
      }
      f = 0;
      for (let j = 0; j < i; j++) {
        e[j] = e[j]! / h;
        f += e[j]! * d[j]!;
      }
      const hh = f / (h + h);
      for (let j = 0; j < i; j++) e[j] = e[j]! - hh * d[j]!;
      for (let j = 0; j < i; j++) {
        f = d[j]!;
        g = e[j]!;
        for (let k = j; k < i; k++) V[k * n + j] = at(k, j) - (f * e[k]! + g * d[k]!);
        d[j] = at(i - 1, j);
        V[i * n + j] = 0;
      }
    }
    d[i] = h;
  }
  for (let i = 0; i < n - 1; i++) {
    V[(n - 1) * n + i] = at(i, i);
    V[i * n + i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = at(k, i + 1) / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += at(k, i + 1) * at(k, j);
        for (let k = 0; k <= i; k++) V[k * n + j] = at(k, j) - g * d[k]!;
      }
    }
    for (let k = 0; k <= i; k++) V[k * n + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) {
    d[j] = at(n - 1, j);
    V[(n - 1) * n + j] = 0;
  }
  if (n > 0) V[n * n - 1] = 1;
  // Rows hold vectors from here on, so that each rotation runs along memory.
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const t = V[i * n + j]!;
      V[i * n + j] = V[j * n + i]!;
      V[j * n + i] = t;
    }
  }
  for (let i = 1; i < n; i++) e[i - 1] = e[i]!;
  if (n > 0) e[n - 1] = 0;
  let shift = 0;
  let size = 0;
  for (let l = 0; l < n; l++) {
    size = Math.max(size, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > 2 ** -52 * size) m++;
    for (let turn = 0; m > l && turn < 100; turn++) {
      let g = d[l]!;
      let p = (d[l + 1]! - g) / (2 * e[l]!);
      let r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
      d[l] = e[l]! / (p + r);
      d[l + 1] = e[l]! * (p + r);
      const dl1 = d[l + 1]!;
      let h = g - d[l]!;
      for (let i = l + 2; i < n; i++) d[i] = d[i]! - h;
      shift += h;
      p = d[m]!;
      let c = 1;
      let c2 = 1;
      let c3 = 1;
      const el1 = e[l + 1]!;
      let s = 0;
      let s2 = 0;
      for (let i = m - 1; i >= l; i--) {
        c3 = c2;
        c2 = c;
        s2 = s;
        g = c * e[i]!;
        h = c * p;
        r = Math.hypot(p, e[i]!);
        e[i + 1] = s * r;
        s = e[i]! / r;
        c = p / r;
        p = c * d[i]! - s * g;
        d[i + 1] = h + s * (c * g + s * d[i]!);
        const a = i * n;
        const b = a + n;
        for (let k = 0; k < n; k++) {
          const v = V[b + k]!;
          const u = V[a + k]!;
          V[b + k] = s * u + c * v;
          V[a + k] = c * u - s * v;
        }
      }
      p = (-s * s2 * c3 * el1 * e[l]!) / dl1;
      e[l] = s * p;
      d[l] = c * p;
      if (Math.abs(e[l]!) <= 2 ** -52 * size) break;
    }
    d[l] = d[l]! + shift;
    e[l] = 0;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => d[a]! - d[b]!);
  const values = Float64Array.from(order, (i) => d[i]!);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => sorted.set(V.subarray(from * n, from * n + n), to * n));
  return { values, V: sorted };
}

/**
 * Directions thinner than this share of the widest are taken for none. Columns come as Float32: whatever is left of a column
 * below 6e−8 of its spread, 4e−15 of its square, is rounding; sums over many rows blur the last digits further.
 */
export const THIN = 1e-12;

/**
 * Solves A x = b for a symmetric A ≥ 0. When A lacks rank, gives the shortest x of all that solve it, as numpy's lstsq does;
 * rank is judged with every unknown on the same scale, so units of measurement do not decide it.
 */
export function solveShortest(A: Float64Array, n: number, b: Float64Array): Float64Array {
  const factor = cholesky(A, n, 0, 10 * THIN);
  if (factor) return solveFactor(factor, b.slice());
  const unit = new Float64Array(n);
  for (let i = 0; i < n; i++) unit[i] = A[i * n + i]! > 0 ? 1 / Math.sqrt(A[i * n + i]!) : 0;
  const scaled = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) scaled[i * n + j] = A[i * n + j]! * unit[i]! * unit[j]!;
  const { values, V } = eigen(scaled, n);
  const cut = THIN * Math.max(1, values[n - 1] ?? 1);
  const x = new Float64Array(n);
  const free: Float64Array[] = [];
  for (let k = 0; k < n; k++) {
    const v = V.subarray(k * n, k * n + n);
    if (values[k]! <= cut) {
      // A change of x along `direction` changes nothing: kept to shorten x, in its own units. Rows of zeros are 0 already.
      const direction = Float64Array.from(v, (value, i) => value * unit[i]!);
      if (normalise(direction)) free.push(direction);
      continue;
    }
    let s = 0;
    for (let i = 0; i < n; i++) s += v[i]! * b[i]! * unit[i]!;
    s /= values[k]!;
    for (let i = 0; i < n; i++) x[i] = x[i]! + s * v[i]! * unit[i]!;
  }
  // Gram & Schmidt, twice for safety (Giraud et al. 2005), then x less its part in the free directions.
  const basis: Float64Array[] = [];
  for (const direction of free) {
    for (let turn = 0; turn < 2; turn++) for (const other of basis) remove(direction, other);
    // What is left of a unit vector after taking out the others: nothing but rounding when it lay among them.
    if (size(direction) > 1e-8 && normalise(direction)) basis.push(direction);
  }
  for (let turn = 0; turn < 2; turn++) for (const direction of basis) remove(x, direction);
  return x;
}

/** Euclidean length, without overflow. */
function size(v: Float64Array): number {
  let top = 0;
  for (const value of v) top = Math.max(top, Math.abs(value));
  if (!(top > 0)) return 0;
  let sum = 0;
  for (const value of v) sum += (value / top) ** 2;
  return top * Math.sqrt(sum);
}

function normalise(v: Float64Array): boolean {
  const length = size(v);
  if (length === 0) return false;
  for (let i = 0; i < v.length; i++) v[i] = v[i]! / length;
  return true;
}

function remove(from: Float64Array, direction: Float64Array): void {
  let s = 0;
  for (let i = 0; i < from.length; i++) s += from[i]! * direction[i]!;
  for (let i = 0; i < from.length; i++) from[i] = from[i]! - s * direction[i]!;
}
