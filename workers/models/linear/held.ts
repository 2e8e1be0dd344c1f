/** A matrix held in the kernels' memory, block by block, for fits that pass over it many times. */
import type { Matrix } from '../../../src/core/matrix.js';
import type { LineKernels } from '../../kernels/line.js';
import { lineKernels } from '../../kernels/load.js';
import { allocate, Layout } from '../../kernels/memory.js';

/** Rows of a block: with their scores they stay in the second cache. */
export const BLOCK = 1024;
/** The copy is as large as the matrix: above this, passes read the matrix itself. */
const MOST = 1 << 28;
/** Below this many cells a pass costs less than the memory. */
const LEAST = 20_000;

export interface Held {
  readonly kernels: LineKernels;
  /** Byte offsets of a block, of a column from the one before, and of room for scores (BLOCK of each), weights and slopes (columns). */
  block(at: number): number;
  readonly step: number;
  readonly z: number;
  readonly weights: number;
  readonly slopes: number;
  readonly f64: Float64Array;
}

/** Null where it does not pay or there is no room. `scores`: for each row. */
export function held({ rows, cols, data }: Matrix, scores: number): Held | null {
  const blocks = Math.ceil(rows / BLOCK);
  const layout = new Layout();
  const z = layout.take(8 * BLOCK * scores);
  const weights = layout.take(8 * cols * scores);
  const slopes = layout.take(8 * cols * scores);
  const size = 4 * BLOCK * cols;
  const from = layout.take(size * blocks);
  if (layout.bytes > MOST || rows * cols < LEAST) return null;
  try {
    const memory = allocate(layout.bytes);
    if (!memory.wasm) return null;
    for (let b = 0; b < blocks; b++) {
      const n = Math.min(BLOCK, rows - b * BLOCK);
      for (let j = 0; j < cols; j++) {
        const at = j * rows + b * BLOCK;
        memory.f32.set(data.subarray(at, at + n), (from + b * size) / 4 + j * BLOCK);
      }
    }
    return { kernels: lineKernels(memory), block: (at) => from + at * size, step: 4 * BLOCK, z, weights, slopes, f64: memory.f64 };
  } catch (e) {
    if (e instanceof RangeError) return null;
    throw e;
  }
}
