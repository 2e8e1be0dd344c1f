/** Scores of rows, and what they say about the weights, in plain TypeScript: what the WebAssembly kernel in line.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/** Pointers are byte offsets. `from`: Float32 columns, `step` bytes apart; `rows` is even, and all else is Float64. */
export interface LineKernels {
  /** z[i] += Σ_j w_j x_j[i]; four columns are added up first. */
  scores(from: number, step: number, rows: number, columns: number, weights: number, z: number): void;
  /** g[j] += Σ_i r[i] x_j[i]; even and odd rows apart, then together. */
  slopes(from: number, step: number, rows: number, columns: number, r: number, g: number): void;
}

export function plainLine({ f32, f64 }: Memory): LineKernels {
  return {
    scores(from, step, rows, columns, weights, z) {
      for (let j = 0; j < columns;) {
        const four = j + 4 <= columns ? 4 : 1;
        for (let i = 0; i < rows; i++) {
          let s = f64[(weights >> 3) + j]! * f32[((from + j * step) >> 2) + i]!;
          for (let k = j + 1; k < j + four; k++) s += f64[(weights >> 3) + k]! * f32[((from + k * step) >> 2) + i]!;
          f64[(z >> 3) + i] = f64[(z >> 3) + i]! + s;
        }
        j += four;
      }
    },
    slopes(from, step, rows, columns, r, g) {
      for (let j = 0; j < columns; j++) {
        let even = 0;
        let odd = 0;
        for (let i = 0; i < rows; i += 2) {
          even += f64[(r >> 3) + i]! * f32[((from + j * step) >> 2) + i]!;
          odd += f64[(r >> 3) + i + 1]! * f32[((from + j * step) >> 2) + i + 1]!;
        }
        f64[(g >> 3) + j] = f64[(g >> 3) + j]! + (even + odd);
      }
    },
  };
}
