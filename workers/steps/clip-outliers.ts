/** Cuts extreme values down to learnt quantiles. */
import { real } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { arrows, listed, mapValues, numbersOf, short } from './columns.js';
import { quantile, sortedPresent } from './numbers.js';

type Learnt = {
  readonly names: readonly string[];
  /** NaN where a column had no value in training: nothing is cut. */
  readonly low: Float64Array;
  readonly high: Float64Array;
};

export const clipOutliers = columnStep({
  id: 'clip-outliers',
  version: 1,
  type: 'column',
  screen: 'clean',
  kinds: ['number'],
  label: 'Cut extreme values',
  help: 'Values beyond the learnt bounds become the bound, so that one huge value cannot pull a whole model. No row is lost.',
  source: 'Winsorising: Tukey, “The future of data analysis”, Ann. Math. Statist. 33 (1962), § 14.',
  params: {
    low: real({
      label: 'Lower quantile',
      help: '0.01: one value in a hundred lies below.',
      default: 0.01,
      min: 0,
      max: 0.5,
      tune: [0, 0.1],
    }),
    high: real({
      label: 'Upper quantile',
      help: '0.99: one value in a hundred lies above.',
      default: 0.99,
      min: 0.5,
      max: 1,
      tune: [0.9, 1],
    }),
  },
  learn(columns, params): Learnt {
    const sorted = columns.map((c) => sortedPresent(numbersOf(c)));
    return {
      names: columns.map((c) => c.name),
      low: Float64Array.from(sorted, (s) => quantile(s, params.low)),
      high: Float64Array.from(sorted, (s) => quantile(s, params.high)),
    };
  },
  apply(columns, state) {
    const { low, high } = state as Learnt;
    return columns.map((c, j) => mapValues(c, (v) => (v < low[j]! ? low[j]! : v > high[j]! ? high[j]! : v)));
  },
  says: (on, params) => `Cut ${listed(on)} to between the ${params.low} and ${params.high} quantiles`,
  learnt(state) {
    const { names, low, high } = state as Learnt;
    return arrows(
      names,
      names.map((_, j) => (Number.isNaN(low[j]!) ? 'no values' : `${short(low[j]!)} to ${short(high[j]!)}`)),
    );
  },
});
