/** Texts to times (milliseconds since 1970 UTC), and which format a column is written in. */
import type { Reading } from '../../src/core/profile.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const FULL = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

type Token =
  | 'YYYY'
  | 'YY'
  | 'MMMM'
  | 'MMM'
  | 'MM'
  | 'M'
  | 'DD'
  | 'D'
  | 'HH'
  | 'H'
  | 'hh'
  | 'h'
  | 'mm'
  | 'ss'
  | 'SSS'
  | 'A'
  | 'Z'
  | { readonly text: string };

function tokens(format: string): Token[] {
  const out: Token[] = [];
  const pattern = /YYYY|YY|MMMM|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z|[\s\S]/g;
  for (const [t] of format.matchAll(pattern)) out.push(/^[YMDHhmsSAZ]/.test(t) ? (t as Exclude<Token, object>) : { text: t });
  return out;
}

/** The first year of the hundred that two-digit years lie in. */
const PIVOT = 1969;

const days = (y: number, m: number) =>
  m === 2 ? (y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0) ? 29 : 28) : m === 4 || m === 6 || m === 9 || m === 11 ? 30 : 31;

/** A parser for a format. A time of day, its seconds, their fraction and the zone may be left out; no zone means UTC. NaN when a text does not fit. */
export function timeParser(format: string, pivot = PIVOT): (text: string) => number {
  const list = tokens(format);
  // Where the time of day begins: a text may end there.
  let clock = list.findIndex((t) => t === 'HH' || t === 'H' || t === 'h' || t === 'hh');
  if (clock > 0) clock -= 1;
  const seconds = list.findIndex((t) => t === 'ss') - 1;
  const needsNothing = list.findIndex((t) => t === 'SSS') - 1;
  return (s) => {
    let i = 0;
    let year = 0;
    let month = 1;
    let day = 1;
    let hour = 0;
    let minute = 0;
    let second = 0;
    let fraction = 0;
    let afternoon = -1;
    let shift = 0;
    const number = (least: number, most: number): number => {
      let v = 0;
      let n = 0;
      while (n < most) {
        const c = s.charCodeAt(i) - 48;
        if (!(c >= 0 && c <= 9)) break;
        v = v * 10 + c;
        i++;
        n++;
      }
      return n >= least ? v : -1;
    };
    for (let k = 0; k < list.length; k++) {
      const t = list[k]!;
      if (i >= s.length && (k === clock || k === seconds || k === needsNothing || t === 'Z')) {
        if (k === clock || t === 'Z') break;
        k++;
        continue;
      }
      if (typeof t === 'object') {
        const c = s[i];
        if (c === t.text) i++;
        else if (t.text === ' ' && c === 'T') i++;
        else if (t.text === 'T' && c === ' ') i++;
        else if ((k === seconds || k === needsNothing) && (list[k + 1] === 'ss' || list[k + 1] === 'SSS')) k++;
        else return NaN;
        if (t.text === ' ') while (s[i] === ' ') i++;
        continue;
      }
      switch (t) {
        case 'YYYY':
          if ((year = number(4, 4)) < 0) return NaN;
          break;
        case 'YY': {
          const yy = number(2, 2);
          if (yy < 0) return NaN;
          const century = Math.floor(pivot / 100) * 100;
          year = century + yy < pivot ? century + 100 + yy : century + yy;
          break;
        }
        case 'MM':
        case 'M':
          if ((month = number(1, 2)) < 1 || month > 12) return NaN;
          break;
        case 'MMM':
        case 'MMMM': {
          const from = i;
          while (i < s.length && /[A-Za-z]/.test(s[i]!)) i++;
          const name = s.slice(from, i).toLowerCase();
          month = (name === 'sept' ? 8 : Math.max(MONTHS.indexOf(name), FULL.indexOf(name))) + 1;
          if (month < 1) return NaN;
          if (s[i] === '.') i++;
          break;
        }
        case 'DD':
        case 'D':
          if ((day = number(1, 2)) < 1 || day > 31) return NaN;
          break;
        case 'HH':
        case 'H':
        case 'hh':
        case 'h':
          if ((hour = number(1, 2)) < 0 || hour > 24) return NaN;
          break;
        case 'mm':
          if ((minute = number(2, 2)) < 0 || minute > 59) return NaN;
          break;
        case 'ss':
          if ((second = number(2, 2)) < 0 || second > 60) return NaN;
          break;
        case 'SSS': {
          const from = i;
          const v = number(1, 9);
          if (v < 0) return NaN;
          fraction = v / 10 ** (i - from);
          break;
        }
        case 'A': {
          const two = s.slice(i, i + 2).toLowerCase();
          if (two !== 'am' && two !== 'pm') return NaN;
          afternoon = two === 'pm' ? 1 : 0;
          i += 2;
          break;
        }
        case 'Z': {
          if (s[i] === 'Z' || s[i] === 'z') i++;
          else {
            const m = /^ ?([-+])(\d\d):?(\d\d)?$/.exec(s.slice(i));
            if (!m) return NaN;
            shift = (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3] ?? 0));
            i = s.length;
          }
          break;
        }
      }
    }
    if (i !== s.length || day > days(year, month)) return NaN;
    if (afternoon >= 0) {
      if (hour < 1 || hour > 12) return NaN;
      hour = (hour % 12) + 12 * afternoon;
    }
    if (hour === 24 && (minute > 0 || second > 0)) return NaN;
    // Date.UTC takes the years 0…99 for 1900…1999; no such year is meant.
    if (year < 100) return NaN;
    return Date.UTC(year, month - 1, day, hour, minute - shift, second) + Math.round(fraction * 1000);
  };
}

