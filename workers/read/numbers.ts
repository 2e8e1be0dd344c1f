/** Texts to numbers: the fast reader for plain numbers in bytes, and the careful one for marks, currencies and units. */
import type { Reading } from '../../src/core/profile.js';

const POWER = Float64Array.from({ length: 23 }, (_, k) => 10 ** k);

/** Reads plain numbers from bytes, and remembers what it met. */
export class NumberParser {
  /** Whole numbers written with leading zeros (007), and whole numbers beyond 2⁵³. */
  zeroed = 0;
  beyond = 0;
  /** Digits of unsigned whole numbers: fewest and most. */
  fewest = 99;
  most = 0;
  fractions = 0;
  private readonly mark: number;

  /** `mark`: the byte of the decimal mark. */
  constructor(mark: number) {
    this.mark = mark;
  }

  /** NaN when it is not a number. Exact: one rounding (Clinger 1990, the fast path), else the platform's own parser. */
  parse(b: Uint8Array, start: number, end: number): number {
    let i = start;
    let c: number;
    let negative = false;
    if (b[i] === 45) {
      negative = true;
      i++;
    } else if (b[i] === 43) i++;
    const first = i;
    let m = 0;
    while (i < end && (c = b[i]! - 48) >= 0 && c <= 9) {
      m = m * 10 + c;
      i++;
    }
    const whole = i - first;
    let scale = 0;
    let plain = true;
    if (i < end && b[i] === this.mark) {
      plain = false;
      const from = ++i;
      while (i < end && (c = b[i]! - 48) >= 0 && c <= 9) {
        m = m * 10 + c;
        i++;
      }
      scale = i - from;
    }
    if (whole + scale === 0) return NaN;
    let exponent = 0;
    if (i < end && (b[i]! | 32) === 101) {
      plain = false;
      i++;
      let down = false;
      if (b[i] === 45) {
        down = true;
        i++;
      } else if (b[i] === 43) i++;
      const from = i;
      while (i < end && (c = b[i]! - 48) >= 0 && c <= 9) {
        if (exponent < 10000) exponent = exponent * 10 + c;
        i++;
      }
      if (i === from) return NaN;
      if (down) exponent = -exponent;
    }
    if (i !== end) return NaN;
    if (plain) {
      if (whole > 1 && b[first] === 48) this.zeroed++;
      if (whole > this.most) this.most = whole;
      if (whole < this.fewest) this.fewest = whole;
      if (m > Number.MAX_SAFE_INTEGER) this.beyond++;
    } else this.fractions++;
    const power = exponent - scale;
    let value: number;
    if (m <= Number.MAX_SAFE_INTEGER && power >= -22 && power <= 22) value = power < 0 ? m / POWER[-power]! : m * POWER[power]!;
    else {
      let text = String.fromCharCode(...b.subarray(first, end));
      if (this.mark !== 46) text = text.replace(',', '.');
      value = Number(text);
      if (!Number.isFinite(value)) return NaN;
    }
    return negative ? -value : value;
  }
}

const CURRENCY = '(?:[$€£¥₹]|R\\$|US\\$|USD|EUR|GBP|CHF)';
/** Units that may follow every number of a column. */
const UNITS =
  '(?:%|‰|°C|°F|°|kg|mg|g|lbs|lb|oz|km|cm|mm|mi|ft|in|m|mins|min|hrs|hr|h|sec|s|ms|years|yrs|days|MB|GB|kB|KB|kWh|kW|MW|mph|km/h|[kKMB]|[$€£¥₹]|USD|EUR|GBP|CHF|Kč|zł|kr)';
const shape = new RegExp(
  `^(\\()?([-+−])?\\s*(${CURRENCY})?\\s*([-+−])?\\s*(\\d[\\d.,'’ \\u00a0\\u202f]*?|[.,]\\d+)([eE][-+]?\\d+)?\\s*(${UNITS})?(\\))?$`,
);

interface Parts {
  readonly negative: boolean;
  readonly prefix: string;
  readonly body: string;
  readonly exponent: string;
  readonly suffix: string;
}

function parts(text: string): Parts | null {
  const m = shape.exec(text);
  if (!m) return null;
  if ((m[1] === undefined) !== (m[8] === undefined) || (m[2] !== undefined && m[4] !== undefined)) return null;
  const sign = m[2] ?? m[4];
  return {
    negative: m[1] !== undefined || sign === '-' || sign === '−',
    prefix: m[3] ?? '',
    body: m[5]!,
    exponent: m[6] ?? '',
    suffix: m[7] ?? '',
  };
}

type Marks = Required<Pick<Reading, 'decimal' | 'thousands'>>;
/** In order of preference when several fit equally well. */
const MARKS: readonly Marks[] = [
  { decimal: '.', thousands: '' },
  { decimal: '.', thousands: ',' },
  { decimal: ',', thousands: '' },
  { decimal: ',', thousands: '.' },
  { decimal: '.', thousands: ' ' },
  { decimal: ',', thousands: ' ' },
  { decimal: '.', thousands: "'" },
  { decimal: ',', thousands: "'" },
];

