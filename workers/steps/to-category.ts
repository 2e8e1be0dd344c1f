/** Takes values as names of groups rather than as quantities. */
import { columnStep } from '../../src/core/step.js';
import { codesOf, listed } from './columns.js';

type Learnt = { readonly names: readonly string[] };

export const toCategory = columnStep({
  id: 'to-category',
  version: 1,
  type: 'column',
  screen: 'clean',
  kinds: ['number', 'time', 'text'],
  label: 'Take as categories',
  help: 'For numbers that are names: a postcode, a class 1, 2 or 3. The model then learns each by itself and does not think that 3 is more than 1.',
  source: 'Stevens, “On the theory of scales of measurement”, Science 103 (1946).',
  params: {},
  learn: (columns): Learnt => ({ names: columns.map((c) => c.name) }),
  apply: (columns) => columns.map((c) => ({ ...codesOf(c), kind: 'category' as const })),
  says: (on) => `Take ${listed(on)} as categories`,
  learnt: () => 'Nothing to learn: the rule is the same for every row.',
});
