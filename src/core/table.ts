/** A table: typed columns. NaN, or code −1, is “missing”. The raw file is kept, so a table can always be made again. */

export type Kind = 'number' | 'time' | 'category' | 'text';

export interface ValueColumn {
  readonly name: string;
  readonly kind: 'number' | 'time';
  /** time: milliseconds since 1970-01-01 UTC. NaN is missing. */
  readonly values: Float64Array;
}
export interface CodeColumn {
  readonly name: string;
  readonly kind: 'category' | 'text';
  /** Index into levels; −1 is missing. */
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}
export type Column = ValueColumn | CodeColumn;

export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

export const isValues = (c: Column): c is ValueColumn => c.kind === 'number' || c.kind === 'time';
export const isCodes = (c: Column): c is CodeColumn => c.kind === 'category' || c.kind === 'text';
export const lengthOf = (c: Column): number => (isValues(c) ? c.values.length : c.codes.length);
export const missingAt = (c: Column, row: number): boolean => (isValues(c) ? Number.isNaN(c.values[row]!) : c.codes[row]! < 0);
export const columnOf = (t: Table, name: string): Column | undefined => t.columns.find((c) => c.name === name);

/** The rows named, in that order; rows may repeat. */
export function takeColumn(c: Column, rows: ArrayLike<number>): Column {
  const n = rows.length;
  if (isValues(c)) {
    const values = new Float64Array(n);
    for (let i = 0; i < n; i++) values[i] = c.values[rows[i]!]!;
    return { ...c, values };
  }
  const codes = new Int32Array(n);
  for (let i = 0; i < n; i++) codes[i] = c.codes[rows[i]!]!;
  return { ...c, codes };
}
export const takeRows = (t: Table, rows: ArrayLike<number>): Table => ({
  rows: rows.length,
  columns: t.columns.map((c) => takeColumn(c, rows)),
});

/** 0, 1, … n−1. */
export function rowNumbers(n: number): Uint32Array {
  const out = new Uint32Array(n);
  for (let i = 0; i < n; i++) out[i] = i;
  return out;
}

/** A cell as text, in a form that reading would give back; '' is missing. */
export function cellText(c: Column, row: number): string {
  if (isCodes(c)) return c.codes[row]! < 0 ? '' : (c.levels[c.codes[row]!] ?? '');
  const v = c.values[row]!;
  if (Number.isNaN(v)) return '';
  return c.kind === 'number' ? String(v) : timeText(v);
}

/** ISO 8601, without a time of day when it is midnight UTC. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '';
  const iso = date.toISOString();
  return iso.endsWith('T00:00:00.000Z')
    ? iso.slice(0, 10)
    : iso.endsWith('.000Z')
      ? iso.slice(0, 19).replace('T', ' ')
      : iso.slice(0, 23).replace('T', ' ');
}

const DAY = 86_400_000;
/** All at midnight UTC: days are all there is to say of them. NaN is missing. */
export const daily = (values: Float64Array): boolean => values.every((v) => Number.isNaN(v) || v % DAY === 0);
/** The midnight before or at a time, and the one at or after it. */
export const dayBefore = (ms: number): number => Math.floor(ms / DAY) * DAY;
export const dayAfter = (ms: number): number => Math.ceil(ms / DAY) * DAY;

/** What timeText writes (or a year, or a year and month) as milliseconds since 1970 UTC, whatever the time zone of the device; NaN for anything else. */
export function timeOf(text: string): number {
  const found = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)Z?)?)?)?$/.exec(text.trim());
  if (!found) return NaN;
  const [, year, month = '01', day = '01', clock = '00:00'] = found;
  return Date.parse(`${year}-${month}-${day}T${clock}Z`);
}
