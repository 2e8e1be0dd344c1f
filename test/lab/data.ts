/** Files in, as the app would read them: dialect options, columns by name or #N, columns left out. */
import { openAsBlob, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Problem } from '../../src/core/problem.js';
import type { Profile, ReadChoices } from '../../src/core/profile.js';
import type { Table } from '../../src/core/table.js';
import { emptyWorkflow, type Workflow } from '../../src/core/workflow.js';
import { profileTable } from '../../workers/profile/index.js';
import { propose } from '../../workers/propose.js';
import { readTable } from '../../workers/read/index.js';
import type { Arguments } from './arguments.js';

export interface Loaded {
  readonly file: string;
  readonly table: Table;
  readonly profile: Profile;
  readonly choices: ReadChoices;
  readonly fingerprint: string;
}

export async function blobOf(file: string | undefined): Promise<Blob> {
  if (!file) throw new Problem('lab/no-value', { option: 'FILE' });
  try {
    statSync(file);
    return await openAsBlob(file);
  } catch (error) {
    throw new Problem('lab/no-file', { file, why: error instanceof Error ? error.message : String(error) });
  }
}

export function choicesOf(args: Arguments): ReadChoices {
  const header = args.option('header');
  const delimiter = args.option('delimiter');
  const decimal = args.option('decimal');
  return {
    ...(args.option('encoding') ? { encoding: args.option('encoding')! } : {}),
    ...(delimiter ? { delimiter: delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter } : {}),
    ...(decimal === '.' || decimal === ',' ? { decimal } : {}),
    ...(header === undefined ? {} : { header: header === 'yes' }),
  };
}

export async function load(file: string | undefined, args: Arguments, choices: ReadChoices = choicesOf(args)): Promise<Loaded> {
  const blob = await blobOf(file);
  const result = await readTable(blob, basename(file!), choices);
  return { file: basename(file!), table: result.table, profile: profileTable(result, basename(file!), blob.size), choices, fingerprint: result.fingerprint };
}

/** A column given by name or as #N. */
export function columnName(profile: Pick<Profile, 'columns'>, wanted: string): string {
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
    seed: args.number('seed', 1),
    source: { file: data.file, bytes: data.profile.bytes, fingerprint: data.fingerprint, rows: data.profile.rows, choices: data.choices },
  };
  const dropped = new Set((args.list('drop') ?? []).map((c) => columnName(data.profile, c)));
  const used = args.list('use')?.map((c) => columnName(data.profile, c));
  const wish = args.option('task');
  const task = wish === 'number' || wish === 'regression' ? 'number' : wish === undefined ? null : 'class';
  const target = args.option('target') === undefined ? undefined : columnName(data.profile, args.need('target'));
  const asked: Workflow = task && target ? { ...bare, problem: { ...bare.problem, target, task, whyTask: '' } } : bare;
  const p = propose(data.table, data.profile, asked, target);
  const columns = p.columns.map((c) => {
    if (c.role === 'target') return c;
    if (dropped.has(c.name)) return { ...c, role: 'ignore' as const, why: '' };
    if (used) return { ...c, role: used.includes(c.name) ? ('feature' as const) : ('ignore' as const), why: '' };
    return c;
  });
  const metric = args.option('metric') ?? p.problem.metric;
  return { ...bare, columns, problem: { ...p.problem, metric }, split: { ...p.split, folds: args.number('folds', p.split.folds) } };
}
