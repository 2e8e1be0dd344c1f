/** Says of a text how long it is and what it is made of. */
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { codesOf, listed, numberColumn } from './columns.js';

type Learnt = { readonly names: readonly string[] };

const share = (text: string, what: RegExp) => (text.length ? (text.match(what)?.length ?? 0) / text.length : 0);

/** What is added, by name. Lengths are in UTF-16 units, as JavaScript counts. */
const features: readonly (readonly [string, (text: string) => number])[] = [
  ['length', (t) => t.length],
  ['words', (t) => t.match(/\S+/gu)?.length ?? 0],
  ['share of digits', (t) => share(t, /\p{Nd}/gu)],
  ['share of capitals', (t) => share(t, /\p{Lu}/gu)],
];

export const textFeatures = columnStep({
  id: 'text-features',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['text', 'category'],
  label: 'Length of a text',
  help: 'Adds the number of characters and words and the shares of digits and capitals. Cheap, and often telling: complaints are long, spam shouts. The text itself stays.',
  source: 'Kuhn & Johnson, Feature Engineering and Selection (2019), § 5.6.',
  params: {},
  learn: (columns): Learnt => ({ names: columns.map((c) => c.name) }),
  apply(columns) {
    return columns.flatMap((c): Column[] => {
      const coded = codesOf(c);
      const made = features.map(([name, of]) => {
        const byLevel = coded.levels.map(of);
        return numberColumn(
          `${c.name} ${name}`,
          Float64Array.from(coded.codes, (code) => (code < 0 ? NaN : byLevel[code]!)),
        );
      });
      return [c, ...made];
    });
  },
  says: (on) => `Add lengths and shares of digits and capitals of ${listed(on)}`,
  learnt: () => 'Nothing to learn: the rule is the same for every row.',
});
