/** Reads a new file so that its columns are what a model learnt from: by name, in the kinds of training, in whatever notation they come. */
import { countText } from '../src/core/count.js';
import type { Artifact } from '../src/core/artifact.js';
import { Problem } from '../src/core/problem.js';
import type { Issue, ReadChoices, Reading } from '../src/core/profile.js';
import type { Column, Table } from '../src/core/table.js';
import { readTable, type ReadResult } from './read/index.js';

export interface Received {
  readonly table: Table;
  /** What was read in another way than in training, in sentences. */
  readonly notes: readonly string[];
}
type Tell = (done: number, of: number) => Promise<boolean>;
type Readings = Readonly<Record<string, Partial<Reading>>>;

/** Enough of a file to know its header by. */
const HEAD = 1 << 18;

/** Names that differ in capitals, blanks and such marks only are the same to a person. */
const loose = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_.-]+/g, '_');

/** Which column of a file each input is: by its very name, else by a name that differs in capitals, blanks and marks only. */
export function sourcesOf(a: Pick<Artifact, 'inputs'>, names: readonly string[]): Map<string, string> {
  const exact = new Set(names);
  const wanted = new Set(a.inputs.map((i) => i.name));
  const spare = new Map<string, string>();
  for (const name of names) if (!wanted.has(name) && !spare.has(loose(name))) spare.set(loose(name), name);
  const out = new Map<string, string>();
  for (const { name } of a.inputs) {
    const found = exact.has(name) ? name : spare.get(loose(name));
    if (found === undefined) continue;
    out.set(name, found);
    spare.delete(loose(name));
  }
  return out;
}

/** How the columns of this name are to be read: inputs as in training; the rest as they stand, so that they come out as they went in. */
function readingsFor(a: Artifact, names: readonly string[]): Record<string, Partial<Reading>> {
  const out: Record<string, Partial<Reading>> = {};
  const byFile = new Map([...sourcesOf(a, names)].map(([input, file]) => [file, input]));
  const inputs = new Map(a.inputs.map((i) => [i.name, i]));
  const targets = new Map([a.target, ...(a.also ?? []).map((p) => p.target)].map((t) => [t.name, t]));
  for (const name of names) {
    const input = byFile.get(name);
    const target = targets.get(name);
    if (input !== undefined) out[name] = inputs.get(input)!.reading;
    else if (!target) out[name] = { kind: 'text' };
    // Classes that are numbers may come as 1 or 1.0; other classes are texts.
    else if (target.task === 'class' && target.levels.some((l) => l.trim() === '' || !Number.isFinite(Number(l))))
      out[name] = { kind: 'category', ...(target.spellings ? { spellings: target.spellings } : {}) };
  }
  return out;
}

async function namesIn(file: Blob | Uint8Array, name: string, choices: ReadChoices): Promise<string[]> {
  const head = file instanceof Uint8Array ? file.subarray(0, HEAD) : file.slice(0, HEAD);
  try {
    return (await readTable(head, name, choices)).table.columns.map((c) => c.name);
  } catch (error) {
    // What is wrong with the file is said when all of it is read.
    if (error instanceof Problem) return [];
    throw error;
  }
}

const unread = (issues: readonly Issue[], column: string) =>
  issues.filter((i) => i.column === column && (i.code === 'not-a-number' || i.code === 'not-a-time')).reduce((n, i) => n + i.count, 0);

export async function readFor(
  a: Artifact,
  file: Blob | Uint8Array,
  name: string,
  tell?: Tell,
  choices: ReadChoices = {},
): Promise<Received> {
  const names = await namesIn(file, name, choices);
  const readings: Record<string, Partial<Reading>> = names.length
    ? readingsFor(a, names)
    : Object.fromEntries(a.inputs.map((i) => [i.name, i.reading]));
  const first = await readTable(file, name, { ...choices, columns: readings }, tell);
  const failing = first.table.columns.map((c) => c.name).filter((n) => unread(first.issues, n) > 0 && Object.hasOwn(readings, n));
  if (failing.length === 0) return { table: first.table, notes: [] };
  // Another decimal mark, another order of day and month: the kind is kept, and the notation found anew.
  const kinds: Readings = Object.fromEntries(failing.map((n) => [n, { kind: readings[n]!.kind, missing: readings[n]!.missing }]));
  const second = await readTable(file, name, { ...choices, columns: { ...readings, ...kinds } }, tell);
  return settled(first, second, failing);
}

/** Of two readings of each column, the one that leaves fewer cells unread; of equals the one of training. */
function settled(first: ReadResult, second: ReadResult, failing: readonly string[]): Received {
  const notes: string[] = [];
  const better = new Map<string, Column>();
  for (const name of failing) {
    const [was, is] = [unread(first.issues, name), unread(second.issues, name)];
    const column = second.table.columns.find((c) => c.name === name);
    if (is < was && column) {
      better.set(name, column);
      const { format, decimal } = second.readings[name] ?? {};
      notes.push(
        `“${name}” is written in another way than in training; it is read ${format ? `as ${format}` : `with “${decimal ?? '.'}” as its decimal mark`}.`,
      );
    }
    const left = Math.min(was, is);
    if (left)
      notes.push(
        `${countText(left)} ${left === 1 ? 'cell' : 'cells'} of “${name}” cannot be read and ${left === 1 ? 'counts' : 'count'} as missing.`,
      );
  }
  return { table: { ...first.table, columns: first.table.columns.map((c) => better.get(c.name) ?? c) }, notes };
}
