/** Faulty data is collected and counted, never thrown. */
import type { Issue } from '../../src/core/profile.js';

const MOST_LINES = 101;

export class Issues {
  private readonly found = new Map<string, { code: Issue['code']; count: number; lines: number[]; example: string; column?: string }>();

  add(code: Issue['code'], line: number, example: string, column?: string, count = 1): void {
    const key = column === undefined ? code : `${code} ${column}`;
    const known = this.found.get(key);
    if (known) {
      known.count += count;
      if (known.lines.length < MOST_LINES) known.lines.push(line);
    } else this.found.set(key, { code, count, lines: [line], example: example.slice(0, 200), ...(column === undefined ? {} : { column }) });
  }

  list(): Issue[] {
    return [...this.found.values()].map((f) => ({ ...f, line: f.lines[0]! }));
  }
}

/** Which line a data row came from: kept only where the distance between row and line changes. */
export class Lines {
  private readonly rows: number[] = [];
  private readonly shift: number[] = [];

  put(row: number, line: number): void {
    if (this.shift.length === 0 || this.shift[this.shift.length - 1] !== line - row) {
      this.rows.push(row);
      this.shift.push(line - row);
    }
  }

  of(row: number): number {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (this.rows[mid]! <= row) low = mid;
      else high = mid - 1;
    }
    return row + (this.shift[low] ?? 1);
  }
}
