/** The list of the nearest so far, kept while points go by. */

/** The k best so far of one query, nearest first; equal distances in row order. */
export interface Nearest {
  readonly distance: Float64Array;
  readonly row: Int32Array;
}

export const nearest = (k: number): Nearest => ({ distance: new Float64Array(k).fill(Infinity), row: new Int32Array(k).fill(-1) });

/** Puts row i at distance d in its place. The caller has seen that it belongs: d ≤ the last distance. */
export function insert(best: Nearest, d: number, i: number): void {
  const { distance, row } = best;
  let at = distance.length - 1;
  if (d === distance[at]! && row[at]! >= 0 && row[at]! < i) return;
  while (at > 0 && (distance[at - 1]! > d || (distance[at - 1] === d && row[at - 1]! > i))) {
    distance[at] = distance[at - 1]!;
    row[at] = row[at - 1]!;
    at--;
  }
  distance[at] = d;
  row[at] = i;
}
