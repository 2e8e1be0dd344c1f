/** The hot loops of boosting in plain TypeScript: what the WebAssembly kernels in boost.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/**
 * Pointers are byte offsets. Layouts: bins are blocks of four columns, four bytes a row; gradients are pairs of Float32 (gradient, hessian);
 * a histogram is, per bin, a pair of Float64 (Σ gradient, Σ hessian) and, apart from it, a Uint32 count.
 */
export interface BoostKernels {
  /** to[i] = pairs[rows[i]] for i < n. */
  order(pairs: number, rows: number, n: number, to: number): void;
  /**
   * Adds rows to the histograms of the four columns of a block. `rows` 0 means rows 0 … n − 1; `pairs` are in the order of rows.
   * `counts` and `sums` are where four histogram pointers stand (Uint32 each); counts 0 leaves counts alone (hessians that are all 1 count themselves).
   */
  fill(block: number, rows: number, n: number, pairs: number, sums: number, counts: number): void;
  /** a −= b over n Float64. */
  subtract(a: number, b: number, n: number): void;
  /** a −= b over n Uint32. */
  subtractCounts(a: number, b: number, n: number): void;
  /**
   * Keeps rows whose bin has table[bin] = 1 in front, both sides in their old order; returns how many.
   * `block` points at the column's first byte; `aside` has room for n rows.
   */
  partition(block: number, rows: number, n: number, table: number, aside: number): number;
  /**
   * The best cut of one column: bins up to the cut go left. `counts` 0: the hessian sum is the count. `missing` 1: the last bin holds the missing.
   * Writes to `out`, as Float64: the gain G_l² / (H_l + l2) + G_r² / (H_r + l2) − G² / (H + l2) (0: no cut), cut, 1 when the missing go left, G_l, H_l, rows left.
   */
  scan(
    sums: number,
    counts: number,
    bins: number,
    missing: number,
    G: number,
    H: number,
    n: number,
    l2: number,
    minLeaf: number,
    minHessian: number,
    out: number,
  ): void;
}

export function plainBoost(memory: Memory): BoostKernels {
  const { u8, u32, f32, f64 } = memory;
  const kernels: BoostKernels = {
    order(pairs, rows, n, to) {
      const from = pairs >> 2;
      const r = rows >> 2;
      const out = to >> 2;
      for (let i = 0; i < n; i++) {
        const at = from + 2 * u32[r + i]!;
        u32[out + 2 * i] = u32[at]!;
        u32[out + 2 * i + 1] = u32[at + 1]!;
      }
    },
    fill(block, rows, n, pairs, sums, counts) {
      const r = rows >> 2;
      const p = pairs >> 2;
      const s0 = u32[sums >> 2]! >> 3;
      const s1 = u32[(sums >> 2) + 1]! >> 3;
      const s2 = u32[(sums >> 2) + 2]! >> 3;
      const s3 = u32[(sums >> 2) + 3]! >> 3;
      const counted = counts !== 0;
      const c0 = u32[counts >> 2]! >> 2;
      const c1 = u32[(counts >> 2) + 1]! >> 2;
      const c2 = u32[(counts >> 2) + 2]! >> 2;
      const c3 = u32[(counts >> 2) + 3]! >> 2;
      const b = block >> 2;
      for (let i = 0; i < n; i++) {
        const cell = u32[b + (rows === 0 ? i : u32[r + i]!)]!;
        const g = f32[p + 2 * i]!;
        const h = f32[p + 2 * i + 1]!;
        const b0 = cell & 255;
        const b1 = (cell >>> 8) & 255;
        const b2 = (cell >>> 16) & 255;
        const b3 = cell >>> 24;
        f64[s0 + 2 * b0]! += g;
        f64[s0 + 2 * b0 + 1]! += h;
        f64[s1 + 2 * b1]! += g;
        f64[s1 + 2 * b1 + 1]! += h;
        f64[s2 + 2 * b2]! += g;
        f64[s2 + 2 * b2 + 1]! += h;
        f64[s3 + 2 * b3]! += g;
        f64[s3 + 2 * b3 + 1]! += h;
        if (counted) {
          u32[c0 + b0]!++;
          u32[c1 + b1]!++;
          u32[c2 + b2]!++;
          u32[c3 + b3]!++;
        }
      }
    },
    subtract(a, b, n) {
      for (let i = 0; i < n; i++) f64[(a >> 3) + i]! -= f64[(b >> 3) + i]!;
    },
    subtractCounts(a, b, n) {
      for (let i = 0; i < n; i++) u32[(a >> 2) + i]! -= u32[(b >> 2) + i]!;
    },
    partition(block, rows, n, table, aside) {
      const r = rows >> 2;
      const t = aside >> 2;
      let left = 0;
      let right = 0;
      for (let i = 0; i < n; i++) {
        const row = u32[r + i]!;
        const isLeft = u8[table + u8[block + row * 4]!]!;
        u32[r + left] = row;
        u32[t + right] = row;
        left += isLeft;
        right += 1 - isLeft;
      }
      for (let i = 0; i < right; i++) u32[r + left + i] = u32[t + i]!;
      return left;
    },
    scan(sums, counts, bins, missing, G, H, n, l2, minLeaf, minHessian, out) {
      const s = sums >> 3;
      const c = counts >> 2;
      // The order of operations is scikit-learn's, so that near ties fall the same way.
      const parent = -(G / (H + l2 + 1e-15)) * G;
      let top = 0;
      let cut = 0;
      let missingLeft = 0;
      let topG = 0;
      let topH = 0;
      let topN = 0;
      for (let way = 0; way <= missing; way++) {
        let g = 0;
        let h = 0;
        let count = 0;
        if (way === 1) {
          const m = bins - 1;
          g = f64[s + 2 * m]!;
          h = f64[s + 2 * m + 1]!;
          count = counts === 0 ? h : u32[c + m]!;
        }
        // With missing values the last present bin may be a cut too (all present left), unless the missing are left as well.
        const end = bins - 1 - way;
        for (let b = 0; b < end; b++) {
          g += f64[s + 2 * b]!;
          h += f64[s + 2 * b + 1]!;
          count += counts === 0 ? f64[s + 2 * b + 1]! : u32[c + b]!;
          if (count < minLeaf || h < minHessian) continue;
          const hr = H - h;
          if (n - count < minLeaf || hr < minHessian) break;
          const gr = G - g;
          const gain = parent + (g / (h + l2 + 1e-15)) * g + (gr / (hr + l2 + 1e-15)) * gr;
          if (gain > top) {
            top = gain;
            cut = b;
            missingLeft = way;
            topG = g;
            topH = h;
            topN = count;
          }
        }
      }
      const o = out >> 3;
      f64[o] = top;
      f64[o + 1] = cut;
      f64[o + 2] = missingLeft;
      f64[o + 3] = topG;
      f64[o + 4] = topH;
      f64[o + 5] = topN;
    },
  };
  return kernels;
}
