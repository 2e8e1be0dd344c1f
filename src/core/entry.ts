/** What every choosable thing is: model, step, metric, split, sampler, export. */
import type { Params } from './param.js';

export interface Entry<P extends Params = Params> {
  /** kebab-case, unique in its registry, never changed once released. */
  readonly id: string;
  readonly version: number;
  readonly label: string;
  /** One or two plain sentences: what it does and when to take it. */
  readonly help: string;
  /** Where it comes from: author, year, section. */
  readonly source: string;
  readonly params: P;
}

export type Registry<T extends { readonly id: string }> = ReadonlyMap<string, T>;

export function registry<T extends { readonly id: string }>(...items: readonly T[]): Registry<T> {
  const map = new Map<string, T>();
  for (const item of items) {
    if (map.has(item.id)) throw new Error(`Two entries are called ${item.id}`);
    map.set(item.id, item);
  }
  return map;
}

/** Declarations as JSON, functions left behind: all the page ever sees of an entry. */
export const declarations = <T>(r: ReadonlyMap<string, unknown>): T[] => JSON.parse(JSON.stringify([...r.values()])) as T[];
