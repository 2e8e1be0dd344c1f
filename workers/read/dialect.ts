/** How a file is written, found from its first bytes: delimiter, quote, header, junk above it, decimal mark; each with its reason. */
import type { Dialect, ReadChoices } from '../../src/core/profile.js';
import { TOKENS, WEAK } from './missing.js';
import { readNumber } from './numbers.js';
import { Scanner } from './scan.js';
import { formatsOf } from './times.js';

export interface HeadRow {
  readonly cells: readonly string[];
  readonly line: number;
}

export interface Found {
  readonly dialect: Dialect;
  readonly lineEnd: 10 | 13;
  /** Raw cells of the header, or null. */
  readonly header: readonly string[] | null;
  /** Line of the header, or of the first row of data when there is none. */
  readonly firstLine: number;
  /** Fields of a whole row. */
  readonly width: number;
  /** Empty cells at the header's end that no row has a field for; not in `header`. */
  readonly trailing: number;
  /** Data rows of the head. */
  readonly rows: readonly HeadRow[];
}

const NAMES: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar', ' ': 'run of blanks' };
const MARKS = [',', ';', '\t', '|'];

/** Rows of the head as strings. `whole`: the head is the whole file. */
export function rowsOf(head: Uint8Array, whole: boolean, delimiter: string, quote: string, lineEnd: 10 | 13, most: number): HeadRow[] {
  const rows: HeadRow[] = [];
  const decoder = new TextDecoder();
  const scanner = new Scanner(
    { delimiter: delimiter.charCodeAt(0), quote: quote ? quote.charCodeAt(0) : -1, lineEnd },
    {
      record(b, starts, ends, n, line) {
        if (rows.length >= most) return;
        const cells: string[] = [];
        for (let k = 0; k < n; k++) cells.push(decoder.decode(b.subarray(starts[k]!, ends[k]!)));
        rows.push({ cells, line });
      },
      blank() {},
      openQuote() {},
    },
  );
  scanner.push(head, whole);
  // One long line without an end is still a row to look at.
  if (rows.length === 0 && !whole) scanner.push(new Uint8Array(0), true);
  return rows;
}

function usual(rows: readonly HeadRow[]): { fields: number; share: number } {
  const tally = new Map<number, number>();
  for (const r of rows) tally.set(r.cells.length, (tally.get(r.cells.length) ?? 0) + 1);
  let fields = 0;
  let most = 0;
  for (const [k, n] of tally) if (n > most || (n === most && k > fields)) [fields, most] = [k, n];
  return { fields, share: rows.length ? most / rows.length : 0 };
}

const isMissing = (t: string) => t === '' || TOKENS.includes(t) || WEAK.includes(t);
export const looksNumber = (t: string): boolean =>
  !Number.isNaN(readNumber(t, { kind: 'number', prefix: /[$€£]/.exec(t)?.[0] ?? '', suffix: /[%$€£]$/.exec(t)?.[0] ?? '' })) ||
  !Number.isNaN(readNumber(t, { kind: 'number', decimal: ',', thousands: '.' })) ||
  !Number.isNaN(readNumber(t, { kind: 'number', thousands: ',' }));
const looksTime = (t: string) => t.length <= 40 && formatsOf(t).length > 0;

function findDelimiter(head: Uint8Array, whole: boolean, quote: string, lineEnd: 10 | 13): { delimiter: string; why: string } {
  let best = { delimiter: ',', score: 0, fields: 1, share: 0 };
  let ragged = { delimiter: '', hits: 0, lines: 0 };
  for (const d of MARKS) {
    const rows = rowsOf(head, whole, d, quote, lineEnd, 200);
    const { fields, share } = usual(rows);
    const several = rows.filter((r) => r.cells.length > 1).length / Math.max(1, rows.length);
    const hits = rows.reduce((s, r) => s + r.cells.length - 1, 0);
    if (several >= 0.4 && hits > ragged.hits) ragged = { delimiter: d, hits, lines: several };
    if (fields < 2) continue;
    let cells = 0;
    let clean = 0;
    for (const r of rows.slice(0, 100)) {
      for (const c of r.cells) {
        if (c === '') continue;
        cells++;
        if (!MARKS.some((o) => o !== d && c.includes(o)) || looksNumber(c)) clean++;
      }
    }
    const score = share * (0.4 + 0.6 * (cells ? clean / cells : 0)) * (1 + 0.05 * Math.log2(fields));
    if (share >= 0.5 && score > best.score * 1.0001) best = { delimiter: d, score, fields, share };
  }
  if (best.score < 0.6) {
    const rows = rowsOf(head, whole, ' ', quote, lineEnd, 200);
    const { fields, share } = usual(rows);
    const cells = rows.flatMap((r) => r.cells);
    const numeric = cells.filter((c) => looksNumber(c)).length / Math.max(1, cells.length);
    if (rows.length > 1 && share >= 0.9 && fields >= 2 && numeric >= (fields >= 3 ? 0.5 : 0.9)) {
      return { delimiter: ' ', why: `Runs of blanks cut ${percent(share)} of the lines into ${fields} fields.` };
    }
  }
  if (best.score === 0 && ragged.delimiter) {
    return { delimiter: ragged.delimiter, why: `The ${NAMES[ragged.delimiter]} cuts most lines, though into different numbers of fields.` };
  }
  if (best.score === 0) return { delimiter: ',', why: 'No delimiter cuts the lines alike, so the file is one column.' };
  return {
    delimiter: best.delimiter,
    why: `The ${NAMES[best.delimiter]} cuts ${percent(best.share)} of the lines into ${best.fields} fields.`,
  };
}

