/** Gives each level a number. */
import { choice, text } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { countLevels, listed, numberColumn, placesIn } from './columns.js';

type Learnt = { readonly names: readonly string[]; readonly levels: readonly (readonly string[])[] };

export const ordinal = columnStep({
  id: 'ordinal',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['category'],
  label: 'Number the levels',
  help: 'Level 0, 1, 2 and so on. Right for levels with an order (small, medium, large) and good enough for trees. An unknown level becomes missing.',
  source: 'As scikit-learn OrdinalEncoder.',
  params: {
    order: choice({
      label: 'Order',
      help: 'What makes one level come before another.',
      default: 'alphabet',
      options: { alphabet: 'By number where all are numbers, else by alphabet', frequency: 'Most frequent first', given: 'As I write it' },
    }),
    given: text({
      label: 'Levels in order',
      help: 'From low to high, with < between them: small < medium < large. Levels left out become missing.',
      default: '',
      maxLength: 5000,
      when: { param: 'order', is: ['given'] },
    }),
  },
  learn(columns, params): Learnt {
    const levels = columns.map((c) => {
      const counted = countLevels(c);
      if (params.order === 'given') return [...new Set(params.given.split('<').map((t) => t.trim()))].filter((t) => t !== '');
      if (params.order === 'alphabet') return counted.levels;
      const order = counted.levels.map((_, l) => l).sort((a, b) => counted.counts[b]! - counted.counts[a]! || a - b);
      return order.map((l) => counted.levels[l]!);
    });
    return { names: columns.map((c) => c.name), levels };
  },
  apply(columns, state) {
    const { levels } = state as Learnt;
    return columns.map((c, j) =>
      numberColumn(
        c.name,
        Float64Array.from(placesIn(c, levels[j]!), (p) => (p < 0 ? NaN : p)),
      ),
    );
  },
  says: (on) => `Number the levels of ${listed(on)}`,
  learnt(state) {
    const { names, levels } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names.map((n, j) => `${n}: ${levels[j]!.slice(0, 6).join(' < ')}${levels[j]!.length > 6 ? ' < …' : ''}`).join('; ');
  },
});
