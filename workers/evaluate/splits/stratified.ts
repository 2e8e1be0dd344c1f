/** k folds in which every class has its share of rows, to within one row. */
import { shuffle, type Random } from '../../../src/core/random.js';
import { split } from '../../../src/core/split.js';
import { cut, needed, partsOf, refuseFewRows, testRows } from './fold.js';

/** Rows of each class, shuffled within; classes ascending, so that the answer does not hang on which row comes first. */
function byClass(classes: ArrayLike<number>, u: Random): number[][] {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < classes.length; i++) {
    const of = rows.get(classes[i]!);
    if (of) of.push(i);
    else rows.set(classes[i]!, [i]);
  }
  return [...rows.entries()].sort((a, b) => a[0] - b[0]).map(([, of]) => shuffle(of, u));
}

export const stratified = split({
  id: 'stratified',
  version: 1,
  label: 'Random, same share of each class',
  help: 'As random, but every part gets its share of each class, so that a rare class is not missing from one by bad luck. The usual choice for classes.',
  source: 'Kohavi 1995, “A study of cross-validation and bootstrap for accuracy estimation and model selection”.',
  params: {},
  needs: 'classes',
  folds(input, k, u) {
    refuseFewRows(input.rows, k);
    const fold = new Uint32Array(input.rows);
    // Dealt like cards, class after class without starting over: classes and folds both stay within one row.
    let place = 0;
    for (const rows of byClass(needed(input.classes, input.rows, 'classes'), u)) for (const row of rows) fold[row] = place++ % k;
    return partsOf(fold, k);
  },
  holdout(input, share, u) {
    const size = testRows(input.rows, share);
    const groups = byClass(needed(input.classes, input.rows, 'classes'), u);
    // Largest remainders; a class with one row gives it to training unless nothing else is left.
    const take = groups.map((rows) => Math.floor(rows.length * share));
    let left = size - take.reduce((a, b) => a + b, 0);
    const next = groups
      .map((rows, c) => ({ c, rest: rows.length * share - take[c]!, alone: rows.length - take[c]! <= 1 }))
      .sort((a, b) => Number(a.alone) - Number(b.alone) || b.rest - a.rest || a.c - b.c);
    for (const { c } of next) {
      if (left <= 0) break;
      take[c]!++;
      left--;
    }
    const tests = new Uint8Array(input.rows);
    groups.forEach((rows, c) => rows.slice(0, take[c]).forEach((row) => (tests[row] = 1)));
    return cut(input.rows, (i) => tests[i] === 1);
  },
});
