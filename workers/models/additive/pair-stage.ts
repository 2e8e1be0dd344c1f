/** Boosting of pairs of columns: in every round each pair gets one small correction. */
import type { Pulse } from '../tree/pulse.js';
import { together, type Bag, type Stage } from './bag.js';
import { gridOf, type FoundPair } from './fast.js';
import type { Groups } from './groups.js';
import { pairTree, type Grid } from './pair-tree.js';
import type { Growth } from './shape-tree.js';

export interface PairPlace extends FoundPair {
  readonly grid: Grid;
  /** The value of cell c (row-major) for score k stands at table[first + c · scores + k]. */
  readonly first: number;
}

export interface PairStage extends Stage {
  readonly places: readonly PairPlace[];
}

export function pairStage(
  pairs: readonly FoundPair[],
  groups: readonly Groups[],
  codes: readonly Uint8Array[],
  scores: number,
  rows: number,
  bags: readonly Bag[],
  how: Growth,
  beat: Pulse,
): PairStage {
  let size = 0;
  let widest = 0;
  const places = pairs.map((pair): PairPlace => {
    const grid = gridOf(groups[pair.a]!, groups[pair.b]!);
    const first = size;
    size += grid.rows * grid.cols * scores;
    widest = Math.max(widest, grid.rows * grid.cols);
    return { ...pair, grid, first };
  });
  const cells = places.map(({ a, b, grid }) => {
    const [x, y] = [codes[a]!, codes[b]!];
    return Uint16Array.from({ length: rows }, (_, i) => x[i]! * grid.cols + y[i]!);
  });
  const counts = bags.map(({ learns }) =>
    places.map(({ grid }, p) => {
      const out = new Uint32Array(grid.rows * grid.cols);
      for (let i = 0; i < rows; i++) if (learns[i] === 1) out[cells[p]![i]!]!++;
      return out;
    }),
  );
  const grow = pairTree(scores, how, widest);
  const gradients = new Float32Array(2 * rows * scores);
  const sums = new Float64Array(2 * widest * scores);
  const steps = new Float64Array(size);
  const group = together(how.rate);

  return {
    size,
    places,
    async round(bag, at, table, done) {
      for (let first = 0; first < places.length; first += group) {
        const last = Math.min(places.length, first + group);
        bag.loss.gradients(bag.raw, gradients);
        for (let p = first; p < last; p++) {
          const { grid, first: to } = places[p]!;
          const cell = cells[p]!;
          sums.fill(0, 0, 2 * grid.rows * grid.cols * scores);
          fill(cell, gradients, sums, scores);
          grow(grid, sums, counts[at]![p]!, steps.subarray(to));
          const going = beat.tick((3 * rows + 10 * grid.rows * grid.cols) * scores, done);
          if (going !== true && !(await going)) return false;
        }
        for (let p = first; p < last; p++) {
          const { grid, first: from } = places[p]!;
          const cell = cells[p]!;
          add(cell, steps.subarray(from), bag.raw, scores);
          for (let i = from; i < from + grid.rows * grid.cols * scores; i++) table[i]! += steps[i]!;
        }
      }
      return true;
    },
  };
}

/** Adds the (gradient, hessian) pairs of all rows to the cells they lie in. */
function fill(cell: Uint16Array, gradients: Float32Array, sums: Float64Array, scores: number): void {
  const n = cell.length;
  if (scores === 1) {
    for (let i = 0; i < n; i++) {
      const s = 2 * cell[i]!;
      sums[s]! += gradients[2 * i]!;
      sums[s + 1]! += gradients[2 * i + 1]!;
    }
    return;
  }
  for (let k = 0; k < scores; k++) {
    for (let i = 0; i < n; i++) {
      const s = 2 * (cell[i]! * scores + k);
      sums[s]! += gradients[2 * (k * n + i)]!;
      sums[s + 1]! += gradients[2 * (k * n + i) + 1]!;
    }
  }
}

/** raw += the step of the cell of each row. */
function add(cell: Uint16Array, steps: Float64Array, raw: Float64Array, scores: number): void {
  const n = cell.length;
  if (scores === 1) {
    for (let i = 0; i < n; i++) raw[i]! += steps[cell[i]!]!;
    return;
  }
  for (let k = 0; k < scores; k++) for (let i = 0; i < n; i++) raw[k * n + i]! += steps[cell[i]! * scores + k]!;
}