export function readTime(text: string, reading: Reading): number {
  return timeParser(reading.format ?? 'YYYY-MM-DD HH:mm:ss', reading.pivot)(text.trim());
}

const NAME = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\\.?';
const cut = /^(.*?)(?:([T ]\s*)(\d{1,2}):(\d\d)(?::(\d\d)(?:([.,])(\d{1,9}))?)?( ?[AaPp][Mm])?( ?Z| ?z| ?[-+]\d\d(?::?\d\d)?)?)?$/;

/** The formats one text could be written in. */
export function formatsOf(text: string): string[] {
  const m = cut.exec(text.trim());
  if (!m) return [];
  const date = m[1]!;
  let clock = '';
  if (m[3] !== undefined) {
    const half = m[8] !== undefined;
    clock = `${m[2]![0] === 'T' ? 'T' : ' '}${half ? 'h' : 'HH'}:mm${m[5] !== undefined ? ':ss' : ''}${m[7] !== undefined ? `${m[6]}SSS` : ''}${half ? (m[8]!.startsWith(' ') ? ' A' : 'A') : ''}${m[9] !== undefined ? 'Z' : ''}`;
  }
  return datesOf(date).map((d) => d + clock);
}

function datesOf(d: string): string[] {
  let m = /^\d{4}([-/.])(\d{1,2})\1(\d{1,2})$/.exec(d);
  if (m) return [m[2]!.length === 2 && m[3]!.length === 2 ? `YYYY${m[1]}MM${m[1]}DD` : `YYYY${m[1]}M${m[1]}D`];
  m = /^\d{4}([-/])\d{2}$/.exec(d);
  if (m) return [`YYYY${m[1]}MM`];
  m = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/.exec(d);
  if (m) {
    const s = m[2]!;
    const y = m[4]!.length === 4 ? 'YYYY' : 'YY';
    return s === '.' ? [`D.M.${y}`, `M.D.${y}`] : [`M${s}D${s}${y}`, `D${s}M${s}${y}`];
  }
  if (/^(?:19|20)\d{6}$/.test(d)) return ['YYYYMMDD'];
  m = new RegExp(`^\\d{1,2}([- /])${NAME}\\1(\\d{4}|\\d{2})$`, 'i').exec(d);
  if (m) return [`D${m[1]}MMM${m[1]}${m[2]!.length === 4 ? 'YYYY' : 'YY'}`];
  m = new RegExp(`^${NAME}([- /])(\\d{4}|\\d{2})$`, 'i').exec(d);
  if (m) return [`MMM${m[1]}${m[2]!.length === 4 ? 'YYYY' : 'YY'}`];
  m = new RegExp(`^${NAME} \\d{1,2}(,?) (\\d{4})$`, 'i').exec(d);
  if (m) return [`MMM D${m[1]} YYYY`];
  m = new RegExp(`^\\d{4}([- /])${NAME}\\1\\d{1,2}$`, 'i').exec(d);
  if (m) return [`YYYY${m[1]}MMM${m[1]}D`];
  return [];
}

/** The hundred years that two-digit years lie in: they begin after the widest gap, and end by 2049 when they can. */
export function pivotOf(years: ReadonlySet<number>): number {
  const sorted = [...years].sort((a, b) => a - b);
  if (sorted.length === 0) return PIVOT;
  let start = sorted[0]!;
  let gap = sorted[0]! + 100 - sorted[sorted.length - 1]!;
  for (let k = 1; k < sorted.length; k++) {
    const g = sorted[k]! - sorted[k - 1]!;
    if (g > gap) [gap, start] = [g, sorted[k]!];
  }
  if (gap < 5) return PIVOT;
  const end = start > sorted[0]! ? 100 + sorted[sorted.indexOf(start) - 1]! : sorted[sorted.length - 1]!;
  // The run of years is start … end (end ≥ 100 when it crosses the century).
  return end >= 100 ? 1900 + start : end <= 49 ? 2000 + start : 1900 + start;
}

