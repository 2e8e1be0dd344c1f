/** Grows one tree as CART does (Breiman et al. 1984): depth first, or best first when the number of leaves is limited. */
import type { Random } from '../../../src/core/random.js';
import { isCount, isList, savedIn, type Keep } from '../resume.js';
import { isNodes, type Nodes, type NodesState } from './nodes.js';
import { ALL, MISSING, type Ranks } from './ranks.js';
import { none, search, type Criterion, type NodeRows, type Split } from './split.js';
import { searchRandom } from './random-split.js';

export interface Growth {
  readonly criterion: Criterion;
  readonly maxDepth: number;
  readonly minSplit: number;
  readonly minLeaf: number;
  /** 0: no limit. */
  readonly maxLeaves: number;
  /** Columns tried per node; more are tried while all of them are constant. */
  readonly features: number;
  /** Where columns split alike, chance decides and not their order: in small nodes most do, and trees of a forest shall differ. */
  readonly dealt?: boolean;
  /** One random threshold per column (extremely randomised trees) instead of the best. */
  readonly random: boolean;
}

export interface Sample {
  readonly ranks: Ranks;
  readonly code: Int32Array | null;
  readonly y: Float64Array | null;
  /** By row of the matrix; null: all 1. */
  readonly weight: Float64Array | null;
}

interface Open {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly split: Split;
}

/** After a split; of a tree that is alone, and to whose splits chance adds nothing. */
interface Grown {
  readonly nodes: NodesState;
  readonly loss: Float64Array;
  readonly rows: Uint32Array;
  readonly open: readonly Open[];
  readonly settled: number;
  readonly leaves: number;
}

/** With what the search for its split has come to. */
interface Begun extends Open {
  /** Columns not tried yet. */
  left: number;
  tried: number;
  useful: number;
}

/** Operations of a row in the search of a column, as the pulse counts them; nodes beyond so many are listened in between. */
const COLUMN = 20;
const LARGE = 4e6;

/** Told now and then how many rows have found their leaf; resolves to false to stop. */
export type Tick = (operations: number, settled: number) => Promise<boolean> | true;

/**
 * Adds a tree over rows (reordered in place) to `nodes`; `loss` receives each node's weighted impurity. Returns the root.
 * When told to stop, open nodes stay leaves, so the tree is valid. O(columns tried · n log n · depth).
 */
export async function grow(
  nodes: Nodes,
  loss: number[],
  sample: Sample,
  rows: Uint32Array,
  how: Growth,
  node: NodeRows,
  u: Random,
  tick: Tick,
  keep?: Keep,
): Promise<number> {
  const { ranks } = sample;
  const columns = Int32Array.from({ length: ranks.cols }, (_, j) => j);
  const aside = new Uint32Array(rows.length);
  let settled = 0;
  let going = true;

  /** A node with its answer; its split is found column by column. */
  const begin = (start: number, end: number, depth: number): Begun => {
    const pure = gather(node, sample, rows, start, end, how.criterion);
    const id = nodes.add(node.total);
    loss[id] = node.loss;
    if (sample.code) for (let k = 0; k < node.classes; k++) nodes.value[id * nodes.width + k] = node.sums[k]! / node.total;
    else nodes.value[id] = node.cost[0]!;
    const n = end - start;
    const divides = !pure && depth < how.maxDepth && n >= how.minSplit && n >= 2 * how.minLeaf;
    return { node: id, start, end, depth, split: none(), left: divides ? columns.length : 0, tried: 0, useful: 0 };
  };
  /** Tries the next column; false when there is none to try. */
  const look = (at: Begun): boolean => {
    const { left, start, split } = at;
    if (left === 0 || (at.tried >= how.features && at.useful > 0)) return false;
    // Drawn without replacement; all columns in their own order when none is left out and chance is not to decide.
    let j = columns.length - left;
    if (how.features < columns.length || how.dealt) {
      const drawn = Math.floor(u() * left);
      j = columns[drawn]!;
      columns[drawn] = columns[left - 1]!;
      columns[left - 1] = j;
    }
    at.left--;
    at.tried++;
    const varies = how.random
      ? searchRandom(node, how.criterion, ranks, j, rows, start, how.minLeaf, u, split)
      : search(node, how.criterion, ranks, j, rows, start, how.minLeaf, split);
    if (varies) at.useful++;
    return true;
  };
  const create = (start: number, end: number, depth: number): Open => {
    const at = begin(start, end, depth);
    while (look(at));
    return at;
  };
  /** The same for many rows, where even one node takes long. */
  const createHeard = async (start: number, end: number, depth: number): Promise<Open> => {
    const at = begin(start, end, depth);
    while (going && look(at)) going = await tick((end - start) * COLUMN, settled);
    return at;
  };

  /** Puts the rows of the left side before those of the right one; returns where those begin. */
  const part = ({ split, start, end }: Open): number => {
    const column = ranks.data.subarray(split.feature * ranks.rows, (split.feature + 1) * ranks.rows);
    let to = start;
    let kept = 0;
    for (let i = start; i < end; i++) {
      const row = rows[i]!;
      const r = column[row]!;
      if (r === MISSING ? split.missingLeft : r <= split.last) rows[to++] = row;
      else aside[kept++] = row;
    }
    rows.set(aside.subarray(0, kept), to);
    return to;
  };
  const join = ({ node: at, split }: Open, left: Open, right: Open): void => {
    nodes.feature[at] = split.feature;
    nodes.threshold[at] = Math.min(split.threshold, ALL);
    nodes.left[at] = left.node;
    nodes.right[at] = right.node;
    nodes.gain[at] = split.gain;
    const leftLarger = nodes.cover[left.node]! > nodes.cover[right.node]!;
    nodes.missingLeft[at] = (split.complete ? leftLarger : split.missingLeft) ? 1 : 0;
  };

  const few = Math.min(how.features, ranks.cols) * COLUMN;
  const isLarge = (n: number) => n * few >= LARGE;
  const saved = savedIn<Grown>(keep, {
    nodes: isNodes(nodes.width),
    loss: (v) => v instanceof Float64Array,
    rows: (v) => v instanceof Uint32Array && v.length === rows.length,
    open: isList((v) => typeof v === 'object' && v !== null),
    settled: isCount,
    leaves: isCount,
  });
  if (saved) {
    nodes.restore(saved.nodes);
    for (const l of saved.loss) loss.push(l);
    rows.set(saved.rows);
    ({ settled } = saved);
  }
  const open: Open[] = saved ? saved.open.map((o) => ({ ...o, split: { ...o.split } })) : [];
  let root = 0;
  if (!saved) {
    const first = isLarge(rows.length) ? await createHeard(0, rows.length, 0) : create(0, rows.length, 0);
    root = first.node;
    open.push(first);
  }
  let leaves = saved?.leaves ?? 1;
  const state = (): Grown => ({
    nodes: nodes.state(),
    loss: Float64Array.from(loss),
    rows: rows.slice(),
    open: open.map(({ node: id, start, end, depth, split }) => ({ node: id, start, end, depth, split: { ...split } })),
    settled,
    leaves,
  });
  while (open.length > 0 && going) {
    const next = how.maxLeaves === 0 ? open.pop()! : takeBest(open);
    const { start, end, depth } = next;
    if (next.split.feature < 0) {
      settled += end - start;
      continue;
    }
    if (how.maxLeaves > 0 && leaves >= how.maxLeaves) break;
    const to = part(next);
    const large = isLarge(end - start);
    const left = large ? await createHeard(start, to, depth + 1) : create(start, to, depth + 1);
    const right = large ? await createHeard(to, end, depth + 1) : create(to, end, depth + 1);
    join(next, left, right);
    leaves++;
    open.push(right, left);
    const heard = large || tick((end - start) * few, settled);
    if (heard !== true && !(await heard)) break;
    if (going && (large || heard !== true)) keep?.offer(nodes.bytes + 4 * rows.length, state);
  }
  return root;
}

