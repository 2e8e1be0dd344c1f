/** Which pairs of columns do together what neither does alone: FAST (Lou, Caruana, Gehrke & Hooker 2013). */
import type { Loss } from '../tree/boost-loss.js';
import type { Pulse } from '../tree/pulse.js';
import type { Groups } from './groups.js';
import { inOrder, type Grid } from './pair-tree.js';
import { LEAST_HESSIAN } from './shape-tree.js';

export interface FoundPair {
  readonly a: number;
  readonly b: number;
  /** What the best four quadrants take off the loss beyond what either column could, twice. */
  readonly strength: number;
}

/** Visits of rows in all; with more pairs, fewer rows are looked at. */
const VISITS = 1e9;

/**
 * The strongest pairs, strongest first. What is left of the loss after the single columns is cut into four quadrants at the best
 * place; counted is only what the diagonal does, so that what single columns have left over is not taken for a pair.
 * Cost: pairs × (rows + cells).
 */
export async function strongestPairs(
  groups: readonly Groups[],
  /** Group of each row, per column. */
  codes: readonly Uint8Array[],
  loss: Loss,
  raw: Float64Array,
  most: number,
  beat: Pulse,
  done: number,
): Promise<FoundPair[]> {
  const p = groups.length;
  const K = loss.scores;
  const n = raw.length / K;
  const pairs = new Float32Array(2 * n * K);
  loss.gradients(raw, pairs);
  const stride = Math.max(1, Math.ceil((n * p * (p - 1)) / 2 / VISITS));
  const found: FoundPair[] = [];
  for (let a = 0; a < p; a++) {
    for (let b = a + 1; b < p; b++) {
      const grid = gridOf(groups[a]!, groups[b]!);
      if (grid.rows < 2 || grid.cols < 2) continue;
      const sums = new Float64Array(2 * grid.rows * grid.cols * K);
      const x = codes[a]!;
      const y = codes[b]!;
      for (let k = 0; k < K; k++) {
        for (let i = 0; i < n; i += stride) {
          const s = 2 * ((x[i]! * grid.cols + y[i]!) * K + k);
          sums[s]! += pairs[2 * (k * n + i)]!;
          sums[s + 1]! += pairs[2 * (k * n + i) + 1]!;
        }
      }
      const strength = diagonal(grid, sums, K);
      if (strength > 0) found.push({ a, b, strength });
      const going = beat.tick(((n / stride) * 3 + sums.length * 10) * K, done);
      if (going !== true && !(await going)) return [];
    }
  }
  return found.sort((one, two) => two.strength - one.strength || one.a - two.a || one.b - two.b).slice(0, most);
}

export const gridOf = (a: Groups, b: Groups): Grid => ({
  rows: a.count,
  cols: b.count,
  nominalRows: a.nominal,
  nominalCols: b.nominal,
});

/** The most that one contrast of four quadrants, m00 − m01 − m10 + m11, takes off the loss: its square over its variance, twice. */
export function diagonal(grid: Grid, sums: Float64Array, scores: number): number {
  const { rows: R, cols: C } = grid;
  const [byRow, byCol] = inOrder(grid, sums, scores);
  const wide = C + 1;
  const total = new Float64Array((R + 1) * wide);
  for (let k = 0; k < scores; k++) {
    const g = new Float64Array((R + 1) * wide);
    const h = new Float64Array((R + 1) * wide);
    for (let r = 0; r < R; r++) {
      let G = 0;
      let H = 0;
      for (let c = 0; c < C; c++) {
        const s = 2 * ((byRow[r]! * C + byCol[c]!) * scores + k);
        G += sums[s]!;
        H += sums[s + 1]!;
        const at = (r + 1) * wide + c + 1;
        g[at] = g[at - wide]! + G;
        h[at] = h[at - wide]! + H;
      }
    }
    const all = R * wide + C;
    for (let r = 1; r < R; r++) {
      for (let c = 1; c < C; c++) {
        const at = r * wide + c;
        const h00 = h[at]!;
        const h01 = h[r * wide + C]! - h00;
        const h10 = h[R * wide + c]! - h00;
        const h11 = h[all]! - h00 - h01 - h10;
        if (Math.min(h00, h01, h10, h11) < LEAST_HESSIAN) continue;
        const g00 = g[at]!;
        const g01 = g[r * wide + C]! - g00;
        const g10 = g[R * wide + c]! - g00;
        const g11 = g[all]! - g00 - g01 - g10;
        const contrast = g00 / h00 - g01 / h01 - g10 / h10 + g11 / h11;
        total[at]! += (contrast * contrast) / (1 / h00 + 1 / h01 + 1 / h10 + 1 / h11);
      }
    }
  }
  return total.reduce((a, b) => Math.max(a, b), 0);
}
