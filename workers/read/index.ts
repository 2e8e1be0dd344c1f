/** Bytes to a table: finds how the file is written, reads it piece by piece, and says why each column is what it is. */
import { Hasher } from '../../src/core/key.js';
import { Problem } from '../../src/core/problem.js';
import type { Dialect, Issue, ReadChoices, Reading } from '../../src/core/profile.js';
import type { Column, Table } from '../../src/core/table.js';
import { CodeBuilder, NumberBuilder, type Builder } from './columns.js';
import { findDialect, type Found } from './dialect.js';
import { NotUtf8, sniffEncoding, Utf8, type Encoding } from './encoding.js';
import { Issues, Lines } from './issues.js';
import { TOKENS, WEAK } from './missing.js';
import { NumberParser } from './numbers.js';
import { Rows, type Layout } from './rows.js';
import { Scanner, type Sink } from './scan.js';
import { rulesOf, settleCodes, settleNumbers, type Rules, type Settled } from './settle.js';
import { PIECE, sourceOf, type Source } from './source.js';

export { readNumber } from './numbers.js';
export { readTime } from './times.js';
export { writeCsv } from './write.js';

export interface ReadResult {
  readonly table: Table;
  readonly dialect: Dialect;
  readonly readings: Record<string, Reading>;
  /** Why each column has its kind. */
  readonly whys: Record<string, string>;
  readonly issues: Issue[];
  readonly rows: number;
  /** Rows in the file, when only a sample was read. */
  readonly sampledFrom?: number;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly seconds: number;
}

export type Tell = (doneBytes: number, ofBytes: number) => Promise<boolean>;

/** Larger files are read as a sample only: memory in a browser tab ends at about 4 GB, and a table takes up to 2.5 times its file. */
export const LIMIT = 1.5e9;
const HEAD = 1 << 20;

export async function readTable(from: Blob | Uint8Array, name: string, choices: ReadChoices = {}, tell?: Tell): Promise<ReadResult> {
  const began = performance.now();
  const source = sourceOf(from);
  if (source.size === 0) throw new Problem('read/empty', { file: name });
  if (source.size > LIMIT && choices.sample === undefined) {
    throw new Problem('read/too-large', { file: name, size: Math.round(source.size / 1e6), limit: LIMIT / 1e6, sample: 500000 });
  }
  const head = await source.piece(0, Math.min(source.size, HEAD));
  let encoding = sniffEncoding(head, name, choices.encoding);
  const strict = choices.encoding === undefined && !encoding.bom;
  for (;;) {
    try {
      return await read(source, head, name, choices, encoding, strict && encoding.encoding === 'utf-8', began, tell);
    } catch (e) {
      if (!(e instanceof NotUtf8)) throw e;
      encoding = {
        encoding: 'windows-1252',
        bom: false,
        skip: 0,
        why: 'Some bytes after the beginning are not valid UTF-8, so it is read as Windows-1252 (Western European).',
      };
    }
  }
}

