/** Isolation trees: random splits until rows stand alone; those that soon do are unusual (Liu, Ting & Zhou 2008). */
import { column, type Matrix } from '../../../src/core/matrix.js';
import { random, splitSeed, type Random } from '../../../src/core/random.js';
import { sampleRows } from './cuts.js';
import type { Nodes } from './nodes.js';
import type { Pulse } from './pulse.js';
import { ALL } from './ranks.js';

const euler = 0.5772156649015329;
const float = new Float32Array(1);

/** The average length of an unsuccessful search in a binary tree of n values: how much deeper n rows left in a leaf would lie. */
export function averagePath(n: number): number {
  if (n <= 1) return 0;
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + euler) - (2 * (n - 1)) / n;
}

/** From mean path lengths to scores between 0 and 1: about 0.5 is usual, near 1 is unusual. `samples` rows made each tree. */
export const anomalyScore = (path: number, samples: number): number => 2 ** (-path / Math.max(averagePath(samples), Number.MIN_VALUE));

/** Writes to every node from `root` on what its rows' path length is, should it be a leaf. */
export function writePaths(nodes: Nodes, root: number): void {
  const depth = new Map([[root, 0]]);
  for (let i = root; i < nodes.count; i++) {
    const here = depth.get(i)!;
    nodes.value[i] = here + averagePath(nodes.cover[i]!);
    if (nodes.feature[i]! < 0) continue;
    depth.set(nodes.left[i]!, here + 1);
    depth.set(nodes.right[i]!, here + 1);
  }
}

export interface Isolation {
  readonly trees: number;
  /** Rows drawn for each tree. */
  readonly samples: number;
  /** Columns drawn for each tree. */
  readonly features: number;
}

/**
 * Adds trees whose values are path lengths to those there are. Every tree has its own stream of chance. At least one is grown,
 * whatever the pulse says; `after` hears of each that was not the last before a stop.
 */
export async function isolate(
  nodes: Nodes,
  X: Matrix,
  rows: Uint32Array,
  how: Isolation,
  seed: number,
  pulse: Pulse,
  after?: () => void,
): Promise<void> {
  const depth = Math.ceil(Math.log2(Math.max(2, how.samples)));
  for (let t = nodes.roots.length; t < how.trees && (t === 0 || !pulse.stopped); t++) {
    const u = random(splitSeed(seed, t));
    const root = grow(nodes, X, sampleRows(rows, how.samples, u).slice(), columnsFor(X.cols, how.features, u), depth, u);
    writePaths(nodes, root);
    nodes.root(root, 0);
    const going = pulse.tick(how.samples * depth * 60, t + 1);
    if (going === true || (await going)) after?.();
  }
}

function columnsFor(cols: number, some: number, u: Random): Int32Array {
  const all = Int32Array.from({ length: cols }, (_, j) => j);
  for (let i = 0; i < some; i++) swap(all, i, i + Math.floor(u() * (cols - i)));
  return all.subarray(0, some);
}

function swap(list: Int32Array, i: number, j: number): void {
  const t = list[i]!;
  list[i] = list[j]!;
  list[j] = t;
}

/** Adds a tree over the rows (reordered in place). O(rows · depth). */
function grow(nodes: Nodes, X: Matrix, rows: Uint32Array, columns: Int32Array, deepest: number, u: Random): number {
  const root = nodes.add(rows.length);
  const open = [{ node: root, start: 0, end: rows.length, depth: 0 }];
  while (open.length > 0) {
    const { node, start, end, depth } = open.pop()!;
    if (end - start < 2 || depth >= deepest) continue;
    const split = draw(X, rows, start, end, columns, u);
    if (!split) continue;
    const x = column(X, split.feature);
    let to = start;
    for (let i = start; i < end; i++) {
      const v = x[rows[i]!]!;
      // A missing value goes either way, as often as present ones do; where it is the only thing that differs, right.
      const isLeft = v !== v ? u() < split.missingLeft : v <= split.threshold;
      if (!isLeft) continue;
      const r = rows[i]!;
      rows[i] = rows[to]!;
      rows[to++] = r;
    }
    if (to === start || to === end) continue;
    const left = nodes.add(to - start);
    const right = nodes.add(end - to);
    nodes.feature[node] = split.feature;
    nodes.threshold[node] = split.threshold;
    nodes.left[node] = left;
    nodes.right[node] = right;
    nodes.missingLeft[node] = split.threshold < ALL && to - start > end - to ? 1 : 0;
    open.push({ node: right, start: to, end, depth: depth + 1 }, { node: left, start, end: to, depth: depth + 1 });
  }
  return root;
}

/** A column that varies among these rows and a threshold anywhere between its ends; null when none varies. */
function draw(X: Matrix, rows: Uint32Array, start: number, end: number, columns: Int32Array, u: Random) {
  for (let left = columns.length; left > 0; left--) {
    const at = Math.floor(u() * left);
    const feature = columns[at]!;
    swap(columns, at, left - 1);
    const x = column(X, feature);
    let low = Infinity;
    let high = -Infinity;
    let missing = 0;
    for (let i = start; i < end; i++) {
      const v = x[rows[i]!]!;
      if (v !== v) missing++;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    if (missing === end - start || (!(low < high) && missing === 0)) continue;
    if (!(low < high)) return { feature, threshold: ALL, missingLeft: 0 };
    float[0] = low + u() * (high - low);
    const threshold = float[0] < high ? Math.max(low, float[0]) : low;
    let below = 0;
    for (let i = start; i < end; i++) if (x[rows[i]!]! <= threshold) below++;
    return { feature, threshold, missingLeft: missing > 0 ? below / (end - start - missing) : 0 };
  }
  return null;
}
