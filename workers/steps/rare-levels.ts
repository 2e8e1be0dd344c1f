/** Puts rare levels together. */
import { real, text } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { countLevels, listed, mapLevels } from './columns.js';

type Learnt = { readonly names: readonly string[]; readonly kept: readonly (readonly string[])[]; readonly rare: readonly number[] };

export const rareLevels = columnStep({
  id: 'rare-levels',
  version: 1,
  type: 'column',
  screen: 'clean',
  kinds: ['category'],
  label: 'Put rare levels together',
  help: 'Levels that few training rows have become one level, because nothing can be learnt from three rows. A level that is new later joins them.',
  source: 'Kuhn & Johnson, Feature Engineering and Selection (2019), § 5.1.',
  params: {
    share: real({
      label: 'Rare below',
      help: 'The least share of training rows that a level needs to stay.',
      default: 0.01,
      min: 0,
      max: 0.5,
      tune: [0.001, 0.1],
    }),
    name: text({ label: 'Name', help: 'What the rare ones are called.', default: 'other', maxLength: 100, more: true }),
  },
  learn(columns, params): Learnt {
    const counted = columns.map((c) => countLevels(c));
    const kept = counted.map(({ levels, counts }) => {
      const total = counts.reduce((a, b) => a + b, 0);
      return levels.filter((_, l) => counts[l]! >= params.share * total);
    });
    return { names: columns.map((c) => c.name), kept, rare: kept.map((k, j) => counted[j]!.levels.length - k.length) };
  },
  apply(columns, state, params) {
    const { kept } = state as Learnt;
    const name = params.name === '' ? 'other' : params.name;
    return columns.map((c, j) => {
      const known = new Set(kept[j]!);
      return mapLevels(c, (t) => (known.has(t) ? t : name));
    });
  },
  says: (on, params) =>
    `In ${listed(on)}, call levels under ${Number((params.share * 100).toPrecision(3))} % of rows “${params.name === '' ? 'other' : params.name}”`,
  learnt(state) {
    const { names, kept, rare } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names.map((n, j) => `${n}: ${kept[j]!.length} levels stay, ${rare[j]} are rare`).join('; ');
  },
});
