/** What the folds of a run say alike is one group. */
import { expect, it } from 'vitest';
import { noteGroups } from '../../../src/stages/train/notes.js';

it('puts together what begins alike up to its colon, in the order it was first said', () => {
  const notes = ['Pairs: a × b.', 'Backend: wasm.', 'Pairs: b × c.', 'It cannot take weights: every row counts the same.', 'Pairs: a × c.'];
  expect(noteGroups(notes)).toEqual([
    { begins: 'Pairs', all: ['Pairs: a × b.', 'Pairs: b × c.', 'Pairs: a × c.'] },
    { begins: 'Backend', all: ['Backend: wasm.'] },
    { begins: 'It cannot take weights', all: ['It cannot take weights: every row counts the same.'] },
  ]);
  expect(noteGroups(['No colon here.', 'Nor here.']).map((g) => g.all.length)).toEqual([1, 1]);
});
