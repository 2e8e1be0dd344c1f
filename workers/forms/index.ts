/** What can be asked of any fitted model: predict, raw scores, contributions, size. */
import type { Form } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { kernelsPredict } from './kernels.js';
import { layersScores } from './layers.js';
import { linearContributions, linearScores } from './linear.js';
import { applyLink, scoresOf } from './link.js';
import { neighboursPredict } from './neighbours.js';
import { predictTrees, treeContributions } from './trees.js';

export { checkForm } from './check.js';
export { scoresOf } from './link.js';
export { measureForm } from './measure.js';

/**
 * Rows × outputs, row-major: class probabilities (two columns for a binary model), or values.
 * A batch equals its rows one by one, bit for bit.
 */
export function predict(form: Form, X: Matrix): Float64Array {
  fits(form, X);
  if (form.form === 'neighbours') return neighboursPredict(form, X);
  if (form.form === 'kernels') return kernelsPredict(form, X);
  if (form.form === 'blend') {
    const out = new Float64Array(X.rows * form.outputs);
    form.parts.forEach((part, m) => {
      const share = form.shares[m]!;
      const one = predict(part, X);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + share * one[i]!;
    });
    return out;
  }
  return applyLink(form.link, rawScores(form, X), X.rows, form.outputs);
}

/** Rows × scores before the link. Neighbours, kernels and blends have no link: theirs are the predictions themselves. */
export function rawScores(form: Form, X: Matrix): Float64Array {
  fits(form, X);
  switch (form.form) {
    case 'linear':
      return linearScores(form, X);
    case 'trees':
      return predictTrees(form, X);
    case 'layers':
      return layersScores(form, X);
    case 'neighbours':
    case 'kernels':
    case 'blend':
      return predict(form, X);
  }
}

export interface Contributions {
  /** One per raw score. */
  readonly base: Float64Array;
  /** Rows × inputs × scores: base + the sum over inputs is the raw score. */
  readonly values: Float64Array;
}

/** What each input adds to each raw score: linear and trees do so exactly (trees by path-dependent SHAP); null where a form cannot. */
export function contributions(form: Form, X: Matrix): Contributions | null {
  fits(form, X);
  if (form.form === 'trees') return treeContributions(form, X);
  return form.form === 'linear' ? linearContributions(form, X) : null;
}

/** Raw scores a form has: what `rawScores` gives per row. */
export const scores = (form: Form): number => ('link' in form ? scoresOf(form) : form.outputs);

function fits(form: Form, X: Matrix): void {
  if (X.cols !== form.inputs) throw new Error(`This model takes ${form.inputs} columns, not ${X.cols}`);
}
