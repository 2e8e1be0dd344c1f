/** The train worker: fits, judges, predicts, checks drift, exports. Disposable: it keeps nothing but what it can fetch again. */
import type { Artifact } from '../src/core/artifact.js';
import { pack } from '../src/core/artifact.js';
import { Problem } from '../src/core/problem.js';
import type { Plain } from '../src/core/plain.js';
import type { Reading } from '../src/core/profile.js';
import type { ArtifactSummary, Job, JobKind, JobResults, Lend, Tell, TrainApi } from '../src/core/protocol.js';
import type { Table } from '../src/core/table.js';
import { designKey, evaluationKey, tableKeyOf, type Workflow } from '../src/core/workflow.js';
import {
  dropCheckpoint,
  getArtifact,
  getCheckpoint,
  getEvaluation,
  getTable,
  getTableRecord,
  putArtifact,
  putCheckpoint,
  putEvaluation,
} from '../src/store/index.js';
import { partKey } from './aside.js';
import { Guide, throttled } from './context.js';
import { checkDrift } from './drift.js';
import { makeDesign, type Design } from './design.js';
import { insideOf } from './explain/inside/index.js';
import { membersOf } from './members.js';
import { exportArtifact } from './export/index.js';
import { predictAhead } from './forms/ahead.js';
import { handsOf } from './hands.js';
import { hire } from './hire.js';
import { expose, moved } from './host.js';
import { boundary, dependenceOf } from './judge.js';
import { judgeSeveral } from './judge-several.js';
import { names } from './names.js';
import { openArtifact, predictRow, predictTableBy, readFor } from './serve.js';
import { keyOfTrial, trainPart } from './run.js';
import { trainSeveral } from './several.js';
import { askWitnesses } from './witness.js';

let guide: Guide | null = null;
let lend: Lend | null = null;
let design: { key: string; value: Design; readings: Record<string, Reading> } | null = null;
let model: { key: string; value: Artifact } | null = null;

async function designOf(w: Workflow): Promise<{ value: Design; readings: Record<string, Reading> }> {
  const key = designKey(w);
  // The same rows and columns; metric, success and positive class may have changed since.
  if (key && design?.key === key) return { ...design, value: { ...design.value, workflow: w } };
  const table = tableKeyOf(w);
  const value: Table | undefined = table ? await getTable(table) : undefined;
  const record = table ? await getTableRecord(table) : undefined;
  if (!value || !record) throw new Problem('data/gone', { file: w.source?.file ?? '' });
  const readings = Object.fromEntries(record.profile.columns.map((c) => [c.name, c.reading]));
  const made = { key: key ?? '', value: makeDesign(value, w), readings };
  design = made;
  return made;
}

async function artifactOf(ref: string | Uint8Array): Promise<Artifact> {
  if (typeof ref !== 'string') return openArtifact(ref);
  if (model?.key === ref) return model.value;
  const bytes = await getArtifact(ref);
  if (!bytes) throw new Problem('evaluate/no-model');
  model = { key: ref, value: openArtifact(bytes) };
  return model.value;
}

const bytesOf = (a: Artifact) => pack(a as unknown as Plain, { model: a.model.label, app: a.provenance.app });

type Doers = { [K in JobKind]: (job: Extract<Job, { kind: K }>, guide: Guide) => Promise<JobResults[K]> };

