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
  /**
   * Adds rows to the histograms of all columns; the same sums as `order` and `fill` block by block, in less time. `bins` is the first block,
   * `size` the bytes of one; `rows` 0 means rows 0 … n − 1; `pairs` are in the order of the matrix; `sums`: a pointer for each column of each
   * block (Uint32), 0 for both columns of the first or last half of a block that is left out; `room`: 12 kB of scratch.
   */
  fillAll(bins: number, size: number, blocks: number, rows: number, n: number, pairs: number, sums: number, room: number): void;
  /** Counts the rows of each bin of one column (its first byte is at `block`). */
  count(block: number, rows: number, n: number, bins: number, counts: number): void;
  /** Σ gradient, Σ hessian (every fourth row by itself, then together) and the largest hessian of n rows to `out` (Float64); and 0 … n − 1 to `rows`. */
  totals(pairs: number, rows: number, n: number, out: number): void;
  /** raw[row] += value (Float64) for n rows named. */
  settle(raw: number, rows: number, n: number, value: number): void;
  /** Gradient pairs of two classes by raw scores: share of class 1 less y, and share · (1 − share). y: a byte, 255 for class 1, else 0. */
  binary(raw: number, y: number, n: number, pairs: number): void;
  /** Zeroes bytes. */
  clear(at: number, bytes: number): void;
  /** Copies bytes; the places may overlap. (JavaScript does both slowly in shared memory.) */
  move(to: number, from: number, bytes: number): void;
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
  /**
   * As `scan`, for a histogram without counts, above a gain of `floor` ≥ 0. Rows are taken to be enough on a side whose hessians sum to
   * `reach`, that many times the largest hessian; of cuts that fall short of it the best gain is written in the place of the rows left: when
   * it is above `floor` and not below the gain found, counts must decide.
   */
  sift(
    sums: number,
    bins: number,
    missing: number,
    G: number,
    H: number,
    reach: number,
    l2: number,
    minHessian: number,
    floor: number,
    out: number,
  ): void;
}

const half = new Float64Array(1);
const halves = new Uint32Array(half.buffer);

/** exp of −708 … 0, as fdlibm (Sun 1993) has it, and with it V8: the same in every browser. */
export function expBelow(x: number): number {
  // Multiples of ln 2 to take off; none up to about half of it.
  const t = x > -0.3465735912322998 ? 0 : Math.trunc(1.4426950408889634 * x - 0.5);
  const hi = x - t * 6.9314718036912381649e-1;
  const lo = t * 1.90821492927058770002e-10;
  const r = hi - lo;
  const q = r * r;
  let c = -1.6533902205465251539e-6 + q * 4.13813679705723846039e-8;
  c = 6.61375632143793436117e-5 + q * c;
  c = -2.77777777770155933842e-3 + q * c;
  c = 1.66666666666666019037e-1 + q * c;
  c = r - q * c;
  const y = 1 - (lo - (r * c) / (2 - c) - hi);
  halves[0] = 0;
  halves[1] = (t + 1023) << 20;
  return y * half[0]!;
}

