/** Makes a network's rows from a matrix and a target, and deals them out to learn from and to judge by. */
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { weighted, type ClassWeight } from '../class-weight.js';
import type { Lesson, Net, Table } from './network.js';

/** A target in the network's own terms. */
export interface Learnable {
  readonly all: Lesson;
  /** Class task: for each of the network's classes, its level. Classes are numbered by their first row, so that renaming levels only moves outputs. */
  readonly classes: readonly number[];
  readonly shift: number;
  readonly scale: number;
}
/** Number columns alone; x is learnt as (x − centre) / spread, and spread 0 leaves the column out. */
export interface Plain extends Learnable {
  readonly centre: Float64Array;
  readonly spread: Float64Array;
}
/** Numbers and categories. */
export interface Mixed extends Learnable {
  /** Columns that enter as numbers: (x − centre) / spread, 0 where missing. */
  readonly numbers: Int32Array;
  readonly centre: Float64Array;
  readonly spread: Float64Array;
  /** Category columns and the vectors they get; for every level, and at the end for a missing one, its row in the table of vectors, −1 for the average one. */
  readonly categories: readonly (Table & { readonly column: number; readonly rowOf: Int32Array })[];
}

type Answers = Omit<Learnable, 'all'> & { readonly rows: Uint32Array; readonly weight: Float64Array; readonly y: Float64Array };

/** Rows that count, what they weigh, and what is to be learnt of them. */
function answers(target: Target, classWeight: ClassWeight): Answers {
  const { rows, weight: each } = weighted(target, classWeight);
  const weight = each ? taken(each, rows) : new Float64Array(rows.length).fill(1);
  const classes: number[] = [];
  let shift = 0;
  let scale = 1;
  let y: Float64Array;
  if (target.task === 'class') {
    const mine = new Map<number, number>();
    y = taken(target.y, rows);
    for (let i = 0; i < y.length; i++) {
      const level = y[i]!;
      let own = mine.get(level);
      if (own === undefined) mine.set(level, (own = classes.push(level) - 1));
      y[i] = own;
    }
  } else {
    y = taken(target.y, rows);
    ({ mean: shift, sd: scale } = moments(y, weight));
    if (!(scale > 0)) scale = 1;
    for (let i = 0; i < y.length; i++) y[i] = (y[i]! - shift) / scale;
  }
  return { rows, weight, y, classes, shift, scale };
}

const lessonOf = ({ rows, weight, y }: Answers, X: Float32Array, codes: Int32Array): Lesson => ({
  rows: rows.length,
  X,
  codes,
  y,
  weight,
  meanWeight: weight.reduce((a, b) => a + b, 0) / rows.length,
});

export function plainRows(X: Matrix, target: Target, classWeight: ClassWeight): Plain {
  const known = answers(target, classWeight);
  const n = known.rows.length;
  const p = X.cols;
  const centre = new Float64Array(p);
  const spread = new Float64Array(p).fill(1);
  const cells = new Float32Array(n * p);
  for (let j = 0; j < p; j++) {
    const x = column(X, j);
    const { mean, sd, most } = moments(taken(x, known.rows), known.weight);
    // Columns near one scale are taken as they are; a constant column says nothing and would only add to the bias (as does one whose
    // weights would not fit Float32).
    if (!(sd > Math.max(1e-36, Math.abs(mean) * 1e-7))) spread[j] = 0;
    else if (sd < 0.01 || most > 100) {
      centre[j] = mean;
      spread[j] = sd;
    }
    if (spread[j]! > 0) for (let i = 0; i < n; i++) cells[i * p + j] = (x[known.rows[i]!]! - centre[j]!) / spread[j]!;
  }
  return { ...known, all: lessonOf(known, cells, new Int32Array(0)), centre, spread };
}

/** Numbers in the table of vectors of one column, at most. */
const MOST = 4e6;
/** Width of a level's vector: 1.6 · levels^0.56 (Howard & Gugger 2020), at most 50. */
export const widthOf = (levels: number): number => Math.max(1, Math.min(50, Math.round(1.6 * levels ** 0.56), Math.floor(MOST / levels)));

