/** What a column is, decided from all of its rows, with the reason in a sentence. */
import { countText } from '../../src/core/count.js';
import type { Reading } from '../../src/core/profile.js';
import type { Column } from '../../src/core/table.js';
import type { CodeBuilder, NumberBuilder } from './columns.js';
import { TOKENS, WEAK, weakAmongNames } from './missing.js';
import { findNumbers } from './numbers.js';
import type { Issues, Lines } from './issues.js';
import { findTimes, timeParser } from './times.js';

export interface Settled {
  readonly column: Column;
  readonly reading: Reading;
  readonly why: string;
}

export interface Rules {
  /** Texts that mean missing, whatever the column; '' is always among them. */
  readonly missing: ReadonlySet<string>;
  /** Whether weak tokens ('?', '-') may be found out; not when a person listed the tokens. */
  readonly weak: boolean;
  /** The decimal mark that the file's other columns use. */
  readonly hint?: '.' | ',' | undefined;
  readonly lines: Lines;
  readonly issues: Issues;
}

/** Rare junk that a column of numbers or times may hold: one in a thousand, and one cell in a hundred rows or more. */
export const allowance = (values: number): number => (values >= 100 ? Math.max(1, Math.floor(values * 0.001)) : 0);

export function rulesOf(given: readonly string[] | undefined, lines: Lines, issues: Issues, hint?: '.' | ','): Rules {
  return { missing: new Set(['', ...(given ?? TOKENS)]), weak: given === undefined, hint, lines, issues };
}

const weak = new Set(WEAK);
const count = (n: number, one: string, many = `${one}s`) => `${countText(n)} ${n === 1 ? one : many}`;
const quoted = (texts: readonly string[]) =>
  texts
    .slice(0, 3)
    .map((t) => `“${t}”`)
    .join(', ') + (texts.length > 3 ? ', …' : '');
const gaps = (n: number, tokens: readonly string[]) => {
  const shown = tokens.filter(Boolean);
  return n === 0
    ? ''
    : `; ${countText(n)} ${n === 1 ? 'is' : 'are'} missing${shown.length ? ` (${quoted(shown)} ${shown.length === 1 ? 'counts' : 'count'} as missing)` : ''}`;
};

/** Null when the column is not numbers after all and must be read again as codes. */
export function settleNumbers(
  name: string,
  builder: NumberBuilder,
  fixed: Partial<Reading>,
  rules: Rules,
  decimal: '.' | ',',
): Settled | null {
  const forced = fixed.kind === 'number';
  if (builder.failed) return null;
  const { parser, valid } = builder;
  const own = new Set(fixed.missing ?? []);
  const tokens: string[] = [];
  const junk: string[] = [];
  let junkRows = 0;
  let missing = builder.empty;
  for (const [text, odd] of builder.odd) {
    if (rules.missing.has(text) || own.has(text) || (rules.weak && weak.has(text))) {
      tokens.push(text);
      missing += odd.count;
    } else {
      junk.push(text);
      junkRows += odd.count;
    }
  }
  if (!forced) {
    if (valid === 0)
      return builder.odd.size === 0
        ? nothing(name, builder.rows)
        : junk.length === 0 && builder.rows > 0
          ? nothing(name, builder.rows)
          : null;
    if (junkRows > allowance(valid)) return null;
    // Written with leading zeros, or longer than a number can hold: these are names, not quantities.
    if (parser.zeroed > 0 && parser.most > 2 && parser.fractions === 0 && (parser.fewest === parser.most || parser.zeroed >= valid * 0.01))
      return null;
    if (parser.beyond >= valid * 0.5) return null;
  }
  const eight = parser.fractions === 0 && parser.fewest === 8 && parser.most === 8 && valid >= 2;
  for (const text of junk) {
    const odd = builder.odd.get(text)!;
    note(rules, 'not-a-number', odd, text, name);
  }
  const values = builder.take();
  if (eight && !forced && junkRows === 0) {
    const times = compactDates(values);
    if (times) {
      return {
        column: { name, kind: 'time', values: times },
        reading: { kind: 'time', format: 'YYYYMMDD', ...(tokens.length ? { missing: tokens } : {}) },
        why: `All ${count(valid, 'value')} are eight digits that make a date as YYYYMMDD${gaps(missing, tokens)}.`,
      };
    }
  }
  return {
    column: { name, kind: 'number', values },
    reading: { kind: 'number', decimal, thousands: '', ...(tokens.length ? { missing: tokens } : {}) },
    why:
      numbersWhy(forced, valid, junkRows, junk, 'numbers' + (decimal === ',' && parser.fractions > 0 ? ' with a decimal comma' : '')) +
      gaps(missing, tokens) +
      (parser.beyond > 0 ? `; ${count(parser.beyond, 'whole number')} beyond 2⁵³ cannot be held to the last digit` : '') +
      '.',
  };
}

