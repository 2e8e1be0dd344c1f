/** Leaves out columns that say nearly the same as an earlier one. */
import { real } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { listed, numbersOf } from './columns.js';
import { moments } from './numbers.js';

type Learnt = {
  readonly names: readonly string[];
  readonly dropped: readonly number[];
  /** For each dropped column, the kept one it goes with. */
  readonly like: readonly number[];
};

/** Pearson's r over rows where both are there; 0 when either does not change. */
function correlation(x: Float64Array, y: Float64Array): number {
  const a = x.map((v, i) => (Number.isNaN(y[i]!) ? NaN : v));
  const b = y.map((v, i) => (Number.isNaN(x[i]!) ? NaN : v));
  const p = moments(a);
  const q = moments(b);
  if (p.n < 2 || !(p.variance > 0) || !(q.variance > 0)) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (!Number.isNaN(a[i]!)) sum += (a[i]! - p.mean) * (b[i]! - q.mean);
  const r = sum / p.n / Math.sqrt(p.variance) / Math.sqrt(q.variance);
  return Number.isFinite(r) ? r : 0;
}

export const dropCorrelated = columnStep({
  id: 'drop-correlated',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Leave out near copies',
  help: 'Of two columns that rise and fall together, the earlier stays. Weights of linear models then become readable; trees lose little.',
  source: 'Kuhn & Johnson, Applied Predictive Modeling (2013), § 3.5; Pearson’s correlation.',
  params: {
    threshold: real({
      label: 'Correlation from',
      help: '1 leaves out exact copies only.',
      default: 0.95,
      min: 0.5,
      max: 1,
      tune: [0.8, 1],
    }),
  },
  learn(columns, params): Learnt {
    const values = columns.map(numbersOf);
    const kept: number[] = [];
    const dropped: number[] = [];
    const like: number[] = [];
    values.forEach((y, j) => {
      // Rounding may leave an exact copy a hair under 1.
      const twin = kept.find((k) => Math.abs(correlation(values[k]!, y)) >= params.threshold - 1e-12);
      if (twin === undefined) kept.push(j);
      else {
        dropped.push(j);
        like.push(twin);
      }
    });
    return { names: columns.map((c) => c.name), dropped, like };
  },
  apply(columns, state) {
    const dropped = new Set((state as Learnt).dropped);
    return columns.filter((_, j) => !dropped.has(j));
  },
  says: (on, params) => `Leave out those of ${listed(on)} that follow another by ${params.threshold} or more`,
  learnt(state) {
    const { names, dropped, like } = state as Learnt;
    if (dropped.length === 0) return 'No two columns are that alike, so all stay.';
    return `Left out: ${listed(
      dropped.map((j, k) => `${names[j]} (like ${names[like[k]!]})`),
      6,
    )}.`;
  },
});
