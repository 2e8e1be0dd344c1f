/** Puts numbers on one scale: mean 0, standard deviation 1. */
import { columnStep } from '../../src/core/step.js';
import { arrows, listed, mapValues, numbersOf, short } from './columns.js';
import { isConstant, moments } from './numbers.js';

type Learnt = {
  readonly names: readonly string[];
  readonly mean: Float64Array;
  /** Standard deviation (ddof 0); 0 for a column that never changed in training. */
  readonly scale: Float64Array;
};

export const standardise = columnStep({
  id: 'standardise',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Standardise',
  help: 'Takes away the mean and divides by the standard deviation, so that columns in metres and columns in euros count alike. Linear models, neighbours and neural nets need it; trees do not.',
  source: 'As scikit-learn StandardScaler (standard deviation with n in the denominator); a column that is constant in training becomes 0.',
  params: {},
  learn(columns): Learnt {
    const mean = new Float64Array(columns.length);
    const scale = new Float64Array(columns.length);
    columns.forEach((c, j) => {
      const m = moments(numbersOf(c));
      mean[j] = m.mean;
      const sd = Math.sqrt(m.variance);
      scale[j] = isConstant(m) || !Number.isFinite(sd) ? 0 : sd;
    });
    return { names: columns.map((c) => c.name), mean, scale };
  },
  apply(columns, state) {
    const { mean, scale } = state as Learnt;
    return columns.map((c, j) => {
      const m = mean[j]!;
      const s = scale[j]!;
      return mapValues(c, s === 0 ? () => 0 : (v) => (v - m) / s);
    });
  },
  says: (on) => `Standardise ${listed(on)}`,
  learnt(state) {
    const { names, mean, scale } = state as Learnt;
    return arrows(
      names,
      names.map((_, j) => `mean ${short(mean[j]!)}, standard deviation ${short(scale[j]!)}`),
    );
  },
});
