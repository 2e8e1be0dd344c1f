/** The open project, its running work, and what can be done to it: all that stages and the frame need. */
export { ask, lanes } from '../jobs/index.js';
export * from './bring.js';
export * from './judge.js';
export * from './plan.js';
export * from './train.js';
export * from './tune.js';
export * from './use.js';
export { project } from './document.svelte.js';
export { modelChoices, type ModelChoice, type ModelStage } from './registry.js';
export { keepFresh } from './refresh.svelte.js';
export { nextStage, openWarnings, statusOf, warningId, type Mark, type Status } from './status.js';
export { works, type Work, type WorkState } from './work.svelte.js';
export { listProjects, deleteProject, storageState, getSetting, putSetting, type ProjectRecord, type RunRecord } from '../store/index.js';
