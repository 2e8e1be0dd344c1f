/** Inner products of columns over many rows, panel by panel, in the kernel: what second moments are made of. */
import type { Matrix } from '../../../src/core/matrix.js';
import { ROWS, type GramKernels } from '../../kernels/gram.js';
import { gramKernels } from '../../kernels/load.js';
import { allocate, Layout, type Memory } from '../../kernels/memory.js';

export { ROWS };

/** Rows of the matrix copied at a time: fewer would pay more for the call than for the copy. */
const COPIED = 4 * ROWS;

export interface Gram {
  /** Up to ROWS rows of q columns: value i of column j stands at place(j) + 4 i. */
  readonly panel: Float64Array;
  place(j: number): number;
  /** Adds the first `rows` rows of the panel. */
  add(rows: number): void;
  /** Adds columns that stand one after the other, each `length` long. */
  addColumns(values: Float64Array, length: number): void;
  /** Puts (x − mean) · root of rows from … of the columns named into the panel; `from` is a multiple of ROWS, and rows asked for in rising order are copied once. */
  read(X: Matrix, columns: ArrayLike<number>, mean: Float64Array, root: Float64Array, from: number, rows: number): void;
  /** The sums so far, q × q and symmetric, and to go on from such. */
  soFar(): Float64Array;
  begin(sums: Float64Array): void;
  /** The sums, q × q and symmetric. The last to be asked for: the panel belongs to the next one then. */
  take(): Float64Array;
}

interface Room {
  readonly memory: Memory;
  readonly kernels: GramKernels;
}

/** A memory costs more than a small table's sums, so the last one is kept for the next, unless it is large. */
let spare: Room | null = null;
const MOST_KEPT = 1 << 24;

/** Sums of q columns; with `reads`, panels may be read from a matrix of Float32. */
export function gramOf(q: number, reads = false): Gram {
  const groups = Math.ceil(q / 4);
  const wide = 4 * groups;
  const layout = new Layout();
  const out = layout.take(8 * wide * wide);
  const panel = layout.take(8 * wide * ROWS);
  const mean = layout.take(8 * q);
  const root = layout.take(8 * ROWS + 16);
  const copy = layout.take(reads ? 4 * q * COPIED + 16 : 0);
  let room = spare;
  spare = null;
  if (!room || room.memory.u8.length < layout.bytes) {
    const memory = allocate(layout.bytes);
    room = { memory, kernels: gramKernels(memory) };
  } else room.memory.u8.fill(0, 0, copy); // What lies there may be no numbers.
  const { memory, kernels } = room;
  const { f32, f64 } = memory;
  const cells = f64.subarray(panel / 8, panel / 8 + wide * ROWS);
  const place = (j: number) => (j >> 2) * 4 * ROWS + (j & 3);
  const add = (rows: number) => kernels.gram(panel, rows, groups, out);
  let copied = -1;
  const soFar = () => {
    const sums = new Float64Array(q * q);
    for (let a = 0; a < q; a++) for (let b = 0; b <= a; b++) sums[a * q + b] = sums[b * q + a] = f64[out / 8 + a * wide + b]!;
    return sums;
  };
  return {
    panel: cells,
    place,
    add,
    addColumns(values, length) {
      for (let from = 0; from < length; from += ROWS) {
        const rows = Math.min(ROWS, length - from);
        for (let j = 0; j < q; j++) {
          const to = place(j);
          const at = j * length + from;
          for (let i = 0; i < rows; i++) cells[to + 4 * i] = values[at + i]!;
        }
        add(rows);
      }
    },
    read(X, columns, means, roots, from, rows) {
      const within = from % COPIED;
      if (copied !== from - within) {
        copied = from - within;
        const n = Math.min(COPIED, X.rows - copied);
        for (let j = 0; j < columns.length; j++) {
          const at = columns[j]! * X.rows + copied;
          f32.set(X.data.subarray(at, at + n), copy / 4 + j * COPIED);
        }
      }
      f64.set(means, mean / 8);
      f64.set(roots, root / 8);
      kernels.pack(copy + 4 * within, 4 * COPIED, rows, columns.length, mean, root, panel);
    },
    soFar,
    begin(sums) {
      for (let a = 0; a < q; a++) for (let b = 0; b < q; b++) f64[out / 8 + a * wide + b] = sums[a * q + b]!;
    },
    take() {
      const sums = soFar();
      if (memory.u8.length <= MOST_KEPT) spare = room;
      return sums;
    },
  };
}