const doers: Doers = {
  async train({ workflow, candidate, from, fit }, g) {
    const d = await designOf(workflow);
    const { run, artifact } = await trainSeveral(d.value, d.readings, candidate, g, {
      fit,
      from,
      keeper: { load: getCheckpoint, save: putCheckpoint, drop: dropCheckpoint },
      ...(lend ? { lent: { lend, load: getCheckpoint, drop: dropCheckpoint } } : {}),
    });
    if (artifact) {
      await putArtifact(run.key, bytesOf(artifact));
      if (model?.key === run.key) model = null;
    }
    // The page goes by the size: 0 says that only folds were fitted, and no model is kept.
    return artifact ? run : { ...run, bytes: 0 };
  },
  async part({ workflow, candidate, part }, g) {
    const { value } = await designOf(workflow);
    const done = await trainPart(value, candidate, part, g);
    if (done) await putCheckpoint(partKey(keyOfTrial(workflow, candidate), part), done);
    return done !== null;
  },
  async evaluate({ workflow, run, looks }, g) {
    const d = await designOf(workflow);
    const a = await artifactOf(run);
    const evaluation = await judgeSeveral(d.value, a, { looks }, g);
    await putEvaluation(evaluationKey(workflow, run), evaluation);
    // The model file carries its verdict from now on.
    const judged = { ...a, evaluation };
    await putArtifact(run, bytesOf(judged));
    model = { key: run, value: judged };
    return evaluation;
  },
  async dependence({ workflow, run, column }) {
    const d = await designOf(workflow);
    return dependenceOf(d.value, await artifactOf(run), column);
  },
  async inside({ artifact, tree, path }) {
    const a = await artifactOf(artifact);
    return insideOf(a, { tree, path }, membersOf(a));
  },
  async boundary({ workflow, run, a, b }) {
    return boundary((await designOf(workflow)).value, await artifactOf(run), a, b);
  },
  async witnesses({ artifact, workflow, row }) {
    return askWitnesses(await artifactOf(artifact), row, workflow ? (await designOf(workflow)).value : null);
  },
  async predict({ artifact, file, name, level }, g) {
    const a = await artifactOf(artifact);
    g.stretch(0, 0.6, 'Reading the file');
    const received = await readFor(a, file, name, (done, of) => g.report(done, of));
    g.stretch(0.6, 1, 'Predicting');
    await g.report(0, 1);
    return predictTableBy(a, received, level, (form, X, note) => predictAhead(form, X, { wish: g.backend, note }));
  },
  async 'predict-row'({ artifact, row, level }) {
    return predictRow(await artifactOf(artifact), row, level);
  },
  async drift({ artifact, file, name }, g) {
    const a = await artifactOf(artifact);
    g.stretch(0, 0.6, 'Reading the file');
    const { table } = await readFor(a, file, name, (done, of) => g.report(done, of));
    g.stretch(0.6, 1, 'Comparing with the training data');
    await g.report(0, 1);
    return checkDrift(a, table);
  },
  async export({ artifact, export: id, workflow }, g) {
    const a = await artifactOf(artifact);
    g.stretch(0, 1, 'Writing');
    await g.report(0, 1);
    const evaluation = workflow && typeof artifact === 'string' ? ((await getEvaluation(evaluationKey(workflow, artifact))) ?? null) : null;
    const made = await exportArtifact(id, { ...a, evaluation: evaluation ?? a.evaluation }, workflow, names);
    return moved(made, [made.bytes.buffer]);
  },
  async inspect({ artifact }) {
    const bytes = typeof artifact === 'string' ? await getArtifact(artifact) : artifact;
    if (!bytes) throw new Problem('evaluate/no-model');
    const { form, recipe: _recipe, reference: _reference, conformal, also, ...rest } = await artifactOf(artifact);
    const parts = also?.map(({ form: _form, recipe: _steps, conformal: _conformal, ...part }) => part);
    return {
      ...rest,
      ...(parts ? { also: parts } : {}),
      form: form.form,
      ranges: !!conformal || !!also?.some((p) => p.conformal),
      bytes: bytes.byteLength,
    } satisfies ArtifactSummary;
  },
};

/** Lanes without work, as the page counts them. */
let idle: Int32Array | null = null;
const hands = hire && handsOf(() => (idle ? Atomics.load(idle, 0) : 0), hire);

/** Jobs that are asked again and again while a person looks; the others read the model anew, as another worker may have fitted it again. */
const whileLooking: ReadonlySet<JobKind> = new Set(['dependence', 'inside', 'boundary', 'witnesses', 'predict-row']);

const api: TrainApi = {
  async run<K extends JobKind>(
    job: Extract<Job, { kind: K }>,
    tell: Tell,
    free: Int32Array | null,
    lender: Lend | null,
  ): Promise<JobResults[K]> {
    idle = free;
    lend = lender;
    if (!whileLooking.has(job.kind)) model = null;
    const backend = ('backend' in job && job.backend) || 'auto';
    const mine = new Guide(throttled(tell), backend, free && hands ? hands : undefined);
    guide = mine;
    return (doers[job.kind] as unknown as (j: typeof job, g: Guide) => Promise<JobResults[K]>)(job, mine);
  },
  async stop() {
    if (guide) guide.stopped = true;
  },
};

expose(api);
