/** The parts of an additive model as pictures: what each value of a column, or of two together, adds to the raw scores. */
import type { Additive, AdditiveTerm, TermAxis } from '../../src/core/form.js';
import type { ShapeTerm, ShapesPicture } from '../../src/core/inside.js';
import { matrix } from '../../src/core/matrix.js';
import { termValues } from '../forms/additive.js';

export interface ShapeNames {
  readonly columns: readonly string[];
  /** Level names of each category column; empty for quantities. */
  readonly categories: readonly (readonly string[])[];
  /** Classes of the target; empty for a number. */
  readonly levels: readonly string[];
}

/** Places between two knots of a curve. */
const BETWEEN = 8;
/** A margin of so many standard errors either way holds 95 in 100. */
const MARGIN = 1.96;

/** Terms that push most come first. */
export function shapesOf(form: Additive, names: ShapeNames): ShapesPicture {
  const scores = form.bias.length;
  const terms = form.terms.map((term) => {
    const drawn = term.axes.length === 1 && curved(term.axes[0]!) ? curve(term, scores) : cells(term, scores, names);
    return { names: term.axes.map(({ column }) => names.columns[column] ?? String(column)), strength: strength(term, scores), ...drawn };
  });
  const speaks = form.outputs === 2 && scores === 1 ? [names.levels[1] ?? null] : Array.from(form.bias, (_, k) => names.levels[k] ?? null);
  return { kind: 'shapes', scores: speaks, terms: terms.sort((a, b) => b.strength - a.strength) };
}

/** Mean size of what is added, over training rows where they are counted, else over cells, and over scores. */
function strength({ values, counts }: AdditiveTerm, scores: number): number {
  let sum = 0;
  let total = 0;
  for (let c = 0; c * scores < values.length; c++) {
    const weight = counts.length > 0 ? counts[c]! : 1;
    for (let k = 0; k < scores; k++) sum += weight * Math.abs(values[c * scores + k]!);
    total += weight * scores;
  }
  return total > 0 ? sum / total : 0;
}

const curved = ({ shape, at }: TermAxis): boolean => (shape === 'linear' || shape === 'cubic') && at.length > 1;

type Drawn = Omit<ShapeTerm, 'names' | 'strength'>;

/** Cells as they are; a step begins at its place, and alone the last one is told twice, so that it can be drawn to its end. */
function cells({ axes, values, spread, counts }: AdditiveTerm, scores: number, names: ShapeNames): Drawn {
  const sides = axes.map((axis) => side(axis, names));
  const has = (c: number) => counts.length === 0 || counts[c]! > 0;
  const wide = axes.length === 2 ? axes[1]!.at.length + (axes[1]!.shape === 'constant' ? 2 : 1) : 1;
  const stepped = axes.length === 1 && axes[0]!.shape === 'constant';
  const inner = sides[1]?.at.length ?? 1;
  const order: number[] = [];
  for (let r = 0; r < sides[0]!.at.length; r++) for (let c = 0; c < inner; c++) order.push(r * wide + c);
  const last = order.length;
  if (stepped) order.push(last - 1);
  const pick = (from: Float64Array, width: number) =>
    from.length === 0 ? [] : order.flatMap((c) => [...from.subarray(c * width, (c + 1) * width)]);
  const told = pick(values, scores);
  const margin = pick(spread, scores).map((v) => MARGIN * v);
  const rows = pick(counts, 1);
  if (stepped && rows.length > 0) rows[last] = 0;
  return {
    axes: stepped ? [{ kind: 'steps', at: [...sides[0]!.at, ended(axes[0]!)] }] : sides,
    values: told,
    ...(margin.length > 0 ? { low: told.map((v, i) => v - margin[i]!), high: told.map((v, i) => v + margin[i]!) } : {}),
    rows,
    // Where rows are not counted nobody knows whether a value was ever missing: it is shown if it says something.
    ...(axes.length === 1 && has(last) && values.subarray(last * scores).some((v) => v !== 0)
      ? { missing: { values: [...values.subarray(last * scores, (last + 1) * scores)], rows: counts.length > 0 ? counts[last]! : null } }
      : {}),
  };
}

function side({ column, shape, at }: TermAxis, names: ShapeNames): ShapeTerm['axes'][number] {
  if (shape === 'levels') return { kind: 'levels', at: Array.from(at, (code) => names.categories[column]?.[code] ?? String(code)) };
  if (shape !== 'constant') return { kind: 'curve', at: [...at] };
  return { kind: 'steps', at: [(at[0] ?? 0) - usual(at), ...at] };
}

/** The form does not know where the first step begins and the last one ends: they are drawn as wide as steps are in the middle. */
const usual = (at: Float64Array): number => (at.length > 1 ? (at[at.length - 1]! - at[0]!) / (at.length - 1) : Math.abs(at[0] ?? 1) || 1);
const ended = ({ at }: TermAxis): number => (at[at.length - 1] ?? 0) + usual(at);

/** A curve as points: the knots, and some between every two. Margins go straight from knot to knot. */
function curve(term: AdditiveTerm, scores: number): Drawn {
  const axis = term.axes[0]!;
  const { at } = axis;
  const fine = axis.shape === 'linear' ? 1 : BETWEEN;
  const points = Float32Array.from({ length: (at.length - 1) * fine + 1 }, (_, i) => {
    const k = Math.min(at.length - 2, Math.floor(i / fine));
    return at[k]! + ((i - k * fine) / fine) * (at[k + 1]! - at[k]!);
  });
  const told = [...termValues({ ...term, axes: [{ ...axis, column: 0 }] }, scores, matrix(points.length, 1, points))];
  const margin = told.map((_, i) => {
    if (term.spread.length === 0) return 0;
    const point = Math.floor(i / scores);
    const k = Math.min(at.length - 2, Math.floor(point / fine));
    const share = (point - k * fine) / fine;
    const here = (c: number) => term.spread[c * scores + (i % scores)]!;
    return MARGIN * (here(k) + share * (here(k + 1) - here(k)));
  });
  const rows = new Array<number>(term.counts.length > 0 ? points.length : 0).fill(0);
  // Rows stand at the knot they are nearest to; on the picture they are spread over the points nearest to it.
  for (let k = 0; k < at.length && rows.length > 0; k++) {
    const from = Math.max(0, k * fine - (fine >> 1));
    const to = Math.min(points.length - 1, k * fine + ((fine - 1) >> 1));
    for (let i = from; i <= to; i++) rows[i]! += term.counts[k]! / (to - from + 1);
  }
  return {
    axes: [{ kind: 'curve', at: [...points] }],
    values: told,
    ...(term.spread.length > 0 ? { low: told.map((v, i) => v - margin[i]!), high: told.map((v, i) => v + margin[i]!) } : {}),
    rows,
  };
}