export interface FoundTimes {
  readonly reading: Reading;
  readonly values: Float64Array;
  readonly fit: number;
  readonly why: string;
}

const family = (format: string) => format.replace(/[T ]?(?:HH|h):mm.*$/, '');

/** The format under which most rows are times; `order`: first and last rows tell the direction when day and month cannot be told apart. */
export function findTimes(
  levels: readonly string[],
  counts: ArrayLike<number>,
  codes: ArrayLike<number>,
  fixed?: Partial<Reading>,
): FoundTimes | null {
  const seen = new Map<string, number>();
  if (fixed?.format) seen.set(fixed.format, 1);
  else {
    const step = Math.max(1, Math.floor(levels.length / 200));
    let looked = 0;
    let none = 0;
    for (let k = 0; k < levels.length; k += step) {
      if (levels[k] === '') continue;
      const formats = levels[k]!.length <= 40 ? formatsOf(levels[k]!) : [];
      looked++;
      if (formats.length === 0) none++;
      for (const f of formats) seen.set(f, (seen.get(f) ?? 0) + 1);
    }
    if (seen.size === 0 || none > looked * 0.2) return null;
  }
  // The longest form of each family stands for all: what it has beyond the others may be left out.
  const longest = new Map<string, string>();
  for (const f of seen.keys()) {
    const key = family(f);
    if ((longest.get(key)?.length ?? 0) < f.length) longest.set(key, f);
  }
  const formats = [...longest.values()].sort((a, b) => (seen.get(b) ?? 0) - (seen.get(a) ?? 0)).slice(0, 8);
  const tried = formats.map((format) => tryFormat(format, levels, counts, fixed?.pivot));
  tried.sort((a, b) => b.fit - a.fit);
  const best = tried[0]!;
  if (best.fit === 0) return null;
  const rival = tried.find((t) => t !== best && t.fit === best.fit && swapped(t.format) === best.format);
  const beaten = tried.find((t) => t !== best && swapped(t.format) === best.format);
  let chosen = best;
  let why = `times written ${best.format}`;
  if (rival) {
    const [monthFirst, dayFirst] = /^M(?!MM)/.test(best.format) ? [best, rival] : [rival, best];
    const a = disorder(monthFirst.values, codes);
    const b = disorder(dayFirst.values, codes);
    chosen = best.format.includes('.') ? dayFirst : b < a ? dayFirst : monthFirst;
    why =
      a !== b && !best.format.includes('.')
        ? `times written ${chosen.format}: no day is above 12, but in this order the rows run on in time`
        : `times written ${chosen.format}: day and month cannot be told apart here, so ${chosen === dayFirst ? 'day first' : 'month first'} is taken; change it if that is wrong`;
  } else if (beaten) why = `times written ${best.format}: some values are above 12 where a month would stand in ${beaten.format}`;
  if (chosen.pivot !== undefined) why += `; two-digit years begin at ${chosen.pivot}`;
  return {
    reading: { kind: 'time', format: chosen.format, ...(chosen.pivot === undefined ? {} : { pivot: chosen.pivot }) },
    values: chosen.values,
    fit: chosen.fit,
    why,
  };
}

const swapped = (f: string): string => (/^M(?!MM)(.)D\1/.test(f) ? f.replace(/^M(.)D/, 'D$1M') : f.replace(/^D(.)M(?!MM)/, 'M$1D'));

function tryFormat(format: string, levels: readonly string[], counts: ArrayLike<number>, fixedPivot?: number) {
  let pivot = fixedPivot;
  if (pivot === undefined && /(^|[^Y])YY([^Y]|$)/.test(format)) {
    const years = new Set<number>();
    const parse = timeParser(format, 1900);
    for (const l of levels) {
      const ms = parse(l);
      if (!Number.isNaN(ms)) years.add(new Date(ms).getUTCFullYear() - 1900);
    }
    pivot = pivotOf(years);
  }
  const parse = timeParser(format, pivot);
  const values = new Float64Array(levels.length);
  let fit = 0;
  for (let k = 0; k < levels.length; k++) {
    const v = parse(levels[k]!);
    values[k] = v;
    if (!Number.isNaN(v)) fit += counts[k]!;
  }
  return { format, values, fit, pivot };
}

/** Steps against the main direction among neighbouring rows. */
function disorder(values: Float64Array, codes: ArrayLike<number>): number {
  let up = 0;
  let down = 0;
  let before = NaN;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < 0) continue;
    const v = values[code]!;
    if (Number.isNaN(v)) continue;
    if (v > before) up++;
    else if (v < before) down++;
    before = v;
  }
  return Math.min(up, down);
}
