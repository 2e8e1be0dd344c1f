/** Everything Tablework remembers, in IndexedDB: typed get and put for page and workers alike. */
import { openDB, type IDBPDatabase } from 'idb';
import type { Evaluation } from '../core/evaluation.js';
import type { Profile } from '../core/profile.js';
import { Problem } from '../core/problem.js';
import type { Column, Table } from '../core/table.js';
import { evaluationKey } from '../core/workflow.js';
import { DATABASE, VERSION, type HistoryRecord, type ProjectRecord, type RunRecord, type Schema, type TableRecord } from './schema.js';

export type { HistoryRecord, Look, Pending, ProjectRecord, Registered, RunRecord, TableRecord, Watch } from './schema.js';

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>(DATABASE, VERSION, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore('projects', { keyPath: 'id' }).createIndex('updated', 'updated');
        db.createObjectStore('history', { keyPath: 'id' });
        db.createObjectStore('files');
        db.createObjectStore('tables', { keyPath: 'key' });
        db.createObjectStore('columns');
        db.createObjectStore('runs', { keyPath: ['project', 'key'] }).createIndex('project', 'project');
        db.createObjectStore('artifacts');
        db.createObjectStore('evaluations');
        db.createObjectStore('settings');
      }
      if (from < 2) db.createObjectStore('checkpoints');
    },
    // Another tab wants a newer version, or the browser closed us: open again at the next call.
    blocking(_now, _next, event) {
      (event.target as IDBDatabase).close();
      opened = null;
    },
    terminated() {
      opened = null;
    },
  }).catch((error: unknown) => {
    opened = null;
    throw new Problem('store/closed', { why: error instanceof Error ? error.message : String(error) });
  });
  return opened;
}

/** Does the work; a full disk becomes a Problem with a way out. */
async function guarded<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  try {
    return await work(await database());
  } catch (error) {
    if (error instanceof DOMException && (error.name === 'QuotaExceededError' || error.name === 'UnknownError'))
      throw new Problem('store/full');
    throw error;
  }
}

// ---- projects

export const listProjects = (): Promise<ProjectRecord[]> =>
  guarded(async (db) => (await db.getAllFromIndex('projects', 'updated')).reverse());
export const getProject = (id: string): Promise<ProjectRecord | undefined> => guarded((db) => db.get('projects', id));
export const getHistory = (id: string): Promise<HistoryRecord | undefined> => guarded((db) => db.get('history', id));

/** The project and its undo history in one transaction, so that a killed tab never keeps one without the other. */
export const putProject = (project: ProjectRecord, history: HistoryRecord): Promise<void> =>
  guarded(async (db) => {
    const tx = db.transaction(['projects', 'history'], 'readwrite');
    const written = [tx.objectStore('projects').put(project), tx.objectStore('history').put(history), tx.done];
    // At once, not when the page next has time: the tab may be about to close.
    tx.commit();
    await Promise.all(written);
  });

/** Deletes a project, its runs with their models and verdicts, and files and tables that no other project uses. */
export const deleteProject = (id: string): Promise<void> =>
  guarded(async (db) => {
    const runs = await db.getAllFromIndex('runs', 'project', id);
    const history = await db.get('history', id);
    const documents = [(await db.get('projects', id))?.workflow, ...(history?.past ?? []), ...(history?.future ?? [])].filter(
      (w) => w !== undefined,
    );
    const tx = db.transaction(['projects', 'history', 'runs', 'artifacts', 'evaluations'], 'readwrite');
    await tx.objectStore('projects').delete(id);
    await tx.objectStore('history').delete(id);
    for (const run of runs) await tx.objectStore('runs').delete([id, run.key]);
    const others = new Set((await tx.objectStore('runs').getAll()).map((r) => r.key));
    for (const run of runs) {
      if (others.has(run.key)) continue;
      await tx.objectStore('artifacts').delete(run.key);
      for (const key of new Set(documents.map((w) => evaluationKey(w, run.key)))) await tx.objectStore('evaluations').delete(key);
    }
    await tx.done;
    if (history) await sweep(db);
  });