const bodies = new Map<string, RegExp>();
function bodyShape({ decimal, thousands }: Marks): RegExp {
  const key = decimal + thousands;
  let found = bodies.get(key);
  if (!found) {
    const d = decimal === '.' ? '\\.' : ',';
    const t = { '': '', ',': ',', '.': '\\.', ' ': '[ \\u00a0\\u202f]', "'": "['’]" }[thousands];
    found = new RegExp(t ? `^(?:\\d{1,3}(?:${t}\\d{3})+|\\d+)?(?:${d}\\d*)?$` : `^\\d*(?:${d}\\d*)?$`);
    bodies.set(key, found);
  }
  return found;
}

function valueOf(p: Parts, marks: Marks): number {
  if (!bodyShape(marks).test(p.body)) return NaN;
  let body = p.body;
  if (marks.thousands === ' ') body = body.replace(/[ \u00a0\u202f]/g, '');
  else if (marks.thousands === "'") body = body.replace(/['’]/g, '');
  else if (marks.thousands) body = body.replaceAll(marks.thousands, '');
  if (marks.decimal === ',') body = body.replace(',', '.');
  const value = Number(body + p.exponent);
  return Number.isFinite(value) ? (p.negative ? -value : value) : NaN;
}

/** One text by a reading; NaN when it does not fit. The same at training time and on one row typed in a form. */
export function readNumber(text: string, reading: Reading): number {
  const p = parts(text.trim());
  if (!p) return NaN;
  if (p.prefix && p.prefix !== reading.prefix) return NaN;
  if (p.suffix && p.suffix !== reading.suffix) return NaN;
  return valueOf(p, { decimal: reading.decimal ?? '.', thousands: reading.thousands ?? '' });
}

export interface FoundNumbers {
  readonly reading: Reading;
  /** Per level; NaN where it is not a number. */
  readonly values: Float64Array;
  /** Rows that read as numbers. */
  readonly fit: number;
  readonly why: string;
}

const common = (tally: Map<string, number>): string => {
  let best = '';
  let most = 0;
  for (const [k, n] of tally) if (n > most) [best, most] = [k, n];
  return best;
};

/** The marks, prefix and suffix under which most rows of a column are numbers. `hint`: the decimal mark of the file's other columns. */
export function findNumbers(
  levels: readonly string[],
  counts: ArrayLike<number>,
  hint: '.' | ',' | undefined,
  fixed: Partial<Reading> = {},
): FoundNumbers | null {
  const split: (Parts | null)[] = new Array<Parts | null>(levels.length);
  const prefixes = new Map<string, number>();
  const suffixes = new Map<string, number>();
  let any = false;
  for (let k = 0; k < levels.length; k++) {
    const p = parts(levels[k]!);
    split[k] = p;
    if (!p) continue;
    any = true;
    if (p.prefix) prefixes.set(p.prefix, (prefixes.get(p.prefix) ?? 0) + counts[k]!);
    if (p.suffix) suffixes.set(p.suffix, (suffixes.get(p.suffix) ?? 0) + counts[k]!);
  }
  if (!any) return null;
  const prefix = fixed.prefix ?? common(prefixes);
  const suffix = fixed.suffix ?? common(suffixes);
  let best: Marks = MARKS[0]!;
  let most = -1;
  const wanted = MARKS.filter(
    (m) => (!fixed.decimal || fixed.decimal === m.decimal) && (fixed.thousands === undefined || fixed.thousands === m.thousands),
  );
  const order = hint === ',' ? [...wanted].sort((a, b) => Number(b.decimal === ',') - Number(a.decimal === ',')) : wanted;
  for (const marks of order) {
    let fit = 0;
    const body = bodyShape(marks);
    for (let k = 0; k < levels.length; k++) {
      const p = split[k];
      if (p && (!p.prefix || p.prefix === prefix) && (!p.suffix || p.suffix === suffix) && body.test(p.body)) fit += counts[k]!;
    }
    if (fit > most) {
      most = fit;
      best = marks;
    }
  }
  const values = new Float64Array(levels.length).fill(NaN);
  let fit = 0;
  let grouped = false;
  for (let k = 0; k < levels.length; k++) {
    const p = split[k];
    if (!p || (p.prefix && p.prefix !== prefix) || (p.suffix && p.suffix !== suffix)) continue;
    const v = valueOf(p, best);
    values[k] = v;
    if (!Number.isNaN(v)) {
      fit += counts[k]!;
      if (best.thousands && p.body.includes(best.thousands)) grouped = true;
    }
  }
  const thousands = grouped || best.thousands === ' ' || best.thousands === "'" ? best.thousands : '';
  const notes = [
    best.decimal === ',' ? 'a decimal comma' : '',
    thousands ? `“${thousands}” between thousands` : '',
    prefix ? `“${prefix}” in front` : '',
    suffix ? `“${suffix}” behind` : '',
  ].filter(Boolean);
  return {
    reading: { kind: 'number', decimal: best.decimal, thousands, ...(prefix ? { prefix } : {}), ...(suffix ? { suffix } : {}) },
    values,
    fit,
    why: notes.length ? `numbers with ${notes.join(' and ')}` : 'numbers',
  };
}
