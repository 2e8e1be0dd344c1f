/** What goes into a kernel and what comes out: rows as points, units of a number, and the points that became support vectors. */
import type { Kernels } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';
import { Problem } from '../../../src/core/problem.js';
import type { Kernel, Rows } from './rows.js';

/** A kernel beyond this does not fit Float32 with room to add. */
const LARGEST = 1e30;

/** The rows kept, row-major, and the kernel with its gamma: for 'scale' the variance is that of all cells together. */
export function pointsOf(
  X: Matrix,
  kept: Int32Array,
  weightOf: (i: number) => number,
  params: Omit<Kernel, 'gamma'> & { readonly gamma: number | null },
): { points: Float32Array; kernel: Kernel } {
  const { rows, cols, data } = X;
  const points = new Float32Array(kept.length * cols);
  for (let j = 0; j < cols; j++) for (let k = 0; k < kept.length; k++) points[k * cols + j] = data[j * rows + kept[k]!]!;
  let gamma = params.gamma;
  if (gamma === null) {
    let total = 0;
    let mean = 0;
    for (let k = 0; k < kept.length; k++) {
      const w = weightOf(kept[k]!);
      total += w * cols;
      for (let j = 0; j < cols; j++) mean += w * points[k * cols + j]!;
    }
    mean /= Math.max(total, Number.MIN_VALUE);
    let variance = 0;
    for (let k = 0; k < kept.length; k++) {
      const w = weightOf(kept[k]!);
      for (let j = 0; j < cols; j++) variance += w * (points[k * cols + j]! - mean) ** 2;
    }
    gamma = variance > 0 ? total / (cols * variance) : 1;
    if (!Number.isFinite(gamma)) gamma = 1;
  }
  return { points, kernel: { kernel: params.kernel, gamma, coef0: params.coef0, degree: params.degree } };
}

export function unitsOf(y: Float64Array, kept: Int32Array, weightOf: (i: number) => number): { shift: number; scale: number } {
  let total = 0;
  let shift = 0;
  for (const i of kept) {
    total += weightOf(i);
    shift += weightOf(i) * y[i]!;
  }
  shift /= total;
  let square = 0;
  for (const i of kept) square += weightOf(i) * (y[i]! - shift) ** 2;
  const scale = Math.sqrt(square / total);
  return { shift, scale: scale > 0 && Number.isFinite(scale) ? scale : 1 };
}

/** A kernel too large for Float32 is laid at the door of the largest cell of its row. */
export function refuseHuge(X: Matrix, kept: Int32Array, rows: Rows): void {
  const bad = rows.diagonal.findIndex((d) => !(Math.abs(d) <= LARGEST));
  if (bad < 0) return;
  const row = kept[bad]!;
  let worst = 0;
  for (let j = 1; j < X.cols; j++) if (Math.abs(X.data[j * X.rows + row]!) > Math.abs(X.data[worst * X.rows + row]!)) worst = j;
  throw new Problem('fit/infinite', { column: X.names[worst] ?? String(worst), row: row + 1 });
}

export interface Terms {
  /** Points, and their β. */
  readonly members: Int32Array;
  readonly beta: Float64Array;
}

/** The support vectors of all machines, each once. Without a column every kernel is the same, and as Σβ = 0 it falls away. */
export function gather(
  points: Float32Array,
  p: number,
  machines: readonly Terms[],
): Pick<Kernels, 'points' | 'starts' | 'point' | 'coefficients'> {
  const terms = machines.map(({ members, beta }) => (p > 0 ? Array.from(beta.keys()).filter((s) => beta[s] !== 0) : []).map((s) => ({ i: members[s]!, b: beta[s]! }))); // prettier-ignore
  const used = [...new Set(terms.flatMap((t) => t.map(({ i }) => i)))].sort((a, b) => a - b);
  const index = new Map(used.map((i, k) => [i, k]));
  const kept = new Float32Array(used.length * p);
  used.forEach((i, k) => kept.set(points.subarray(i * p, (i + 1) * p), k * p));
  const starts = new Int32Array(machines.length + 1);
  terms.forEach((t, m) => (starts[m + 1] = starts[m]! + t.length));
  return {
    points: kept,
    starts,
    point: Int32Array.from(terms.flatMap((t) => t.map(({ i }) => index.get(i)!))),
    coefficients: Float64Array.from(terms.flatMap((t) => t.map(({ b }) => b))),
  };
}