const percent = (share: number) => (share === 1 ? 'all' : `${(100 * share).toFixed(0)} %`);

/** Single quotes quote only when double ones never do and they open and close fields. */
function findQuote(text: string): string {
  if (text.includes('"')) return '"';
  const opens = text.match(/(?:^|[,;\t|\r\n]) *'/g)?.length ?? 0;
  const closes = text.match(/' *(?=[,;\t|\r\n]|$)/g)?.length ?? 0;
  return opens >= 2 && Math.abs(opens - closes) <= opens * 0.05 ? "'" : '"';
}

/** Titles and comments above the table: lines with far fewer filled fields than a usual one. */
function junkAbove(rows: readonly HeadRow[], fields: number, share: number): number {
  if (fields < 2 || share < 0.6) return 0;
  let k = 0;
  while (k < Math.min(rows.length - 1, 30)) {
    const { cells } = rows[k]!;
    const filled = cells.filter((c) => c !== '').length;
    const comment = cells[0]!.startsWith('#') && cells.length !== fields;
    if (
      !comment &&
      !(cells.length < fields && cells.length <= Math.max(1, fields / 2)) &&
      !(fields >= 3 && filled === 1 && cells[0] !== '')
    )
      break;
    k++;
  }
  return k;
}

function findHeader(rows: readonly HeadRow[]): { header: boolean; why: string } {
  const first = rows[0]!.cells;
  // The same line once more is a header repeated as often as it is data: it proves nothing.
  const body = rows.slice(1, 1001).filter((r) => r.cells.length !== first.length || r.cells.some((c, j) => c !== first[j]));
  if (body.length === 0) {
    return first.some((c) => looksNumber(c) || looksTime(c))
      ? { header: false, why: 'The only line holds values.' }
      : { header: true, why: 'The only line holds no numbers.' };
  }
  let asNames = 0;
  let asValues = 0;
  let nameHit = '';
  let valueHit = '';
  let repeats = 0;
  const unsure = first.length > 200 ? Math.ceil(first.length / 200) : 1;
  for (let j = 0; j < first.length; j += unsure) {
    const cell = first[j]!;
    const column = body.map((r) => r.cells[j] ?? '').filter((c) => !isMissing(c));
    if (column.length === 0) continue;
    const numeric = column.filter(looksNumber).length / column.length;
    const timed = numeric >= 0.9 ? 0 : column.filter(looksTime).length / column.length;
    if (cell === '') continue;
    if (numeric >= 0.9 || timed >= 0.9) {
      const fits = numeric >= 0.9 ? looksNumber(cell) : looksTime(cell);
      if (fits) {
        asValues++;
        valueHit ||= cell;
      } else if (!isMissing(cell)) {
        asNames++;
        nameHit ||= cell;
      }
    } else if (column.includes(cell)) {
      repeats++;
      valueHit ||= cell;
    }
  }
  if (asNames > 0 && asNames >= asValues)
    return { header: true, why: `The first line has names, such as “${nameHit}”, where the lines below have values.` };
  if (asValues > 0) return { header: false, why: `The first line has values like those below it, such as “${valueHit}”.` };
  if (repeats > 0 && repeats >= Math.min(2, first.length / 2) && new Set(first).size <= first.length)
    return { header: false, why: `The first line repeats below, such as “${valueHit}”, so it is data.` };
  if (first.some((c) => c !== '' && looksNumber(c)) && body.length > 1 && !first.some((c) => /\p{L}/u.test(c)))
    return { header: false, why: 'The first line holds numbers.' };
  return { header: true, why: 'All columns are words, and the first line does not repeat below, so it is taken as names.' };
}

/** The decimal mark of the file: a comma where columns have numbers like 1,5 and none has 1.5. */
function findDecimal(rows: readonly HeadRow[], width: number, delimiter: string): { decimal: '.' | ','; why: string } {
  if (delimiter === ',' && !rows.some((r) => r.cells.some((c) => /^-?\d+,\d{1,2}$/.test(c))))
    return { decimal: '.', why: 'Commas part the fields.' };
  let comma = 0;
  let dot = 0;
  for (let j = 0; j < width; j++) {
    let c = 0;
    let d = 0;
    let n = 0;
    for (const r of rows.slice(0, 500)) {
      const t = r.cells[j];
      if (t === undefined || isMissing(t)) continue;
      n++;
      if (
        /^[^\d]{0,3}-?\d{1,3}(\.\d{3})*,(\d{1,2}|\d{4,})[^\d]{0,4}$/.test(t) ||
        /^-?\d{1,3}(\.\d{3})+,\d+$/.test(t) ||
        /^-?0,\d+$/.test(t)
      )
        c++;
      if (/^[^\d]{0,3}-?\d{1,3}(,\d{3})*\.(\d{1,2}|\d{4,})[^\d]{0,4}$/.test(t) || /^-?0\.\d+$/.test(t)) d++;
    }
    if (n > 0 && c > n * 0.3) comma++;
    if (n > 0 && d > n * 0.3) dot++;
  }
  return comma > dot
    ? { decimal: ',', why: `${comma} ${comma === 1 ? 'column has' : 'columns have'} numbers with a decimal comma.` }
    : {
        decimal: '.',
        why:
          dot > 0 ? `${dot} ${dot === 1 ? 'column has' : 'columns have'} numbers with a decimal point.` : 'No column has a decimal comma.',
      };
}

/** `head`: the first bytes as UTF-8, without a byte-order mark. */
export function findDialect(
  head: Uint8Array,
  whole: boolean,
  encoding: { encoding: string; bom: boolean; why: string },
  choices: ReadChoices,
): Found | null {
  const text = new TextDecoder().decode(head.subarray(0, 1 << 18));
  const lineEnd = text.includes('\r') && !text.includes('\n') ? 13 : 10;
  const quote = choices.quote ?? findQuote(text);
  const small = head.subarray(0, 1 << 17);
  const found =
    choices.delimiter !== undefined
      ? { delimiter: choices.delimiter, why: 'You chose it.' }
      : findDelimiter(small, whole && small.length === head.length, quote, lineEnd);
  let rows = rowsOf(head, whole, found.delimiter, quote, lineEnd, 2000);
  if (rows.length === 0) return null;
  const { share, fields } = usual(rows);
  let skip: number;
  if (choices.skip !== undefined) {
    skip = choices.skip;
    rows = rows.filter((r) => r.line > skip);
    if (rows.length === 0) return null;
  } else {
    rows = rows.slice(junkAbove(rows, fields, share));
    skip = rows[0]!.line - 1;
  }
  const head2 = choices.header !== undefined ? { header: choices.header, why: 'You chose it.' } : findHeader(rows);
  const header = head2.header ? [...rows[0]!.cells] : null;
  const data = head2.header ? rows.slice(1) : rows;
  let width = header ? header.length : Math.max(...data.map((r) => r.cells.length));
  let namesWhy = head2.why;
  let trailing = 0;
  if (header && data.length > 0) {
    const body = usual(data);
    // A delimiter at the end of the header alone makes names without fields.
    while (body.share >= 0.9 && width > body.fields && header[width - 1] === '') {
      header.pop();
      width--;
      trailing++;
    }
    const surplus = data.some((r) => r.cells.slice(width).some((c) => c !== ''));
    if (body.fields > width && body.share >= 0.9 && surplus) {
      // One name too few is how R writes row names: they come first.
      const missing = body.fields - width;
      if (missing === 1 && header[0] !== '') header.unshift('');
      else for (let k = 0; k < missing; k++) header.push('');
      width = header.length;
      namesWhy += ` It has ${missing} ${missing === 1 ? 'name' : 'names'} too few.`;
    }
  }
  const decimal =
    choices.decimal !== undefined ? { decimal: choices.decimal, why: 'You chose it.' } : findDecimal(data, width, found.delimiter);
  return {
    dialect: {
      encoding: encoding.encoding,
      bom: encoding.bom,
      delimiter: found.delimiter,
      quote,
      header: head2.header,
      skip,
      decimal: decimal.decimal,
      missing: choices.missing ?? [],
      why: { encoding: encoding.why, delimiter: found.why, header: namesWhy, decimal: decimal.why },
    },
    lineEnd,
    header,
    firstLine: rows[0]!.line,
    width,
    trailing,
    rows: data,
  };
}
