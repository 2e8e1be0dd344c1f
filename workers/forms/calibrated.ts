/** Calibrated forms: what a form decides is turned into probabilities by a curve for each class, then divided by their sum. */
import type { Calibrated, Form } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { broken, floats64, lengthIs, oneOf, typed } from './gate.js';
import type { Ask, Kit } from './kit.js';
import { sigmoid } from './link.js';

/** Decisions a form makes per row: two classes have one, for the second; more have one each. */
export const decisionCount = (outputs: number): number => (outputs === 2 ? 1 : outputs);

/**
 * Rows × decisions, row-major: raw scores where they rank rows by class alone (a difference of two for two classes),
 * probabilities for every other form.
 */
export function decisions(form: Form, X: Matrix, ask: Ask, raw: Ask): Float64Array {
  const two = form.outputs === 2;
  const scored = 'link' in form && ['sigmoid', 'softmax', 'rest'].includes(form.link);
  const z = scored ? raw(form, X) : ask(form, X);
  if (!two || z.length === X.rows) return z;
  return Float64Array.from({ length: X.rows }, (_, i) => (scored ? z[2 * i + 1]! - z[2 * i]! : z[2 * i + 1]!));
}

/** Straight lines between the knots from…to−1, flat beyond them. */
function between(at: Float64Array, value: Float64Array, from: number, to: number, z: number): number {
  if (z <= at[from]!) return value[from]!;
  if (z >= at[to - 1]!) return value[to - 1]!;
  let low = from;
  let high = to - 1;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (at[mid]! <= z) low = mid;
    else high = mid;
  }
  return value[low]! + ((value[high]! - value[low]!) / (at[high]! - at[low]!)) * (z - at[low]!);
}

export const calibratedKit: Kit<Calibrated> = {
  predict(form, X, ask, raw) {
    const K = form.outputs;
    const D = decisionCount(K);
    const z = decisions(form.part, X, ask, raw);
    const one = (k: number, d: number) =>
      form.method === 'sigmoid'
        ? sigmoid(-(form.slopes[k]! * d + form.offsets[k]!))
        : between(form.at, form.value, form.starts[k]!, form.starts[k + 1]!, d);
    const out = new Float64Array(X.rows * K);
    for (let i = 0; i < X.rows; i++) {
      if (K === 2) {
        const p = one(0, z[i]!);
        out[2 * i] = 1 - p;
        out[2 * i + 1] = p;
        continue;
      }
      let sum = 0;
      for (let k = 0; k < D; k++) sum += out[i * K + k] = one(k, z[i * D + k]!);
      for (let k = 0; k < K; k++) out[i * K + k] = sum > 0 ? out[i * K + k]! / sum : 1 / K;
    }
    return out;
  },
  check(o, at, inputs, outputs, inner) {
    if (outputs < 2) broken(`${at}.outputs: only classes are calibrated`);
    const part = inner(o['part'], `${at}.part`);
    if (part.inputs !== inputs || part.outputs !== outputs) broken(`${at}: its part does not have the same inputs and outputs`);
    const D = decisionCount(outputs);
    const method = oneOf(o, 'method', at, ['sigmoid', 'isotonic'] as const);
    const curves = method === 'sigmoid' ? D : 0;
    const slopes = floats64(o, 'slopes', at, curves);
    const offsets = floats64(o, 'offsets', at, curves);
    const starts = typed(o, 'starts', at, Int32Array);
    lengthIs(starts, method === 'isotonic' ? D + 1 : 0, `${at}.starts`);
    const knots = starts.at(-1) ?? 0;
    if ((starts[0] ?? 0) !== 0 || knots < 0 || knots > 2 ** 31) broken(`${at}.starts does not begin at 0`);
    const where = floats64(o, 'at', at, knots);
    const value = floats64(o, 'value', at, knots);
    for (let k = 0; k + 1 < starts.length; k++) {
      if (starts[k + 1]! <= starts[k]!) broken(`${at}.starts leaves a class without a knot`);
      for (let i = starts[k]! + 1; i < starts[k + 1]!; i++) if (where[i]! <= where[i - 1]!) broken(`${at}.at does not rise`);
    }
    for (const p of value) if (p < 0 || p > 1) broken(`${at}.value holds ${p}`);
    return { form: 'calibrated', inputs, outputs, part, method, slopes, offsets, starts, at: where, value };
  },
  measure(form, inner) {
    const size = inner(form.part);
    const own = form.slopes.length + form.offsets.length + form.at.length + form.value.length;
    return { ...size, bytes: size.bytes + 8 * own + form.starts.byteLength, parameters: size.parameters + own };
  },
};
