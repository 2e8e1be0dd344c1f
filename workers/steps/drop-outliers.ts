/** Drops training rows with a value far away from the others. */
import { choice, real } from '../../src/core/param.js';
import { rowStep } from '../../src/core/step.js';
import { isValues } from '../../src/core/table.js';
import { listed } from './columns.js';
import { moments, quantile, sortedPresent } from './numbers.js';

function fences(values: Float64Array, method: 'iqr' | 'zscore', factor: number): readonly [number, number] {
  if (method === 'iqr') {
    const sorted = sortedPresent(values);
    const q1 = quantile(sorted, 0.25);
    const q3 = quantile(sorted, 0.75);
    return [q1 - factor * (q3 - q1), q3 + factor * (q3 - q1)];
  }
  const { mean, variance } = moments(values);
  const sd = Math.sqrt(variance);
  return [mean - factor * sd, mean + factor * sd];
}

export const dropOutliers = rowStep({
  id: 'drop-outliers',
  version: 1,
  type: 'row',
  before: 'training',
  screen: 'clean',
  kinds: ['number'],
  label: 'Drop training rows with outliers',
  help: 'The model does not learn from rows with an extreme value in a chosen column. Take it for errors of measurement only: a rare but true value is what a model must learn. Test rows all stay.',
  source: 'Tukey, Exploratory Data Analysis (1977), § 2C (fences).',
  params: {
    method: choice({
      label: 'How',
      help: 'The quartile range is not pulled by the outliers themselves; the standard deviation is.',
      default: 'iqr',
      options: { iqr: 'Quartile ranges outside the quartiles', zscore: 'Standard deviations from the mean' },
    }),
    factor: real({ label: 'How many', help: 'With quartiles, 1.5 is Tukey’s inner fence and 3 his outer.', default: 3, min: 0.5, max: 20 }),
  },
  rows(table, on, params) {
    const columns = table.columns.filter(isValues).filter((c) => on.includes(c.name));
    const bounds = columns.map((c) => fences(c.values, params.method, params.factor));
    const kept: number[] = [];
    for (let i = 0; i < table.rows; i++) {
      // A missing value is no outlier: NaN fails both comparisons. The same for a column without values.
      if (!columns.some((c, j) => c.values[i]! < bounds[j]![0] || c.values[i]! > bounds[j]![1])) kept.push(i);
    }
    return Uint32Array.from(kept);
  },
  says: (on, params) =>
    `Learn only from rows where ${listed(on)} lies within ${params.factor} ${params.method === 'iqr' ? 'quartile ranges' : 'standard deviations'}`,
});
