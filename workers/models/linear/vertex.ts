/**
 * Quantile regression to the last digit: a best line passes through as many rows (or has as many weights of 0) as it has
 * coefficients. From the line that interior.ts comes near to, rows are exchanged along edges (Barrodale & Roberts 1973) until
 * no exchange lowers the loss.
 */
import type { Pace } from '../pace.js';
import { isCount, isFloats, isList, savedIn, type Keep } from '../resume.js';
import type { Inside, Quantile } from './interior.js';

/** Part of a row that earlier ones do not explain, below which it does not count as another equation. */
const DEPENDENT = 1e-7;
/** How far over its bounds, as a share of their distance, a dual may be for rounding. */
const SLACK = 1e-9;

/** After an exchange. */
interface Exchanged {
  readonly turn: number;
  /** Rows, then columns, that the line goes through. */
  readonly basis: readonly number[];
  readonly inverse: Float64Array;
  readonly residual: Float64Array;
  readonly sign: Int8Array;
}

/** The best line: a weight for each column in use, then the intercept; null when no vertex could be made. */
export async function vertex(q: Quantile, from: Inside, pace: Pace, keep?: Keep): Promise<Float64Array | null> {
  const { X, columns, y, w, tau, l1, intercept } = q;
  const n = X.rows;
  const p = columns.length;
  const P = intercept ? p + 1 : p;
  const N = l1 > 0 ? n + p : n;
  // Columns centred and on one scale, so that the equations are as sound as the data allow.
  const mean = new Float64Array(p);
  const unit = new Float64Array(p);
  columns.forEach((j, a) => {
    const at = j * n;
    let s = 0;
    if (intercept) for (let i = 0; i < n; i++) s += X.data[at + i]! / n;
    mean[a] = s;
    let top = 0;
    for (let i = 0; i < n; i++) top = Math.max(top, Math.abs(X.data[at + i]! - s));
    unit[a] = top > 0 ? 1 / top : 1;
  });
  const row = (i: number, out: Float64Array) => {
    out.fill(0);
    if (i >= n) out[i - n] = 1;
    else {
      for (let a = 0; a < p; a++) out[a] = (X.data[columns[a]! * n + i]! - mean[a]!) * unit[a]!;
      if (intercept) out[p] = 1;
    }
    return out;
  };
  const yOf = (i: number) => (i < n ? y[i]! : 0);
  const low = (i: number) => (i < n ? w[i]! * (tau - 1) : -l1 * unit[i - n]!);
  const high = (i: number) => (i < n ? w[i]! * tau : l1 * unit[i - n]!);
  /** X̂ v for all rows. */
  const across = (v: Float64Array) => {
    const out = new Float64Array(N);
    let constant = intercept ? v[p]! : 0;
    for (let a = 0; a < p; a++) constant -= v[a]! * unit[a]! * mean[a]!;
    out.fill(constant, 0, n);
    for (let a = 0; a < p; a++) {
      const b = v[a]! * unit[a]!;
      const at = columns[a]! * n;
      if (b !== 0) for (let i = 0; i < n; i++) out[i] = out[i]! + b * X.data[at + i]!;
      if (N > n) out[n + a] = v[a]!;
    }
    return out;
  };

  const isRow = (v: unknown) => isCount(v) && (v as number) < N;
  const saved = savedIn<Exchanged>(keep, {
    turn: isCount,
    basis: isList(isRow, P),
    inverse: isFloats(P * P),
    residual: isFloats(N),
    sign: (v) => v instanceof Int8Array && v.length === N,
  });
  const basis = saved ? [...saved.basis] : await startingRows(from.place, P, row, pace);
  if (!basis) return null;
  let inverse = saved ? saved.inverse.slice() : await invert(basis, P, row, pace);
  if (!inverse) return null;
  const within = new Uint8Array(N);
  for (const i of basis) within[i] = 1;
  let beta = apply(inverse, P, basis.map(yOf));
  const residual = saved ? saved.residual.slice() : across(beta).map((v, i) => yOf(i) - v);
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(y[i]!));
  const sign = saved
    ? saved.sign.slice()
    : Int8Array.from(residual, (r, i) => (Math.abs(r) <= 1e-11 * size ? (from.place[i]! >= 0.5 ? 1 : -1) : r > 0 ? 1 : -1));
  const most = 30 * P + 300;
  const v = new Float64Array(P);
  for (let turn = saved?.turn ?? 0; turn < most && !pace.stopped; turn++) {
    // Duals off the line are at their bounds; those on it follow from Σ dual × row = 0.
    const g = new Float64Array(P);
    for (let i = 0; i < N; i++) {
      if (within[i]) continue;
      const d = sign[i]! > 0 ? high(i) : low(i);
      if (i >= n) g[i - n] = g[i - n]! - d;
      else if (intercept) g[p] = g[p]! - d;
    }
    for (let a = 0; a < p; a++) {
      const at = columns[a]! * n;
      let s = 0;
      for (let i = 0; i < n; i++) if (!within[i]) s -= w[i]! * (sign[i]! > 0 ? tau : tau - 1) * (X.data[at + i]! - mean[a]!);
      g[a] = g[a]! + s * unit[a]!;
    }
    let leave = -1;
    let worst = SLACK;
    let way = 1;
    let slope = 0;
    for (let k = 0; k < P; k++) {
      let d = 0;
      for (let a = 0; a < P; a++) d += inverse[a * P + k]! * g[a]!;
      const lo = low(basis[k]!);
      const hi = high(basis[k]!);
      const over = Math.max(d - hi, lo - d) / (hi - lo);
      if (over > worst) {
        worst = over;
        leave = k;
        way = d > hi ? 1 : -1;
        slope = -Math.max(d - hi, lo - d);
      }
    }
    if (leave < 0) break;
    const direction = Float64Array.from({ length: P }, (_, a) => -way * inverse![a * P + leave]!);
    const move = across(direction);
    const stops: { at: number; row: number }[] = [];
    for (let i = 0; i < N; i++) {
      const by = -move[i]!;
      if (within[i] || by * sign[i]! >= 0 || Math.abs(by) < 1e-13) continue;
      stops.push({ at: Math.max(0, -residual[i]! / by), row: i });
    }
    stops.sort((a, b) => a.at - b.at || a.row - b.row);
    let enter = -1;
    let step = 0;
    for (const stop of stops) {
      slope += (high(stop.row) - low(stop.row)) * Math.abs(move[stop.row]!);
      if (slope >= 0) {
        enter = stop.row;
        step = stop.at;
        break;
      }
      sign[stop.row] = -sign[stop.row]!;
    }
    if (enter < 0) return null;
    for (let i = 0; i < N; i++) residual[i] = residual[i]! - step * move[i]!;
    const gone = basis[leave]!;
    within[gone] = 0;
    sign[gone] = way;
    residual[gone] = way * step;
    within[enter] = 1;
    basis[leave] = enter;
    inverse = turn % 50 === 49 ? await invert(basis, P, row, pace) : exchanged(inverse, P, leave, row(enter, v));
    if (!inverse) return null;
    for (const i of basis) residual[i] = 0;
    if (pace.due(4 * N * P)) await pace.rest();
    if (pace.stopped) break;
    const now = inverse;
    keep?.offer(9 * N + 8 * P * P, (): Exchanged => ({
      turn: turn + 1,
      basis: [...basis],
      inverse: now.slice(),
      residual: residual.slice(),
      sign: sign.slice(),
    }));
  }
  if (pace.stopped) return null;
  inverse = await invert(basis, P, row, pace);
  if (!inverse) return null;
  beta = apply(inverse, P, basis.map(yOf));
  // One step along what is left over, for the last digits.
  const left = Float64Array.from(basis, (i) => {
    row(i, v);
    let s = yOf(i);
    for (let a = 0; a < P; a++) s -= v[a]! * beta[a]!;
    return s;
  });
  const mend = apply(inverse, P, left);
  const out = new Float64Array(p + 1);
  if (intercept) out[p] = beta[p]! + mend[p]!;
  for (let a = 0; a < p; a++) {
    out[a] = basis.includes(n + a) ? 0 : (beta[a]! + mend[a]!) * unit[a]!;
    if (intercept) out[p] = out[p]! - out[a]! * mean[a]!;
  }
  return out;
}

