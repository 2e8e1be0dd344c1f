/** The data worker: opens files, holds the table, summarises, previews, plans. Lives long; holds nothing that the store does not. */
import { declarations } from '../src/core/entry.js';
import type { Target } from '../src/core/model.js';
import { Problem } from '../src/core/problem.js';
import type { Profile, ReadChoices } from '../src/core/profile.js';
import type { DataApi, Tell } from '../src/core/protocol.js';
import type { Table } from '../src/core/table.js';
import { canonical, designKey, furtherOf, tableKey, tableKeyOf, type Workflow } from '../src/core/workflow.js';
import { getFile, getTable, getTableRecord, putFile, putTable } from '../src/store/index.js';
import { Guide, throttled } from './context.js';
import { makeDesign, type Design } from './design.js';
import { metrics } from './evaluate/metrics/index.js';
import { splits } from './evaluate/splits/index.js';
import { exports_ } from './export/index.js';
import { forecast } from './forecast.js';
import { furtherDesigns } from './further.js';
import { expose } from './host.js';
import { models } from './models/index.js';
import { page } from './page.js';
import { preview } from './preview.js';
import { associations, describeColumn, describePair, profileTable, targetRelations, warnings } from './profile/index.js';
import { packStored, unpackStored } from './projects.js';
import { propose, proposeFurther } from './propose.js';
import { readTable } from './read/index.js';
import { samples } from './samples/index.js';
import { proposeFeatures } from './steps/propose.js';
import { steps } from './steps/index.js';
import { nextTrials } from './trials.js';
import { samplers } from './tune/index.js';

interface Held {
  readonly key: string;
  readonly value: Table;
  readonly profile: Profile;
}
let table: Held | null = null;
let design: { key: string; value: Design } | null = null;
let guide: Guide | null = null;

/** The table of a workflow: in memory, else in the store, else read again from the raw file. */
async function tableOf(w: Workflow, tell: Tell = () => undefined): Promise<Held> {
  const key = tableKeyOf(w);
  if (!key || !w.source) throw new Problem('data/none');
  if (table?.key === key) return table;
  const record = await getTableRecord(key);
  const value = record && (await getTable(key));
  if (record && value) return (table = { key, value, profile: record.profile });
  const file = await getFile(w.source.fingerprint);
  if (!file) throw new Problem('data/gone', { file: w.source.file });
  return read(file, w.source.file, w.source.choices, tell);
}

async function read(file: Blob, name: string, choices: ReadChoices, tell: Tell): Promise<Held> {
  const mine = new Guide(throttled(tell));
  guide = mine;
  mine.stretch(0, 0.8, 'Reading the file');
  const result = await readTable(file, name, choices, (done, of) => mine.report(done, of));
  mine.stretch(0.8, 0.9, 'Looking at the columns');
  await mine.report(0, 1);
  const profile = profileTable(result, name, file.size);
  mine.stretch(0.9, 1, 'Saving on this device');
  await mine.report(0, 1);
  const key = tableKey(result.fingerprint, choices);
  await putFile(result.fingerprint, file);
  await putTable(key, result.table, profile);
  return (table = { key, value: result.table, profile });
}

async function designOf(w: Workflow): Promise<Design> {
  const key = designKey(w);
  const { value } = await tableOf(w);
  // The same rows and columns; lines switched off, notes and the like may have changed since.
  if (key && design?.key === key) return { ...design.value, workflow: w };
  const made = makeDesign(value, w);
  if (key) design = { key, value: made };
  return made;
}

function rowsPerClass(target: Target): readonly (readonly [string, number])[] {
  if (target.task === 'number') return [];
  const counts = new Array<number>(target.levels.length).fill(0);
  for (const k of target.y) if (k >= 0) counts[k]!++;
  return target.levels.map((l, k) => [l, counts[k]!] as const);
}

const targetOf = (w: Workflow) =>
  w.problem.target && w.problem.task ? { target: w.problem.target, task: w.problem.task, also: furtherOf(w) } : {};

const api: DataApi = {
  async catalog() {
    return {
      models: declarations(models),
      steps: declarations(steps),
      metrics: declarations(metrics),
      splits: declarations(splits),
      samplers: declarations(samplers),
      exports: declarations(exports_),
      samples: declarations(samples),
    };
  },
  async open(file, name, choices, tell) {
    return (await read(file, name, choices, tell)).profile;
  },
  async profile(w, tell) {
    return (await tableOf(w, tell)).profile;
  },
  async propose(w, target) {
    const { value, profile } = await tableOf(w);
    return propose(value, profile, w, target);
  },
  async further(w, name, task) {
    const { value, profile } = await tableOf(w);
    return proposeFurther(value, profile, name, task);
  },
  async readiness(w) {
    const none = { rows: 0, training: 0, holdout: 0, features: 0, classes: [], notes: [] };
    try {
      const d = await designOf(w);
      const also = furtherDesigns(d).map((part) => ({
        target: part.workflow.problem.target!,
        training: part.training.length,
        holdout: part.holdout.length,
        classes: rowsPerClass(part.target),
        notes: part.notes,
      }));
      return {
        problem: null,
        rows: d.rows.length,
        training: d.training.length,
        holdout: d.holdout.length,
        features: d.columns.length,
        classes: rowsPerClass(d.target),
        ...(also.length ? { also } : {}),
        notes: d.notes,
      };
    } catch (error) {
      if (error instanceof Problem) return { ...none, problem: error.toJSON() };
      throw error;
    }
  },
  async page(w, query) {
    return page((await tableOf(w)).value, query);
  },
  async warnings(w) {
    const { value, profile } = await tableOf(w);
    return warnings(value, profile, targetOf(w));
  },
  async column(w, name) {
    return describeColumn((await tableOf(w)).value, name, w.problem.target ?? undefined);
  },
  async pair(w, a, b) {
    return describePair((await tableOf(w)).value, a, b, w.problem.target ?? undefined);
  },
  async relations(w) {
    const { target, task } = targetOf(w);
    if (!target || !task) throw new Problem('problem/no-target');
    return targetRelations((await tableOf(w)).value, target, task);
  },
  async associations(w) {
    return associations((await tableOf(w)).value);
  },
  async suggestions(w) {
    const d = await designOf(w);
    const had = (s: { use: { step: string; on: unknown } }) =>
      w.recipe.some((u) => u.step === s.use.step && canonical(u.on) === canonical(s.use.on));
    return proposeFeatures(d.columns, d.target).filter((s) => !had(s));
  },
  async preview(w, upTo) {
    return preview(await designOf(w), upTo);
  },
  async forecast(w) {
    return forecast(await designOf(w));
  },
  async plan(w, done) {
    return nextTrials(w, done);
  },
  async sample(id, tell) {
    const sample = samples.get(id);
    if (!sample) throw new Problem('data/no-sample', { sample: id });
    const mine = new Guide(throttled(tell));
    guide = mine;
    mine.stretch(0, 1, 'Making the sample');
    return sample.make((done, of) => mine.report(done, of));
  },
  async pack(id, tell) {
    const mine = new Guide(throttled(tell));
    mine.stretch(0, 1, 'Packing');
    await mine.report(0, 1);
    return packStored(id);
  },
  async unpack(file, tell) {
    const mine = new Guide(throttled(tell));
    guide = mine;
    return unpackStored(file, async (bytes, name, choices) => void (await read(bytes, name, choices, tell)));
  },
  async stop() {
    if (guide) guide.stopped = true;
  },
};

expose(api);
