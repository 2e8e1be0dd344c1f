/** Grows one tree of boosting from histograms, best leaf first (Ke et al. 2017; scikit-learn's TreeGrower). */
import type { Hands } from '../../../src/core/model.js';
import type { Random } from '../../../src/core/random.js';
import type { BoostKernels } from '../../kernels/boost.js';
import { lead, worth, type Worth } from '../../kernels/hands.js';
import { boostKernels } from '../../kernels/load.js';
import { allocate, sharedMemory, type Memory } from '../../kernels/memory.js';
import type { BinnedColumn } from './boost-bins.js';
import {
  dividedOf,
  foundOf,
  manyLeaves,
  orderBinary,
  orderDivide,
  orderSearch,
  orderSettle,
  planOf,
  poolBytes,
  searcher,
  type Found,
  type SearchHow,
} from './boost-search.js';
import type { Nodes } from './nodes.js';
import type { Pulse } from './pulse.js';
import { ALL } from './ranks.js';

export interface BoostGrowth extends SearchHow {
  readonly learningRate: number;
  /** Infinity: no limit. */
  readonly maxLeaves: number;
  readonly maxDepth: number;
  /** Share of the columns drawn at every node. */
  readonly features: number;
}

/** Fewer rows are not worth sharing out. */
const manyRows = 8192;

export interface Leaf {
  readonly node: number;
  /** Its rows are rows[start … start + n). */
  readonly start: number;
  readonly n: number;
}

interface Open extends Leaf {
  readonly depth: number;
  readonly G: number;
  readonly H: number;
  /** Where its histogram is kept; −1: nowhere. */
  slot: number;
  found: Found | null;
}

export interface Grower {
  readonly memory: Memory;
  /** Byte offset of the bins of a column's block. */
  block(j: number): number;
  /** Gradient pairs of score k: pairs + k · n · 8. */
  readonly pairs: number;
  /** Row numbers, reordered tree by tree so that each leaf's rows lie together. */
  readonly rows: Uint32Array;
  /** Adds a tree for score k; null when told to stop on the way (its nodes are then forgotten). */
  grow(nodes: Nodes, k: number, u: Random, pulse: Pulse, done: number): Promise<Leaf[] | null>;
}

/** Bytes held while growing, for forecasts. */
export const growerBytes = (rows: number, cols: number, scores: number, leaves: number, bins: number): number =>
  rows * (4 * Math.ceil(cols / 4) + 9 + 16 * scores) + Math.min(poolBytes, (leaves + 1) * cols * (bins + 1) * 16);

/** A grower that also keeps the raw scores, so that what touches every row is done beside the rows. */
export interface FastGrower extends Grower {
  /** Raw scores: score · n + row. */
  readonly raw: Float64Array;
  /** Of two classes: 255 for rows of class 1, else 0. Empty unless there is one score and hessians differ. */
  readonly isOne: Uint8Array;
  /** Gradient pairs of two classes, every row weighing 1. */
  binary(): void;
  /** Adds each leaf's answer, the value of its node, to score k of its rows. */
  settle(k: number, leaves: readonly Leaf[], value: ArrayLike<number>): void;
  /** How many threads are there by now, this one counted. */
  readonly shares: number;
  /** The last tree is grown: sends the hands home. */
  close(): void;
}

