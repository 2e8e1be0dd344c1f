/**
 * Bytes to records, without making strings: plain lines are cut by hand, records that hold a quoted field go to papaparse.
 * The end of a quoted record follows papaparse's own rule, so that both always agree on where a record ends.
 */
import Papa from 'papaparse';

export interface Form {
  /** One byte; a blank (32) means runs of blanks and tabs. */
  readonly delimiter: number;
  /** 34, 39, or −1 for none. */
  readonly quote: number;
  /** 10, or 13 in files that have only carriage returns. */
  readonly lineEnd: number;
}

/** Told of every record. Field k is bytes[starts[k] … ends[k]), outer blanks dropped. Valid only during the call. */
export interface Sink {
  record(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, n: number, line: number): void;
  /** A blank line. */
  blank(line: number): void;
  /** A quote that was never closed: its line is then read as it stands. */
  openQuote(line: number, text: string): void;
}

const BLANK = 32;
const TAB = 9;
const CR = 13;
/** A quoted record longer than this counts as never closed. */
const LONGEST_RECORD = 6 << 20;

export class Scanner {
  /** 1-based line of the next record. */
  line = 1;
  /** Fields a record should have; a quoted record over several lines that misses it while its first line meets it has a stray quote. 0: unknown. */
  expected = 0;
  private rest = new Uint8Array(0);
  private starts = new Int32Array(1024);
  private ends = new Int32Array(1024);
  /** Bounds of a quoted record's cells: given while those of the plain record after it are already known. */
  private given = [new Int32Array(1024), new Int32Array(1024)] as const;
  private readonly form: Form;
  private readonly sink: Sink;
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly encoder = new TextEncoder();
  private scratch = new Uint8Array(4096);
  /** For records that end in the line's end alone, and in CR LF. */
  private readonly parsers: readonly Papa.Parser[];
  /** Quoted records that wait to be parsed together: from, to (without the line's end), line, 1 if a CR stood before the LF. */
  private readonly waiting: number[] = [];

  constructor(form: Form, sink: Sink) {
    this.form = form;
    this.sink = sink;
    this.parsers =
      form.quote < 0 || form.delimiter === BLANK
        ? []
        : ([form.lineEnd === 10 ? '\n' : '\r', '\r\n'] as const).map(
            (newline) =>
              new Papa.Parser({ delimiter: String.fromCharCode(form.delimiter), newline, quoteChar: String.fromCharCode(form.quote) }),
          );
  }

  push(piece: Uint8Array, last: boolean): void {
    let b = piece;
    if (this.rest.length > 0) {
      b = new Uint8Array(this.rest.length + piece.length);
      b.set(this.rest);
      b.set(piece, this.rest.length);
    }
    const used = this.form.delimiter === BLANK ? this.blanks(b, last) : this.scan(b, last);
    this.flush(b);
    this.rest = b.slice(used);
  }

  /** Cuts whole records; returns how many bytes were used. */
  private scan(b: Uint8Array, last: boolean): number {
    const { delimiter, quote, lineEnd } = this.form;
    const size = b.length;
    let from = 0;
    while (from < size) {
      let n = 0;
      let start: number;
      let i = from;
      let closed = false;
      let odd = false;
      for (;;) {
        // A field: leading blanks, then bytes up to the delimiter or the line's end.
        while (i < size && (b[i] === BLANK || (b[i] === TAB && delimiter !== TAB))) i++;
        start = i;
        if (i < size && b[i] === quote) {
          odd = true;
          break;
        }
        let c = -1;
        while (i < size && (c = b[i]!) !== delimiter && c !== lineEnd) i++;
        if (i >= size && !last) break;
        if (n >= this.starts.length) this.grow();
        let end = i;
        while (end > start && (b[end - 1]! === BLANK || b[end - 1]! === CR || (b[end - 1]! === TAB && delimiter !== TAB))) end--;
        this.starts[n] = start;
        this.ends[n] = end;
        n++;
        if (i >= size) {
          closed = true;
          break;
        }
        i++;
        if (c === lineEnd) {
          closed = true;
          break;
        }
      }
      if (odd) {
        const next = this.quoted(b, from, i, last);
        if (next < 0) return from;
        from = next;
        continue;
      }
      if (!closed) return from;
      if (n === 1 && this.starts[0] === this.ends[0]) {
        if (this.waiting.length) this.flush(b);
        this.sink.blank(this.line);
      } else {
        if (this.waiting.length) this.flush(b);
        this.sink.record(b, this.starts, this.ends, n, this.line);
      }
      this.line++;
      from = i;
    }
    return from;
  }

