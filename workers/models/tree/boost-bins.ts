/** Cells as bins of one byte for boosting, in blocks of four columns, and what each bin means. */
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { Random } from '../../../src/core/random.js';
import { shallowKernels } from '../../kernels/load.js';
import { allocate, Layout } from '../../kernels/memory.js';
import { binOf, cuts, sampleRows, sorted, sortedCells } from './cuts.js';
import { sorter, type Sorter } from './radix.js';

export interface BinnedColumn {
  /** Bins in use, the missing one included; it is the last. */
  readonly bins: number;
  readonly missing: boolean;
  /** Quantity: bin b holds values up to cuts[b], the last one the rest. Null for categories. */
  readonly cuts: Float32Array | null;
  /** Category: the bin of each level; 255 for levels that no row has. Empty for quantities. */
  readonly binOfLevel: Uint8Array;
}

/** Quantiles of more rows than this change nothing (scikit-learn's subsample). */
const enough = 200_000;
const unseen = 255;

/** Finds each column's cuts on the rows named. At most `most` bins beside the missing one; most ≤ 255. */
export function binColumns(X: Matrix, rows: Uint32Array, weight: Float64Array | null, most: number, u: Random): BinnedColumn[] {
  const some = sampleRows(rows, enough, u);
  const by = sorter(some.length);
  return Array.from({ length: X.cols }, (_, j) => binOne(X, j, rows, some, weight, most, by));
}

/** The same, which `going` may end: the columns that are left are then taken as constant. */
export async function binColumnsHeard(
  X: Matrix,
  rows: Uint32Array,
  weight: Float64Array | null,
  most: number,
  u: Random,
  going: (work: number) => Promise<boolean> | true,
): Promise<BinnedColumn[]> {
  const some = sampleRows(rows, enough, u);
  const by = sorter(some.length);
  const out: BinnedColumn[] = [];
  let on: boolean = true;
  for (let j = 0; j < X.cols; j++) {
    // As long as a column takes, in the operations that the pulse counts.
    if (on) on = await going(some.length * 20);
    out.push(on ? binOne(X, j, rows, some, weight, most, by) : constant(X.levels[j]!));
  }
  return out;
}

const constant = (levels: number): BinnedColumn => ({
  bins: 1,
  missing: false,
  cuts: levels > 0 ? null : new Float32Array(0),
  binOfLevel: new Uint8Array(levels),
});

function binOne(
  X: Matrix,
  j: number,
  rows: Uint32Array,
  some: Uint32Array,
  weight: Float64Array | null,
  most: number,
  by: Sorter,
): BinnedColumn {
  const x = column(X, j);
  if (X.levels[j]! > 0) return binLevels(x, X.levels[j]!, rows, weight, most, hasMissing(x, rows));
  const present = weight ? sorted(x, some, weight, by) : sortedCells(x, some, by);
  const missing = present.values.length < some.length || (some.length < rows.length && hasMissing(x, rows));
  const cut = cuts(present, most);
  return { bins: cut.length + 1 + (missing ? 1 : 0), missing, cuts: cut, binOfLevel: new Uint8Array(0) };
}

function hasMissing(x: Float32Array, rows: Uint32Array): boolean {
  for (let i = 0; i < rows.length; i++) if (Number.isNaN(x[rows[i]!]!)) return true;
  return false;
}

/** Levels that rows have get a bin each, by code; with too many of them the rarest count as missing. */
function binLevels(
  x: Float32Array,
  levels: number,
  rows: Uint32Array,
  weight: Float64Array | null,
  most: number,
  missing: boolean,
): BinnedColumn {
  const share = new Float64Array(levels);
  for (let i = 0; i < rows.length; i++) {
    const code = x[rows[i]!]!;
    if (code >= 0 && code < levels) share[code]! += weight ? weight[rows[i]!]! : 1;
  }
  const present = Array.from({ length: levels }, (_, k) => k).filter((k) => share[k]! > 0);
  const room = Math.min(most, unseen);
  const kept =
    present.length <= room
      ? present
      : present
          .sort((a, b) => share[b]! - share[a]! || a - b)
          .slice(0, room)
          .sort((a, b) => a - b);
  const isMissing = missing || kept.length < present.length;
  const binOfLevel = new Uint8Array(levels).fill(unseen);
  if (kept.length < present.length) for (const k of present) binOfLevel[k] = kept.length;
  kept.forEach((k, b) => (binOfLevel[k] = b));
  return { bins: Math.max(1, kept.length + (isMissing ? 1 : 0)), missing: isMissing, cuts: null, binOfLevel };
}

/** Cells that are binned together. */
const BATCH = 1024;
/** Cuts that fit the kernel: bin 255 is its missing one. */
const MOST_CUTS = 254;

/** Writes the bins of column j of the rows named at to[4 · i + (j mod 4)] of its block. */
export function writeBins(X: Matrix, j: number, about: BinnedColumn, rows: Uint32Array, to: Uint8Array, block: number): void {
  const x = column(X, j);
  const at = block + (j & 3);
  const last = about.bins - 1;
  const { cuts: cut, binOfLevel } = about;
  if (!cut) {
    for (let i = 0; i < rows.length; i++) {
      const v = x[rows[i]!]!;
      const b = v >= 0 && v < binOfLevel.length ? binOfLevel[v]! : unseen;
      to[at + 4 * i] = v === v ? Math.min(b, last) : last;
    }
    return;
  }
  const layout = new Layout();
  const place = { cells: layout.take(BATCH * 4), cuts: layout.take(1024), low: layout.take(BATCH), high: layout.take(BATCH) };
  const memory = allocate(layout.bytes);
  const kernels = cut.length <= MOST_CUTS && rows.length >= BATCH ? shallowKernels(memory) : null;
  if (!kernels) {
    for (let i = 0; i < rows.length; i++) {
      const v = x[rows[i]!]!;
      to[at + 4 * i] = v === v ? binOf(cut, v) : last;
    }
    return;
  }
  const cells = memory.f32.subarray(place.cells >> 2, (place.cells >> 2) + BATCH);
  const bins = memory.u8.subarray(place.high, place.high + BATCH);
  memory.f32.fill(Infinity, place.cuts >> 2, (place.cuts >> 2) + 256);
  memory.f32.set(cut, place.cuts >> 2);
  for (let from = 0; from < rows.length; from += BATCH) {
    const n = Math.min(BATCH, rows.length - from);
    for (let i = 0; i < n; i++) cells[i] = x[rows[from + i]!]!;
    kernels.bin(place.cells, (n + 3) & ~3, place.cuts, cut.length, place.low, place.high);
    // 127: missing.
    for (let i = 0, b = at + 4 * from; i < n; i++, b += 4) to[b] = bins[i] === 127 ? last : bins[i]! ^ 128;
  }
}
