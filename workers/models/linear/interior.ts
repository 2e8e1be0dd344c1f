/**
 * Quantile regression from inside: the Frisch–Newton method on the dual (Portnoy & Koenker 1997), with Mehrotra's predictor and
 * corrector. Ends near the best line; quantile-vertex.ts goes the rest of the way.
 */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { isCount, isFloats, isNumber, savedIn, type Keep } from '../resume.js';
import { moments, type Moments } from './moments.js';
import { cholesky, solveFactor, solveShortest, type Factor } from './symmetric.js';

export interface Quantile {
  readonly X: Matrix;
  /** Columns in use. */
  readonly columns: readonly number[];
  readonly y: Float64Array;
  /** Above 0. */
  readonly w: Float64Array;
  readonly tau: number;
  /** Price of |β_j|; 0 for none. */
  readonly l1: number;
  readonly intercept: boolean;
}

export interface Inside {
  /** One for each column in use, then the intercept. */
  readonly beta: Float64Array;
  /** For rows, then (with a price) columns: where between its bounds the dual is, from 0 to 1. Rows off the line end at a bound. */
  readonly place: Float64Array;
}

const MOST_STEPS = 60;
/** Share of the way to the boundary that a step may go. */
const SHORT = 0.9995;
/** What least squares leaves over, as a share of the targets, where it leaves nothing. */
const EXACT = 1e-14;

export const isInside =
  (coefficients: number, places: number) =>
  (v: unknown): boolean => {
    const inside = (v ?? {}) as Partial<Inside>;
    return isFloats(coefficients)(inside.beta) && isFloats(places)(inside.place);
  };

/** After a step. */
interface Stepped {
  readonly turn: number;
  readonly first: number;
  readonly x: Float64Array;
  readonly s: Float64Array;
  readonly z: Float64Array;
  readonly t: Float64Array;
  readonly dual: Float64Array;
}

