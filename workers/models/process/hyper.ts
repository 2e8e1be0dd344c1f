/** What a process learns beside its weights: variance, lengths, mixture and noise, as one list of logarithms within bounds. */
import type { Random } from '../../../src/core/random.js';
import type { Covariance } from '../../forms/covariance.js';

export interface Hyper {
  readonly kernel: Covariance;
  readonly variance: number;
  /** One for all columns, or one for each. */
  readonly lengths: Float64Array;
  readonly mixture: number;
  /** 0 where the process has none. */
  readonly noise: number;
}

/** Scikit-learn’s bounds of every one of them. */
export const LEAST = 1e-5;
export const MOST = 1e5;

/** variance, lengths, then the mixture and the noise where there is one. */
export function listOf(h: Hyper): Float64Array {
  return Float64Array.from(
    [h.variance, ...h.lengths, ...(h.kernel === 'rational-quadratic' ? [h.mixture] : []), ...(h.noise > 0 ? [h.noise] : [])],
    Math.log,
  );
}

/** The list read back into the shape it came from. */
export function hyperOf(list: Float64Array, like: Hyper): Hyper {
  const v = list.map(Math.exp);
  const l = like.lengths.length;
  const mixed = like.kernel === 'rational-quadratic' ? 1 : 0;
  return {
    kernel: like.kernel,
    variance: v[0]!,
    lengths: v.slice(1, 1 + l),
    mixture: mixed ? v[1 + l]! : like.mixture,
    noise: like.noise > 0 ? v[1 + l + mixed]! : 0,
  };
}

export const lengthOf = (h: Hyper, column: number): number => h.lengths[h.lengths.length === 1 ? 0 : column]!;

/** Another start, by chance: within a factor of 30 of the first. */
export function elsewhere(list: Float64Array, u: Random): Float64Array {
  return list.map((v) => Math.min(Math.log(MOST), Math.max(Math.log(LEAST), v + (2 * u() - 1) * Math.log(30))));
}
