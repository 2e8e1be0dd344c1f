/** Candidates and their training, alone or blended. */
import { canBeMember } from '../core/model.js';
import { defaults, type Member, type Values } from '../core/param.js';
import { Problem } from '../core/problem.js';
import type { Backend, Trial } from '../core/protocol.js';
import { type Candidate, runKey, type Workflow } from '../core/workflow.js';
import * as jobs from '../jobs/index.js';
import { getSetting, type RunRecord } from '../store/index.js';
import { membersOfBest } from './blend.js';
import { project } from './document.svelte.js';
import { mine } from './mine.js';
import { works } from './work.svelte.js';

/** Whether the model, or a member of it, fits on a graphics card: such jobs go one after another. */
export const likesGpu = ({ model, params }: Pick<Trial, 'model' | 'params'>): boolean => {
  const likes = (id: string) => project.catalog?.models.find((m) => m.id === id)?.takes.gpu === 'likes';
  return likes(model) || (params['members'] as readonly Member[] | undefined)?.some((m) => likes(m.model)) === true;
};
export const backendWish = (): Promise<Backend> => getSetting<Backend>('backend').then((b) => b ?? 'auto');

export const candidateOf = (model: string, params: Values = {}): Candidate => {
  const declared = project.catalog?.models.find((m) => m.id === model);
  if (!declared) throw new Problem('model/unknown', { model });
  return { id: model, model, version: declared.version, params: { ...defaults(declared.params), ...params } };
};

export const setCandidates = (candidates: readonly Candidate[], label = 'candidates'): void =>
  project.edit(label, (w) => ({ ...w, candidates }));
export const setTuning = (part: Partial<Workflow['tuning']>): void =>
  project.edit('tuning', (w) => ({ ...w, tuning: { ...w.tuning, ...part } }));

export async function trainOne(
  w: Workflow,
  t: Trial,
  from: RunRecord['from'],
  fit: boolean,
  label: string,
  topic: string,
): Promise<RunRecord | null> {
  const owner = project.id;
  if (!owner) return null;
  const backend = await backendWish();
  const gpu = likesGpu(t) && backend !== 'cpu';
  const run = await works.run(label, topic, (work) =>
    jobs.start<'train'>({ kind: 'train', workflow: w, candidate: t, from, fit, backend }, work.tell, gpu),
  );
  const record: RunRecord = { ...run, project: owner, at: Date.now() };
  await project.addRun(record);
  return record;
}

/** Trains the baseline (when there is none yet) and these candidates, as many at once as there are lanes. */
export async function trainAll(candidates: readonly Candidate[]): Promise<void> {
  mine();
  const w = project.workflow;
  const baseline = candidateOf('baseline');
  const wanted = [baseline, ...candidates.filter((c) => c.model !== 'baseline')].filter(
    (c) => !project.runs.some((r) => r.key === runKey(w, c) && !r.stopped && !r.problem),
  );
  const todo = candidates.length && wanted.length === 0 ? candidates : wanted;
  project.setPending({ kind: 'train', candidates: todo.map((c) => c.id) });
  const ended = await Promise.allSettled(
    todo.map((c, i) => {
      const label = project.catalog?.models.find((m) => m.id === c.model)?.label ?? c.model;
      return trainOne(w, { trial: i, model: c.model, version: c.version, params: c.params }, 'train', true, label, `train:${c.model}`);
    }),
  );
  project.setPending(null);
  const failed = ended.find((e) => e.status === 'rejected' && !(e.reason instanceof Problem));
  if (failed?.status === 'rejected') throw failed.reason;
}

/** The best few kinds of model that were trained or tuned here, as one that asks them all; null with fewer than two. */
export function blendCandidate(): Candidate | null {
  const { catalog } = project;
  const metric = catalog?.metrics.find((m) => m.id === project.workflow.problem.metric);
  const { task } = project.workflow.problem;
  if (!catalog || !metric || !task) return null;
  const mayJoin = (id: string) => id !== 'baseline' && catalog.models.some((m) => m.id === id && canBeMember(m, task));
  const members = membersOfBest(project.freshRuns, metric.id, metric.better, mayJoin);
  return members.length ? candidateOf('voting', { members }) : null;
}

/** Trains the blend of the best and puts it among the candidates, beside those given. */
export async function blendBest(beside: readonly Candidate[] = project.workflow.candidates): Promise<void> {
  const blend = blendCandidate();
  if (!blend) return;
  if (beside.length) setCandidates([...beside.filter((c) => c.model !== blend.model), blend]);
  await trainAll([blend]);
}

/** Whether this very blend was trained already. */
export const isTrained = (c: Candidate): boolean =>
  project.freshRuns.some((r) => r.key === runKey(project.workflow, c) && !r.stopped && !r.problem);
