/** A stored project as one file, and a file as a stored project. */
import type { Evaluation } from '../src/core/evaluation.js';
import { Problem } from '../src/core/problem.js';
import type { ReadChoices } from '../src/core/profile.js';
import { evaluationKey, stageIds, type StageId } from '../src/core/workflow.js';
import {
  getArtifact,
  getEvaluation,
  getFile,
  getProject,
  listRuns,
  putArtifact,
  putEvaluation,
  putProject,
  putRun,
  type Look,
  type Registered,
  type RunRecord,
  type Watch,
} from '../src/store/index.js';
import { openProject, packProject } from './export/project.js';
import { openArtifact } from './serve.js';

export async function packStored(id: string): Promise<Blob> {
  const project = await getProject(id);
  if (!project) throw new Problem('store/no-project');
  const { workflow, looks, watches, models, stage } = project;
  const runs = await listRuns(id);
  const file = workflow.source ? await getFile(workflow.source.fingerprint) : undefined;
  const results: Record<string, unknown> = {};
  const artifacts: Record<string, Uint8Array> = {};
  for (const { project: _, ...run } of runs) {
    results[`run-${run.key}`] = run;
    const model = await getArtifact(run.key);
    if (model) artifacts[run.key] = model;
    const evaluation = await getEvaluation(evaluationKey(workflow, run.key));
    if (evaluation) results[`evaluation-${evaluationKey(workflow, run.key)}`] = evaluation;
  }
  const bytes = packProject({
    name: project.name,
    workflow,
    record: { looks, watches, models, stage },
    raw: workflow.source && file ? { name: workflow.source.file, bytes: new Uint8Array(await file.arrayBuffer()) } : null,
    results,
    artifacts,
  });
  return new Blob([bytes], { type: 'application/zip' });
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const listOf = <T>(v: unknown, check: (x: Record<string, unknown>) => boolean): T[] =>
  (Array.isArray(v) ? v.filter((x) => isRecord(x) && check(x)) : []) as T[];

/** Everything is checked before anything is stored. `read` reads the raw file into the store. */
export async function unpackStored(file: Blob, read: (file: Blob, name: string, choices: ReadChoices) => Promise<void>): Promise<string> {
  const { workflow, ...parts } = openProject(new Uint8Array(await file.arrayBuffer()));
  const { looks, watches, models, stage } = parts.record;
  const runs: RunRecord[] = [];
  const evaluations: [string, Evaluation][] = [];
  const id = crypto.getRandomValues(new Uint32Array(3)).reduce((s, n) => s + n.toString(36).padStart(7, '0'), '');
  for (const [name, value] of Object.entries(parts.results)) {
    if (name.startsWith('run-') && isRun(value)) runs.push({ ...value, project: id });
    else if (name.startsWith('evaluation-') && isRecord(value) && isRecord(value.scores))
      evaluations.push([name.slice('evaluation-'.length), value as unknown as Evaluation]);
  }
  for (const bytes of Object.values(parts.artifacts)) openArtifact(bytes);

  if (parts.raw && workflow.source)
    await read(new Blob([parts.raw.bytes as Uint8Array<ArrayBuffer>]), workflow.source.file, workflow.source.choices);
  for (const [key, bytes] of Object.entries(parts.artifacts)) await putArtifact(key, bytes);
  for (const run of runs) await putRun(run);
  for (const [key, evaluation] of evaluations) await putEvaluation(key, evaluation);
  const now = Date.now();
  await putProject(
    {
      id,
      name: workflow.name,
      created: now,
      updated: now,
      stage: stageIds.includes(stage as StageId) ? (stage as StageId) : 'problem',
      workflow,
      looks: listOf<Look>(
        looks,
        (l) =>
          typeof l.at === 'number' &&
          typeof l.run === 'string' &&
          typeof l.design === 'string' &&
          (l.held === undefined || typeof l.held === 'string'),
      ),
      watches: listOf<Watch>(watches, (x) => typeof x.at === 'number' && typeof x.file === 'string' && Array.isArray(x.drifted)),
      models: listOf<Registered>(models, (m) => typeof m.version === 'number' && typeof m.run === 'string' && typeof m.note === 'string'),
      pending: null,
    },
    { id, past: [], future: [] },
  );
  return id;
}

function isRun(v: unknown): v is RunRecord {
  return (
    isRecord(v) &&
    ['key', 'design', 'model', 'label', 'backend'].every((k) => typeof v[k] === 'string') &&
    ['fitSeconds', 'predictSeconds', 'bytes', 'rows', 'features', 'at', 'version'].every((k) => typeof v[k] === 'number') &&
    isRecord(v.cv) &&
    isRecord(v.params) &&
    Array.isArray(v.curve) &&
    Array.isArray(v.notes)
  );
}
