/** k folds that keep the rows of a group (a patient, a place) together. */
import { Problem } from '../../../src/core/problem.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { split } from '../../../src/core/split.js';
import { rowNumbers } from '../../../src/core/table.js';
import { cut, needed, partsOf, refuseFewRows, testRows } from './fold.js';

/** Groups in random order with their rows. Rows without a group (NaN, −1) count as one group of their own kind. */
function groupsOf(groups: ArrayLike<number>, u: Random): number[][] {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < groups.length; i++) {
    const of = rows.get(groups[i]!);
    if (of) of.push(i);
    else rows.set(groups[i]!, [i]);
  }
  const all = [...rows.values()];
  return Array.from(shuffle(rowNumbers(all.length), u), (g) => all[g]!);
}

export const group = split({
  id: 'group',
  version: 1,
  label: 'Whole groups',
  help: 'Rows that belong together (one patient, one school) are kept on one side. Without this, a model is tested on rows whose siblings it has seen, and looks better than it is.',
  source:
    'Roberts and others 2017, “Cross-validation strategies for data with temporal, spatial, hierarchical, or phylogenetic structure”.',
  params: {},
  needs: 'groups',
  folds(input, k, u) {
    refuseFewRows(input.rows, k);
    const groups = groupsOf(needed(input.groups, input.rows, 'groups'), u);
    if (groups.length < k) throw new Problem('split/few-groups', { groups: groups.length, k });
    const fold = new Uint32Array(input.rows);
    const size = new Float64Array(k);
    // The largest first, each to the fold that has the fewest rows so far (Graham 1969).
    for (const rows of groups.sort((a, b) => b.length - a.length)) {
      const f = size.indexOf(Math.min(...size));
      size[f]! += rows.length;
      for (const row of rows) fold[row] = f;
    }
    return partsOf(fold, k);
  },
  holdout(input, share, u) {
    const want = testRows(input.rows, share);
    const groups = groupsOf(needed(input.groups, input.rows, 'groups'), u);
    if (groups.length < 2) throw new Problem('split/few-groups', { groups: groups.length, k: 2 });
    const tests = new Uint8Array(input.rows);
    let size = 0;
    let taken = 0;
    for (const rows of groups) {
      // Taken when that brings the test side nearer to its share.
      if (taken === groups.length - 1 || Math.abs(size + rows.length - want) >= Math.abs(size - want)) continue;
      for (const row of rows) tests[row] = 1;
      size += rows.length;
      taken++;
    }
    // Every group is larger than twice the share: the smallest is the nearest there is.
    if (taken === 0) for (const row of groups.reduce((a, b) => (b.length < a.length ? b : a))) tests[row] = 1;
    return cut(input.rows, (i) => tests[i] === 1);
  },
});
