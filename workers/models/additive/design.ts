/** What a smooth model sees of a table: for each column a curve, a line or a level's own value, row by row as a few numbers that are not 0. */
import { column, type Matrix } from '../../../src/core/matrix.js';
import { cholesky } from '../linear/symmetric.js';
import type { Pace } from '../pace.js';
import { basisOf, curvature, scaled, splines, type Basis } from './spline-basis.js';

export interface Part {
  readonly column: number;
  readonly kind: 'curve' | 'line' | 'levels';
  /** Coefficients start … start + size − 1; 0 is the constant. */
  readonly start: number;
  readonly size: number;
  /** A curve's basis; its function number `dropped` has no coefficient, since all of them sum to the constant. */
  readonly basis: Basis | null;
  readonly dropped: number;
  /**
   * A curve is known by how much it rises and by bends that cost one each, so that however dear bending is, the system stays sound:
   * coefficients of the functions = turn · what is known (size × size, row-major). Null: they are the same.
   */
  readonly turn: Float64Array | null;
  /** Levels with rows, rising. */
  readonly codes: readonly number[];
  /** A line: 0 at the middle of the column, ½ at its end. */
  readonly middle: number;
  readonly half: number;
}

/** λ · Σ of the squares of these coefficients is added to the deviance. */
export interface Penalty {
  readonly start: number;
  readonly size: number;
}

export interface Design {
  readonly parts: readonly Part[];
  readonly penalties: readonly Penalty[];
  /** Coefficients of one score. */
  readonly size: number;
  /** Numbers that are not 0 per row, the constant's included: `width` places and values for each row. */
  readonly width: number;
  readonly place: Int32Array;
  readonly value: Float64Array;
}

export interface Curves {
  readonly knots: number;
  readonly degree: number;
  readonly spread: 'quantile' | 'uniform';
  /** Straight lines cost something too. */
  readonly select: boolean;
}

/** Columns that say nothing (one value) get no part; nor do any when asked to stop before all are looked at. */
export async function design(X: Matrix, rows: Uint32Array, weight: Float64Array | null, how: Curves, p: Pace): Promise<Design> {
  const parts: Part[] = [];
  const penalties: Penalty[] = [];
  let size = 1;
  for (let j = 0; j < X.cols; j++) {
    if (p.due(COLUMN * rows.length)) await p.rest();
    if (p.stopped) return { parts: [], penalties: [], size: 1, ...(await cells(X, rows, [], how.degree, p)) };
    const x = column(X, j);
    const none = { column: j, basis: null, dropped: -1, turn: null, codes: [], middle: 0, half: 1 };
    if (X.levels[j]! > 0) {
      const seen = new Uint8Array(X.levels[j]!);
      for (const r of rows) seen[x[r]!] = 1;
      const codes = [...seen.keys()].filter((code) => seen[code] === 1);
      if (codes.length < 2) continue;
      penalties.push({ start: size, size: codes.length });
      parts.push({ ...none, kind: 'levels', start: size, size: codes.length, codes });
      size += codes.length;
      continue;
    }
    const basis = basisOf(x, rows, weight, how.knots, how.degree, how.spread);
    if (basis) {
      // Most rows are near the middle, so that leaving its function out keeps the others well apart from the constant.
      const dropped = basis.size >> 1;
      const q = basis.size - 1;
      penalties.push({ start: size + 1, size: q - 1 });
      if (how.select) penalties.push({ start: size, size: 1 });
      parts.push({ ...none, kind: 'curve', start: size, size: q, basis, dropped, turn: turned(basis, dropped) });
      size += q;
      continue;
    }
    let lo = Infinity;
    let hi = -Infinity;
    for (const r of rows) {
      lo = Math.min(lo, x[r]!);
      hi = Math.max(hi, x[r]!);
    }
    if (!(hi > lo)) continue;
    if (how.select) penalties.push({ start: size, size: 1 });
    parts.push({ ...none, kind: 'line', start: size, size: 1, middle: (lo + hi) / 2, half: (hi - lo) / 2 });
    size += 1;
  }
  const filled = await cells(X, rows, parts, how.degree, p);
  if (p.stopped) return { parts: [], penalties: [], size: 1, ...(await cells(X, rows, [], how.degree, p)) };
  return { parts, penalties, size, ...filled };
}

/** Operations of looking at a cell, or of writing its numbers. */
const COLUMN = 120;

