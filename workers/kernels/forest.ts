/** The search for the splits of class trees in plain TypeScript: what the WebAssembly kernel in forest.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/** The rank of a missing value. */
const MISSING = 0xffff;

/**
 * Pointers are byte offsets. A row of a node is an item of two Uint32: its row of the matrix; and how often it was drawn (1 … 255,
 * upper bits) with its class (lower 8 bits). A row weighs its draws times the factor of its class.
 */
export interface ForestKernels {
  /** Reads the plan (see `Plan`) at this place. */
  begin(at: number): void;
  /** Makes n items the node at hand; fills counts and total, and forgets the best split. Returns how many classes it has. */
  open(items: number, n: number): number;
  /**
   * Improves the best split by those of `count` columns (Int32 each), in order: the purest cut between ranks by Gini, every cut looked
   * at. Returns how many of the columns vary in the node.
   *
   * In WebAssembly few rows of two classes are compared all with all, eight at a time; many rows are counted into coarse bins, and
   * only bins that may hold the best cut, by a bound, are looked into. Here they are sorted; the answer is the same.
   */
  search(columns: number, count: number): number;
  /** Moves items up to rank `last` to the front, both sides in their old order; notes the ranks beside the cut in `best`. Returns how many are left. */
  divide(items: number, n: number, column: number, last: number, missingLeft: number, aside: number): number;
}

/** Byte offsets, and numbers, as Uint32 in this order. */
export interface Plan {
  /** Uint16 by column, `stride` rows a column; 65 535 is missing. */
  readonly ranks: number;
  readonly stride: number;
  readonly classes: number;
  readonly minLeaf: number;
  /** 1: all factors are 1. */
  readonly plain: number;
  /** Uint32 that fit `histogram`; at least 16 · classes. */
  readonly room: number;
  /** Float64 a class. */
  readonly factors: number;
  /** Per class, Uint32: scratch, draws in the node. */
  readonly counts: number;
  /** Float64 gain; Int32 column (−1: none), last rank on the left (or one that divides alike), 1 when the missing go left, 1 when none is missing, first rank on the right; 4 bytes spare; Float64 total weight. */
  readonly best: number;
  // Scratch: two bytes a row + 16; 128 bytes; room · 4; room · 4; 65 536 zeros; room · 16 + 256; 4 bytes a row + 256, twice; 4 a class; 2048.
  readonly cells: number;
  readonly packs: number;
  readonly histogram: number;
  readonly sizes: number;
  readonly marks: number;
  readonly notes: number;
  readonly keys: number;
  readonly spare: number;
  readonly lost: number;
  readonly digits: number;
}
export const PLAN = [
  'ranks', 'stride', 'classes', 'minLeaf', 'plain', 'room', 'factors', 'counts', 'best', 'cells', 'packs', 'histogram', 'sizes', 'marks',
  'notes', 'keys', 'spare', 'lost', 'digits',
] as const satisfies readonly (keyof Plan)[]; // prettier-ignore

