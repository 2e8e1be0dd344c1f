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
          for (let k = 0; k < scores; k++) {
            for (let i = 0; i < rows; i++) {
              const s = 2 * (cell[i]! * scores + k);
              sums[s]! += gradients[2 * (k * rows + i)]!;
              sums[s + 1]! += gradients[2 * (k * rows + i) + 1]!;
            }
          }
          grow(grid, sums, counts[at]![p]!, steps.subarray(to));
          const going = beat.tick((3 * rows + 10 * grid.rows * grid.cols) * scores, done);
          if (going !== true && !(await going)) return false;
        }
        for (let p = first; p < last; p++) {
          const { grid, first: from } = places[p]!;
          const cell = cells[p]!;
          for (let k = 0; k < scores; k++) for (let i = 0; i < rows; i++) bag.raw[k * rows + i]! += steps[from + cell[i]! * scores + k]!;
          for (let i = from; i < from + grid.rows * grid.cols * scores; i++) table[i]! += steps[i]!;
        }
      }
      return true;
    },
  };
}
