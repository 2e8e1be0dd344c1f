/** How big a fitted model is. */
import type { Form } from '../../src/core/form.js';

export interface Size {
  /** Bytes of its tensors. */
  readonly bytes: number;
  /** Numbers that were learnt (for neighbours: remembered). */
  readonly parameters: number;
  /** Nodes of all trees. */
  readonly nodes?: number;
}

export function measureForm(form: Form): Size {
  switch (form.form) {
    case 'linear':
      return { bytes: bytesOf(form), parameters: form.weights.length + form.bias.length };
    case 'layers':
      return {
        bytes: form.layers.reduce((sum, l) => sum + bytesOf(l), 0),
        parameters: form.layers.reduce((sum, l) => sum + l.weights.length + l.bias.length, 0),
      };
    case 'neighbours':
      return { bytes: bytesOf(form), parameters: form.points.length + form.y.length };
    case 'kernels':
      // Support vectors are remembered; the rest is learnt.
      return {
        bytes: bytesOf(form),
        parameters: form.points.length + form.coefficients.length + form.intercepts.length + form.slopes.length + form.offsets.length,
      };
    case 'trees': {
      const nodes = form.feature.length;
      let leaves = 0;
      for (let i = 0; i < nodes; i++) if (form.feature[i]! < 0) leaves++;
      // A split learns which column and where; a leaf its values.
      return { bytes: bytesOf(form), parameters: form.base.length + 2 * (nodes - leaves) + leaves * form.width, nodes };
    }
    case 'blend': {
      const sizes = form.parts.map(measureForm);
      const nodes = sizes.reduce((sum, s) => sum + (s.nodes ?? 0), 0);
      const size = {
        bytes: form.shares.byteLength + sizes.reduce((sum, s) => sum + s.bytes, 0),
        parameters: form.shares.length + sizes.reduce((sum, s) => sum + s.parameters, 0),
      };
      return nodes > 0 ? { ...size, nodes } : size;
    }
  }
}

const bytesOf = (o: object): number => Object.values(o).reduce<number>((sum, v) => sum + (ArrayBuffer.isView(v) ? v.byteLength : 0), 0);
