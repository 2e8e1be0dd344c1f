/** Fills missing cells with one learnt value per column. */
import { choice, flag, text } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { isCodes, isValues, missingAt, timeOf, timeText } from '../../src/core/table.js';
import { arrows, codesOf, countLevels, listed, numberColumn, numbersOf, parseNumber, short } from './columns.js';
import { modeOf, moments, quantile, sortedPresent } from './numbers.js';

type Strategy = 'auto' | 'mean' | 'median' | 'most-frequent' | 'constant';
type Learnt = {
  readonly names: readonly string[];
  readonly times: readonly boolean[];
  /** A number for number and time columns, a text for categories. */
  readonly fills: readonly (number | string)[];
  /** How many cells were missing among the training rows. */
  readonly gaps: readonly number[];
};

function fillOf(c: Column, strategy: Strategy, fill: string): number | string {
  if (isCodes(c)) {
    if (strategy === 'constant') return fill === '' ? 'missing' : fill;
    const { levels, counts } = countLevels(c);
    let best = -1;
    for (let l = 0; l < levels.length; l++) if (best < 0 || counts[l]! > counts[best]!) best = l;
    return best < 0 ? 'missing' : levels[best]!;
  }
  if (strategy === 'constant') {
    const v = fill.trim() === '' ? 0 : c.kind === 'time' ? timeOf(fill) : parseNumber(fill);
    if (!Number.isFinite(v)) throw new Problem('steps/not-a-fill', { column: c.name, fill, kind: c.kind });
    return v;
  }
  const sorted = sortedPresent(c.values);
  const v =
    strategy === 'mean'
      ? sorted.length
        ? moments(sorted).mean
        : NaN
      : strategy === 'most-frequent'
        ? modeOf(sorted)
        : quantile(sorted, 0.5);
  return Number.isFinite(v) ? v : 0;
}

export const impute = columnStep({
  id: 'impute',
  version: 1,
  type: 'column',
  screen: 'clean',
  kinds: ['number', 'category', 'time'],
  label: 'Fill missing values',
  help: 'Puts one typical value, learnt from the training rows, where a cell is empty. Take it when a model cannot work with gaps; tick “mark” when the gap itself may tell something.',
  source: 'Little & Rubin, Statistical Analysis with Missing Data (2002), ch. 4; as scikit-learn SimpleImputer.',
  params: {
    strategy: choice({
      label: 'Fill with',
      help: 'Automatic takes the median for numbers and the most frequent level for categories. The median is not pulled by a few huge values, the mean is.',
      default: 'auto',
      options: {
        auto: 'Automatic (median, or most frequent)',
        mean: 'Mean',
        median: 'Median',
        'most-frequent': 'Most frequent value',
        constant: 'A value I give',
      },
    }),
    fill: text({
      label: 'Value',
      help: 'What to put in. Left empty: 0 for numbers, “missing” for categories.',
      default: '',
      maxLength: 200,
      when: { param: 'strategy', is: ['constant'] },
    }),
    indicator: flag({
      label: 'Mark what was missing',
      help: 'Adds a column of 0 and 1 for every column that had gaps in training.',
      default: false,
    }),
  },
  learn(columns, params): Learnt {
    const gaps = columns.map((c) => {
      let missing = 0;
      const n = isValues(c) ? c.values.length : c.codes.length;
      for (let i = 0; i < n; i++) if (missingAt(c, i)) missing++;
      return missing;
    });
    return {
      names: columns.map((c) => c.name),
      times: columns.map((c) => c.kind === 'time'),
      fills: columns.map((c) => fillOf(c, params.strategy, params.fill)),
      gaps,
    };
  },
  apply(columns, state, params) {
    const { fills, gaps, times } = state as Learnt;
    const out: Column[] = [];
    columns.forEach((c, j) => {
      const fill = fills[j]!;
      const n = isValues(c) ? c.values.length : c.codes.length;
      const was = new Float64Array(n);
      if (typeof fill === 'number') {
        const values = Float64Array.from(numbersOf(c));
        for (let i = 0; i < n; i++) {
          if (!Number.isNaN(values[i]!)) continue;
          values[i] = fill;
          was[i] = 1;
        }
        out.push({ name: c.name, kind: times[j] ? 'time' : 'number', values });
      } else {
        const coded = codesOf(c);
        const codes = Int32Array.from(coded.codes);
        const known = coded.levels.indexOf(fill);
        const code = known < 0 ? coded.levels.length : known;
        for (let i = 0; i < n; i++) {
          if (codes[i]! >= 0) continue;
          codes[i] = code;
          was[i] = 1;
        }
        out.push({ name: c.name, kind: coded.kind, codes, levels: known < 0 ? [...coded.levels, fill] : coded.levels });
      }
      if (params.indicator && gaps[j]! > 0) out.push(numberColumn(`${c.name} missing`, was));
    });
    return out;
  },
  says(on, params) {
    const what = {
      auto: 'their median or most frequent value',
      mean: 'their mean',
      median: 'their median',
      'most-frequent': 'their most frequent value',
      constant: params.fill === '' ? '0 or “missing”' : `“${params.fill}”`,
    }[params.strategy];
    return `Fill missing values of ${listed(on)} with ${what}${params.indicator ? ', and mark them' : ''}`;
  },
  learnt(state) {
    const { names, fills, times } = state as Learnt;
    return arrows(
      names,
      fills.map((f, j) => (typeof f === 'number' ? (times[j] ? timeText(f) : short(f)) : `“${f}”`)),
    );
  },
});