  /** A record whose field at `field` starts with a quote. Returns where the next record starts; −1: more bytes are needed. */
  private quoted(b: Uint8Array, from: number, field: number, last: boolean): number {
    const { delimiter, quote, lineEnd } = this.form;
    const size = b.length;
    let i = field;
    let lines = 0;
    let fields = 1;
    for (let k = from; k < field; k++) if (b[k] === delimiter) fields++;
    let firstEnd = -1;
    let open = true;
    for (;;) {
      if (open) {
        // Inside quotes, i at the opening one.
        i++;
        for (;;) {
          while (i < size && b[i] !== quote) {
            if (b[i] === lineEnd) {
              lines++;
              if (firstEnd < 0) firstEnd = i;
            }
            i++;
          }
          if (i >= size) {
            if (!last && size - from < LONGEST_RECORD) return -1;
            return this.stray(b, from, last);
          }
          if (i + 1 >= size) {
            if (!last) return -1;
            i++;
            break;
          }
          if (b[i + 1] === quote) {
            i += 2;
            continue;
          }
          // A quote closes only before a delimiter, a line's end or the file's end (blanks may stand between).
          let k = i + 1;
          while (k < size && (b[k] === BLANK || b[k] === CR || (b[k] === TAB && delimiter !== TAB))) k++;
          if (k >= size) {
            if (!last) return -1;
            i = k;
            break;
          }
          if (b[k] === delimiter || b[k] === lineEnd) {
            i = k;
            break;
          }
          i++;
        }
        open = false;
      }
      while (i < size && b[i] !== delimiter && b[i] !== lineEnd) i++;
      if (i >= size) {
        if (!last) return -1;
        break;
      }
      if (b[i] === lineEnd) break;
      i++;
      fields++;
      let k = i;
      while (k < size && (b[k] === BLANK || (b[k] === TAB && delimiter !== TAB))) k++;
      if (k >= size && !last) return -1;
      if (k < size && b[k] === quote) {
        i = k;
        open = true;
      }
    }
    if (lines > 0 && this.expected > 1 && fields !== this.expected) {
      let plain = 1;
      for (let k = from; k < firstEnd; k++) if (b[k] === delimiter) plain++;
      if (plain === this.expected) return this.stray(b, from, last);
    }
    const cr = lineEnd === 10 && b[i - 1] === CR ? 1 : 0;
    this.waiting.push(from, i - cr, this.line, cr);
    this.line += lines + 1;
    if (this.waiting.length >= 4 * 512) this.flush(b);
    return Math.min(size, i + 1);
  }

  /** Reads one line as it stands, without its stray opening quotes. */
  private stray(b: Uint8Array, from: number, last: boolean): number {
    const { delimiter, quote, lineEnd } = this.form;
    let to = from;
    while (to < b.length && b[to] !== lineEnd) to++;
    if (to >= b.length && !last) return -1;
    this.flush(b);
    const text = this.decoder.decode(b.subarray(from, to));
    this.sink.openQuote(this.line, text.slice(0, 80));
    const mark = String.fromCharCode(quote);
    const cells = text.split(String.fromCharCode(delimiter)).map((cell) => {
      const t = cell.trim();
      return t.startsWith(mark) ? (t.endsWith(mark) && t.length > 1 ? t.slice(1, -1).replaceAll(mark + mark, mark) : t.slice(1)) : t;
    });
    this.give(cells, this.line);
    this.line++;
    return Math.min(b.length, to + 1);
  }

  /** Parses the quoted records that wait. */
  private flush(b: Uint8Array): void {
    const w = this.waiting;
    if (w.length === 0) return;
    let run = 0;
    while (run < w.length) {
      // Records that follow each other and end alike are one text for papaparse.
      const cr = w[run + 3]!;
      let end = run + 4;
      while (end < w.length && w[end + 3] === cr && w[end]! === w[end - 3]! + 1 + cr) end += 4;
      const rows = this.parse(b, w[run]!, w[end - 3]!, cr);
      const count = (end - run) / 4;
      for (let k = 0; k < count; k++) {
        const at = run + 4 * k;
        const row = rows.length === count ? rows[k]! : (this.parse(b, w[at]!, w[at + 1]!, cr)[0] ?? ['']);
        this.give(row, w[at + 2]!);
      }
      run = end;
    }
    w.length = 0;
  }

