/** How big a fitted model is. */
import type { Form } from '../../src/core/form.js';
import type { Size } from './kit.js';
import { kitOf } from './kits.js';

export function measureForm(form: Form): Size {
  return kitOf(form).measure?.(form, measureForm) ?? plainSize(form);
}

/** Bytes and numbers of the typed arrays that a form holds at the top. */
function plainSize(form: Form): Size {
  let bytes = 0;
  let parameters = 0;
  for (const v of Object.values(form)) {
    if (!ArrayBuffer.isView(v)) continue;
    bytes += v.byteLength;
    parameters += (v as Float64Array).length;
  }
  return { bytes, parameters };
}