/** Rows whose duals are farthest from their bounds, as far as each is an equation of its own. */
async function startingRows(
  place: Float64Array,
  P: number,
  row: (i: number, out: Float64Array) => Float64Array,
  pace: Pace,
): Promise<number[] | null> {
  const far = place.map((v) => Math.abs(v - 0.5));
  // Only the nearest are looked at, as a rule: the others need no order then.
  const enough = 20 * P + 1000;
  const edge = place.length > enough ? far.slice().sort()[enough]! : Infinity;
  const order = function* (): Generator<number> {
    const within = (i: number) => far[i]! <= edge;
    for (const near of [true, false])
      yield* Array.from(place, (_, i) => i)
        .filter((i) => within(i) === near)
        .sort((a, b) => far[a]! - far[b]! || a - b);
  };
  const found: number[] = [];
  const frame: Float64Array[] = [];
  for (const i of order()) {
    const v = row(i, new Float64Array(P));
    const length = Math.hypot(...v);
    for (let turn = 0; turn < 2; turn++) {
      for (const f of frame) {
        let s = 0;
        for (let a = 0; a < P; a++) s += v[a]! * f[a]!;
        for (let a = 0; a < P; a++) v[a] = v[a]! - s * f[a]!;
      }
    }
    if (pace.due(8 * P * (frame.length + 1))) await pace.rest();
    if (pace.stopped) return null;
    const rest = Math.hypot(...v);
    if (!(rest > DEPENDENT * length)) continue;
    frame.push(v.map((x) => x / rest));
    found.push(i);
    if (found.length === P) return found;
  }
  return null;
}

