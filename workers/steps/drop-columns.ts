/** Leaves columns out. */
import { columnStep } from '../../src/core/step.js';
import { listed } from './columns.js';

type Learnt = { readonly names: readonly string[] };

export const dropColumns = columnStep({
  id: 'drop-columns',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number', 'time', 'category', 'text'],
  label: 'Leave columns out',
  help: 'The model does not see these columns. Take it for row numbers, for columns you would not know when you predict, and for what must not decide.',
  source: 'Kuhn & Johnson, Feature Engineering and Selection (2019), ch. 10.',
  params: {},
  learn: (columns): Learnt => ({ names: columns.map((c) => c.name) }),
  apply: () => [],
  says: (on) => `Leave out ${listed(on)}`,
  learnt: (state) => `Left out: ${listed((state as Learnt).names, 6)}.`,
});
