/** How far a covariance is best shrunk towards equal variances without correlation (Ledoit & Wolf 2004). */

/**
 * The share of shrinkage. `trace` is that of the scatter Σ w z zᵀ, `squares` the sum of its squared entries, `fourth` Σ w |z|⁴, all of
 * rows of total weight n in p columns that are centred.
 */
export function ledoitWolf(n: number, p: number, trace: number, squares: number, fourth: number): number {
  if (p < 2) return 0;
  const mu = trace / n / p;
  const delta = squares / (n * n);
  const beta = (fourth / n - delta) / (p * n);
  const distance = (delta - 2 * mu * (trace / n) + p * mu * mu) / p;
  const least = Math.min(beta, distance);
  return least > 0 ? least / distance : 0;
}