/** Gauss and Jordan with the largest pivot of each column; row-major: unknown × equation. */
async function invert(
  basis: readonly number[],
  P: number,
  row: (i: number, out: Float64Array) => Float64Array,
  pace: Pace,
): Promise<Float64Array | null> {
  // prettier-ignore
  const W = 2 * P;
  const M = new Float64Array(P * W);
  basis.forEach((i, k) => {
    row(i, M.subarray(k * W, k * W + P));
    M[k * W + P + k] = 1;
  });
  for (let c = 0; c < P; c++) {
    if (pace.due(2 * P * W)) await pace.rest();
    let pick = c;
    for (let k = c + 1; k < P; k++) if (Math.abs(M[k * W + c]!) > Math.abs(M[pick * W + c]!)) pick = k;
    const d = M[pick * W + c]!;
    if (!(Math.abs(d) > 1e-14)) return null;
    for (let m = 0; m < W; m++) {
      const t = M[c * W + m]!;
      M[c * W + m] = M[pick * W + m]! / d;
      if (pick !== c) M[pick * W + m] = t;
    }
    for (let k = 0; k < P; k++) {
      const f = M[k * W + c]!;
      if (k === c || f === 0) continue;
      for (let m = c; m < W; m++) M[k * W + m] = M[k * W + m]! - f * M[c * W + m]!;
    }
  }
  const out = new Float64Array(P * P);
  for (let k = 0; k < P; k++) out.set(M.subarray(k * W + P, k * W + W), k * P);
  return out;
}

/** The inverse after equation `k` has become `v` (Sherman & Morrison 1950). */
function exchanged(inverse: Float64Array, P: number, k: number, v: Float64Array): Float64Array | null {
  const a = new Float64Array(P);
  for (let m = 0; m < P; m++) for (let j = 0; j < P; j++) a[j] = a[j]! + v[m]! * inverse[m * P + j]!;
  if (!(Math.abs(a[k]!) > 1e-14)) return null;
  for (let m = 0; m < P; m++) {
    const c = inverse[m * P + k]! / a[k]!;
    for (let j = 0; j < P; j++) inverse[m * P + j] = j === k ? c : inverse[m * P + j]! - a[j]! * c;
  }
  return inverse;
}

function apply(inverse: Float64Array, P: number, right: ArrayLike<number>): Float64Array {
  const out = new Float64Array(P);
  for (let a = 0; a < P; a++) {
    let s = 0;
    for (let k = 0; k < P; k++) s += inverse[a * P + k]! * right[k]!;
    out[a] = s;
  }
  return out;
}
