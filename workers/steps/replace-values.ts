/** Puts one value in the place of another. */
import { text } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { isValues, timeOf } from '../../src/core/table.js';
import { listed, mapLevels, parseNumber } from './columns.js';

type Learnt = { readonly names: readonly string[] };

/** A written value of this column; '' is missing. */
function valueOf(c: Column, written: string): number {
  if (written === '') return NaN;
  const v = c.kind === 'time' ? timeOf(written) : parseNumber(written);
  if (Number.isNaN(v)) throw new Problem('steps/not-a-fill', { column: c.name, fill: written, kind: c.kind });
  return v;
}

export const replaceValues = columnStep({
  id: 'replace-values',
  version: 1,
  type: 'column',
  screen: 'clean',
  kinds: ['number', 'time', 'category', 'text'],
  label: 'Replace a value',
  help: 'Every cell that is exactly the first value becomes the second. Left empty, a value means “missing”: so −999 → nothing undoes a disguised gap.',
  source: 'Kandel et al., “Wrangler”, CHI (2011).',
  params: {
    from: text({ label: 'Replace', help: 'The value to look for; empty for missing cells.', default: '', maxLength: 500 }),
    to: text({ label: 'By', help: 'What to put there; empty for missing.', default: '', maxLength: 500 }),
  },
  learn: (columns): Learnt => ({ names: columns.map((c) => c.name) }),
  apply(columns, _state, params) {
    return columns.map((c): Column => {
      if (isValues(c)) {
        const from = valueOf(c, params.from);
        const to = valueOf(c, params.to);
        const gap = Number.isNaN(from);
        return { ...c, values: c.values.map((v) => ((gap ? Number.isNaN(v) : v === from) ? to : v)) };
      }
      if (params.from !== '') return mapLevels(c, (t) => (t === params.from ? params.to : t));
      if (params.to === '') return c;
      const known = c.levels.indexOf(params.to);
      const levels = known < 0 ? [...c.levels, params.to] : c.levels;
      return { ...c, levels, codes: c.codes.map((code) => (code < 0 ? (known < 0 ? levels.length - 1 : known) : code)) };
    });
  },
  says: (on, params) =>
    `In ${listed(on)}, replace ${params.from === '' ? 'missing cells' : `“${params.from}”`} by ${params.to === '' ? 'missing' : `“${params.to}”`}`,
  learnt: () => 'Nothing to learn: the rule is the same for every row.',
});
