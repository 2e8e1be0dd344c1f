/** Settings in words: of the model and of its members, only what plays a part for the task. */
import { expect, it } from 'vitest';
import { choice, int, members, settingsInWords } from '../../../src/core/param.js';

const tree = {
  id: 'tree',
  label: 'Decision tree',
  params: {
    criterion: choice({ label: 'Impurity', help: 'h', options: { gini: 'Gini', entropy: 'Entropy' }, default: 'gini', only: 'class' }),
    depth: int({ label: 'Deepest level', help: 'h', default: 5, min: 1, max: 20 }),
    limit: choice({ label: 'Limit', help: 'h', options: { none: 'None', leaves: 'Leaves' }, default: 'none' }),
    leaves: int({ label: 'Leaves', help: 'h', default: 8, min: 2, max: 99, when: { param: 'limit', is: ['leaves'] } }),
  },
};
const blend = {
  id: 'blend',
  label: 'Blend',
  params: { members: members({ label: 'Members', help: 'h', default: [], minLength: 0, maxLength: 9, none: 'nothing' }) },
};

it('leaves out what is for the other task and what is switched off, of a member too', () => {
  const params = { criterion: 'entropy', depth: 3, limit: 'none', leaves: 50 };
  expect(settingsInWords([tree, blend], 'tree', params, 'class', true)).toEqual([
    ['Impurity', 'Entropy'],
    ['Deepest level', '3'],
  ]);
  const said = (task: 'class' | 'number') => settingsInWords([tree, blend], 'blend', { members: [{ model: 'tree', params }] }, task);
  expect(said('class')).toEqual([['Members', 'Decision tree (Impurity Entropy, Deepest level 3)']]);
  expect(said('number')).toEqual([['Members', 'Decision tree (Deepest level 3)']]);
});

it('keeps names that nobody declares any more', () => {
  expect(settingsInWords([], 'gone', { alpha: 0.25 }, 'number')).toEqual([['alpha', '0.25']]);
});
