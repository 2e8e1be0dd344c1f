/** Takes logarithms. */
import { columnStep } from '../../src/core/step.js';
import { listed, mapValues } from './columns.js';

type Learnt = { readonly names: readonly string[] };

export const log = columnStep({
  id: 'log',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Logarithm',
  help: 'ln(1 + x), with the sign kept for negative numbers. Draws long tails in, so that from 1 to 10 counts as much as from 100 to 1000. Good for incomes, prices, counts.',
  source: 'Tukey, Exploratory Data Analysis (1977), ch. 3 (re-expression).',
  params: {},
  learn: (columns): Learnt => ({ names: columns.map((c) => c.name) }),
  apply: (columns) => columns.map((c) => mapValues(c, (v) => Math.sign(v) * Math.log1p(Math.abs(v)))),
  says: (on) => `Take the logarithm of ${listed(on)}`,
  learnt: () => 'Nothing to learn: the rule is the same for every row.',
});
