/** Reading and making columns the way steps need it: by text, never by the codes of one table. */
import type { CodeColumn, Column, Kind, ValueColumn } from '../../src/core/table.js';
import { cellText, isCodes, isValues, lengthOf } from '../../src/core/table.js';

export const numberColumn = (name: string, values: Float64Array): ValueColumn => ({ name, kind: 'number', values });

/** A number as people and files write it: blanks around it are passed over; anything else than a finite number is NaN. */
export function parseNumber(text: string): number {
  const t = text.trim().replace(/^\u2212/, '-');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(t)) return NaN;
  const v = Number(t);
  return Number.isFinite(v) ? v : NaN;
}

/** The values of a column; a column that came as text in new data is parsed, so that a column never stops a prediction by its kind. */
export function numbersOf(c: Column): Float64Array {
  if (isValues(c)) return c.values;
  const parsed = c.levels.map(parseNumber);
  const out = new Float64Array(c.codes.length);
  for (let i = 0; i < out.length; i++) out[i] = c.codes[i]! < 0 ? NaN : (parsed[c.codes[i]!] ?? NaN);
  return out;
}

/** A column as codes; numbers and times become their text. */
export function codesOf(c: Column): CodeColumn {
  if (isCodes(c)) return c;
  const n = c.values.length;
  const codes = new Int32Array(n);
  const index = new Map<number, number>();
  const levels: string[] = [];
  for (let i = 0; i < n; i++) {
    const v = c.values[i]!;
    if (Number.isNaN(v)) {
      codes[i] = -1;
      continue;
    }
    let code = index.get(v);
    if (code === undefined) {
      code = levels.length;
      index.set(v, code);
      levels.push(cellText(c, i));
    }
    codes[i] = code;
  }
  return { name: c.name, kind: 'category', codes, levels };
}

/** How often each text occurs in these rows; levels without a row are left out, in the order of `inOrder`. */
export function countLevels(c: Column): {
  readonly levels: readonly string[];
  readonly counts: readonly number[];
  readonly missing: number;
} {
  const coded = codesOf(c);
  const counts = new Float64Array(coded.levels.length);
  let missing = 0;
  for (let i = 0; i < coded.codes.length; i++) {
    const code = coded.codes[i]!;
    if (code < 0) missing++;
    else counts[code]!++;
  }
  const byText = new Map<string, number>();
  for (let l = 0; l < counts.length; l++)
    if (counts[l]! > 0) byText.set(coded.levels[l]!, (byText.get(coded.levels[l]!) ?? 0) + counts[l]!);
  const levels = inOrder([...byText.keys()]);
  return { levels, counts: levels.map((l) => byText.get(l)!), missing };
}

/** Levels in an order that does not depend on the table: by number when all are numbers, else by code point. */
export function inOrder(levels: readonly string[]): string[] {
  const numeric = levels.every((l) => !Number.isNaN(parseNumber(l)));
  return [...levels].sort((a, b) => (numeric ? parseNumber(a) - parseNumber(b) : 0) || (a < b ? -1 : a > b ? 1 : 0));
}

/** The place of each cell's text in `learnt`: −1 for missing, −2 for a text that is not there. */
export function placesIn(c: Column, learnt: readonly string[]): Int32Array {
  const coded = codesOf(c);
  const index = new Map(learnt.map((l, i) => [l, i]));
  const places = coded.levels.map((l) => index.get(l) ?? -2);
  const out = new Int32Array(coded.codes.length);
  for (let i = 0; i < out.length; i++) out[i] = coded.codes[i]! < 0 ? -1 : places[coded.codes[i]!]!;
  return out;
}

/** Every level's text changed; null and '' mean missing. Levels that become the same are one. */
export function mapLevels(c: Column, change: (text: string) => string | null, kind?: 'category' | 'text'): CodeColumn {
  const coded = codesOf(c);
  const index = new Map<string, number>();
  const levels: string[] = [];
  const to = coded.levels.map((l) => {
    const text = change(l);
    if (text === null || text === '') return -1;
    let code = index.get(text);
    if (code === undefined) {
      code = levels.length;
      index.set(text, code);
      levels.push(text);
    }
    return code;
  });
  const codes = new Int32Array(coded.codes.length);
  for (let i = 0; i < codes.length; i++) codes[i] = coded.codes[i]! < 0 ? -1 : to[coded.codes[i]!]!;
  return { name: c.name, kind: kind ?? coded.kind, codes, levels };
}

/** A category column from codes into given levels (codes below 0 are missing). */
export const categoryColumn = (name: string, codes: Int32Array, levels: readonly string[]): CodeColumn => ({
  name,
  kind: 'category',
  codes,
  levels,
});

/** Each value changed, missing ones left missing; an answer that is not finite is missing. */
export function mapValues(c: Column, change: (v: number) => number): ValueColumn {
  const values = numbersOf(c);
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const v = Number.isNaN(values[i]!) ? NaN : change(values[i]!);
    out[i] = Number.isFinite(v) ? v : NaN;
  }
  return { name: c.name, kind: c.kind === 'time' ? 'time' : 'number', values: out };
}

export const rowsIn = (columns: readonly Column[]): number => (columns[0] ? lengthOf(columns[0]) : 0);

/** Names made unique by a number behind the later ones. */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let k = 2; taken.has(free); k++) free = `${name} (${k})`;
    taken.add(free);
    return free;
  });
}

/** Columns under distinct names. */
export function distinctColumns(columns: readonly Column[]): Column[] {
  const names = distinct(columns.map((c) => c.name));
  return columns.map((c, i) => (c.name === names[i] ? c : { ...c, name: names[i]! }));
}

/** “age”, “age and fare”, “age, fare and 3 more”. */
export function listed(names: readonly string[], most = 3): string {
  if (names.length === 0) return 'no column';
  if (names.length === 1) return names[0]!;
  if (names.length <= most) return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}

/** A number short enough to read. */
export const short = (v: number): string => (Number.isFinite(v) ? String(Number(v.toPrecision(4))) : 'nothing');

/** “age → 28, fare → 14.45”, at most six, then how many more. */
export function arrows(names: readonly string[], what: readonly string[], most = 6): string {
  if (names.length === 0) return 'Nothing to learn.';
  const shown = names.slice(0, most).map((n, i) => `${n} → ${what[i]}`);
  return shown.join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');
}

export const isNumeric = (kind: Kind): boolean => kind === 'number' || kind === 'time';
