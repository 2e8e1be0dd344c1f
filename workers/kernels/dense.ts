/** The loops of a dense layer in plain TypeScript: what the WebAssembly kernels in dense.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/** Pointers are byte offsets; `aRow`, `aStep`, `bRow` and `cRow` are counted in Float32. */
export interface DenseKernels {
  /**
   * c[i][j] = first[j] + Σₑ a[i][e] · b[e][j] for i < m, j < n, e < k, each product and each sum rounded to Float32, e in order.
   * a[i][e] stands at a + i · aRow + e · aStep, so a transposed matrix is read where it lies. `first` 0: from zero.
   * n is a multiple of 4: rows of b, c and first are padded. O(m · n · k).
   */
  multiply(
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bRow: number,
    first: number,
    c: number,
    cRow: number,
    m: number,
    n: number,
    k: number,
  ): void;
  /** a = max(a, 0) over n Float32, a multiple of 4; what is not a number stays so. */
  relu(a: number, n: number): void;
  /** d = 0 where a ≤ 0, over n Float32, a multiple of 4. */
  reluBack(d: number, a: number, n: number): void;
  /**
   * One step of Adam over n parameters, a multiple of 2: theta, m and v are Float64, the gradient Float32. The slope is
   * share · (gradient + alpha · theta), and theta itself is multiplied by `keep`. `copy` receives theta as Float32.
   */
  adam(
    theta: number,
    m: number,
    v: number,
    gradient: number,
    copy: number,
    n: number,
    share: number,
    alpha: number,
    length: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    keep: number,
  ): void;
}

export function plainDense({ f32, f64 }: Memory): DenseKernels {
  const { fround } = Math;
  return {
    multiply(a, aRow, aStep, b, bRow, first, c, cRow, m, n, k) {
      for (let i = 0; i < m; i++) {
        const to = (c >> 2) + i * cRow;
        if (first === 0) f32.fill(0, to, to + n);
        else f32.copyWithin(to, first >> 2, (first >> 2) + n);
        for (let e = 0; e < k; e++) {
          const x = f32[(a >> 2) + i * aRow + e * aStep]!;
          const from = (b >> 2) + e * bRow;
          for (let j = 0; j < n; j++) f32[to + j] = f32[to + j]! + fround(x * f32[from + j]!);
        }
      }
    },
    relu(a, n) {
      for (let i = a >> 2; i < (a >> 2) + n; i++) if (f32[i]! < 0) f32[i] = 0;
    },
    reluBack(d, a, n) {
      for (let i = 0; i < n; i++) if (f32[(a >> 2) + i]! <= 0) f32[(d >> 2) + i] = 0;
    },
    adam(theta, m, v, gradient, copy, n, share, alpha, length, beta1, beta2, epsilon, keep) {
      for (let i = 0; i < n; i++) {
        const x = f64[(theta >> 3) + i]!;
        const g = share * (f32[(gradient >> 2) + i]! + alpha * x);
        const mi = beta1 * f64[(m >> 3) + i]! + (1 - beta1) * g;
        const vi = beta2 * f64[(v >> 3) + i]! + (1 - beta2) * g * g;
        const to = keep * x - (length * mi) / (Math.sqrt(vi) + epsilon);
        f64[(m >> 3) + i] = mi;
        f64[(v >> 3) + i] = vi;
        f64[(theta >> 3) + i] = to;
        f32[(copy >> 2) + i] = to;
      }
    },
  };
}