/** `width` of the vectors; null: by their levels. */
export function mixedRows(X: Matrix, target: Target, classWeight: ClassWeight, width: number | null): Mixed {
  const known = answers(target, classWeight);
  const n = known.rows.length;
  const numbers: { j: number; mean: number; sd: number }[] = [];
  const categories: Mixed['categories'][number][] = [];
  const values = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let j = 0; j < X.cols; j++) {
    const levels = X.levels[j]!;
    const x = column(X, j);
    if (levels > 0) {
      const { rowOf, rows } = tableRows(x, known.rows, levels);
      // All rows alike: the column says nothing.
      if (rows > 1) categories.push({ column: j, levels: rows, width: width ?? widthOf(rows), rowOf });
      continue;
    }
    let there = 0;
    for (let i = 0; i < n; i++) {
      const v = x[known.rows[i]!]!;
      if (Number.isNaN(v)) continue;
      values[there] = v;
      weights[there++] = known.weight[i]!;
    }
    const { mean, sd } = moments(values.subarray(0, there), weights.subarray(0, there));
    // A constant column says nothing.
    if (sd > Math.abs(mean) * 1e-7) numbers.push({ j, mean, sd });
  }
  const cells = new Float32Array(n * numbers.length);
  numbers.forEach(({ j, mean, sd }, k) => {
    const x = column(X, j);
    for (let i = 0; i < n; i++) {
      const v = x[known.rows[i]!]!;
      cells[i * numbers.length + k] = Number.isNaN(v) ? 0 : (v - mean) / sd;
    }
  });
  const codes = new Int32Array(n * categories.length);
  categories.forEach(({ column: j, rowOf }, k) => {
    const x = column(X, j);
    for (let i = 0; i < n; i++) codes[i * categories.length + k] = rowOf[codeOf(x[known.rows[i]!]!, rowOf.length - 1)]!;
  });
  return {
    ...known,
    all: lessonOf(known, cells, codes),
    numbers: Int32Array.from(numbers, ({ j }) => j),
    centre: Float64Array.from(numbers, ({ mean }) => mean),
    spread: Float64Array.from(numbers, ({ sd }) => sd),
    categories,
  };
}

/** Levels of fewer rows share a vector: alone they would only be learnt by heart, and what they share is the best guess for levels yet to come. */
const COMMON = 3;

/** x at these rows: loops, for millions of cells go through here before a stop can be heard. */
function taken(x: ArrayLike<number>, rows: Uint32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < out.length; i++) out[i] = x[rows[i]!]!;
  return out;
}

/** Deals out the rows of a table: one for each common level, one for the rare ones, one for a missing level. */
function tableRows(x: Float32Array, rows: Uint32Array, levels: number): { rowOf: Int32Array; rows: number } {
  const counts = new Int32Array(levels + 1);
  for (const i of rows) {
    const k = codeOf(x[i]!, levels);
    counts[k] = counts[k]! + 1;
  }
  const rowOf = new Int32Array(levels + 1).fill(-1);
  let next = 0;
  for (let k = 0; k < levels; k++) if (counts[k]! >= COMMON) rowOf[k] = next++;
  const rare = counts.some((c, k) => k < levels && c > 0 && c < COMMON) ? next++ : -1;
  for (let k = 0; k <= levels; k++) if (rowOf[k] === -1) rowOf[k] = rare;
  if (counts[levels]! > 0) rowOf[levels] = next++;
  return { rowOf, rows: next };
}

/** What enters a network for such rows. */
export const enters = ({ numbers, categories }: Mixed): Pick<Net, 'numbers' | 'tables'> => ({
  numbers: numbers.length,
  tables: categories.map(({ levels, width }) => ({ levels, width })),
});

/** The place of a level among the levels; what is missing or unknown comes after them. */
const codeOf = (x: number, levels: number): number => (x >= 0 && x < levels ? Math.floor(x) : levels);

/** Weighted mean and standard deviation (n), safe for values as large as numbers go; 0 of nothing. */
function moments(x: Float64Array, w: Float64Array): { mean: number; sd: number; most: number } {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]!));
  if (most === 0) return { mean: 0, sd: 0, most };
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < x.length; i++) {
    sum += w[i]! * (x[i]! / most);
    weights += w[i]!;
  }
  const mean = sum / weights;
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += w[i]! * (x[i]! / most - mean) ** 2;
  return { mean: mean * most, sd: Math.sqrt(squares / weights) * most, most };
}

/** Deals rows out: about `share` of each class to judge by, the rest to learn from. */
export function divide(all: Lesson, classes: number, share: number, u: Random): { lesson: Lesson; valid: Lesson } {
  const order = shuffle(rowNumbers(all.rows), u);
  const groups: number[][] = Array.from({ length: Math.max(1, classes) }, () => []);
  for (const i of order) groups[classes > 0 ? all.y[i]! : 0]!.push(i);
  const judged = new Uint8Array(all.rows);
  for (const g of groups) for (const i of g.slice(0, Math.min(g.length - 1, Math.round(share * g.length)))) judged[i] = 1;
  const pick = (judge: 0 | 1): Lesson => {
    const rows = rowNumbers(all.rows).filter((i) => judged[i] === judge);
    const weight = taken(all.weight, rows);
    return {
      rows: rows.length,
      X: picked(all.X, all.rows, rows),
      codes: picked(all.codes, all.rows, rows),
      y: taken(all.y, rows),
      weight,
      meanWeight: weight.reduce((a, b) => a + b, 0) / rows.length,
    };
  };
  return { lesson: pick(0), valid: pick(1) };
}

/** 0, 1, … */
export function rowNumbers(n: number): Uint32Array {
  const out = new Uint32Array(n);
  for (let i = 0; i < n; i++) out[i] = i;
  return out;
}

/** These rows of a row-major table. */
function picked<T extends Float32Array | Int32Array>(cells: T, all: number, rows: Uint32Array): T {
  const p = cells.length / all;
  const out = cells.slice(0, rows.length * p) as T;
  for (let r = 0, to = 0; r < rows.length; r++) for (let j = 0, at = rows[r]! * p; j < p; j++) out[to++] = cells[at++]!;
  return out;
}