export function plainBoost(memory: Memory): BoostKernels {
  const { u8, u32, f32, f64 } = memory;
  const kernels: BoostKernels = {
    order(pairs, rows, n, to) {
      const from = pairs >>> 2;
      const r = rows >>> 2;
      const out = to >>> 2;
      for (let i = 0; i < n; i++) {
        const at = from + 2 * u32[r + i]!;
        u32[out + 2 * i] = u32[at]!;
        u32[out + 2 * i + 1] = u32[at + 1]!;
      }
    },
    fill(block, rows, n, pairs, sums, counts) {
      const r = rows >>> 2;
      const p = pairs >>> 2;
      const s0 = u32[sums >>> 2]! >>> 3;
      const s1 = u32[(sums >>> 2) + 1]! >>> 3;
      const s2 = u32[(sums >>> 2) + 2]! >>> 3;
      const s3 = u32[(sums >>> 2) + 3]! >>> 3;
      const counted = counts !== 0;
      const c0 = u32[counts >>> 2]! >>> 2;
      const c1 = u32[(counts >>> 2) + 1]! >>> 2;
      const c2 = u32[(counts >>> 2) + 2]! >>> 2;
      const c3 = u32[(counts >>> 2) + 3]! >>> 2;
      const b = block >>> 2;
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
    fillAll(bins, size, blocks, rows, n, pairs, sums) {
      for (let b = 0; b < blocks; b++)
        for (let c = 0; c < 4; c++) {
          const to = u32[(sums >>> 2) + 4 * b + c]! >>> 3;
          if (to === 0) continue;
          for (let i = 0; i < n; i++) {
            const row = rows === 0 ? i : u32[(rows >>> 2) + i]!;
            const bin = u8[bins + b * size + 4 * row + c]!;
            f64[to + 2 * bin]! += f32[(pairs >>> 2) + 2 * row]!;
            f64[to + 2 * bin + 1]! += f32[(pairs >>> 2) + 2 * row + 1]!;
          }
        }
    },
    count(block, rows, n, bins, counts) {
      u32.fill(0, counts >>> 2, (counts >>> 2) + bins);
      for (let i = 0; i < n; i++) u32[(counts >>> 2) + u8[block + 4 * (rows === 0 ? i : u32[(rows >>> 2) + i]!)]!]!++;
    },
    totals(pairs, rows, n, out) {
      const G = [0, 0, 0, 0];
      const H = [0, 0, 0, 0];
      let most = 0;
      const whole = n & ~3;
      const each = (i: number, k: number) => {
        u32[(rows >>> 2) + i] = i;
        G[k]! += f32[(pairs >>> 2) + 2 * i]!;
        H[k]! += f32[(pairs >>> 2) + 2 * i + 1]!;
        most = Math.max(most, f32[(pairs >>> 2) + 2 * i + 1]!);
      };
      for (let i = 0; i < whole; i++) each(i, i & 3);
      G[0] = G[0]! + G[1]! + (G[2]! + G[3]!);
      H[0] = H[0]! + H[1]! + (H[2]! + H[3]!);
      for (let i = whole; i < n; i++) each(i, 0);
      f64[out >>> 3] = G[0]!;
      f64[(out >>> 3) + 1] = H[0]!;
      f64[(out >>> 3) + 2] = most;
    },
    settle(raw, rows, n, value) {
      for (let i = 0; i < n; i++) f64[(raw >>> 3) + u32[(rows >>> 2) + i]!]! += value;
    },
    binary(raw, y, n, pairs) {
      for (let i = 0; i < n; i++) {
        const z = f64[(raw >>> 3) + i]!;
        // From the side that keeps small shares exact, so that swapping the classes only swaps the signs.
        const e = expBelow(Math.max(-708, -Math.abs(z)));
        const small = e / (1 + e);
        const large = 1 / (1 + e);
        f32[(pairs >>> 2) + 2 * i] = u8[y + i]! !== 0 ? -(z >= 0 ? small : large) : z >= 0 ? large : small;
        f32[(pairs >>> 2) + 2 * i + 1] = small * large;
      }
    },
    clear(at, bytes) {
      u8.fill(0, at, at + bytes);
    },
    move(to, from, bytes) {
      u8.copyWithin(to, from, from + bytes);
    },
    subtract(a, b, n) {
      for (let i = 0; i < n; i++) f64[(a >>> 3) + i]! -= f64[(b >>> 3) + i]!;
    },
    subtractCounts(a, b, n) {
      for (let i = 0; i < n; i++) u32[(a >>> 2) + i]! -= u32[(b >>> 2) + i]!;
    },
    partition(block, rows, n, table, aside) {
      const r = rows >>> 2;
      const t = aside >>> 2;
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
      const s = sums >>> 3;
      const c = counts >>> 2;
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
      const o = out >>> 3;
      f64[o] = top;
      f64[o + 1] = cut;
      f64[o + 2] = missingLeft;
      f64[o + 3] = topG;
      f64[o + 4] = topH;
      f64[o + 5] = topN;
    },
    sift(sums, bins, missing, G, H, reach, l2, minHessian, floor, out) {
      const parent = -(G / (H + l2 + 1e-15)) * G;
      const found = [floor, 0, 0, 0, 0, floor];
      for (let way = 0; way <= missing; way++) {
        let g = way === 1 ? f64[(sums >>> 3) + 2 * (bins - 1)]! : 0;
        let h = way === 1 ? f64[(sums >>> 3) + 2 * (bins - 1) + 1]! : 0;
        for (let b = 0; b < bins - 1 - way; b++) {
          g += f64[(sums >>> 3) + 2 * b]!;
          h += f64[(sums >>> 3) + 2 * b + 1]!;
          const gr = G - g;
          const hr = H - h;
          if (h < minHessian) continue;
          if (hr < minHessian) break;
          const gain = parent + (g / (h + l2 + 1e-15)) * g + (gr / (hr + l2 + 1e-15)) * gr;
          if (h < reach || hr < reach) {
            // Below the best so far it is no matter; the kernel does not even work it out.
            if (gain > found[0]!) found[5] = Math.max(found[5]!, gain);
          } else if (gain > found[0]!) found.splice(0, 5, gain, b, way, g, h);
        }
      }
      f64.set(found, out >>> 3);
    },
  };
  return kernels;
}
