/** From coefficients to the form: curves by values and slopes at their knots, centred, with standard errors and degrees of freedom. */
import type { Additive, AdditiveTerm } from '../../../src/core/form.js';
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { turnedRow, type Design, type Part } from './design.js';
import type { Likelihood } from './likelihood.js';
import type { Fitted } from './penalised.js';
import type { Scores } from './target.js';
import { inverse } from './smoothing.js';
import { atKnots } from './spline-basis.js';

export interface Drawn {
  readonly form: Additive;
  /** Effective degrees of freedom: in all, the constants included, and of each part. Null when stopped before the first step. */
  readonly freedom: { readonly all: number; readonly parts: readonly number[] } | null;
}

export async function drawn(
  X: Matrix,
  rows: Uint32Array,
  weight: Float64Array,
  design: Design,
  likelihood: Likelihood,
  fitted: Fitted,
  to: Scores,
  p: Pace,
): Promise<Drawn> {
  const { size, parts, width, place, value } = design;
  const C = likelihood.scores;
  const N = C * size;
  const n = rows.length;
  const total = weight.reduce((a, b) => a + b, 0);
  const V = fitted.last ? inverse(fitted.last.factor) : null;
  let all = 0;
  const freedom = parts.map(() => 0);
  if (V) {
    const { A } = fitted.last!.normal;
    const own = Float64Array.from({ length: N }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < N; k++) sum += V[i * N + k]! * A[k * N + i]!;
      return sum;
    });
    all = own.reduce((a, b) => a + b, 0);
    parts.forEach(({ start, size: q }, at) => {
      for (let c = 0; c < C; c++) for (let i = 0; i < q; i++) freedom[at]! += own[c * size + start + i]!;
    });
  }
  const scatter = likelihood.exact ? fitted.deviance / Math.max(1, total - all) : 1;
  /** What a row has of each coefficient, on the average. */
  const usual = new Float64Array(size);
  for (let i = 0; i < n; i++) for (let a = i * width; a < (i + 1) * width; a++) usual[place[a]!]! += (weight[i]! / total) * value[a]!;
  for (const part of parts) usual.set(turnedRow(part, usual.slice(part.start, part.start + part.size)), part.start);

  const scores = to.link === 'softmax' ? to.outputs : 1;
  const K = to.place.length;
  const bias = new Float64Array(scores).fill(to.absent);
  const constant = new Float64Array(C);
  for (let c = 0; c < C; c++) constant[c] = fitted.coefficients[c * size]!;
  const termOf = (part: Part): AdditiveTerm => {
    const { cells, slopes } = looks(part);
    const q = part.size;
    const { start } = part;
    const values = new Float64Array((cells.length + 1) * scores);
    const steep = new Float64Array(slopes.length === 0 ? 0 : (cells.length + 1) * scores);
    const spread = new Float64Array(V ? (cells.length + 1) * scores : 0);
    const middle = new Float64Array(C);
    for (let c = 0; c < C; c++) {
      for (let i = 0; i < q; i++) middle[c]! += usual[start + i]! * fitted.coefficients[c * size + start + i]!;
      constant[c]! += middle[c]!;
    }
    /** Σ over the coefficients of score c. */
    const along = (row: Float64Array, c: number) => row.reduce((sum, v, i) => sum + v * fitted.coefficients[c * size + start + i]!, 0);
    const none = new Float64Array(q);
    [...cells, none].forEach((row, cell) => {
      // A level that training never saw has nothing of its own; a curve has no such value.
      const unseen = cell === cells.length;
      const f = Float64Array.from({ length: C }, (_, c) => (unseen && part.kind !== 'levels' ? 0 : along(row, c) - middle[c]!));
      const s = slopes[cell] ? Float64Array.from({ length: C }, (_, c) => along(slopes[cell]!, c)) : null;
      const off = row.map((v, i) => v - usual[start + i]!);
      const about = V && !unseen ? covariance(V, N, size, start, off, C) : null;
      to.place.forEach((at, k) => {
        let v = 0;
        let slope = 0;
        let variance = 0;
        for (let c = 0; c < C; c++) {
          v += likelihood.mix[k * C + c]! * f[c]!;
          if (s) slope += likelihood.mix[k * C + c]! * s[c]!;
          for (let d = 0; about && d < C; d++) variance += likelihood.mix[k * C + c]! * likelihood.mix[k * C + d]! * about[c * C + d]!;
        }
        values[cell * scores + at] = to.unit * v;
        if (s) steep[cell * scores + at] = to.unit * slope;
        if (V) spread[cell * scores + at] = to.unit * Math.sqrt(Math.max(0, scatter * variance));
      });
    });
    return {
      axes: [{ column: part.column, shape: shapeOf(part), at: placesOf(part) }],
      values,
      slopes: steep,
      spread,
      counts: countsOf(part, column(X, part.column), rows, weight),
    };
  };
  const terms: AdditiveTerm[] = [];
  for (const part of parts) {
    terms.push(termOf(part));
    if (p.due(120 * n)) await p.rest();
  }
  for (let k = 0; k < K; k++) {
    let v = 0;
    for (let c = 0; c < C; c++) v += likelihood.mix[k * C + c]! * constant[c]!;
    bias[to.place[k]!] = to.shift + to.unit * v;
  }
  return {
    form: { form: 'additive', link: to.link, inputs: X.cols, outputs: to.outputs, bias, terms },
    freedom: V ? { all, parts: freedom } : null,
  };
}

