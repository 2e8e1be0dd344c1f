/** A symmetric matrix in the memory of the kernels: filled by whoever owns it, factored, solved with and inverted in place. */
import { BLOCK, scratchOf } from '../../kernels/cholesky.js';
import { choleskyKernels } from '../../kernels/load.js';
import { allocate, Layout } from '../../kernels/memory.js';

/** Hears of work done, in multiplications and additions; false: stop now. */
export type Heed = (operations: number) => Promise<boolean>;

export interface System {
  readonly n: number;
  /** Cells from one row to the next. */
  readonly width: number;
  /** Row i begins at i · width. The work is done on and below the diagonal; cells above it are free for other use. */
  readonly cells: Float64Array;
  /** A becomes L with LLᵀ = A. 'thin': A is not positive definite. */
  factor(heed: Heed): Promise<'done' | 'thin' | 'stopped'>;
  /** Of L: log |A|. */
  logDeterminant(): number;
  /** Of L: x with A x = b, in place of b. */
  solve(b: Float64Array): Float64Array;
  /** L becomes the inverse of A; false when asked to stop. */
  invert(heed: Heed): Promise<boolean>;
  /** The lower triangle of the first rows (all, unless told), row by row, i + 1 cells of row i. */
  packed(rows?: number): Float64Array;
}

export function system(n: number): System {
  // The kernels work in fours; rows that lie a power of two apart would crowd the same places of the cache.
  const padded = Math.ceil(n / 4) * 4;
  const width = padded % 32 === 0 ? padded + 4 : padded;
  const layout = new Layout();
  const at = layout.take(8 * padded * width);
  const scratch = layout.take(scratchOf(padded));
  const memory = allocate(layout.bytes);
  const kernels = choleskyKernels(memory);
  const cells = memory.f64.subarray(at / 8, at / 8 + padded * width);
  const row = 8 * width;

  return {
    n,
    width,
    cells,
    async factor(heed) {
      for (let i = n; i < padded; i++) {
        cells.fill(0, i * width, i * width + i);
        cells[i * width + i] = 1;
      }
      for (let from = 0; from < padded; from += BLOCK) {
        const to = Math.min(padded, from + BLOCK);
        if (kernels.factor(at, row, padded, from, to, scratch) >= 0) return 'thin';
        if (!(await heed((padded - from) * (to - from) * to))) return 'stopped';
      }
      return 'done';
    },
    logDeterminant() {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Math.log(cells[i * width + i]!);
      return 2 * sum;
    },
    solve(b) {
      for (let i = 0; i < n; i++) {
        const r = i * width;
        let s = b[i]!;
        for (let k = 0; k < i; k++) s -= cells[r + k]! * b[k]!;
        b[i] = s / cells[r + i]!;
      }
      for (let i = n - 1; i >= 0; i--) {
        const r = i * width;
        const v = b[i]! / cells[r + i]!;
        b[i] = v;
        for (let k = 0; k < i; k++) b[k] = b[k]! - cells[r + k]! * v;
      }
      return b;
    },
    async invert(heed) {
      for (let from = 0; from < padded; from += BLOCK) {
        const to = Math.min(padded, from + BLOCK);
        kernels.invert(at, row, from, to, scratch);
        if (!(await heed(((to - from) * to * to) / 2))) return false;
      }
      for (let from = 0; from < padded; from += BLOCK) {
        const to = Math.min(padded, from + BLOCK);
        kernels.gram(at, row, padded, from, to, scratch);
        if (!(await heed((to - from) * to * (padded - from)))) return false;
      }
      return true;
    },
    packed(rows = n) {
      const out = new Float64Array((rows * (rows + 1)) / 2);
      for (let i = 0, to = 0; i < rows; i++, to += i) out.set(cells.subarray(i * width, i * width + i + 1), to);
      return out;
    },
  };
}