const numbersWhy = (forced: boolean, valid: number, junkRows: number, junk: readonly string[], what: string) =>
  forced
    ? `You chose it; ${count(valid, 'value')} read as ${what}${junkRows ? ` and ${countText(junkRows)} do not (${quoted(junk)}) and count as missing` : ''}`
    : junkRows === 0
      ? `All ${count(valid, 'value')} are ${what}`
      : `${share(valid, junkRows)} of the values are ${what}; ${countText(junkRows)} (${quoted(junk)}) ${junkRows === 1 ? 'is' : 'are'} not, and so few count as missing`;

function share(valid: number, junk: number): string {
  const p = (100 * valid) / (valid + junk);
  return `${p >= 99.99 ? 'Over 99.99' : p.toFixed(2)} %`;
}

function note(
  rules: Rules,
  code: 'not-a-number' | 'not-a-time',
  odd: { count: number; rows: readonly number[] },
  text: string,
  name: string,
) {
  odd.rows.forEach((row, k) => {
    rules.issues.add(code, rules.lines.of(row), text, name, k === odd.rows.length - 1 ? odd.count - odd.rows.length + 1 : 1);
  });
}

const nothing = (name: string, rows: number): Settled => ({
  column: { name, kind: 'category', codes: new Int32Array(rows).fill(-1), levels: [] },
  reading: { kind: 'category' },
  why: 'It has no values at all.',
});

function compactDates(values: Float64Array): Float64Array | null {
  const parse = timeParser('YYYYMMDD');
  const known = new Map<number, number>();
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (Number.isNaN(v)) {
      out[i] = NaN;
      continue;
    }
    if (v < 19000101 || v > 21001231) return null;
    let ms = known.get(v);
    if (ms === undefined) {
      ms = parse(String(v));
      known.set(v, ms);
    }
    if (Number.isNaN(ms)) return null;
    out[i] = ms;
  }
  return out;
}

