/** Settings that kernel machines share. */
import { int, real } from '../../../src/core/param.js';

/** `bends`: what a high one does. `none`: what it is when nobody says. */
export const gamma = <const K extends readonly string[]>(bends: string, none: string, kernels: K) =>
  real({
    label: 'Reach of a row (gamma)',
    help: `How quickly a row’s say fades with distance: higher means nearer rows only and ${bends}`,
    default: null,
    min: 1e-9,
    max: 1e9,
    scale: 'log',
    none,
    tune: [1e-4, 10],
    when: { param: 'kernel', is: kernels },
  });

/** Gamma of `null` where variance counts. */
export const SCALE = 'Scale: 1 / (columns × variance)';

export const degree = int({
  label: 'Degree',
  help: 'Highest power in a polynomial kernel.',
  default: 3,
  min: 1,
  max: 10,
  when: { param: 'kernel', is: ['poly'] },
});

export const coef0 = (byDefault: number) =>
  real({
    label: 'Constant (coef0)',
    help: 'Added before the power or the bend. In a polynomial, above 0 lets lower powers in as well.',
    default: byDefault,
    min: -100,
    max: 100,
    when: { param: 'kernel', is: ['poly', 'sigmoid'] },
  });

export const tol = real({
  label: 'Tolerance',
  help: 'Stops when no pair of rows breaks the rules of the best answer by more than this.',
  default: 1e-3,
  min: 1e-10,
  max: 1,
  scale: 'log',
  more: true,
});
