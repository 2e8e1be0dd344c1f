/** What one column is like. */
import type { ColumnProfile, Reading } from '../../src/core/profile.js';
import { isValues, timeText, type CodeColumn, type Column } from '../../src/core/table.js';
import { distinctOf, histogram, moments, outliersOf, quantile, sortedValues } from './summary.js';

const TOP = 20;
const orNull = (v: number): number | null => (Number.isFinite(v) ? v : null);

/** Rows of each level. */
export function levelCounts(c: CodeColumn): Int32Array {
  const counts = new Int32Array(c.levels.length);
  for (let i = 0; i < c.codes.length; i++) if (c.codes[i]! >= 0) counts[c.codes[i]!]!++;
  return counts;
}

export function profileColumn(c: Column, reading: Reading, why: string): ColumnProfile {
  return isValues(c) ? values(c.name, c.kind, c.values, reading, why) : codes(c, reading, why);
}

function values(name: string, kind: 'number' | 'time', all: Float64Array, reading: Reading, why: string): ColumnProfile {
  const sorted = sortedValues(all);
  const n = sorted.length;
  const { mean, sd, skew } = moments(sorted);
  const distinct = distinctOf(sorted);
  const show = (v: number) => (kind === 'time' ? timeText(v) : String(v));
  const top: [string, number][] = [];
  // Runs of equal values: for numbers with few values, or where some value is frequent.
  const runs: { v: number; n: number }[] = [];
  for (let i = 0; i < n;) {
    let k = i + 1;
    while (k < n && sorted[k] === sorted[i]) k++;
    if (distinct <= 1000 || k - i > n * 0.01) runs.push({ v: sorted[i]!, n: k - i });
    i = k;
  }
  runs.sort((a, b) => b.n - a.n || a.v - b.v);
  for (const r of runs.slice(0, TOP)) if (r.n > 1 || distinct <= TOP) top.push([show(r.v), r.n]);
  const zeros = sorted.length ? (runs.find((r) => r.v === 0)?.n ?? countZeros(sorted)) : 0;
  return {
    name,
    kind,
    why,
    reading,
    rows: all.length,
    missing: all.length - n,
    distinct,
    mean,
    sd,
    min: n ? orNull(sorted[0]!) : null,
    q1: orNull(quantile(sorted, 0.25)),
    median: orNull(quantile(sorted, 0.5)),
    q3: orNull(quantile(sorted, 0.75)),
    max: n ? orNull(sorted[n - 1]!) : null,
    skew,
    zeros: kind === 'number' ? zeros : 0,
    outliers: kind === 'number' ? outliersOf(sorted) : 0,
    bins: histogram(sorted, kind === 'time'),
    top,
    longest: 0,
    suggestion: kind === 'time' ? timeRole(n, distinct) : numberRole(name, all, n, distinct),
  };
}

function countZeros(sorted: Float64Array): number {
  let n = 0;
  for (let i = 0; i < sorted.length && sorted[i]! <= 0; i++) if (sorted[i] === 0) n++;
  return n;
}

function codes(c: CodeColumn, reading: Reading, why: string): ColumnProfile {
  const counts = levelCounts(c);
  let n = 0;
  let distinct = 0;
  let longest = 0;
  const order: number[] = [];
  for (let k = 0; k < counts.length; k++) {
    if (counts[k] === 0) continue;
    n += counts[k]!;
    distinct++;
    if (c.levels[k]!.length > longest) longest = c.levels[k]!.length;
    order.push(k);
  }
  order.sort((a, b) => counts[b]! - counts[a]! || (c.levels[a]! < c.levels[b]! ? -1 : 1));
  return {
    name: c.name,
    kind: c.kind,
    why,
    reading,
    rows: c.codes.length,
    missing: c.codes.length - n,
    distinct,
    mean: null,
    sd: null,
    min: null,
    q1: null,
    median: null,
    q3: null,
    max: null,
    skew: null,
    zeros: 0,
    outliers: 0,
    bins: [],
    top: order.slice(0, TOP).map((k) => [c.levels[k]!, counts[k]!] as const),
    longest,
    suggestion: codeRole(c, n, distinct, longest),
  };
}

type Suggestion = ColumnProfile['suggestion'];
const feature: Suggestion = { role: 'feature', why: '' };
const ignore = (why: string): Suggestion => ({ role: 'ignore', why });

/** Names that people give to row numbers and keys. */
export const idName = (name: string): boolean =>
  /^(id|idx|index|uid|uuid|guid|key|nr|no|row|rowid|rownum|instant|unnamed.*|column_1)$/i.test(name.trim()) ||
  /([_\s.-]id|[a-z]I[dD]|ID|[_\s](no|nr|number|key|uuid))$/.test(name.trim());

function numberRole(name: string, all: Float64Array, n: number, distinct: number): Suggestion {
  if (n === 0) return ignore('It has no values.');
  if (distinct === 1) return ignore('It has the same value in every row, so it tells nothing.');
  if (distinct === n && n >= 20) {
    let whole = true;
    let counting = true;
    for (let i = 0; i < all.length && whole; i++) {
      const v = all[i]!;
      if (Number.isNaN(v)) continue;
      if (!Number.isInteger(v)) whole = false;
      if (i > 0 && v !== all[i - 1]! + 1) counting = false;
    }
    if (whole && counting) return ignore('It counts the rows up one by one: a row number tells nothing about a new row.');
    if (whole && idName(name))
      return ignore('Every row has a whole number of its own and the name is that of a key, so it cannot be learnt from.');
  }
  if (idName(name) && /id$/i.test(name) && distinct > 50 && distinct > n * 0.02) {
    let whole = true;
    for (let i = 0; i < all.length && whole; i++) whole = Number.isNaN(all[i]!) || Number.isInteger(all[i]!);
    if (whole)
      return ignore(
        'The name and its many whole numbers are those of a key: its size means nothing. If rows of one key belong together, make it the group of the split.',
      );
  }
  return feature;
}

function timeRole(n: number, distinct: number): Suggestion {
  if (n === 0) return ignore('It has no values.');
  return distinct === 1 ? ignore('It has the same time in every row, so it tells nothing.') : feature;
}

function codeRole(c: CodeColumn, n: number, distinct: number, longest: number): Suggestion {
  if (n === 0) return ignore('It has no values.');
  if (distinct === 1)
    return ignore(
      n === c.codes.length
        ? 'It has the same value in every row, so it tells nothing.'
        : 'It has one value only; that it is missing elsewhere may tell something.',
    );
  if (c.kind === 'text') {
    return longest > 40
      ? ignore('It is free text. To learn from it, make features of its words first.')
      : distinct === n
        ? ignore('Every row has a value of its own, as with names and keys, so it cannot be learnt from.')
        : ignore('Most rows have a value of their own, as with names and keys.');
  }
  if (distinct === n && n >= 20) return ignore('Every row has a value of its own, as with names and keys, so it cannot be learnt from.');
  if (idName(c.name) && distinct > 50 && distinct > n * 0.1) return ignore('The name and its many values are those of a key.');
  return feature;
}
