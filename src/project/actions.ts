/** What a person can do to a project, as verbs: each edits the document, asks the workers, and keeps what comes back. */
import type { DriftReport } from '../core/drift.js';
import type { Evaluation, PartialDependence } from '../core/evaluation.js';
import type { BoundaryPicture, Inside, Witnesses } from '../core/inside.js';
import { canBeMember } from '../core/model.js';
import { defaults, type Member, type Values } from '../core/param.js';
import { Problem } from '../core/problem.js';
import type { Profile, ReadChoices } from '../core/profile.js';
import type { ArtifactSummary, Backend, Exported, Predicted, Proposal, RowPrediction, Trial, TrialSummary } from '../core/protocol.js';
import type { Use } from '../core/step.js';
import {
  designKey,
  emptyWorkflow,
  evaluationKey,
  furtherOf,
  runKey,
  type Candidate,
  type ColumnPlan,
  type FurtherTarget,
  type Workflow,
} from '../core/workflow.js';
import * as jobs from '../jobs/index.js';
import { getEvaluation, getSetting, putSetting, type RunRecord } from '../store/index.js';
import { membersOfBest } from './blend.js';
import { project } from './document.svelte.js';
import { withModel, withNote, withStage, type ModelStage } from './registry.js';
import { works } from './work.svelte.js';

/** Files larger than this are read as a sample unless the person says otherwise. */
export const LARGE_BYTES = 600e6;

/** Two tabs must not work on one project: what adds to it is refused where it is only looked at. */
const mine = (): void => {
  if (project.elsewhere) throw new Problem('store/elsewhere');
};

// ---- data in

const nameOf = (file: string) =>
  file
    .replace(/\.[^.]+$/, '')
    .replace(/[_-]+/g, ' ')
    .trim() || 'Untitled';

const adopt = (w: Workflow, profile: Profile, choices: ReadChoices, p: Proposal | null, origin?: string): Workflow => ({
  ...w,
  source: { file: profile.file, bytes: profile.bytes, fingerprint: profile.fingerprint, rows: profile.rows, choices, origin },
  ...(p ? { columns: p.columns, problem: p.problem, split: p.split } : {}),
});

/** Reads a file into a new project and proposes the problem. */
export async function startProject(file: File, choices: ReadChoices = {}, origin?: string): Promise<void> {
  const profile = await works.run(`Reading ${file.name}`, 'read', (work) =>
    jobs.read((api, tell) => api.open(file, file.name, choices, tell), work.tell),
  );
  const bare = adopt(emptyWorkflow(nameOf(file.name)), profile, choices, null, origin);
  const proposal = await jobs.ask('propose', bare);
  await project.create(adopt(bare, profile, choices, proposal, origin), { stage: 'problem' });
  project.profile = profile;
  project.proposal = proposal;
  void rememberToPersist();
}

/** Puts another file (or another reading of the same) under the open project; roles and recipe stay where columns have the same names. */
export async function replaceData(file: File | null, choices: ReadChoices): Promise<void> {
  mine();
  const w = project.workflow;
  if (!file && !w.source) throw new Problem('data/none');
  const profile = await works.run(file ? `Reading ${file.name}` : 'Reading the file again', 'read', (work) =>
    file
      ? jobs.read((api, tell) => api.open(file, file.name, choices, tell), work.tell)
      : jobs.read((api, tell) => api.profile({ ...w, source: { ...w.source!, choices } }, tell), work.tell),
  );
  const bare = adopt(project.workflow, profile, choices, null, file ? undefined : w.source?.origin);
  const gone = w.problem.target !== null && !profile.columns.some((c) => c.name === w.problem.target);
  const asked = gone ? { ...bare, problem: { ...bare.problem, target: null, task: null } } : bare;
  const proposal = await jobs.ask('propose', asked);
  project.profile = profile;
  project.proposal = proposal;
  project.edit('data', () => adopt(asked, profile, choices, proposal, asked.source?.origin));
}

