/** Trees: raw scores, path-dependent SHAP contributions and importance by gain. */
import type { Trees } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { treeKernels } from '../kernels/load.js';
import { allocate, Layout } from '../kernels/memory.js';
import { NODE } from '../kernels/trees.js';
import { addShallow } from './shallow-trees.js';

/** Rows that go down the trees together: their cells (4 kB a column) stay in the second cache, and a leaf still gets many. */
const BLOCK = 1024;
/** Rows, and nodes a row, from which and up to which it pays to get small trees ready. */
const SOME = 256;
const NODES_A_ROW = 3;
/** Bytes of nodes that are copied to where the kernel reads them; more go down from where they lie. */
const MOST = 2 ** 28;

/** Whether x goes left at this node. A level beyond the node's set counts as missing. */
export function goesLeft(form: Trees, node: number, x: number): boolean {
  const start = form.set[node]!;
  if (start < 0) return Number.isNaN(x) ? form.missingLeft[node] === 1 : x <= form.threshold[node]!;
  if (!(x >= 0) || x >= form.setWords[start]! * 32) return form.missingLeft[node] === 1;
  return ((form.setWords[start + 1 + (x >>> 5)]! >>> (x & 31)) & 1) === 1;
}

/** The leaf that a row lands in; the row's cells are cells[from], cells[from + 1], … */
export function leafOf(form: Trees, root: number, cells: Float32Array, from: number): number {
  const { feature, threshold, left, right, set } = form;
  let node = root;
  for (;;) {
    const f = feature[node]!;
    if (f < 0) return node;
    const x = cells[from + f]!;
    const isLeft = set[node]! < 0 && x === x ? x <= threshold[node]! : goesLeft(form, node, x);
    node = isLeft ? left[node]! : right[node]!;
  }
}

/** Raw scores, rows × scores, row-major. All ways add the same leaves in the same order. */
export function predictTrees(form: Trees, X: Matrix): Float64Array {
  const scores = form.base.length;
  const trees = form.roots.length;
  const out = new Float64Array(X.rows * scores);
  const count = form.feature.length;
  const isSmall = X.rows >= SOME && count <= NODES_A_ROW * X.rows && addShallow(form, X, out);
  // Copying a node costs about as much as one step of one row.
  const steps = X.rows * trees * Math.log2(2 + count / (trees + 1));
  if (!isSmall && X.rows >= 32 && steps > 2 * count && count * (NODE + 8 * form.width) < MOST) addBlocks(form, X, out);
  else if (!isSmall) addRows(form, X, out);
  const scale = form.average && trees > 0 ? 1 / trees : 1;
  for (let i = 0; i < out.length; i++) out[i] = out[i]! * scale + form.base[i % scores]!;
  return out;
}

/** Adds every tree to `out`, row by row: about 100 · depth steps a row for 100 trees. */
function addRows(form: Trees, X: Matrix, out: Float64Array): void {
  const { width, value, score, roots } = form;
  const scores = form.base.length;
  const cells = new Float32Array(X.cols);
  for (let i = 0; i < X.rows; i++) {
    for (let j = 0; j < X.cols; j++) cells[j] = X.data[j * X.rows + i]!;
    for (let t = 0; t < roots.length; t++) {
      const leaf = leafOf(form, roots[t]!, cells, 0);
      const to = score[t]!;
      if (to >= 0) out[i * scores + to]! += value[leaf * width]!;
      else for (let s = 0; s < width; s++) out[i * scores + s]! += value[leaf * width + s]!;
    }
  }
}

