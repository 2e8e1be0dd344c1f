/** Rows of a kernel matrix, computed when asked for and kept in Float32 within a bound of memory. */
import type { Kernels } from '../../../src/core/form.js';

export type Kernel = Pick<Kernels, 'gamma' | 'coef0' | 'degree'> & { readonly kernel: Exclude<Kernels['kernel'], 'laplacian'> };

/** Bytes that rows may take together: all rows of about 8 200 points, or those of the 5 600 support vectors of 12 000. */
export const ROOM = 256 * 2 ** 20;

export interface Rows {
  readonly n: number;
  /** Kernel of each point with itself, rounded as rows are. */
  readonly diagonal: Float64Array;
  /** Operations done so far to make rows. */
  readonly spent: number;
  /** Kernel of point i with all points; good until another row but one is asked for. */
  row(i: number): Float32Array;
}

/** `points` is n × p, row-major. */
export function kernelRows(points: Float32Array, n: number, p: number, k: Kernel, room = ROOM): Rows {
  // The row used longest ago makes way; a ring of slots linked by use. Two rows are in use at once.
  const slots = Math.max(2, Math.min(n, Math.floor(room / (4 * Math.max(1, n)))));
  const held: Float32Array[] = [];
  const owner = new Int32Array(slots).fill(-1);
  const slotOf = new Int32Array(n).fill(-1);
  const before = new Int32Array(slots);
  const after = new Int32Array(slots);
  let newest = -1;
  const cost = n * (p + 12);
  let spent = 0;
  const query = new Float64Array(p);

  const touch = (s: number): void => {
    if (s === newest) return;
    after[before[s]!] = after[s]!;
    before[after[s]!] = before[s]!;
    join(s);
  };
  /** Puts a slot between the newest and the oldest, which is the one after the newest. */
  const join = (s: number): void => {
    if (newest < 0) before[s] = after[s] = s;
    else {
      const oldest = after[newest]!;
      after[newest] = s;
      before[s] = newest;
      after[s] = oldest;
      before[oldest] = s;
    }
    newest = s;
  };

  const fill = (i: number, out: Float32Array): void => {
    for (let j = 0; j < p; j++) query[j] = points[i * p + j]!;
    if (k.kernel === 'rbf') distances(points, n, p, query, k.gamma, out);
    else products(points, n, p, query, k, out);
    spent += cost;
  };

  const diagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (k.kernel === 'rbf') diagonal[i] = 1;
    else {
      let dot = 0;
      for (let j = 0; j < p; j++) dot += points[i * p + j]! * points[i * p + j]!;
      diagonal[i] = Math.fround(bend(k, dot));
    }
  }

  return {
    n,
    diagonal,
    get spent() {
      return spent;
    },
    row(i) {
      let s = slotOf[i]!;
      if (s >= 0) {
        touch(s);
        return held[s]!;
      }
      if (held.length < slots) {
        s = held.length;
        held.push(new Float32Array(n));
        join(s);
      } else {
        s = after[newest]!;
        slotOf[owner[s]!] = -1;
        // The oldest becomes the newest by turning the ring.
        newest = s;
      }
      owner[s] = i;
      slotOf[i] = s;
      fill(i, held[s]!);
      return held[s]!;
    },
  };
}

/** A scalar product → the kernel; not for rbf. */
function bend({ kernel, gamma, coef0, degree }: Kernel, dot: number): number {
  if (kernel === 'linear') return dot;
  const base = gamma * dot + coef0;
  if (kernel === 'sigmoid') return Math.tanh(base);
  let power = base;
  for (let d = 1; d < degree; d++) power *= base;
  return power;
}

/** Steps of fade to a halving. */
const STEPS = 64;
const PART = Float64Array.from({ length: STEPS }, (_, i) => 2 ** (-i / STEPS));
const HALVES = Float64Array.from({ length: 152 }, (_, i) => 2 ** -i);
const STEP = Math.LN2 / STEPS;

/** exp(−v) for v ≥ 0 to ten digits, more than Float32 holds: a third of the time of Math.exp. */
function fade(v: number): number {
  if (!(v < 105)) return 0;
  const k = (v / STEP + 0.5) | 0;
  const r = k * STEP - v;
  return PART[k & (STEPS - 1)]! * HALVES[k >> 6]! * (1 + r * (1 + r * (0.5 + r * (1 / 6))));
}

/** Four points at a time, so that four sums run side by side; a last, short group takes its last point again. */
function distances(points: Float32Array, n: number, p: number, q: Float64Array, gamma: number, out: Float32Array): void {
  for (let i = 0; i < n; i += 4) {
    const at0 = i * p;
    const at1 = Math.min(i + 1, n - 1) * p;
    const at2 = Math.min(i + 2, n - 1) * p;
    const at3 = Math.min(i + 3, n - 1) * p;
    let d0 = 0;
    let d1 = 0;
    let d2 = 0;
    let d3 = 0;
    for (let j = 0; j < p; j++) {
      const x = q[j]!;
      const e0 = x - points[at0 + j]!;
      const e1 = x - points[at1 + j]!;
      const e2 = x - points[at2 + j]!;
      const e3 = x - points[at3 + j]!;
      d0 += e0 * e0;
      d1 += e1 * e1;
      d2 += e2 * e2;
      d3 += e3 * e3;
    }
    out[i] = fade(gamma * d0);
    if (i + 1 < n) out[i + 1] = fade(gamma * d1);
    if (i + 2 < n) out[i + 2] = fade(gamma * d2);
    if (i + 3 < n) out[i + 3] = fade(gamma * d3);
  }
}

function products(points: Float32Array, n: number, p: number, q: Float64Array, k: Kernel, out: Float32Array): void {
  for (let i = 0; i < n; i += 4) {
    const at0 = i * p;
    const at1 = Math.min(i + 1, n - 1) * p;
    const at2 = Math.min(i + 2, n - 1) * p;
    const at3 = Math.min(i + 3, n - 1) * p;
    let d0 = 0;
    let d1 = 0;
    let d2 = 0;
    let d3 = 0;
    for (let j = 0; j < p; j++) {
      const x = q[j]!;
      d0 += x * points[at0 + j]!;
      d1 += x * points[at1 + j]!;
      d2 += x * points[at2 + j]!;
      d3 += x * points[at3 + j]!;
    }
    out[i] = bend(k, d0);
    if (i + 1 < n) out[i + 1] = bend(k, d1);
    if (i + 2 < n) out[i + 2] = bend(k, d2);
    if (i + 3 < n) out[i + 3] = bend(k, d3);
  }
}
