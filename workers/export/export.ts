/** What every way out is: a declaration, when it fits, and a function from a model to a file. */
import type { Artifact } from '../../src/core/artifact.js';
import type { Entry } from '../../src/core/entry.js';
import type { Exported } from '../../src/core/protocol.js';
import type { Workflow } from '../../src/core/workflow.js';

export interface Export extends Entry {
  /** File ending, with the dot. */
  readonly ending: string;
  /** Of a model of several targets it holds the first alone. */
  readonly firstOnly?: true;
  /** Null, or why it cannot be made of this model, as the end of a sentence. */
  fits(a: Artifact): string | null;
  make(a: Artifact, w: Workflow | null): Promise<Exported>;
}

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
