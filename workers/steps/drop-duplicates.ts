/** Drops rows that repeat an earlier row. */
import { rowStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { codesOf, listed } from './columns.js';

/** Groups of equal rows, refined column by column; cost rows × columns. */
function refine(groups: Float64Array, c: Column): void {
  const coded = codesOf(c);
  const index = new Map<string, number>();
  const same = coded.levels.map((text) => {
    const known = index.get(text) ?? index.size;
    index.set(text, known);
    return known;
  });
  const width = index.size + 1;
  const seen = new Map<number, number>();
  for (let i = 0; i < groups.length; i++) {
    const code = coded.codes[i]! < 0 ? index.size : same[coded.codes[i]!]!;
    const key = groups[i]! * width + code;
    let group = seen.get(key);
    if (group === undefined) {
      group = seen.size;
      seen.set(key, group);
    }
    groups[i] = group;
  }
}

export const dropDuplicates = rowStep({
  id: 'drop-duplicates',
  version: 1,
  type: 'row',
  before: 'split',
  screen: 'clean',
  kinds: ['number', 'time', 'category', 'text'],
  label: 'Drop repeated rows',
  help: 'Keeps the first of rows that are alike in the chosen columns. A row that is both in training and in the test makes every score too good, so this happens before the data is split.',
  source: 'Codd, “A relational model of data for large shared data banks”, CACM 13 (1970), § 2.1.',
  params: {},
  rows(table, on) {
    const groups = new Float64Array(table.rows);
    for (const c of table.columns) if (on.includes(c.name)) refine(groups, c);
    // Groups are numbered in the order of their first row, so a row is first when its group is a new highest.
    const kept: number[] = [];
    for (let i = 0; i < table.rows; i++) if (groups[i] === kept.length) kept.push(i);
    return Uint32Array.from(kept);
  },
  says: (on) => `Drop rows that repeat an earlier one in ${listed(on)}`,
});
