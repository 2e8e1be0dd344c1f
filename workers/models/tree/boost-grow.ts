/** Grows one tree of boosting from histograms, best leaf first (Ke et al. 2017; scikit-learn's TreeGrower). */
import type { BoostKernels } from '../../kernels/boost.js';
import { boostKernels } from '../../kernels/load.js';
import { allocate, Layout, type Memory } from '../../kernels/memory.js';
import type { Random } from '../../../src/core/random.js';
import type { BinnedColumn } from './boost-bins.js';
import { searchCategories, type CategorySplit } from './category-split.js';
import type { Nodes } from './nodes.js';
import type { Pulse } from './pulse.js';
import { ALL } from './ranks.js';

export interface BoostGrowth {
  readonly learningRate: number;
  /** Infinity: no limit. */
  readonly maxLeaves: number;
  readonly maxDepth: number;
  readonly minLeaf: number;
  readonly l2: number;
  /** Hessians of a leaf never sum to less. */
  readonly minHessian: number;
  /** Share of the columns drawn at every node. */
  readonly features: number;
  /** Hessians are all 1, so their sums count the rows. */
  readonly flat: boolean;
}

/** Histograms kept for subtraction; beyond this both children are counted afresh. */
const poolBytes = 256 * 2 ** 20;

export interface Leaf {
  readonly node: number;
  /** Its rows are rows[start … start + n). */
  readonly start: number;
  readonly n: number;
}

interface Found {
  feature: number;
  /** Loss reduction. */
  gain: number;
  cut: number;
  missingLeft: boolean;
  G: number;
  H: number;
  category: CategorySplit | null;
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
  /** Adds a leaf's answer to score k of its rows. */
  settle(k: number, leaf: Leaf, value: number): void;
}