/** `hands`: threads that may take a share of every tree, from when they have come until `close`; where it `pays`. */
export function grower(
  columns: readonly BinnedColumn[],
  n: number,
  scores: number,
  how: BoostGrowth,
  hands?: Hands,
  kernelsOf: (memory: Memory) => BoostKernels = boostKernels,
  pays: Worth = worth(),
): FastGrower {
  const p = columns.length;
  const wanted = hands && n >= manyRows && p >= 4 ? Math.min(hands.count, Math.floor(p / 4)) : 0;
  const plan = planOf(columns, n, scores, how, how.maxLeaves, 1 + wanted);
  const room = wanted > 0 ? (hands!.room(plan.bytes) as WebAssembly.Memory | null) : null;
  const helping = room ? wanted : 0;
  const memory = room ? sharedMemory(room) : allocate(plan.bytes);
  const kernels = kernelsOf(memory);
  const { u8, u32, f64 } = memory;
  const { pairs, rows, raw, slots } = plan;
  const work = searcher(memory, kernels, plan);
  const leader = lead(memory, plan.board, helping);
  if (helping > 0) hands!.send({ task: 'boost', memory: room!, board: plan.board, plan, count: helping });
  let shared = false;
  let since = 0;
  /** Does the order at the board; how many shares it was cut into. */
  const perform = (isWorth = true): number => {
    if (shared && pays.tooLong(performance.now() - since)) shared = false;
    const shares = shared && isWorth ? leader.shares : 1;
    if (shares === 1) work(0, 1);
    else leader.together(() => work(0, shares));
    return shares;
  };
  const rowView = u32.subarray(rows >>> 2, (rows >>> 2) + n);
  const free: number[] = [];
  const block = (j: number) => plan.bins + (j >>> 2) * n * 4;
  const drawn = Int32Array.from({ length: p }, (_, j) => j);
  const chosen = Math.max(1, Math.round(how.features * p));

  /** The columns a node may be divided by. */
  const listed = (u: Random): Int32Array => {
    if (chosen < p) {
      for (let i = 0; i < chosen; i++) {
        const at = i + Math.floor(u() * (p - i));
        const t = drawn[at]!;
        drawn[at] = drawn[i]!;
        drawn[i] = t;
      }
      drawn.subarray(0, chosen).sort();
    }
    return drawn.slice(0, chosen);
  };

  const openLeaf = (nodes: Nodes, start: number, size: number, depth: number, G: number, H: number): Open => {
    const node = nodes.add(size);
    nodes.value[node] = H + how.l2 > 0 ? (-how.learningRate * G) / (H + how.l2) : 0;
    return { node, start, n: size, depth, G, H, slot: -1, found: null };
  };
  const divisible = (open: Open) => open.n >= 2 * how.minLeaf && open.n > 1 && open.H >= how.minHessian && open.depth < how.maxDepth;

  const divide = (nodes: Nodes, open: Open): readonly [Open, Open] => {
    const found = open.found!;
    const about = columns[found.feature]!;
    const at = open.node;
    const missingBin = about.missing ? about.bins - 1 : -1;
    for (let b = 0; b < about.bins; b++)
      u8[plan.table + b] = found.left ? found.left[b]! : b === missingBin ? (found.missingLeft ? 1 : 0) : b <= found.cut ? 1 : 0;
    orderDivide(memory, plan, found.feature, open.start, open.n);
    const left = dividedOf(memory, kernels, plan, open.start, open.n, perform(open.n >= manyRows));
    const a = openLeaf(nodes, open.start, left, open.depth + 1, found.G, found.H);
    const b = openLeaf(nodes, open.start + left, open.n - left, open.depth + 1, open.G - found.G, open.H - found.H);
    nodes.feature[at] = found.feature;
    nodes.left[at] = a.node;
    nodes.right[at] = b.node;
    nodes.gain[at] = found.gain;
    nodes.missingLeft[at] = (about.missing ? found.missingLeft : a.n > b.n) ? 1 : 0;
    if (about.cuts) nodes.threshold[at] = found.cut < about.cuts.length ? about.cuts[found.cut]! : ALL;
    else writeSet(nodes, at, about, found.left!);
    return [a, b];
  };

  return {
    memory,
    pairs,
    rows: rowView,
    block,
    raw: f64.subarray(raw >>> 3, (raw >>> 3) + n * scores),
    isOne: u8.subarray(plan.isOne, plan.isOne + (scores === 1 && !how.flat ? n : 0)),
    binary() {
      orderBinary(memory, plan);
      perform();
    },
    settle(k, leaves, value) {
      for (let from = 0; from < leaves.length; from += manyLeaves) {
        const some = leaves.slice(from, from + manyLeaves);
        orderSettle(
          memory,
          plan,
          k,
          some,
          some.map((leaf) => value[leaf.node]!),
        );
        perform(n >= manyRows);
      }
    },
    get shares() {
      return leader.shares;
    },
    close: () => leader.dismiss(),
    async grow(nodes, k, u, pulse, done) {
      if (helping > 0) {
        // From the beginning of one tree to that of the next, with what touches every row between them.
        const now = performance.now();
        if (since > 0) pays.took(now - since);
        since = now;
        shared = leader.shares > 1 && pays.next();
      }
      const before = nodes.count;
      const words = nodes.words.length;
      free.length = 0;
      for (let s = slots - 1; s >= 0; s--) free.push(s);
      for (let j = 0; j < p; j++) drawn[j] = j;
      const from = pairs + k * n * 8;
      const sums = plan.own[0]!.out;
      kernels.totals(from, rows, n, sums);
      const largest = f64[(sums >>> 3) + 2]!;
      const root = openLeaf(nodes, 0, n, 0, f64[sums >>> 3]!, f64[(sums >>> 3) + 1]!);
      /** Counts a leaf, takes it off its sibling's (−1: nothing), and searches leaves, all in one order. */
      const search = (counted: Open, less: number, leaves: readonly Open[]): void => {
        const wanted = leaves.map((leaf) => (divisible(leaf) ? leaf : null));
        orderSearch(
          memory,
          plan,
          from,
          counted,
          less,
          largest,
          wanted,
          wanted.map((leaf) => (leaf ? listed(u) : [])),
        );
        const shares = perform();
        wanted.forEach((leaf, t) => leaf && (leaf.found = foundOf(memory, plan, t, shares)));
      };
      if (divisible(root) && how.maxLeaves > 1) {
        root.slot = free.pop()!;
        search(root, -1, [root]);
      }
      const open: Open[] = [];
      const closed: Leaf[] = [];
      (root.found ? open : closed).push(root);
      while (open.length > 0 && open.length + closed.length < how.maxLeaves) {
        const next = takeBest(open, how.maxLeaves === Infinity);
        const [a, b] = divide(nodes, next);
        const small = a.n <= b.n ? a : b;
        const large = small === a ? b : a;
        if (open.length + closed.length + 2 < how.maxLeaves && (divisible(a) || divisible(b))) {
          small.slot = free.pop() ?? -1;
          if (small.slot < 0) small.slot = steal(open, next);
          if (next.slot >= 0) large.slot = next.slot;
          else {
            large.slot = free.pop() ?? steal(open, next);
            search(large, -1, []);
          }
          search(small, next.slot, [a, b]);
          for (const child of [a, b]) if (!child.found) free.push(child.slot);
        } else if (next.slot >= 0) free.push(next.slot);
        for (const child of [a, b]) (child.found ? open : closed).push(child);
        const going = pulse.tick(small.n * p * 2 + plan.first[p]! * 8, done);
        if (going !== true && !(await going)) {
          nodes.forget(before);
          nodes.words.length = words;
          return null;
        }
      }
      nodes.root(root.node, k);
      return [...closed, ...open];
    },
  };
}

