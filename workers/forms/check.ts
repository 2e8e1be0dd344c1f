/**
 * Is this a form? Everything a model file says is looked at before it is used: types, lengths, finite numbers, indices in
 * bounds, no cycles. The answer is a fresh object that holds the known fields only.
 */
import type { Form } from '../../src/core/form.js';
import { broken, object, whole, WIDEST } from './gate.js';
import { kitNamed } from './kits.js';

const DEEPEST = 4;

export const checkForm = (value: unknown): Form => formOf(value, 'form', 0);

function formOf(value: unknown, at: string, depth: number): Form {
  const o = object(value, at);
  if (depth > DEEPEST) broken(`${at} is nested too deeply`);
  const inputs = whole(o, 'inputs', at, 0, WIDEST);
  const outputs = whole(o, 'outputs', at, 1, WIDEST);
  const kit = kitNamed(o['form']) ?? broken(`${at} is of no known kind`);
  return kit.check(o, at, inputs, outputs, (inner, where) => formOf(inner, where, depth + 1));
}
