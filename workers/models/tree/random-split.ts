/** One random threshold per column: the split of extremely randomised trees (Geurts, Ernst & Wehenkel 2006). */
import type { Random } from '../../../src/core/random.js';
import { ALL, MISSING, type Ranks } from './ranks.js';
import { NOTHING, type Criterion, type NodeRows, type Split } from './split.js';

const float = new Float32Array(1);

/** As `search`, but the threshold is drawn evenly between the node's smallest and largest value. O(n). */
export function searchRandom(
  node: NodeRows,
  criterion: Criterion,
  ranks: Ranks,
  j: number,
  rows: Uint32Array,
  start: number,
  minLeaf: number,
  u: Random,
  best: Split,
): boolean {
  const { n, rank } = node;
  const column = ranks.data.subarray(j * ranks.rows, (j + 1) * ranks.rows);
  let low = MISSING;
  let high = -1;
  let present = 0;
  for (let i = 0; i < n; i++) {
    const r = (rank[i] = column[rows[start + i]!]!);
    if (r === MISSING) continue;
    present++;
    if (r < low) low = r;
    if (r > high) high = r;
  }
  if (present === 0 || (low === high && present === n)) return false;
  let last = low;
  let cut = ALL;
  if (low < high) {
    const from = ranks.low[j]![low]!;
    const to = ranks.high[j]![high]!;
    float[0] = from + u() * (to - from);
    const t = float[0] < to ? float[0] : from;
    // The last rank whose values all lie at or below t.
    let above = high;
    while (last < above) {
      const mid = (last + above + 1) >> 1;
      if (ranks.high[j]![mid]! <= t) last = mid;
      else above = mid - 1;
    }
    cut = Math.max(t, ranks.high[j]![last]!);
    // A rank that stands for several values must not be torn apart by a threshold inside it.
    if (ranks.low[j] !== ranks.high[j]) cut = ranks.high[j]![last]!;
  }
  for (const missingLeft of present < n && low < high ? [false, true] : [false]) {
    const gain = gainOf(node, criterion, last, missingLeft, minLeaf);
    if (!(gain > best.gain + (best.feature < 0 ? 0 : 1e-12 * node.loss))) continue;
    best.feature = j;
    best.gain = Math.max(0, gain);
    best.last = last;
    best.threshold = cut;
    best.missingLeft = missingLeft;
    best.complete = present === n;
  }
  return true;
}

/** Decrease of the weighted impurity; −Infinity when a side is too small. */
function gainOf(node: NodeRows, criterion: Criterion, last: number, missingLeft: boolean, minLeaf: number): number {
  const { n, rank, weight, code, y, sums, left, classes, total, loss } = node;
  let count = 0;
  let weightLeft = 0;
  let sum = 0;
  let all = 0;
  left.fill(0);
  const isClass = classes > 0;
  for (let i = 0; i < n; i++) {
    const r = rank[i]!;
    if (!isClass) all += weight[i]! * y[i]!;
    if (r === MISSING ? !missingLeft : r > last) continue;
    count++;
    weightLeft += weight[i]!;
    if (isClass) left[code[i]!]! += weight[i]!;
    else sum += weight[i]! * y[i]!;
  }
  if (count < minLeaf || n - count < minLeaf) return -Infinity;
  const weightRight = total - weightLeft;
  // Where rows weigh next to nothing, rounding alone may be left.
  if (!(weightRight > NOTHING * total)) return -Infinity;
  if (!isClass) return (sum * sum) / weightLeft + ((all - sum) * (all - sum)) / weightRight - (all * all) / total;
  let rest = 0;
  for (let k = 0; k < classes; k++) {
    const l = left[k]!;
    const r = sums[k]! - l;
    if (criterion === 'gini') rest -= (l * l) / weightLeft + (r * r) / weightRight;
    else rest -= (l > 0 ? l * Math.log2(l / weightLeft) : 0) + (r > 0 ? r * Math.log2(r / weightRight) : 0);
  }
  return loss - (criterion === 'gini' ? total + rest : rest);
}
