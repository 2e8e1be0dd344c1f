/** Long lines made short before drawing, and the point nearest to the pointer. */
import type { Scale } from './scales.js';
import type { LineSeries } from './types.js';

/** Places of points to draw: all, or per pixel column the first, lowest, highest and last, which looks the same. */
export function sparse(s: LineSeries, sx: Scale): number[] {
  const n = s.x.length;
  const wide = Math.abs(sx.range[1] - sx.range[0]);
  if (n <= wide * 4) return Array.from({ length: n }, (_, i) => i);
  const out: number[] = [];
  let i = 0;
  while (i < n) {
    const column = Math.floor(sx(s.x[i]!));
    let low = i;
    let high = i;
    let j = i;
    for (; j < n && Math.floor(sx(s.x[j]!)) === column; j++) {
      const v = s.y[j] ?? NaN;
      if (v < (s.y[low] ?? NaN)) low = j;
      if (v > (s.y[high] ?? NaN)) high = j;
    }
    out.push(...[...new Set([i, low, high, j - 1])].sort((a, b) => a - b));
    i = j;
  }
  return out;
}

/** The place whose x is nearest; x need not be sorted (an ROC curve may stand still). −1 when empty. */
export function nearest(x: ArrayLike<number>, at: number): number {
  let best = -1;
  let gap = Infinity;
  for (let i = 0; i < x.length; i++) {
    const d = Math.abs(x[i]! - at);
    if (d < gap) [best, gap] = [i, d];
  }
  return best;
}
