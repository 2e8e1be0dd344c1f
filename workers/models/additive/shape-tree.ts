/** One small correction of one column: its bins parted into a few runs, and each run moved by a share of a Newton step. */

export interface Growth {
  /** Share of each step that is taken. */
  readonly rate: number;
  readonly maxLeaves: number;
  /** Training rows a run holds at least. */
  readonly minLeaf: number;
  /** Longest step before the share is taken; Infinity where steps are exact (squared error). */
  readonly longest: number;
}

/** What the bins of a column are: ordered ones first, then perhaps one for missing values. */
export interface Bins {
  readonly ordered: number;
  readonly missing: boolean;
  /** Categories: their order is made anew every time, by gradient over hessian (Fisher 1958). */
  readonly nominal: boolean;
}

/** Below this, a run's hessians are too small to trust. Weights have a mean of 1. */
export const LEAST_HESSIAN = 1e-3;
/** Of 256 bins. */
const MOST = 256;
/** Levels with few rows are drawn towards 0 when levels are put in order, as if they had so many more (LightGBM's cat_smooth). */
const SMOOTH = 10;

/** What a run with these sums takes off the loss, twice. */
export const worth = (G: number, H: number): number => (H > 1e-12 ? (G * G) / H : 0);

/** The step of a run; 0 where its hessians are too small to trust. */
export function stepOf(G: number, H: number, how: Growth): number {
  if (H < LEAST_HESSIAN) return 0;
  return -how.rate * Math.max(-how.longest, Math.min(how.longest, G / H));
}

interface Run {
  readonly lo: number;
  readonly hi: number;
  /** Where it is best cut, and what that gains; −1 where no cut is allowed or gains anything. */
  readonly cut: number;
  readonly gain: number;
}

export type ShapeTree = (
  bins: Bins,
  /** Gradient and hessian of bin b and score k stand at sums[at + k · apart + 2 b] and the place after. */
  sums: Float64Array,
  at: number,
  apart: number,
  /** Rows of bin b stand at counts[from + b]. */
  counts: Uint32Array,
  from: number,
  /** The step of bin b for score k is written to out[to + k · wide + b]; the bins of the column must be 0 before. */
  out: Float64Array,
  to: number,
  wide: number,
) => boolean;

/** A grower with its own scratch memory. False when it found nothing to correct. Cost: (leaves − 1) · bins · scores. */
export function shapeTree(scores: number, how: Growth): ShapeTree {
  const order = new Uint16Array(MOST);
  const g = new Float64Array(scores * (MOST + 1));
  const h = new Float64Array(scores * (MOST + 1));
  const n = new Float64Array(MOST + 1);
  const key = new Float64Array(MOST);

  const run = (lo: number, hi: number): Run => {
    let gain = 0;
    let cut = -1;
    const n0 = n[lo]!;
    const n1 = n[hi]!;
    if (scores === 1) {
      const g0 = g[lo]!;
      const h0 = h[lo]!;
      const g1 = g[hi]!;
      const h1 = h[hi]!;
      const whole = worth(g1 - g0, h1 - h0);
      for (let c = lo + 1; c < hi; c++) {
        if (n[c]! - n0 < how.minLeaf) continue;
        if (n1 - n[c]! < how.minLeaf) break;
        const hl = h[c]! - h0;
        const hr = h1 - h[c]!;
        if (hl < LEAST_HESSIAN || hr < LEAST_HESSIAN) continue;
        const gl = g[c]! - g0;
        const gr = g1 - g[c]!;
        const found = (gl * gl) / hl + (gr * gr) / hr - whole;
        if (found > gain) {
          gain = found;
          cut = c;
        }
      }
      // A gain within rounding of nothing is nothing.
      return { lo, hi, cut: gain > 1e-12 * whole ? cut : -1, gain };
    }
    let whole = 0;
    for (let k = 0; k < scores; k++) {
      const p = k * (MOST + 1);
      whole += worth(g[p + hi]! - g[p + lo]!, h[p + hi]! - h[p + lo]!);
    }
    for (let c = lo + 1; c < hi; c++) {
      if (n[c]! - n0 < how.minLeaf) continue;
      if (n1 - n[c]! < how.minLeaf) break;
      let found = -whole;
      for (let k = 0; k < scores; k++) {
        const p = k * (MOST + 1);
        found += worth(g[p + c]! - g[p + lo]!, h[p + c]! - h[p + lo]!) + worth(g[p + hi]! - g[p + c]!, h[p + hi]! - h[p + c]!);
      }
      if (found > gain) {
        gain = found;
        cut = c;
      }
    }
    return { lo, hi, cut: gain > 1e-12 * whole ? cut : -1, gain };
  };

  return (bins, sums, at, apart, counts, from, out, to, wide) => {
    const { ordered } = bins;
    for (let b = 0; b < ordered; b++) order[b] = b;
    if (bins.nominal) {
      // With several scores, the one with most to correct decides.
      let lead = 0;
      let most = -1;
      for (let k = 0; k < scores; k++) {
        let sum = 0;
        for (let b = 0; b < ordered; b++) sum += worth(sums[at + k * apart + 2 * b]!, sums[at + k * apart + 2 * b + 1]!);
        if (sum > most) [most, lead] = [sum, k];
      }
      const p = at + lead * apart;
      let H = 0;
      let N = 0;
      for (let b = 0; b < ordered; b++) {
        H += sums[p + 2 * b + 1]!;
        N += counts[from + b]!;
      }
      const smooth = N > 0 ? (SMOOTH * H) / N + 1e-12 : 1;
      for (let b = 0; b < ordered; b++) key[b] = sums[p + 2 * b]! / (sums[p + 2 * b + 1]! + smooth);
      order.subarray(0, ordered).sort((a, b) => key[a]! - key[b]! || a - b);
    }
    for (let b = 0; b < ordered; b++) n[b + 1] = n[b]! + counts[from + order[b]!]!;
    for (let k = 0; k < scores; k++) {
      const p = k * (MOST + 1);
      const q = at + k * apart;
      for (let b = 0; b < ordered; b++) {
        const s = q + 2 * order[b]!;
        g[p + b + 1] = g[p + b]! + sums[s]!;
        h[p + b + 1] = h[p + b]! + sums[s + 1]!;
      }
    }
    const runs: Run[] = [run(0, ordered)];
    while (runs.length < how.maxLeaves) {
      let best = -1;
      for (let r = 0; r < runs.length; r++) if (runs[r]!.cut >= 0 && (best < 0 || runs[r]!.gain > runs[best]!.gain)) best = r;
      if (best < 0) break;
      const { lo, hi, cut } = runs[best]!;
      runs[best] = run(lo, cut);
      runs.push(run(cut, hi));
    }
    let any = false;
    if (runs.length > 1) {
      for (const { lo, hi } of runs) {
        for (let k = 0; k < scores; k++) {
          const p = k * (MOST + 1);
          const step = stepOf(g[p + hi]! - g[p + lo]!, h[p + hi]! - h[p + lo]!, how);
          if (step === 0) continue;
          any = true;
          for (let b = lo; b < hi; b++) out[to + k * wide + order[b]!] = step;
        }
      }
    }
    // Missing values lie nowhere on the axis: they are always a run of their own.
    if (bins.missing && counts[from + ordered]! >= how.minLeaf) {
      for (let k = 0; k < scores; k++) {
        const s = at + k * apart + 2 * ordered;
        const step = stepOf(sums[s]!, sums[s + 1]!, how);
        if (step !== 0) any = true;
        out[to + k * wide + ordered] = step;
      }
    }
    return any;
  };
}
