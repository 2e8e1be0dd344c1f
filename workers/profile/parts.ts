/** Columns cut into few parts, so that any two can be compared. */
import type { Task } from '../../src/core/model.js';
import { dayAfter, daily, isValues, takeColumn, timeText, type CodeColumn, type Column, type Table } from '../../src/core/table.js';
import { levelCounts } from './column.js';
import { quantile, sortedValues } from './summary.js';

export interface Parts {
  /** −1 is missing. */
  readonly codes: Int32Array;
  readonly labels: readonly string[];
}

/** Pictures and measures of large tables take this many rows, spread evenly. */
export const MOST_ROWS = 200000;

export function evenRows(rows: number, most: number): Uint32Array {
  const n = Math.min(rows, most);
  const out = new Uint32Array(n);
  for (let i = 0; i < n; i++) out[i] = n === rows ? i : Math.floor((i * rows) / n);
  return out;
}

export function thinned(table: Table, most = MOST_ROWS): Table {
  if (table.rows <= most) return table;
  const rows = evenRows(table.rows, most);
  return { rows: rows.length, columns: table.columns.map((c) => takeColumn(c, rows)) };
}

/** The most frequent levels, most frequent first; all others are “other”. `least`: rows a level needs to stand by itself. */
export function frequentLevels(c: CodeColumn, most: number, least = 1): Parts {
  const counts = levelCounts(c);
  const order: number[] = [];
  for (let k = 0; k < counts.length; k++) if (counts[k]! > 0) order.push(k);
  order.sort((a, b) => counts[b]! - counts[a]! || a - b);
  const fits = order.filter((k) => counts[k]! >= least);
  const kept = fits.length === order.length && order.length <= most ? order : fits.slice(0, most - 1);
  const at = new Int32Array(counts.length).fill(kept.length);
  kept.forEach((k, i) => (at[k] = i));
  const labels = kept.map((k) => c.levels[k]!);
  if (kept.length < order.length) labels.push('other');
  return { codes: c.codes.map((k) => (k < 0 ? -1 : at[k]!)), labels };
}

/** Values cut at their quantiles into at most `parts` parts of about equal size, or one part per value when there are few. */
export function quantileParts(values: Float64Array, parts: number, time = false): Parts {
  const sorted = sortedValues(values);
  const few: number[] = [];
  for (let i = 0; i < sorted.length && few.length <= parts; i++)
    if (few.length === 0 || sorted[i] !== few[few.length - 1]) few.push(sorted[i]!);
  const single = few.length <= parts;
  const days = time && daily(values);
  const cutAt = (v: number) => (days ? dayAfter(v) : v);
  const cuts = single ? few : [...new Set(Array.from({ length: parts }, (_, k) => cutAt(quantile(sorted, k / parts))))];
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v !== v) {
      codes[i] = -1;
      continue;
    }
    let k = 0;
    while (k + 1 < cuts.length && v >= cuts[k + 1]!) k++;
    codes[i] = k;
  }
  const show = time ? timeText : String;
  const round = (v: number) => (time ? timeText(days ? v : Math.round(v / 1000) * 1000) : String(Number(v.toPrecision(4))));
  return {
    codes,
    labels: cuts.map((v, k) =>
      single
        ? show(v)
        : k + 1 < cuts.length
          ? `${round(v)}${time ? ' to ' : '–'}${round(cuts[k + 1]!)}`
          : time
            ? `from ${round(v)}`
            : `${round(v)}+`,
    ),
  };
}

export const partsOf = (c: Column, parts = 10, levels = 50): Parts =>
  isValues(c) ? quantileParts(c.values, parts, c.kind === 'time') : frequentLevels(c, levels, 5);

/** Whether a target is classes: names, or at most ten different numbers when nobody said. */
export function classesOf(c: Column, task?: Task): Parts | null {
  if (!isValues(c)) return task === 'number' ? null : frequentLevels(c, 10);
  if (task === 'number' || (c.kind === 'time' && task === undefined)) return null;
  const seen = new Set<number>();
  for (let i = 0; i < c.values.length; i++) {
    const v = c.values[i]!;
    if (v === v) seen.add(v);
    if (task === undefined && (seen.size > 10 || !Number.isInteger(v === v ? v : 0))) return null;
  }
  const levels = [...seen].sort((a, b) => a - b);
  const at = new Map(levels.map((v, k) => [v, k]));
  return frequentLevels(
    {
      name: c.name,
      kind: 'category',
      codes: Int32Array.from(c.values, (v) => at.get(v) ?? -1),
      levels: levels.map((v) => (c.kind === 'time' ? timeText(v) : String(v))),
    },
    Math.max(10, task === 'class' ? 30 : 10),
  );
}
