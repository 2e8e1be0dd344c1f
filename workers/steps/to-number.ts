/** Reads numbers out of text. */
import { choice } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { isValues } from '../../src/core/table.js';
import { codesOf, listed, mapValues, numberColumn, parseNumber } from './columns.js';

type Learnt = { readonly names: readonly string[]; readonly read: readonly number[]; readonly failed: readonly number[] };

/** The first number in a text such as “$1,200.50”, “12 kg”, “35 %”; NaN when there is none. */
export function numberIn(text: string, decimal: '.' | ','): number {
  const thousands = decimal === '.' ? /(?<=\d)[,'’\u00a0\u202f ](?=\d{3}(?!\d))/g : /(?<=\d)[.'’\u00a0\u202f ](?=\d{3}(?!\d))/g;
  const plain = text.replace(/\u2212/g, '-').replace(thousands, '');
  const found = (decimal === ',' ? plain.replace(/(?<=\d),(?=\d)/, '.') : plain).match(/[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i);
  return found ? parseNumber(found[0]) : NaN;
}

export const toNumber = columnStep({
  id: 'to-number',
  version: 1,
  type: 'column',
  screen: 'clean',
  kinds: ['category', 'text', 'time'],
  label: 'Read as numbers',
  help: 'Takes the number out of texts such as “$1,200” or “12 kg”. Texts without a number become missing. A time becomes days since 1970.',
  source: 'Wickham, “Tidy data”, J. Stat. Softw. 59 (2014).',
  params: {
    decimal: choice({
      label: 'Decimal mark',
      help: 'The sign between whole and part.',
      default: '.',
      options: { '.': 'Point', ',': 'Comma' },
    }),
  },
  learn(columns, params): Learnt {
    const read: number[] = [];
    const failed: number[] = [];
    for (const c of columns) {
      const coded = codesOf(c);
      const parsed = coded.levels.map((t) => (isValues(c) ? 0 : numberIn(t, params.decimal)));
      let good = 0;
      let bad = 0;
      for (const code of coded.codes) {
        if (code < 0) continue;
        if (Number.isNaN(parsed[code]!)) bad++;
        else good++;
      }
      read.push(good);
      failed.push(bad);
    }
    return { names: columns.map((c) => c.name), read, failed };
  },
  apply(columns, _state, params) {
    return columns.map((c) => {
      if (c.kind === 'number') return c;
      if (isValues(c)) return numberColumn(c.name, mapValues(c, (v) => v / 86_400_000).values);
      const parsed = c.levels.map((t) => numberIn(t, params.decimal));
      return numberColumn(
        c.name,
        Float64Array.from(c.codes, (code) => (code < 0 ? NaN : parsed[code]!)),
      );
    });
  },
  says: (on) => `Read ${listed(on)} as numbers`,
  learnt(state) {
    const { names, read, failed } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names.map((n, j) => `${n}: ${read[j]} cells read, ${failed[j]} without a number`).join('; ');
  },
});
