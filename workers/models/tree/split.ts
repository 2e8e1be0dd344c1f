/** The best split of one node on one column, for each criterion: sort the node's rows by rank, then one pass per side for the missing. */
import { MISSING, threshold, type Ranks } from './ranks.js';

export type Criterion = 'gini' | 'entropy' | 'squared_error' | 'absolute_error';

/** What a node's rows look like, gathered so that scans read in order. Lengths ≥ n. */
export interface NodeRows {
  n: number;
  /** Weight of all rows. */
  total: number;
  /** Weighted impurity: w · gini, w · entropy (bits), Σ w (y − mean)², Σ w |y − median|. */
  loss: number;
  readonly classes: number;
  readonly code: Int32Array;
  /** The target minus the node's mean. */
  readonly y: Float64Array;
  readonly weight: Float64Array;
  /** Weight of each class. */
  readonly sums: Float64Array;
  /** The node's rows by rank of the column at hand: places in the node, and ranks. */
  readonly place: Uint32Array;
  readonly rank: Uint16Array;
  readonly keys: Uint32Array;
  readonly spare: Uint32Array;
  readonly counts: Uint32Array;
  readonly left: Float64Array;
  /** One cell: the value of a number node. */
  readonly cost: Float64Array;
}

export const nodeRows = (rows: number, classes: number): NodeRows => ({
  n: 0,
  total: 0,
  loss: 0,
  classes,
  code: new Int32Array(classes > 0 ? rows : 0),
  y: new Float64Array(classes > 0 ? 0 : rows),
  weight: new Float64Array(rows),
  sums: new Float64Array(classes),
  place: new Uint32Array(rows),
  rank: new Uint16Array(rows),
  keys: new Uint32Array(Math.min(rows, 65536)),
  spare: new Uint32Array(Math.min(rows, 65536)),
  counts: new Uint32Array(rows > 65536 ? 65537 : 0),
  left: new Float64Array(classes),
  cost: new Float64Array(1),
});

export interface Split {
  feature: number;
  /** Decrease of the weighted impurity; −∞ while none is found. */
  gain: number;
  threshold: number;
  /** Ranks up to this one go left. */
  last: number;
  missingLeft: boolean;
  /** No missing value here: at prediction it follows the larger side. */
  complete: boolean;
}
export const none = (): Split => ({ feature: -1, gain: -Infinity, threshold: 0, last: 0, missingLeft: false, complete: true });

const low = new Uint32Array(256);
const high = new Uint32Array(256);

/** Sorts by the upper 16 bits, keeping the order of equal ones: two passes of a byte each. O(n + 512). */
function radix(keys: Uint32Array, spare: Uint32Array, n: number): void {
  low.fill(0);
  high.fill(0);
  for (let i = 0; i < n; i++) {
    const key = keys[i]!;
    low[(key >>> 16) & 255]!++;
    high[key >>> 24]!++;
  }
  let a = 0;
  let b = 0;
  for (let d = 0; d < 256; d++) {
    const l = low[d]!;
    const h = high[d]!;
    low[d] = a;
    high[d] = b;
    a += l;
    b += h;
  }
  for (let i = 0; i < n; i++) {
    const key = keys[i]!;
    spare[low[(key >>> 16) & 255]!++] = key;
  }
  for (let i = 0; i < n; i++) {
    const key = spare[i]!;
    keys[high[key >>> 24]!++] = key;
  }
}

/** Sorts rows[start … start + n) by rank into `place` and `rank`; ties keep the order of rows. Returns how many are present. */
export function order(node: NodeRows, ranks: Uint16Array, rows: Uint32Array, start: number): number {
  const { n, place, rank, keys, counts } = node;
  if (n <= 65536) {
    for (let i = 0; i < n; i++) keys[i] = ((ranks[rows[start + i]!]! << 16) | i) >>> 0;
    if (n > 48) radix(keys, node.spare, n);
    else {
      for (let i = 1; i < n; i++) {
        const key = keys[i]!;
        let k = i - 1;
        for (; k >= 0 && keys[k]! > key; k--) keys[k + 1] = keys[k]!;
        keys[k + 1] = key;
      }
    }
    for (let i = 0; i < n; i++) {
      const key = keys[i]!;
      rank[i] = key >>> 16;
      place[i] = key & 0xffff;
    }
  } else {
    counts.fill(0);
    for (let i = 0; i < n; i++) counts[ranks[rows[start + i]!]! + 1]!++;
    for (let r = 0; r < 65536; r++) counts[r + 1]! += counts[r]!;
    for (let i = 0; i < n; i++) {
      const r = ranks[rows[start + i]!]!;
      const to = counts[r]!++;
      place[to] = i;
      rank[to] = r;
    }
  }
  let present = n;
  while (present > 0 && rank[present - 1] === MISSING) present--;
  return present;
}

