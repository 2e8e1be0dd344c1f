/**
 * The way down to the least value of a smooth surface whose every look is costly, inside bounds: quasi-Newton steps
 * (Broyden, Fletcher, Goldfarb & Shanno 1970) in the directions that are free, along a path bent at the bounds (Bertsekas 1982).
 */
import { cholesky, solveFactor } from '../linear/symmetric.js';

export interface Surface {
  /** Infinity where the surface is not defined; null when asked to stop. */
  value(at: Float64Array): Promise<number | null>;
  /** At the point asked last; null when asked to stop. */
  gradient(): Promise<Float64Array | null>;
}

export interface Found {
  readonly at: Float64Array;
  readonly value: number;
  /** False when stopped, or out of looks. */
  readonly settled: boolean;
  readonly looks: number;
  /** The curvature as far as the steps told it, row-major: a start for the same surface made of more rows. */
  readonly bend: Float64Array | null;
}

/** Slope, and fall of the value from step to step, from which it goes no further: scikit-learn’s, which are scipy’s. */
const FLAT = 1e-5;
const LITTLE = 1e7 * 2 ** -52;
/** No step goes further in any direction: logarithms, so a factor of 20. */
const FARTHEST = 3;

export async function climb(
  surface: Surface,
  start: Float64Array,
  low: Float64Array,
  high: Float64Array,
  looks: number,
  bend: Float64Array | null = null,
): Promise<Found> {
  // prettier-ignore
  const d = start.length;
  let x = start.map((v, i) => Math.min(high[i]!, Math.max(low[i]!, v)));
  let done = 1;
  let B: Float64Array | null = bend?.slice() ?? null;
  const first = await surface.value(x);
  let f = first ?? Infinity;
  const end = (settled: boolean): Found => ({ at: x, value: f, settled, looks: done, bend: B });
  if (first === null || !Number.isFinite(first)) return end(false);
  let g = await surface.gradient();
  if (!g) return end(false);

  while (done < looks) {
    // What sits at a bound and wants out stays there.
    const free = Array.from(x.keys()).filter((i) => !((x[i]! <= low[i]! && g![i]! > 0) || (x[i]! >= high[i]! && g![i]! < 0)));
    if (free.every((i) => Math.abs(g![i]!) <= FLAT)) return end(true);
    const step = direction(g, free, B);
    const longest = free.reduce((m, i) => Math.max(m, Math.abs(step[i]!)), 0);
    if (longest > FARTHEST) for (const i of free) step[i] = (step[i]! * FARTHEST) / longest;

    // The value must fall by a share of what the slope promises, and the slope should lose a tenth of its steepness.
    let t = 1;
    let tooLong = Infinity;
    let next = x;
    let value = f;
    let slope: Float64Array | null = null;
    for (let tries = 0; tries < 12; tries++) {
      if (done >= looks && slope) break;
      const trial = x.map((v, i) => Math.min(high[i]!, Math.max(low[i]!, v + t * step[i]!)));
      const promised = dot(g, trial, x);
      const seen = await surface.value(trial);
      done++;
      if (seen === null) return end(false);
      if (!(seen <= f + 1e-4 * promised)) {
        // Keeps the point before, if one was good.
        if (slope) break;
        tooLong = t;
        // The parabola through what is known, within reason.
        const bent = (-promised * t) / (2 * (seen - f - promised));
        t = Number.isFinite(bent) ? Math.min(0.5 * t, Math.max(0.1 * t, bent)) : 0.1 * t;
        if (t < 1e-8) break;
        continue;
      }
      if (slope && seen >= value) break;
      const tilt = await surface.gradient();
      next = trial;
      value = seen;
      if (!tilt) {
        x = next;
        f = value;
        return end(false);
      }
      slope = tilt;
      let along = 0;
      let steep = 0;
      for (const i of free) {
        along += tilt[i]! * step[i]!;
        steep += g[i]! * step[i]!;
      }
      if (along >= 0.9 * steep || tooLong < Infinity || t * longest >= FARTHEST) break;
      t *= 2;
    }
    if (!slope) return end(true); // Nothing lower along this way in Float64.
    const fall = f - value;
    B = updated(B, x, next, g, slope, free);
    x = next;
    g = slope;
    f = value;
    if (fall <= LITTLE * Math.max(1, Math.abs(f), Math.abs(f + fall))) return end(true);
  }
  return end(d === 0);
}

const dot = (g: Float64Array, a: Float64Array, b: Float64Array) => {
  let s = 0;
  for (let i = 0; i < g.length; i++) s += g[i]! * (a[i]! - b[i]!);
  return s;
};

/** −B⁻¹g over what is free; without a curvature, down the slope by 1 in all. */
function direction(g: Float64Array, free: readonly number[], B: Float64Array | null): Float64Array {
  const out = new Float64Array(g.length);
  const m = free.length;
  if (B) {
    const own = new Float64Array(m * m);
    free.forEach((i, a) => free.forEach((j, b) => (own[a * m + b] = B[i * g.length + j]!)));
    const factor = cholesky(own, m, 0, 1e-12);
    if (factor) {
      const x = solveFactor(
        factor,
        Float64Array.from(free, (i) => -g[i]!),
      );
      free.forEach((i, a) => (out[i] = x[a]!));
      return out;
    }
  }
  let size = 0;
  for (const i of free) size += g[i]! ** 2;
  size = Math.max(1, Math.sqrt(size));
  for (const i of free) out[i] = -g[i]! / size;
  return out;
}

/** What the step told of the curvature, damped so that it stays positive (Powell 1978). */
function updated(
  B: Float64Array | null,
  x: Float64Array,
  next: Float64Array,
  g: Float64Array,
  slope: Float64Array,
  free: readonly number[],
): Float64Array | null {
  // prettier-ignore
  const d = x.length;
  const s = new Float64Array(d);
  const y = new Float64Array(d);
  for (const i of free) {
    s[i] = next[i]! - x[i]!;
    y[i] = slope[i]! - g[i]!;
  }
  let sy = 0;
  let yy = 0;
  let ss = 0;
  for (let i = 0; i < d; i++) {
    sy += s[i]! * y[i]!;
    yy += y[i]! ** 2;
    ss += s[i]! ** 2;
  }
  if (ss === 0) return B;
  let from = B;
  if (!from) {
    if (!(sy > 0)) return null;
    from = new Float64Array(d * d);
    for (let i = 0; i < d; i++) from[i * d + i] = yy / sy;
  }
  const Bs = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) Bs[i] = Bs[i]! + from[i * d + j]! * s[j]!;
  let sBs = 0;
  for (let i = 0; i < d; i++) sBs += s[i]! * Bs[i]!;
  if (!(sBs > 0)) return from;
  const share = sy >= 0.2 * sBs ? 1 : (0.8 * sBs) / (sBs - sy);
  let sr = 0;
  for (let i = 0; i < d; i++) {
    y[i] = share * y[i]! + (1 - share) * Bs[i]!;
    sr += s[i]! * y[i]!;
  }
  const out = from.slice();
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[i * d + j] = out[i * d + j]! + (y[i]! * y[j]!) / sr - (Bs[i]! * Bs[j]!) / sBs;
  return out;
}
