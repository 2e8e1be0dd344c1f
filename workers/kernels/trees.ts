/** Rows down trees in plain TypeScript: what the WebAssembly kernel in trees.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/** Bytes of a node: column (−1: a leaf), threshold (Float32), left, right, 1 when missing goes left, where its level set stands (0: none). */
export const NODE = 24;

/** Pointers are byte offsets; a level set is its number of words, then the words. */
export interface TreeKernels {
  /**
   * Adds to `out` (Float64, n × outputs) the values (Float64, `width` a node) of the leaves that n rows land in, trees in order.
   * Roots and targets are Int32 a tree: a node, and the output its leaves add to (−1: a value for each). Cells lie column by
   * column, `room` ≤ 65 536 apart; `lists` has room for 3 × room Uint16.
   *
   * Rows are divided node by node, written to both ends of a list of which one advances: no branch to guess wrong, and no step
   * that waits for the one before, as there is when each row goes down alone.
   */
  add(
    nodes: number,
    value: number,
    width: number,
    roots: number,
    targets: number,
    trees: number,
    cells: number,
    room: number,
    n: number,
    lists: number,
    out: number,
    outputs: number,
  ): void;
}

/** The twin lets each row go down alone: the same leaves, and without WebAssembly about as fast. */
export function plainTrees({ u32, f32, f64 }: Memory): TreeKernels {
  const goesLeft = (at: number, x: number): boolean => {
    const set = u32[at + 5]! >> 2;
    const missingLeft = u32[at + 4] === 1;
    if (set === 0) return x !== x ? missingLeft : x <= f32[at + 1]!;
    if (!(x >= 0) || x >= u32[set]! * 32) return missingLeft;
    return ((u32[set + 1 + (x >>> 5)]! >>> (x & 31)) & 1) === 1;
  };
  return {
    add(nodes, value, width, roots, targets, trees, cells, room, n, _lists, out, outputs) {
      const from = nodes >> 2;
      for (let t = 0; t < trees; t++) {
        const target = u32[(targets >> 2) + t]! | 0;
        const root = u32[(roots >> 2) + t]!;
        for (let i = 0; i < n; i++) {
          let node = root;
          let at = from + (node * NODE) / 4;
          for (let f = u32[at]! | 0; f >= 0; f = u32[at]! | 0) {
            node = u32[at + (goesLeft(at, f32[(cells >> 2) + f * room + i]!) ? 2 : 3)]!;
            at = from + (node * NODE) / 4;
          }
          const to = (out >> 3) + i * outputs;
          const v = (value >> 3) + node * width;
          if (target >= 0) f64[to + target]! += f64[v]!;
          else for (let s = 0; s < width; s++) f64[to + s]! += f64[v + s]!;
        }
      }
    },
  };
}
