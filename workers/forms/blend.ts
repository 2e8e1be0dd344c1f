/** Blends: the predictions of several forms on the same columns, averaged by their shares. */
import type { Blend } from '../../src/core/form.js';
import { array, broken, floats64 } from './gate.js';
import type { Kit } from './kit.js';

export const blendKit: Kit<Blend> = {
  predict(form, X, ask) {
    const out = new Float64Array(X.rows * form.outputs);
    form.parts.forEach((part, m) => {
      const share = form.shares[m]!;
      const one = ask(part, X);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + share * one[i]!;
    });
    return out;
  },
  check(o, at, inputs, outputs, inner) {
    const parts = array(o, 'parts', at, 1, 1000).map((part, i) => inner(part, `${at}.parts[${i}]`));
    for (const part of parts) {
      if (part.inputs !== inputs || part.outputs !== outputs) broken(`${at}: its parts do not have the same inputs and outputs`);
    }
    const shares = floats64(o, 'shares', at, parts.length);
    let sum = 0;
    for (const s of shares) {
      if (s < 0) broken(`${at}.shares holds ${s}`);
      sum += s;
    }
    if (Math.abs(sum - 1) > 1e-6) broken(`${at}.shares sum to ${sum}, not 1`);
    return { form: 'blend', inputs, outputs, parts, shares };
  },
  measure(form, inner) {
    const sizes = form.parts.map(inner);
    const nodes = sizes.reduce((sum, s) => sum + (s.nodes ?? 0), 0);
    const size = {
      bytes: form.shares.byteLength + sizes.reduce((sum, s) => sum + s.bytes, 0),
      parameters: form.shares.length + sizes.reduce((sum, s) => sum + s.parameters, 0),
    };
    return nodes > 0 ? { ...size, nodes } : size;
  },
};
