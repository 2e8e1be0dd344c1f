/**
 * A tree of bounding boxes over points (after the k-d tree of Friedman, Bentley & Finkel 1977): exact nearest neighbours
 * in about log(points) steps when columns are few.
 */
import type { Neighbours } from '../../src/core/form.js';
import { insert, type Nearest } from './nearest.js';

const LEAF = 24;

export interface BoxTree {
  readonly p: number;
  /** Points in the order of the leaves, row-major. */
  readonly points: Float64Array;
  /** The row each of them was. */
  readonly row: Int32Array;
  /** Per node: the first and the last-plus-one of its points, and its right child (the left one is the next node); 0 for a leaf. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly right: Int32Array;
  /** Nodes × 2p: the lows, then the highs. */
  readonly box: Float64Array;
}

export function boxTree(source: Float32Array, n: number, p: number): BoxTree {
  const most = 4 * Math.ceil(n / LEAF) + 3;
  const row = Int32Array.from({ length: n }, (_, i) => i);
  const from = new Int32Array(most);
  const to = new Int32Array(most);
  const right = new Int32Array(most);
  const box = new Float64Array(most * 2 * p);
  let nodes = 0;
  const grow = (a: number, b: number): void => {
    const node = nodes++;
    from[node] = a;
    to[node] = b;
    let widest = 0;
    let width = 0;
    for (let j = 0; j < p; j++) {
      let lo = Infinity;
      let hi = -Infinity;
      for (let i = a; i < b; i++) {
        const x = source[row[i]! * p + j]!;
        if (x < lo) lo = x;
        if (x > hi) hi = x;
      }
      box[node * 2 * p + j] = lo;
      box[node * 2 * p + p + j] = hi;
      if (hi - lo > width) {
        width = hi - lo;
        widest = j;
      }
    }
    if (b - a <= LEAF || width === 0) return;
    const middle = (a + b) >> 1;
    select(row, source, p, widest, a, b - 1, middle);
    grow(a, middle);
    right[node] = nodes;
    grow(middle, b);
  };
  grow(0, n);
  const points = new Float64Array(n * p);
  // Rows of a leaf in ascending order: ties are then met lowest row first.
  for (let node = 0; node < nodes; node++) if (right[node] === 0) row.subarray(from[node]!, to[node]!).sort();
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) points[i * p + j] = source[row[i]! * p + j]!;
  return { p, points, row, from, to, right, box };
}

/** Brings the element of rank `want` by column j to its place, smaller ones before it (Hoare's quickselect, middle of three). */
function select(row: Int32Array, source: Float32Array, p: number, j: number, lo: number, hi: number, want: number): void {
  const key = (i: number) => source[row[i]! * p + j]!;
  while (lo < hi) {
    const [a, b, c] = [key(lo), key((lo + hi) >> 1), key(hi)];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = lo;
    let k = hi;
    while (i <= k) {
      while (key(i) < pivot) i++;
      while (key(k) > pivot) k--;
      if (i <= k) {
        const t = row[i]!;
        row[i] = row[k]!;
        row[k] = t;
        i++;
        k--;
      }
    }
    if (want <= k) hi = k;
    else if (want >= i) lo = i;
    else return;
  }
}

/** Rounding of a power may put a point a little nearer than its box; that of directions, in Float32, half their squared distance. */
const LOOSE = 1 - 1e-12;
const BENT = 2 ** -20;

/**
 * Fills `best`. A box farther than the worst kept is passed over; one as far is looked into, for a lower row may be there.
 * For cosine tree and query are of length 1, or 0, and `exact` says the distance of a row.
 */
export function searchBoxes(
  tree: BoxTree,
  query: Float64Array,
  metric: Neighbours['metric'],
  best: Nearest,
  power = 2,
  exact: ((row: number) => number) | null = null,
): void {
  const { p, box, from, to, right, points, row } = tree;
  const last = best.distance.length - 1;
  const squared = metric === 'euclidean' || metric === 'cosine';
  const largest = metric === 'chebyshev';
  const powers = metric === 'minkowski';
  const gap = (node: number): number => {
    const at = node * 2 * p;
    let sum = 0;
    for (let j = 0; j < p; j++) {
      const q = query[j]!;
      const lo = box[at + j]!;
      const hi = box[at + p + j]!;
      const e = q < lo ? lo - q : q > hi ? q - hi : 0;
      if (largest) sum = e > sum ? e : sum;
      else sum += squared ? e * e : powers ? e ** power * LOOSE : e;
    }
    return exact ? sum / 2 - BENT : Math.min(sum, Number.MAX_VALUE);
  };
  const visit = (node: number, bound: number): void => {
    if (bound > best.distance[last]!) return;
    if (right[node] === 0) {
      const end = to[node]!;
      let worst = best.distance[last]!;
      for (let i = from[node]!; i < end; i++) {
        const at = i * p;
        let d = exact ? exact(row[i]!) : 0;
        for (let j = 0; !exact && j < p; j++) {
          const e = query[j]! - points[at + j]!;
          if (largest) d = Math.max(d, Math.abs(e));
          else d += squared ? e * e : powers ? Math.abs(e) ** power : Math.abs(e);
        }
        if (!(d < Infinity)) d = Number.MAX_VALUE;
        if (d <= worst) {
          insert(best, d, row[i]!);
          worst = best.distance[last]!;
        }
      }
      return;
    }
    const l = node + 1;
    const r = right[node]!;
    const dl = gap(l);
    const dr = gap(r);
    if (dl <= dr) {
      visit(l, dl);
      visit(r, dr);
    } else {
      visit(r, dr);
      visit(l, dl);
    }
  };
  visit(0, gap(0));
}