/** Improves `best` by the best split on column j, if there is a better one. False when the column is constant in the node. */
export function search(
  node: NodeRows,
  criterion: Criterion,
  ranks: Ranks,
  j: number,
  rows: Uint32Array,
  start: number,
  minLeaf: number,
  best: Split,
): boolean {
  const { n } = node;
  const present = order(node, ranks.data.subarray(j * ranks.rows, (j + 1) * ranks.rows), rows, start);
  const { rank } = node;
  if (rank[0] === rank[n - 1]) return false;
  const scan =
    criterion === 'gini' ? scanGini : criterion === 'entropy' ? scanEntropy : criterion === 'squared_error' ? scanSquares : scanAbsolute;
  // Differences below rounding are ties, and the first one found wins: the order of sums must not decide.
  const slack = 1e-12 * (criterion === 'gini' || criterion === 'entropy' ? node.total : node.loss);
  for (const missingLeft of present < n ? [false, true] : [false]) {
    const found = scan(node, present, missingLeft, minLeaf);
    if (found.at < 0 || !(found.gain > best.gain + (best.feature < 0 ? 0 : slack))) continue;
    const last = rank[found.at]!;
    best.feature = j;
    best.gain = Math.max(0, found.gain);
    best.last = last;
    best.threshold = threshold(ranks, j, last, found.at + 1 < n ? rank[found.at + 1]! : MISSING);
    best.missingLeft = missingLeft;
    best.complete = present === n;
  }
  return true;
}

interface Found {
  gain: number;
  /** The last present place that goes left; −1: none. */
  at: number;
}

/** The present places, both inclusive, after which a cut leaves enough rows on both sides. */
function range({ n }: NodeRows, present: number, missingLeft: boolean, minLeaf: number): readonly [number, number] {
  const shift = missingLeft ? n - present : 0;
  // After the last present place only the missing follow: a cut there needs them on the right.
  return [minLeaf - 1 - shift, Math.min(n - minLeaf - 1 - shift, missingLeft || present === n ? present - 2 : present - 1)];
}

/** Whether a cut may lie after present place i. */
const cutAfter = (node: NodeRows, present: number, i: number, missingLeft: boolean, minLeaf: number): boolean => {
  const { rank, n } = node;
  if (i + 1 < present ? rank[i] === rank[i + 1] : missingLeft || present === n) return false;
  const left = i + 1 + (missingLeft ? n - present : 0);
  return left >= minLeaf && n - left >= minLeaf;
};

/** Below this share of a node’s weight what is left of its sums is rounding, more or less. */
const LIGHT = 1e-6;
/** And below this it is nothing else. */
export const NOTHING = 1e-15;

/** Σc² / w is as good as the impurity and stays whole-numbered when the weights are: ties are then exact. */
function scanGini(node: NodeRows, present: number, missingLeft: boolean, minLeaf: number): Found {
  const { n, classes, code, weight, sums, place, rank, left, total } = node;
  left.fill(0);
  let weightLeft = 0;
  if (missingLeft) {
    for (let i = present; i < n; i++) {
      const w = weight[place[i]!]!;
      left[code[place[i]!]!]! += w;
      weightLeft += w;
    }
  }
  let squaresLeft = 0;
  let squaresRight = 0;
  let squares = 0;
  for (let k = 0; k < classes; k++) {
    squaresLeft += left[k]! * left[k]!;
    squaresRight += (sums[k]! - left[k]!) ** 2;
    squares += sums[k]! * sums[k]!;
  }
  const slack = 1e-13 * total;
  let top = -Infinity;
  let at = -1;
  const [first, last] = range(node, present, missingLeft, minLeaf);
  for (let i = 0; i < present; i++) {
    const c = code[place[i]!]!;
    const w = weight[place[i]!]!;
    const l = left[c]!;
    squaresLeft += w * (2 * l + w);
    squaresRight -= w * (2 * (sums[c]! - l) - w);
    left[c] = l + w;
    weightLeft += w;
    if (i < first || i > last || (i + 1 < present && rank[i] === rank[i + 1])) continue;
    const weightRight = total - weightLeft;
    // What is left of the total may be rounding alone, where rows weigh next to nothing; Σc² / w is never above w.
    const right =
      weightRight > LIGHT * total ? squaresRight / weightRight : Math.max(0, Math.min(squaresRight / weightRight || 0, weightRight));
    const proxy = squaresLeft / weightLeft + right;
    if (proxy > top + (at < 0 ? 0 : slack)) {
      top = proxy;
      at = i;
    }
  }
  return { gain: top - squares / total, at };
}

const clogc = (c: number) => (c > 0 ? c * Math.log2(c) : 0);

