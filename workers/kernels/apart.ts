/** How far four rows are from many points, and how that fades, in plain TypeScript: what the WebAssembly kernel in apart.as.ts must equal bit for bit. */
import { fade } from './exp.js';
import type { Memory } from './memory.js';

/** Pointers are byte offsets; all is Float64. */
export interface ApartKernels {
  /** out[4 i + q] = |row q − point i|². `points`: p cells each; `four`: the four rows' first cells, then their second. */
  squares(points: number, count: number, p: number, four: number, out: number): void;
  /** v becomes e^(−gamma v): `count` cells, a multiple of 4; `table` points to FADE of exp.ts. */
  fade(at: number, count: number, gamma: number, table: number): void;
}

export function plainApart({ f64 }: Memory): ApartKernels {
  return {
    squares(points, count, p, four, out) {
      const first = four >> 3;
      for (let i = 0, x = points >> 3, to = out >> 3; i < count; i++, to += 4) {
        let d0 = 0;
        let d1 = 0;
        let d2 = 0;
        let d3 = 0;
        for (let q = first, end = x + p; x < end; x++, q += 4) {
          const v = f64[x]!;
          const e0 = f64[q]! - v;
          const e1 = f64[q + 1]! - v;
          const e2 = f64[q + 2]! - v;
          const e3 = f64[q + 3]! - v;
          d0 += e0 * e0;
          d1 += e1 * e1;
          d2 += e2 * e2;
          d3 += e3 * e3;
        }
        f64[to] = d0;
        f64[to + 1] = d1;
        f64[to + 2] = d2;
        f64[to + 3] = d3;
      }
    },
    fade(at, count, gamma) {
      for (let i = at >> 3, end = i + count; i < end; i++) f64[i] = fade(gamma * f64[i]!);
    },
  };
}