/** The leaf whose split gains most; any leaf when all will be split anyway. */
function takeBest(open: Open[], any: boolean): Open {
  if (any) return open.pop()!;
  let best = 0;
  let top = -Infinity;
  for (let i = 0; i < open.length; i++) {
    const gain = open[i]!.found!.gain;
    if (gain > top) {
      top = gain;
      best = i;
    }
  }
  return open.splice(best, 1)[0]!;
}

/** Takes the histogram of the open leaf that is least likely to need it soon. */
function steal(open: readonly Open[], next: Open): number {
  for (const o of open) {
    if (o !== next && o.slot >= 0) {
      const slot = o.slot;
      o.slot = -1;
      return slot;
    }
  }
  throw new Error('No histogram to spare');
}

/** Levels that no training row has go where the missing go. */
function writeSet(nodes: Nodes, at: number, about: BinnedColumn, left: Uint8Array): void {
  const levels = about.binOfLevel.length;
  const size = Math.ceil(levels / 32);
  nodes.set[at] = nodes.words.length;
  const bits = new Uint32Array(size);
  for (let k = 0; k < levels; k++) {
    const b = about.binOfLevel[k]!;
    const isLeft = b < about.bins ? left[b] === 1 : nodes.missingLeft[at] === 1;
    if (isLeft) bits[k >> 5]! |= 1 << (k & 31);
  }
  nodes.words.push(size, ...bits);
}
