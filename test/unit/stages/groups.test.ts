/** Findings of one kind are one card; what has no mend here does not take theirs from the others. */
import { expect, it } from 'vitest';
import type { Warning } from '../../../src/core/profile.js';
import { grouped } from '../../../src/stages/clean/groups.js';

const spelled = (column: string, mend: boolean): Warning => ({
  code: 'inconsistent-spellings',
  columns: [column],
  severity: mend ? 'medium' : 'high',
  message: `“${column}” has 2 levels in more than one spelling.`,
  why: '',
  count: 4,
  examples: [],
  fixes: mend ? [{ label: 'Merge spellings', step: { step: 'merge-spellings', on: [column], params: {} } }] : [],
});

it('lets the target stand alone, so that the features keep their mend', () => {
  const cards = grouped([spelled('result', false), spelled('subject', true), spelled('town', true)]);
  expect(cards).toHaveLength(2);
  expect(cards[0]).toMatchObject({ columns: ['result'], severity: 'high' });
  expect(cards[1]).toMatchObject({ mends: [{ label: 'Merge spellings' }] });
});
