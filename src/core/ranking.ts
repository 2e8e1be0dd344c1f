/** The order of a leaderboard. */
import type { FoldScore } from './artifact.js';

interface Ranked {
  readonly model: string;
  readonly cv: Readonly<Record<string, FoldScore>>;
}

/** Runs by the mean of a metric, best first; those without a score last. The baseline never stands before an equal. */
export function rankRuns<R extends Ranked>(runs: readonly R[], metric: string, better: 'higher' | 'lower'): R[] {
  const value = (r: R) => {
    const mean = r.cv[metric]?.mean;
    if (mean === null || mean === undefined) return -Infinity;
    return better === 'higher' ? mean : -mean;
  };
  return [...runs].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x === y ? Number(a.model === 'baseline') - Number(b.model === 'baseline') : y - x;
  });
}