function scanEntropy(node: NodeRows, present: number, missingLeft: boolean, minLeaf: number): Found {
  const { n, classes, code, weight, sums, place, left, total, loss } = node;
  left.fill(0);
  let weightLeft = 0;
  const add = (p: number) => {
    left[code[p]!]! += weight[p]!;
    weightLeft += weight[p]!;
  };
  if (missingLeft) for (let i = present; i < n; i++) add(place[i]!);
  const slack = 1e-13 * total;
  let top = -Infinity;
  let at = -1;
  for (let i = 0; i < present; i++) {
    add(place[i]!);
    if (!cutAfter(node, present, i, missingLeft, minLeaf)) continue;
    let sum = -clogc(weightLeft) - clogc(total - weightLeft);
    for (let k = 0; k < classes; k++) sum += clogc(left[k]!) + clogc(sums[k]! - left[k]!);
    if (sum > top + (at < 0 ? 0 : slack)) {
      top = sum;
      at = i;
    }
  }
  return { gain: loss + top, at };
}

/** y is centred in the node, so the decrease of squares is S² / w_left + S² / w_right with S the sum on the left. */
function scanSquares(node: NodeRows, present: number, missingLeft: boolean, minLeaf: number): Found {
  const { n, y, weight, place, rank, total, loss } = node;
  let sum = 0;
  let weightLeft = 0;
  let all = 0;
  for (let i = 0; i < n; i++) all += weight[i]! * y[i]!;
  if (missingLeft) {
    for (let i = present; i < n; i++) {
      sum += weight[place[i]!]! * y[place[i]!]!;
      weightLeft += weight[place[i]!]!;
    }
  }
  const slack = 1e-13 * loss;
  let top = -Infinity;
  let at = -1;
  const [first, last] = range(node, present, missingLeft, minLeaf);
  for (let i = 0; i < present; i++) {
    const w = weight[place[i]!]!;
    sum += w * y[place[i]!]!;
    weightLeft += w;
    if (i < first || i > last || (i + 1 < present && rank[i] === rank[i + 1])) continue;
    const rest = all - sum;
    const weightRight = total - weightLeft;
    const proxy = (sum * sum) / weightLeft + (weightRight > NOTHING * total ? (rest * rest) / weightRight : 0);
    if (proxy > top + (at < 0 ? 0 : slack)) {
      top = proxy;
      at = i;
    }
  }
  return { gain: top - (all * all) / total, at };
}

/** Costs of both sides by a Fenwick tree over the node's sorted targets: O(n log n). */
function scanAbsolute(node: NodeRows, present: number, missingLeft: boolean, minLeaf: number): Found {
  const { n, y, weight, place, loss } = node;
  const byValue = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => y[a]! - y[b]!);
  const where = new Uint32Array(n);
  for (let i = 0; i < n; i++) where[byValue[i]!] = i;
  /** cost[i]: the absolute error around their median of the first i + 1 places of the sequence. */
  const costs = (sequence: Uint32Array): Float64Array => {
    const w = new Float64Array(n + 1);
    const s = new Float64Array(n + 1);
    const out = new Float64Array(sequence.length);
    let W = 0;
    let S = 0;
    for (let i = 0; i < sequence.length; i++) {
      const p = sequence[i]!;
      W += weight[p]!;
      S += weight[p]! * y[p]!;
      for (let k = where[p]! + 1; k <= n; k += k & -k) {
        w[k]! += weight[p]!;
        s[k]! += weight[p]! * y[p]!;
      }
      let at = 0;
      let below = 0;
      let sumBelow = 0;
      for (let step = 1 << (31 - Math.clz32(n)); step > 0; step >>= 1) {
        if (at + step <= n && below + w[at + step]! < W / 2) {
          at += step;
          below += w[at]!;
          sumBelow += s[at]!;
        }
      }
      const median = y[byValue[Math.min(at, n - 1)]!]!;
      out[i] = median * below - sumBelow + (S - sumBelow) - median * (W - below);
    }
    return out;
  };
  const ahead = missingLeft ? Uint32Array.from([...place.subarray(present, n), ...place.subarray(0, present)]) : place.subarray(0, n);
  const forth = costs(ahead);
  const back = costs(Uint32Array.from(ahead).reverse());
  const shift = missingLeft ? n - present : 0;
  const slack = 1e-13 * loss;
  let top = Infinity;
  let at = -1;
  for (let i = 0; i < present; i++) {
    if (!cutAfter(node, present, i, missingLeft, minLeaf)) continue;
    const cost = forth[i + shift]! + back[n - 2 - i - shift]!;
    if (cost < top - (at < 0 ? 0 : slack)) {
      top = cost;
      at = i;
    }
  }
  return { gain: loss - top, at };
}
