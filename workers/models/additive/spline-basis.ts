/** B-splines of one column: where the knots are, what the basis is at a point, and what curvature costs (de Boor 1978; Eilers & Marx 1996). */
import { sorted } from '../tree/cuts.js';

export interface Basis {
  /** Knots in the column's own units, rising; the first and last are the least and the largest training value. */
  readonly knots: Float64Array;
  readonly degree: number;
  /** Functions: knots + degree − 1. They are ≥ 0 and sum to 1 between the outer knots. */
  readonly size: number;
  /** Knots brought to 0…1, the outer ones repeated: knots + 2 · degree. */
  readonly t: Float64Array;
}

/** Knots nearer to each other than this share of the range are one: beyond it curvature cannot be told from rounding. */
const CLOSEST = 1e-4;

/** At most `most` knots over the rows named; null where fewer than three values leave nothing to bend. */
export function basisOf(
  x: Float32Array,
  rows: Uint32Array,
  weight: Float64Array | null,
  most: number,
  degree: number,
  place: 'quantile' | 'uniform',
): Basis | null {
  const column = sorted(x, rows, weight);
  const { values, upTo } = column;
  const first = values[0]!;
  const range = values[values.length - 1]! - first;
  let different = 1;
  for (let i = 1; i < values.length && different < most; i++) if (values[i] !== values[i - 1]) different++;
  if (different < 3) return null;
  const count = Math.min(most, different);
  const total = upTo ? upTo[upTo.length - 1]! : values.length;
  // A row of weight 2 counts as two rows, as where trees are cut.
  const at = (where: number): number => {
    if (!upTo) return values[Math.min(values.length - 1, where)]!;
    let lo = 0;
    let hi = upTo.length - 1;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (upTo[mid]! > where) hi = mid;
      else lo = mid + 1;
    }
    return values[lo]!;
  };
  const knots = [first];
  for (let i = 1; i < count - 1; i++) {
    const share = i / (count - 1);
    const where = share * Math.max(0, total - 1);
    const low = at(Math.floor(where));
    const knot = place === 'uniform' ? first + share * range : low + (where - Math.floor(where)) * (at(Math.floor(where) + 1) - low);
    if (knot - knots[knots.length - 1]! > CLOSEST * range && first + range - knot > CLOSEST * range) knots.push(knot);
  }
  knots.push(first + range);
  const inner = knots.map((k) => (k - first) / range);
  const ends = (v: number) => new Array<number>(degree).fill(v);
  return {
    knots: Float64Array.from(knots),
    degree,
    size: knots.length + degree - 1,
    t: Float64Array.from([...ends(0), ...inner, ...ends(1)]),
  };
}

/** Place of x between the outer knots, 0…1. */
export const scaled = ({ knots }: Basis, x: number): number =>
  Math.max(0, Math.min(1, (x - knots[0]!) / (knots[knots.length - 1]! - knots[0]!)));

/**
 * The degree + 1 functions of the given degree that are not 0 at u (0…1), into `out`; returns the number of the first.
 * `off` knots are left out on either side: with degree lower by as many, these are the functions of that derivative.
 */
export function splines(t: Float64Array, off: number, degree: number, u: number, out: Float64Array): number {
  const last = t.length - off - degree - 2;
  let s = off + degree;
  let hi = last;
  while (s < hi) {
    const mid = (s + hi + 1) >> 1;
    if (t[mid]! <= u) s = mid;
    else hi = mid - 1;
  }
  out[0] = 1;
  for (let d = 1; d <= degree; d++) {
    let carry = 0;
    for (let r = 0; r < d; r++) {
      const right = t[s + r + 1]!;
      const left = t[s + r + 1 - d]!;
      const share = out[r]! / (right - left);
      out[r] = carry + (right - u) * share;
      carry = (u - left) * share;
    }
    out[d] = carry;
  }
  return s - off - degree;
}

/** Coefficients of the derivative of order `order`, as rows of weights of the basis's own: (size − order) × size. */
function derivative({ t, degree, size }: Basis, order: number): Float64Array[] {
  let rows = Array.from({ length: size }, (_, i) => Float64Array.from({ length: size }, (_v, j) => (i === j ? 1 : 0)));
  for (let r = 0; r < order; r++) {
    const d = degree - r;
    rows = rows.slice(1).map((row, i) => {
      const width = t[i + 1 + r + d]! - t[i + 1 + r]!;
      return row.map((v, j) => (d * (v - rows[i]![j]!)) / width);
    });
  }
  return rows;
}

/**
 * S with cᵀ S c = ∫ f″² over 0…1 (size × size, row-major), exactly; of straight pieces Σ (jump of slope)² / (mean width of the two).
 * Its rank is size − 2.
 */
export function curvature(basis: Basis): Float64Array {
  const { degree, size, knots } = basis;
  const range = knots[knots.length - 1]! - knots[0]!;
  const width = Array.from({ length: knots.length - 1 }, (_, i) => (knots[i + 1]! - knots[i]!) / range);
  const S = new Float64Array(size * size);
  const add = (a: Float64Array, b: Float64Array, times: number) => {
    for (let i = 0; i < size; i++) {
      if (a[i] === 0) continue;
      for (let j = 0; j < size; j++) S[i * size + j]! += times * a[i]! * b[j]!;
    }
  };
  if (degree === 1) {
    const slopes = derivative(basis, 1);
    for (let i = 1; i < slopes.length; i++) {
      const jump = slopes[i]!.map((v, j) => v - slopes[i - 1]![j]!);
      add(jump, jump, 2 / (width[i]! + width[i - 1]!));
    }
    return S;
  }
  const bend = derivative(basis, 2);
  if (degree === 2) bend.forEach((row, i) => add(row, row, width[i]!));
  else {
    // The second derivative is linear between its values at the knots.
    for (let i = 0; i + 1 < bend.length; i++) {
      const [a, b] = [bend[i]!, bend[i + 1]!];
      add(a, a, width[i]! / 3);
      add(b, b, width[i]! / 3);
      add(a, b, width[i]! / 6);
      add(b, a, width[i]! / 6);
    }
  }
  return S;
}

/** Values and slopes (per unit of the column) at every knot, as rows of weights of the basis's functions. */
export function atKnots(basis: Basis): { readonly values: Float64Array[]; readonly slopes: Float64Array[] } {
  const { knots, degree, size, t } = basis;
  const range = knots[knots.length - 1]! - knots[0]!;
  const few = new Float64Array(degree + 1);
  const first = derivative(basis, 1);
  const values: Float64Array[] = [];
  const slopes: Float64Array[] = [];
  for (let k = 0; k < knots.length; k++) {
    const u = t[degree + k]!;
    const row = new Float64Array(size);
    let from = splines(t, 0, degree, u, few);
    for (let i = 0; i <= degree; i++) row[from + i] = few[i]!;
    values.push(row);
    const slope = new Float64Array(size);
    from = splines(t, 1, degree - 1, u, few);
    for (let i = 0; i < degree; i++) first[from + i]!.forEach((v, j) => (slope[j]! += (few[i]! * v) / range));
    slopes.push(slope);
  }
  return { values, slopes };
}
