/** Which points may be near, in plain TypeScript: what the WebAssembly kernel in near.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/** Pointers are byte offsets. */
export interface NearKernels {
  /**
   * Of points from … end − 1 (multiples of 4), for each of four queries, those whose distance in Float32 is at most its limit:
   * their numbers go in order to found + query · room · 4 (Uint32), how many to counts (four Int32). The distance is the sum of
   * squared differences, or with `squared` 0 of absolute ones. Points stand in fours, column by column: point i's column j is
   * Float32 number (i − i mod 4) · p + 4 j + i mod 4. Queries: column by column, each query's cell four times (16 bytes).
   */
  near(
    points: number,
    p: number,
    from: number,
    end: number,
    queries: number,
    limits: number,
    found: number,
    room: number,
    counts: number,
    squared: number,
  ): void;
}

export function plainNear({ f32, u32 }: Memory): NearKernels {
  const { fround, abs } = Math;
  return {
    near(points, p, from, end, queries, limits, found, room, counts, squared) {
      for (let q = 0; q < 4; q++) {
        const limit = f32[(limits >> 2) + q]!;
        let count = 0;
        for (let i = from; i < end; i++) {
          const at = (points >> 2) + (i - (i % 4)) * p + (i % 4);
          let d = 0;
          for (let j = 0; j < p; j++) {
            const e = fround(f32[at + 4 * j]! - f32[(queries >> 2) + 16 * j + 4 * q]!);
            d = fround(d + (squared ? fround(e * e) : abs(e)));
          }
          if (d <= limit) u32[(found >> 2) + q * room + count++] = i;
        }
        u32[(counts >> 2) + q] = count;
      }
    },
  };
}
