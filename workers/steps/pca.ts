/** Replaces many numbers by the few directions along which rows differ most. */
import { choice, int, real, text } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { columnStep } from '../../src/core/step.js';
import { listed, numberColumn, numbersOf, rowsIn } from './columns.js';
import { eigen } from './eigen.js';
import { moments } from './numbers.js';

const MOST = 500;

type Learnt = {
  readonly names: readonly string[];
  readonly mean: Float64Array;
  /** Kept × columns, row-major, unit rows; in each the entry farthest from 0 is positive. */
  readonly components: Float64Array;
  /** Variance (ddof 1) along each kept component, and along all of them. */
  readonly variance: Float64Array;
  readonly total: number;
};

export const pca = columnStep({
  id: 'pca',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Principal components',
  help: 'Replaces many numbers that go together by a few that carry most of their variation. Standardise first, or the column with the largest unit decides. Missing cells count as the mean.',
  source: 'Pearson 1901; Jolliffe, Principal Component Analysis (2002). Signs: the entry of a component farthest from 0 is positive.',
  params: {
    by: choice({
      label: 'Keep',
      help: 'By share adapts to the data; by number gives a fixed width.',
      default: 'share',
      options: { share: 'As many as carry a share of the variation', count: 'A fixed number' },
    }),
    share: real({
      label: 'Share of the variation',
      help: '0.95: what is left out is a twentieth.',
      default: 0.95,
      min: 0.01,
      max: 1,
      tune: [0.5, 0.99],
      when: { param: 'by', is: ['share'] },
    }),
    count: int({
      label: 'Components',
      help: 'At most as many as there are columns.',
      default: 2,
      min: 1,
      max: MOST,
      tune: [1, 20],
      when: { param: 'by', is: ['count'] },
    }),
    name: text({ label: 'Name', help: 'The new columns are called name 1, name 2 …', default: 'component', maxLength: 100, more: true }),
  },
  learn(columns, params): Learnt {
    const p = columns.length;
    if (p > MOST) throw new Problem('steps/too-many-columns', { step: 'Principal components', count: p, most: MOST });
    const n = rowsIn(columns);
    const centred = columns.map((c) => {
      const values = numbersOf(c);
      const { mean } = moments(values);
      return { mean, values: values.map((v) => (Number.isFinite(v) ? v - mean : 0)) };
    });
    const covariance = new Float64Array(p * p);
    for (let a = 0; a < p; a++) {
      for (let b = a; b < p; b++) {
        const x = centred[a]!.values;
        const y = centred[b]!.values;
        let sum = 0;
        for (let i = 0; i < n; i++) sum += x[i]! * y[i]!;
        covariance[a * p + b] = covariance[b * p + a] = sum / Math.max(1, n - 1);
      }
    }
    const { values, vectors } = eigen(covariance, p);
    const variance = values.map((v) => Math.max(0, v));
    const total = variance.reduce((a, b) => a + b, 0);
    let kept = Math.min(params.count, p);
    if (params.by === 'share') {
      let sum = 0;
      for (kept = 0; kept < p && (kept === 0 || sum < params.share * total * (1 - 1e-12)); kept++) sum += variance[kept]!;
    }
    const components = vectors.slice(0, kept * p);
    for (let k = 0; k < kept; k++) {
      const row = components.subarray(k * p, (k + 1) * p);
      let far = 0;
      for (let j = 1; j < p; j++) if (Math.abs(row[j]!) > Math.abs(row[far]!) * (1 + 1e-9)) far = j;
      if (row[far]! < 0) for (let j = 0; j < p; j++) row[j] = -row[j]!;
    }
    return {
      names: columns.map((c) => c.name),
      mean: Float64Array.from(centred, (c) => c.mean),
      components,
      variance: variance.slice(0, kept),
      total,
    };
  },
  apply(columns, state, params) {
    const { mean, components, variance } = state as Learnt;
    const p = mean.length;
    const n = rowsIn(columns);
    const values = columns.map(numbersOf);
    return Array.from(variance, (_, k) => {
      const out = new Float64Array(n);
      for (let j = 0; j < p; j++) {
        const w = components[k * p + j]!;
        const x = values[j]!;
        for (let i = 0; i < n; i++) if (Number.isFinite(x[i]!)) out[i]! += w * (x[i]! - mean[j]!);
      }
      return numberColumn(`${params.name === '' ? 'component' : params.name} ${k + 1}`, out);
    });
  },
  says: (on, params) =>
    `Replace ${listed(on)} by ${params.by === 'share' ? `the components that carry ${Math.round(params.share * 100)} % of the variation` : `${params.count} principal components`}`,
  learnt(state) {
    const { names, variance, total } = state as Learnt;
    const sum = variance.reduce((a, b) => a + b, 0);
    return `${names.length} columns → ${variance.length} components with ${total > 0 ? Math.round((sum / total) * 1000) / 10 : 100} % of the variation.`;
  },
});
