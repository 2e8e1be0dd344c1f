/** Watching new data: what a model keeps of its training data, and how far later data has moved from it. */
export { drift } from './drift.js';
export { referenceOf } from './reference.js';
