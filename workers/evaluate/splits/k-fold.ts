/** k folds of shuffled rows: each row is tested once. */
import { shuffle } from '../../../src/core/random.js';
import { split } from '../../../src/core/split.js';
import { rowNumbers } from '../../../src/core/table.js';
import { cut, partsOf, refuseFewRows, testRows } from './fold.js';

export const kFold = split({
  id: 'k-fold',
  version: 1,
  label: 'Random',
  help: 'Rows are shuffled and dealt into parts of equal size. Right when every row stands for itself and order means nothing.',
  source: 'Stone 1974, “Cross-validatory choice and assessment of statistical predictions”.',
  params: {},
  needs: 'nothing',
  folds({ rows }, k, u) {
    refuseFewRows(rows, k);
    const fold = new Uint32Array(rows);
    shuffle(rowNumbers(rows), u).forEach((row, place) => (fold[row] = place % k));
    return partsOf(fold, k);
  },
  holdout({ rows }, share, u) {
    const size = testRows(rows, share);
    const tests = new Uint8Array(rows);
    for (const row of shuffle(rowNumbers(rows), u).subarray(0, size)) tests[row] = 1;
    return cut(rows, (i) => tests[i] === 1);
  },
});
