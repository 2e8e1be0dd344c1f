/** Leaves out columns that never change. */
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { isValues, missingAt } from '../../src/core/table.js';
import { listed, rowsIn } from './columns.js';

type Learnt = { readonly names: readonly string[]; readonly dropped: readonly number[] };

function changes(c: Column): boolean {
  const n = rowsIn([c]);
  for (let i = 1; i < n; i++) {
    if (missingAt(c, i) !== missingAt(c, 0)) return true;
    if (missingAt(c, i)) continue;
    if (isValues(c) ? c.values[i] !== c.values[0] : c.levels[c.codes[i]!] !== c.levels[c.codes[0]!]) return true;
  }
  return false;
}

export const dropConstant = columnStep({
  id: 'drop-constant',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number', 'time', 'category', 'text'],
  label: 'Leave out constant columns',
  help: 'A column with the same value in every training row cannot tell rows apart. A gap counts as a value.',
  source: 'Kuhn & Johnson, Applied Predictive Modeling (2013), § 3.5.',
  params: {},
  learn: (columns): Learnt => ({ names: columns.map((c) => c.name), dropped: columns.flatMap((c, j) => (changes(c) ? [] : [j])) }),
  apply(columns, state) {
    const dropped = new Set((state as Learnt).dropped);
    return columns.filter((_, j) => !dropped.has(j));
  },
  says: (on) => `Leave out those of ${listed(on)} that never change`,
  learnt(state) {
    const { names, dropped } = state as Learnt;
    return dropped.length === 0
      ? 'Every column changes, so all stay.'
      : `Left out: ${listed(
          dropped.map((j) => names[j]!),
          6,
        )}.`;
  },
});