export async function openSample(id: string): Promise<void> {
  const sample = project.catalog?.samples.find((s) => s.id === id);
  if (!sample) throw new Problem('data/no-sample', { sample: id });
  const blob = await works.run(`Preparing ${sample.label}`, 'read', (work) => jobs.read((api, tell) => api.sample(id, tell), work.tell));
  await startProject(new File([blob], sample.file, { type: 'text/csv' }), {}, `${sample.source}. Licence: ${sample.licence}.`);
}

/** Fetches the profile of the open project's data, reading the raw file again if its table is gone. */
export async function loadProfile(): Promise<void> {
  const w = project.workflow;
  if (!w.source) return;
  const work = works.of('profile').find((x) => x.active);
  if (work) return;
  const profile = await jobs.read(
    (api, tell) => api.profile(w, tell),
    () => undefined,
  ).result;
  if (project.workflow.source?.fingerprint === w.source.fingerprint) project.profile = profile;
  project.proposal = await jobs.ask('propose', w);
}

async function rememberToPersist(): Promise<void> {
  if (await getSetting<boolean>('asked-to-persist')) return;
  await putSetting('asked-to-persist', true);
  await navigator.storage?.persist?.();
}

export const loadCatalog = async (): Promise<void> => {
  project.catalog ??= await jobs.ask('catalog');
};

// ---- the problem

export async function chooseTarget(name: string): Promise<void> {
  const proposal = await jobs.ask(
    'propose',
    { ...project.workflow, problem: { ...project.workflow.problem, target: null, task: null, positive: null, success: null } },
    name,
  );
  project.proposal = proposal;
  const { question, use, harm } = project.workflow.problem;
  project.edit('target', (w) => ({
    ...w,
    columns: proposal.columns,
    problem: { ...proposal.problem, question, use, harm, whyTarget: '' },
    split: proposal.split,
    chosen: null,
  }));
}

export async function chooseTask(task: 'class' | 'number'): Promise<void> {
  const asked: Workflow = { ...project.workflow, problem: { ...project.workflow.problem, task, whyTask: '', metric: null, success: null } };
  const proposal = await jobs.ask('propose', asked);
  project.edit('task', (w) => ({ ...w, problem: { ...proposal.problem, whyTask: '' }, split: proposal.split, chosen: null }));
}

export const setProblem = (label: string, part: Partial<Workflow['problem']>): void =>
  project.edit(label, (w) => ({ ...w, problem: { ...w.problem, ...part } }));
export const setSplit = (part: Partial<Workflow['split']>): void =>
  project.edit('split', (w) => ({ ...w, split: { ...w.split, ...part } }));
export const setColumn = (name: string, part: Partial<ColumnPlan>): void =>
  project.edit(`column ${name}`, (w) => {
    const changed = { ...w, columns: w.columns.map((c) => (c.name === name ? { ...c, why: '', ...part } : c)) };
    return part.role === undefined ? changed : { ...changed, problem: withoutFurther(changed.problem, name) };
  });
// ---- further targets

/** Without a word of further targets where the last is gone. */
function withoutFurther({ also, chain, ...problem }: Workflow['problem'], name: string): Workflow['problem'] {
  const left = (also ?? []).filter((t) => t.target !== name);
  return left.length ? { ...problem, also: left, ...(chain === undefined ? {} : { chain }) } : problem;
}
const editFurther = (label: string, change: (also: readonly FurtherTarget[]) => readonly FurtherTarget[]): void =>
  project.edit(label, (w) => ({ ...w, problem: { ...w.problem, also: change(furtherOf(w)) } }));

