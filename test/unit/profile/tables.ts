/** Small columns for the tests of this room. */
import type { CodeColumn, ValueColumn } from '../../../src/core/table.js';

export const numbers = (name: string, values: readonly number[]): ValueColumn => ({
  name,
  kind: 'number',
  values: Float64Array.from(values),
});
export const names = (name: string, cells: readonly (string | null)[], kind: 'category' | 'text' = 'category'): CodeColumn => {
  const levels = [...new Set(cells.filter((c) => c !== null))].sort((a, b) => (a < b ? -1 : 1));
  return { name, kind, levels, codes: Int32Array.from(cells, (c) => (c === null ? -1 : levels.indexOf(c))) };
};
