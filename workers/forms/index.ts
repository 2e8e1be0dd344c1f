/** What can be asked of any fitted model: predict, raw scores, contributions, size. */
import type { Form } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import type { Contributions } from './kit.js';
import { kitOf } from './kits.js';
import { applyLink, scoresOf } from './link.js';

export { checkForm } from './check.js';
export type { Contributions, Size } from './kit.js';
export { scoresOf } from './link.js';
export { measureForm } from './measure.js';
export { spreadOf } from './process.js';

/**
 * Rows × outputs, row-major: class probabilities (two columns for a binary model), or values.
 * A batch equals its rows one by one, bit for bit.
 */
export function predict(form: Form, X: Matrix): Float64Array {
  fits(form, X);
  const kit = kitOf(form);
  if ('link' in form) return applyLink(form.link, kit.raw!(form, X), X.rows, form.outputs);
  return kit.predict!(form, X, predict, rawScores);
}

/** Rows × scores before the link. A form without a link gives its predictions. */
export function rawScores(form: Form, X: Matrix): Float64Array {
  fits(form, X);
  const kit = kitOf(form);
  return kit.raw ? kit.raw(form, X) : kit.predict!(form, X, predict, rawScores);
}

/** What each input adds to each raw score, where the form can tell exactly (trees by path-dependent SHAP); else null. */
export function contributions(form: Form, X: Matrix): Contributions | null {
  fits(form, X);
  return kitOf(form).contributions?.(form, X) ?? null;
}

/** Raw scores a form has: what `rawScores` gives per row. */
export const scores = (form: Form): number => ('link' in form ? scoresOf(form) : form.outputs);

function fits(form: Form, X: Matrix): void {
  if (X.cols !== form.inputs) throw new Error(`This model takes ${form.inputs} columns, not ${X.cols}`);
}
