/** The recipe on screen: its panel, adding a step, the rows before and after. Cleaning and features both write it. */
export { default as AddStep } from './AddStep.svelte';
export { default as BeforeAfter } from './BeforeAfter.svelte';
export { default as Recipe } from './Recipe.svelte';
export { reread, spelledAsOne } from './reread.js';
export { saidWithUndo } from './undoable.js';
