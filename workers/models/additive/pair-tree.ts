/** One small correction of two columns together: one cut of the first, then one of the second on either side; or the other way round. */
import { LEAST_HESSIAN, stepOf, worth, type Growth } from './shape-tree.js';

/** A table of cells: `rows` groups of one column by `cols` groups of another. */
export interface Grid {
  readonly rows: number;
  readonly cols: number;
  /** Categories, whose groups have no order of their own. */
  readonly nominalRows: boolean;
  readonly nominalCols: boolean;
}

export type PairTree = (
  grid: Grid,
  /** Gradient and hessian of cell c and score k stand at sums[2 · (c · scores + k)] and the place after; cells are row-major. */
  sums: Float64Array,
  counts: Uint32Array,
  /** The step of cell c for score k is written to out[c · scores + k], everywhere. */
  out: Float64Array,
) => boolean;

/**
 * Orders of the groups in which what the two columns do together runs in one direction: the best product u · v of what is left
 * when each column alone is taken out (weighted alternating least squares, a few turns). Only categories are put in order.
 */
export function inOrder(grid: Grid, sums: Float64Array, scores: number): readonly [Uint16Array, Uint16Array] {
  const { rows: R, cols: C } = grid;
  const byRow = Uint16Array.from({ length: R }, (_, r) => r);
  const byCol = Uint16Array.from({ length: C }, (_, c) => c);
  if (!grid.nominalRows && !grid.nominalCols) return [byRow, byCol];
  const g = new Float64Array(R * C);
  const h = new Float64Array(R * C);
  let lead = 0;
  let most = -1;
  for (let k = 0; k < scores; k++) {
    let sum = 0;
    for (let i = 0; i < R * C; i++) sum += worth(sums[2 * (i * scores + k)]!, sums[2 * (i * scores + k) + 1]!);
    if (sum > most) [most, lead] = [sum, k];
  }
  for (let i = 0; i < R * C; i++) {
    g[i] = sums[2 * (i * scores + lead)]!;
    h[i] = sums[2 * (i * scores + lead) + 1]!;
  }
  // What each column alone explains: a few turns of backfitting.
  for (let turn = 0; turn < 3; turn++) {
    takeOut(R, C, C, 1, g, h);
    takeOut(C, R, 1, C, g, h);
  }
  const u = new Float64Array(R);
  const v = Float64Array.from({ length: C }, (_, c) => (grid.nominalCols ? ((c * 7) % 5) - 2 : c - (C - 1) / 2));
  for (let turn = 0; turn < 4; turn++) {
    product(R, C, C, 1, g, h, v, u);
    product(C, R, 1, C, g, h, u, v);
  }
  if (grid.nominalRows) byRow.sort((a, b) => u[a]! - u[b]! || a - b);
  if (grid.nominalCols) byCol.sort((a, b) => v[a]! - v[b]! || a - b);
  return [byRow, byCol];
}

/** Leaves every line of the table without gradient in sum. */
function takeOut(lines: number, across: number, line: number, step: number, g: Float64Array, h: Float64Array): void {
  for (let r = 0; r < lines; r++) {
    let G = 0;
    let H = 0;
    for (let c = 0; c < across; c++) {
      G += g[r * line + c * step]!;
      H += h[r * line + c * step]!;
    }
    if (H <= 0) continue;
    for (let c = 0; c < across; c++) g[r * line + c * step]! -= (h[r * line + c * step]! * G) / H;
  }
}

/** The u that makes Σ h (g / h − u v)² least, given v. */
function product(
  lines: number,
  across: number,
  line: number,
  step: number,
  g: Float64Array,
  h: Float64Array,
  v: Float64Array,
  u: Float64Array,
): void {
  for (let r = 0; r < lines; r++) {
    let G = 0;
    let H = 0;
    for (let c = 0; c < across; c++) {
      G += g[r * line + c * step]! * v[c]!;
      H += h[r * line + c * step]! * v[c]! * v[c]!;
    }
    u[r] = H > 0 ? G / H : 0;
  }
}

