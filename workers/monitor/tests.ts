/** The tests of drift: Kolmogorov–Smirnov, χ², PSI and the PSI that chance alone would reach. */
import type { LevelReference, NumberReference } from '../../src/core/drift.js';
import type { Random } from '../../src/core/random.js';
import { normal, random, splitSeed } from '../../src/core/random.js';
import { chi2Tail, ksTail, lgamma } from '../evaluate/distributions.js';
import { atMost, below } from './reference.js';

/** Shares are floored at this before they are compared, so that an empty bin costs a finite amount. */
const FLOOR = 1e-4;

/** Population stability index Σ (q − p) ln(q / p) over bins. */
export function psiOf(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let b = 0; b < p.length; b++) {
    const was = Math.max(FLOOR, p[b]!);
    const is = Math.max(FLOOR, q[b]!);
    sum += (is - was) * Math.log(is / was);
  }
  return sum;
}

/** P that an empirical distribution function of n values rises d above its law (Birnbaum & Tingey 1951). Cost n. */
function oneSided(n: number, d: number): number {
  let sum = 0;
  for (let j = 0; j <= Math.floor(n * (1 - d)); j++) {
    const rest = 1 - d - j / n;
    if (rest <= 0) continue;
    const ways = lgamma(n + 1) - lgamma(j + 1) - lgamma(n - j + 1);
    sum += Math.exp(ways + (j - 1) * Math.log(d + j / n) + (n - j) * Math.log(rest));
  }
  return d * sum;
}

/**
 * P of a distance this large: Kolmogorov's law for nm / (n + m) values, as scipy's asymptotic p. In the tail, where p decides
 * and both sides at once are out of the question, twice the exact one-sided law; elsewhere, and for large samples, the limit
 * with Vrbik's shift (Pioneer J. Theor. Appl. Statist. 15, 2018) to finite size.
 */
function ksP(d: number, n: number, m: number): number {
  if (d === 0) return 1;
  const exact = (n * m) / (n + m);
  // A half goes to the even number, as in numpy.
  const size = Math.max(1, exact % 1 === 0.5 ? 2 * Math.round(exact / 2) : Math.round(exact));
  const x = Math.sqrt(size) * d;
  const p = Math.min(1, ksTail(x + 1 / (6 * Math.sqrt(size)) + (x - 1) / (4 * size), 1, Infinity));
  return p < 0.1 && size <= 5000 ? Math.min(1, 2 * oneSided(size, d)) : p;
}

/** Largest distance between two distribution functions, and its asymptotic p (Smirnov 1948). `sorted` is not empty. */
export function ksOf(reference: NumberReference, sorted: Float64Array): { readonly statistic: number; readonly p: number } {
  const { at, before, upTo, exact } = reference;
  const m = sorted.length;
  let most = 0;
  /** Compares both functions just before x and at x, where `is` are those of the new data. */
  const look = (x: number, isBefore: number, isUpTo: number) => {
    const k = below(at, x);
    let wasBefore: number;
    let wasUpTo: number;
    if (k < at.length && at[k] === x) {
      wasBefore = before[k]!;
      wasUpTo = upTo[k]!;
    } else {
      const start = k > 0 ? upTo[k - 1]! : 0;
      const part = k > 0 && k < at.length ? (x - at[k - 1]!) / (at[k]! - at[k - 1]!) : 0;
      wasBefore = wasUpTo = k < at.length ? start + part * (before[k]! - start) : 1;
    }
    most = Math.max(most, Math.abs(wasBefore - isBefore), Math.abs(wasUpTo - isUpTo));
  };
  for (let i = 0; i < m;) {
    let j = i + 1;
    while (j < m && sorted[j] === sorted[i]) j++;
    look(sorted[i]!, i / m, j / m);
    i = j;
  }
  for (const x of at) look(x, below(sorted, x) / m, atMost(sorted, x) / m);
  // A share of the distance may be the sketch's: it is not held against the data.
  const sketch = exact ? 0 : 1 / at.length;
  return { statistic: most, p: ksP(Math.max(0, most - sketch), reference.rows - reference.missing, m) };
}

