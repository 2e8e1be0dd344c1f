/** The file read in another way: says when that is done, with a way to take it back, or what went wrong. */
import { Problem } from '../core/problem.js';
import { project } from '../project/index.js';
import { saidWithUndo } from './undoable.js';

export async function reread(reading: Promise<void>, said: string): Promise<void> {
  try {
    await reading;
    saidWithUndo(said);
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    if (e.code !== 'job/cancelled' && e.code !== 'read/cancelled') project.problem = e;
  }
}

/** What is said when the spellings of a column's levels have become one each. */
export const spelledAsOne = (columns: readonly string[]): string =>
  `Each class of ${columns.map((c) => `“${c}”`).join(', ')} has one spelling now.`;
