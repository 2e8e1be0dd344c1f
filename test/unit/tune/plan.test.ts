/** Spaces and the plan of a study over several kinds of model. */
import { describe, expect, test } from 'vitest';
import { choice, int, real, text } from '../../../src/core/param.js';
import { Problem } from '../../../src/core/problem.js';
import { samplers } from '../../../workers/tune/index.js';
import type { Family, Finished } from '../../../workers/tune/plan.js';
import { plan } from '../../../workers/tune/plan.js';
import { fromUnit, space, toUnit } from '../../../workers/tune/space.js';

const common = { label: 'x', help: 'x' };
const wide = { c: real({ ...common, default: 1, min: 1e-6, max: 1e6, scale: 'log', tune: [1e-3, 1e3] }) };
const models: Family[] = [
  { id: 'bad', params: wide },
  { id: 'good', params: wide },
  { id: 'middling', params: wide },
  { id: 'plain', params: {} },
  { id: 'broken', params: wide },
];
const base: Record<string, number | null> = { bad: 0.1, good: 0.9, middling: 0.5, plain: 0.3, broken: null };

function study(trials: number, seed: number, families = models): Finished[] {
  const done: Finished[] = [];
  for (let round = 0; round < 500; round++) {
    const next = plan(families, trials, seed, samplers.get('tpe')!, done);
    if (next.length === 0) break;
    for (const p of next) {
      expect(p.trial).toBe(done.length);
      const score = base[p.model]!;
      done.push({
        model: p.model,
        params: p.params,
        score: score === null ? null : score - Math.abs(Math.log(((p.params.c as number | undefined) ?? 1) / 10)) / 1000,
      });
    }
  }
  return done;
}
const count = (done: readonly Finished[], id: string) => done.filter((t) => t.model === id).length;

describe('plan', () => {
  test('defaults first, then two draws each, then the best get the most', () => {
    const done = study(60, 1);
    expect(done.length).toBe(60);
    expect(done.slice(0, 5).map((t) => [t.model, t.params])).toEqual(models.map((m) => [m.id, {}]));
    expect(done.slice(5, 11).map((t) => t.model)).toEqual(['good', 'good', 'middling', 'middling', 'bad', 'bad']);
    expect([count(done, 'plain'), count(done, 'broken')]).toEqual([1, 1]);
    expect(count(done, 'good')).toBeGreaterThan(count(done, 'middling'));
    expect(count(done, 'middling')).toBeGreaterThan(count(done, 'bad'));
    expect(study(60, 1)).toEqual(done);
    expect(study(60, 2)).not.toEqual(done);
  });
  test('a short budget is kept to, and goes on where it was cut off', () => {
    expect(study(3, 1).map((t) => t.model)).toEqual(['bad', 'good', 'middling']);
    expect(study(6, 1).map((t) => t.model)).toEqual([...models.map((m) => m.id), 'good']);
    const half = study(60, 1).slice(0, 8);
    expect(plan(models, 60, 1, samplers.get('tpe')!, half).map((p) => p.model)).toEqual(['middling', 'bad', 'bad']);
    expect(plan(models, 5, 1, samplers.get('tpe')!, study(5, 1))).toEqual([]);
  });
  test('one kind alone gets everything; used-up spaces end the study', () => {
    expect(count(study(20, 1, models.slice(1, 2)), 'good')).toBe(20);
    const small: Family[] = [{ id: 'good', params: { k: int({ ...common, default: 2, min: 1, max: 4 }) }, search: ['k'] }];
    expect(study(50, 1, small).length).toBe(4);
    expect(study(50, 1, [models[3]!]).length).toBe(1);
  });
});

describe('space', () => {
  test('puts what a condition names first, and refuses what cannot be searched', () => {
    const params = {
      gamma: real({ ...common, default: 1, min: 0, max: 1, tune: [0, 1], when: { param: 'kernel', is: ['rbf'] } }),
      kernel: choice({ ...common, default: 'rbf', options: { rbf: 'r', linear: 'l' }, tune: ['rbf', 'linear'] }),
      name: text({ ...common, default: 'n', maxLength: 3 }),
    };
    expect(space(params).dimensions.map((d) => d.name)).toEqual(['kernel', 'gamma']);
    expect(space(params).fixed).toEqual({ name: 'n' });
    expect(space(params, ['gamma'])).toMatchObject({ fixed: { kernel: 'rbf' } });
    expect(() => space(params, ['name'])).toThrow(Problem);
    expect(() => space(params, ['nome'])).toThrow(Problem);
  });
  test('places in a range go there and back', () => {
    for (const d of [
      { name: 'a', kind: 'real', low: 1e-3, high: 10, log: true },
      { name: 'b', kind: 'int', low: 1, high: 9, log: false },
      { name: 'c', kind: 'int', low: 1, high: 256, log: true },
    ] as const) {
      for (const v of [d.low, d.high, 3, 7]) expect(fromUnit(d, toUnit(d, v))).toBeCloseTo(v, 9);
      expect(fromUnit(d, 0)).toBeCloseTo(d.low, 9);
      expect(fromUnit(d, 1)).toBeCloseTo(d.high, 9);
    }
  });
});
