/**
 * The support vector problem, for classes and for numbers alike: maximise Σ y β − ½ βᵀKβ − ε Σ|β| with Σβ = 0 and low ≤ β ≤ high.
 * For two classes y = ±1, ε = 0 and β lies between 0 and ±C; for a number β lies between −C and C, and is libsvm's α − α*.
 * SMO with the second-order choice of Fan, Chen & Lin (2005) and the shrinking of libsvm (Chang & Lin 2011, § 4.2), in these signs.
 */
import { isCount, isFlag, isFloats, isNumber, savedState, type Of } from '../resume.js';
import type { Rows } from './rows.js';
import type { Watch } from './watch.js';

export interface Task {
  /** Points that take part, as rows of the kernel; all arrays below go by position in it. */
  readonly members: Int32Array;
  readonly y: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly epsilon: number;
  readonly tol: number;
  /** Where to start: a β that keeps every rule, and y − Kβ with it. Left out: 0. */
  readonly from?: { readonly beta: Float64Array; readonly slack: Float64Array };
}

export interface Solution {
  readonly beta: Float64Array;
  /** y − Kβ; NaN for points that were out of play when asked to stop. */
  readonly slack: Float64Array;
  /** Decision = Σ β K + intercept. */
  readonly intercept: number;
  readonly iterations: number;
  /** False when stopped, or out of iterations. */
  readonly settled: boolean;
}

/** After a step. What is not here follows from it. */
export interface Midway extends Of {
  readonly beta: Float64Array;
  /** Of the points in play: their positions, and slacks. */
  readonly place: Int32Array;
  readonly slack: Float64Array;
  readonly iterations: number;
  readonly tillShrink: number;
  readonly restored: boolean;
  readonly share: number;
  readonly firstGap: number;
}

/** Where states go, and the one to go on from. */
export interface Keep {
  readonly saved: unknown;
  offer(state: () => Midway): void;
}

const midwayOf = (n: number): string => `${n} points`;

/** The state, when it is one of so many points. */
export function savedMidway(v: unknown, n: number): Midway | null {
  const isPlace = (at: unknown) => at instanceof Int32Array && at.length <= n && at.every((t) => t >= 0 && t < n);
  const saved = savedState<Midway>(v, midwayOf(n), {
    beta: isFloats(n),
    place: isPlace,
    slack: (s) => s instanceof Float64Array,
    iterations: isCount,
    tillShrink: isNumber,
    restored: isFlag,
    share: isNumber,
    firstGap: isNumber,
  });
  return saved && saved.slack.length === saved.place.length ? saved : null;
}

/** Stands for a curvature of 0 or below, which kernels that are no scalar product have (libsvm's TAU). */
const THIN = 1e-12;
/** Operations of a step beside those over the points, which are few where the points are. */
const STEP = 100;