export function plainForest({ u8, u32, f64 }: Memory): ForestKernels {
  const u16 = new Uint16Array(u8.buffer);
  const i32 = new Int32Array(u8.buffer);
  let plan = {} as Plan;
  let items = 0;
  let n = 0;
  let total = 0;
  let squares = 0;
  const count = (k: number) => u32[(plan.counts >> 2) + 2 * k + 1]!;
  const factor = (k: number) => f64[(plan.factors >> 3) + k]!;

  /** Σ c² / w of both sides by classes on the left: what the impurity's fall is, but for a constant. */
  const purity = (left: Uint32Array): number => {
    let l2 = 0;
    let r2 = 0;
    let wl = 0;
    let wr = 0;
    for (let k = 0; k < plan.classes; k++) {
      const l = factor(k) * left[k]!;
      const r = factor(k) * (count(k) - left[k]!);
      l2 += l * l;
      r2 += r * r;
      wl += l;
      wr += r;
    }
    return wr > 0 ? l2 / wl + r2 / wr : -Infinity;
  };

  const tryColumn = (j: number): boolean => {
    const keys = new Float64Array(n);
    for (let i = 0; i < n; i++)
      keys[i] = u16[(plan.ranks >> 1) + j * plan.stride + u32[(items >> 2) + 2 * i]!]! * 2 ** 32 + u32[(items >> 2) + 2 * i + 1]!;
    keys.sort();
    const rank = (i: number) => Math.floor(keys[i]! / 2 ** 32);
    if (rank(0) === rank(n - 1)) return false;
    let present = n;
    while (rank(present - 1) === MISSING) present--;
    const best = plan.best >> 2;
    for (const way of present < n ? [0, 1] : [0]) {
      const left = new Uint32Array(plan.classes);
      const add = (i: number) => (left[keys[i]! & 255]! += (keys[i]! % 2 ** 32) >>> 8);
      for (let i = present; i < n && way === 1; i++) add(i);
      let top = -Infinity;
      let last = 0;
      for (let i = 0; i < present; i++) {
        add(i);
        const rows = i + 1 + (way === 1 ? n - present : 0);
        if (rows < plan.minLeaf || n - rows < plan.minLeaf || (i + 1 < present && rank(i) === rank(i + 1))) continue;
        const purest = purity(left);
        // Cuts come in rising order: within rounding the first one stays.
        if (purest > top + (top === -Infinity ? 0 : 1e-13 * total)) {
          top = purest;
          last = rank(i);
        }
      }
      const gain = top - squares / total;
      if (!(gain > f64[best >> 1]! + (i32[best + 2]! < 0 ? 0 : 1e-12 * total))) continue;
      f64[best >> 1] = Math.max(0, gain);
      i32[best + 2] = j;
      i32[best + 3] = last;
      i32[best + 4] = way;
      i32[best + 5] = present < n ? 0 : 1;
    }
    return true;
  };

  return {
    begin(at) {
      plan = Object.fromEntries(PLAN.map((name, i) => [name, u32[(at >> 2) + i]!])) as unknown as Plan;
    },
    open(from, size) {
      items = from;
      n = size;
      u32.fill(0, plan.counts >> 2, (plan.counts >> 2) + 2 * plan.classes);
      for (let i = (items >> 2) + 1; i < (items >> 2) + 2 * n; i += 2) u32[(plan.counts >> 2) + 2 * (u32[i]! & 255) + 1]! += u32[i]! >>> 8;
      total = squares = 0;
      let present = 0;
      for (let k = 0; k < plan.classes; k++) {
        const s = factor(k) * count(k);
        if (s > 0) present++;
        total += s;
        squares += s * s;
      }
      f64[plan.best >> 3] = -Infinity;
      i32[(plan.best >> 2) + 2] = -1;
      f64[(plan.best >> 3) + 4] = total;
      return present;
    },
    search(columns, size) {
      let useful = 0;
      for (let i = 0; i < size; i++) if (tryColumn(i32[(columns >> 2) + i]!)) useful++;
      return useful;
    },
    divide(rows, size, j, last, missingLeft, aside) {
      const from = rows >> 2;
      const to = aside >> 2;
      let left = 0;
      let right = 0;
      let below = 0;
      let above = MISSING;
      for (let i = 0; i < size; i++) {
        const row = u32[from + 2 * i]!;
        const label = u32[from + 2 * i + 1]!;
        const rank = u16[(plan.ranks >> 1) + j * plan.stride + row]!;
        if (rank <= last) below = Math.max(below, rank);
        else above = Math.min(above, rank);
        const isLeft = rank === MISSING ? missingLeft === 1 : rank <= last;
        const at = isLeft ? from + 2 * left++ : to + 2 * right++;
        u32[at] = row;
        u32[at + 1] = label;
      }
      for (let i = 0; i < 2 * right; i++) u32[from + 2 * left + i] = u32[to + i]!;
      u32[(plan.best >> 2) + 3] = below;
      u32[(plan.best >> 2) + 6] = above;
      return left;
    },
  };
}