/** Adds every tree to `out`, a block of rows at a time, by the kernel. */
function addBlocks(form: Trees, X: Matrix, out: Float64Array): void {
  const { width, value, score, roots, feature, threshold, left, right, missingLeft, set, setWords } = form;
  const count = feature.length;
  const trees = roots.length;
  const scores = form.base.length;
  const layout = new Layout();
  const room = Math.min(BLOCK, X.rows);
  const at = {
    nodes: layout.take(count * NODE),
    sets: layout.take(setWords.length * 4),
    value: layout.take(count * width * 8),
    roots: layout.take(trees * 4),
    score: layout.take(trees * 4),
    cells: layout.take(X.cols * room * 4),
    lists: layout.take(room * 6),
    out: layout.take(room * scores * 8),
  };
  const memory = allocate(layout.bytes);
  const { u32, f32, f64 } = memory;
  for (let i = 0, to = at.nodes >> 2; i < count; i++, to += NODE / 4) {
    u32[to] = feature[i]!;
    f32[to + 1] = threshold[i]!;
    u32[to + 2] = left[i]!;
    u32[to + 3] = right[i]!;
    u32[to + 4] = missingLeft[i]!;
    u32[to + 5] = set[i]! < 0 ? 0 : at.sets + 4 * set[i]!;
  }
  u32.set(setWords, at.sets >> 2);
  f64.set(value, at.value >> 3);
  u32.set(roots, at.roots >> 2);
  u32.set(score, at.score >> 2);
  const kernels = treeKernels(memory);
  const sums = f64.subarray(at.out >> 3, (at.out >> 3) + room * scores);
  for (let from = 0; from < X.rows; from += room) {
    const n = Math.min(room, X.rows - from);
    for (let j = 0; j < X.cols; j++) f32.set(X.data.subarray(j * X.rows + from, j * X.rows + from + n), (at.cells >> 2) + j * room);
    sums.fill(0);
    kernels.add(at.nodes, at.value, width, at.roots, at.score, trees, at.cells, room, n, at.lists, at.out, scores);
    out.set(sums.subarray(0, n * scores), from * scores);
  }
}

export interface TreeContributions {
  /** The expected raw score under the trees' own cover, one per score. */
  readonly base: Float64Array;
  /** Rows × inputs × scores, as for the linear form: base + Σ over inputs = the raw score of the row. */
  readonly values: Float64Array;
}

/**
 * Path-dependent TreeSHAP (Lundberg, Erion & Lee 2018, algorithm 2): O(trees · leaves · depth²) a row.
 * A path element holds the column, the share of zero paths (cover), of one paths (0 or 1), and the permutation weight.
 */