  private parse(b: Uint8Array, from: number, to: number, cr: number): string[][] {
    const delimiter = String.fromCharCode(this.form.delimiter);
    const quote = String.fromCharCode(this.form.quote);
    let text = this.decoder.decode(b.subarray(from, to));
    // papaparse takes a quote only at a field's very start.
    if (text.includes(` ${quote}`) || text.includes(`\t${quote}`)) text = this.withoutBlanks(text, delimiter, quote);
    const data = this.parsers[cr]!.parse(text, 0, false) as { data: string[][] };
    return data.data;
  }

  /** Drops blanks between a delimiter (or a line's start) and an opening quote, outside quotes. */
  private withoutBlanks(text: string, delimiter: string, quote: string): string {
    const end = this.form.lineEnd === 10 ? '\n' : '\r';
    let out = '';
    let i = 0;
    let inside = false;
    let fresh = true;
    while (i < text.length) {
      const c = text[i]!;
      if (inside) {
        out += c;
        if (c === quote) {
          if (text[i + 1] === quote) out += text[++i]!;
          else if (
            /^[ \t\r]*$/.test(
              text
                .slice(i + 1, i + 200)
                .split(delimiter)[0]!
                .split(end)[0]!,
            )
          )
            inside = false;
        }
      } else if (fresh && (c === ' ' || (c === '\t' && delimiter !== '\t'))) {
        let k = i;
        while (text[k] === ' ' || (text[k] === '\t' && delimiter !== '\t')) k++;
        if (text[k] !== quote) out += text.slice(i, k);
        i = k;
        continue;
      } else {
        inside = fresh && c === quote;
        fresh = c === delimiter || c === end;
        out += c;
        i++;
        continue;
      }
      fresh = false;
      i++;
    }
    return out;
  }

  /** Cells that are strings already, to the sink as bytes. */
  private give(cells: readonly string[], line: number): void {
    let at = 0;
    if (cells.length > this.given[0].length) this.given = [new Int32Array(cells.length * 2), new Int32Array(cells.length * 2)];
    const [starts, ends] = this.given;
    let most = 0;
    for (const cell of cells) most += cell.length * 3;
    if (most > this.scratch.length) this.scratch = new Uint8Array(most * 2);
    for (let k = 0; k < cells.length; k++) {
      const { written } = this.encoder.encodeInto(cells[k]!, at === 0 ? this.scratch : this.scratch.subarray(at));
      let start = at;
      let end = at + written;
      while (end > start && (this.scratch[end - 1]! === BLANK || this.scratch[end - 1]! === TAB || this.scratch[end - 1]! === CR)) end--;
      while (start < end && (this.scratch[start]! === BLANK || this.scratch[start]! === TAB)) start++;
      starts[k] = start;
      ends[k] = end;
      at += written;
    }
    this.sink.record(this.scratch, starts, ends, cells.length, line);
  }

  /** The same for columns set apart by runs of blanks. */
  private blanks(b: Uint8Array, last: boolean): number {
    const { quote, lineEnd } = this.form;
    let from = 0;
    while (from < b.length) {
      let to = from;
      while (to < b.length && b[to] !== lineEnd) to++;
      if (to >= b.length && !last) return from;
      let n = 0;
      let i = from;
      while (i < to) {
        while (i < to && (b[i] === BLANK || b[i] === TAB || b[i] === CR)) i++;
        if (i >= to) break;
        if (n >= this.starts.length) this.grow();
        let start = i;
        let end: number;
        if (b[i] === quote) {
          start = ++i;
          while (i < to && b[i] !== quote) i++;
          end = i++;
        } else {
          while (i < to && b[i] !== BLANK && b[i] !== TAB && b[i] !== CR) i++;
          end = i;
        }
        this.starts[n] = start;
        this.ends[n++] = Math.min(end, to);
      }
      if (n === 0) this.sink.blank(this.line);
      else this.sink.record(b, this.starts, this.ends, n, this.line);
      this.line++;
      from = to + 1;
    }
    return Math.min(from, b.length);
  }

  private grow(): void {
    for (const key of ['starts', 'ends'] as const) {
      const wider = new Int32Array(this[key].length * 4);
      wider.set(this[key]);
      this[key] = wider;
    }
  }
}