export function settleCodes(name: string, builder: CodeBuilder, fixed: Partial<Reading>, rules: Rules): Settled {
  const texts = builder.dictionary.texts();
  const counts = builder.dictionary.counts;
  const codes = builder.take();
  const rows = codes.length;
  const own = new Set(fixed.missing ?? []);
  const gone = new Uint8Array(texts.length);
  const tokens: string[] = [];
  let held = 0;
  for (let k = 0; k < texts.length; k++) {
    if (rules.missing.has(texts[k]!) || own.has(texts[k]!)) {
      gone[k] = 1;
      tokens.push(texts[k]!);
    } else held += counts[k]!;
  }
  if (held === 0) return { ...nothing(name, rows), ...(fixed.kind ? forcedNothing(name, rows, fixed.kind) : {}) };
  // Weak tokens are set aside while numbers and times are tried.
  const set = Uint8Array.from(gone);
  const weakly: string[] = [];
  let sure = held;
  if (rules.weak) {
    for (let k = 0; k < texts.length; k++) {
      if (!set[k] && weak.has(texts[k]!)) {
        set[k] = 1;
        weakly.push(texts[k]!);
        sure -= counts[k]!;
      }
    }
  }
  const kept: number[] = [];
  for (let k = 0; k < texts.length; k++) if (!set[k]) kept.push(k);
  const levels = kept.map((k) => texts[k]!);
  const weight = Int32Array.from(kept, (k) => counts[k]!);

  const values = (
    kind: 'number' | 'time',
    found: { values: Float64Array; fit: number; reading: Reading; why: string },
    forced: boolean,
  ): Settled => {
    const byCode = new Float64Array(texts.length).fill(NaN);
    const bad = new Map<number, { count: number; rows: number[] }>();
    kept.forEach((k, at) => {
      byCode[k] = found.values[at]!;
      if (Number.isNaN(found.values[at]!)) bad.set(k, { count: counts[k]!, rows: [] });
    });
    const out = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const code = codes[i]!;
      const v = code < 0 ? NaN : byCode[code]!;
      out[i] = v;
      if (code >= 0 && bad.size > 0 && v !== v) {
        const b = bad.get(code);
        if (b && b.rows.length < 101) b.rows.push(i);
      }
    }
    for (const [k, b] of bad) note(rules, kind === 'number' ? 'not-a-number' : 'not-a-time', b, texts[k]!, name);
    const missingTokens = [...tokens, ...weakly];
    return {
      column: { name, kind, values: out },
      reading: { ...found.reading, ...(missingTokens.length ? { missing: missingTokens } : {}) },
      why: `${numbersWhy(
        forced,
        found.fit,
        sure - found.fit,
        [...bad.keys()].map((k) => texts[k]!),
        found.why,
      )}${gaps(rows - sure, missingTokens)}.`,
    };
  };

  if (fixed.kind === 'number') {
    const found = findNumbers(levels, weight, rules.hint, fixed);
    return values(
      'number',
      found ?? { values: new Float64Array(levels.length).fill(NaN), fit: 0, reading: { kind: 'number' }, why: 'numbers' },
      true,
    );
  }
  if (fixed.kind === 'time') {
    const found = findTimes(levels, weight, positions(codes, kept, texts.length), fixed);
    return values(
      'time',
      found ?? {
        values: new Float64Array(levels.length).fill(NaN),
        fit: 0,
        reading: { kind: 'time', ...(fixed.format ? { format: fixed.format } : {}) },
        why: 'times',
      },
      true,
    );
  }
  let idWhy = '';
  if (!fixed.kind && sure > 0) {
    const bar = sure - allowance(sure);
    if (promising(levels, (some, n) => (findNumbers(some, n, rules.hint)?.fit ?? 0) >= total(n) * 0.8)) {
      const found = findNumbers(levels, weight, rules.hint, fixed);
      if (found && found.fit >= bar) {
        idWhy = digitsOnly(levels, weight, sure);
        if (!idWhy) return values('number', found, false);
      }
    }
    if (!idWhy) {
      const found = findTimes(levels, weight, positions(codes, kept, texts.length), fixed);
      if (found && found.fit >= bar) return values('time', found, false);
    }
  }
  return names(name, codes, texts, counts, gone, tokens, fixed, rules, idWhy);
}

const total = (n: ArrayLike<number>) => {
  let s = 0;
  for (let i = 0; i < n.length; i++) s += n[i]!;
  return s;
};

/** A quick look at some levels, so that a million names are not all tried as numbers. */
function promising(levels: readonly string[], test: (some: string[], n: Int32Array) => boolean): boolean {
  if (levels.length <= 2000) return true;
  const step = Math.floor(levels.length / 500);
  const some = levels.filter((_, k) => k % step === 0);
  return test(some, new Int32Array(some.length).fill(1));
}

/** Row codes as positions among the levels kept; −1 elsewhere. */
function positions(codes: Int32Array, kept: readonly number[], size: number): Int32Array {
  if (kept.length === size) return codes;
  const at = new Int32Array(size).fill(-1);
  kept.forEach((k, i) => (at[k] = i));
  return codes.map((c) => (c < 0 ? -1 : at[c]!));
}

