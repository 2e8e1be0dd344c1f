/** Metrics for predicted numbers: how far off, in the unit of the target, squared, relative, and as explained variance. */
import type { Scored } from '../../../src/core/metric.js';
import { meanOf, measure } from './measure.js';

const EPSILON = 2 ** -52;

function losses(s: Scored, of: (truth: number, predicted: number) => number): Float64Array {
  const loss = new Float64Array(s.truth.length);
  for (let i = 0; i < loss.length; i++) loss[i] = of(s.truth[i]!, s.predicted[i]!);
  return loss;
}
const squared = (y: number, p: number) => (y - p) * (y - p);
const absolute = (y: number, p: number) => Math.abs(y - p);
const shared = { version: 1, params: {}, tasks: ['number'], needs: 'value' } as const;

export const mae = measure({
  ...shared,
  id: 'mae',
  label: 'Mean absolute error',
  help: 'How far off a prediction is on average, in the unit of the target. The easiest one to explain.',
  source: 'As sklearn.metrics.mean_absolute_error.',
  better: 'lower',
  range: [0, Infinity],
  unit: 'target',
  consequence: 'Being off by 10 is exactly twice as bad as being off by 5.',
  formula: 'mean of |truth − prediction|',
  prepare: (s) => meanOf(losses(s, absolute)),
});

export const rmse = measure({
  ...shared,
  id: 'rmse',
  label: 'Root mean squared error',
  help: 'A typical size of the error in the unit of the target, in which large errors count more than small ones.',
  source: 'Gauss 1809; as the square root of sklearn.metrics.mean_squared_error.',
  better: 'lower',
  range: [0, Infinity],
  unit: 'target',
  consequence: 'One large error is worse than many small ones.',
  formula: '√ mean of (truth − prediction)²',
  prepare: (s) => meanOf(losses(s, squared), Math.sqrt),
});

export const mse = measure({
  ...shared,
  id: 'mse',
  label: 'Mean squared error',
  help: 'The mean of the squared errors: what many models make small while they learn. Its unit is the square of the target’s.',
  source: 'Gauss 1809; as sklearn.metrics.mean_squared_error.',
  better: 'lower',
  range: [0, Infinity],
  unit: 'target²',
  consequence: 'As root mean squared error, when the square itself is wanted.',
  formula: 'mean of (truth − prediction)²',
  prepare: (s) => meanOf(losses(s, squared)),
});

export const medae = measure({
  ...shared,
  id: 'medae',
  label: 'Median absolute error',
  help: 'Half of the predictions are closer than this. A few wild errors do not change it.',
  source: 'As sklearn.metrics.median_absolute_error.',
  better: 'lower',
  range: [0, Infinity],
  unit: 'target',
  consequence: 'A few hopeless rows should not spoil the picture of the others.',
  formula: 'median of |truth − prediction|',
  prepare(s) {
    const loss = losses(s, absolute);
    const order = Uint32Array.from(loss, (_, i) => i).sort((a, b) => loss[a]! - loss[b]! || a - b);
    return (weight) => {
      let total = 0;
      for (const i of order) total += weight ? weight[i]! : 1;
      if (!(total > 0)) return NaN;
      // The value at which half of the weight lies below; the middle of two when the half falls between them.
      let below = 0;
      let lower = NaN;
      for (const i of order) {
        const w = weight ? weight[i]! : 1;
        if (w === 0) continue;
        if (!Number.isNaN(lower)) return (lower + loss[i]!) / 2;
        below += w;
        if (below === total / 2) lower = loss[i]!;
        else if (below > total / 2) return loss[i]!;
      }
      return lower;
    };
  },
});

export const mape = measure({
  ...shared,
  id: 'mape',
  label: 'Mean absolute percentage error',
  help: 'How far off a prediction is relative to the truth: 0.1 means 10 % off on average. Explodes when the truth can be near 0.',
  source: 'As sklearn.metrics.mean_absolute_percentage_error.',
  better: 'lower',
  range: [0, Infinity],
  unit: '',
  consequence: 'Being off by 10 matters for a truth of 20 but not for one of 2000.',
  formula: 'mean of |truth − prediction| ÷ |truth|',
  prepare: (s) => meanOf(losses(s, (y, p) => absolute(y, p) / Math.max(Math.abs(y), EPSILON))),
});

export const r2 = measure({
  ...shared,
  id: 'r2',
  label: 'R²',
  help: 'The share of the target’s variation that the predictions explain: 1 is perfect, 0 is as good as always saying the mean, below 0 is worse than that.',
  source: 'Wright 1921, coefficient of determination; as sklearn.metrics.r2_score.',
  better: 'higher',
  range: [-Infinity, 1],
  unit: '',
  consequence: 'You want to know how much of what there is to explain is explained, whatever the unit.',
  formula: '1 − Σ (truth − prediction)² ÷ Σ (truth − mean of truth)²; undefined when the truth never varies',
  prepare(s) {
    const loss = losses(s, squared);
    const n = loss.length;
    const y = Float64Array.from({ length: n }, (_, i) => s.truth[i]!);
    return (weight) => {
      let total = 0;
      let mean = 0;
      for (let i = 0; i < n; i++) {
        const w = weight ? weight[i]! : 1;
        total += w;
        mean += w * y[i]!;
      }
      mean /= total;
      let off = 0;
      let spread = 0;
      let size = 0;
      for (let i = 0; i < n; i++) {
        const w = weight ? weight[i]! : 1;
        if (w === 0) continue;
        off += w * loss[i]!;
        spread += w * (y[i]! - mean) * (y[i]! - mean);
        size = Math.max(size, Math.abs(y[i]!));
      }
      // A constant truth leaves only the rounding of its mean.
      const rounding = total * (8 * EPSILON * size) ** 2;
      return total > 0 && spread > rounding ? 1 - off / spread : NaN;
    };
  },
});
