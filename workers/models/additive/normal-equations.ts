/** Sums over rows for one step of Newton: Xᵀ W X and Xᵀ (W η + slope), from the few numbers of each row that are not 0. */
import type { Pace } from '../pace.js';
import { isCount, isFloats, savedIn, type Keep } from '../resume.js';
import { turnedRow, type Design } from './design.js';

export interface Normal {
  /** (scores · size)², row-major, whole. */
  readonly A: Float64Array;
  readonly b: Float64Array;
}

/** Between two rows. */
interface Summed {
  readonly next: number;
  readonly A: Float64Array;
  readonly b: Float64Array;
}

/** Scores of every row: row · scores + score. Coefficients: score · size + place. */
export function scoresOf({ size, width, place, value }: Design, coefficients: Float64Array): Float64Array {
  const C = coefficients.length / size;
  const n = value.length / width;
  const out = new Float64Array(n * C);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < C; c++) {
      let z = 0;
      for (let a = i * width; a < (i + 1) * width; a++) z += coefficients[c * size + place[a]!]! * value[a]!;
      out[i * C + c] = z;
    }
  }
  return out;
}

/** Of what is known, not of the functions' coefficients. Null when asked to stop. Cost: rows × width² / 2 × pairs of scores. */
export async function normalEquations(
  design: Design,
  C: number,
  eta: Float64Array,
  slope: Float64Array,
  bend: Float64Array,
  p: Pace,
  keep?: Keep,
): Promise<Normal | null> {
  const { size, width, place, value } = design;
  const n = value.length / width;
  const N = C * size;
  const saved = savedIn<Summed>(keep, { next: isCount, A: isFloats(N * N), b: isFloats(N) });
  const A = saved ? saved.A.slice() : new Float64Array(N * N);
  const b = saved ? saved.b.slice() : new Float64Array(N);
  const pairs = (C * (C + 1)) / 2;
  const w = new Float64Array(C * C);
  for (let i = saved?.next ?? 0; i < n; i++) {
    const from = i * width;
    const to = from + width;
    for (let c = 0, at = i * pairs; c < C; c++) for (let d = c; d < C; d++) w[c * C + d] = w[d * C + c] = bend[at++]!;
    for (let c = 0; c < C; c++) {
      let r = slope[i * C + c]!;
      for (let d = 0; d < C; d++) r += w[c * C + d]! * eta[i * C + d]!;
      for (let a = from; a < to; a++) b[c * size + place[a]!]! += r * value[a]!;
      for (let d = c; d < C; d++) {
        const weight = w[c * C + d]!;
        for (let a = from; a < to; a++) {
          const v = weight * value[a]!;
          if (v === 0) continue;
          const row = (c * size + place[a]!) * N + d * size;
          // Places rise within a row of the design but for dropped functions, which hold 0: one triangle is enough where scores agree.
          for (let e = c === d ? a : from; e < to; e++) A[row + place[e]!]! += v * value[e]!;
        }
      }
    }
    if (p.due(width * width * pairs)) {
      await p.rest();
      if (p.stopped) return null;
      keep?.offer(8 * (N * N + N), (): Summed => ({ next: i + 1, A: A.slice(), b: b.slice() }));
    }
  }
  for (let i = 0; i < N; i++) for (let j = 0; j < i; j++) A[i * N + j] = A[j * N + i]!;
  turn(design, C, A, b);
  return { A, b };
}

/** In place: A becomes turnᵀ A turn, b turnᵀ b. Cost: coefficients² × those of a column. */
function turn({ parts, size }: Design, C: number, A: Float64Array, b: Float64Array): void {
  const N = C * size;
  for (const part of parts) {
    if (!part.turn) continue;
    const q = part.size;
    for (let c = 0; c < C; c++) {
      const at = c * size + part.start;
      b.set(turnedRow(part, b.slice(at, at + q)), at);
      for (let i = 0; i < N; i++) A.set(turnedRow(part, A.slice(i * N + at, i * N + at + q)), i * N + at);
      const line = new Float64Array(q);
      for (let j = 0; j < N; j++) {
        for (let i = 0; i < q; i++) line[i] = A[(at + i) * N + j]!;
        turnedRow(part, line).forEach((v, i) => (A[(at + i) * N + j] = v));
      }
    }
  }
  // Turning leaves the two halves equal but for rounding.
  for (let i = 0; i < N; i++) for (let j = 0; j < i; j++) A[i * N + j] = A[j * N + i]!;
}
