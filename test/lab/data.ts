/** Files in, as the app would read them: dialect options, columns by name or #N, columns left out. */
import { openAsBlob, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Task } from '../../src/core/model.js';
import { Problem } from '../../src/core/problem.js';
import type { Profile, ReadChoices, Reading } from '../../src/core/profile.js';
import type { Table } from '../../src/core/table.js';
import { emptyWorkflow, type Workflow } from '../../src/core/workflow.js';
import { profileTable } from '../../workers/profile/index.js';
import { propose, proposeFurther, withFurther } from '../../workers/propose.js';
import { readTable } from '../../workers/read/index.js';
import type { Arguments } from './arguments.js';

export interface Loaded {
  readonly file: string;
  readonly table: Table;
  readonly profile: Profile;
  readonly choices: ReadChoices;
  readonly fingerprint: string;
}

const unreadable = (file: string, error: unknown) => {
  const why = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
  return new Problem('lab/no-file', { file, why: why === 'ENOENT' ? 'it is not there' : why === 'EISDIR' ? 'it is a folder' : why });
};

export async function blobOf(file: string): Promise<Blob> {
  try {
    if (statSync(file).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return await openAsBlob(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

export function bytesOf(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** The person's choices of dialect, laid over those given. */
export function choicesOf(args: Arguments, over: ReadChoices = {}): ReadChoices {
  const header = args.oneOf('header', ['yes', 'no']);
  const delimiter = args.option('delimiter');
  const decimal = args.oneOf('decimal', ['.', ',']) as '.' | ',' | undefined;
  return {
    ...over,
    ...(args.option('encoding') ? { encoding: args.option('encoding')! } : {}),
    ...(delimiter ? { delimiter: delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter } : {}),
    ...(decimal ? { decimal } : {}),
    ...(header === undefined ? {} : { header: header === 'yes' }),
  };
}

export async function load(file: string, choices: ReadChoices): Promise<Loaded> {
  const blob = await blobOf(file);
  const result = await readTable(blob, basename(file), choices);
  return {
    file: basename(file),
    table: result.table,
    profile: profileTable(result, basename(file), blob.size),
    choices,
    fingerprint: result.fingerprint,
  };
}

export const readingsOf = (profile: Profile): Record<string, Reading> =>
  Object.fromEntries(profile.columns.map((c) => [c.name, c.reading]));

/** --task, in the words of the lab or of scikit-learn. */
export function taskOf(args: Arguments): Task | undefined {
  const wish = args.oneOf('task', ['class', 'classification', 'number', 'regression']);
  return wish === undefined ? undefined : wish === 'number' || wish === 'regression' ? 'number' : 'class';
}

/** A column given by name or as #N. */
export function columnName(profile: { readonly columns: readonly { readonly name: string }[] }, wanted: string): string {
  const named = profile.columns.find((c) => c.name === wanted);
  if (named) return named.name;
  const at = /^#(\d+)$/.exec(wanted);
  const found = at && profile.columns[Number(at[1]) - 1];
  if (!found) throw new Problem('lab/no-column', { column: wanted });
  return found.name;
}

/** The workflow the app would propose for this file. */
export function proposedWorkflow(data: Loaded, args: Arguments): Workflow {
  const bare: Workflow = {
    ...emptyWorkflow(data.file.replace(/\.[^.]+$/, '')),
    seed: args.whole('seed', 1, 0),
    source: { file: data.file, bytes: data.profile.bytes, fingerprint: data.fingerprint, rows: data.profile.rows, choices: data.choices },
  };
  const dropped = new Set((args.list('drop') ?? []).map((c) => columnName(data.profile, c)));
  const used = args.list('use')?.map((c) => columnName(data.profile, c));
  const task = taskOf(args);
  const target = args.option('target') === undefined ? undefined : columnName(data.profile, args.need('target'));
  const asked: Workflow = task && target ? { ...bare, problem: { ...bare.problem, target, task, whyTask: '' } } : bare;
  const first = asked.problem.target ?? target;
  const also = (args.list('also') ?? []).map((c) => columnName(data.profile, c));
  const further = also.map((name) => proposeFurther(data.table, data.profile, name));
  for (const [i, name] of also.entries())
    if (name === first || also.indexOf(name) < i) throw new Problem('problem/target-twice', { column: name });
  const several: Workflow = {
    ...asked,
    problem: withFurther({ ...asked.problem, ...(args.flag('chain') ? { chain: true } : {}) }, further),
  };
  const p = propose(data.table, data.profile, several, target);
  // Without --target the app's own choice is the target; named among the others as well, it stays the target alone.
  if (also.includes(p.problem.target ?? '')) throw new Problem('problem/target-twice', { column: p.problem.target! });
  const columns = p.columns.map((c) => {
    if (c.role === 'target') return c;
    if (dropped.has(c.name)) return { ...c, role: 'ignore' as const, why: '' };
    if (used) return { ...c, role: used.includes(c.name) ? ('feature' as const) : ('ignore' as const), why: '' };
    return c;
  });
  const metric = args.option('metric') ?? p.problem.metric;
  return { ...bare, columns, problem: { ...p.problem, metric }, split: { ...p.split, folds: args.whole('folds', p.split.folds, 2) } };
}
