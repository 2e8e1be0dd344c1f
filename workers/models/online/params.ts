/** Parameters that models learning row by row share. */
import { flag, int, real } from '../../../src/core/param.js';

export const alpha = real({
  label: 'Strength of the penalty (alpha)',
  help: 'How much the penalty counts against each row: higher gives smaller weights. With the “optimal” schedule it sets the step size, too.',
  default: 1e-4,
  min: 1e-12,
  max: 1e3,
  scale: 'log',
  tune: [1e-6, 1e-1],
});

export const pace = {
  max_iter: int({
    label: 'Most epochs',
    help: 'Passes over all rows at most.',
    default: 1000,
    min: 1,
    max: 100000,
    scale: 'log',
  }),
  tol: real({
    label: 'Tolerance',
    help: 'A smaller fall of the loss in an epoch does not count as getting better. “None” goes through all epochs.',
    default: 1e-3,
    min: 0,
    max: 10,
    none: 'None',
    more: true,
  }),
  n_iter_no_change: int({
    label: 'Patience',
    help: 'Epochs without getting better before it stops.',
    default: 5,
    min: 1,
    max: 1000,
    more: true,
  }),
  early_stopping: flag({
    label: 'Stop by rows held out',
    help: 'Holds some training rows out and stops when the loss on those no longer falls, instead of the loss on the rows learnt from.',
    default: false,
    more: true,
  }),
  validation_fraction: real({
    label: 'Share held out',
    help: 'Share of the rows held out for stopping.',
    default: 0.1,
    min: 0.01,
    max: 0.5,
    more: true,
  }),
  shuffle: flag({
    label: 'Shuffle rows',
    help: 'Takes the rows in a new order in every epoch. Leave it on: in a fixed order, sorted rows teach the last ones best.',
    default: true,
    more: true,
  }),
} as const;

/** About as many epochs as it takes until the loss stops falling. */
export const TYPICAL_EPOCHS = 40;

export const onlineCost =
  (withSigmoid: boolean) =>
  ({ rows, cols, classes, task }: { rows: number; cols: number; classes: number; task: string }, { max_iter }: { max_iter: number }) => {
    const machines = task === 'class' && classes > 2 ? classes : 1;
    const again = task === 'class' && withSigmoid ? (rows > 2000 ? 1.8 : 5) : 1;
    return {
      operations: 4 * rows * (cols + 10) * Math.min(max_iter, TYPICAL_EPOCHS) * machines * again,
      bytes: 4 * rows * cols + 40 * rows,
    };
  };
