/** Puts two numbers together: their product, ratio, difference or sum. */
import { choice } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { listed, numberColumn, numbersOf } from './columns.js';

const MOST = 20;
const signs = { product: '×', ratio: '÷', difference: '−', sum: '+' } as const;
type Learnt = { readonly names: readonly string[] };

export const interaction = columnStep({
  id: 'interaction',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Combine two numbers',
  help: 'Adds a column for every pair of the chosen ones, such as price ÷ area. A model finds such a thing only slowly by itself, if at all. Dividing by 0 gives a missing value.',
  source: 'Kuhn & Johnson, Feature Engineering and Selection (2019), ch. 7.',
  params: {
    op: choice({
      label: 'How',
      help: 'Ratio and difference take the columns in the order of the table.',
      default: 'product',
      options: { product: 'Product', ratio: 'Ratio', difference: 'Difference', sum: 'Sum' },
    }),
  },
  learn(columns): Learnt {
    if (columns.length > MOST)
      throw new Problem('steps/too-many-columns', { step: 'Combine two numbers', count: columns.length, most: MOST });
    return { names: columns.map((c) => c.name) };
  },
  apply(columns, _state, params) {
    const values = columns.map(numbersOf);
    const out: Column[] = [...columns];
    for (let a = 0; a < columns.length; a++) {
      for (let b = a + 1; b < columns.length; b++) {
        const x = values[a]!;
        const y = values[b]!;
        const made = new Float64Array(x.length);
        for (let i = 0; i < made.length; i++) {
          const v =
            params.op === 'product'
              ? x[i]! * y[i]!
              : params.op === 'ratio'
                ? x[i]! / y[i]!
                : params.op === 'difference'
                  ? x[i]! - y[i]!
                  : x[i]! + y[i]!;
          made[i] = Number.isFinite(v) ? v : NaN;
        }
        out.push(numberColumn(`${columns[a]!.name} ${signs[params.op]} ${columns[b]!.name}`, made));
      }
    }
    return out;
  },
  says: (on, params) =>
    on.length === 2 ? `Add ${on[0]} ${signs[params.op]} ${on[1]}` : `Add the ${params.op} of every pair of ${listed(on)}`,
  learnt: () => 'Nothing to learn: the rule is the same for every row.',
});
