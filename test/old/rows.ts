/** Rows to ask any model: gaps alone, ordinary values, and the first level of each category at the end of the range. */
import type { Artifact } from '../../src/core/artifact.js';

const cell = (i: Artifact['inputs'][number], which: 'median' | 'max'): string => {
  if (i.levels) return i.levels[which === 'max' ? 0 : i.levels.length - 1] ?? '';
  const v = i[which];
  if (v === null || v === undefined) return '';
  return i.kind === 'time' ? new Date(v).toISOString().slice(0, 10) : String(v);
};
export const rowsOf = (a: Artifact): Record<string, string>[] => [
  {},
  Object.fromEntries(a.inputs.map((i) => [i.name, cell(i, 'median')])),
  Object.fromEntries(a.inputs.map((i) => [i.name, cell(i, 'max')])),
];
