/** Rows through small trees, all nodes at once, in plain TypeScript: what the WebAssembly kernel in shallow.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/** Bytes of a slot: as many rows go together. */
export const ROWS = 256;
/** Bytes of a column of cells: as many rows at most are there at a time. */
export const CELLS = 1024;
/** Bytes of a step, and of what stands before the steps of a tree. */
export const STEP = 12;
export const HEAD = 16;

/**
 * Pointers are byte offsets. A cell is a byte: a quantity's number of thresholds below it less 128, or a level's number. A slot holds,
 * for every row, the leaf of its tree that a subtree sends it to; slot 0 is scratch. A step of a tree is, in Uint16, a column of cells,
 * the slots of the left and the right subtree, the slot to write; and in Uint32 the last bin that goes left, or, from 256 on, where a
 * table stands that has, for every level, −128 (left) or 127 (right).
 *
 * Every node is asked for every row: no branch, no step that waits for where a row is, and sixteen rows an instruction. For trees of
 * some tens of leaves that is several times as fast as going down.
 */
export interface ShallowKernels {
  /**
   * Cells of n quantities (n a multiple of 4). `cuts`: 256 Float32, `count` < 255 thresholds in rising order and then Infinity.
   * Missing ones are below all thresholds in `left` and above all in `right`.
   */
  bin(from: number, n: number, cuts: number, count: number, left: number, right: number): void;
  /** Cells of n levels; what is no level below 255 is 255. */
  level(from: number, n: number, to: number): void;
  /**
   * Adds to `out` (Float64, n × outputs) the leaves of n ≤ 1024 rows, trees in order. A tree is four Uint32 (its number of steps, the slot of
   * its leaf, where its values stand, the output they add to: one a leaf; or −1: `width` a leaf), then its steps.
   */
  add(program: number, trees: number, cells: number, slots: number, width: number, n: number, out: number, outputs: number): void;
}

export function plainShallow({ u8, u32, f32, f64 }: Memory): ShallowKernels {
  const u16 = new Uint16Array(u8.buffer);
  return {
    bin(from, n, cuts, count, left, right) {
      for (let i = 0; i < n; i++) {
        const x = f32[(from >> 2) + i]!;
        let below = 0;
        while (below < count && x > f32[(cuts >> 2) + below]!) below++;
        u8[left + i] = below ^ 128;
        u8[right + i] = (x === x ? below : 255) ^ 128;
      }
    },
    level(from, n, to) {
      for (let i = 0; i < n; i++) {
        const x = f32[(from >> 2) + i]!;
        u8[to + i] = x >= 0 && x < 255 ? x : 255;
      }
    },
    add(program, trees, cells, slots, width, n, out, outputs) {
      for (let first = 0; first < n; first += ROWS) {
        let at = program;
        for (let t = 0; t < trees; t++) {
          const [steps, result, values, score] = u32.subarray(at >> 2, (at >> 2) + 4) as unknown as [number, number, number, number];
          at += HEAD;
          for (const end = at + steps * STEP; at < end; at += STEP) {
            const [cell, left, right, to] = u16.subarray(at >> 1, (at >> 1) + 4) as unknown as [number, number, number, number];
            const cut = u32[(at >> 2) + 2]!;
            for (let i = 0; i < ROWS; i++) {
              const bin = u8[cells + cell * CELLS + first + i]!;
              if (cut > 255) u8[slots + i] = u8[cut + bin]!;
              const isLeft = cut > 255 ? u8[cut + bin]! === 128 : (bin ^ 128) <= cut;
              u8[slots + to * ROWS + i] = u8[slots + (isLeft ? left : right) * ROWS + i]!;
            }
          }
          const isOne = (score | 0) >= 0;
          for (let i = 0; i < Math.min(ROWS, n - first); i++) {
            const from = (values >> 3) + u8[slots + result * ROWS + i]! * (isOne ? 1 : width);
            const to = (out >> 3) + (first + i) * outputs;
            if (isOne) f64[to + score]! += f64[from]!;
            else for (let s = 0; s < width; s++) f64[to + s]! += f64[from + s]!;
          }
        }
      }
    },
  };
}
