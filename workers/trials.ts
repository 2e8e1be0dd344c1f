/** A workflow's study as the plan wants it: models that take part, scores where higher is better, trials with all their parameters. */
import type { Trial, TrialSummary } from '../src/core/protocol.js';
import { Problem } from '../src/core/problem.js';
import { checked, forTask } from '../src/core/param.js';
import type { Workflow } from '../src/core/workflow.js';
import { metricFor } from './design.js';
import { metricOf } from './evaluate/metrics/index.js';
import { models } from './models/index.js';
import { samplers } from './tune/index.js';
import { plan } from './tune/plan.js';

export function nextTrials(w: Workflow, done: readonly TrialSummary[]): Trial[] {
  const sampler = samplers.get(w.tuning.sampler);
  if (!sampler) throw new Problem('tune/no-sampler', { sampler: w.tuning.sampler });
  const sign = metricOf(metricFor(w.problem)).better === 'higher' ? 1 : -1;
  const taking = w.tuning.models
    .flatMap((id) => models.get(id) ?? [])
    .filter((m) => w.problem.task !== null && m.tasks.includes(w.problem.task));
  const families = taking.map((m) => {
    const params = forTask(m.params, w.problem.task);
    const search = w.candidates
      .find((c) => c.model === m.id)
      ?.search?.filter((name) => Object.hasOwn(params, name) || !Object.hasOwn(m.params, name));
    return { id: m.id, params, search };
  });
  const finished = done.map((t) => ({ model: t.model, params: t.params, score: t.score === null ? null : sign * t.score }));
  return plan(families, w.tuning.trials, w.seed, sampler, finished).map(({ model: id, params, trial }) => {
    const m = models.get(id)!;
    const base = w.candidates.find((c) => c.model === id)?.params ?? {};
    return { trial, model: id, version: m.version, params: checked(m.params, { ...base, ...params }) };
  });
}