function takeBest(open: Open[]): Open {
  let best = 0;
  for (let i = 1; i < open.length; i++) if (open[i]!.split.gain > open[best]!.split.gain) best = i;
  return open.splice(best, 1)[0]!;
}

/** Fills `node` with the rows' targets, weights and sums; cost[0] is a number node's value. True when all targets are equal. */
function gather(node: NodeRows, sample: Sample, rows: Uint32Array, start: number, end: number, criterion: Criterion): boolean {
  const n = (node.n = end - start);
  const { weight } = node;
  let total = 0;
  if (sample.weight) for (let i = 0; i < n; i++) total += weight[i] = sample.weight[rows[start + i]!]!;
  else {
    weight.fill(1, 0, n);
    total = n;
  }
  node.total = total;
  if (sample.code) {
    const { code, sums, classes } = node;
    sums.fill(0);
    for (let i = 0; i < n; i++) {
      const c = (code[i] = sample.code[rows[start + i]!]!);
      sums[c]! += weight[i]!;
    }
    let present = 0;
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      if (sums[k]! > 0) present++;
      sum += criterion === 'gini' ? (sums[k]! * sums[k]!) / total : sums[k]! > 0 ? -sums[k]! * Math.log2(sums[k]! / total) : 0;
    }
    node.loss = Math.max(0, criterion === 'gini' ? total - sum : sum);
    return present <= 1;
  }
  const from = sample.y!;
  const { y } = node;
  let low = Infinity;
  let high = -Infinity;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const v = (y[i] = from[rows[start + i]!]!);
    if (v < low) low = v;
    if (v > high) high = v;
    sum += weight[i]! * v;
  }
  const middle = low === high ? low : criterion === 'absolute_error' ? median(y, weight, n) : sum / total;
  node.cost[0] = middle;
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const d = (y[i] = y[i]! - middle);
    loss += weight[i]! * (criterion === 'absolute_error' ? Math.abs(d) : d * d);
  }
  node.loss = loss;
  return low === high;
}

/** The weighted median of the first n; halfway between two when exactly half the weight lies on each side. */
export function median(y: ArrayLike<number>, weight: ArrayLike<number>, n: number): number {
  const by = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => y[a]! - y[b]!);
  let total = 0;
  for (let i = 0; i < n; i++) total += weight[i]!;
  let below = 0;
  for (let i = 0; i < n; i++) {
    below += weight[by[i]!]!;
    if (below === total / 2 && i + 1 < n) return y[by[i]!]! / 2 + y[by[i + 1]!]! / 2;
    if (below >= total / 2) return y[by[i]!]!;
  }
  return y[by[n - 1]!]!;
}
