/** Columns as ranks: what the exact tree growers sort and split on instead of floats. */
import { column, type Matrix } from '../../../src/core/matrix.js';
import { between, cuts, distinct, sorted } from './cuts.js';
import { sorter } from './radix.js';

/** The rank of a missing value: above all others, so it sorts last. */
export const MISSING = 0xffff;

export interface Ranks {
  readonly rows: number;
  readonly cols: number;
  /** Column j is data.subarray(j · rows, (j + 1) · rows). Two bytes a cell. */
  readonly data: Uint16Array;
  /** Per column and rank: the smallest and largest value that has it (the same value up to 65 535 distinct ones). */
  readonly low: readonly Float32Array[];
  readonly high: readonly Float32Array[];
}

/**
 * Only the rows named are ranked; cells of other rows are 0. O(cells).
 * When `going` says no, the columns that are left are taken as constant, so that nothing splits on them. `data` is zeroed room for the ranks.
 */
export async function rank(
  X: Matrix,
  rows: Uint32Array,
  going: (work: number) => Promise<boolean> | true,
  data: Uint16Array = new Uint16Array(X.rows * X.cols),
): Promise<Ranks> {
  const low: Float32Array[] = [];
  const high: Float32Array[] = [];
  // About what sorting a column costs, in the operations that the pulse counts.
  const work = rows.length * 20;
  const by = sorter(rows.length);
  let on = true;
  for (let j = 0; j < X.cols; j++) {
    if (on) on = await going(work);
    if (!on) {
      low.push(new Float32Array(1));
      high.push(new Float32Array(1));
      continue;
    }
    const x = column(X, j);
    const to = data.subarray(j * X.rows, (j + 1) * X.rows);
    const { values } = sorted(x, rows, null, by);
    for (let i = 0; i < rows.length; i++) to[rows[i]!] = MISSING;
    const exact = distinct({ values, upTo: null }, MISSING);
    // A rank is the number of edges below; beyond 65 535 distinct values, edges are quantiles.
    const edges = exact ?? cuts({ values, upTo: null }, MISSING);
    const lows = exact ?? new Float32Array(edges.length + 1).fill(Infinity);
    const highs = exact ?? new Float32Array(edges.length + 1).fill(-Infinity);
    let r = 0;
    for (let i = 0; i < values.length; i++) {
      const v = values[i]!;
      while (r < edges.length && v > edges[r]!) r++;
      to[by.rows[i]!] = r;
      if (exact) continue;
      if (v < lows[r]!) lows[r] = v;
      if (v > highs[r]!) highs[r] = v;
    }
    low.push(lows);
    high.push(highs);
  }
  return { rows: X.rows, cols: X.cols, data, low, high };
}

/** The largest Float32: every present value is at most this, so it splits the present from the missing. */
export const ALL = 3.4028234663852886e38;

/** The threshold between two ranks next to each other in a node. `right` MISSING: all present values go left. */
export const threshold = (ranks: Ranks, j: number, left: number, right: number): number =>
  right === MISSING ? ALL : between(ranks.high[j]![left]!, ranks.low[j]![right]!);
