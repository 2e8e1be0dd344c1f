/** Features that the data itself suggests, each with its reason. Nothing here looks at more than the columns given. */
import type { Target } from '../../src/core/model.js';
import type { Suggestion, Use } from '../../src/core/step.js';
import type { CodeColumn, Column, ValueColumn } from '../../src/core/table.js';
import { isCodes, isValues } from '../../src/core/table.js';
import { countLevels, listed, rowsIn } from './columns.js';
import { moments, sortedPresent } from './numbers.js';
import { wordy } from './preparation.js';

const use = (step: string, on: readonly string[], params: Use['params'] = {}): Use => ({
  id: `suggested-${step}-${on.join('-')}`,
  step,
  version: 1,
  on,
  params,
});

/** Third standardised moment; 0 for a constant. */
function skewness(values: Float64Array): number {
  const { n, mean, variance } = moments(values);
  if (n < 3 || !(variance > 0)) return 0;
  let cubes = 0;
  for (const v of values) if (Number.isFinite(v)) cubes += (v - mean) ** 3;
  return cubes / n / variance ** 1.5;
}

/** A column with more levels than this costs one-hot encoding more columns than it is worth. */
const MANY_LEVELS = 30;

export function proposeFeatures(columns: readonly Column[], target?: Target): Suggestion[] {
  const out: Suggestion[] = [];
  const rows = rowsIn(columns);
  const numbers = columns.filter((c): c is ValueColumn => isValues(c) && c.kind === 'number');
  const categories = columns.filter((c): c is CodeColumn => isCodes(c) && c.kind === 'category');
  const texts = columns.filter((c): c is CodeColumn => isCodes(c) && c.kind === 'text');
  const times = columns.filter((c) => c.kind === 'time');

  for (const c of times) {
    out.push({
      use: use('date-parts', [c.name]),
      label: `Take ${c.name} apart`,
      why: `${c.name} is a point in time. Models see only a running number in it; month, weekday and hour often matter more.`,
    });
  }
  for (const c of numbers) {
    const sorted = sortedPresent(c.values);
    const skew = skewness(sorted);
    // Few distinct values are counts of something small or codes, which a logarithm does not help.
    if (sorted.length < 20 || sorted[0]! < 0 || skew < 2 || new Set(sorted).size < 10) continue;
    out.push({
      use: use('log', [c.name]),
      label: `Logarithm of ${c.name}`,
      why: `${c.name} has a long tail (skew ${skew.toFixed(1)}): a few values are very much larger than the rest. Linear models and nets do better on its logarithm; trees do not care.`,
    });
  }
  for (const c of categories) {
    const { levels, missing } = countLevels(c);
    if (levels.length <= MANY_LEVELS) continue;
    const own = levels.length > 0.9 * (rows - missing);
    const step = target && !own ? 'target-encode' : 'frequency-encode';
    out.push({
      use: use(step, [c.name]),
      label: step === 'target-encode' ? `Mean target for each ${c.name}` : `How common each ${c.name} is`,
      why:
        `${c.name} has ${levels.length} levels; one column for each would be wide and thin. ` +
        (own
          ? 'Nearly every row has its own level, so the target cannot be learnt per level.'
          : 'One column says the same in less, and is learnt anew in every fold.'),
    });
  }
  for (const c of texts) {
    // Lengths first: words take the place of the text.
    out.push({
      use: use('text-features', [c.name]),
      label: `Length of ${c.name}`,
      why: `How long ${c.name} is, and how much of it is digits or capitals, costs four columns and often tells something.`,
    });
    if (wordy(c)) {
      out.push({
        use: use('tf-idf', [c.name], { terms: 100 }),
        label: `Words of ${c.name}`,
        why: `${c.name} holds running text. Its most used words become columns that any model can use.`,
      });
    }
  }
  const gaps = columns.filter((c) => {
    const missing = isValues(c)
      ? c.values.reduce((n, v) => n + (Number.isNaN(v) ? 1 : 0), 0)
      : c.codes.reduce((n, k) => n + (k < 0 ? 1 : 0), 0);
    return c.kind !== 'text' && missing >= 0.05 * rows && missing > 0 && missing < rows;
  });
  if (gaps.length > 0) {
    const names = gaps.map((c) => c.name);
    out.push({
      use: use('impute', names, { indicator: true }),
      label: `Fill ${listed(names, 2)} and mark the gaps`,
      why: `At least one in twenty cells of ${listed(names)} is empty. That a value is missing may tell something by itself.`,
    });
  }
  return out;
}