export async function solve(rows: Rows, task: Task, watch: Watch, keep?: Keep): Promise<Solution> {
  const { members, y, low, high, epsilon, tol } = task;
  const n = members.length;
  const beta = task.from ? task.from.beta.slice() : new Float64Array(n);
  const most = Math.max(1e6, 100 * n);

  // Points in play, packed to the front: their position, their row, and what the loops below read of them.
  const place = Int32Array.from({ length: n }, (_, k) => k);
  const at = members.slice();
  const slack = task.from ? task.from.slack.slice() : y.slice();
  const diagonal = Float64Array.from(members, (i) => rows.diagonal[i]!);
  // Added to the slack these give the gain of moving β up, and the loss of moving it down: −∞ and ∞ where it cannot.
  const up = new Float64Array(n);
  const down = new Float64Array(n);
  let m = n;

  const ends = (k: number): void => {
    const t = place[k]!;
    const b = beta[t]!;
    up[k] = b >= high[t]! ? -Infinity : b < 0 ? epsilon : -epsilon;
    down[k] = b <= low[t]! ? Infinity : b > 0 ? -epsilon : epsilon;
  };
  for (let k = 0; k < n; k++) ends(k);

  /** Takes out of play what sits at a bound and wants to stay there. */
  const shrink = (top: number, least: number): void => {
    let kept = 0;
    for (let k = 0; k < m; k++) {
      if (slack[k]! + up[k]! < least && slack[k]! + down[k]! > top) continue;
      place[kept] = place[k]!;
      at[kept] = at[k]!;
      slack[kept] = slack[k]!;
      diagonal[kept] = diagonal[k]!;
      up[kept] = up[k]!;
      down[kept] = down[k]!;
      kept++;
    }
    m = kept;
  };

  /** Brings everything back into play, with the slack of those that were out made anew. */
  const restore = async (share: number): Promise<void> => {
    if (m === n) return;
    const whole = new Float64Array(n).fill(NaN);
    for (let k = 0; k < m; k++) whole[place[k]!] = slack[k]!;
    const out = Int32Array.from({ length: n - m });
    let o = 0;
    for (let t = 0; t < n; t++) if (Number.isNaN(whole[t]!)) out[o++] = t;
    const made = Float64Array.from(out, (t) => y[t]!);
    for (let s = 0; s < n && !watch.stopped; s++) {
      const b = beta[s]!;
      if (b === 0) continue;
      const before = rows.spent;
      const K = rows.row(members[s]!);
      for (let k = 0; k < o; k++) made[k] = made[k]! - b * K[members[out[k]!]!]!;
      if (watch.due(2 * o + rows.spent - before)) await watch.rest(share);
    }
    if (watch.stopped) return;
    for (let k = 0; k < o; k++) whole[out[k]!] = made[k]!;
    slack.set(whole);
    at.set(members);
    for (let k = 0; k < n; k++) {
      place[k] = k;
      diagonal[k] = rows.diagonal[members[k]!]!;
      ends(k);
    }
    m = n;
  };

  const found = { index: -1, value: 0 };
  let iterations = 0;
  let settled = false;
  let tillShrink = Math.min(n, 1000);
  let restored = false;
  let share = 0;
  let firstGap = 0;
  const of = midwayOf(n);
  const saved = savedMidway(keep?.saved, n);
  if (saved) {
    ({ iterations, tillShrink, restored, share, firstGap } = saved);
    beta.set(saved.beta);
    m = saved.place.length;
    saved.place.forEach((t, k) => {
      place[k] = t;
      at[k] = members[t]!;
      slack[k] = saved.slack[k]!;
      diagonal[k] = rows.diagonal[members[t]!]!;
      ends(k);
    });
  }
  highest(slack, up, m, found);
  for (;;) {
    const i = found.index;
    const top = found.value;
    if (i < 0) {
      await restore(share);
      settled = true;
      break;
    }
    const before = rows.spent;
    const Ki = rows.row(at[i]!);
    const least = partner(Ki, at, slack, down, diagonal, m, top, diagonal[i]!, found);
    const j = found.index;
    const gap = top - least;
    if (firstGap === 0) firstGap = gap;
    if (!(gap > tol) || j < 0) {
      if (m === n) {
        settled = true;
        break;
      }
      await restore(share);
      if (watch.stopped) break;
      // A fresh look at all of them; what is still right goes out again soon.
      tillShrink = 1;
      highest(slack, up, m, found);
      continue;
    }
    if (iterations >= most) {
      await restore(share);
      break;
    }
    if (--tillShrink <= 0) {
      tillShrink = Math.min(n, 1000);
      if (!restored && gap <= 10 * tol) {
        restored = true;
        await restore(share);
        if (watch.stopped) break;
      }
      shrink(top, least);
      highest(slack, up, m, found);
      if (found.index < 0) continue;
      // The pair was numbered before the packing.
      iterations++;
      continue;
    }
    iterations++;
    const s = place[i]!;
    const t = place[j]!;
    const Kj = rows.row(at[j]!);
    const bend = Math.max(THIN, diagonal[i]! + diagonal[j]! - 2 * Ki[at[j]!]!);
    const want = (top - (slack[j]! + down[j]!)) / bend;
    // A step ends at a bound, or at 0, where the ε changes sides.
    const upTo = beta[s]! < 0 ? 0 : high[s]!;
    const downTo = beta[t]! > 0 ? 0 : low[t]!;
    const roomUp = upTo - beta[s]!;
    const roomDown = beta[t]! - downTo;
    const step = Math.min(want, roomUp, roomDown);
    beta[s] = step === roomUp ? upTo : beta[s]! + step;
    beta[t] = step === roomDown ? downTo : beta[t]! - step;
    ends(i);
    ends(j);
    advance(Ki, Kj, at, slack, up, m, step, found);
    if (watch.due(5 * m + STEP + rows.spent - before)) {
      share = Math.max(share, Math.min(0.99, Math.log(firstGap / gap) / Math.log(firstGap / tol)) || 0);
      await watch.rest(share);
      if (watch.stopped) break;
      keep?.offer(() => ({
        of,
        beta: beta.slice(),
        place: place.slice(0, m),
        slack: slack.slice(0, m),
        iterations,
        tillShrink,
        restored,
        share,
        firstGap,
      }));
    }
  }

  const whole = new Float64Array(n).fill(NaN);
  for (let k = 0; k < m; k++) whole[place[k]!] = slack[k]!;
  return { beta, slack: whole, intercept: interceptOf(beta, whole, low, high, epsilon), iterations, settled };
}

