/** The order of a leaderboard. */
import type { FoldScore } from './artifact.js';

interface Ranked {
  readonly model: string;
  readonly cv: Readonly<Record<string, FoldScore>>;
}

/** Means nearer than this share are equal: they came of the same hits, summed in another order. */
const EQUAL = 1e-9;

/**
 * Runs by the mean of a metric, best first; those without a score last. Of runs that hit equally often the one whose chances fit better
 * (log loss) stands first. The baseline never stands before an equal.
 */
export function rankRuns<R extends Ranked>(runs: readonly R[], metric: string, better: 'higher' | 'lower'): R[] {
  const value = (r: R) => {
    const mean = r.cv[metric]?.mean;
    if (mean === null || mean === undefined) return -Infinity;
    return better === 'higher' ? mean : -mean;
  };
  return [...runs].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x !== y && !(Math.abs(x - y) <= EQUAL * Math.min(Math.abs(x), Math.abs(y)))) return y - x;
    const baseline = Number(a.model === 'baseline') - Number(b.model === 'baseline');
    return baseline || (a.cv.log_loss?.mean ?? 0) - (b.cv.log_loss?.mean ?? 0);
  });
}
