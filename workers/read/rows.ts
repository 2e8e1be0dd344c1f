/** Takes records one by one: passes over what is not data, mends ragged rows, and feeds the columns. */
import type { Builder } from './columns.js';
import type { Issues, Lines } from './issues.js';
import type { Sink } from './scan.js';

export interface Layout {
  /** The header's raw cells, or null. */
  readonly header: readonly string[] | null;
  /** Line of the header, or of the first row. */
  readonly firstLine: number;
  width: number;
}

/** Widest table that a file without a header may grow to. */
const WIDEST = 20000;
const FOOTER_ROWS = 5;

interface Kept {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly n: number;
  readonly line: number;
}

export class Rows implements Sink {
  rows = 0;
  /** Data records met, whether kept or not. */
  records = 0;
  private readonly layout: Layout;
  /** Null: this column is not wanted in this pass. */
  private readonly builders: (Builder | null)[];
  private readonly grow: (() => Builder) | null;
  /** Null in a second pass: everything was noted in the first. */
  private readonly issues: Issues | null;
  private readonly lines: Lines;
  private readonly wanted: ((record: number) => boolean) | null;
  private readonly headerBytes: Uint8Array[] | null;
  /** Short rows that may turn out to be a footer. */
  private short: Kept[] = [];
  private blankBefore = false;

  constructor(
    layout: Layout,
    builders: (Builder | null)[],
    grow: (() => Builder) | null,
    issues: Issues | null,
    lines: Lines,
    wanted: ((record: number) => boolean) | null,
  ) {
    this.layout = layout;
    this.builders = builders;
    this.grow = grow;
    this.issues = issues;
    this.lines = lines;
    this.wanted = wanted;
    const encoder = new TextEncoder();
    this.headerBytes = layout.header && layout.header.length > 1 ? layout.header.map((h) => encoder.encode(h)) : null;
  }

  record(b: Uint8Array, starts: Int32Array, ends: Int32Array, n: number, line: number): void {
    const { layout } = this;
    if (line < layout.firstLine || (layout.header && line === layout.firstLine)) return;
    const { width } = layout;
    if (n === width) {
      if (this.headerBytes && this.isHeader(b, starts, ends)) {
        this.issues?.add('second-header', line, new TextDecoder().decode(b.subarray(starts[0]!, ends[n - 1]!)));
        return;
      }
      if (this.short.length > 0) this.settleShort();
      this.put(b, starts, ends, n, line);
    } else if (n < width) {
      let filled = 0;
      for (let k = 0; k < n; k++) if (ends[k]! > starts[k]!) filled++;
      if (filled === 0) return;
      if (this.rows > 0 && filled <= Math.max(1, width / 4) && (width > 2 || this.blankBefore || this.short.length > 0) && layout.header) {
        this.short.push({
          bytes: b.slice(starts[0], ends[n - 1]),
          starts: shifted(starts, n, starts[0]!),
          ends: shifted(ends, n, starts[0]!),
          n,
          line,
        });
        if (this.short.length > FOOTER_ROWS) this.settleShort();
      } else {
        if (this.short.length > 0) this.settleShort();
        this.put(b, starts, ends, n, line);
      }
    } else {
      if (this.short.length > 0) this.settleShort();
      let used = n;
      while (used > width && ends[used - 1]! <= starts[used - 1]!) used--;
      if (used > width && this.grow && used <= WIDEST) {
        while (layout.width < used) {
          const builder = this.grow();
          for (let r = 0; r < this.rows; r++) builder.add(b, 0, 0);
          this.builders.push(builder);
          layout.width++;
        }
      } else if (used > width) this.issues?.add('too-many-fields', line, new TextDecoder().decode(b.subarray(starts[0]!, ends[n - 1]!)));
      this.put(b, starts, ends, Math.min(n, layout.width), line);
    }
    this.blankBefore = false;
  }

  blank(): void {
    this.blankBefore = true;
  }

  openQuote(line: number, text: string): void {
    this.issues?.add('open-quote', line, text);
  }

  /** After the last record: short rows at the very end are a footer, not data. */
  end(): void {
    for (const k of this.short) this.issues?.add('footer', k.line, new TextDecoder().decode(k.bytes));
    this.short = [];
  }

  private settleShort(): void {
    for (const k of this.short) this.put(k.bytes, k.starts, k.ends, k.n, k.line);
    this.short = [];
  }

  private put(b: Uint8Array, starts: Int32Array, ends: Int32Array, n: number, line: number): void {
    const record = this.records++;
    if (this.wanted && !this.wanted(record)) return;
    const { builders } = this;
    const width = this.layout.width;
    if (n < width && this.layout.header)
      this.issues?.add('too-few-fields', line, new TextDecoder().decode(b.subarray(starts[0]!, ends[n - 1]!)));
    for (let k = 0; k < n; k++) {
      const builder = builders[k];
      if (builder) builder.add(b, starts[k]!, ends[k]!);
    }
    for (let k = n; k < width; k++) builders[k]?.add(b, 0, 0);
    this.lines.put(this.rows++, line);
  }

  private isHeader(b: Uint8Array, starts: Int32Array, ends: Int32Array): boolean {
    const header = this.headerBytes!;
    for (let k = 0; k < header.length; k++) {
      const h = header[k]!;
      const start = starts[k]!;
      if (ends[k]! - start !== h.length) return false;
      for (let i = 0; i < h.length; i++) if (b[start + i] !== h[i]) return false;
    }
    return true;
  }
}

function shifted(a: Int32Array, n: number, by: number): Int32Array {
  const out = a.slice(0, n);
  for (let k = 0; k < n; k++) out[k]! -= by;
  return out;
}