/** Predicts one more column; it is a feature no longer. */
export async function addFurther(name: string): Promise<void> {
  const found = await jobs.ask('further', project.workflow, name);
  project.edit('further target', (w) =>
    name === w.problem.target || furtherOf(w).some((t) => t.target === name)
      ? w
      : {
          ...w,
          columns: w.columns.map((c) => (c.name === name ? { ...c, role: 'target', why: '' } : c)),
          problem: { ...w.problem, also: [...furtherOf(w), found] },
        },
  );
}
/** Another task brings the metric and the positive class that go with it. */
export async function setFurther(name: string, part: Partial<Omit<FurtherTarget, 'target'>>): Promise<void> {
  const found = part.task ? await jobs.ask('further', project.workflow, name, part.task) : part;
  editFurther(`further target ${name}`, (also) => also.map((t) => (t.target === name ? { ...t, ...found } : t)));
}
/** Predicted no longer: it gets the role it would have by itself. */
export const dropFurther = (name: string): void => {
  const own = project.profile?.columns.find((c) => c.name === name)?.suggestion ?? { role: 'feature' as const, why: '' };
  setColumn(name, { role: own.role, why: own.why });
};
/** One place earlier in the chain. */
export const raiseFurther = (name: string): void =>
  editFurther('order of targets', (also) => {
    const at = also.findIndex((t) => t.target === name);
    return at < 1 ? also : [...also.slice(0, at - 1), also[at]!, also[at - 1]!, ...also.slice(at + 1)];
  });

/** The target gets another role: then there is none, and what hung on it is open again. */
export const dropTarget = (role: ColumnPlan['role']): void =>
  project.edit('target', (w) => ({
    ...w,
    columns: w.columns.map((c) => (c.name === w.problem.target ? { ...c, role, why: '' } : c)),
    problem: { ...w.problem, target: null, task: null, positive: null, metric: null, success: null, whyTarget: '', whyTask: '' },
    chosen: null,
  }));
export const rename = (name: string): void => project.edit('name', (w) => ({ ...w, name }));
export const setNote = (stage: keyof Workflow['notes'], note: string): void =>
  project.edit(`note ${stage}`, (w) => ({ ...w, notes: { ...w.notes, [stage]: note } }));

// ---- the recipe

const freeId = (w: Workflow): string => {
  let i = w.recipe.length + 1;
  while (w.recipe.some((u) => u.id === `s${i}`)) i++;
  return `s${i}`;
};
export const addStep = (use: Omit<Use, 'id'>): void =>
  project.edit('add step', (w) => ({ ...w, recipe: [...w.recipe, { ...use, id: freeId(w) }] }));
export const changeStep = (id: string, part: Partial<Use>): void =>
  project.edit(`step ${id}`, (w) => ({ ...w, recipe: w.recipe.map((u) => (u.id === id ? { ...u, ...part } : u)) }));
export const removeStep = (id: string): void => project.edit('remove step', (w) => ({ ...w, recipe: w.recipe.filter((u) => u.id !== id) }));
export const moveStep = (id: string, by: number): void =>
  project.edit('move step', (w) => {
    const from = w.recipe.findIndex((u) => u.id === id);
    const to = from + by;
    if (from < 0 || to < 0 || to >= w.recipe.length) return w;
    const recipe = [...w.recipe];
    const [use] = recipe.splice(from, 1);
    recipe.splice(to, 0, use!);
    return { ...w, recipe };
  });
export const dismiss = (what: string): void => project.edit('dismiss', (w) => ({ ...w, dismissed: [...w.dismissed, what] }));

// ---- training

/** Whether the model, or a member of it, fits on a graphics card: such jobs go one after another. */
const likesGpu = ({ model, params }: Pick<Trial, 'model' | 'params'>): boolean => {
  const likes = (id: string) => project.catalog?.models.find((m) => m.id === id)?.takes.gpu === 'likes';
  return likes(model) || (params['members'] as readonly Member[] | undefined)?.some((m) => likes(m.model)) === true;
};
export const backendWish = (): Promise<Backend> => getSetting<Backend>('backend').then((b) => b ?? 'auto');

export const candidateOf = (model: string, params: Values = {}): Candidate => {
  const declared = project.catalog?.models.find((m) => m.id === model);
  if (!declared) throw new Problem('model/unknown', { model });
  return { id: model, model, version: declared.version, params: { ...defaults(declared.params), ...params } };
};

export const setCandidates = (candidates: readonly Candidate[]): void => project.edit('candidates', (w) => ({ ...w, candidates }));
export const setTuning = (part: Partial<Workflow['tuning']>): void =>
  project.edit('tuning', (w) => ({ ...w, tuning: { ...w.tuning, ...part } }));

