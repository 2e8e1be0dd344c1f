/** Counts the words of a text, rare words for more. */
import { int } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { codesOf, distinctColumns, listed, numberColumn } from './columns.js';

type Learnt = {
  readonly names: readonly string[];
  /** For each column, the words kept, in order of code points. */
  readonly terms: readonly (readonly string[])[];
  /** For each column, ln((1 + rows) / (1 + rows with the word)) + 1. */
  readonly idf: readonly Float64Array[];
};

/** Lower-case runs of two or more letters, digits and underscores. */
export const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];

export const tfIdf = columnStep({
  id: 'tf-idf',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['text', 'category'],
  label: 'Words of a text (tf-idf)',
  help: 'Makes a column for each of the most used words: how often it is in the text, counting more the fewer texts have it. Every row is then put on length 1, so that long texts do not count more.',
  source:
    'Spärck Jones, “A statistical interpretation of term specificity”, J. Documentation 28 (1972); as scikit-learn TfidfVectorizer (smooth idf, l2).',
  params: {
    terms: int({
      label: 'Words',
      help: 'How many of the most used words get a column.',
      default: 100,
      min: 1,
      max: 5000,
      scale: 'log',
      tune: [20, 500],
    }),
  },
  learn(columns, params): Learnt {
    const terms: string[][] = [];
    const idf: Float64Array[] = [];
    for (const c of columns) {
      const coded = codesOf(c);
      const rows = coded.codes.length;
      const times = new Float64Array(coded.levels.length);
      for (let i = 0; i < rows; i++) if (coded.codes[i]! >= 0) times[coded.codes[i]!]!++;
      const total = new Map<string, number>();
      const documents = new Map<string, number>();
      coded.levels.forEach((level, l) => {
        if (times[l] === 0) return;
        const found = words(level);
        for (const w of found) total.set(w, (total.get(w) ?? 0) + times[l]!);
        for (const w of new Set(found)) documents.set(w, (documents.get(w) ?? 0) + times[l]!);
      });
      const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
      const kept = [...total.keys()]
        .sort((a, b) => total.get(b)! - total.get(a)! || byText(a, b))
        .slice(0, params.terms)
        .sort(byText);
      terms.push(kept);
      idf.push(Float64Array.from(kept, (w) => Math.log((1 + rows) / (1 + documents.get(w)!)) + 1));
    }
    return { names: columns.map((c) => c.name), terms, idf };
  },
  apply(columns, state) {
    const { terms, idf } = state as Learnt;
    const out: Column[] = [];
    columns.forEach((c, j) => {
      const coded = codesOf(c);
      const index = new Map(terms[j]!.map((w, t) => [w, t]));
      const made = terms[j]!.map(() => new Float64Array(coded.codes.length));
      // Worked out once per level: a text that many rows share is cut into words once.
      const weights = coded.levels.map((level) => {
        const weight = new Map<number, number>();
        for (const w of words(level)) {
          const t = index.get(w);
          if (t !== undefined) weight.set(t, (weight.get(t) ?? 0) + 1);
        }
        let squares = 0;
        for (const [t, count] of weight) {
          const v = count * idf[j]![t]!;
          weight.set(t, v);
          squares += v * v;
        }
        const length = Math.sqrt(squares);
        for (const [t, v] of weight) weight.set(t, v / length);
        return weight;
      });
      for (let i = 0; i < coded.codes.length; i++) {
        if (coded.codes[i]! < 0) continue;
        for (const [t, v] of weights[coded.codes[i]!]!) made[t]![i] = v;
      }
      terms[j]!.forEach((w, t) => out.push(numberColumn(`${c.name}: ${w}`, made[t]!)));
    });
    return distinctColumns(out);
  },
  says: (on, params) => `Count the ${params.terms} most used words of ${listed(on)}`,
  learnt(state) {
    const { names, terms } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names.map((n, j) => `${n}: ${terms[j]!.length} words${terms[j]!.length ? ` (${listed(terms[j]!, 5)})` : ''}`).join('; ');
  },
});
