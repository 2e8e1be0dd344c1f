/** Who may write: one tab at a time. */
import { Problem } from '../core/problem.js';
import { project } from './document.svelte.js';

/** Two tabs must not work on one project: what adds to it is refused where it is only looked at. */
export const mine = (): void => {
  if (project.elsewhere) throw new Problem('store/elsewhere');
};