/** Pearson's χ² of a 2 × k table, without Yates's correction; cells: levels then, levels now. */
export function chi2Of(
  was: readonly number[],
  is: readonly number[],
): { readonly statistic: number; readonly df: number; readonly p: number } {
  const n = was.reduce((a, b) => a + b, 0);
  const m = is.reduce((a, b) => a + b, 0);
  let statistic = 0;
  let levels = 0;
  was.forEach((a, l) => {
    const total = a + is[l]!;
    if (total === 0) return;
    levels++;
    const first = (total * n) / (n + m);
    const second = (total * m) / (n + m);
    if (first > 0) statistic += (a - first) ** 2 / first;
    if (second > 0) statistic += (is[l]! - second) ** 2 / second;
  });
  const df = Math.max(0, levels - 1);
  return { statistic, df, p: df > 0 && n > 0 && m > 0 ? chi2Tail(statistic, df) : 1 };
}

/** Then and now side by side, over all levels of either; what the reference does not list is one level. */
export function crossed(
  reference: LevelReference,
  counts: ReadonlyMap<string, number>,
): { readonly was: number[]; readonly is: number[]; readonly unknown: [string, number][] } {
  const was = [...reference.counts];
  const is = reference.levels.map((l) => counts.get(l) ?? 0);
  const listed = new Set(reference.levels);
  const unknown = [...counts].filter(([l]) => !listed.has(l)).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  if (reference.rest > 0) {
    was.push(reference.rest);
    is.push(unknown.reduce((sum, [, n]) => sum + n, 0));
    // Any of them may be among the levels that were not listed, so none is called new.
    return { was, is, unknown: [] };
  }
  for (const [, n] of unknown) {
    was.push(0);
    is.push(n);
  }
  return { was, is, unknown };
}

function chi2Quantile(alpha: number, df: number): number {
  let low = 0;
  let high = df + 10;
  while (chi2Tail(high, df) > alpha) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (chi2Tail(middle, df) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

const DRAWS = 400;

/** A count around λ: Poisson by products of chances (Knuth, TAOCP 2, § 3.4.1), from 30 on by the normal law. */
function count(expected: number, u: Random): number {
  if (expected >= 30) return Math.max(0, expected + Math.sqrt(expected) * normal(u));
  const end = Math.exp(-expected);
  let k = 0;
  for (let product = u(); product > end; product *= u()) k++;
  return k;
}

/**
 * The PSI that samples of n and m from one population pass with probability alpha.
 * Large samples: PSI is (1/n + 1/m) χ² with bins − 1 degrees of freedom (Yurdakul 2018). Small ones, where empty bins
 * meet the floor: the quantile of 400 pairs drawn from the pooled shares, with a seed of its own.
 */
export function chancePsi(pooled: ArrayLike<number>, n: number, m: number, alpha: number): number {
  const bins = pooled.length;
  if (bins < 2 || n === 0 || m === 0) return 0;
  const limit = (1 / n + 1 / m) * chi2Quantile(alpha, bins - 1);
  let least = 1;
  for (let b = 0; b < bins; b++) if (pooled[b]! > 0) least = Math.min(least, pooled[b]!);
  if (Math.min(n, m) * least >= 20) return limit;
  const u = random(splitSeed(1, 'psi', n, m, bins));
  const sample = (size: number) => {
    const counts = Float64Array.from(pooled, (share) => count(size * share, u));
    const total = counts.reduce((a, b) => a + b, 0) || 1;
    return counts.map((c) => c / total);
  };
  const drawn = Float64Array.from({ length: DRAWS }, () => psiOf(sample(n), sample(m))).sort();
  const at = Math.min(DRAWS - 1, Math.ceil((1 - alpha) * DRAWS));
  return Math.max(limit, drawn[at]!);
}

/** Holm's step-down correction (Holm 1979); null stays null. */
export function holm(p: readonly (number | null)[]): (number | null)[] {
  const order = p.flatMap((v, i) => (v === null ? [] : [{ v, i }])).sort((a, b) => a.v - b.v);
  const out: (number | null)[] = p.map(() => null);
  let most = 0;
  order.forEach(({ v, i }, rank) => {
    most = Math.max(most, Math.min(1, v * (order.length - rank)));
    out[i] = most;
  });
  return out;
}
