/** The search for settings, trial by trial. */
import type { ModelDeclaration, Task } from '../core/model.js';
import { forTask } from '../core/param.js';
import { Problem } from '../core/problem.js';
import type { Trial, TrialSummary } from '../core/protocol.js';
import { designKey, runKey, type Workflow } from '../core/workflow.js';
import * as jobs from '../jobs/index.js';
import type { RunRecord } from '../store/index.js';
import { project } from './document.svelte.js';
import { mine } from './mine.js';
import { backendWish, likesGpu } from './train.js';
import { works } from './work.svelte.js';

const searchable = (m: ModelDeclaration, task: Task): boolean =>
  Object.values(forTask(m.params, task)).some((p) => 'tune' in p && p.tune !== undefined);

/** The kinds a search takes: those named; else those trained on this cut of the data; else the short list. Of these, what has something to search. */
export function kindsToTry(): readonly string[] {
  const { catalog, freshRuns, workflow } = project;
  const { task } = workflow.problem;
  if (!catalog || !task) return [];
  const able = catalog.models.filter((m) => m.id !== 'baseline' && m.tasks.includes(task));
  const named = able.filter((m) => workflow.tuning.models.includes(m.id));
  if (named.length) return named.map((m) => m.id);
  const trained = new Set(freshRuns.filter((r) => r.from === 'train' && !r.problem).map((r) => r.model));
  const kinds = able.filter((m) => searchable(m, task));
  const own = kinds.filter((m) => trained.has(m.id));
  return (own.length ? own : kinds.filter((m) => m.first)).map((m) => m.id);
}

const trialsOf = (runs: readonly RunRecord[], metric: string): TrialSummary[] =>
  runs
    .filter((r) => r.from === 'tune')
    .sort((a, b) => a.at - b.at)
    .map((r, i) => ({
      trial: i,
      model: r.model,
      version: r.version,
      params: r.params,
      score: r.problem ? null : (r.cv[metric]?.mean ?? null),
    }));

/** Runs the study in rounds of fixed width until its budget is spent; each finished trial is kept, so it can go on after a closed tab. */
export async function tune(): Promise<void> {
  mine();
  const w = project.workflow;
  const design = designKey(w);
  const metric = w.problem.metric;
  if (!design || !metric) throw new Problem('problem/no-target');
  const study = { stop: false };
  project.setPending({ kind: 'tune', candidates: [] });
  const work = works.begin('Tuning', 'tune');
  const running = new Set<jobs.Running<unknown>>();
  work.attach({
    stop: () => {
      study.stop = true;
    },
    cancel: () => {
      study.stop = true;
      for (const r of running) r.cancel();
    },
  });
  const backend = await backendWish();
  let cancelled: unknown;
  try {
    for (;;) {
      const done = trialsOf(
        project.runs.filter((r) => r.design === design),
        metric,
      );
      work.advance(done.length / Math.max(1, w.tuning.trials), `${done.length} of ${w.tuning.trials} trials`);
      if (study.stop) break;
      const round = await jobs.ask('plan', w, done);
      if (round.length === 0) break;
      await Promise.all(
        round.map(async (t) => {
          const owner = project.id;
          if (!owner || study.stop) return;
          const job = jobs.start<'train'>(
            { kind: 'train', workflow: w, candidate: t, from: 'tune', fit: false, backend },
            () => undefined,
            likesGpu(t) && backend !== 'cpu',
          );
          running.add(job);
          try {
            await project.addRun({ ...(await job.result), project: owner, at: Date.now() + t.trial / 1000 });
          } catch (error) {
            if (error instanceof Problem && error.code === 'job/cancelled') {
              cancelled = error;
              return;
            }
            const problem =
              error instanceof Problem
                ? error
                : new Problem('job/crashed', { why: error instanceof Error ? error.message : String(error) });
            await project.addRun(failedRun(w, design, t, problem, owner));
          } finally {
            running.delete(job);
            const count = trialsOf(
              project.runs.filter((r) => r.design === design),
              metric,
            ).length;
            work.advance(Math.min(1, count / Math.max(1, w.tuning.trials)), `${count} of ${w.tuning.trials} trials`);
          }
        }),
      );
    }
    work.end(cancelled);
  } catch (error) {
    work.end(error);
    throw error;
  } finally {
    project.setPending(null);
  }
}

const failedRun = (w: Workflow, design: string, t: Trial, problem: Problem, owner: string): RunRecord => ({
  key: runKey(w, t)!,
  design,
  model: t.model,
  version: t.version,
  label: project.catalog?.models.find((m) => m.id === t.model)?.label ?? t.model,
  params: t.params,
  from: 'tune',
  cv: {},
  curve: [],
  fitSeconds: 0,
  predictSeconds: 0,
  bytes: 0,
  rows: 0,
  features: 0,
  backend: '',
  stopped: false,
  notes: [],
  problem: problem.toJSON(),
  project: owner,
  at: Date.now() + t.trial / 1000,
});
