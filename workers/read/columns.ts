/** Columns while they grow: numbers as they are read, everything else as dictionary codes. */
import { Dictionary } from './dictionary.js';
import { NumberParser } from './numbers.js';

/** What a cell that is not a number was, and where. */
export interface Odd {
  count: number;
  /** The first rows, at most 101. */
  readonly rows: number[];
}

export interface Builder {
  add(b: Uint8Array, start: number, end: number): void;
}

/** Cells that are no numbers are kept aside by their text; too many of them and the column gives up, to be read again as codes. */
export class NumberBuilder implements Builder {
  rows = 0;
  valid = 0;
  empty = 0;
  failed = false;
  readonly odd = new Map<string, Odd>();
  readonly parser: NumberParser;
  private values: Float64Array<ArrayBuffer>;
  private strange = 0;
  private readonly isMissing: (text: string) => boolean;
  private readonly patient: boolean;

  /** `patient`: never gives up, because a person said the column holds numbers. */
  constructor(capacity: number, mark: number, isMissing: (text: string) => boolean, patient: boolean) {
    this.values = new Float64Array(capacity);
    this.parser = new NumberParser(mark);
    this.isMissing = isMissing;
    this.patient = patient;
  }

  add(b: Uint8Array, start: number, end: number): void {
    if (this.failed) return;
    const row = this.rows++;
    if (row >= this.values.length) this.values = wider(this.values, new Float64Array(Math.ceil(row * 1.5) + 16));
    if (start >= end) {
      this.empty++;
      this.values[row] = NaN;
      return;
    }
    const v = this.parser.parse(b, start, end);
    this.values[row] = v;
    if (v === v) this.valid++;
    else this.put(b, start, end, row);
  }

  private put(b: Uint8Array, start: number, end: number, row: number): void {
    const text = new TextDecoder().decode(b.subarray(start, end));
    const known = this.odd.get(text);
    if (known) {
      known.count++;
      if (known.rows.length < 101) known.rows.push(row);
    } else {
      this.odd.set(text, { count: 1, rows: [row] });
      if (this.odd.size > 5000) this.give();
    }
    if (!this.isMissing(text) && ++this.strange > 50 && this.strange > row * 0.02 && !this.patient) this.give();
  }

  private give(): void {
    this.failed = true;
    this.values = new Float64Array(0);
    this.odd.clear();
  }

  take(): Float64Array {
    const all = this.values;
    this.values = new Float64Array(0);
    return all.length === this.rows ? all : all.slice(0, this.rows);
  }
}

export class CodeBuilder implements Builder {
  rows = 0;
  readonly dictionary = new Dictionary();
  private codes: Int32Array<ArrayBuffer>;

  constructor(capacity: number) {
    this.codes = new Int32Array(capacity);
  }

  add(b: Uint8Array, start: number, end: number): void {
    const row = this.rows++;
    if (row >= this.codes.length) this.codes = wider(this.codes, new Int32Array(Math.ceil(row * 1.5) + 16));
    this.codes[row] = start >= end ? -1 : this.dictionary.code(b, start, end);
  }

  take(): Int32Array {
    const all = this.codes;
    this.codes = new Int32Array(0);
    return all.length === this.rows ? all : all.slice(0, this.rows);
  }
}

function wider<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
