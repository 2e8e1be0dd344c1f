/** Four rows at a time against many points: each point is read once for the four. */
import type { Matrix } from '../../src/core/matrix.js';
import { FADE } from '../kernels/exp.js';
import { apartKernels } from '../kernels/load.js';
import { allocate, Layout } from '../kernels/memory.js';

/** Products from which starting WebAssembly pays. */
const MANY = 100_000;

export interface Four {
  /** Points × columns. */
  readonly points: Float64Array;
  /** The four rows: their first cells, then their second … */
  readonly rows: Float64Array;
  /** Points × 4: what was last made. */
  readonly value: Float64Array;
  /** Takes rows from … from + 3 of X, in units of their own per column; past the end the last row is repeated. */
  take(X: Matrix, from: number, units?: Float64Array): void;
  /** value = squared distances. */
  squares(): void;
  /** value = e^(−gamma · value). */
  fade(gamma: number): void;
}

/** `asked`: how many rows there will be in all. */
export function fourAgainst(points: Float32Array | Float64Array, count: number, p: number, asked: number): Four {
  const layout = new Layout();
  const at = {
    points: layout.take(8 * points.length),
    rows: layout.take(32 * p),
    value: layout.take(32 * count),
    table: layout.take(FADE.byteLength),
  };
  const memory = allocate(layout.bytes, asked * points.length < MANY);
  const kernels = apartKernels(memory);
  const view = (from: number, length: number) => memory.f64.subarray(from / 8, from / 8 + length);
  const rows = view(at.rows, 4 * p);
  const own = view(at.points, points.length);
  own.set(points);
  memory.f64.set(FADE, at.table / 8);
  return {
    points: own,
    rows,
    value: view(at.value, 4 * count),
    take({ data, rows: n }, from, units) {
      for (let q = 0; q < 4; q++) {
        const row = Math.min(from + q, n - 1);
        for (let j = 0; j < p; j++) rows[4 * j + q] = units ? data[j * n + row]! / units[j]! : data[j * n + row]!;
      }
    },
    squares: () => kernels.squares(at.points, count, p, at.rows, at.value),
    fade: (gamma) => kernels.fade(at.value, 4 * count, gamma, at.table),
  };
}