/** Why digits are names here, or '' when they are quantities. */
function digitsOnly(levels: readonly string[], weight: ArrayLike<number>, rows: number): string {
  let zeroed = 0;
  let long = 0;
  let fewest = 99;
  let most = 0;
  let example = '';
  for (let k = 0; k < levels.length; k++) {
    const l = levels[k]!;
    if (!/^\d+$/.test(l)) {
      if (/[.,]/.test(l)) return '';
      continue;
    }
    fewest = Math.min(fewest, l.length);
    most = Math.max(most, l.length);
    if (l.length > 1 && l[0] === '0') {
      zeroed += weight[k]!;
      example ||= l;
    }
    if (l.length > 15 && Number(l) > Number.MAX_SAFE_INTEGER) long += weight[k]!;
  }
  if (zeroed > 0 && most > 2 && (fewest === most || zeroed >= rows * 0.01))
    return `Some are digits with leading zeros, like “${example}”, which a number would lose`;
  if (long >= rows * 0.5) return 'The digits are longer than a number can hold, so they are names';
  return '';
}

function names(
  name: string,
  codes: Int32Array,
  texts: readonly string[],
  counts: ArrayLike<number>,
  gone: Uint8Array,
  tokens: readonly string[],
  fixed: Partial<Reading>,
  rules: Rules,
  idWhy: string,
): Settled {
  const extra = rules.weak ? new Set(weakAmongNames(texts.filter((_, k) => !gone[k]))) : new Set<string>();
  const other = new Map(Object.entries(fixed.spellings ?? {}));
  /** What each text is read as; undefined where it means missing. */
  const said = texts.map((t, k) => (gone[k] || extra.has(t) ? undefined : (other.get(t) ?? t)));
  let held = 0;
  let letters = 0;
  let spaced = 0;
  for (let k = 0; k < texts.length; k++) {
    const t = said[k];
    if (t === undefined) continue;
    held += counts[k]!;
    letters += t.length * counts[k]!;
    if (t.trim().split(/\s+/, 4).length >= 4) spaced += counts[k]!;
  }
  const levels = [...new Set(said.filter((t) => t !== undefined))];
  const distinct = levels.length;
  const mean = letters / Math.max(1, held);
  const mostlyOwn = distinct > 50 && distinct > held * 0.5;
  const prose = distinct > 50 && mean > 30 && spaced > held * 0.5 && distinct > held * 0.1;
  const kind = fixed.kind === 'text' || fixed.kind === 'category' ? fixed.kind : mostlyOwn || prose ? 'text' : 'category';
  // Categories in alphabetical order, so that neither the order of rows nor a sample changes the codes of the same levels.
  if (kind === 'category') levels.sort((a, b) => (a < b ? -1 : 1));
  const place = new Map(levels.map((l, i) => [l, i]));
  const at = Int32Array.from(said, (t) => (t === undefined ? -1 : place.get(t)!));
  for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0) codes[i] = at[codes[i]!]!;
  const allTokens = [...tokens, ...extra];
  const what = `${count(distinct, 'different value')} in ${count(held, 'row')}`;
  const why = fixed.kind
    ? `You chose it; ${what}`
    : idWhy
      ? `${idWhy}; ${what}`
      : kind === 'text'
        ? mostlyOwn
          ? `Not numbers or times, and most rows have a value of their own: ${what}`
          : `Long texts of several words: ${what}`
        : `Not numbers or times, and values repeat: ${what}`;
  return {
    column: { name, kind, codes, levels },
    reading: { kind, ...(allTokens.length ? { missing: allTokens } : {}), ...(fixed.spellings ? { spellings: fixed.spellings } : {}) },
    why: `${why}${gaps(codes.length - held, allTokens)}${other.size ? `; ${count(other.size, 'spelling')} read as another` : ''}.`,
  };
}

function forcedNothing(name: string, rows: number, kind: Reading['kind']): Settled {
  const column: Column =
    kind === 'number' || kind === 'time'
      ? { name, kind, values: new Float64Array(rows).fill(NaN) }
      : { name, kind, codes: new Int32Array(rows).fill(-1), levels: [] };
  return { column, reading: { kind }, why: 'You chose it; it has no values at all.' };
}
