/** The one-class machine: whose rows it learns from, what several other classes share, and when it knows nothing. */
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import type { ClassTarget } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { kernelsDecide } from '../../../workers/forms/kernels.js';
import { oneClassDetector, oneClassSvm as model } from '../../../workers/models/kernel/one-class-svm.js';

/** 90 usual rows in a crowd, then 20 of a second and 10 of a third class, far out on all sides. */
const u = random(9);
const X = matrix(120, 2);
for (let i = 0; i < 120; i++) {
  const angle = 2 * Math.PI * u();
  X.data[i] = normal(u) + (i < 90 ? 0 : 6 * Math.cos(angle));
  X.data[120 + i] = normal(u) + (i < 90 ? 0 : 6 * Math.sin(angle));
}
const three: ClassTarget = { task: 'class', y: Int32Array.from({ length: 120 }, (_, i) => (i < 90 ? 1 : i < 110 ? 2 : 0)), levels: ['odd', 'usual', 'strange', 'never'] }; // prettier-ignore
const two: ClassTarget = { task: 'class', y: three.y.map((k) => (k === 1 ? 1 : 0)), levels: ['odd', 'usual'] };

async function fit(target: ClassTarget, given: Values = {}, stopAt = Infinity) {
  const notes: string[] = [];
  let reports = 0;
  const report = () => Promise.resolve(reports++ < stopAt);
  const form = await model.fit(X, target, checked(model.params, given), { random: random(1), report, note: (n) => void notes.push(n) });
  return { form: form as Kernels, notes };
}

describe('one-class support vector machine', () => {
  it('finds rows outside, whichever number the usual class has', async () => {
    const p = predict((await fit(two)).form, X);
    const turned = predict((await fit({ ...two, y: two.y.map((k) => 1 - k) })).form, X);
    let right = 0;
    for (let i = 0; i < 120; i++) {
      if (p[2 * i + 1]! > 0.5 === i < 90) right++;
      expect(turned[2 * i]).toBeCloseTo(p[2 * i + 1]!, 12);
    }
    expect(right).toBeGreaterThan(105);
  });

  it('draws the same boundary whatever the other rows are called, and another from all rows', async () => {
    const { form } = await fit(two);
    const named = (await fit(three)).form;
    expect([...named.points]).toEqual([...form.points]);
    expect((await fit(two, { learn_from: 'all' })).form.points).not.toEqual(form.points);
  });

  it('several other classes share what is not usual as often as they occur', async () => {
    const { form } = await fit(three);
    const p = predict(form, X);
    const [usual] = [predict((await fit(two)).form, X)];
    for (let i = 0; i < 120; i++) {
      const own = p.subarray(4 * i, 4 * i + 4);
      expect(own[1]).toBeCloseTo(usual[2 * i + 1]!, 5);
      expect(own[2]! / own[0]!).toBeCloseTo(2, 3);
      expect(own[3]).toBe(0);
    }
    const balanced = predict((await fit(three, { class_weight: 'balanced' })).form, X);
    expect(balanced[4 * 100 + 2]! / balanced[4 * 100]!).toBeCloseTo(1, 3);
    expect(balanced[4 * 100 + 1]).toBeLessThan(p[4 * 100 + 1]!);
  });

  it('answers with shares and says so where the other classes are not outside', async () => {
    // The crowd is the rarer class, and what lies round it on all sides the frequent one.
    const inside: ClassTarget = { ...two, y: Int32Array.from({ length: 120 }, (_, i) => (i < 25 || i >= 90 ? 1 : 0)) };
    const weight = Float64Array.from({ length: 120 }, (_, i) => (i < 25 ? 0.2 : i < 90 ? 0.1 : 1));
    const { form, notes } = await fit({ ...inside, weight }, { nu: 0.9, gamma: 0.05 });
    expect(notes.join()).toMatch(/no more unusual/);
    const p = predict(form, X);
    const usual = 25 * 0.2 + 30;
    expect(p[1]).toBeCloseTo(usual / (usual + 6.5), 9);
  });

  it('hears a stop', async () => {
    for (const at of [0, 1]) expect(predict((await fit(two, {}, at)).form, X).every((v) => v >= 0 && v <= 1)).toBe(true);
  });

  it('refuses more rows than it can hold against each other', () => {
    expect(model.whyNot!({ rows: 30_001, cols: 2, task: 'class', classes: 2 })).toMatch(/30000 is the most/);
  });

  it('as a detector needs no labels', async () => {
    const scores = await oneClassDetector.unusual(X, checked(oneClassDetector.params, { nu: 0.2 }), { random: random(1), report: () => Promise.resolve(true) }); // prettier-ignore
    const outer = scores.slice(90).reduce((a, b) => a + b, 0) / 30;
    const inner = scores.slice(0, 90).reduce((a, b) => a + b, 0) / 90;
    expect(outer).toBeGreaterThan(inner);
    const { form } = await fit(two, { nu: 0.2, learn_from: 'all', tol: 1e-3 });
    expect(scores[0]).toBeCloseTo(kernelsDecide(form, X)[0]!, 12);
  });
});
