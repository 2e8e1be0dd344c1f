/** What is kept on this device, and the numbered migrations that made it so. */
import type { DBSchema } from 'idb';
import type { Evaluation } from '../core/evaluation.js';
import type { Profile } from '../core/profile.js';
import type { Run } from '../core/protocol.js';
import type { Column, Kind } from '../core/table.js';
import type { StageId, Workflow } from '../core/workflow.js';

/** A look at the holdout: counted for good, undo does not take it back. */
export interface Look {
  readonly at: number;
  readonly run: string;
  /** What was learnt from the other rows: the design's key. */
  readonly design: string;
  /** The rows it was a look at: the holdout's key. Looks of old have none. */
  readonly held?: string;
}

/** A file checked against a model, kept for the history of drift. */
export interface Watch {
  readonly at: number;
  readonly file: string;
  readonly rows: number;
  readonly share: number;
  readonly drifted: readonly string[];
  readonly score: number | null;
}

/** A model kept under a name and a version of its own. */
export interface Registered {
  readonly version: number;
  readonly at: number;
  readonly run: string;
  readonly stage: 'candidate' | 'champion' | 'archived';
  readonly note: string;
}

/** Work begun and not ended: offered again when the project is opened. */
export interface Pending {
  readonly kind: 'train' | 'tune';
  readonly candidates: readonly string[];
}

export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly updated: number;
  readonly stage: StageId;
  readonly workflow: Workflow;
  readonly looks: readonly Look[];
  readonly watches: readonly Watch[];
  readonly models: readonly Registered[];
  readonly pending: Pending | null;
}

export interface HistoryRecord {
  readonly id: string;
  readonly past: readonly Workflow[];
  readonly future: readonly Workflow[];
}

export interface TableRecord {
  readonly key: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly kind: Kind }[];
  readonly profile: Profile;
}

export interface RunRecord extends Run {
  readonly project: string;
  readonly at: number;
}

export interface Schema extends DBSchema {
  projects: { key: string; value: ProjectRecord; indexes: { updated: number } };
  history: { key: string; value: HistoryRecord };
  /** Raw files by fingerprint. */
  files: { key: string; value: Blob };
  tables: { key: string; value: TableRecord };
  /** One record per column of a table: [table key, position]. */
  columns: { key: [string, number]; value: Column };
  runs: { key: [string, string]; value: RunRecord; indexes: { project: string } };
  /** Model files by run key. */
  artifacts: { key: string; value: Uint8Array };
  evaluations: { key: string; value: Evaluation };
  settings: { key: string; value: unknown };
  /** Runs that were begun and not ended, by run key: where to go on from. */
  checkpoints: { key: string; value: { readonly at: number; readonly state: unknown } };
}

export const DATABASE = 'tablework';
export const VERSION = 2;
