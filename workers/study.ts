/** A whole study without a page: trials in rounds until the budget is spent, a blend of them, then the best fitted on all training rows. */
import type { Artifact } from '../src/core/artifact.js';
import type { Member } from '../src/core/param.js';
import { Problem } from '../src/core/problem.js';
import type { Reading } from '../src/core/profile.js';
import type { Run, Trial, TrialSummary } from '../src/core/protocol.js';
import { rankRuns } from '../src/core/ranking.js';
import { runKey } from '../src/core/workflow.js';
import { blendTrial, type Tried } from './blend.js';
import type { Guide } from './context.js';
import { metricFor, type Design } from './design.js';
import { metricOf } from './evaluate/metrics/index.js';
import { models } from './models/index.js';
import { train, modelOf } from './run.js';
import { trainSeveral } from './several.js';
import { nextTrials } from './trials.js';

export interface Study {
  readonly runs: readonly Run[];
  readonly best: Run;
  readonly artifact: Artifact;
  /** What became of the blend, in sentences. */
  readonly notes: readonly string[];
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
  const tried: Tried[] = [];
  const keep = ({ run, outOfFold }: Tried) => {
    runs.push(run);
    tried.push({ run, outOfFold });
    told(run);
  };
  keep(await train(d, readings, defaultTrial('baseline'), guide, { fit: false, from: 'train' }));
  for (const c of w.candidates)
    if (models.has(c.model)) keep(await train(d, readings, { trial: 0, ...c }, guide, { fit: false, from: 'train' }));
  const done: TrialSummary[] = [];
  for (;;) {
    const round = nextTrials(w, done);
    if (round.length === 0 || guide.stopped) break;
    for (const t of round) {
      try {
        const trained = await train(d, readings, t, guide, { fit: false, from: 'tune' });
        keep(trained);
        done.push({ ...t, score: trained.run.cv[metric]?.mean ?? null });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        done.push({ ...t, score: null });
      }
    }
  }
  const wanted = runs.find((r) => r.key === w.chosen);
  const blend = wanted || guide.stopped || done.length === 0 ? null : blendTrial(d, tried, metric);
  const notes: string[] = [];
  if (blend) {
    const trained = await trainSeveral(d, readings, blend, guide, { fit: true, from: 'tune' });
    const alone = ranked(runs, metric)[0]!;
    keep(trained);
    const won = !trained.run.stopped && ranked(runs, metric)[0] === trained.run;
    notes.push(blendNote(trained.run, alone, metric, won));
    if (won) notes.push(...aboutFurther(trained.run, []));
    if (won) return { runs, best: trained.run, artifact: trained.artifact!, notes };
  }
  const chosen = wanted ?? ranked(runs, metric)[0]!;
  const { run, artifact } = await trainSeveral(
    d,
    readings,
    { trial: 0, model: chosen.model, version: chosen.version, params: chosen.params },
    guide,
    {
      fit: true,
      from: chosen.from,
    },
  );
  if (artifact!.provenance.key !== runKey(w, chosen)) throw new Error('The fitted model is not the one chosen');
  notes.push(...aboutFurther(run, chosen.notes));
  return { runs, best: run.also ? { ...chosen, also: run.also } : chosen, artifact: artifact!, notes };
}

/** What there is to say of further targets. */
const aboutFurther = (run: Run, known: readonly string[]) =>
  run.also ? run.notes.filter((n) => !known.includes(n) && !n.startsWith('Backend: ')) : [];

function blendNote(blend: Run, alone: Run, metric: string, won: boolean): string {
  const score = (r: Run) => r.cv[metric]?.mean?.toPrecision(4) ?? 'no score';
  const members = (blend.params['members'] as readonly Member[]).map((m) => `${modelOf(m.model).label} × ${m.share!.toPrecision(2)}`);
  const verdict = won
    ? `is better in cross-validation than ${alone.label} alone (${score(blend)} against ${score(alone)}), so it is taken. Its shares were found on the same folds, which flatters it a little; the holdout does not.`
    : `is no better in cross-validation than ${alone.label} alone (${score(blend)} against ${score(alone)}), so that is taken.`;
  return `A blend of ${members.join(', ')} ${verdict}`;
}
