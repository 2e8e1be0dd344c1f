import { describe, expect, it } from 'vitest';
import type { ClassTarget, NumberTarget } from '../../../src/core/model.js';
import { normal, random } from '../../../src/core/random.js';
import { conformalOf, coverageOf, rangeOf, setOf } from '../../../workers/conformal.js';
import { designed, fit } from './made.js';
import { judge } from '../../../workers/judge.js';
import { Guide } from '../../../workers/context.js';

const numbers = (y: readonly number[]): NumberTarget => ({ task: 'number', y: Float64Array.from(y) });

describe('ranges around values', () => {
  it('worked by hand: nineteen rows give a 90 % range from the smallest to the largest error', () => {
    const y = Array.from({ length: 19 }, (_, i) => i - 9);
    const c = conformalOf(numbers(y), new Float64Array(19))!;
    expect(rangeOf(c, 100, 0.9)).toEqual({ low: 91, high: 109 });
    expect(rangeOf(c, 100, 0.8)).toEqual({ low: 92, high: 108 });
    // ⌈0.975 · 20⌉ = 20 of 19: nothing can be promised.
    expect(rangeOf(c, 100, 0.95)).toBeNull();
  });

  it('holds the answer itself, however lopsided the errors', () => {
    const c = conformalOf(numbers(Array.from({ length: 50 }, (_, i) => 5 + i)), new Float64Array(50))!;
    expect(rangeOf(c, 0, 0.8)!.low).toBe(0);
  });

  it('holds the truth as often as it says, also where large values err by more', () => {
    const u = random(3);
    const made = (n: number) => {
      const predicted = Float64Array.from({ length: n }, () => 10 * u());
      return { predicted, target: numbers([...predicted].map((p) => p + (0.1 + p) * normal(u))) };
    };
    let low = 0;
    let high = 0;
    let rows = 0;
    for (let round = 0; round < 30; round++) {
      const learnt = made(900);
      const c = conformalOf(learnt.target, learnt.predicted)!;
      const fresh = made(300);
      for (let i = 0; i < 300; i++) {
        const r = rangeOf(c, fresh.predicted[i]!, 0.9)!;
        const held = fresh.target.y[i]! >= r.low && fresh.target.y[i]! <= r.high ? 1 : 0;
        if (fresh.predicted[i]! < 5) low += held;
        else high += held;
        rows++;
      }
    }
    expect((low + high) / rows).toBeGreaterThan(0.89);
    expect((low + high) / rows).toBeLessThan(0.925);
    // One width for all would hold nearly every small value and too few large ones.
    expect(low / rows).toBeLessThan(0.48);
    expect(high / rows).toBeGreaterThan(0.43);
  });

  it('leaves rows out that no fold tested, keeps like predictions together, and many rows in little room', () => {
    const y = Array.from({ length: 40_000 }, (_, i) => i % 7);
    const guess = Float64Array.from(y, (_, i) => (i < 10 ? NaN : i % 2));
    const c = conformalOf(numbers(y), guess)!;
    if (c.kind !== 'number') throw new Error('a number');
    expect(c.rows).toBe(39_990);
    expect(c.upTo.length).toBe(2);
    expect(c.residuals.length).toBeLessThanOrEqual(4000);
    expect(conformalOf(numbers([1, 2]), Float64Array.of(NaN, NaN))).toBeNull();
  });
});

describe('sets of classes', () => {
  it('hold the truth as often as they say, are never empty, and begin with the likeliest', () => {
    const u = random(5);
    const made = (n: number) => {
      const p = new Float64Array(3 * n);
      const y = new Int32Array(n);
      for (let i = 0; i < n; i++) {
        const e = [0, 1, 2].map(() => Math.exp(2 * normal(u)));
        const sum = e[0]! + e[1]! + e[2]!;
        let left = u();
        y[i] = 2;
        for (let k = 0; k < 3; k++) {
          p[3 * i + k] = e[k]! / sum;
          if (left >= 0 && left < e[k]! / sum) y[i] = k;
          left -= e[k]! / sum;
        }
      }
      const target: ClassTarget = { task: 'class', y, levels: ['a', 'b', 'c'] };
      return { p, target };
    };
    const learnt = made(2000);
    const c = conformalOf(learnt.target, learnt.p)!;
    const fresh = made(5000);
    const coverage = coverageOf(c, fresh.target, fresh.p, 0.9)!;
    expect(coverage.value).toBeGreaterThan(0.88);
    expect(coverage.value).toBeLessThan(0.93);
    expect(coverage.width).toBeGreaterThan(1);
    for (let i = 0; i < 200; i++) {
      const p = fresh.p.subarray(3 * i, 3 * i + 3);
      const set = setOf(c, p, 0.8)!;
      expect(set.length).toBeGreaterThan(0);
      expect(p[set[0]!]).toBe(Math.max(...p));
    }
  });
});

it.each(['class', 'number'] as const)('a trained model of a %s carries it, and the holdout checks it', async (task) => {
  const d = designed(task, {}, 400);
  const { artifact } = await fit(d, task === 'class' ? 'logistic' : 'linear');
  expect(artifact!.conformal!.rows).toBe(d.training.length);
  const e = await judge(d, artifact!, { looks: 1, draws: 20 }, new Guide(() => undefined, 'cpu'));
  expect(e.coverage!.rows).toBe(d.holdout.length);
  // A set is never empty, so of a model that is right in more than 90 % of rows it holds the truth more often than it must.
  if (task === 'number') expect(e.coverage!.low).toBeLessThanOrEqual(0.9);
  expect(e.coverage!.high).toBeGreaterThanOrEqual(0.9);
});