/** A grower for tables of at most `most` cells. Cost about 4 · cells · scores. */
export function pairTree(scores: number, how: Growth, most: number): PairTree {
  // Sums over all cells before (r, c), of gradients, hessians and rows: (rows + 1) × (cols + 1). Its size is at most 2 (most + 1).
  const room = 2 * (most + 1);
  const g = new Float64Array(room * scores);
  const h = new Float64Array(room * scores);
  const n = new Float64Array(room);

  /**
   * The best cut of cells between the lines `lo` and `hi` of one axis across the other: what the sides are worth in all, and where.
   * One line of the sums is `line` apart, one place in it `step`. Cut −1: uncut.
   */
  const across = (lo: number, hi: number, ends: number, line: number, step: number): readonly [number, number] => {
    const a = lo * line;
    const b = hi * line;
    const end = ends * step;
    let whole = 0;
    for (let k = 0; k < scores; k++) {
      const q = k * room;
      whole += worth(g[q + b + end]! - g[q + a + end]!, h[q + b + end]! - h[q + a + end]!);
    }
    let top = whole;
    let cut = -1;
    const N = n[b + end]! - n[a + end]!;
    if (scores === 1) {
      const G = g[b + end]! - g[a + end]!;
      const H = h[b + end]! - h[a + end]!;
      for (let c = 1, x = a + step, y = b + step; c < ends; c++, x += step, y += step) {
        const left = n[y]! - n[x]!;
        if (left < how.minLeaf) continue;
        if (N - left < how.minLeaf) break;
        const gl = g[y]! - g[x]!;
        const hl = h[y]! - h[x]!;
        if (hl < LEAST_HESSIAN || H - hl < LEAST_HESSIAN) continue;
        const sum = (gl * gl) / hl + ((G - gl) * (G - gl)) / (H - hl);
        if (sum > top) {
          top = sum;
          cut = c;
        }
      }
      return [top, cut];
    }
    for (let c = 1; c < ends; c++) {
      const left = n[b + c * step]! - n[a + c * step]!;
      if (left < how.minLeaf) continue;
      if (N - left < how.minLeaf) break;
      let sum = 0;
      for (let k = 0; k < scores; k++) {
        const q = k * room;
        const G = g[q + b + end]! - g[q + a + end]!;
        const H = h[q + b + end]! - h[q + a + end]!;
        const gl = g[q + b + c * step]! - g[q + a + c * step]!;
        const hl = h[q + b + c * step]! - h[q + a + c * step]!;
        sum += worth(gl, hl) + worth(G - gl, H - hl);
      }
      if (sum > top) {
        top = sum;
        cut = c;
      }
    }
    return [top, cut];
  };

  return (grid, sums, counts, out) => {
    const { rows: R, cols: C } = grid;
    const [byRow, byCol] = inOrder(grid, sums, scores);
    const wide = C + 1;
    for (let c = 0; c <= C; c++) n[c] = 0;
    for (let r = 0; r < R; r++) {
      n[(r + 1) * wide] = 0;
      for (let c = 0; c < C; c++) {
        const at = (r + 1) * wide + c + 1;
        n[at] = n[at - wide]! + n[at - 1]! - n[at - wide - 1]! + counts[byRow[r]! * C + byCol[c]!]!;
      }
    }
    for (let k = 0; k < scores; k++) {
      const q = k * room;
      for (let c = 0; c <= C; c++) g[q + c] = h[q + c] = 0;
      for (let r = 0; r < R; r++) {
        let G = 0;
        let H = 0;
        g[q + (r + 1) * wide] = h[q + (r + 1) * wide] = 0;
        for (let c = 0; c < C; c++) {
          const s = 2 * ((byRow[r]! * C + byCol[c]!) * scores + k);
          G += sums[s]!;
          H += sums[s + 1]!;
          const at = q + (r + 1) * wide + c + 1;
          g[at] = g[at - wide]! + G;
          h[at] = h[at - wide]! + H;
        }
      }
    }
    let top = 0;
    for (let k = 0; k < scores; k++) top += worth(g[k * room + R * wide + C]!, h[k * room + R * wide + C]!);
    // A gain within rounding of nothing is nothing.
    top *= 1 + 1e-12;
    // First cut of the rows or of the columns, then of the other on each side.
    let best: { readonly rows: boolean; readonly cut: number; readonly low: number; readonly high: number } | null = null;
    for (const rows of [true, false]) {
      const [lines, ends, line, step] = rows ? [R, C, wide, 1] : [C, R, 1, wide];
      for (let cut = 1; cut < lines; cut++) {
        const before = n[cut * line + ends * step]!;
        if (before < how.minLeaf || n[R * wide + C]! - before < how.minLeaf) continue;
        const [low, lowCut] = across(0, cut, ends, line, step);
        const [high, highCut] = across(cut, lines, ends, line, step);
        if (low + high > top) {
          top = low + high;
          best = { rows, cut, low: lowCut, high: highCut };
        }
      }
    }
    out.fill(0, 0, R * C * scores);
    if (!best) return false;
    let any = false;
    const fill = (r0: number, r1: number, c0: number, c1: number) => {
      for (let k = 0; k < scores; k++) {
        const q = k * room;
        const part = (z: Float64Array) => z[q + r1 * wide + c1]! - z[q + r0 * wide + c1]! - z[q + r1 * wide + c0]! + z[q + r0 * wide + c0]!;
        const step = stepOf(part(g), part(h), how);
        if (step === 0) continue;
        any = true;
        for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) out[(byRow[r]! * C + byCol[c]!) * scores + k] = step;
      }
    };
    const lines = best.rows ? R : C;
    const ends = best.rows ? C : R;
    for (const [lo, hi, cut] of [
      [0, best.cut, best.low],
      [best.cut, lines, best.high],
    ] as const) {
      for (const [from, to] of cut < 0 ? [[0, ends] as const] : ([[0, cut] as const, [cut, ends] as const] as const)) {
        if (best.rows) fill(lo, hi, from, to);
        else fill(from, to, lo, hi);
      }
    }
    return any;
  };
}