async function read(
  source: Source,
  head: Uint8Array,
  file: string,
  choices: ReadChoices,
  encoding: Encoding,
  strict: boolean,
  began: number,
  tell?: Tell,
): Promise<ReadResult> {
  const whole = head.length === source.size;
  const start = withoutNulls(new Utf8(encoding.encoding, false).take(head.subarray(encoding.skip), whole).bytes).bytes;
  const found = findDialect(start, whole, encoding, choices);
  if (!found) throw new Problem('read/empty', { file });
  if (found.rows.length === 0 && whole) throw new Problem('read/no-rows', { file });

  const issues = new Issues();
  const lines = new Lines();
  const hasher = new Hasher();
  const layout: Layout = { header: found.header, firstLine: found.firstLine, width: found.width };
  const passes = choices.sample === undefined ? 1 : 2;
  let passed = 0;
  const through = async (sink: Rows, first: boolean) => {
    const told =
      tell &&
      ((done: number) =>
        tell(Math.min(source.size, ((passed + done / source.size) / Math.max(passes, passed + 1)) * source.size), source.size));
    await pass(source, encoding, strict, found, layout, sink, first ? { hasher, issues } : null, file, told);
    sink.end();
    passed++;
  };

  // A sample takes every k-th row evenly, so the rows are counted first.
  let wanted: ((record: number) => boolean) | null = null;
  let all: number | undefined;
  if (choices.sample !== undefined) {
    const counter = new Rows({ ...layout }, [], null, null, new Lines(), null);
    await through(counter, true);
    all = counter.records;
    const n = all;
    const s = Math.max(1, Math.floor(choices.sample));
    if (s < n) wanted = (r) => Math.floor(((r + 1) * s) / n) > Math.floor((r * s) / n);
    else all = undefined;
  }

  const capacity = wanted ? Math.floor(choices.sample!) + 1 : guessRows(source.size, start, found);
  const rules: Rules = rulesOf(choices.missing, lines, issues, found.dialect.decimal === ',' ? ',' : undefined);
  const isMissing = (text: string) => rules.missing.has(text) || (rules.weak && WEAK.includes(text));
  const fixed = namesOf(found, layout.width).names.map((n) => choices.columns?.[n] ?? {});
  const mark = found.dialect.decimal === ',' ? 44 : 46;
  const builders: (Builder | null)[] = guesses(found, layout.width, mark, isMissing, fixed).map((numeric, j) =>
    numeric ? new NumberBuilder(capacity, mark, isMissing, fixed[j]!.kind === 'number') : new CodeBuilder(capacity),
  );
  const sink = new Rows(
    layout,
    builders,
    found.header ? null : () => new NumberBuilder(capacity, mark, isMissing, false),
    issues,
    lines,
    wanted,
  );
  await through(sink, choices.sample === undefined);
  if (sink.rows === 0) throw new Problem('read/no-rows', { file });

  const { names, faults } = namesOf(found, layout.width);
  const settled: (Settled | null)[] = builders.map((b, j) =>
    b instanceof NumberBuilder ? settleNumbers(names[j]!, b, fixed[j] ?? {}, rules, found.dialect.decimal) : null,
  );
  // Columns that looked like numbers and are not are read again, alone.
  const again = builders.map((b, j) => (b instanceof NumberBuilder && settled[j] === null ? new CodeBuilder(sink.rows) : null));
  if (again.some(Boolean)) {
    builders.forEach((b, j) => b instanceof NumberBuilder && (builders[j] = null));
    await through(new Rows(layout, again, null, null, new Lines(), wanted), false);
  }
  const columns: Column[] = [];
  const readings: Record<string, Reading> = {};
  const whys: Record<string, string> = {};
  const tokens = new Set<string>();
  for (let j = 0; j < layout.width; j++) {
    const codes = again[j] ?? (builders[j] instanceof CodeBuilder ? (builders[j] as CodeBuilder) : null);
    const s = settled[j] ?? settleCodes(names[j]!, codes!, fixed[j] ?? {}, rules);
    builders[j] = again[j] = null;
    const empty = s.column.kind === 'category' && s.column.levels.length === 0;
    // Delimiters at the end of every line make a last column without name or values: it is left out.
    if (empty && j === layout.width - 1 && layout.width > 1 && found.header && (found.header[j] ?? '') === '') {
      issues.add('empty-column', found.firstLine, `column ${j + 1}`, names[j]!);
      continue;
    }
    if (empty) issues.add('empty-column', found.firstLine, `column ${j + 1}`, names[j]!);
    if (faults[j]) issues.add(faults[j]!, found.firstLine, found.header?.[j] ?? '', names[j]!);
    columns.push(s.column);
    readings[names[j]!] = s.reading;
    whys[names[j]!] = s.why;
    for (const t of s.reading.missing ?? []) tokens.add(t);
  }
  for (let k = 0; k < found.trailing; k++)
    issues.add('empty-column', found.firstLine, `column ${layout.width + k + 1}`, `column_${layout.width + k + 1}`);
  const table: Table = { rows: sink.rows, columns };
  secondHeader(table, found, lines, issues);
  return {
    table,
    dialect: { ...found.dialect, missing: choices.missing ?? [...tokens].sort() },
    readings,
    whys,
    issues: issues.list(),
    rows: sink.rows,
    ...(all === undefined ? {} : { sampledFrom: all }),
    bytes: source.size,
    fingerprint: hasher.digest(),
    seconds: (performance.now() - began) / 1000,
  };
}

/** One reading of the whole file into a sink. */
async function pass(
  source: Source,
  encoding: Encoding,
  strict: boolean,
  found: Found,
  layout: Layout,
  sink: Sink,
  first: { hasher: Hasher; issues: Issues } | null,
  file: string,
  told?: (done: number) => Promise<boolean>,
): Promise<void> {
  const utf8 = new Utf8(encoding.encoding, strict);
  const scanner = new Scanner(
    {
      delimiter: found.dialect.delimiter.charCodeAt(0),
      quote: found.dialect.quote ? found.dialect.quote.charCodeAt(0) : -1,
      lineEnd: found.lineEnd,
    },
    sink,
  );
  scanner.expected = layout.header ? layout.width : 0;
  for (let at = 0; at < source.size; at += PIECE) {
    const to = Math.min(source.size, at + PIECE);
    const raw = await source.piece(at, to);
    first?.hasher.update(raw);
    const { bytes, broken } = utf8.take(at === 0 ? raw.subarray(encoding.skip) : raw, to === source.size);
    if (broken) first?.issues.add('bad-encoding', scanner.line, 'bytes that are not valid UTF-8, shown as �');
    const clean = withoutNulls(bytes);
    if (clean.nulls > 0) first?.issues.add('null-byte', scanner.line + clean.linesBefore, 'NUL', undefined, clean.nulls);
    scanner.push(clean.bytes, to === source.size);
    if (told && !(await told(to))) throw new Problem('read/cancelled', { file });
  }
}