async function cells(
  X: Matrix,
  rows: Uint32Array,
  parts: readonly Part[],
  degree: number,
  p: Pace,
): Promise<Pick<Design, 'width' | 'place' | 'value'>> {
  // prettier-ignore
  const width = 1 + parts.reduce((sum, { kind }) => sum + (kind === 'curve' ? degree + 1 : 1), 0);
  const n = rows.length;
  const place = new Int32Array(n * width);
  const value = new Float64Array(n * width);
  for (let i = 0; i < n; i++) value[i * width] = 1;
  const few = new Float64Array(degree + 1);
  let at = 1;
  for (const part of parts) {
    const x = column(X, part.column);
    if (p.due(COLUMN * n)) await p.rest();
    if (p.stopped) break;
    if (part.kind === 'curve') {
      for (let i = 0; i < n; i++) {
        const first = splines(part.basis!.t, 0, degree, scaled(part.basis!, x[rows[i]!]!), few);
        for (let d = 0; d <= degree; d++) {
          const f = first + d;
          // The dropped function stands at the constant's place with nothing to add.
          place[i * width + at + d] = f === part.dropped ? 0 : part.start + f - (f > part.dropped ? 1 : 0);
          value[i * width + at + d] = f === part.dropped ? 0 : few[d]!;
        }
      }
      at += degree + 1;
      continue;
    }
    const of = new Map(part.codes.map((code, c) => [code, c]));
    for (let i = 0; i < n; i++) {
      const v = x[rows[i]!]!;
      place[i * width + at] = part.start + (part.kind === 'levels' ? of.get(v)! : 0);
      value[i * width + at] = part.kind === 'levels' ? 1 : (v - part.middle) / (2 * part.half);
    }
    at += 1;
  }
  return { width, place, value };
}

/** First the straight line that rises by 1; then curves that end as high as they began, each of curvature 1 and across the others. */
function turned(basis: Basis, dropped: number): Float64Array {
  const { t, degree, size } = basis;
  const q = size - 1;
  const S = curvature(basis);
  const of = (i: number) => (i < dropped ? i : i + 1);
  // Where a straight line has its coefficients (Greville).
  const line = Float64Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let d = 1; d <= degree; d++) sum += t[i + d]! / degree;
    return sum;
  });
  // Curves that do not rise: every function between the ends, and both ends together. M is what their bends cost.
  const ends = (i: number) => (i === 0 ? [0, q - 1] : [i]);
  const m = q - 1;
  const M = new Float64Array(m * m);
  for (let i = 0; i < m; i++)
    for (let k = 0; k < m; k++) for (const a of ends(i)) for (const b of ends(k)) M[i * m + k]! += S[of(a) * size + of(b)]!;
  const factor = cholesky(M, m, 0, 0);
  if (!factor) throw new Error('The curvature of a spline must have an inverse');
  const out = new Float64Array(q * q);
  for (let i = 0; i < q; i++) out[i * q] = line[of(i)]! - line[dropped]!;
  // Columns of unit · L⁻ᵀ, by back substitution: what makes M the identity.
  for (let k = 0; k < m; k++) {
    const v = new Float64Array(m);
    for (let i = k; i >= 0; i--) {
      let sum = i === k ? 1 : 0;
      for (let l = i + 1; l <= k; l++) sum -= factor.L[l * m + i]! * v[l]!;
      v[i] = sum / factor.L[i * m + i]!;
    }
    for (let i = 0; i < m; i++) for (const a of ends(i)) out[a * q + k + 1] = v[i]! * factor.unit[i]!;
  }
  return out;
}

/** What is known of one score or all → coefficients of the functions. */
export function plain({ parts, size }: Design, known: Float64Array): Float64Array {
  const out = known.slice();
  for (let from = 0; from < known.length; from += size) {
    for (const { start, size: q, turn } of parts) {
      if (!turn) continue;
      for (let i = 0; i < q; i++) {
        let sum = 0;
        for (let k = 0; k < q; k++) sum += turn[i * q + k]! * known[from + start + k]!;
        out[from + start + i] = sum;
      }
    }
  }
  return out;
}

/** Weights of coefficients of a part → weights of what is known of it: turnᵀ · row. */
export function turnedRow({ size: q, turn }: Part, row: Float64Array): Float64Array {
  if (!turn) return row;
  return Float64Array.from({ length: q }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < q; i++) sum += row[i]! * turn[i * q + k]!;
    return sum;
  });
}