/** Rows of weights of what is known of a part: its value in each cell, and its slope there where it is a curve. */
function looks(part: Part): { readonly cells: Float64Array[]; readonly slopes: Float64Array[] } {
  if (part.kind === 'levels') return { cells: part.codes.map((_, c) => one(part.size, c)), slopes: [] };
  if (part.kind === 'line') return { cells: [Float64Array.of(-0.5), Float64Array.of(0.5)], slopes: [] };
  const kept = (row: Float64Array) =>
    turnedRow(
      part,
      row.filter((_, i) => i !== part.dropped),
    );
  const { values, slopes } = atKnots(part.basis!);
  return { cells: values.map(kept), slopes: part.basis!.degree === 1 ? [] : slopes.map(kept) };
}

const one = (n: number, at: number): Float64Array => Float64Array.from({ length: n }, (_, i) => (i === at ? 1 : 0));
const shapeOf = ({ kind, basis }: Part) => (kind === 'levels' ? 'levels' : kind === 'line' || basis!.degree === 1 ? 'linear' : 'cubic');

function placesOf({ kind, codes, basis, middle, half }: Part): Float64Array {
  if (kind === 'levels') return Float64Array.from(codes);
  return kind === 'line' ? Float64Array.of(middle - half, middle + half) : basis!.knots;
}

/** Variances and covariances over scores of Σ off · coefficient. */
function covariance(V: Float64Array, N: number, size: number, start: number, off: Float64Array, C: number): Float64Array {
  const out = new Float64Array(C * C);
  for (let c = 0; c < C; c++) {
    for (let d = 0; d < C; d++) {
      let sum = 0;
      for (let i = 0; i < off.length; i++) {
        const row = (c * size + start + i) * N + d * size + start;
        for (let k = 0; k < off.length; k++) sum += off[i]! * V[row + k]! * off[k]!;
      }
      out[c * C + d] = sum;
    }
  }
  return out;
}

/** Weight of the rows at each level, or nearest to each knot; none is missing. */
function countsOf(part: Part, x: Float32Array, rows: Uint32Array, weight: Float64Array): Float64Array {
  const at = placesOf(part);
  const out = new Float64Array(at.length + 1);
  for (let i = 0; i < rows.length; i++) {
    const v = x[rows[i]!]!;
    let lo = 0;
    let hi = at.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if (at[mid]! <= v) lo = mid;
      else hi = mid - 1;
    }
    if (lo + 1 < at.length && at[lo + 1]! - v < v - at[lo]!) lo++;
    out[lo]! += weight[i]!;
  }
  return out;
}
