/**
 * What a member needs before it can take the matrix: the same filling, scaling and spreading of levels as a recipe ends with when the
 * model stands alone (medians, most frequent levels, mean and standard deviation, at most 100 columns a category), learnt on the rows given.
 */
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { Model } from '../../../src/core/model.js';
import type { Encoding } from '../../forms/encoded.js';

const MOST_LEVELS = 100;

interface Inner {
  readonly source: number;
  /** None: the value itself. */
  readonly levels: readonly number[];
  readonly fill: number | null;
  readonly shift: number;
  readonly scale: number;
}

/** Null when the model takes the matrix as it is. */
export function learnEncoding(takes: Model['takes'], X: Matrix): Encoding | null {
  const steps = encodingSteps(takes, X);
  let turn = steps.next();
  while (!turn.done) turn = steps.next();
  return turn.value;
}

/** The same, a column at a time. */
export function* encodingSteps(takes: Model['takes'], X: Matrix): Generator<void, Encoding | null> {
  if (takes.missing && !takes.scaled && (takes.categories || X.levels.every((l) => l === 0))) return null;
  const out: Inner[] = [];
  let spread = false;
  for (let j = 0; j < X.cols; j++) {
    yield;
    if (X.levels[j] === 0) out.push(quantity(takes, X, j));
    else if (takes.categories) out.push(category(takes, X, j));
    else if (!spread) {
      // Columns of levels stand together in the place of the first category, as a recipe puts them.
      spread = true;
      for (let k = j; k < X.cols; k++) {
        if (X.levels[k] === 0) continue;
        out.push(...indicators(takes, X, k));
        yield;
      }
    }
  }
  const starts = Int32Array.from({ length: out.length + 1 }, (_, i) => out.slice(0, i).reduce((sum, c) => sum + c.levels.length, 0));
  return {
    source: Int32Array.from(out, (c) => c.source),
    starts,
    level: Int32Array.from(out.flatMap((c) => c.levels)),
    fills: Uint8Array.from(out, (c) => (c.fill === null ? 0 : 1)),
    fill: Float64Array.from(out, (c) => c.fill ?? 0),
    shift: Float64Array.from(out, (c) => c.shift),
    scale: Float64Array.from(out, (c) => c.scale),
  };
}

/** The same columns, some of them or in another order, as an encoding: for a form that saw only these. */
export function choosing(cols: ArrayLike<number>): Encoding {
  const n = cols.length;
  return {
    source: Int32Array.from(cols),
    starts: new Int32Array(n + 1),
    level: new Int32Array(0),
    fills: new Uint8Array(n),
    fill: new Float64Array(n),
    shift: new Float64Array(n),
    scale: new Float64Array(n).fill(1),
  };
}

function quantity(takes: Model['takes'], X: Matrix, j: number): Inner {
  const x = column(X, j);
  const present = Float64Array.from(x.filter((v) => v === v)).sort();
  const fill = takes.missing ? null : median(present);
  if (!takes.scaled) return { source: j, levels: [], fill, shift: 0, scale: 1 };
  const known = fill === null ? x.filter((v) => v === v) : Float64Array.from(x, (v) => (v === v ? v : fill));
  const { mean, deviation } = spreadOf(known);
  return { source: j, levels: [], fill, shift: mean, scale: deviation };
}

function counted(X: Matrix, j: number): Float64Array {
  const counts = new Float64Array(X.levels[j]!);
  for (const code of column(X, j)) if (code === code) counts[code] = counts[code]! + 1;
  return counts;
}
/** The first of the most frequent levels; −1 where every cell is missing. */
const commonest = (counts: Float64Array): number => {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return most > 0 ? counts.indexOf(most) : -1;
};

function category(takes: Model['takes'], X: Matrix, j: number): Inner {
  const fill = takes.missing ? null : Math.max(0, commonest(counted(X, j)));
  return { source: j, levels: [], fill, shift: 0, scale: 1 };
}

function indicators(takes: Model['takes'], X: Matrix, j: number): Inner[] {
  const counts = counted(X, j);
  const common = commonest(counts);
  // Nothing is known of this column here: it is the same for every row.
  if (common < 0) return [{ source: j, levels: [], fill: 0, shift: 0, scale: 0 }];
  const fill = takes.missing ? null : common;
  if (fill !== null) for (const code of column(X, j)) if (code !== code) counts[fill] = counts[fill]! + 1;
  const present = [...counts.keys()].filter((l) => counts[l]! > 0);
  const room = present.length <= MOST_LEVELS ? present.length : MOST_LEVELS - 1;
  const kept = new Set([...present].sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, room));
  const rest = present.filter((l) => !kept.has(l));
  return [...present.filter((l) => kept.has(l)).map((l) => [l]), ...(rest.length ? [rest] : [])].map((levels) => ({
    source: j,
    levels,
    fill,
    shift: 0,
    scale: 1,
  }));
}

/** Of ascending values, from the nearer end; 0 where there are none. */
function median(sorted: Float64Array): number {
  const n = sorted.length;
  if (n === 0) return 0;
  const a = sorted[(n - 1) >> 1]!;
  const b = sorted[n >> 1]!;
  return b - (b - a) * 0.5;
}

/** Two passes with a correction of the mean's rounding (Chan, Golub & LeVeque 1983); deviation 0 where it is nothing but rounding. */
function spreadOf(values: ArrayLike<number>): { mean: number; deviation: number } {
  const n = values.length;
  if (n === 0) return { mean: 0, deviation: 0 };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < n; i++) {
    const d = values[i]! - mean;
    squares += d * d;
    rest += d;
  }
  const variance = Math.max(0, (squares - (rest * rest) / n) / n);
  const constant = variance <= n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2;
  return { mean, deviation: constant ? 0 : Math.sqrt(variance) };
}
