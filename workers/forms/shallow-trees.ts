/** Predicting with many small trees: cells become bytes once, then every node is asked for sixteen rows at a time. */
import type { Trees } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { shallowKernels } from '../kernels/load.js';
import { allocate, Layout } from '../kernels/memory.js';
import { CELLS, HEAD, ROWS, STEP } from '../kernels/shallow.js';

/** Leaves of a tree: a byte. */
const LEAVES = 256;
/** Nodes of a tree, on average, up to which asking all of them is faster than going down. */
const NODES = 511;
/** Thresholds of a column: bins are 0 … 254, and 255 is missing. */
const CUTS = 254;
/** Words of a set: levels from 224 on are in none. */
const WORDS = 7;

/** Adds every tree to `out` (rows × scores, zeroed), as going down would. False when the trees are not such, and nothing is done. */
export function addShallow(form: Trees, X: Matrix, out: Float64Array): boolean {
  const { roots, feature, threshold, left, right, missingLeft, set, setWords, width, score, value } = form;
  const trees = roots.length;
  const count = feature.length;
  if (typeof WebAssembly !== 'object' || count > trees * NODES) return false;

  const cuts = cutsOf(form);
  if (!cuts) return false;
  // Which copies of a column are asked: with the missing below (0) or above (1) all thresholds. Column 0 of the cells is for what nobody asks.
  const cells = new Int32Array(2 * form.inputs);
  let columns = 1;
  let tables = 0;
  for (let i = 0; i < count; i++) {
    if (feature[i]! < 0) continue;
    const copy = 2 * feature[i]! + (set[i]! < 0 ? 1 - missingLeft[i]! : 1);
    if (cells[copy] === 0) cells[copy] = columns++;
    if (set[i]! >= 0) tables++;
  }
  if (columns > 65535) return false;

  const shape = shapeOf(form);
  if (!shape || shape.leaves > LEAVES) return false;
  const scores = form.base.length;
  const wide = score.map((s) => (s < 0 ? width : 1));
  const layout = new Layout();
  const at = {
    program: layout.take(trees * HEAD + count * STEP),
    value: layout.take(count * width * 8),
    cuts: layout.take(form.inputs * 256 * 4),
    column: layout.take(CELLS * 4),
    cells: layout.take(columns * CELLS),
    slots: layout.take((1 + LEAVES + shape.held) * ROWS),
    out: layout.take(CELLS * scores * 8),
    // Last: a place beyond 255 is what tells a table from a cut.
    tables: layout.take(tables * 256),
  };
  const memory = allocate(layout.bytes);
  const kernels = shallowKernels(memory);
  if (!kernels) return false;
  const { u8, u32, f32, f64 } = memory;
  const u16 = new Uint16Array(u8.buffer);
  for (let l = 0; l < LEAVES; l++) u8.fill(l, at.slots + (1 + l) * ROWS, at.slots + (2 + l) * ROWS);
  cuts.forEach((c, j) => {
    f32.fill(Infinity, (at.cuts >> 2) + j * 256, (at.cuts >> 2) + (j + 1) * 256);
    f32.set(c, (at.cuts >> 2) + j * 256);
  });

  let program = at.program;
  let values = at.value;
  let table = at.tables;
  for (let t = 0; t < trees; t++) {
    const head = program;
    const first = values;
    let leaf = 0;
    program += HEAD;
    /** Writes the steps of a subtree; returns the slot that holds its leaf. Slots from `free` on are free. */
    const write = (node: number, free: number): number => {
      if (feature[node]! < 0) {
        for (let s = 0; s < wide[t]!; s++, values += 8) f64[values >> 3] = value[node * width + s]!;
        return 1 + leaf++;
      }
      const l = left[node]!;
      const r = right[node]!;
      let a: number;
      let b: number;
      // The side that holds more slots goes first.
      if (shape.need[l]! >= shape.need[r]!) {
        a = write(l, free);
        b = write(r, a >= free ? free + 1 : free);
      } else {
        b = write(r, free);
        a = write(l, b >= free ? free + 1 : free);
      }
      const j = feature[node]!;
      const p = program >> 1;
      program += STEP;
      u16[p] = cells[2 * j + (set[node]! < 0 ? 1 - missingLeft[node]! : 1)]!;
      u16[p + 1] = a;
      u16[p + 2] = b;
      u16[p + 3] = free;
      if (set[node]! < 0) u32[(p >> 1) + 2] = indexOf(cuts[j]!, threshold[node]!);
      else {
        u32[(p >> 1) + 2] = table;
        const start = set[node]!;
        for (let k = 0; k < 256; k++) {
          const isLeft = k < 32 * setWords[start]! ? (setWords[start + 1 + (k >> 5)]! >>> (k & 31)) & 1 : missingLeft[node]!;
          u8[table++] = isLeft === 1 ? 128 : 127;
        }
      }
      return free;
    };
    const result = write(roots[t]!, 1 + LEAVES);
    u32.set([(program - head - HEAD) / STEP, result, first, score[t]!], head >> 2);
  }

  const sums = f64.subarray(at.out >> 3, (at.out >> 3) + CELLS * scores);
  const column = f32.subarray(at.column >> 2, (at.column >> 2) + CELLS);
  for (let from = 0; from < X.rows; from += CELLS) {
    const n = Math.min(CELLS, X.rows - from);
    for (let j = 0; j < form.inputs; j++) {
      if (cells[2 * j] === 0 && cells[2 * j + 1] === 0) continue;
      column.set(X.data.subarray(j * X.rows + from, j * X.rows + from + n));
      const [low, high] = [at.cells + cells[2 * j]! * CELLS, at.cells + cells[2 * j + 1]! * CELLS];
      if (cuts[j]!.length > 0) kernels.bin(at.column, (n + 3) & ~3, at.cuts + j * 1024, cuts[j]!.length, low, high);
      else kernels.level(at.column, n, high);
    }
    sums.fill(0);
    kernels.add(at.program, trees, at.cells, at.slots, width, n, at.out, scores);
    out.set(n === CELLS ? sums : sums.subarray(0, n * scores), from * scores);
  }
  return true;
}

