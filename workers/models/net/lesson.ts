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
  const weight = Float64Array.from(rows, (i) => each?.[i] ?? 1);
  const classes: number[] = [];
  let shift = 0;
  let scale = 1;
  let y: Float64Array;
  if (target.task === 'class') {
    const mine = new Map<number, number>();
    y = Float64Array.from(rows, (i) => {
      const level = target.y[i]!;
      if (!mine.has(level)) mine.set(level, classes.push(level) - 1);
      return mine.get(level)!;
    });
  } else {
    y = Float64Array.from(rows, (i) => target.y[i]!);
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
    const { mean, sd, most } = moments(
      Float64Array.from(known.rows, (i) => x[i]!),
      known.weight,
    );
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
  for (let j = 0; j < X.cols; j++) {
    const levels = X.levels[j]!;
    const x = column(X, j);
    if (levels > 0) {
      const { rowOf, rows } = tableRows(x, known.rows, levels);
      // All rows alike: the column says nothing.
      if (rows > 1) categories.push({ column: j, levels: rows, width: width ?? widthOf(rows), rowOf });
      continue;
    }
    const there = [...known.rows.keys()].filter((i) => !Number.isNaN(x[known.rows[i]!]!));
    const { mean, sd } = moments(
      Float64Array.from(there, (i) => x[known.rows[i]!]!),
      Float64Array.from(there, (i) => known.weight[i]!),
    );
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
  for (const v of x) most = Math.max(most, Math.abs(v));
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
  const order = shuffle(
    Int32Array.from({ length: all.rows }, (_, i) => i),
    u,
  );
  const groups: number[][] = Array.from({ length: Math.max(1, classes) }, () => []);
  for (const i of order) groups[classes > 0 ? all.y[i]! : 0]!.push(i);
  const judged = new Set(groups.flatMap((g) => g.slice(0, Math.min(g.length - 1, Math.round(share * g.length)))));
  const pick = (judge: boolean): Lesson => {
    const rows = [...Array(all.rows).keys()].filter((i) => judged.has(i) === judge);
    const weight = Float64Array.from(rows, (i) => all.weight[i]!);
    return {
      rows: rows.length,
      X: picked(all.X, all.rows, rows),
      codes: picked(all.codes, all.rows, rows),
      y: Float64Array.from(rows, (i) => all.y[i]!),
      weight,
      meanWeight: weight.reduce((a, b) => a + b, 0) / rows.length,
    };
  };
  return { lesson: pick(false), valid: pick(true) };
}

/** These rows of a row-major table. */
function picked<T extends Float32Array | Int32Array>(cells: T, all: number, rows: readonly number[]): T {
  const p = cells.length / all;
  const out = cells.slice(0, rows.length * p) as T;
  rows.forEach((i, r) => out.set(cells.subarray(i * p, (i + 1) * p), r * p));
  return out;
}
