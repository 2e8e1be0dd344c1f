/**
 * Orders that grow a tree of boosting: count the histograms of a leaf, look for the best cuts, send rows left and right.
 * Each hand does its share: columns of histograms and cuts, rows of the rest. Shares are cut so that the answer is the same, byte for byte, however many there are.
 */
import type { BoostKernels } from '../../kernels/boost.js';
import { boardBytes, ordersAt } from '../../kernels/hands.js';
import { Layout, type Memory } from '../../kernels/memory.js';
import { searchCategories } from './category-split.js';

/** What of the settings matters here. */
export interface SearchHow {
  readonly l2: number;
  readonly minLeaf: number;
  /** Hessians of a leaf never sum to less. */
  readonly minHessian: number;
  /** Hessians are all 1, so their sums count the rows. */
  readonly flat: boolean;
}

/** Where everything stands in the memory; plain data, so that hands can be told. */
export interface Plan {
  readonly n: number;
  readonly columns: readonly { readonly bins: number; readonly missing: boolean; readonly quantity: boolean }[];
  /** Bins before column j; one more than columns. */
  readonly first: readonly number[];
  readonly how: SearchHow;
  readonly shares: number;
  readonly board: number;
  readonly bins: number;
  readonly rows: number;
  readonly aside: number;
  readonly pairs: number;
  readonly raw: number;
  readonly isOne: number;
  readonly table: number;
  /** Two lists of columns to search, Uint32. */
  readonly lists: number;
  /** Leaves to settle: start, size and answer of each, Float64. */
  readonly leaves: number;
  readonly slots: number;
  readonly slotBytes: number;
  readonly slot0: number;
  /** Each share's own room. */
  readonly own: readonly {
    readonly room: number;
    readonly pointers: number;
    readonly spare: number;
    readonly counts: number;
    readonly out: number;
    readonly found: number;
  }[];
  readonly bytes: number;
}

/** Histograms kept for subtraction; beyond this both children are counted afresh. */
export const poolBytes = 256 * 2 ** 20;

/** Bytes of what a share found for one leaf: six Float64, then the side of each bin of a category. */
const foundBytes = 64 + 256;

export function planOf(
  columns: readonly { readonly bins: number; readonly missing: boolean; readonly cuts: Float32Array | null }[],
  n: number,
  scores: number,
  how: SearchHow,
  maxLeaves: number,
  shares: number,
): Plan {
  const p = columns.length;
  const blocks = Math.ceil(p / 4);
  const layout = new Layout();
  const first = [0];
  for (const c of columns) first.push(first.at(-1)! + c.bins);
  const slotBytes = first[p]! * 16;
  const most = Math.max(3, Math.floor(poolBytes / slotBytes));
  const slots = Math.min(most, Number.isFinite(maxLeaves) ? maxLeaves + 2 : 64, Math.ceil(n / how.minLeaf) + 2);
  const places = {
    board: layout.take(boardBytes),
    bins: layout.take(blocks * n * 4),
    rows: layout.take(n * 4),
    aside: layout.take(n * 4),
    pairs: layout.take(n * 8 * scores),
    raw: layout.take(n * 8 * scores),
    isOne: layout.take(scores === 1 && !how.flat ? n : 0),
    table: layout.take(256),
    lists: layout.take(8 * p),
    leaves: layout.take(24 * manyLeaves),
    slot0: layout.take(slots * slotBytes),
  };
  const own = Array.from({ length: shares }, () => ({
    room: layout.take(12 * 1024),
    pointers: layout.take(blocks * 16),
    spare: layout.take(256 * 16),
    counts: layout.take(256 * 4),
    out: layout.take(64),
    found: layout.take(2 * foundBytes),
  }));
  const about = columns.map((c) => ({ bins: c.bins, missing: c.missing, quantity: c.cuts !== null }));
  return { n, columns: about, first, how, shares, ...places, slots, slotBytes, own, bytes: layout.bytes };
}

/** The orders. */
const SEARCH = 1;
const DIVIDE = 2;
const BINARY = 3;
const SETTLE = 4;

/** Words of the order to search. A leaf that is not wanted has size 0. */
const PAIRS = 1;
/** The leaf whose rows are counted: start, size, slot. */
const COUNT = 2;
/** The slot its histogram is taken from, whose leaf is its sibling; −1: none. */
const LESS = 5;
/** The largest hessian of the tree: so much a row says of how many rows a sum stands for. */
const LARGEST = 6;
/** Two leaves to search: start, size, slot, G, H, how many columns of its list. */
const LEAF = 7;
const leafWords = 6;
/** Leaves of one order to settle. */
export const manyLeaves = 64;
/** Words of the order to settle: score, leaves. */
const SCORE = 1;
/** Words of the order to divide: column, start, size. */
const COLUMN = 1;

export interface Searched {
  readonly start: number;
  readonly n: number;
  readonly slot: number;
  readonly G: number;
  readonly H: number;
}