/** The distinct thresholds of each column, rising; null when there are too many, or a column is split as a quantity and as a category too. */
function cutsOf({ inputs, feature, threshold, set, setWords }: Trees): Float32Array[] | null {
  const counts = new Int32Array(inputs + 1);
  const sets = new Uint8Array(inputs);
  for (let i = 0; i < feature.length; i++) {
    if (feature[i]! < 0) continue;
    if (set[i]! < 0) counts[feature[i]! + 1]!++;
    else {
      sets[feature[i]!] = 1;
      if (setWords[set[i]!]! > WORDS) return null;
    }
  }
  for (let j = 0; j < inputs; j++) {
    if (counts[j + 1]! > 0 && sets[j]) return null;
    counts[j + 1]! += counts[j]!;
  }
  const all = new Float32Array(counts[inputs]!);
  const next = counts.slice();
  for (let i = 0; i < feature.length; i++) if (feature[i]! >= 0 && set[i]! < 0) all[next[feature[i]!]!++] = threshold[i]! + 0;
  const cuts: Float32Array[] = [];
  for (let j = 0; j < inputs; j++) {
    const own = all.subarray(counts[j]!, counts[j + 1]!).sort();
    const distinct = own.filter((c, i) => i === 0 || c !== own[i - 1]);
    if (distinct.length > CUTS) return null;
    cuts.push(distinct);
  }
  return cuts;
}

/** Most leaves of a tree, slots that each subtree holds at a time while it is worked out, and the most of them. Null when a tree is too deep. */
function shapeOf({ roots, feature, left, right }: Trees) {
  const need = new Uint16Array(feature.length);
  let leaves = 0;
  let held = 0;
  for (const root of roots) {
    const path = [root];
    const order: number[] = [];
    for (let node = path.pop(); node !== undefined; node = path.pop()) {
      order.push(node);
      if (feature[node]! >= 0) path.push(left[node]!, right[node]!);
      if (order.length > 2 * LEAVES) return null;
    }
    leaves = Math.max(leaves, (order.length + 1) / 2);
    // Parents stand before their children.
    for (const node of order.reverse()) {
      if (feature[node]! < 0) continue;
      const l = need[left[node]!]!;
      const r = need[right[node]!]!;
      need[node] = Math.max(1, l === r ? l + (l > 0 ? 1 : 0) : Math.max(l, r));
    }
    held = Math.max(held, need[root]!);
  }
  return { need, leaves, held };
}

function indexOf(sorted: Float32Array, x: number): number {
  let lo = 0;
  let hi = sorted.length - 1;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (sorted[mid]! < x) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}