interface Found {
  index: number;
  value: number;
}

/** The point that gains most from moving up. */
function highest(slack: Float64Array, up: Float64Array, m: number, found: Found): void {
  let top = -Infinity;
  let index = -1;
  for (let k = 0; k < m; k++) {
    const v = slack[k]! + up[k]!;
    if (v > top) {
      top = v;
      index = k;
    }
  }
  found.index = index;
  found.value = top;
}

/** The point that, moved down as `i` moves up, gains most to second order; gives the least slack of those that can move down. */
function partner(
  Ki: Float32Array,
  at: Int32Array,
  slack: Float64Array,
  down: Float64Array,
  diagonal: Float64Array,
  m: number,
  top: number,
  own: number,
  found: Found,
): number {
  // prettier-ignore
  let least = Infinity;
  let index = -1;
  // Gains b² / a are compared without dividing.
  let bestB = 0;
  let bestA = 1;
  for (let k = 0; k < m; k++) {
    const v = slack[k]! + down[k]!;
    if (v < least) least = v;
    const b = top - v;
    if (b > 0) {
      let a = own + diagonal[k]! - 2 * Ki[at[k]!]!;
      if (a < THIN) a = THIN;
      const bb = b * b;
      if (bb * bestA > bestB * a) {
        bestB = bb;
        bestA = a;
        index = k;
      }
    }
  }
  found.index = index;
  return least;
}

/** Takes the step into the slack, and finds the next point to move up on the way. */
function advance(
  Ki: Float32Array,
  Kj: Float32Array,
  at: Int32Array,
  slack: Float64Array,
  up: Float64Array,
  m: number,
  step: number,
  found: Found,
): void {
  // prettier-ignore
  let top = -Infinity;
  let index = -1;
  for (let k = 0; k < m; k++) {
    const c = at[k]!;
    const h = slack[k]! - step * (Ki[c]! - Kj[c]!);
    slack[k] = h;
    const v = h + up[k]!;
    if (v > top) {
      top = v;
      index = k;
    }
  }
  found.index = index;
  found.value = top;
}

/** Points strictly between their bounds lie on the margin and say where it is; without one, the middle of what is allowed. */
function interceptOf(beta: Float64Array, slack: Float64Array, low: Float64Array, high: Float64Array, epsilon: number): number {
  let free = 0;
  let sum = 0;
  let top = -Infinity;
  let least = Infinity;
  for (let t = 0; t < beta.length; t++) {
    const b = beta[t]!;
    const h = slack[t]!;
    if (Number.isNaN(h)) continue;
    if (b !== 0 && b > low[t]! && b < high[t]!) {
      free++;
      sum += b > 0 ? h - epsilon : h + epsilon;
    }
    if (b < high[t]!) top = Math.max(top, b < 0 ? h + epsilon : h - epsilon);
    if (b > low[t]!) least = Math.min(least, b > 0 ? h - epsilon : h + epsilon);
  }
  if (free > 0) return sum / free;
  if (top === -Infinity) return least === Infinity ? 0 : least;
  return least === Infinity ? top : (top + least) / 2;
}
