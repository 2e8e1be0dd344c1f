/** Boosting of single columns: in every round each column gets one small correction. */
import { boostKernels } from '../../kernels/load.js';
import { allocate, Layout } from '../../kernels/memory.js';
import type { Matrix } from '../../../src/core/matrix.js';
import { writeBins, type BinnedColumn } from '../tree/boost-bins.js';
import type { Pulse } from '../tree/pulse.js';
import { together, type Bag, type Stage } from './bag.js';
import { shapeTree, type Bins, type Growth } from './shape-tree.js';

/** Places for bins in a table, whatever a column uses. */
export const WIDE = 256;

export interface MainStage extends Stage {
  /** A table holds the value of bin b of column j for score k at (k · columns + j) · WIDE + b; columns are rounded up to whole blocks. */
  readonly columns: number;
  readonly bins: readonly Bins[];
  /** Bin of row i (of the rows named) in column j. */
  binOf(j: number, i: number): number;
  /** Adds the values of a table to raw scores. */
  add(table: Float64Array, raw: Float64Array): void;
}

export function binsOf({ bins, missing, cuts }: BinnedColumn): Bins {
  return { ordered: bins - (missing ? 1 : 0), missing, nominal: cuts === null };
}

/** Bytes held, for forecasts. */
export const mainBytes = (rows: number, cols: number, scores: number, bags: number): number =>
  rows * (cols + 8 * scores + bags * (8 * scores + 9)) + bags * (3 * scores + 1) * cols * WIDE * 8;

export async function mainStage(
  X: Matrix,
  rows: Uint32Array,
  about: readonly BinnedColumn[],
  scores: number,
  bags: readonly Bag[],
  how: Growth,
  beat: Pulse,
): Promise<MainStage> {
  const n = rows.length;
  const blocks = Math.ceil(X.cols / 4);
  const columns = 4 * blocks;
  const layout = new Layout();
  const cells = layout.take(4 * blocks * n);
  const pairs = layout.take(8 * n * scores);
  const sums = layout.take(16 * WIDE * columns * scores);
  const four = layout.take(16);
  const memory = allocate(layout.bytes);
  const { u8, u32, f32, f64 } = memory;
  const kernels = boostKernels(memory);
  const bins = about.map(binsOf);
  for (let j = 0; j < X.cols && !beat.stopped; j++) {
    writeBins(X, j, about[j]!, rows, u8, cells + (j >> 2) * 4 * n);
    const going = beat.tick(20 * n, 0);
    if (going !== true && !(await going)) break;
  }
  const counts = bags.map(({ learns }) => {
    const out = new Uint32Array(columns * WIDE);
    for (let j = 0; j < X.cols; j++) {
      const from = cells + (j >> 2) * 4 * n + (j & 3);
      for (let i = 0; i < n; i++) if (learns[i] === 1) out[j * WIDE + u8[from + 4 * i]!]!++;
    }
    return out;
  });
  const grow = shapeTree(scores, how);
  const steps = new Float64Array(scores * columns * WIDE);
  const gradients = f32.subarray(pairs >> 2, (pairs >> 2) + 2 * n * scores);
  const size = Math.max(1, Math.floor(together(how.rate) / 4));

  /** raw += the values of the four columns of a block. */
  const apply = (values: Float64Array, raw: Float64Array, block: number): void => {
    const c = (cells >> 2) + block * n;
    for (let k = 0; k < scores; k++) {
      const t = (k * columns + 4 * block) * WIDE;
      const t0 = values.subarray(t, t + WIDE);
      const t1 = values.subarray(t + WIDE, t + 2 * WIDE);
      const t2 = values.subarray(t + 2 * WIDE, t + 3 * WIDE);
      const t3 = values.subarray(t + 3 * WIDE, t + 4 * WIDE);
      const z = raw.subarray(k * n, k * n + n);
      for (let i = 0; i < n; i++) {
        const cell = u32[c + i]!;
        z[i]! += t0[cell & 255]! + t1[(cell >>> 8) & 255]! + (t2[(cell >>> 16) & 255]! + t3[cell >>> 24]!);
      }
    }
  };

  return {
    size: steps.length,
    columns,
    bins,
    binOf: (j, i) => u8[cells + (j >> 2) * 4 * n + (j & 3) + 4 * i]!,
    add(table, raw) {
      for (let block = 0; block < blocks; block++) apply(table, raw, block);
    },
    async round(bag, at, table, done) {
      for (let first = 0; first < blocks; first += size) {
        const last = Math.min(blocks, first + size);
        bag.loss.gradients(bag.raw, gradients);
        for (let block = first; block < last; block++) {
          for (let k = 0; k < scores; k++) {
            const s = sums + 16 * WIDE * (k * columns + 4 * block);
            f64.fill(0, s >> 3, (s >> 3) + 8 * WIDE);
            for (let c = 0; c < 4; c++) u32[(four >> 2) + c] = s + 16 * WIDE * c;
            kernels.fill(cells + 4 * block * n, 0, n, pairs + 8 * n * k, four, 0);
          }
          const going = beat.tick(8 * n * scores, done);
          if (going !== true && !(await going)) return false;
        }
        steps.fill(0);
        for (let block = first; block < last; block++) {
          let any = false;
          for (let j = 4 * block; j < Math.min(X.cols, 4 * block + 4); j++) {
            const s = (sums >> 3) + 2 * WIDE * j;
            if (grow(bins[j]!, f64, s, 2 * WIDE * columns, counts[at]!, j * WIDE, steps, j * WIDE, columns * WIDE)) any = true;
          }
          if (any) apply(steps, bag.raw, block);
        }
        for (let i = 0; i < steps.length; i++) table[i]! += steps[i]!;
      }
      return true;
    },
  };
}
