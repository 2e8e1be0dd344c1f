/** Small tables and plain reckoning for the tests of linear models. */
import type { Linear } from '../../../src/core/form.js';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import type { Context, Model, NumberTarget } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { normal, random, type Random } from '../../../src/core/random.js';
import { checkForm } from '../../../workers/forms/index.js';

export function context(seed = 1): Context & { readonly notes: string[] } {
  const notes: string[] = [];
  return { random: random(seed), report: () => Promise.resolve(true), note: (what) => void notes.push(what), notes };
}

/** Columns of normal numbers, then those given. */
export function table(rows: number, normals: number, u: Random, ...more: readonly ArrayLike<number>[]): Matrix {
  const X = matrix(rows, normals + more.length);
  for (let k = 0; k < rows * normals; k++) X.data[k] = normal(u);
  more.forEach((c, j) => X.data.set(Float32Array.from(c), rows * (normals + j)));
  return X;
}

export const number = (y: ArrayLike<number>, weight?: ArrayLike<number>): NumberTarget => ({
  task: 'number',
  y: Float64Array.from(y),
  ...(weight && { weight: Float64Array.from(weight) }),
});

export async function fit(m: Model, X: Matrix, target: NumberTarget, params: Values = {}, ctx = context()): Promise<Linear> {
  const form = checkForm(await m.fit(X, target, checked(m.params, params), ctx));
  if (form.form !== 'linear') throw new Error('a linear form was expected');
  return form;
}

/** Gauss and Jordan, for a few equations. */
export function inverse(A: readonly (readonly number[])[]): number[][] {
  const n = A.length;
  const M = A.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))]);
  for (let c = 0; c < n; c++) {
    let pick = c;
    for (let r = c; r < n; r++) if (Math.abs(M[r]![c]!) > Math.abs(M[pick]![c]!)) pick = r;
    [M[c], M[pick]] = [M[pick]!, M[c]!];
    const d = M[c]![c]!;
    M[c] = M[c]!.map((v) => v / d);
    for (let r = 0; r < n; r++) {
      const f = M[r]![c]!;
      if (r !== c) M[r] = M[r]!.map((v, k) => v - f * M[c]![k]!);
    }
  }
  return M.map((row) => row.slice(n));
}

export const scoreOf = ({ weights, bias, inputs }: Linear, X: Matrix, i: number): number => {
  let s = bias[0]!;
  for (let j = 0; j < inputs; j++) s += weights[j]! * X.data[j * X.rows + i]!;
  return s;
};
