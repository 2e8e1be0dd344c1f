/** A whole study without a page: trials in rounds until the budget is spent, then the best of them fitted on all training rows. */
import type { Artifact } from '../src/core/artifact.js';
import { Problem } from '../src/core/problem.js';
import type { Reading } from '../src/core/profile.js';
import type { Run, Trial, TrialSummary } from '../src/core/protocol.js';
import { rankRuns } from '../src/core/ranking.js';
import { runKey } from '../src/core/workflow.js';
import type { Guide } from './context.js';
import { metricFor, type Design } from './design.js';
import { metricOf } from './evaluate/metrics/index.js';
import { models } from './models/index.js';
import { train, modelOf } from './run.js';
import { nextTrials } from './trials.js';

export interface Study {
  readonly runs: readonly Run[];
  readonly best: Run;
  readonly artifact: Artifact;
}

export const ranked = <R extends Pick<Run, 'cv' | 'model'>>(runs: readonly R[], metric: string): R[] =>
  rankRuns(runs, metric, metricOf(metric).better);

export const defaultTrial = (id: string, trial = 0, params: Trial['params'] = {}): Trial => ({
  trial,
  model: id,
  version: modelOf(id).version,
  params,
});

export async function study(
  d: Design,
  readings: Readonly<Record<string, Reading>>,
  guide: Guide,
  told: (run: Run) => void = () => undefined,
): Promise<Study> {
  const w = d.workflow;
  const metric = metricFor(w.problem);
  const runs: Run[] = [];
  const keep = (run: Run) => {
    runs.push(run);
    told(run);
  };
  keep((await train(d, readings, defaultTrial('baseline'), guide, { fit: false, from: 'train' })).run);
  for (const c of w.candidates)
    if (models.has(c.model)) keep((await train(d, readings, { trial: 0, ...c }, guide, { fit: false, from: 'train' })).run);
  const done: TrialSummary[] = [];
  for (;;) {
    const round = nextTrials(w, done);
    if (round.length === 0 || guide.stopped) break;
    for (const t of round) {
      try {
        const { run } = await train(d, readings, t, guide, { fit: false, from: 'tune' });
        keep(run);
        done.push({ ...t, score: run.cv[metric]?.mean ?? null });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        done.push({ ...t, score: null });
      }
    }
  }
  const chosen = (w.chosen !== null && runs.find((r) => r.key === w.chosen)) || ranked(runs, metric)[0]!;
  const { artifact } = await train(d, readings, { trial: 0, model: chosen.model, version: chosen.version, params: chosen.params }, guide, {
    fit: true,
    from: chosen.from,
  });
  if (artifact!.provenance.key !== runKey(w, chosen)) throw new Error('The fitted model is not the one chosen');
  return { runs, best: chosen, artifact: artifact! };
}
