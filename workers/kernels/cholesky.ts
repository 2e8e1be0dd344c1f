/**
 * Cholesky factors, their inverses and the inverse of the matrix, in plain TypeScript: what the WebAssembly kernel in cholesky.as.ts
 * must equal bit for bit. Every cell is one sum in the order of k, so that blocks and lanes change nothing.
 */
import type { Memory } from './memory.js';

/**
 * Pointers are byte offsets. `a` is n × n Float64, row-major, its rows `row` bytes apart; only the lower triangle is read and
 * written. n and to are multiples of 4, from is one of BLOCK, and to at most BLOCK above it; each goes from 0 to n in such steps.
 */
export interface CholeskyKernels {
  /** Columns from … to − 1 become those of L with LLᵀ = A; −1, or the column whose pivot is not above 0. */
  factor(a: number, row: number, n: number, from: number, to: number, scratch: number): number;
  /** Rows from … to − 1 of L become those of L⁻¹. */
  invert(a: number, row: number, from: number, to: number, scratch: number): void;
  /** Rows from … to − 1 of L⁻¹ become those of L⁻ᵀL⁻¹, the inverse of A. */
  gram(a: number, row: number, n: number, from: number, to: number, scratch: number): void;
  /**
   * Rows from … to − 1 of b become those of L⁻¹b; the rows before them are so already. `l` holds those rows of L one after the
   * other, i + 1 cells of row i. b is n × m in strips of four columns, each n × 4, row-major; m is a multiple of 4.
   */
  forward(l: number, from: number, to: number, b: number, n: number, m: number, scratch: number): void;
}

export const BLOCK = 64;
/** Bytes of scratch for n: the rows of a block packed, and a panel of 256 × 4. */
export const scratchOf = (n: number): number => 128 + 8192 + 8 * BLOCK * (BLOCK + Math.max(n, 256));

export function plainCholesky({ f64 }: Memory): CholeskyKernels {
  return {
    factor(a, row, n, from, to) {
      const at = a / 8;
      const w = row / 8;
      for (let j = from; j < to; j++) {
        const rj = at + j * w;
        for (let i = j; i < n; i++) {
          const ri = at + i * w;
          let s = f64[ri + j]!;
          for (let k = 0; k < j; k++) s -= f64[ri + k]! * f64[rj + k]!;
          if (i === j && !(s > 0)) return j;
          f64[ri + j] = i === j ? Math.sqrt(s) : s / f64[rj + j]!;
        }
      }
      return -1;
    },
    invert(a, row, from, to) {
      const at = a / 8;
      const w = row / 8;
      for (let i = from; i < to; i++) {
        const ri = at + i * w;
        const pivot = f64[ri + i]!;
        for (let j = 0; j < i; j++) {
          let s = 0;
          for (let k = j; k < i; k++) s += f64[ri + k]! * f64[at + k * w + j]!;
          f64[ri + j] = -s / pivot;
        }
        f64[ri + i] = 1 / pivot;
      }
    },
    gram(a, row, n, from, to) {
      const at = a / 8;
      const w = row / 8;
      for (let i = from; i < to; i++) {
        for (let j = 0; j <= i; j++) {
          let s = 0;
          for (let k = i; k < n; k++) s += f64[at + k * w + i]! * f64[at + k * w + j]!;
          f64[at + i * w + j] = s;
        }
      }
    },
    forward(l, from, to, b, n, m) {
      for (let q = 0; q < m; q++) {
        const v = b / 8 + (q - (q % 4)) * n + (q % 4);
        for (let i = from, line = l / 8; i < to; line += ++i) {
          let s = f64[v + 4 * i]!;
          for (let k = 0; k < i; k++) s -= f64[line + k]! * f64[v + 4 * k]!;
          f64[v + 4 * i] = s / f64[line + i]!;
        }
      }
    },
  };
}
