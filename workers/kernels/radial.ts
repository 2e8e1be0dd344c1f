/** Radial kernels of one point with many, in plain TypeScript: what the WebAssembly kernel in radial.as.ts must equal bit for bit. */
import type { Memory } from './memory.js';

/** Points that are measured together. */
export const TOGETHER = 8;
/** Steps of fade to a halving. */
const STEPS = 64;
/** 2^(−i / 64): what `table` points to. */
export const PARTS = Float64Array.from({ length: STEPS }, (_, i) => 2 ** (-i / STEPS));
/** 64 / ln 2, and its inverse. */
const PER_STEP = 92.33248261689366;
const STEP = 0.010830424696249145;

/** Pointers are byte offsets. */
export interface RadialKernels {
  /**
   * out[i] = exp(−gamma · |query − point i|²) to ten digits, more than Float32 holds. `points`: Float32, eight points together, of which
   * first come the eight first columns, then the eight second; query and table (PARTS): Float64; out: Float32.
   */
  row(points: number, blocks: number, p: number, query: number, gamma: number, table: number, out: number): void;
}

/** exp(−v) for v ≥ 0. */
function fade(v: number): number {
  if (!(v < 105)) return 0;
  const k = (v * PER_STEP + 0.5) | 0;
  const r = k * STEP - v;
  return PARTS[k & (STEPS - 1)]! * 2 ** -(k >> 6) * (1 + r * (1 + r * (0.5 + r * (1 / 6))));
}

export function plainRadial({ f32, f64 }: Memory): RadialKernels {
  const sum = new Float64Array(TOGETHER);
  return {
    row(points, blocks, p, query, gamma, _table, out) {
      let at = points >> 2;
      for (let b = 0; b < blocks; b++) {
        sum.fill(0);
        for (let j = 0; j < p; j++, at += TOGETHER) {
          const x = f64[(query >> 3) + j]!;
          for (let i = 0; i < TOGETHER; i++) {
            const e = x - f32[at + i]!;
            sum[i] = sum[i]! + e * e;
          }
        }
        for (let i = 0; i < TOGETHER; i++) f32[(out >> 2) + TOGETHER * b + i] = fade(gamma * sum[i]!);
      }
    },
  };
}
