/** Inner products of columns in plain TypeScript: what the WebAssembly kernel in gram.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/** Rows of a panel. */
export const ROWS = 256;

/**
 * Pointers are byte offsets. A panel holds up to 256 rows of Float64 columns in groups of four: value i of column j stands at
 * cell (j >> 2) · 1024 + 4 i + (j & 3).
 */
export interface GramKernels {
  /** (x − mean) · root of Float32 columns, `step` bytes apart, to a panel. `mean`: a Float64 for each column; `root`: for each row. Up to one row more is read and written. */
  pack(from: number, step: number, rows: number, columns: number, mean: number, root: number, panel: number): void;
  /** Adds the inner products of all columns to `out`, (4 · groups)², row-major: the lower triangle, and whole tiles of 4 × 4 on the diagonal. Every cell is one sum over the rows, then added. */
  gram(panel: number, rows: number, groups: number, out: number): void;
}

export function plainGram({ f32, f64 }: Memory): GramKernels {
  return {
    pack(from, step, rows, columns, mean, root, panel) {
      for (let j = 0; j < columns; j++) {
        const x = (from + j * step) >> 2;
        const to = (panel >> 3) + (j >> 2) * 4 * ROWS + (j & 3);
        const m = f64[(mean >> 3) + j]!;
        for (let i = 0; i < rows; i++) f64[to + 4 * i] = (f32[x + i]! - m) * f64[(root >> 3) + i]!;
      }
    },
    gram(panel, rows, groups, out) {
      const q = 4 * groups;
      for (let a = 0; a < q; a++) {
        const x = (panel >> 3) + (a >> 2) * 4 * ROWS + (a & 3);
        for (let b = 0; b <= a >> 2; b++) {
          const z = (panel >> 3) + b * 4 * ROWS;
          let s0 = 0;
          let s1 = 0;
          let s2 = 0;
          let s3 = 0;
          for (let i = 0; i < 4 * rows; i += 4) {
            const v = f64[x + i]!;
            s0 += v * f64[z + i]!;
            s1 += v * f64[z + i + 1]!;
            s2 += v * f64[z + i + 2]!;
            s3 += v * f64[z + i + 3]!;
          }
          const to = (out >> 3) + a * q + 4 * b;
          f64[to] = f64[to]! + s0;
          f64[to + 1] = f64[to + 1]! + s1;
          f64[to + 2] = f64[to + 2]! + s2;
          f64[to + 3] = f64[to + 3]! + s3;
        }
      }
    },
  };
}
