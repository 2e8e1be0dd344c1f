/** Rows of a kernel matrix, computed when asked for and kept in Float32 within a bound of memory. */
import type { Kernels } from '../../../src/core/form.js';
import { radialKernels } from '../../kernels/load.js';
import { allocate, Layout } from '../../kernels/memory.js';
import { PARTS, TOGETHER } from '../../kernels/radial.js';

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

  const round = k.kernel === 'rbf' ? radial(points, n, p, k.gamma) : null;
  const fill = (i: number, out: Float32Array): void => {
    if (round) round(i, out);
    else {
      for (let j = 0; j < p; j++) query[j] = points[i * p + j]!;
      products(points, n, p, query, k, out);
    }
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

/** Radial kernels of a point with all, in blocks of points in the memory of the compiled kernel. */
function radial(points: Float32Array, n: number, p: number, gamma: number): (i: number, out: Float32Array) => void {
  const blocks = Math.ceil(n / TOGETHER);
  const layout = new Layout();
  const at = {
    points: layout.take(4 * TOGETHER * blocks * p),
    query: layout.take(8 * p),
    table: layout.take(PARTS.byteLength),
    out: layout.take(4 * TOGETHER * blocks),
  };
  const memory = allocate(layout.bytes);
  const kernels = radialKernels(memory);
  const held = memory.f32.subarray(at.points >> 2);
  for (let i = 0; i < n; i++) {
    const to = Math.floor(i / TOGETHER) * TOGETHER * p + (i % TOGETHER);
    for (let j = 0; j < p; j++) held[to + TOGETHER * j] = points[i * p + j]!;
  }
  memory.f64.set(PARTS, at.table >> 3);
  const query = memory.f64.subarray(at.query >> 3, (at.query >> 3) + p);
  const made = memory.f32.subarray(at.out >> 2, (at.out >> 2) + n);
  return (i, out) => {
    for (let j = 0; j < p; j++) query[j] = points[i * p + j]!;
    kernels.row(at.points, blocks, p, at.query, gamma, at.table, at.out);
    out.set(made);
  };
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
