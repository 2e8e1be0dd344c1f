/** Drops training rows with gaps. */
import { real } from '../../src/core/param.js';
import { rowStep } from '../../src/core/step.js';
import { missingAt } from '../../src/core/table.js';
import { listed } from './columns.js';

export const dropMissingRows = rowStep({
  id: 'drop-missing-rows',
  version: 1,
  type: 'row',
  before: 'training',
  screen: 'clean',
  kinds: ['number', 'time', 'category', 'text'],
  label: 'Drop training rows with gaps',
  help: 'The model learns only from rows that are complete enough. Rows to test or predict keep their gaps, since a person with a gap still needs an answer; so fill gaps as well.',
  source: 'Little & Rubin, Statistical Analysis with Missing Data (2002), § 3.2 (complete-case analysis).',
  params: {
    share: real({
      label: 'Missing at most',
      help: 'A row stays when no more than this share of the chosen columns is missing. 0 asks for complete rows.',
      default: 0,
      min: 0,
      max: 1,
    }),
  },
  rows(table, on, params) {
    const columns = table.columns.filter((c) => on.includes(c.name));
    const most = params.share * columns.length;
    const kept: number[] = [];
    for (let i = 0; i < table.rows; i++) {
      let gaps = 0;
      for (const c of columns) if (missingAt(c, i)) gaps++;
      if (gaps <= most) kept.push(i);
    }
    return Uint32Array.from(kept);
  },
  says: (on, params) =>
    params.share === 0
      ? `Learn only from rows where ${listed(on)} is there`
      : `Learn only from rows with at most ${Math.round(params.share * 100)} % gaps in ${listed(on)}`,
});
