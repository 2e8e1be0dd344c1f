/** What a model answers over two of its raw columns, all others standing at their usual values. */
import type { Artifact } from '../../../src/core/artifact.js';
import type { BoundaryPicture } from '../../../src/core/inside.js';
import type { Target } from '../../../src/core/model.js';
import { cellText, isCodes, isValues, lengthOf, missingAt, takeColumn, type Column } from '../../../src/core/table.js';

const GRID = 48;
const MOST_LEVELS = 12;
const MOST_POINTS = 600;

export interface BoundaryAsk {
  readonly artifact: Pick<Artifact, 'inputs' | 'target'>;
  /** Raw training columns in the kinds the model wants. */
  readonly columns: readonly Column[];
  readonly target: Target;
  readonly a: string;
  readonly b: string;
  predict(columns: readonly Column[]): Float64Array;
}

/** Throws where a or b is no input of the model. GRID² predictions. */
export function boundaryOf({ artifact, columns, target, a, b, predict }: BoundaryAsk): BoundaryPicture {
  const one = columns.find((c) => c.name === a);
  const two = columns.find((c) => c.name === b);
  if (!one || !two) throw new Error(`${one ? b : a} is no column of this model`);
  const axisA = axisOf(one);
  const axisB = axisOf(two);
  const cells = axisA.length * axisB.length;
  const place = Uint32Array.from({ length: cells }, (_, i) => Math.floor(i / axisB.length));
  const placeB = Uint32Array.from({ length: cells }, (_, i) => i % axisB.length);
  const others: { name: string; value: string }[] = [];
  const asked = columns.map((c) => {
    if (c.name === a) return takeColumn(axisA, place);
    if (c.name === b) return takeColumn(axisB, placeB);
    const usual = usualOf(c);
    others.push({ name: c.name, value: missingAt(usual, 0) ? 'missing' : cellText(usual, 0) });
    return takeColumn(usual, new Uint32Array(cells));
  });
  const guess = predict(asked.map(unmarked));
  const outputs = guess.length / cells;
  return {
    a,
    b,
    atA: ticks(axisA),
    atB: ticks(axisB),
    cells: Array.from({ length: cells }, (_, i) => {
      if (target.task === 'number') return { c: 0, p: guess[i]! };
      let c = 0;
      for (let k = 1; k < outputs; k++) if (guess[i * outputs + k]! > guess[i * outputs + c]!) c = k;
      return { c, p: guess[i * outputs + c]! };
    }),
    levels: artifact.target.levels,
    points: pointsOf(one, two, target),
    others,
  };
}

/** An axis is a short column of its own: an even grid over what is usual (1st to 99th hundredth), or the most frequent levels. */
type Axis = Column & { readonly length: number };
function axisOf(c: Column): Axis {
  if (isValues(c)) {
    const sorted = c.values.filter((v) => !Number.isNaN(v)).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    const low = at(0.01);
    const high = at(0.99);
    const n = high > low ? GRID : 1;
    return {
      name: c.name,
      kind: c.kind,
      values: Float64Array.from({ length: n }, (_, i) => (n > 1 ? low + ((high - low) * i) / (n - 1) : low)),
      length: n,
    };
  }
  const counts = new Float64Array(c.levels.length);
  for (const k of c.codes) if (k >= 0) counts[k]!++;
  const order = [...counts.keys()].filter((k) => counts[k]! > 0).sort((p, q) => counts[q]! - counts[p]! || p - q);
  const codes = Int32Array.from(order.slice(0, MOST_LEVELS));
  return { name: c.name, kind: c.kind, codes, levels: c.levels, length: codes.length };
}

const unmarked = (c: Column): Column => (isCodes(c) ? { name: c.name, kind: c.kind, codes: c.codes, levels: c.levels } : c);
const ticks = (axis: Axis): (number | string)[] =>
  Array.from({ length: axis.length }, (_, i) => (isValues(axis) ? axis.values[i]! : cellText(axis, i)));

/** One row: the median, or the most frequent level. */
function usualOf(c: Column): Column {
  if (isValues(c)) {
    const sorted = c.values.filter((v) => !Number.isNaN(v)).sort();
    return { name: c.name, kind: c.kind, values: Float64Array.of(sorted[sorted.length >> 1] ?? NaN) };
  }
  const counts = new Map<number, number>();
  for (const k of c.codes) if (k >= 0) counts.set(k, (counts.get(k) ?? 0) + 1);
  let top = -1;
  for (const [k, n] of counts) if (top < 0 || n > counts.get(top)! || (n === counts.get(top)! && k < top)) top = k;
  return { name: c.name, kind: c.kind, codes: Int32Array.of(top), levels: c.levels };
}

function pointsOf(one: Column, two: Column, target: Target): BoundaryPicture['points'] {
  const n = lengthOf(one);
  const known: number[] = [];
  for (let i = 0; i < n; i++) if (!missingAt(one, i) && !missingAt(two, i)) known.push(i);
  const every = Math.max(1, known.length / MOST_POINTS);
  const cell = (c: Column, i: number) => (isValues(c) ? c.values[i]! : cellText(c, i));
  return Array.from({ length: Math.min(known.length, MOST_POINTS) }, (_, m) => {
    const i = known[Math.floor(m * every)]!;
    return { a: cell(one, i), b: cell(two, i), y: target.y[i]! };
  });
}
