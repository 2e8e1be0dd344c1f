/** Which runs of a leaderboard are blended at the press of a button. */
import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/core/protocol.js';
import { membersOfBest } from '../../../src/project/blend.js';

const run = (model: string, mean: number, over: Partial<Run> = {}) =>
  ({
    key: `${model} ${mean}`,
    model,
    params: { of: mean },
    cv: { score: { mean, sd: 0, low: mean - 0.1, high: mean + 0.1, folds: [mean] } },
    stopped: false,
    problem: null,
    ...over,
  }) as unknown as Run;
const taken = (runs: readonly Run[], better: 'higher' | 'lower' = 'higher') =>
  membersOfBest(runs, 'score', better, (m) => m !== 'baseline').map((m) => `${m.model} ${String(m.params['of'])}`);

describe('membersOfBest', () => {
  it('takes the best run of each kind, with its settings', () => {
    expect(taken([run('a', 0.8), run('a', 0.85), run('b', 0.84), run('baseline', 0.9)])).toEqual(['a 0.85', 'b 0.84']);
    expect(taken([run('a', 0.8), run('a', 0.85), run('b', 0.84)], 'lower')).toEqual(['a 0.8', 'b 0.84']);
  });
  it('takes four at most, and beyond two only those about as good as the best', () => {
    expect(taken(['a', 'b', 'c', 'd', 'e'].map((m, i) => run(m, 0.9 - i / 100)))).toHaveLength(4);
    expect(taken([run('a', 0.9), run('b', 0.5), run('c', 0.4)])).toEqual(['a 0.9', 'b 0.5']);
    expect(taken([run('a', 1), run('b', 1.05), run('c', 1.2)], 'lower')).toEqual(['a 1', 'b 1.05']);
  });
  it('takes none where there are not two, or they were stopped or failed', () => {
    const problem = { code: 'fit/no-rows', message: '', hint: '', where: {} } as const;
    expect(taken([run('a', 0.9), run('a', 0.8)])).toEqual([]);
    expect(taken([run('a', 0.9), run('b', 0.9, { stopped: true }), run('c', 0.9, { problem }), run('d', 0.9, { cv: {} })])).toEqual([]);
  });
});