/** NUL bytes mean nothing in text and are dropped. */
function withoutNulls(b: Uint8Array): { bytes: Uint8Array; nulls: number; linesBefore: number } {
  const first = b.indexOf(0);
  if (first < 0) return { bytes: b, nulls: 0, linesBefore: 0 };
  let linesBefore = 0;
  for (let i = 0; i < first; i++) if (b[i] === 10) linesBefore++;
  const bytes = b.filter((c) => c !== 0);
  return { bytes, nulls: b.length - bytes.length, linesBefore };
}

function guessRows(size: number, head: Uint8Array, found: Found): number {
  let ends = 0;
  for (let i = 0; i < head.length; i++) if (head[i] === found.lineEnd) ends++;
  return Math.ceil((size / Math.max(1, head.length)) * (ends + 1) * 1.03) + 16;
}

/** Which columns look like plain numbers in the head; a wrong guess costs one more reading of that column. */
function guesses(
  found: Found,
  width: number,
  mark: number,
  isMissing: (t: string) => boolean,
  fixed: readonly Partial<Reading>[],
): boolean[] {
  const encoder = new TextEncoder();
  return Array.from({ length: width }, (_, j) => {
    const f = fixed[j] ?? {};
    if (f.kind === 'number') {
      const plain = !f.thousands && !f.prefix && !f.suffix && (f.decimal === undefined || f.decimal.charCodeAt(0) === mark);
      if (!plain) return false;
    } else if (f.kind !== undefined || f.decimal !== undefined || f.thousands !== undefined || f.format !== undefined) return false;
    const parser = new NumberParser(mark);
    let values = 0;
    let numbers = 0;
    for (const row of found.rows) {
      const cell = row.cells[j] ?? '';
      if (isMissing(cell)) continue;
      const b = encoder.encode(cell);
      values++;
      if (!Number.isNaN(parser.parse(b, 0, b.length))) numbers++;
    }
    if (parser.zeroed > 0 && parser.most > 2) return false;
    return values === 0 || numbers >= values - Math.max(0, values * 0.005);
  });
}

/** Names for all columns: empty ones are numbered, repeated ones get _2, _3 …; and what was wrong with each. */
function namesOf(found: Found, width: number): { names: string[]; faults: ('empty-name' | 'duplicate-name' | null)[] } {
  const faults: ('empty-name' | 'duplicate-name' | null)[] = [];
  const names: string[] = [];
  const taken = new Set(found.header?.filter(Boolean) ?? []);
  const used = new Set<string>();
  for (let j = 0; j < width; j++) {
    const raw = found.header?.[j] ?? '';
    let name = raw || `column_${j + 1}`;
    faults.push(!found.header ? null : raw === '' ? 'empty-name' : used.has(name) ? 'duplicate-name' : null);
    if (used.has(name) || (raw === '' && taken.has(name))) {
      let k = 2;
      while (used.has(`${name}_${k}`) || taken.has(`${name}_${k}`)) k++;
      name = `${name}_${k}`;
    }
    used.add(name);
    names.push(name);
  }
  return { names, faults };
}

/** A first row whose texts occur nowhere else, in columns that have few levels, is probably a second line of names. It is kept and flagged. */
function secondHeader(table: Table, found: Found, lines: Lines, issues: Issues): void {
  if (table.rows < 20 || !found.header) return;
  let few = 0;
  let alone = 0;
  let example = '';
  for (const c of table.columns) {
    if (c.kind !== 'category' || c.levels.length < 2 || c.levels.length > Math.min(30, table.rows / 5)) continue;
    const code = c.codes[0]!;
    if (code < 0) continue;
    few++;
    let same = 0;
    for (let i = 0; i < c.codes.length && same < 2; i++) if (c.codes[i] === code) same++;
    if (same === 1) {
      alone++;
      example ||= c.levels[code]!;
    }
  }
  if (few >= 2 && alone >= few * 0.6) issues.add('second-header', lines.of(0), example);
}

/** Tokens that mean missing unless a person lists others. */
export const MISSING = TOKENS;