export function treeContributions(form: Trees, X: Matrix): TreeContributions {
  const scores = form.base.length;
  const cols = X.cols;
  const { width, value, cover, left, right, feature, roots } = form;
  const trees = roots.length;
  const scale = form.average && trees > 0 ? 1 / trees : 1;
  const base = Float64Array.from(form.base);
  const values = new Float64Array(X.rows * scores * cols);
  let depth = 0;
  const measure = (node: number, share: number, level: number, to: number): void => {
    depth = Math.max(depth, level);
    if (feature[node]! < 0) {
      for (let s = 0; s < width; s++) base[to < 0 ? s : to]! += scale * share * value[node * width + s]!;
      return;
    }
    const [l, r] = shares(cover, left[node]!, right[node]!);
    measure(left[node]!, share * l, level + 1, to);
    measure(right[node]!, share * r, level + 1, to);
  };
  for (let t = 0; t < trees; t++) measure(roots[t]!, 1, 0, form.score[t]!);

  const room = ((depth + 2) * (depth + 3)) / 2;
  const column = new Int32Array(room);
  const zero = new Float64Array(room);
  const one = new Float64Array(room);
  const weight = new Float64Array(room);
  const cells = new Float32Array(cols);
  let at = 0;
  let to = -1;

  const visit = (node: number, length: number, from: number, zeroShare: number, oneShare: number, by: number): void => {
    // Each level works on its own copy of the path, laid out one after the other.
    const p = from + length + 1;
    for (let i = 0; i <= length - 1; i++) {
      column[p + i] = column[from + i]!;
      zero[p + i] = zero[from + i]!;
      one[p + i] = one[from + i]!;
      weight[p + i] = weight[from + i]!;
    }
    extend(p, length, zeroShare, oneShare, by);
    if (feature[node]! < 0) {
      for (let i = 1; i <= length; i++) {
        const w = unwoundSum(p, length, i) * (one[p + i]! - zero[p + i]!) * scale;
        const c = column[p + i]!;
        if (to >= 0) values[(at * cols + c) * scores + to]! += w * value[node * width]!;
        else for (let s = 0; s < width; s++) values[(at * cols + c) * scores + s]! += w * value[node * width + s]!;
      }
      return;
    }
    const f = feature[node]!;
    const isLeft = goesLeft(form, node, cells[f]!);
    const hot = isLeft ? left[node]! : right[node]!;
    const cold = isLeft ? right[node]! : left[node]!;
    const [l, r] = shares(cover, left[node]!, right[node]!);
    let zeroBefore = 1;
    let oneBefore = 1;
    let last = length;
    for (let i = 1; i <= length; i++) {
      if (column[p + i] === f) {
        zeroBefore = zero[p + i]!;
        oneBefore = one[p + i]!;
        unwind(p, length, i);
        last--;
        break;
      }
    }
    visit(hot, last + 1, p, zeroBefore * (isLeft ? l : r), oneBefore, f);
    visit(cold, last + 1, p, zeroBefore * (isLeft ? r : l), 0, f);
  };

  const extend = (p: number, length: number, z: number, o: number, by: number): void => {
    column[p + length] = by;
    zero[p + length] = z;
    one[p + length] = o;
    weight[p + length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i--) {
      weight[p + i + 1]! += (o * weight[p + i]! * (i + 1)) / (length + 1);
      weight[p + i] = (z * weight[p + i]! * (length - i)) / (length + 1);
    }
  };
  const unwind = (p: number, length: number, which: number): void => {
    const o = one[p + which]!;
    const z = zero[p + which]!;
    let next = weight[p + length]!;
    for (let i = length - 1; i >= 0; i--) {
      if (o !== 0) {
        const was = weight[p + i]!;
        weight[p + i] = (next * (length + 1)) / ((i + 1) * o);
        next = was - (weight[p + i]! * z * (length - i)) / (length + 1);
      } else weight[p + i] = (weight[p + i]! * (length + 1)) / (z * (length - i));
    }
    for (let i = which; i < length; i++) {
      column[p + i] = column[p + i + 1]!;
      zero[p + i] = zero[p + i + 1]!;
      one[p + i] = one[p + i + 1]!;
    }
  };
  const unwoundSum = (p: number, length: number, which: number): number => {
    const o = one[p + which]!;
    const z = zero[p + which]!;
    let next = weight[p + length]!;
    let total = 0;
    for (let i = length - 1; i >= 0; i--) {
      if (o !== 0) {
        const part = (next * (length + 1)) / ((i + 1) * o);
        total += part;
        next = weight[p + i]! - (part * z * (length - i)) / (length + 1);
      } else if (z !== 0) total += (weight[p + i]! * (length + 1)) / (z * (length - i));
    }
    return total;
  };

  for (at = 0; at < X.rows; at++) {
    for (let j = 0; j < cols; j++) cells[j] = X.data[j * X.rows + at]!;
    for (let t = 0; t < trees; t++) {
      to = form.score[t]!;
      visit(roots[t]!, 0, -1, 1, 1, -1);
    }
  }
  return { base, values };
}

/** The children's shares of their parent; never both 0. */
function shares(cover: Float64Array, left: number, right: number): readonly [number, number] {
  const sum = cover[left]! + cover[right]!;
  return sum > 0 ? [cover[left]! / sum, cover[right]! / sum] : [0.5, 0.5];
}

/** Loss reduction summed over the splits on each column. */
export function treeImportance(form: Trees): Float64Array {
  const sums = new Float64Array(form.inputs);
  for (let i = 0; i < form.feature.length; i++) if (form.feature[i]! >= 0) sums[form.feature[i]!]! += form.gain[i]!;
  return sums;
}
