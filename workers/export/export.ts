/** What every way out is: a declaration, when it fits, and a function from a model to a file. */
import type { Artifact } from '../../src/core/artifact.js';
import type { Entry } from '../../src/core/entry.js';
import { valueText } from '../../src/core/param.js';
import type { Exported } from '../../src/core/protocol.js';
import type { Workflow } from '../../src/core/workflow.js';

export interface Export extends Entry {
  /** File ending, with the dot. */
  readonly ending: string;
  /** Of a model of several targets it holds the first alone. */
  readonly firstOnly?: true;
  /** Null, or why it cannot be made of this model, as the end of a sentence. */
  fits(a: Artifact): string | null;
  make(a: Artifact, w: Workflow | null, names: Names): Promise<Exported>;
}

/** What metrics, splits and settings are called; given from outside, because none of them is this folder's. */
export interface Names {
  metric(id: string): string;
  split(id: string): string;
  /** Those that play a part. */
  settings(a: Artifact): readonly (readonly [name: string, value: string])[];
}
/** As they stand in the model. */
export const bare: Names = {
  metric: (id) => id,
  split: (id) => id,
  settings: (a) =>
    Object.entries(a.model.params).map(([k, v]) => [k, typeof v === 'object' ? valueText(v, 'automatic or none') : String(v)]),
};

/** A file name from the project's name: letters and digits of any script, no path, no leading dot. */
export function fileName(a: Artifact, ending: string): string {
  const stem = a.name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${stem || 'model'}${ending}`;
}

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
