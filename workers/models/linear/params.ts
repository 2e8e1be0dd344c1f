/** Parameters that models with weights share. */
import { int, real } from '../../../src/core/param.js';

/** Where penalty is elasticnet. */
export const l1_ratio = real({
  label: 'Share of L1',
  help: '0 is all ridge, 1 is all lasso; in between, groups of similar columns stay or go together.',
  default: 0.5,
  min: 0,
  max: 1,
  tune: [0.05, 0.95],
  when: { param: 'penalty', is: ['elasticnet'] },
});

/** Of what is solved step by step. */
export const mostSteps = (help: string, steps: { readonly default: number; readonly max: number } = { default: 100, max: 10_000 }) =>
  int({ label: 'Most steps', help, min: 1, ...steps, scale: 'log', more: true });
