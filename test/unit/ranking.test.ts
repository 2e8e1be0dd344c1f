/** The order of a leaderboard. */
import { describe, expect, it } from 'vitest';
import type { FoldScore } from '../../src/core/artifact.js';
import { rankRuns } from '../../src/core/ranking.js';

const mean = (value: number | null): FoldScore => ({ mean: value, sd: null, low: null, high: null, folds: [] });
const run = (model: string, accuracy: number | null, log_loss?: number) => ({
  model,
  cv: { accuracy: mean(accuracy), ...(log_loss === undefined ? {} : { log_loss: mean(log_loss) }) },
});
const order = (better: 'higher' | 'lower', ...runs: ReturnType<typeof run>[]) => rankRuns(runs, 'accuracy', better).map((r) => r.model);

describe('a leaderboard', () => {
  it('has the best mean first and what has none last', () => {
    expect(order('higher', run('a', 0.5), run('none', null), run('b', 0.9), run('c', -0.2))).toEqual(['b', 'a', 'c', 'none']);
    expect(order('lower', run('a', 0.5), run('none', null), run('b', 0.9), run('c', 0))).toEqual(['c', 'a', 'b', 'none']);
  });
  it('settles equal hits, however they were summed, by the better chances', () => {
    expect(order('higher', run('a', 0.1 + 0.2, 0.4), run('b', 0.3, 0.1), run('c', 0.3001, 9))).toEqual(['c', 'b', 'a']);
  });
  it('has the baseline after its equals', () => {
    expect(order('higher', run('baseline', 0.5, 0.1), run('a', 0.5, 0.7))).toEqual(['a', 'baseline']);
  });
});