export interface Found {
  readonly feature: number;
  /** Loss reduction. */
  readonly gain: number;
  readonly cut: number;
  readonly missingLeft: boolean;
  readonly G: number;
  readonly H: number;
  /** Of a category: 1 for each bin that goes left. */
  readonly left: Uint8Array | null;
}

/** Writes an order to count one leaf's histogram, if `count`, to take it off another, and to search up to two leaves on the columns listed. */
export function orderSearch(
  memory: Memory,
  plan: Plan,
  pairs: number,
  count: { readonly start: number; readonly n: number; readonly slot: number },
  less: number,
  largest: number,
  leaves: readonly (Searched | null)[],
  lists: readonly ArrayLike<number>[],
): void {
  const order = ordersAt(memory, plan.board);
  order[0] = SEARCH;
  order[PAIRS] = pairs;
  order.set([count.start, count.n, count.slot, less, largest], COUNT);
  for (let t = 0; t < 2; t++) {
    const leaf = leaves[t];
    const at = LEAF + t * leafWords;
    if (!leaf) order[at + 1] = 0;
    else {
      order.set([leaf.start, leaf.n, leaf.slot, leaf.G, leaf.H, lists[t]!.length], at);
      memory.u32.set(lists[t]!, (plan.lists >>> 2) + t * plan.columns.length);
    }
  }
}

/** What the order to search has found for leaf t: the best over the shares, the first of equals. */
export function foundOf(memory: Memory, plan: Plan, t: number, shares: number): Found | null {
  let best: Found | null = null;
  for (const { found } of plan.own.slice(0, shares)) {
    const at = found + t * foundBytes;
    const [gain = 0, feature = 0, cut = 0, missingLeft = 0, G = 0, H = 0] = memory.f64.subarray(at >>> 3, (at >>> 3) + 6);
    if (gain <= (best ? best.gain : 0)) continue;
    const left = plan.columns[feature]!.quantity ? null : memory.u8.slice(at + 64, at + 64 + 256);
    best = { feature, gain, cut, missingLeft: missingLeft === 1, G, H, left };
  }
  return best;
}

export function orderDivide(memory: Memory, plan: Plan, column: number, start: number, n: number): void {
  ordersAt(memory, plan.board).set([DIVIDE, column, start, n]);
}

/** Gradient pairs of two classes, every row weighing 1. */
export function orderBinary(memory: Memory, plan: Plan): void {
  ordersAt(memory, plan.board)[0] = BINARY;
}

/** Writes an order to add answers to a score of the rows of at most `manyLeaves` leaves. */
export function orderSettle(
  memory: Memory,
  plan: Plan,
  score: number,
  leaves: readonly { readonly start: number; readonly n: number }[],
  answers: ArrayLike<number>,
): void {
  ordersAt(memory, plan.board).set([SETTLE, score, leaves.length]);
  leaves.forEach(({ start, n }, i) => memory.f64.set([start, n, answers[i]!], (plan.leaves >>> 3) + 3 * i));
}

/** Brings the shares of a divided leaf together, all that went left in front; how many did. */
export function dividedOf(memory: Memory, kernels: BoostKernels, plan: Plan, start: number, n: number, shares: number): number {
  const lefts = plan.own.slice(0, shares).map(({ out }) => memory.f64[out >>> 3]!);
  const rows = plan.rows + 4 * start;
  let left = lefts[0]!;
  if (shares === 1) return left;
  let right = 0;
  for (let s = 0; s < shares; s++) {
    const from = rows + 4 * shareOf(n, shares, s);
    const stay = 4 * lefts[s]!;
    const size = rows + 4 * shareOf(n, shares, s + 1) - from - stay;
    kernels.move(plan.aside + right, from + stay, size);
    right += size;
    if (s === 0) continue;
    kernels.move(rows + 4 * left, from, stay);
    left += lefts[s]!;
  }
  kernels.move(rows + 4 * left, plan.aside, right);
  return left;
}

/** Where share s of n begins; an even number. */
const shareOf = (n: number, shares: number, s: number) => (s === shares ? n : 2 * Math.floor((n * s) / shares / 2));

