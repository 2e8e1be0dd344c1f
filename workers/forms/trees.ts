/** Trees: raw scores, path-dependent SHAP contributions and importance by gain. */
import type { Trees } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';

/** Rows copied to row-major at a time: 128 rows × 20 columns of Float32 are 10 kB, so they stay in the first cache. */
const block = 128;

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

/** Nodes as 16-byte records (feature, threshold, left, right): one cache line holds four. Leaves name themselves as both children. */
interface Packed {
  readonly ints: Int32Array;
  readonly floats: Float32Array;
}
function pack(form: Trees): Packed {
  const n = form.feature.length;
  const ints = new Int32Array(n * 4);
  const floats = new Float32Array(ints.buffer);
  for (let i = 0; i < n; i++) {
    ints[i * 4] = form.feature[i]!;
    floats[i * 4 + 1] = form.threshold[i]!;
    ints[i * 4 + 2] = form.left[i]! * 4;
    ints[i * 4 + 3] = form.right[i]! * 4;
  }
  return { ints, floats };
}

/** Raw scores, rows × scores, row-major. About 100 · depth steps a row for 100 trees. */
export function predictTrees(form: Trees, X: Matrix): Float64Array {
  const scores = form.base.length;
  const trees = form.roots.length;
  const { width, value, score, roots } = form;
  const out = new Float64Array(X.rows * scores);
  const cells = new Float32Array(block * X.cols);
  const quantities = form.setWords.length === 0;
  // Packing pays from a few hundred rows on; both walks land in the same leaves.
  const packed = quantities && X.rows * 4 >= form.feature.length / 16 && X.rows >= block ? pack(form) : null;
  for (let start = 0; start < X.rows; start += block) {
    const size = Math.min(block, X.rows - start);
    let complete = true;
    for (let j = 0; j < X.cols; j++) {
      const from = j * X.rows + start;
      for (let i = 0; i < size; i++) {
        const x = X.data[from + i]!;
        if (x !== x) complete = false;
        cells[i * X.cols + j] = x;
      }
    }
    for (let t = 0; t < trees; t++) {
      const root = roots[t]!;
      const to = score[t]!;
      if (packed && complete && width === 1) {
        walkBlock(packed, root, cells, X.cols, size, value, out, start * scores + Math.max(to, 0), scores);
        continue;
      }
      for (let i = 0; i < size; i++) {
        const leaf = packed && complete ? walk(packed, root, cells, i * X.cols) : leafOf(form, root, cells, i * X.cols);
        const at = (start + i) * scores;
        if (to >= 0) out[at + to]! += value[leaf * width]!;
        else for (let s = 0; s < width; s++) out[at + s]! += value[leaf * width + s]!;
      }
    }
  }
  const scale = form.average && trees > 0 ? 1 / trees : 1;
  for (let i = 0; i < out.length; i++) out[i] = out[i]! * scale + form.base[i % scores]!;
  return out;
}

function walk({ ints, floats }: Packed, root: number, cells: Float32Array, from: number): number {
  let p = root * 4;
  for (let f = ints[p]!; f >= 0; f = ints[p]!) p = cells[from + f]! <= floats[p + 1]! ? ints[p + 2]! : ints[p + 3]!;
  return p >> 2;
}

function walkBlock(
  { ints, floats }: Packed,
  root: number,
  cells: Float32Array,
  cols: number,
  size: number,
  value: Float64Array,
  out: Float64Array,
  to: number,
  scores: number,
): void {
  for (let i = 0, from = 0; i < size; i++, from += cols, to += scores) {
    let p = root * 4;
    for (let f = ints[p]!; f >= 0; f = ints[p]!) p = cells[from + f]! <= floats[p + 1]! ? ints[p + 2]! : ints[p + 3]!;
    out[to]! += value[p >> 2]!;
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