async function trainOne(
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

// ---- tuning

let tuning: { stop: boolean } | null = null;
/** Ends the study after the trials under way; what is found stays. */
export const stopTuning = (): void => {
  if (tuning) tuning.stop = true;
};

export const trialsOf = (runs: readonly RunRecord[], metric: string): TrialSummary[] =>
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
  tuning = study;
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
    if (tuning === study) tuning = null;
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

// ---- choosing, evaluating

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
  if (!seen) project.addLook({ at: Date.now(), run: run.key, design: run.design });
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

// ---- the registry

/** Keeps a run under a version of its own, fitted on all training rows. */
export async function registerModel(run: RunRecord): Promise<void> {
  mine();
  await ensureFitted(run);
  project.setModels(withModel(project.models, run.key, Date.now()));
}
export const setModelStage = (version: number, stage: ModelStage): void => project.setModels(withStage(project.models, version, stage));
export const setModelNote = (version: number, note: string): void => project.setModels(withNote(project.models, version, note));

// ---- taking away, using, watching

export type ModelRef = string | Uint8Array;
export const inspectModel = (model: ModelRef): Promise<ArtifactSummary> =>
  jobs.start<'inspect'>({ kind: 'inspect', artifact: model }, () => undefined).result;
export const predictRow = (model: ModelRef, row: Readonly<Record<string, string>>, level?: number): Promise<RowPrediction> =>
  jobs.start<'predict-row'>({ kind: 'predict-row', artifact: model, row, level }, () => undefined).result;
export async function predictFile(model: ModelRef, file: File, level?: number): Promise<Predicted> {
  const backend = await backendWish();
  return works.run(`Predicting ${file.name}`, 'predict', (work) =>
    jobs.start<'predict'>({ kind: 'predict', artifact: model, file, name: file.name, level, backend }, work.tell),
  );
}
export const exportAs = (model: ModelRef, id: string): Promise<Exported> =>
  works.run(`Saving ${project.catalog?.exports.find((e) => e.id === id)?.label ?? id}`, 'export', (work) =>
    jobs.start<'export'>({ kind: 'export', artifact: model, export: id, workflow: project.id ? project.workflow : null }, work.tell),
  );

/** How a model stands on a file, without a line in the history: to put several side by side. */
export const compareOn = (model: ModelRef, file: File): Promise<DriftReport> =>
  works.run(`Comparing on ${file.name}`, 'drift', (work) =>
    jobs.start<'drift'>({ kind: 'drift', artifact: model, file, name: file.name }, work.tell),
  );

export async function checkDrift(model: ModelRef, file: File): Promise<DriftReport> {
  const report = await works.run(`Checking ${file.name}`, 'drift', (work) =>
    jobs.start<'drift'>({ kind: 'drift', artifact: model, file, name: file.name }, work.tell),
  );
  if (project.id)
    project.addWatch({
      at: Date.now(),
      file: file.name,
      rows: report.rows.is,
      share: report.dataset.share,
      drifted: report.columns.filter((c) => c.drifted).map((c) => c.name),
      score: report.performance?.value ?? null,
    });
  return report;
}

// ---- project files

export async function projectFile({ id, name }: { readonly id: string; readonly name: string }): Promise<{ name: string; blob: Blob }> {
  const blob = await works.run('Packing the project', 'pack', (work) => jobs.read((api, tell) => api.pack(id, tell), work.tell));
  return { name: `${name.replace(/[^\p{L}\p{N} _-]+/gu, '').trim() || 'project'}.tablework`, blob };
}
export async function saveProjectFile(): Promise<{ name: string; blob: Blob }> {
  const { id } = project;
  if (!id) throw new Problem('store/no-project');
  await project.settled();
  return projectFile({ id, name: project.workflow.name });
}
export async function openProjectFile(file: File): Promise<void> {
  const id = await works.run(`Opening ${file.name}`, 'read', (work) => jobs.read((api, tell) => api.unpack(file, tell), work.tell));
  await project.open(id);
}
