/**
 * Exact nearest neighbours by a scan in two looks: a kernel measures every distance in Float32 and lets go what cannot belong,
 * what is left is measured as the plain scan does. The same neighbours bit for bit, several times as fast from a dozen columns on.
 */
import type { Neighbours } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { nearKernels } from '../kernels/load.js';
import { allocate, Layout } from '../kernels/memory.js';
import { insert, nearest, type Nearest } from './nearest.js';

/** Queries at a time, and points at a time: both stay in the second cache. */
const QUERIES = 64;
const POINTS = 512;
/** Bytes of points that are copied to where the kernel reads them. */
const MOST = 2 ** 30;

/** Tells each query's nearest, in order; false where there is no WebAssembly or no room, and nothing was told. */
export function scanNear(form: Neighbours, X: Matrix, tell: (query: number, best: Nearest) => void): boolean {
  const p = form.inputs;
  const rows = form.y.length;
  const fours = Math.ceil(rows / 4) * 4;
  if (fours * p * 4 > MOST) return false;
  const layout = new Layout();
  const at = {
    points: layout.take(fours * p * 4),
    queries: layout.take(QUERIES * p * 16),
    limits: layout.take(QUERIES * 4),
    found: layout.take(4 * POINTS * 4),
    counts: layout.take(16),
  };
  const memory = allocate(layout.bytes);
  const kernels = nearKernels(memory);
  if (!kernels) return false;
  const { f32, u32 } = memory;
  const { points } = form;
  const squared = form.metric === 'euclidean';
  for (let i = 0; i < fours; i++) {
    const to = (at.points >> 2) + (i - (i % 4)) * p + (i % 4);
    // What fills the last four is not a number, and so within no limit.
    for (let j = 0; j < p; j++) f32[to + 4 * j] = i < rows ? points[i * p + j]! : NaN;
  }
  // Float32's rounding: half a unit for the difference, the square, the sum of each column, and the limit itself; twice that, to be sure.
  const more = 1 + (p + 4) * 2 ** -23;
  const tiny = p * 2 ** -148;
  const k = Math.min(form.k, rows);
  const bests = Array.from({ length: QUERIES }, () => nearest(k));
  const cells = new Float64Array(QUERIES * p);
  for (let first = 0; first < X.rows; first += QUERIES) {
    const n = Math.min(QUERIES, X.rows - first);
    for (let q = 0; q < QUERIES; q++) {
      const best = bests[q]!;
      best.distance.fill(Infinity);
      best.row.fill(-1);
      // Without a limit of their own, queries that only fill the last four would find everything.
      f32[(at.limits >> 2) + q] = q < n ? Infinity : -1;
      if (q >= n) continue;
      for (let j = 0; j < p; j++) {
        const x = (cells[q * p + j] = X.data[j * X.rows + first + q]!);
        const to = (at.queries >> 2) + (q >> 2) * p * 16 + j * 16 + (q & 3) * 4;
        f32.fill(x, to, to + 4);
      }
    }
    for (let from = 0; from < fours; from += POINTS) {
      const end = Math.min(fours, from + POINTS);
      for (let group = 0; group < n; group += 4) {
        const limits = at.limits + group * 4;
        kernels.near(at.points, p, from, end, at.queries + group * p * 16, limits, at.found, POINTS, at.counts, squared ? 1 : 0);
        for (let q = 0; q < 4; q++) {
          const count = u32[(at.counts >> 2) + q]!;
          if (count === 0) continue;
          const best = bests[group + q]!;
          let worst = best.distance[k - 1]!;
          for (let c = 0; c < count; c++) {
            const i = u32[(at.found >> 2) + q * POINTS + c]!;
            let d = 0;
            for (let j = 0, a = (group + q) * p, b = i * p; j < p; j++) {
              const e = cells[a + j]! - points[b + j]!;
              d += squared ? e * e : Math.abs(e);
            }
            if (d < worst) {
              insert(best, d, i);
              worst = best.distance[k - 1]!;
            }
          }
          const limit = worst * more + tiny;
          // Close to where Float32 ends, a sum may have run over: then nothing is let go.
          f32[(limits >> 2) + q] = limit < 3e38 ? limit : Infinity;
        }
      }
    }
    for (let q = 0; q < n; q++) tell(first + q, bests[q]!);
  }
  return true;
}
