/** Adds squares and products. */
import { flag } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { listed, mapValues, numberColumn, numbersOf } from './columns.js';

const MOST = 50;
type Learnt = { readonly names: readonly string[] };

export const polynomial = columnStep({
  id: 'polynomial',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Squares and products',
  help: 'Adds every square and every product of two, so that a linear model can follow bends and joint effects. Standardise first: large numbers squared are very large.',
  source: 'As scikit-learn PolynomialFeatures with degree 2, without the constant.',
  params: {
    interactionOnly: flag({ label: 'Products only', help: 'Leaves the squares out.', default: false }),
  },
  learn(columns): Learnt {
    if (columns.length > MOST)
      throw new Problem('steps/too-many-columns', { step: 'Squares and products', count: columns.length, most: MOST });
    return { names: columns.map((c) => c.name) };
  },
  apply(columns, _state, params) {
    const values = columns.map(numbersOf);
    const out: Column[] = [...columns];
    for (let a = 0; a < columns.length; a++) {
      for (let b = params.interactionOnly ? a + 1 : a; b < columns.length; b++) {
        const name = a === b ? `${columns[a]!.name}²` : `${columns[a]!.name} · ${columns[b]!.name}`;
        const y = values[b]!;
        const made = numberColumn(
          name,
          values[a]!.map((v, i) => v * y[i]!),
        );
        out.push(mapValues(made, (v) => v));
      }
    }
    return out;
  },
  says: (on, params) => `Add ${params.interactionOnly ? 'products' : 'squares and products'} of ${listed(on)}`,
  learnt: () => 'Nothing to learn: the rule is the same for every row.',
});