export function grower(
  columns: readonly BinnedColumn[],
  n: number,
  scores: number,
  how: BoostGrowth,
  kernelsOf: (memory: Memory) => BoostKernels = boostKernels,
): FastGrower {
  const p = columns.length;
  const blocks = Math.ceil(p / 4);
  const layout = new Layout();
  const bins = layout.take(blocks * n * 4);
  const rows = layout.take(n * 4);
  const aside = layout.take(n * 4);
  const pairs = layout.take(n * 8 * scores);
  const raw = layout.take(n * 8 * scores);
  const labels = scores === 1 && !how.flat ? n : 0;
  const isOne = layout.take(labels);
  const room = layout.take(12 * 1024);
  const table = layout.take(256);
  const out = layout.take(64);
  const pointers = layout.take(blocks * 16);
  const first = new Float64Array(p + 1);
  for (let j = 0; j < p; j++) first[j + 1] = first[j]! + columns[j]!.bins;
  const width = first[p]!;
  const spareSums = layout.take(256 * 16);
  const counts = layout.take(256 * 4);
  const slotBytes = Math.ceil(width) * 16;
  const most = Math.max(3, Math.floor(poolBytes / slotBytes));
  const slots = Math.min(most, Number.isFinite(how.maxLeaves) ? how.maxLeaves + 2 : 64, Math.ceil(n / how.minLeaf) + 2);
  const slot0 = layout.take(slots * slotBytes);
  const memory = allocate(layout.bytes);
  const kernels = kernelsOf(memory);
  const { u8, u32, f64 } = memory;
  const rowView = u32.subarray(rows >> 2, (rows >> 2) + n);
  const free: number[] = [];
  const sumsAt = (slot: number, j: number) => slot0 + slot * slotBytes + first[j]! * 16;
  const block = (j: number) => bins + (j >> 2) * n * 4;
  const rowsOf = (leaf: Leaf) => (leaf.n === n ? 0 : rows + leaf.start * 4);
  const drawn = Int32Array.from({ length: p }, (_, j) => j);
  const chosen = Math.max(1, Math.round(how.features * p));
  const part = (G: number, H: number) => (H + how.l2 > 0 ? (G * G) / (H + how.l2) : 0);

  const fill = (slot: number, leaf: Leaf, from: number): void => {
    const at = slot0 + slot * slotBytes;
    u8.fill(0, at, at + slotBytes);
    for (let j = 0; j < 4 * blocks; j++) u32[(pointers >> 2) + j] = j < p ? sumsAt(slot, j) : spareSums;
    kernels.fillAll(bins, n * 4, blocks, rowsOf(leaf), leaf.n, from, pointers, room);
  };
  /** Rows per bin: histograms go without, and few columns of few nodes ask. */
  const count = (leaf: Leaf, j: number): number => {
    kernels.count(block(j) + (j & 3), rowsOf(leaf), leaf.n, columns[j]!.bins, counts);
    return counts;
  };
  /** The largest hessian of the tree at hand: so much a row says of how many rows a sum stands for. */
  let largest = 1;

  /** Writes the best cut of a quantity to `out`, if it gains more than `floor`. */
  const scan = (open: Open, slot: number, j: number, floor: number): void => {
    const { bins: size, missing } = columns[j]!;
    const { G, H } = open;
    const exactly = (by: number) =>
      kernels.scan(sumsAt(slot, j), by, size, missing ? 1 : 0, G, H, open.n, how.l2, how.minLeaf, how.minHessian, out);
    if (how.flat) return exactly(0);
    const reach = how.minLeaf * largest * (1 + 1e-9);
    kernels.sift(sumsAt(slot, j), size, missing ? 1 : 0, G, H, reach, how.l2, how.minHessian, floor, out);
    const doubt = f64[(out >> 3) + 5]!;
    if (doubt > floor && doubt >= f64[out >> 3]!) exactly(count(open, j));
  };

  const search = (open: Open, slot: number, u: Random): void => {
    let best: Found | null = null;
    if (chosen < p) {
      for (let i = 0; i < chosen; i++) {
        const at = i + Math.floor(u() * (p - i));
        const t = drawn[at]!;
        drawn[at] = drawn[i]!;
        drawn[i] = t;
      }
      drawn.subarray(0, chosen).sort();
    }
    const parent = part(open.G, open.H);
    for (let i = 0; i < chosen; i++) {
      const j = drawn[i]!;
      const about = columns[j]!;
      if (about.bins < 2) continue;
      // A gain within rounding of nothing is nothing.
      const floor = Math.max(best ? best.gain : 0, 1e-12 * parent);
      let gain: number;
      let category: CategorySplit | null = null;
      if (about.cuts) {
        scan(open, slot, j, floor);
        gain = f64[out >> 3]!;
      } else {
        const by = how.flat ? 0 : count(open, j);
        category = searchCategories(memory, sumsAt(slot, j), by, about.bins, open, how.l2, how.minLeaf, how.minHessian);
        gain = category ? category.gain : 0;
      }
      if (gain <= floor) continue;
      const o = out >> 3;
      best = category
        ? {
            feature: j,
            gain,
            cut: -1,
            missingLeft: about.missing && category.left[about.bins - 1] === 1,
            G: category.G,
            H: category.H,
            category,
          }
        : {
            feature: j,
            gain,
            cut: f64[o + 1]!,
            missingLeft: f64[o + 2] === 1,
            G: f64[o + 3]!,
            H: f64[o + 4]!,
            category: null,
          };
    }
    open.found = best;
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
      u8[table + b] = found.category ? found.category.left[b]! : b === missingBin ? (found.missingLeft ? 1 : 0) : b <= found.cut ? 1 : 0;
    const left = kernels.partition(block(found.feature) + (found.feature & 3), rows + open.start * 4, open.n, table, aside);
    const a = openLeaf(nodes, open.start, left, open.depth + 1, found.G, found.H);
    const b = openLeaf(nodes, open.start + left, open.n - left, open.depth + 1, open.G - found.G, open.H - found.H);
    nodes.feature[at] = found.feature;
    nodes.left[at] = a.node;
    nodes.right[at] = b.node;
    nodes.gain[at] = found.gain;
    nodes.missingLeft[at] = (about.missing ? found.missingLeft : a.n > b.n) ? 1 : 0;
    if (about.cuts) nodes.threshold[at] = found.cut < about.cuts.length ? about.cuts[found.cut]! : ALL;
    else writeSet(nodes, at, about, found.category!);
    return [a, b];
  };

  return {
    memory,
    pairs,
    rows: rowView,
    block,
    raw: f64.subarray(raw >> 3, (raw >> 3) + n * scores),
    isOne: u8.subarray(isOne, isOne + labels),
    binary: () => kernels.binary(raw, isOne, n, pairs),
    settle: (k, leaf, value) => kernels.settle(raw + k * n * 8, rows + leaf.start * 4, leaf.n, value),
    async grow(nodes, k, u, pulse, done) {
      const before = nodes.count;
      const words = nodes.words.length;
      free.length = 0;
      for (let s = slots - 1; s >= 0; s--) free.push(s);
      for (let j = 0; j < p; j++) drawn[j] = j;
      const from = pairs + k * n * 8;
      kernels.totals(from, rows, n, out);
      largest = f64[(out >> 3) + 2]!;
      const root = openLeaf(nodes, 0, n, 0, f64[out >> 3]!, f64[(out >> 3) + 1]!);
      if (divisible(root) && how.maxLeaves > 1) {
        root.slot = free.pop()!;
        fill(root.slot, root, from);
        search(root, root.slot, u);
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
          fill(small.slot, small, from);
          if (next.slot >= 0) {
            large.slot = next.slot;
            kernels.subtract(sumsAt(large.slot, 0), sumsAt(small.slot, 0), slotBytes >> 3);
          } else {
            large.slot = free.pop() ?? steal(open, next);
            fill(large.slot, large, from);
          }
          for (const child of [a, b]) {
            if (divisible(child)) search(child, child.slot, u);
            if (!child.found) free.push(child.slot);
          }
        } else if (next.slot >= 0) free.push(next.slot);
        for (const child of [a, b]) (child.found ? open : closed).push(child);
        const going = pulse.tick(small.n * p * 2 + width * 8, done);
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
function writeSet(nodes: Nodes, at: number, about: BinnedColumn, split: CategorySplit): void {
  const levels = about.binOfLevel.length;
  const size = Math.ceil(levels / 32);
  nodes.set[at] = nodes.words.length;
  const bits = new Uint32Array(size);
  for (let k = 0; k < levels; k++) {
    const b = about.binOfLevel[k]!;
    const isLeft = b < about.bins ? split.left[b] === 1 : nodes.missingLeft[at] === 1;
    if (isLeft) bits[k >> 5]! |= 1 << (k & 31);
  }
  nodes.words.push(size, ...bits);
}