/** Does the share of an order that stands at the board. */
export function searcher(memory: Memory, kernels: BoostKernels, plan: Plan): (share: number, shares: number) => void {
  const { columns, first, how, n: all, bins, slot0, slotBytes } = plan;
  const { u8, u32, f64 } = memory;
  const p = columns.length;
  const order = ordersAt(memory, plan.board);
  const sumsAt = (slot: number, j: number) => slot0 + slot * slotBytes + first[j]! * 16;
  const block = (j: number) => bins + (j >>> 2) * all * 4 + (j & 3);
  const rowsAt = (start: number, n: number) => (n === all ? 0 : plan.rows + start * 4);
  /** Columns go in pairs, half a block. */
  const columnOf = (share: number, shares: number) => Math.min(p, 2 * Math.floor((Math.ceil(p / 2) * share) / shares));

  const search = (t: number, from: number, to: number, own: Plan['own'][number]): void => {
    const at = LEAF + t * leafWords;
    const start = order[at]!;
    const n = order[at + 1]!;
    const slot = order[at + 2]!;
    const G = order[at + 3]!;
    const H = order[at + 4]!;
    const listed = order[at + 5]!;
    const list = (plan.lists >>> 2) + t * p;
    const found = (own.found + t * foundBytes) >>> 3;
    f64[found] = 0;
    const reach = how.minLeaf * order[LARGEST]! * (1 + 1e-9);
    // A gain within rounding of nothing is nothing.
    let floor = H + how.l2 > 0 ? 1e-12 * ((G * G) / (H + how.l2)) : 0;
    const o = own.out >>> 3;
    // Histograms go without rows per bin, and few columns of few leaves ask.
    const counted = (j: number) => {
      if (how.flat) return 0;
      kernels.count(block(j), rowsAt(start, n), n, columns[j]!.bins, own.counts);
      return own.counts;
    };
    for (let i = 0; i < listed; i++) {
      const j = u32[list + i]!;
      if (j < from || j >= to) continue;
      const { bins: size, missing, quantity } = columns[j]!;
      if (size < 2) continue;
      const sums = sumsAt(slot, j);
      if (!quantity) {
        const split = searchCategories(memory, sums, counted(j), size, { G, H, n }, how.l2, how.minLeaf, how.minHessian);
        if (!split || split.gain <= floor) continue;
        floor = split.gain;
        f64.set([split.gain, j, -1, missing && split.left[size - 1] === 1 ? 1 : 0, split.G, split.H], found);
        u8.set(split.left, 8 * found + 64);
        continue;
      }
      const has = missing ? 1 : 0;
      const exactly = (by: number) => kernels.scan(sums, by, size, has, G, H, n, how.l2, how.minLeaf, how.minHessian, own.out);
      if (how.flat) exactly(0);
      else {
        kernels.sift(sums, size, has, G, H, reach, how.l2, how.minHessian, floor, own.out);
        const doubt = f64[o + 5]!;
        if (doubt > floor && doubt >= f64[o]!) exactly(counted(j));
      }
      const gain = f64[o]!;
      if (gain <= floor) continue;
      floor = gain;
      f64[found] = gain;
      f64[found + 1] = j;
      for (let k = 1; k < 5; k++) f64[found + 1 + k] = f64[o + k]!;
    }
  };

  return (share, shares) => {
    const own = plan.own[share]!;
    if (order[0] === SEARCH) {
      const from = columnOf(share, shares);
      const to = columnOf(share + 1, shares);
      const start = order[COUNT]!;
      const n = order[COUNT + 1]!;
      const slot = order[COUNT + 2]!;
      const less = order[LESS]!;
      const at = sumsAt(slot, from);
      const cells = 2 * (first[to]! - first[from]!);
      if (n > 0) {
        kernels.clear(at, 8 * cells);
        const block0 = from >>> 2;
        const blocks = Math.ceil(to / 4) - block0;
        for (let j = 4 * block0; j < 4 * (block0 + blocks); j++) {
          const isHere = j >= from && (j & ~1) < to;
          u32[(own.pointers >>> 2) + j - 4 * block0] = !isHere ? 0 : j < p ? sumsAt(slot, j) : own.spare;
        }
        if (blocks > 0)
          kernels.fillAll(bins + block0 * all * 4, all * 4, blocks, rowsAt(start, n), n, order[PAIRS]!, own.pointers, own.room);
      }
      if (less >= 0) kernels.subtract(sumsAt(less, from), at, cells);
      for (let t = 0; t < 2; t++) if (order[LEAF + t * leafWords + 1]! > 0) search(t, from, to, own);
      return;
    }
    if (order[0] === DIVIDE) {
      const n = order[COLUMN + 2]!;
      const from = shareOf(n, shares, share);
      const size = shareOf(n, shares, share + 1) - from;
      const rows = plan.rows + (order[COLUMN + 1]! + from) * 4;
      f64[own.out >>> 3] = kernels.partition(block(order[COLUMN]!), rows, size, plan.table, plan.aside + from * 4);
      return;
    }
    const from = shareOf(all, shares, share);
    const to = shareOf(all, shares, share + 1);
    if (order[0] === BINARY) return kernels.binary(plan.raw + from * 8, plan.isOne + from, to - from, plan.pairs + from * 8);
    const raw = plan.raw + order[SCORE]! * all * 8;
    for (let i = 0, at = plan.leaves >>> 3; i < order[SCORE + 1]!; i++, at += 3) {
      const start = Math.max(from, f64[at]!);
      const end = Math.min(to, f64[at]! + f64[at + 1]!);
      if (start < end) kernels.settle(raw, plan.rows + start * 4, end - start, f64[at + 2]!);
    }
  };
}
