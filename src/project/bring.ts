/** Files, samples and project files come in; a project file goes out. */
import { Problem } from '../core/problem.js';
import type { Profile, ReadChoices, Reading } from '../core/profile.js';
import type { Proposal } from '../core/protocol.js';
import { emptyWorkflow, tableKeyOf, type Workflow } from '../core/workflow.js';
import * as jobs from '../jobs/index.js';
import { getSetting, putSetting } from '../store/index.js';
import { project } from './document.svelte.js';
import { mine } from './mine.js';
import { works } from './work.svelte.js';

/** Files larger than this are read as a sample unless the person says otherwise. */
export const LARGE_BYTES = 600e6;

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
  hold(bare, profile, proposal);
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
  hold(asked, profile, proposal);
  // Every reading is a step of undo of its own, however soon it follows another.
  project.edit(`data ${tableKeyOf(asked)}`, () => adopt(asked, profile, choices, proposal, asked.source?.origin));
}

/** Reads the file again with more told of some columns; what was read as a spelling that is now another's is read as that other. */
export function readBesides(readings: Readonly<Record<string, Partial<Reading>>>): Promise<void> {
  const choices = project.workflow.source?.choices ?? {};
  const columns = { ...choices.columns };
  for (const [name, { spellings, ...rest }] of Object.entries(readings)) {
    const before = columns[name]?.spellings ?? {};
    const still = Object.entries(before).map(([from, to]) => [from, spellings?.[to] ?? to] as const);
    columns[name] = { ...columns[name], ...rest, ...(spellings ? { spellings: { ...Object.fromEntries(still), ...spellings } } : {}) };
  }
  return replaceData(null, { ...choices, columns });
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
  const proposal = await jobs.ask('propose', w);
  if (tableKeyOf(project.workflow) === tableKeyOf(w)) hold(w, profile, proposal);
}

function hold(w: Workflow, profile: Profile, proposal: Proposal): void {
  project.profile = profile;
  project.profiled = tableKeyOf(w);
  project.proposal = proposal;
}

async function rememberToPersist(): Promise<void> {
  if (await getSetting<boolean>('asked-to-persist')) return;
  await putSetting('asked-to-persist', true);
  await navigator.storage?.persist?.();
}

export const loadCatalog = async (): Promise<void> => {
  project.catalog ??= await jobs.ask('catalog');
};

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
