/** Makes one level of spellings that differ only by case, blanks, accents or punctuation. */
import { columnStep } from '../../src/core/step.js';
import { countLevels, listed, mapLevels } from './columns.js';

type Learnt = {
  readonly names: readonly string[];
  /** For each column, fingerprints and the spelling each stands for. */
  readonly prints: readonly (readonly string[])[];
  readonly spellings: readonly (readonly string[])[];
  /** How many spellings were merged into another, for the sentence. */
  readonly merged: readonly number[];
};

/** Signs beside a digit stay (1.5 is not 15, −3 is not 3), and so do signs that carry meaning (<, >, +, #, %). */
export function fingerprint(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
  const print = plain.replace(/(?<!\d\s*)[\s.,;:!?'"’‘“”`´_\-–—/\\()[\]]+(?!\s*\d)/gu, '').replace(/\s+/g, ' ');
  return print === '' ? text : print;
}

export const mergeSpellings = columnStep({
  id: 'merge-spellings',
  version: 1,
  type: 'column',
  screen: 'clean',
  kinds: ['category', 'text'],
  label: 'Merge spellings',
  help: '“New York”, “new-york” and “NEW YORK ” become one level: the spelling used most in training. New spellings of a known level find it too.',
  source: 'Key collision (fingerprint) clustering, as OpenRefine.',
  params: {},
  learn(columns): Learnt {
    const prints: string[][] = [];
    const spellings: string[][] = [];
    const merged: number[] = [];
    for (const c of columns) {
      const { levels, counts } = countLevels(c);
      const best = new Map<string, number>();
      levels.forEach((text, l) => {
        const print = fingerprint(text);
        const now = best.get(print);
        if (now === undefined || counts[l]! > counts[now]!) best.set(print, l);
      });
      prints.push([...best.keys()]);
      spellings.push([...best.values()].map((l) => levels[l]!));
      merged.push(levels.length - best.size);
    }
    return { names: columns.map((c) => c.name), prints, spellings, merged };
  },
  apply(columns, state) {
    const { prints, spellings } = state as Learnt;
    return columns.map((c, j) => {
      const known = new Map(prints[j]!.map((p, k) => [p, spellings[j]![k]!]));
      return mapLevels(c, (text) => known.get(fingerprint(text)) ?? text);
    });
  },
  says: (on) => `Merge spellings in ${listed(on)}`,
  learnt(state) {
    const { names, merged, spellings } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names.map((n, j) => `${n}: ${merged[j]} spellings merged, ${spellings[j]!.length} levels left`).join('; ');
  },
});
