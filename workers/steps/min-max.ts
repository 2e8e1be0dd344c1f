/** Puts numbers between 0 and 1. */
import { flag } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { arrows, listed, mapValues, numbersOf, short } from './columns.js';

type Learnt = { readonly names: readonly string[]; readonly low: Float64Array; readonly high: Float64Array };

export const minMax = columnStep({
  id: 'min-max',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Scale to 0…1',
  help: 'The smallest training value becomes 0, the largest 1. Good for numbers with fixed ends; one huge value squeezes all the others.',
  source: 'As scikit-learn MinMaxScaler; a column that is constant in training becomes 0.',
  params: {
    clip: flag({ label: 'Keep inside', help: 'New values beyond the ends become 0 or 1.', default: false }),
  },
  learn(columns): Learnt {
    const low = new Float64Array(columns.length);
    const high = new Float64Array(columns.length);
    columns.forEach((c, j) => {
      let least = Infinity;
      let most = -Infinity;
      for (const v of numbersOf(c)) {
        if (!Number.isFinite(v)) continue;
        if (v < least) least = v;
        if (v > most) most = v;
      }
      if (least <= most) {
        low[j] = least;
        high[j] = most;
      }
    });
    return { names: columns.map((c) => c.name), low, high };
  },
  apply(columns, state, params) {
    const { low, high } = state as Learnt;
    return columns.map((c, j) => {
      const from = low[j]!;
      const width = high[j]! - from;
      if (!(width > 0)) return mapValues(c, () => 0);
      return mapValues(c, (v) => (params.clip ? Math.min(1, Math.max(0, (v - from) / width)) : (v - from) / width));
    });
  },
  says: (on) => `Scale ${listed(on)} to between 0 and 1`,
  learnt(state) {
    const { names, low, high } = state as Learnt;
    return arrows(
      names,
      names.map((_, j) => `${short(low[j]!)} to ${short(high[j]!)}`),
    );
  },
});
