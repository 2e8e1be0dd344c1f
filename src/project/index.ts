/** The open project, its running work, and what can be done to it: all that stages and the frame need. */
export * from './actions.js';
export { project } from './document.svelte.js';
export { Work, works, type WorkState } from './work.svelte.js';
export { ask } from '../jobs/index.js';
