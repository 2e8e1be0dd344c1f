/** A table to CSV text (RFC 4180), in chunks, safe to open in a spreadsheet. */
import { cellText, isValues, type Column, type Table } from '../../src/core/table.js';

/** A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP: CSV injection). Numbers and times are left alone. */
export const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const quotedIfNeeded = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const ROWS_PER_CHUNK = 4096;

/** Header first, then rows in the order given (all of them unless told), lines ended by CR LF. */
export function* writeCsv(table: Table, rows?: ArrayLike<number>): Generator<string> {
  yield line(table.columns.map((c) => quotedIfNeeded(harmless(c.name))));
  // Levels are written once each; a column of one empty cell is quoted, or it would be a blank line.
  const texts = table.columns.map((c) => (isValues(c) ? null : c.levels.map((l) => quotedIfNeeded(harmless(l)))));
  const alone = table.columns.length === 1;
  const n = rows ? rows.length : table.rows;
  for (let from = 0; from < n; from += ROWS_PER_CHUNK) {
    let chunk = '';
    for (let i = from; i < Math.min(n, from + ROWS_PER_CHUNK); i++) {
      const row = rows ? rows[i]! : i;
      const cells = table.columns.map((c: Column, j) => {
        const levels = texts[j];
        return levels && !isValues(c) ? (c.codes[row]! < 0 ? '' : levels[c.codes[row]!]!) : cellText(c, row);
      });
      chunk += alone && cells[0] === '' ? '""\r\n' : line(cells);
    }
    yield chunk;
  }
}

const line = (cells: readonly string[]) => `${cells.join(',')}\r\n`;