export async function interior(q: Quantile, tolerance: number, pace: Pace, keep?: Keep): Promise<Inside> {
  const { X, columns, y, w, tau, l1, intercept } = q;
  const n = X.rows;
  const p = columns.length;
  const extra = l1 > 0 ? p : 0;
  const N = n + extra;
  // Unknowns x in [0, u]: for a row the dual + w (1 − τ); for a column its own + l1. Prices c: −y for rows, 0 for columns.
  const u = new Float64Array(N).fill(2 * l1);
  u.set(w);
  const x = u.map((v, i) => (i < n ? (1 - tau) * v : v / 2));
  const s = u.map((v, i) => v - x[i]!);
  const target = new Float64Array(N);
  for (let i = 0; i < n; i++) target[i] = -y[i]!;
  const P = p + 1;
  const ones = new Float64Array(n).fill(1);
  /** The line so far, negated: the multipliers of the equations. */
  const dual = new Float64Array(P);
  const r = new Float64Array(N);
  /** A' v: what the multipliers say of every unknown. */
  const across = (v: Float64Array, out: Float64Array) => {
    out.fill(intercept ? v[p]! : 0, 0, n);
    for (let a = 0; a < p; a++) {
      const b = v[a]!;
      const at = columns[a]! * n;
      for (let i = 0; i < n; i++) out[i] = out[i]! + b * X.data[at + i]!;
      if (extra) out[n + a] = -b;
    }
  };
  /** Solves (A Q A') v = A Q rest, from the moments of the columns under the weights Q; `cross` may come with them. */
  const along = (
    m: Moments,
    factor: Factor | null,
    gram: Float64Array,
    Q: Float64Array,
    rest: Float64Array,
    cross: Float64Array | null,
  ) => {
    const rhs = cross ?? new Float64Array(p);
    let mid = 0;
    if (intercept) {
      for (let i = 0; i < n; i++) mid += Q[i]! * rest[i]!;
      mid /= m.weight;
    }
    if (!cross) {
      for (let a = 0; a < p; a++) {
        const at = columns[a]! * n;
        const c = m.mean[a]!;
        let sum = 0;
        for (let i = 0; i < n; i++) sum += Q[i]! * (X.data[at + i]! - c) * (rest[i]! - mid);
        rhs[a] = sum;
      }
    }
    if (extra) for (let a = 0; a < p; a++) rhs[a] = rhs[a]! - Q[n + a]! * rest[n + a]!;
    const v = new Float64Array(P);
    v.set(factor ? solveFactor(factor, rhs) : solveShortest(gram, p, rhs));
    if (intercept) {
      v[p] = mid;
      for (let a = 0; a < p; a++) v[p] = v[p]! - v[a]! * m.mean[a]!;
    }
    return v;
  };
  const system = async (Q: Float64Array, rest: Float64Array) => {
    const m = await moments(X, columns, rest.subarray(0, n), Q.subarray(0, n), intercept, pace);
    const gram = m.gram;
    if (extra) for (let a = 0; a < p; a++) gram[a * p + a] = gram[a * p + a]! + Q[n + a]!;
    return { m, gram, factor: cholesky(gram, p, 0, 1e-14) };
  };

  const z = new Float64Array(N);
  const t = new Float64Array(N);
  const isAll = isFloats(N);
  const saved = savedIn<Stepped>(keep, { turn: isCount, first: isNumber, x: isAll, s: isAll, z: isAll, t: isAll, dual: isFloats(P) });
  if (saved) {
    x.set(saved.x);
    s.set(saved.s);
    z.set(saved.z);
    t.set(saved.t);
    dual.set(saved.dual);
  } else {
    // Least squares first; what it leaves over starts the prices of the bounds.
    const flat = new Float64Array(N).fill(1);
    flat.set(ones);
    const begin = await system(flat, target);
    dual.set(along(begin.m, begin.factor, begin.gram, flat, target, begin.m.cross));
    across(dual, r);
    let size = 0;
    let most = 0;
    for (let i = 0; i < N; i++) {
      size = Math.max(size, Math.abs(target[i]! - r[i]!));
      most = Math.max(most, Math.abs(target[i]!));
    }
    // All rows on one line: no price but rounding is left to start from.
    if (extra === 0 && size <= EXACT * most) return { beta: dual.map((v) => -v), place: x.map((v, i) => v / u[i]!) };
    for (let i = 0; i < N; i++) {
      const over = target[i]! - r[i]!;
      z[i] = Math.max(over, 0) + 1e-3 * size + 1e-300;
      t[i] = z[i]! - over;
    }
  }
  const Q = new Float64Array(N);
  const rest = new Float64Array(N);
  const dx = new Float64Array(N);
  const dz = new Float64Array(N);
  const dt = new Float64Array(N);
  const first = saved?.first ?? gapOf();
  for (let turn = saved?.turn ?? 0; turn < MOST_STEPS && !pace.stopped; turn++) {
    const gap = gapOf();
    if (!(gap > tolerance * first)) break;
    for (let i = 0; i < N; i++) {
      Q[i] = 1 / (z[i]! / x[i]! + t[i]! / s[i]!);
      rest[i] = z[i]! - t[i]!;
    }
    const { m, gram, factor } = await system(Q, rest);
    if (pace.stopped) break;
    let change = along(m, factor, gram, Q, rest, m.cross);
    across(change, r);
    for (let i = 0; i < N; i++) {
      dx[i] = Q[i]! * (r[i]! - rest[i]!);
      dz[i] = -z[i]! * (dx[i]! / x[i]! + 1);
      dt[i] = -t[i]! * (1 - dx[i]! / s[i]!);
    }
    let [primal, price] = reach();
    if (Math.min(primal, price) < 1) {
      let after = 0;
      for (let i = 0; i < N; i++) {
        after += (z[i]! + price * dz[i]!) * (x[i]! + primal * dx[i]!);
        after += (t[i]! + price * dt[i]!) * (s[i]! - primal * dx[i]!);
      }
      const mu = (gap * (after / gap) ** 3) / (2 * N);
      const second = new Float64Array(N);
      for (let i = 0; i < N; i++) {
        const up = (mu - dx[i]! * dz[i]!) / x[i]!;
        const down = (mu + dx[i]! * dt[i]!) / s[i]!;
        second[i] = rest[i]! - up + down;
      }
      change = along(m, factor, gram, Q, second, null);
      across(change, r);
      for (let i = 0; i < N; i++) {
        const step = Q[i]! * (r[i]! - second[i]!);
        dz[i] = (mu - dx[i]! * dz[i]! - z[i]! * step) / x[i]! - z[i]!;
        dt[i] = (mu + dx[i]! * dt[i]! + t[i]! * step) / s[i]! - t[i]!;
        dx[i] = step;
      }
      [primal, price] = reach();
    }
    for (let i = 0; i < N; i++) {
      x[i] = x[i]! + primal * dx[i]!;
      s[i] = s[i]! - primal * dx[i]!;
      z[i] = z[i]! + price * dz[i]!;
      t[i] = t[i]! + price * dt[i]!;
    }
    for (let a = 0; a < P; a++) dual[a] = dual[a]! + price * change[a]!;
    if (pace.due(20 * N * (p + 4))) await pace.rest();
    if (pace.stopped) break;
    keep?.offer(32 * N, (): Stepped => ({
      turn: turn + 1,
      first,
      x: x.slice(),
      s: s.slice(),
      z: z.slice(),
      t: t.slice(),
      dual: dual.slice(),
    }));
  }
  return { beta: dual.map((v) => -v), place: x.map((v, i) => v / (v + s[i]!)) };

  /** Products of unknowns and their prices: twice the distance to the best loss, or so. */
  function gapOf(): number {
    let sum = 0;
    for (let i = 0; i < N; i++) sum += x[i]! * z[i]! + s[i]! * t[i]!;
    return sum;
  }
  /** How far the step may go before an unknown or a price falls to 0; at most the whole step. */
  function reach(): [number, number] {
    let a = Infinity;
    let b = Infinity;
    for (let i = 0; i < N; i++) {
      if (dx[i]! < 0) a = Math.min(a, -x[i]! / dx[i]!);
      if (dx[i]! > 0) a = Math.min(a, s[i]! / dx[i]!);
      if (dz[i]! < 0) b = Math.min(b, -z[i]! / dz[i]!);
      if (dt[i]! < 0) b = Math.min(b, -t[i]! / dt[i]!);
    }
    return [Math.min(1, SHORT * a), Math.min(1, SHORT * b)];
  }
}
