/** Support vector machines agree with libsvm as scikit-learn runs it: decisions, objective, support vectors, probabilities. */
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { kernelsDecide } from '../../../workers/forms/kernels.js';
import { supportVectorMachine as svm } from '../../../workers/models/kernel/support-vector-machine.js';
import { holder, ofEach } from '../close.js';
import golden from './data.json' with { type: 'json' };

const { rows, cols } = golden;
const X = matrix(rows, cols, Float32Array.from(golden.X));
const Q = matrix(golden.Q.length / cols, cols, Float32Array.from(golden.Q));
const targets: Record<string, Target> = {
  two: { task: 'class', y: Int32Array.from(golden.two), levels: ['no', 'yes'] },
  three: { task: 'class', y: Int32Array.from(golden.three), levels: ['low', 'middle', 'high'] },
  number: { task: 'number', y: Float64Array.from(golden.y) },
};
const fit = async (name: string, given: Values, weight?: readonly number[], seed = 1): Promise<Kernels> => {
  const target = { ...targets[name]!, ...(weight ? { weight: Float64Array.from(weight) } : {}) };
  const form = await svm.fit(X, target, checked(svm.params, given), { random: random(seed), report: () => Promise.resolve(true) });
  if (form.form !== 'kernels') throw new Error(`It is a form of ${form.form}`);
  return form;
};
const hold = holder(svm.label, 'scikit-learn (libsvm)');
/** Column-major as the golden has it. */
const turned = (v: Float64Array, width: number) =>
  Array.from(v, (_, i) => v[(i % (v.length / width)) * width + Math.floor(i / (v.length / width))]!);

/** Σ y β − ½ βᵀKβ − ε Σ|β|, from what the form itself decides on the training rows. */
function objective(form: Kernels, name: string): number {
  const decided = kernelsDecide(form, X);
  const beta = new Float64Array(rows);
  // A support vector is found among the rows by its cells.
  const keyOf = (of: (j: number) => number) => Array.from({ length: cols }, (_, j) => of(j)).join();
  const at = new Map(Array.from({ length: rows }, (_, i) => [keyOf((j) => X.data[j * rows + i]!), i]));
  form.point.forEach((s, t) => (beta[at.get(keyOf((j) => form.points[s * cols + j]!))!] = form.coefficients[t]!));
  const target = targets[name]!;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const y = target.task === 'number' ? (target.y[i]! - form.shift) / form.scale : target.y[i] === 0 ? 1 : -1;
    sum += y * beta[i]! - 0.5 * beta[i]! * (decided[i]! - form.intercepts[0]!) - (target.task === 'number' ? 0.1 * Math.abs(beta[i]!) : 0);
  }
  return sum;
}

describe.each(golden.cases.map((c) => [`${c.target}, ${JSON.stringify(c.params)}`, c] as const))('%s', (_, c) => {
  const { weight, gamma, class_weight, ...rest } = c.params;
  const given: Values = { ...rest, gamma: gamma === 'scale' ? null : Number(gamma), class_weight: class_weight ?? 'none' };
  it('decides as libsvm does, by as many support vectors', async () => {
    const form = await fit(c.target, given, weight ? golden.weight : undefined);
    const decided = c.target === 'number' ? predict(form, Q) : kernelsDecide(form, Q);
    const tight = c.params.tol < 1e-6;
    hold(
      tight ? 'decisions' : 'decisions at the default stop',
      ofEach(turned(decided, form.intercepts.length), c.decisions),
      golden.tolerance[tight ? '1e-09' : '0.001'],
    );
    const support = form.points.length / cols;
    if (tight) expect(support).toBe(c.support);
    else expect(Math.abs(support - c.support)).toBeLessThanOrEqual(3);
    if (c.objective !== undefined && tight)
      hold('objective', Math.abs(objective(form, c.target) - c.objective) / (1 + Math.abs(c.objective)), golden.tolerance.objective);
  });
});

describe('probabilities', () => {
  it.each(golden.chances.map((c) => [c.target, c] as const))('%s: as far from libsvm as libsvm is from itself', async (name, c) => {
    const k = name === 'two' ? 2 : 3;
    const all: number[][] = [];
    for (let seed = 1; seed <= 8; seed++) all.push(turned(predict(await fit(name, {}, undefined, seed), Q), k));
    const most = (p: readonly number[]) => Math.max(...p.map((v, i) => Math.abs(v - c.mean[i]!)));
    for (const p of all) expect(most(p)).toBeLessThan(2 * c.spread);
    expect(most(c.mean.map((_, i) => all.reduce((sum, p) => sum + p[i]! / all.length, 0)))).toBeLessThan(c.spread);
  });

  it('of four classes are coupled as Wu, Lin and Weng write it', () => {
    // Machines without a support vector, whose intercept and sigmoid give the pair straight away.
    const logit = golden.pairs.map((r) => Math.log(r / (1 - r)));
    for (let i = 0; i < 6; i++) {
      const form: Kernels = {
        form: 'kernels', kernel: 'rbf', gamma: 1, coef0: 0, degree: 3, inputs: 2, outputs: 4, classes: Int32Array.of(0, 1, 2, 3),
        points: new Float32Array(0), point: new Int32Array(0), coefficients: new Float64Array(0), starts: new Int32Array(7),
        intercepts: Float64Array.from(logit.slice(6 * i, 6 * i + 6)), slopes: new Float64Array(6).fill(-1), offsets: new Float64Array(6), shift: 0, scale: 1,
      }; // prettier-ignore
      hold('coupled probabilities', ofEach(predict(form, matrix(1, 2)), golden.coupled.slice(4 * i, 4 * i + 4)), 1e-9);
    }
  });
});
