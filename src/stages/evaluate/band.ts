/** How far single rows stray from the mean of a partial dependence. */
import type { PartialDependence } from '../../core/evaluation.js';

/** At each grid point the values that 1 in 10 and 9 in 10 of the single rows lie below; null with fewer than 5 rows. */
export function band(d: Pick<PartialDependence, 'grid' | 'rows'>): { low: number[]; high: number[] } | null {
  if (d.rows.length < 5) return null;
  const low: number[] = [];
  const high: number[] = [];
  d.grid.forEach((_, i) => {
    const sorted = d.rows.map((r) => r[i] ?? 0).sort((a, b) => a - b);
    low.push(sorted[Math.round(0.1 * (sorted.length - 1))]!);
    high.push(sorted[Math.round(0.9 * (sorted.length - 1))]!);
  });
  return { low, high };
}
