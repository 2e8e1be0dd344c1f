/** The next rule of a list: conjunctions grown a condition at a time, a few of the best kept (a beam, as in CN2). */
import type { BinnedColumn } from '../tree/boost-bins.js';
import type { Condition } from './conditions.js';
import type { Truth } from './truth.js';

/** Columns as bins of one byte, in blocks of four columns: cells[(j >> 2) · 4 · rows + 4 · row + (j & 3)]. */
export interface Cells {
  readonly rows: number;
  readonly columns: readonly BinnedColumn[];
  readonly bins: Uint8Array;
}

export interface Search {
  readonly mostConditions: number;
  /** Least weight of the rows a rule answers, and of those it leaves. */
  readonly least: number;
  /** Nats that a rule must save per condition, and once. */
  readonly price: number;
  readonly once: number;
}

type Kind = 'most' | 'above' | 'is' | 'not';
interface Ask {
  readonly column: number;
  readonly kind: Kind;
  readonly bin: number;
}
interface Candidate {
  readonly asks: readonly Ask[];
  readonly worth: number;
}
export interface Found {
  readonly conditions: readonly Condition[];
  /** Rows that it answers, and the others, in their old order. */
  readonly rows: Uint32Array;
  readonly rest: Uint32Array;
}

/** Conjunctions kept at each length. */
const BEAM = 6;
/**
 * What a rule saves is divided by its rows to this power. 0 would take the first split of a tree, whose sides are both mixed; 1 the purest
 * few rows. Between them a list stays short and its rules sure.
 */
const FOCUS = 0.75;

/** The best rule for these rows; null when none is worth its price. `loss` is that of the rows answered already. */
export function* nextRule(cells: Cells, truth: Truth, rows: Uint32Array, loss: number, how: Search): Generator<number, Found | null> {
  const all = total(truth, rows);
  const before = loss + truth.loss(all);
  const rest = new Float64Array(truth.sums);
  const size = truth.size(all);
  let beam: { readonly asks: readonly Ask[]; readonly rows: Uint32Array }[] = [{ asks: [], rows }];
  let best: Candidate | null = null;
  for (let length = 1; length <= how.mostConditions && beam.length > 0; length++) {
    const found: Candidate[] = [];
    for (const { asks, rows: covered } of beam) {
      for (let j = 0; j < cells.columns.length; j++) {
        const table = sumsByBin(cells, truth, covered, j);
        for (const [kind, bin, sums] of sides(cells.columns[j]!, table, truth.sums, truth.size)) {
          const here = truth.size(sums);
          if (here < how.least || size - here < how.least || asks.some((a) => a.column === j && (a.kind === kind || isLevel(kind))))
            continue;
          for (let s = 0; s < rest.length; s++) rest[s] = all[s]! - sums[s]!;
          const net = truth.saved(before, loss + truth.loss(sums) + truth.loss(rest)) - how.once - length * how.price;
          const worth = net / here ** FOCUS;
          // Differences below rounding are ties, and the first one found wins.
          if (worth > 0 || length < how.mostConditions) found.push({ asks: [...asks, { column: j, kind, bin }], worth });
        }
        yield covered.length * 2 + table.length * 6;
      }
    }
    const seen = new Set<string>();
    const kept: Candidate[] = [];
    // Stable: of equally good ones the first found stays in front.
    for (const c of found.sort((a, b) =>
      Math.abs(a.worth - b.worth) <= 1e-9 * (Math.abs(a.worth) + Math.abs(b.worth)) ? 0 : b.worth - a.worth,
    )) {
      const key = c.asks
        .map((a) => `${a.column} ${a.kind} ${a.bin}`)
        .sort()
        .join();
      if (seen.has(key)) continue;
      seen.add(key);
      kept.push(c);
      if (kept.length === BEAM) break;
    }
    const top = kept[0];
    if (top && top.worth > 0 && (!best || top.worth > best.worth * (1 + 1e-9))) best = top;
    beam = [];
    for (const { asks } of kept) {
      beam.push({ asks, rows: rows.filter((r) => holds(cells, asks, r)) });
      yield rows.length * 20;
    }
  }
  if (!best) return null;
  const { asks } = best;
  const answered = rows.filter((r) => holds(cells, asks, r));
  yield rows.length * 20;
  return {
    conditions: asks.map((a) => conditionOf(cells.columns[a.column]!, a)),
    rows: answered,
    rest: rows.filter((r) => !holds(cells, asks, r)),
  };
}

const isLevel = (kind: Kind) => kind === 'is' || kind === 'not';

export function total(truth: Truth, rows: Uint32Array): Float64Array {
  const sums = new Float64Array(truth.sums);
  for (let i = 0; i < rows.length; i++) truth.add(rows[i]!, sums, 0);
  return sums;
}

const cell = (cells: Cells, j: number, row: number): number => cells.bins[(j >> 2) * 4 * cells.rows + 4 * row + (j & 3)]!;

function sumsByBin(cells: Cells, truth: Truth, rows: Uint32Array, j: number): Float64Array {
  const S = truth.sums;
  const out = new Float64Array(cells.columns[j]!.bins * S);
  const start = (j >> 2) * 4 * cells.rows + (j & 3);
  for (let i = 0; i < rows.length; i++) truth.add(rows[i]!, out, cells.bins[start + 4 * rows[i]!]! * S);
  return out;
}

/** Every question about one column with the sums of the rows for which the answer is yes. A missing value answers none. */
function* sides(
  about: BinnedColumn,
  table: Float64Array,
  S: number,
  sizeOf: (sums: Float64Array) => number,
): Generator<[Kind, number, Float64Array]> {
  const present = about.bins - (about.missing ? 1 : 0);
  const all = new Float64Array(S);
  for (let b = 0; b < present; b++) for (let s = 0; s < S; s++) all[s]! += table[b * S + s]!;
  const whole = sizeOf(all);
  const up = new Float64Array(S);
  const other = new Float64Array(S);
  for (let b = 0; b < present; b++) {
    const own = table.subarray(b * S, (b + 1) * S);
    const size = sizeOf(own);
    for (let s = 0; s < S; s++) {
      up[s]! += own[s]!;
      other[s] = all[s]! - (about.cuts ? up[s]! : own[s]!);
    }
    if (about.cuts) {
      // A bin without a row here asks what the one before it asked.
      if (size === 0 || b === present - 1) continue;
      yield ['most', b, up];
      yield ['above', b, other];
    } else if (size > 0 && size < whole) {
      yield ['is', b, own];
      if (present > 2) yield ['not', b, other];
    }
  }
}

function holds(cells: Cells, asks: readonly Ask[], row: number): boolean {
  for (const { column, kind, bin } of asks) {
    const b = cell(cells, column, row);
    const about = cells.columns[column]!;
    if (about.missing && b === about.bins - 1) return false;
    if (kind === 'most' ? b > bin : kind === 'above' ? b <= bin : kind === 'is' ? b !== bin : b === bin) return false;
  }
  return true;
}

function conditionOf(about: BinnedColumn, { column, kind, bin }: Ask): Condition {
  if (about.cuts) return { column, above: kind === 'above', threshold: about.cuts[bin]!, levels: null, missing: false };
  const present = about.bins - (about.missing ? 1 : 0);
  const levels = about.binOfLevel.map((b) => (b < present && (b === bin) === (kind === 'is') ? 1 : 0));
  return { column, above: false, threshold: 0, levels, missing: false };
}
