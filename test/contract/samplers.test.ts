/** What holds for every sampler: inside bounds, only active parameters, the same seed the same sequence, failures survived. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Params } from '../../src/core/param.js';
import { choice, fault, flag, int, list, real, text } from '../../src/core/param.js';
import type { Space, Trial } from '../../src/core/sampler.js';
import { samplers } from '../../workers/tune/index.js';
import { isActive, keyOf, space } from '../../workers/tune/space.js';

const common = { label: 'x', help: 'x' };
const params = {
  rate: real({ ...common, default: 0.1, min: 0, max: 1, scale: 'log', tune: [1e-4, 1] }),
  share: real({ ...common, default: 0.5, min: 0, max: 1, tune: [0.2, 0.9] }),
  depth: int({ ...common, default: null, min: 1, max: 50, tune: [2, 12], none: 'no limit' }),
  leaves: int({ ...common, default: 31, min: 2, max: 1000, scale: 'log', tune: [4, 256] }),
  way: choice({ ...common, default: 'a', options: { a: 'A', b: 'B', c: 'C' }, tune: ['a', 'b'] }),
  only: real({ ...common, default: 1, min: 0, max: 5, tune: [1, 2], when: { param: 'way', is: ['b'] } }),
  deep: flag({ ...common, default: false, tune: true, when: { param: 'way', is: ['b'] } }),
  deeper: int({ ...common, default: 1, min: 0, max: 5, tune: [1, 3], when: { param: 'deep', is: [true] } }),
  never: real({ ...common, default: 1, min: 0, max: 5, tune: [1, 2], when: { param: 'fixed', is: ['on'] } }),
  fixed: choice({ ...common, default: 'off', options: { on: 'On', off: 'Off' } }),
  units: list({ ...common, default: [10], min: 1, max: 100, minLength: 1, maxLength: 3, tune: [[10], [20, 20]] }),
  name: text({ ...common, default: '', maxLength: 10 }),
} satisfies Params;
const s = space(params);

const scoreOf = (p: Trial['params'], i: number): number | null =>
  i % 7 === 3 ? null : i % 7 === 5 ? NaN : -(((p.share as number) - 0.5) ** 2) - Math.abs(Math.log((p.rate as number) / 0.01)) / 20;

/** Asks in rounds of `step` and scores each round. */
function study(id: string, over: Space, n: number, step: number, seed: number): Trial[] {
  const trials: Trial[] = [];
  while (trials.length < n) {
    const got = samplers.get(id)!.ask(over, trials, Math.min(step, n - trials.length), seed);
    if (got.length === 0) break;
    for (const p of got) trials.push({ params: p, score: scoreOf(p, trials.length) });
  }
  return trials;
}

test('the folder is the list', () => {
  const files = readdirSync(new URL('../../workers/tune/samplers/', import.meta.url)).map((f) => f.replace('.ts', ''));
  expect(files.sort()).toEqual([...samplers.keys()].sort());
});

describe.each([...samplers.values()].map((x) => [x.id, x] as const))('%s', (id, entry) => {
  test('is declared in full', () => {
    for (const words of [entry.label, entry.help, entry.source]) expect(words.length).toBeGreaterThan(3);
  });

  test('stays inside, keeps whole numbers whole, and leaves inactive parameters out', () => {
    const trials = study(id, s, 80, 3, 1);
    expect(trials.length).toBe(80);
    const seen = new Set<unknown>();
    for (const { params: p } of trials) {
      expect(p).not.toHaveProperty('never');
      expect(p).not.toHaveProperty('name');
      for (const d of s.dimensions) {
        expect(Object.hasOwn(p, d.name), d.name).toBe(isActive(d, s, p));
        const value = p[d.name];
        if (value === undefined) continue;
        seen.add(d.name);
        expect(fault(params[d.name as keyof typeof params], value)).toBeNull();
        if (d.kind === 'options') expect(d.options).toContainEqual(value);
        else expect((value as number) >= d.low && (value as number) <= d.high).toBe(true);
      }
    }
    for (const name of ['rate', 'share', 'depth', 'leaves', 'way', 'only', 'deep', 'deeper', 'units']) expect(seen).toContain(name);
    expect(new Set(trials.map((t) => keyOf(s, t.params))).size).toBe(80);
  });

  test('honours the logarithm: about half of the first draws lie in the lower half of the exponents', () => {
    const rates = study(id, s, 40, 40, 3).map((t) => t.params.rate as number);
    const low = rates.filter((r) => r < 0.01).length;
    expect(low).toBeGreaterThanOrEqual(10);
    expect(low).toBeLessThanOrEqual(30);
  });

  test('same seed, same sequence; another seed, another; arguments are left alone', () => {
    const first = study(id, s, 30, 5, 11);
    expect(study(id, s, 30, 5, 11)).toEqual(first);
    expect(study(id, s, 30, 5, 12)).not.toEqual(first);
    const before = structuredClone(first);
    entry.ask(s, first, 4, 1);
    expect(first).toEqual(before);
  });

  test('survives trials that all failed, no scores, and infinite ones', () => {
    for (const score of [null, NaN, -Infinity, Infinity]) {
      const trials = study(id, s, 20, 20, 2).map((t) => ({ ...t, score }));
      expect(entry.ask(s, trials, 3, 2).length).toBe(3);
    }
  });

  test('ends when the space is used up, and starts where there is nothing to search', () => {
    const small = space({ way: params.way, depth: int({ ...common, default: 1, min: 1, max: 3 }) }, ['way', 'depth']);
    const trials: Trial[] = [];
    for (let i = 0; i < 10; i++) for (const p of entry.ask(small, trials, 2, 5)) trials.push({ params: p, score: i });
    // way: the two in its tune list; depth: its whole range.
    expect(new Set(trials.map((t) => keyOf(small, t.params)))).toHaveLength(6);
    expect(trials.length).toBe(6);
    const none = space({ name: params.name });
    expect(entry.ask(none, [], 3, 1)).toEqual([{}]);
    expect(entry.ask(none, [{ params: {}, score: 1 }], 3, 1)).toEqual([]);
  });
});

test('TPE finds more than chance on a smooth hill, over 20 seeds', () => {
  const best = (id: string) => {
    let sum = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const hill = space({ rate: params.rate, share: params.share, way: params.way });
      const trials: Trial[] = [];
      for (let i = 0; i < 40; i++) {
        const [p] = samplers.get(id)!.ask(hill, trials, 1, seed);
        const score = -((Math.log10(p!.rate as number) + 2.3) ** 2) - 4 * ((p!.share as number) - 0.7) ** 2 - (p!.way === 'a' ? 0.3 : 0);
        trials.push({ params: p!, score });
      }
      sum += Math.max(...trials.map((t) => t.score!));
    }
    return sum / 20;
  };
  const chance = best('random');
  expect(chance).toBeLessThan(-0.01);
  expect(best('tpe')).toBeGreaterThan(chance / 2);
});
