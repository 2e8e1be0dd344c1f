/**
 * Ranges around a value and sets of classes that hold the truth as often as they say: conformal prediction on the answers that
 * cross-validation gave for rows a fold had not learnt from (Vovk, Gammerman & Shafer 2005; cross-conformal: Vovk 2015).
 * No assumption about the errors beyond that new rows come as the training rows did.
 */
import type { Conformal } from '../src/core/artifact.js';
import type { Target } from '../src/core/model.js';
import { wilson } from './evaluate/intervals.js';
import type { Coverage } from '../src/core/evaluation.js';

/** Rows a group of like predictions has at least, and how many groups there are at most: large values often err by more than small ones. */
const GROUP_ROWS = 150;
const MOST_GROUPS = 6;
/** Order statistics kept of one group. */
const MOST_KEPT = 2000;
/** How sure ranges and sets are when nobody says. */
export const LEVEL = 0.9;

/** Every so many of sorted values, ends included. */
function thin(sorted: Float64Array): Float64Array {
  const n = sorted.length;
  if (n <= MOST_KEPT) return sorted;
  return Float64Array.from({ length: MOST_KEPT }, (_, i) => sorted[Math.round((i * (n - 1)) / (MOST_KEPT - 1))]!);
}

/** What the answers out of fold tell; rows that no fold tested (NaN) are left out. Null when there are none. O(rows · log rows). */
export function conformalOf(target: Target, outOfFold: Float64Array): Conformal | null {
  const n = target.y.length;
  const outputs = n ? outOfFold.length / n : 0;
  const rows: number[] = [];
  for (let i = 0; i < n; i++) if (Number.isFinite(outOfFold[i * outputs]!)) rows.push(i);
  if (rows.length === 0) return null;
  if (target.task === 'class') {
    const scores = Float64Array.from(rows, (i) => 1 - outOfFold[i * outputs + target.y[i]!]!).sort();
    return { kind: 'class', rows: rows.length, scores: thin(scores) };
  }
  rows.sort((a, b) => outOfFold[a]! - outOfFold[b]! || a - b);
  const groups = Math.max(1, Math.min(MOST_GROUPS, Math.floor(rows.length / GROUP_ROWS)));
  const upTo: number[] = [];
  const counts: number[] = [];
  const parts: Float64Array[] = [];
  let from = 0;
  for (let g = 0; g < groups; g++) {
    let to = g === groups - 1 ? rows.length : Math.max(from, Math.round(((g + 1) * rows.length) / groups));
    // Equal predictions stay together.
    while (to > from && to < rows.length && outOfFold[rows[to]!]! === outOfFold[rows[to - 1]!]!) to++;
    if (to === from) continue;
    parts.push(thin(Float64Array.from(rows.slice(from, to), (i) => target.y[i]! - outOfFold[i]!).sort()));
    counts.push(to - from);
    upTo.push(to < rows.length ? (outOfFold[rows[to - 1]!]! + outOfFold[rows[to]!]!) / 2 : Infinity);
    from = to;
    if (from === rows.length) break;
  }
  const residuals = new Float64Array(parts.reduce((sum, p) => sum + p.length, 0));
  const starts = new Int32Array(parts.length + 1);
  parts.forEach((p, g) => {
    residuals.set(p, starts[g]!);
    starts[g + 1] = starts[g]! + p.length;
  });
  return { kind: 'number', rows: rows.length, upTo: Float64Array.from(upTo), counts: Int32Array.from(counts), starts, residuals };
}

/** The value that a share of all rows, and the one to come, stay below: the ⌈share · (n + 1)⌉-th of n; undefined when n is too small to say. */
function ranked(sorted: Float64Array, n: number, share: number): number | undefined {
  // Not 0.9 · 20 = 18.000000000000004.
  const rank = Math.ceil(share * (n + 1) - 1e-9);
  if (rank > n) return undefined;
  return sorted[n === sorted.length ? rank - 1 : Math.min(sorted.length - 1, Math.ceil(((rank - 1) * (sorted.length - 1)) / (n - 1)))];
}
/** The same from below. */
function rankedBelow(sorted: Float64Array, n: number, share: number): number | undefined {
  const rank = Math.floor(share * (n + 1) + 1e-9);
  if (rank < 1) return undefined;
  return sorted[n === sorted.length ? rank - 1 : Math.floor(((rank - 1) * (sorted.length - 1)) / (n - 1))];
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The range that holds the truth with this probability; null where there are too few rows to say. */
export function rangeOf(c: Conformal, predicted: number, level: number): Range | null {
  if (c.kind !== 'number' || !Number.isFinite(predicted)) return null;
  let g = 0;
  while (g < c.upTo.length - 1 && predicted > c.upTo[g]!) g++;
  const own = c.residuals.subarray(c.starts[g]!, c.starts[g + 1]!);
  const low = rankedBelow(own, c.counts[g]!, (1 - level) / 2);
  const high = ranked(own, c.counts[g]!, (1 + level) / 2);
  // Errors may all lie on one side; the answer itself belongs to its range.
  return low === undefined || high === undefined ? null : { low: predicted + Math.min(0, low), high: predicted + Math.max(0, high) };
}

/** Indices of the classes that hold the truth with this probability, most likely first, never none; null where there are too few rows to say. */
export function setOf(c: Conformal, probabilities: ArrayLike<number>, level: number): number[] | null {
  if (c.kind !== 'class') return null;
  const most = ranked(c.scores, c.rows, level);
  if (most === undefined) return null;
  const order = Array.from(probabilities, (_, k) => k).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  return order.filter((k, at) => at === 0 || 1 - probabilities[k]! <= most);
}

/** How often ranges or sets held the truth on rows the model has not seen, and how wide they were; undefined where none can be given. */
export function coverageOf(c: Conformal | null | undefined, truth: Target, predicted: Float64Array, level = LEVEL): Coverage | undefined {
  const n = truth.y.length;
  if (!c || n === 0 || (c.kind === 'class') !== (truth.task === 'class')) return undefined;
  const outputs = predicted.length / n;
  let held = 0;
  let rows = 0;
  let width = 0;
  for (let i = 0; i < n; i++) {
    const y = truth.y[i]!;
    if (c.kind === 'class') {
      const set = setOf(c, predicted.subarray(i * outputs, (i + 1) * outputs), level);
      if (!set) continue;
      width += set.length;
      if (set.includes(y)) held++;
    } else {
      const range = rangeOf(c, predicted[i]!, level);
      if (!range) continue;
      width += range.high - range.low;
      if (y >= range.low && y <= range.high) held++;
    }
    rows++;
  }
  if (rows === 0) return undefined;
  const [low, high] = wilson(held, rows);
  return { level, rows, value: held / rows, low, high, width: width / rows };
}
