/** Which runs of a leaderboard are worth asking together. */
import type { Member } from '../core/param.js';
import type { Run } from '../core/protocol.js';
import { rankRuns } from '../core/ranking.js';

/** More bring little and make the blend slow. */
const MOST = 4;

/**
 * The best run of each of the best few kinds of model, as members that count the same: those about as good as the best (inside its 95 %
 * interval), two at least. Fewer than two are none. Different kinds err in different ways, which is what a blend lives on; two settings of
 * one kind err alike.
 */
export function membersOfBest(
  runs: readonly Run[],
  metric: string,
  better: 'higher' | 'lower',
  mayJoin: (model: string) => boolean,
): readonly Member[] {
  const scored = runs.filter((r) => !r.stopped && !r.problem && typeof r.cv[metric]?.mean === 'number' && mayJoin(r.model));
  const kinds: Run[] = [];
  for (const r of rankRuns(scored, metric, better)) if (!kinds.some((k) => k.model === r.model)) kinds.push(r);
  const best = kinds[0]?.cv[metric];
  const worst = (better === 'higher' ? best?.low : best?.high) ?? best?.mean;
  const near = (r: Run) => {
    const mean = r.cv[metric]!.mean!;
    return typeof worst === 'number' && (better === 'higher' ? mean >= worst : mean <= worst);
  };
  const taken = kinds.filter((r, i) => i < MOST && (i < 2 || near(r)));
  return taken.length < 2 ? [] : taken.map((r) => ({ model: r.model, params: r.params }));
}
