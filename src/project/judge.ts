/** Choosing a run, opening the holdout, looking inside. */
import type { Evaluation, PartialDependence } from '../core/evaluation.js';
import type { BoundaryPicture, Inside, Witnesses } from '../core/inside.js';
import { Problem } from '../core/problem.js';
import { evaluationKey } from '../core/workflow.js';
import * as jobs from '../jobs/index.js';
import { getEvaluation, type RunRecord } from '../store/index.js';
import { project } from './document.svelte.js';
import { mine } from './mine.js';
import { backendWish, trainOne } from './train.js';
import type { ModelRef } from './use.js';
import { works } from './work.svelte.js';

export const choose = (run: string | null): void => project.edit('choose', (w) => ({ ...w, chosen: run }));

/** Fits a tuned run on all training rows, when it has not been yet. */
export async function ensureFitted(run: RunRecord): Promise<RunRecord> {
  if (run.bytes > 0) return run;
  const fitted = await trainOne(
    project.workflow,
    { trial: 0, model: run.model, version: run.version, params: run.params },
    run.from,
    true,
    `Fitting ${run.label}`,
    `train:${run.model}`,
  );
  return fitted ?? run;
}

/** Opens the holdout for the chosen run; the look is counted before anything is seen. */
export async function openHoldout(): Promise<Evaluation> {
  mine();
  const run = project.chosenRun;
  if (!run) throw new Problem('evaluate/no-choice');
  await ensureFitted(run);
  const w = project.workflow;
  const seen = project.looks.some((l) => l.run === run.key && l.design === run.design);
  if (!seen)
    project.addLook({ at: Date.now(), run: run.key, design: run.design, ...(project.held === null ? {} : { held: project.held }) });
  const backend = await backendWish();
  const evaluation = await works.run(`Evaluating ${run.label}`, 'evaluate', (work) =>
    jobs.start<'evaluate'>({ kind: 'evaluate', workflow: w, run: run.key, looks: project.looksHere, backend }, work.tell),
  );
  await project.loadEvaluation();
  return evaluation;
}

/** The newest verdict that was once given and no longer fits the document, with the run it was about; null when none is kept. */
export async function formerEvaluation(): Promise<{ evaluation: Evaluation; run: RunRecord } | null> {
  const documents = [project.workflow, ...[...project.past].reverse(), ...project.future];
  for (const look of [...project.looks].reverse()) {
    const run = project.runs.find((r) => r.key === look.run);
    if (!run) continue;
    for (const key of new Set(documents.map((w) => evaluationKey(w, run.key)))) {
      const evaluation = await getEvaluation(key);
      if (evaluation) return { evaluation, run };
    }
  }
  return null;
}

export const dependence = (column: string): Promise<PartialDependence> =>
  jobs.start<'dependence'>({ kind: 'dependence', workflow: project.workflow, run: project.workflow.chosen ?? '', column }, () => undefined)
    .result;

// ---- looking inside

export const insideOf = (model: ModelRef, tree = 0, path: readonly number[] = []): Promise<Inside | null> =>
  jobs.start<'inside'>({ kind: 'inside', artifact: model, tree, path }, () => undefined).result;
/** What a fitted run answers over two raw columns. */
export const boundaryOf = (run: string, a: string, b: string): Promise<BoundaryPicture> =>
  jobs.start<'boundary'>({ kind: 'boundary', workflow: project.workflow, run, a, b }, () => undefined).result;
/** Who speaks for the answer to one row; a run of the open project shows its neighbours' own cells. */
export const witnessesOf = (model: ModelRef, row: Readonly<Record<string, string>>): Promise<Witnesses> =>
  jobs.start<'witnesses'>(
    { kind: 'witnesses', artifact: model, workflow: typeof model === 'string' && project.id ? project.workflow : null, row },
    () => undefined,
  ).result;
