/** What the splits share: turning a number of the fold per row into parts, and refusing what cannot be split. */
import { Problem } from '../../../src/core/problem.js';
import type { Part } from '../../../src/core/split.js';

/** Part f tests the rows whose fold is f and trains on all others. */
export function partsOf(fold: ArrayLike<number>, k: number): Part[] {
  return Array.from({ length: k }, (_, f) => cut(fold.length, (i) => fold[i] === f));
}

/** One part: the rows for which `tests` is true, against the rest. */
export function cut(rows: number, tests: (row: number) => boolean): Part {
  const train: number[] = [];
  const test: number[] = [];
  for (let i = 0; i < rows; i++) (tests(i) ? test : train).push(i);
  return { train: Uint32Array.from(train), test: Uint32Array.from(test) };
}

export function refuseFewRows(rows: number, k: number): void {
  if (!Number.isInteger(k) || k < 2) throw new Problem('split/folds', { k });
  if (rows < k) throw new Problem('split/few-rows', { rows, k });
}

/** How many rows to test on: about the share, with at least one row on each side. */
export function testRows(rows: number, share: number): number {
  if (!(share > 0 && share < 1)) throw new Problem('split/share', { share });
  if (rows < 2) throw new Problem('split/few-rows', { rows, k: 2 });
  return Math.min(rows - 1, Math.max(1, Math.round(rows * share)));
}

/** What the split is told about each row; the caller looks at `needs` first. */
export function needed(values: ArrayLike<number> | undefined, rows: number, what: string): ArrayLike<number> {
  if (!values || values.length !== rows) throw new Error(`This split needs ${what} for each of ${rows} rows`);
  return values;
}
