/** Replaces each level by its share of the training rows. */
import { columnStep } from '../../src/core/step.js';
import { countLevels, listed, numberColumn, placesIn, rowsIn } from './columns.js';

type Learnt = {
  readonly names: readonly string[];
  readonly levels: readonly (readonly string[])[];
  readonly shares: readonly Float64Array[];
  /** Share of training rows where the column was missing. */
  readonly missing: Float64Array;
};

export const frequencyEncode = columnStep({
  id: 'frequency-encode',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['category'],
  label: 'How common the level is',
  help: 'Replaces a level by the share of training rows that have it: one column even for thousands of levels. A new level gets 0.',
  source: 'Micci-Barreca, “A preprocessing scheme for high-cardinality categorical attributes”, SIGKDD Explor. 3 (2001).',
  params: {},
  learn(columns): Learnt {
    const n = Math.max(1, rowsIn(columns));
    const counted = columns.map((c) => countLevels(c));
    return {
      names: columns.map((c) => c.name),
      levels: counted.map((c) => c.levels),
      shares: counted.map((c) => Float64Array.from(c.counts, (k) => k / n)),
      missing: Float64Array.from(counted, (c) => c.missing / n),
    };
  },
  apply(columns, state) {
    const { levels, shares, missing } = state as Learnt;
    return columns.map((c, j) =>
      numberColumn(
        c.name,
        Float64Array.from(placesIn(c, levels[j]!), (p) => (p === -1 ? missing[j]! : p < 0 ? 0 : shares[j]![p]!)),
      ),
    );
  },
  says: (on) => `Replace each level of ${listed(on)} by how common it is`,
  learnt(state) {
    const { names, levels } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names.map((n, j) => `${n}: shares of ${levels[j]!.length} levels`).join('; ');
  },
});
