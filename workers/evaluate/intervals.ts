/** 95 % intervals: of a score on given rows (bootstrap), of a share (Wilson, Clopper–Pearson), and of a cross-validated mean. */
import type { Interval } from '../../src/core/evaluation.js';
import type { Metric, Scored } from '../../src/core/metric.js';
import { betaQuantile, normalCdf, tQuantile } from './distributions.js';
import { metricOf } from './metrics/index.js';
import { bootstrap, type Ask, type Draws, type Resampling } from './resampling.js';

const Z = 1.959963984540054;

/** Wilson 1927: interval of a share, right at 0 % and 100 % too. */
export function wilson(hits: number, n: number, z = Z): [number, number] {
  if (!(n > 0)) return [0, 1];
  const p = hits / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [hits <= 0 ? 0 : Math.max(0, middle - half), hits >= n ? 1 : Math.min(1, middle + half)];
}

/** Clopper and Pearson 1934: the exact interval of a share, never too narrow. */
export function clopperPearson(hits: number, n: number, alpha = 0.05): [number, number] {
  return [hits <= 0 ? 0 : betaQuantile(alpha / 2, hits, n - hits + 1), hits >= n ? 1 : betaQuantile(1 - alpha / 2, hits + 1, n - hits)];
}

/**
 * 95 % interval of a mean over folds, with the variance raised because folds share training rows (Nadeau and Bengio 2003).
 * testRows: rows a fold tests; rows / folds unless told.
 */
export function correctedInterval(scores: readonly number[], rows: number, testRows = rows / scores.length): [number, number] {
  const k = scores.length;
  if (k < 2) throw new Error('An interval over folds needs two of them');
  const mean = scores.reduce((a, b) => a + b, 0) / k;
  const variance = scores.reduce((a, b) => a + (b - mean) ** 2, 0) / (k - 1);
  const half = tQuantile(0.975, k - 1) * Math.sqrt(variance * (1 / k + testRows / Math.max(1, rows - testRows)));
  return [mean - half, mean + half];
}

/** Quantile of sorted values (type 7: linear between order statistics). */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const i = Math.floor(at);
  const low = sorted[i]!;
  return i + 1 < sorted.length ? low + (at - i) * (sorted[i + 1]! - low) : low;
}

/**
 * The percentile interval of the draws, its levels moved outwards so that few units do not make it too narrow
 * (Hesterberg 2015, § 5.3, “expanded percentile”): 12 rows take the 1st and 99th percentile, many the 2.5th and 97.5th.
 */
export function percentiles(draws: Float64Array, units: number): { low: number; high: number; undefinedShare: number } {
  const sorted = draws.filter((v) => !Number.isNaN(v)).sort();
  const level = units > 1 ? normalCdf(-Math.sqrt(units / (units - 1)) * tQuantile(0.975, units - 1)) : 0;
  return {
    low: quantile(sorted, level),
    high: quantile(sorted, 1 - level),
    undefinedShare: draws.length ? 1 - sorted.length / draws.length : 1,
  };
}

const finite = ([low, high]: readonly [number, number]) => Number.isFinite(low) && Number.isFinite(high);

/**
 * From draws to an interval. Rules beyond the percentiles, each said in a note:
 * draws in which the metric is undefined (a class is missing, say) are left out; when they are more than half, the whole
 * range is possible; a score that is perfect in every draw keeps the doubt that rows not seen may be wrong; an accuracy
 * with fewer than 10 rows wrong, or right, also covers Wilson's interval.
 */
export function intervalOf(
  m: Pick<Metric, 'id' | 'range' | 'better'>,
  value: number,
  draws: Float64Array,
  units: number,
  smallest: number,
): Interval {
  if (draws.length === 0) return { value, low: value, high: value, note: 'Stopped before an interval could be worked out.' };
  const { undefinedShare, ...ends } = percentiles(draws, units);
  let { low, high } = ends;
  let note: string | undefined;
  if (undefinedShare > 0.5 || units < 2) {
    [low, high] = finite(m.range)
      ? m.range
      : ([Math.min(value, low), Math.max(value, high)].map((v) => (Number.isFinite(v) ? v : value)) as [number, number]);
    note = units < 2 ? 'One row says nothing about how far it varies.' : 'Too few rows of some class: it could be anything.';
  } else if (undefinedShare > 0) {
    note = `Undefined in ${(undefinedShare * 100).toFixed(1)} % of the draws, which were left out.`;
  }
  if (m.id === 'accuracy' && Math.min(value, 1 - value) * units < 10) {
    const [a, b] = wilson(value * units, units);
    low = Math.min(low, a);
    high = Math.max(high, b);
  } else if (low === high && finite(m.range)) {
    const best = m.better === 'higher' ? m.range[1] : m.range[0];
    const worst = m.better === 'higher' ? m.range[0] : m.range[1];
    if (Math.abs(value - best) < 1e-12) {
      // Exact bound of a share after no failure in n tries: 1 − 0.025^(1/n), as “the rule of three”.
      const edge = best + (worst - best) * (1 - 0.025 ** (1 / Math.max(1, smallest)));
      low = Math.min(low, edge);
      high = Math.max(high, edge);
      note = `Perfect on every row; with ${smallest} rows of the smallest class that still leaves room for mistakes.`;
    }
  }
  // A value outside its own percentiles (a strongly biased metric on few rows) is covered as well.
  return { value, low: Math.min(low, value), high: Math.max(high, value), ...(note ? { note } : {}) };
}

/** Units of the rarest class in the truth; all units for numbers. */
export function smallestOf(s: Scored, units: number): number {
  if (s.task === 'number') return units;
  const counts = new Map<number, number>();
  for (let i = 0; i < s.truth.length; i++) counts.set(s.truth[i]!, (counts.get(s.truth[i]!) ?? 0) + 1);
  return Math.max(1, Math.min(units, ...counts.values()));
}

/** Intervals of prediction i of the draws, for every metric that is defined on the rows as they are. */
export function intervalsOf(d: Draws, i: number, ids: readonly string[], s: Scored): Record<string, Interval> {
  const smallest = smallestOf(s, d.units);
  return Object.fromEntries(
    ids.flatMap((id, m) => {
      const value = d.value[i]![m]!;
      return Number.isFinite(value) ? [[id, intervalOf(metricOf(id), value, d.drawn[i]![m]!, d.units, smallest)]] : [];
    }),
  );
}

/** Model minus baseline, draw by draw. */
export function differencesOf(d: Draws, a: number, b: number, ids: readonly string[]): Record<string, Interval> {
  return Object.fromEntries(
    ids.flatMap((id, m) => {
      const value = d.value[a]![m]! - d.value[b]![m]!;
      if (!Number.isFinite(value)) return [];
      const draws = d.drawn[a]![m]!.map((v, i) => v - d.drawn[b]![m]![i]!);
      const { low, high, undefinedShare } = percentiles(draws, d.units);
      if (!(undefinedShare < 1)) return [[id, { value, low: value, high: value, note: 'No draw in which both are defined.' }]];
      return [[id, { value, low: Math.min(low, value), high: Math.max(high, value) }]];
    }),
  );
}

/** 95 % bootstrap intervals of each metric; metrics undefined for these rows are left out. */
export async function bootstrapIntervals(
  s: Scored,
  ids: readonly string[],
  o: Omit<Resampling, 'draws'> & { readonly draws?: number },
  tell: Ask,
): Promise<Record<string, Interval>> {
  return intervalsOf(await bootstrap([s], ids, { ...o, draws: o.draws ?? 1000 }, tell), 0, ids, s);
}
