/** Support vector machines on iris and diabetes: dual coefficients, intercepts and answers of libsvm. */
import { it } from 'vitest';
import type { Kernels } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { kernelsDecide } from '../../../workers/forms/kernels.js';
import { supportVectorMachine as svm } from '../../../workers/models/kernel/support-vector-machine.js';
import { holder, ofEach, ofLargest } from '../close.js';
import golden from './classics.json' with { type: 'json' };

const hold = holder(svm.label, 'scikit-learn (libsvm)');

it.each(golden.cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
  const n = c.y.length;
  const cell = (i: number, j: number) => Math.fround(c.X[i * c.cols + j]!);
  const X = matrix(n, c.cols, Float32Array.from({ length: n * c.cols }, (_, at) => cell(at % n, Math.floor(at / n))));
  const isNumber = c.params.epsilon !== undefined;
  const least = Math.min(...c.y);
  const target: Target = isNumber ? { task: 'number', y: Float64Array.from(c.y) } : { task: 'class', y: Int32Array.from(c.y, (v) => v - least), levels: ['a', 'b'] };
  // A number is learnt in its standard deviations, and with it C and the width of the tube.
  const mean = c.y.reduce((a, b) => a + b) / n;
  const unit = isNumber ? Math.sqrt(c.y.reduce((a, b) => a + (b - mean) ** 2, 0) / n) : 1;
  const given = { kernel: c.params.kernel, gamma: c.params.gamma, C: c.params.C / unit, epsilon: (c.params.epsilon ?? 0.1) / unit, tol: 1e-10 };
  const form = (await svm.fit(X, target, checked(svm.params, given), { random: random(1), report: () => Promise.resolve(true) })) as Kernels;
  // Of two classes libsvm in scikit-learn speaks for the second, ours for the first.
  const sign = isNumber ? 1 : -1;
  const told = isNumber ? predict(form, X) : kernelsDecide(form, X);
  hold('decisions on iris and diabetes', ofLargest(Array.from(told, (v) => sign * v), c.told), 1e-6);
  hold('intercept', ofEach([form.shift + form.scale * sign * form.intercepts[0]!], [c.intercept]), 5e-7);
  const key = (of: (j: number) => number) => Array.from({ length: c.cols }, (_, j) => of(j)).join();
  // Twin rows share what one of them has.
  const dual = new Map<string, number>();
  const add = (k: string, v: number) => dual.set(k, (dual.get(k) ?? 0) + v);
  c.dual.forEach((v, i) => v !== 0 && add(key((j) => cell(i, j)), -v));
  form.point.forEach((s, t) => add(key((j) => form.points[s * c.cols + j]!), sign * form.scale * form.coefficients[t]!));
  hold('dual coefficients', Math.max(...[...dual.values()].map(Math.abs)) / c.params.C, 1e-5);
  if (c.coef) {
    const w = Array.from({ length: c.cols }, (_, j) => form.coefficients.reduce((s, b, t) => s + sign * b * form.points[form.point[t]! * c.cols + j]!, 0));
    hold('weights of the linear kernel', ofLargest(w, c.coef), 1e-6);
  }
}); // prettier-ignore
