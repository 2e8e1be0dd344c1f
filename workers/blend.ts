/** From the trials of a study to one more: the best of them asked together, with shares found on rows that none of them was fitted on. */
import { takeTarget } from '../src/core/model.js';
import type { Run, Trial } from '../src/core/protocol.js';
import { rankRuns } from '../src/core/ranking.js';
import type { Design } from './design.js';
import { metricOf } from './evaluate/metrics/index.js';
import { greedyShares, lossOf } from './models/combined/greedy.js';
import { voting } from './models/combined/voting.js';
import { modelOf } from './run.js';

export interface Tried {
  readonly run: Run;
  /** Rows × outputs, of the rows that no fold tested NaN. */
  readonly outOfFold: Float64Array;
}

/** So many of the best runs are looked at; more bring chance rather than skill. */
const LOOKED_AT = 15;
/** So many are blended at most: each costs a fit in every fold, and its place in the model. */
const MOST = 5;
const ROUNDS = 50;

const mayBlend = ({ run }: Tried): boolean =>
  run.model !== 'baseline' && modelOf(run.model).family !== 'combined' && !run.stopped && run.problem === null;

/** The best runs by a metric; of runs that predict the same to the last digit, the first. */
function best(tried: readonly Tried[], metric: string): Tried[] {
  const scored = tried.filter((t) => mayBlend(t) && typeof t.run.cv[metric]?.mean === 'number');
  const order = rankRuns(
    scored.map((t) => ({ ...t, model: t.run.model, cv: t.run.cv })),
    metric,
    metricOf(metric).better,
  );
  const out: Tried[] = [];
  for (const t of order) {
    if (out.length === LOOKED_AT) break;
    if (!out.some((o) => o.run.key === t.run.key || o.outOfFold.every((v, i) => Object.is(v, t.outOfFold[i])))) out.push(t);
  }
  return out;
}

/**
 * A voting model of up to five runs, or null where one alone does best. Shares go by log loss or squared error whatever the metric: those
 * two feel every row, so that they are less taken in by luck than a metric that counts hits.
 */
export function blendTrial(d: Design, tried: readonly Tried[], metric: string): Trial | null {
  const from = best(tried, metric);
  if (from.length < 2) return null;
  const outputs = d.target.task === 'class' ? d.target.levels.length : 1;
  const loss = lossOf(takeTarget(d.target, d.training), outputs);
  const shares = greedyShares(
    from.map((t) => t.outOfFold),
    loss,
    ROUNDS,
    MOST,
  );
  const members = from.map(({ run }, i) => ({ model: run.model, params: run.params, share: shares[i]! })).filter((m) => m.share > 0);
  return members.length < 2 ? null : { trial: 0, model: voting.id, version: voting.version, params: { members, shares: 'given' } };
}
