/** Puts numbers on one scale by median and quartiles. */
import { columnStep } from '../../src/core/step.js';
import { arrows, listed, mapValues, numbersOf, short } from './columns.js';
import { quantile, sortedPresent } from './numbers.js';

type Learnt = { readonly names: readonly string[]; readonly median: Float64Array; readonly range: Float64Array };

export const robustScale = columnStep({
  id: 'robust-scale',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Scale by quartiles',
  help: 'Takes away the median and divides by the range between the quartiles. Like standardising, but a few extreme values hardly matter.',
  source: 'As scikit-learn RobustScaler (quartiles of type 7); where the quartiles are equal only the median is taken away.',
  params: {},
  learn(columns): Learnt {
    const sorted = columns.map((c) => sortedPresent(numbersOf(c)));
    return {
      names: columns.map((c) => c.name),
      median: Float64Array.from(sorted, (s) => (s.length ? quantile(s, 0.5) : 0)),
      range: Float64Array.from(sorted, (s) => (s.length ? quantile(s, 0.75) - quantile(s, 0.25) : 0)),
    };
  },
  apply(columns, state) {
    const { median, range } = state as Learnt;
    return columns.map((c, j) => mapValues(c, (v) => (v - median[j]!) / (range[j]! > 0 ? range[j]! : 1)));
  },
  says: (on) => `Scale ${listed(on)} by median and quartiles`,
  learnt(state) {
    const { names, median, range } = state as Learnt;
    return arrows(
      names,
      names.map((_, j) => `median ${short(median[j]!)}, quartile range ${short(range[j]!)}`),
    );
  },
});
