/** The twin of the neighbours on a graphics card, in plain TypeScript: the same lists but for rounding. For tests. */
import { BLOCK, NONE, type Measure, type NearSearch } from './near.js';

export function plainSearch(points: Float32Array, rows: number, cols: number, measure: Measure, keep: number): NearSearch {
  const { fround, abs } = Math;
  const distance = (row: number, queries: Float32Array, count: number, q: number): number => {
    let d = 0;
    for (let j = 0; j < cols; j++) {
      const e = abs(fround(points[row * cols + j]! - queries[j * count + q]!));
      if (measure.by === 'largest') d = Math.max(d, e);
      else d = fround(d + fround(measure.by === 'squares' ? e * e : measure.by === 'absolute' ? e : e ** measure.p));
    }
    return d;
  };
  return {
    look(queries, count) {
      const distances = new Float32Array(keep * BLOCK).fill(3.4e38);
      const found = new Uint32Array(keep * BLOCK).fill(NONE);
      for (let q = 0; q < count; q++) {
        const list = Array.from({ length: rows }, (_, row) => ({ row, d: distance(row, queries, count, q) }));
        list.sort((a, b) => a.d - b.d || a.row - b.row);
        list.slice(0, keep).forEach(({ row, d }, m) => {
          distances[m * BLOCK + q] = d;
          found[m * BLOCK + q] = row;
        });
      }
      return Promise.resolve({ distances, rows: found });
    },
    dispose: () => undefined,
  };
}
