/** Stacks: what several forms predict, and the columns too where they are passed through, is the matrix of a final form. */
import type { Form, Stack } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { array, broken } from './gate.js';
import type { Kit } from './kit.js';

/** Columns that a part's predictions make: two classes need one, since the other follows from it. */
export const columnsFrom = (outputs: number): number => (outputs === 2 ? 1 : outputs);

/** Predictions of the parts (each rows × outputs) side by side, part after part, then the columns passed through. */
export function stacked(predicted: readonly Float64Array[], rows: number, outputs: number, through: Matrix | null): Matrix {
  const each = columnsFrom(outputs);
  const own = predicted.length * each;
  const cols = own + (through?.cols ?? 0);
  const data = new Float32Array(rows * cols);
  const names: string[] = [];
  predicted.forEach((p, m) => {
    for (let k = 0; k < each; k++) {
      const at = (m * each + k) * rows;
      const from = outputs === 2 ? 1 : k;
      for (let i = 0; i < rows; i++) data[at + i] = p[i * outputs + from]!;
      names.push(`part ${m + 1}${each > 1 ? `, class ${k + 1}` : ''}`);
    }
  });
  if (through) data.set(through.data, own * rows);
  return {
    rows,
    cols,
    data,
    names: [...names, ...(through?.names ?? [])],
    levels: [...new Array<number>(own).fill(0), ...(through?.levels ?? [])],
  };
}

export const stackKit: Kit<Stack> = {
  predict(form, X, ask) {
    const predicted = form.parts.map((part) => ask(part, X));
    return ask(form.final, stacked(predicted, X.rows, form.outputs, form.passthrough ? X : null));
  },
  check(o, at, inputs, outputs, inner) {
    const parts = array(o, 'parts', at, 1, 1000).map((part, i): Form => inner(part, `${at}.parts[${i}]`));
    for (const part of parts) {
      if (part.inputs !== inputs || part.outputs !== outputs) broken(`${at}: its parts do not have the same inputs and outputs`);
    }
    const passthrough = o['passthrough'];
    if (typeof passthrough !== 'boolean') return broken(`${at}.passthrough is not true or false`);
    const final = inner(o['final'], `${at}.final`);
    const cols = parts.length * columnsFrom(outputs) + (passthrough ? inputs : 0);
    if (final.inputs !== cols || final.outputs !== outputs) broken(`${at}.final does not take what its parts give`);
    return { form: 'stack', inputs, outputs, parts, final, passthrough };
  },
  measure(form, inner) {
    const sizes = [...form.parts, form.final].map(inner);
    const nodes = sizes.reduce((sum, s) => sum + (s.nodes ?? 0), 0);
    const bytes = sizes.reduce((sum, s) => sum + s.bytes, 0);
    const parameters = sizes.reduce((sum, s) => sum + s.parameters, 0);
    return nodes > 0 ? { bytes, parameters, nodes } : { bytes, parameters };
  },
};