/** Drops files and tables that no project (nor its undo history) points to. */
async function sweep(db: IDBPDatabase<Schema>): Promise<void> {
  const used = new Set<string>();
  for (const p of await db.getAll('projects')) if (p.workflow.source) used.add(p.workflow.source.fingerprint);
  for (const h of await db.getAll('history')) for (const w of [...h.past, ...h.future]) if (w.source) used.add(w.source.fingerprint);
  for (const key of await db.getAllKeys('files')) if (!used.has(key)) await db.delete('files', key);
  for (const table of await db.getAll('tables')) if (!used.has(table.profile.fingerprint)) await deleteTable(db, table.key);
}

async function deleteTable(db: IDBPDatabase<Schema>, key: string): Promise<void> {
  const tx = db.transaction(['tables', 'columns'], 'readwrite');
  await tx.objectStore('tables').delete(key);
  await tx.objectStore('columns').delete(IDBKeyRange.bound([key, 0], [key, Infinity]));
  await tx.done;
}

// ---- data

export const putFile = (fingerprint: string, file: Blob): Promise<void> =>
  guarded(async (db) => void (await db.put('files', file, fingerprint)));
export const getFile = (fingerprint: string): Promise<Blob | undefined> => guarded((db) => db.get('files', fingerprint));

/** Columns first, the table's own record last: a table whose writing was cut off is not there at all. */
export const putTable = (key: string, table: Table, profile: Profile): Promise<void> =>
  guarded(async (db) => {
    for (const [i, column] of table.columns.entries()) await db.put('columns', column, [key, i]);
    await db.put('tables', { key, rows: table.rows, columns: table.columns.map(({ name, kind }) => ({ name, kind })), profile });
  });
export const getTableRecord = (key: string): Promise<TableRecord | undefined> => guarded((db) => db.get('tables', key));
export const getTable = (key: string): Promise<Table | undefined> =>
  guarded(async (db) => {
    const record = await db.get('tables', key);
    if (!record) return undefined;
    const columns: Column[] = [];
    for (let i = 0; i < record.columns.length; i++) {
      const column = await db.get('columns', [key, i]);
      if (!column) return undefined;
      columns.push(column);
    }
    return { rows: record.rows, columns };
  });

// ---- results

export const putRun = (run: RunRecord): Promise<void> => guarded(async (db) => void (await db.put('runs', run)));
export const listRuns = (project: string): Promise<RunRecord[]> => guarded((db) => db.getAllFromIndex('runs', 'project', project));
export const deleteRun = (project: string, key: string): Promise<void> => guarded((db) => db.delete('runs', [project, key]));
export const putArtifact = (key: string, bytes: Uint8Array): Promise<void> =>
  guarded(async (db) => void (await db.put('artifacts', bytes, key)));
export const getArtifact = (key: string): Promise<Uint8Array | undefined> => guarded((db) => db.get('artifacts', key));
export const artifactKeys = (): Promise<string[]> => guarded((db) => db.getAllKeys('artifacts'));
export const putEvaluation = (key: string, e: Evaluation): Promise<void> =>
  guarded(async (db) => void (await db.put('evaluations', e, key)));
export const getEvaluation = (key: string): Promise<Evaluation | undefined> => guarded((db) => db.get('evaluations', key));

// ---- work in progress

/** What was begun longer ago than this is begun anew. */
const STALE_MS = 14 * 24 * 3600e3;

export const putCheckpoint = (key: string, state: unknown): Promise<void> =>
  guarded(async (db) => void (await db.put('checkpoints', { at: Date.now(), state }, key)));
export const getCheckpoint = (key: string): Promise<unknown> => guarded(async (db) => (await db.get('checkpoints', key))?.state);
/** Forgets this one, and those that nobody came back to. */
export const dropCheckpoint = (key: string): Promise<void> =>
  guarded(async (db) => {
    const tx = db.transaction('checkpoints', 'readwrite');
    await tx.store.delete(key);
    for (let at = await tx.store.openCursor(); at; at = await at.continue()) if (at.value.at < Date.now() - STALE_MS) await at.delete();
    await tx.done;
  });

// ---- settings

export const getSetting = <T>(key: string): Promise<T | undefined> => guarded((db) => db.get('settings', key) as Promise<T | undefined>);
export const putSetting = (key: string, value: unknown): Promise<void> =>
  guarded(async (db) => void (await db.put('settings', value, key)));

/** Bytes used and free on this device, as far as the browser tells; whether it promises not to clear them by itself. */
export async function storageState(): Promise<{ used: number; quota: number; persistent: boolean }> {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const persistent = (await navigator.storage?.persisted?.()) ?? false;
  return { used: usage, quota, persistent };
}
