/** The hidden last line of every fitted recipe: the very columns, order, kinds and levels that the model was trained on. */
import { columnStep } from '../../src/core/step.js';
import { categoryColumn, countLevels, mapLevels, mapValues, placesIn } from './columns.js';

type Learnt = {
  readonly names: readonly string[];
  /** 'number', 'time', 'category' or 'text' as in training. */
  readonly kinds: readonly string[];
  /** Levels with training rows, in order; empty for other kinds. A level that is not here becomes missing. */
  readonly levels: readonly (readonly string[])[];
};

export const alignLevels = columnStep({
  id: 'align-levels',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number', 'time', 'category', 'text'],
  label: 'Same columns as in training',
  help: 'Puts columns and levels in the order the model was trained on. It is added by itself.',
  source: 'Tablework.',
  params: {},
  learn: (columns): Learnt => ({
    names: columns.map((c) => c.name),
    kinds: columns.map((c) => c.kind),
    levels: columns.map((c) => (c.kind === 'category' ? countLevels(c).levels : [])),
  }),
  apply(columns, state) {
    const { kinds, levels } = state as Learnt;
    return columns.map((c, j) => {
      const kind = kinds[j]!;
      if (kind === 'category') {
        const places = placesIn(c, levels[j]!);
        for (let i = 0; i < places.length; i++) if (places[i]! < 0) places[i] = -1;
        return categoryColumn(c.name, places, levels[j]!);
      }
      if (kind === 'text') return c.kind === 'text' ? c : mapLevels(c, (t) => t, 'text');
      return { ...mapValues(c, (v) => v), kind: kind === 'time' ? 'time' : 'number' };
    });
  },
  says: () => 'Put columns and levels in the order of training',
  learnt: (state) => `${(state as Learnt).names.length} columns`,
});
