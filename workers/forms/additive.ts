/** Additive forms: raw score = bias + Σ terms, each a function of one column or of two together. */
import type { Additive, AdditiveTerm, TermAxis } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { array, broken, floats64, linkOf, object, oneOf, scoreCount, typed, whole, WIDEST } from './gate.js';
import type { Fields } from './gate.js';
import type { Contributions, Kit } from './kit.js';

/** Rows handled together: their places in a term stay in the cache. */
const BLOCK = 1024;
const SHAPES = ['levels', 'constant', 'linear', 'cubic'] as const;

/** Cells of an axis, the one for missing and unknown values included. */
export const cellsOf = ({ shape, at }: TermAxis): number => at.length + (shape === 'constant' ? 2 : 1);

/** How many of the rising numbers lie below x. */
function below(at: Float64Array, x: number): number {
  let lo = 0;
  let hi = at.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (at[mid]! < x) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** The cell of a value; of a knotted axis the knot to its left (the last but one at most), or the cell for missing values. */
export function cellOf({ shape, at }: TermAxis, x: number): number {
  const n = at.length;
  if (shape === 'constant') return x !== x ? n + 1 : below(at, x);
  if (x !== x) return n;
  const b = below(at, x);
  if (shape === 'levels') return b < n && at[b] === x ? b : n;
  return Math.max(0, Math.min(n - 2, b - 1));
}

/** Room for the places of a block of rows on one axis. */
interface Places {
  readonly cell: Int32Array;
  /** Share of the way from the cell to the next; 0 where nothing is blended, outside 0…1 beyond the knots. */
  readonly share: Float64Array;
}
const places = (n: number): Places => ({ cell: new Int32Array(n), share: new Float64Array(n) });

function locate(axis: TermAxis, X: Matrix, from: number, n: number, to: Places): void {
  const { at, shape } = axis;
  const start = axis.column * X.rows + from;
  const blends = shape === 'linear' && at.length > 1;
  for (let i = 0; i < n; i++) {
    const x = X.data[start + i]!;
    const c = cellOf(axis, x);
    to.cell[i] = c;
    to.share[i] = blends && x === x ? (x - at[c]!) / (at[c + 1]! - at[c]!) : 0;
  }
}

/** The value of a term for `n` rows from `from` on, n × scores into `out`. */
function evaluate(
  term: AdditiveTerm,
  scores: number,
  X: Matrix,
  from: number,
  n: number,
  out: Float64Array,
  rooms: readonly Places[],
): void {
  const [first, second] = term.axes as readonly [TermAxis, TermAxis?];
  if (first.shape === 'cubic') return evaluateCubic(term, first, scores, X, from, n, out);
  const { values } = term;
  const a = rooms[0]!;
  locate(first, X, from, n, a);
  if (!second) {
    for (let i = 0; i < n; i++) {
      const c = a.cell[i]! * scores;
      const t = a.share[i]!;
      for (let k = 0; k < scores; k++) {
        const v = values[c + k]!;
        out[i * scores + k] = t === 0 ? v : v + t * (values[c + scores + k]! - v);
      }
    }
    return;
  }
  const b = rooms[1]!;
  locate(second, X, from, n, b);
  const wide = cellsOf(second) * scores;
  for (let i = 0; i < n; i++) {
    const s = a.share[i]!;
    const t = b.share[i]!;
    for (let k = 0; k < scores; k++) {
      const c = a.cell[i]! * wide + b.cell[i]! * scores + k;
      let v = values[c]!;
      if (t !== 0) v += t * (values[c + scores]! - v);
      if (s !== 0) {
        let next = values[c + wide]!;
        if (t !== 0) next += t * (values[c + wide + scores]! - next);
        v += s * (next - v);
      }
      out[i * scores + k] = v;
    }
  }
}

function evaluateCubic(
  { values, slopes }: AdditiveTerm,
  axis: TermAxis,
  scores: number,
  X: Matrix,
  from: number,
  n: number,
  out: Float64Array,
): void {
  const { at } = axis;
  const last = at.length - 1;
  const start = axis.column * X.rows + from;
  for (let i = 0; i < n; i++) {
    const x = X.data[start + i]!;
    const c = cellOf(axis, x);
    for (let k = 0; k < scores; k++) {
      const p = c * scores + k;
      let v: number;
      if (x !== x) v = values[p]!;
      else if (x <= at[0]!) v = values[k]! + slopes[k]! * (x - at[0]!);
      else if (x >= at[last]!) v = values[last * scores + k]! + slopes[last * scores + k]! * (x - at[last]!);
      else {
        const h = at[c + 1]! - at[c]!;
        const t = (x - at[c]!) / h;
        const rise = values[p + scores]! - values[p]!;
        const s0 = slopes[p]! * h;
        const s1 = slopes[p + scores]! * h;
        v = values[p]! + t * (s0 + t * (3 * rise - 2 * s0 - s1 + t * (s0 + s1 - 2 * rise)));
      }
      out[i * scores + k] = v;
    }
  }
}

/** Gives the values of every term, block by block: n × scores, for the rows from `from` on. Terms come in their order. */
function eachTerm(form: Additive, X: Matrix, take: (term: AdditiveTerm, from: number, n: number, values: Float64Array) => void): void {
  const scores = form.bias.length;
  const size = Math.min(BLOCK, X.rows);
  const rooms = [places(size), places(size)];
  const values = new Float64Array(size * scores);
  for (let from = 0; from < X.rows; from += BLOCK) {
    const n = Math.min(BLOCK, X.rows - from);
    for (const term of form.terms) {
      evaluate(term, scores, X, from, n, values, rooms);
      take(term, from, n, values);
    }
  }
}

/** Rows × scores of one term of a form with that many raw scores. */
export function termValues(term: AdditiveTerm, scores: number, X: Matrix): Float64Array {
  const out = new Float64Array(X.rows * scores);
  evaluate(term, scores, X, 0, X.rows, out, [places(X.rows), places(X.rows)]);
  return out;
}

function raw(form: Additive, X: Matrix): Float64Array {
  const scores = form.bias.length;
  const out = new Float64Array(X.rows * scores);
  for (let i = 0; i < out.length; i++) out[i] = form.bias[i % scores]!;
  eachTerm(form, X, (_, from, n, values) => {
    const at = from * scores;
    for (let i = 0; i < n * scores; i++) out[at + i] = out[at + i]! + values[i]!;
  });
  return out;
}

/** Exact. What two columns add together is shared between them in equal halves, as Shapley values share it. */
function contributions(form: Additive, X: Matrix): Contributions {
  const scores = form.bias.length;
  const wide = form.inputs * scores;
  const out = new Float64Array(X.rows * wide);
  eachTerm(form, X, (term, from, n, values) => {
    const share = 1 / term.axes.length;
    for (const { column } of term.axes) {
      for (let i = 0; i < n; i++) {
        const to = (from + i) * wide + column * scores;
        for (let k = 0; k < scores; k++) out[to + k] = out[to + k]! + share * values[i * scores + k]!;
      }
    }
  });
  return { base: form.bias.slice(), values: out };
}

export const additiveKit: Kit<Additive> = {
  raw,
  contributions,
  check(o, at, inputs, outputs) {
    const link = linkOf(o, at, outputs);
    const scores = scoreCount(link, outputs);
    const bias = floats64(o, 'bias', at, scores);
    const terms = array(o, 'terms', at, 0, WIDEST).map((term, t) => checkTerm(term, `${at}.terms[${t}]`, inputs, scores));
    return { form: 'additive', link, inputs, outputs, bias, terms };
  },
  measure({ bias, terms }) {
    let bytes = bias.byteLength;
    let parameters = bias.length;
    for (const { axes, values, slopes, spread, counts } of terms) {
      for (const { at } of axes) bytes += at.byteLength;
      bytes += values.byteLength + slopes.byteLength + spread.byteLength + counts.byteLength;
      parameters += values.length + slopes.length;
    }
    return { bytes, parameters };
  },
};

function checkTerm(value: unknown, at: string, inputs: number, scores: number): AdditiveTerm {
  const o = object(value, at);
  const axes = array(o, 'axes', at, 1, 2).map((axis, a) => checkAxis(object(axis, `${at}.axes[${a}]`), `${at}.axes[${a}]`, inputs));
  if (axes.length === 2 && axes[0]!.column === axes[1]!.column) broken(`${at} pairs a column with itself`);
  if (axes.length === 2 && axes.some((axis) => axis.shape === 'cubic')) broken(`${at} is a pair with a cubic axis`);
  const cells = axes.reduce((product, axis) => product * cellsOf(axis), 1);
  const values = floats64(o, 'values', at, cells * scores);
  const slopes = floats64(o, 'slopes', at, axes[0]!.shape === 'cubic' ? cells * scores : 0);
  return { axes, values, slopes, spread: notNegative(o, 'spread', at, cells * scores), counts: notNegative(o, 'counts', at, cells) };
}

function checkAxis(o: Fields, where: string, inputs: number): TermAxis {
  const column = whole(o, 'column', where, 0, inputs - 1);
  const shape = oneOf(o, 'shape', where, SHAPES);
  const list = typed(o, 'at', where, Float64Array);
  const at = floats64(o, 'at', where, list.length);
  if (at.length < (shape === 'cubic' ? 2 : shape === 'linear' ? 1 : 0)) broken(`${where} has too few knots`);
  for (let i = 1; i < at.length; i++) if (!(at[i]! > at[i - 1]!)) broken(`${where}.at does not rise`);
  if (shape === 'levels' && at.some((code) => code < 0 || !Number.isInteger(code))) broken(`${where}.at holds what is no level`);
  return { column, shape, at };
}

function notNegative(o: Fields, name: string, at: string, length: number): Float64Array {
  const v = typed(o, name, at, Float64Array);
  const out = floats64(o, name, at, v.length === 0 ? 0 : length);
  if (out.some((x) => x < 0)) broken(`${at}.${name} holds a negative value`);
  return out;
}
