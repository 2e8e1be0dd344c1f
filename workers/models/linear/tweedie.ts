/** Deviances whose variance is a power of the mean (Tweedie 1984; Jørgensen 1987), as functions of the score, with their slopes and curvatures. */

/** How the score η makes the mean μ. */
export type MeanLink = 'log' | 'identity';

/** Variance of the target = dispersion × mean^power. 0 normal, 1 Poisson, 2 gamma, 3 inverse Gaussian. */
export interface Family {
  readonly power: number;
  readonly link: MeanLink;
}

export const meanOf = ({ link }: Family, eta: number): number => (link === 'log' ? Math.exp(eta) : eta);

/** Half the unit deviance; 0 where y = μ. Infinite where the score has run away. */
export function halfDeviance({ power: q, link }: Family, y: number, eta: number): number {
  const mu = link === 'log' ? Math.exp(eta) : eta;
  if (q === 0) return 0.5 * (y - mu) * (y - mu);
  const logMu = link === 'log' ? eta : Math.log(mu);
  // Near y the terms cancel; written in d = ln(y / μ) they do not: expm1 keeps the digits.
  if (q === 1) {
    if (y === 0) return mu;
    const d = Math.log(y) - logMu;
    return y * (d + Math.expm1(-d));
  }
  if (q === 2) {
    const d = Math.log(y) - logMu;
    return Math.expm1(d) - d;
  }
  const above = Math.exp((2 - q) * logMu);
  if (y === 0) return above / (2 - q);
  const d = Math.log(y) - logMu;
  // μ^(2−q) [ (e^((2−q) d) − 1) / ((1−q)(2−q)) − (e^d − 1) / (1−q) ]
  return above * (Math.expm1((2 - q) * d) / ((1 - q) * (2 - q)) - Math.expm1(d) / (1 - q));
}

/** Slope of half the deviance along η. */
export function slope({ power: q, link }: Family, y: number, eta: number): number {
  if (link === 'identity') return q === 0 ? eta - y : (eta - y) / eta ** q;
  return Math.exp((2 - q) * eta) - (y === 0 ? 0 : y * Math.exp((1 - q) * eta));
}

/** Expected curvature along η (Fisher): never negative. */
export function expected({ power: q, link }: Family, eta: number): number {
  if (link === 'identity') return q === 0 ? 1 : 1 / eta ** q;
  return Math.exp((2 - q) * eta);
}

/** Curvature along η of these rows; never negative for powers from 1 to 2 under the log link. */
export function observed(family: Family, y: number, eta: number): number {
  const q = family.power;
  if (family.link === 'identity') return expected(family, eta);
  return (q === 2 ? 0 : (2 - q) * Math.exp((2 - q) * eta)) - (y === 0 ? 0 : (1 - q) * y * Math.exp((1 - q) * eta));
}
