/** What a model needs at the end of a recipe so that it can take these columns. */
import type { Model } from '../../src/core/model.js';
import type { Use } from '../../src/core/step.js';
import type { CodeColumn, Column } from '../../src/core/table.js';
import { isCodes } from '../../src/core/table.js';
import { countLevels } from './columns.js';

const use = (id: string, on: Use['on'], note: string, params: Use['params'] = {}, name: string = id): Use => ({
  id: `prepare-${name}`,
  step: id,
  version: 1,
  on,
  params,
  note,
});

/** Free text that reads like sentences or names, three words or more on average, rather than like codes. */
export function wordy(c: CodeColumn): boolean {
  const some = countLevels(c).levels.slice(0, 500);
  if (some.length < 2) return false;
  const words = some.reduce((sum, text) => sum + (text.match(/[\p{L}\p{N}_]{2,}/gu)?.length ?? 0), 0);
  return words / some.length >= 3;
}

/**
 * The order matters: times and texts become numbers first; then gaps are filled, always, since new data may have
 * gaps where training had none; numbers are put on one scale before categories become columns of 0 and 1, which stay as they are.
 */
export function preparation(takes: Model['takes'], columns: readonly Column[]): Use[] {
  const out: Use[] = [];
  const texts = columns.filter((c): c is CodeColumn => isCodes(c) && c.kind === 'text');
  const rich = texts.filter(wordy).map((c) => c.name);
  const poor = texts.filter((c) => !wordy(c)).map((c) => c.name);
  if (columns.some((c) => c.kind === 'time')) out.push(use('date-parts', 'times', 'Models take numbers, so dates are taken apart.'));
  if (rich.length) out.push(use('tf-idf', rich, 'Models take numbers, so texts are counted word by word.', { terms: 50 }));
  if (poor.length)
    out.push(use('drop-columns', poor, 'Free text that is no sentence (codes, names) is left out: no model here can use it as it is.'));
  if (!takes.missing) {
    out.push(
      use('impute', 'numbers', 'This model cannot work with gaps: numbers get their median.', { strategy: 'median' }, 'impute-numbers'),
    );
    if (columns.some((c) => c.kind === 'category'))
      out.push(
        use(
          'impute',
          'categories',
          'This model cannot work with gaps: categories get their most frequent level.',
          { strategy: 'most-frequent' },
          'impute-categories',
        ),
      );
  }
  if (takes.scaled) out.push(use('standardise', 'numbers', 'This model works best when all numbers are on one scale.'));
  if (!takes.categories && columns.some((c) => c.kind === 'category'))
    out.push(use('one-hot', 'categories', 'This model takes numbers only, so every level becomes a column.'));
  return out;
}
