/** What a kind of form brings along, so that everything that can be asked of a fitted model is answered for it. */
import type { Form } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import type { Fields } from './gate.js';

export interface Contributions {
  /** One per raw score. */
  readonly base: Float64Array;
  /** Rows × inputs × scores: base + the sum over inputs is the raw score. */
  readonly values: Float64Array;
}

export interface Size {
  /** Bytes of its tensors. */
  readonly bytes: number;
  /** Numbers that were learnt (for neighbours: remembered). */
  readonly parameters: number;
  /** Nodes of all trees. */
  readonly nodes?: number;
}

/** Predicts by any form, or says its raw scores: given to forms that hold others. */
export type Ask = (form: Form, X: Matrix) => Float64Array;

interface Common<F extends Form> {
  /** What each input adds to each raw score, exactly; left out, or null, where the form cannot tell. */
  contributions?(form: F, X: Matrix): Contributions | null;
  /** A fresh form with the known fields only, each looked at (gate.ts); throws where the file is not one. `inner` checks a form inside. */
  check(o: Fields, at: string, inputs: number, outputs: number, inner: (value: unknown, at: string) => Form): F;
  /** Left out: the bytes and lengths of its arrays. `inner` measures a form inside. */
  measure?(form: F, inner: (form: Form) => Size): Size;
}
/** A form with a link says its raw scores (rows × scores, row-major); one without says its predictions (rows × outputs). */
export type Kit<F extends Form> = Common<F> &
  (F extends { readonly link: unknown }
    ? { raw(form: F, X: Matrix): Float64Array }
    : { predict(form: F, X: Matrix, ask: Ask, raw: Ask): Float64Array });

/** A kit of some form, as those see it who do not ask which: it has `raw` or `predict`. */
export interface AnyKit extends Common<Form> {
  raw?(form: Form, X: Matrix): Float64Array;
  predict?(form: Form, X: Matrix, ask: Ask, raw: Ask): Float64Array;
}
