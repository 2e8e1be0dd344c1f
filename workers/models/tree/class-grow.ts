/** Grows trees of classes as `cart` does, depth first and by Gini, with a kernel: for rows that are drawn whole times. */
import type { Random } from '../../../src/core/random.js';
import { forestKernels } from '../../kernels/load.js';
import { PLAN, type ForestKernels, type Plan } from '../../kernels/forest.js';
import { allocate, Layout, type Memory } from '../../kernels/memory.js';
import type { Growth, Tick } from './cart.js';
import type { Nodes } from './nodes.js';
import { threshold, type Ranks } from './ranks.js';

/** A class is a byte of an item. */
const MOST_CLASSES = 256;
/** Counters of a histogram: they stay in the first cache. */
const ROOM = 4096;
const MOST_BYTES = 2 ** 31;

export interface ClassGrower {
  /** Where the ranks of the matrix go. */
  readonly ranks: Uint16Array;
  /** Adds a tree over the rows drawn: `times` by row of the matrix. Returns the root. */
  grow(nodes: Nodes, ranks: Ranks, times: Uint8ClampedArray, u: Random, tick: Tick): Promise<number>;
}

/** Bytes held beside the nodes, for forecasts. */
export const classGrowerBytes = (rows: number, cols: number): number => rows * (2 * cols + 34) + 250_000;

/** Null when the classes are too many, or the rows. A row weighs its draws times the factor of its class. */
export function classGrower(
  rows: number,
  cols: number,
  code: Int32Array,
  factors: Float64Array,
  how: Growth,
  kernelsOf: (memory: Memory) => ForestKernels = forestKernels,
): ClassGrower | null {
  const classes = factors.length;
  if (classes > MOST_CLASSES || classGrowerBytes(rows, cols) > MOST_BYTES) return null;
  const layout = new Layout();
  const room = Math.max(ROOM, 16 * classes);
  const plan: Plan = {
    ranks: layout.take(rows * cols * 2),
    stride: rows,
    classes,
    minLeaf: how.minLeaf,
    plain: factors.every((f) => f === 1) ? 1 : 0,
    room,
    factors: layout.take(classes * 8),
    counts: layout.take(classes * 8),
    best: layout.take(40),
    cells: layout.take(rows * 2 + 16),
    packs: layout.take(128),
    histogram: layout.take(room * 4),
    sizes: layout.take(room * 4),
    marks: layout.take(65536),
    notes: layout.take(room * 16 + 256),
    keys: layout.take(rows * 4 + 256),
    spare: layout.take(rows * 4 + 256),
    lost: layout.take(classes * 4),
    digits: layout.take(2048),
  };
  const items = layout.take(rows * 8);
  const aside = layout.take(rows * 8);
  const list = layout.take(cols * 4);
  const at = layout.take(PLAN.length * 4);
  const memory = allocate(layout.bytes);
  const { u8, u32, f64 } = memory;
  const i32 = new Int32Array(u8.buffer);
  PLAN.forEach((name, i) => (u32[(at >> 2) + i] = plan[name]));
  f64.set(factors, plan.factors >> 3);
  const kernels = kernelsOf(memory);
  kernels.begin(at);
  const columns = Int32Array.from({ length: cols }, (_, j) => j);
  const chosen = how.dealt === true || how.features < cols;
  const best = plan.best >> 2;
  const counts = plan.counts >> 2;

  /** A node that will be divided. */
  interface Open {
    readonly node: number;
    readonly start: number;
    readonly end: number;
    readonly depth: number;
    readonly feature: number;
    readonly last: number;
    readonly missingLeft: number;
    readonly complete: boolean;
    readonly gain: number;
  }

  return {
    ranks: new Uint16Array(u8.buffer, plan.ranks, rows * cols),
    async grow(nodes, ranks, times, u, tick) {
      let size = 0;
      for (let r = 0, to = items >> 2; r < rows; r++) {
        if (times[r] === 0) continue;
        u32[to++] = r;
        u32[to++] = (times[r]! << 8) | code[r]!;
        size++;
      }
      for (let j = 0; j < cols; j++) columns[j] = j;
      const open: Open[] = [];
      let settled = 0;

      const create = (start: number, end: number, depth: number): number => {
        const n = end - start;
        const present = kernels.open(items + start * 8, n);
        const total = f64[(plan.best >> 3) + 4]!;
        const node = nodes.add(total);
        for (let k = 0; k < classes; k++) nodes.value[node * classes + k] = (factors[k]! * u32[counts + 2 * k + 1]!) / total;
        if (present > 1 && depth < how.maxDepth && n >= how.minSplit && n >= 2 * how.minLeaf) {
          // Columns are drawn without replacement; more, while all of them are constant; in their own order when none is left out and chance is not to decide.
          let left = cols;
          let useful = 0;
          for (let want = Math.min(how.features, cols); want > 0; want = useful === 0 && left > 0 ? 1 : 0) {
            for (let i = 0; i < want; i++, left--) {
              const pick = chosen ? Math.floor(u() * left) : cols - left;
              const j = columns[pick]!;
              if (chosen) {
                columns[pick] = columns[left - 1]!;
                columns[left - 1] = j;
              }
              i32[(list >> 2) + i] = j;
            }
            useful += kernels.search(list, want);
          }
        }
        const feature = i32[best + 2]!;
        if (feature >= 0)
          open.push({
            node,
            start,
            end,
            depth,
            feature,
            last: u32[best + 3]!,
            missingLeft: u32[best + 4]!,
            complete: u32[best + 5] === 1,
            gain: f64[plan.best >> 3]!,
          });
        else settled += n;
        return node;
      };

      const root = create(0, size, 0);
      for (let next = open.pop(); next; next = open.pop()) {
        const { node, start, end, depth, feature } = next;
        const middle = start + kernels.divide(items + start * 8, end - start, feature, next.last, next.missingLeft, aside);
        nodes.feature[node] = feature;
        nodes.gain[node] = next.gain;
        nodes.threshold[node] = threshold(ranks, feature, u32[best + 3]!, u32[best + 6]!);
        const before = open.length;
        const left = create(start, middle, depth + 1);
        const right = create(middle, end, depth + 1);
        // The left one is divided first.
        if (open.length === before + 2) open.push(open.splice(before, 1)[0]!);
        nodes.left[node] = left;
        nodes.right[node] = right;
        nodes.missingLeft[node] = (next.complete ? nodes.cover[left]! > nodes.cover[right]! : next.missingLeft === 1) ? 1 : 0;
        const going = tick((end - start) * Math.min(how.features, cols) * 10, settled);
        if (going !== true && !(await going)) break;
      }
      return root;
    },
  };
}
