/** What combined models do with members: refuse, share out, stop, go on, draw columns. */
import { describe, expect, it } from 'vitest';
import type { Blend, Encoded, Form } from '../../../src/core/form.js';
import type { Context, Model, Target } from '../../../src/core/model.js';
import { checked, valueText, type Member, type Values } from '../../../src/core/param.js';
import { checkForm, predict } from '../../../workers/forms/index.js';
import { deal } from '../../../workers/models/combined/folds.js';
import { greedyShares, lossOf } from '../../../workers/models/combined/greedy.js';
import { inTurns } from '../../../workers/models/combined/turns.js';
import { models } from '../../../workers/models/index.js';
import { random } from '../../../src/core/random.js';
import { bytesOf, clouds, context, numbers } from '../../contract/cases.js';

const two = clouds(80, 4, 2);
const tree: Member = { model: 'decision-tree', params: { max_depth: 3 } };
const near: Member = { model: 'k-nearest-neighbours', params: {} };
const lean: Member = { model: 'logistic', params: {} };
const fit = (id: string, params: Values, ctx: Context = context(), c: { X: typeof two.X; target: Target } = two): Promise<Form> => {
  const m: Model = models.get(id)!;
  return m.fit(c.X, c.target, checked(m.params, params), ctx);
};

describe('members', () => {
  it.each([
    ['model/unknown', { model: 'nothing', params: {} }, /nothing/],
    ['model/not-here', { model: 'stacking', params: {} }, /cannot be a member/],
    ['model/not-here', { model: 'linear', params: {} }, /classes are wanted/],
    ['param/invalid', { model: 'logistic', params: { C: -1 } }, /Freedom/],
    ['param/unknown', { model: 'logistic', params: { depth: 3 } }, /depth/],
  ] as const)('are refused by name: %s', async (code, member, text) => {
    for (const id of ['voting', 'stacking', 'calibrated', 'bagging']) {
      const refused = expect(fit(id, { members: [member] })).rejects;
      await refused.toMatchObject({ name: 'Problem', code });
      await expect(fit(id, { members: [member] })).rejects.toThrow(text);
    }
  });
  it('are the usual ones when none are named', async () => {
    const form = (await fit('voting', {})) as Blend;
    expect(form.parts).toHaveLength(4);
    expect([...form.shares]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
  it('are written in words', () => {
    const written = valueText([tree, { ...near, params: { k: 5 }, share: 0.25 }], 'none', (id) => models.get(id));
    expect(written).toBe('Decision tree (Deepest level 3), k nearest neighbours (share 0.25)');
    expect(valueText([tree])).toBe('decision-tree (max_depth 3)');
  });
  it('without weights still leave out rows that weigh nothing', async () => {
    const weight = Float64Array.from({ length: 80 }, (_, i) => (i < 40 ? 2 : 0));
    const form = (await fit('voting', { members: [near] }, context(), { X: two.X, target: { ...two.target, weight } })) as Encoded;
    expect(form.inner).toMatchObject({ form: 'neighbours' });
    expect(form.inner.form === 'neighbours' && form.inner.y.length).toBe(40);
  });
});

describe('shares', () => {
  it('given count against each other, and 0 is not asked', async () => {
    const form = (await fit('voting', {
      members: [
        { ...tree, share: 3 },
        { ...near, share: 0 },
        { ...lean, share: 1 },
      ],
      shares: 'given',
    })) as Blend;
    expect([...form.shares]).toEqual([0.75, 0.25]);
    const [a, b] = form.parts.map((part) => predict(part, two.X));
    expect(predict(form, two.X)[5]).toBeCloseTo(0.75 * a![5]! + 0.25 * b![5]!, 12);
  });
  it('greedy take what helps, as often as it helps', () => {
    const y = Float64Array.of(1, 2, 3, 4);
    const loss = lossOf({ task: 'number', y }, 1);
    const low = Float64Array.of(0, 1, 2, 3);
    const high = Float64Array.of(3, 4, 5, 6);
    const wild = Float64Array.of(9, -9, 9, -9);
    // 2 · low + high = 3 y
    expect([...greedyShares([low, high, wild], loss, 50)].map((s) => Number(s.toFixed(3)))).toEqual([0.667, 0.333, 0]);
    expect([...greedyShares([low, high, wild], loss, 50, 1)]).toEqual([1, 0, 0]);
    expect([...greedyShares([low, low], loss, 10)]).toEqual([1, 0]);
    expect([...greedyShares([low, high], () => NaN, 10)]).toEqual([0.5, 0.5]);
  });
  it('greedy leave out a member that only guesses', async () => {
    const c = numbers(120, 3);
    const members: Member[] = [
      { model: 'baseline', params: {} },
      { model: 'linear', params: {} },
    ];
    const form = await fit('voting', { members, shares: 'greedy', cv: 4 }, context(), c);
    const bare = await fit('voting', { members: members.slice(1) }, context(), c);
    expect(bytesOf(predict(form, c.X))).toBe(bytesOf(predict(bare, c.X)));
  });
  it('pass over rows that no fold tested', () => {
    const loss = lossOf({ task: 'class', y: Int32Array.of(0, 1), levels: ['a', 'b'] }, 2);
    expect(loss(Float64Array.of(0.5, 0.5, NaN, NaN))).toBeCloseTo(Math.log(2), 12);
  });
});

describe('folds', () => {
  it('share out every class, and are no more than rows', () => {
    const target: Target = { task: 'class', y: Int32Array.from({ length: 50 }, (_, i) => (i < 5 ? 1 : 0)), levels: ['a', 'b'] };
    const fold = deal(target, 5, random(1))!;
    expect(new Set([...fold].slice(0, 5)).size).toBe(5);
    for (let f = 0; f < 5; f++) expect(fold.filter((v) => v === f)).toHaveLength(10);
    expect(Math.max(...deal({ task: 'number', y: new Float64Array(3) }, 5, random(1))!)).toBe(2);
    expect(deal({ task: 'number', y: new Float64Array(1) }, 5, random(1))).toBeNull();
  });
});

describe('stop and go on', () => {
  it.each(['voting', 'stacking'])('%s: a stop leaves the members that are whole, in equal shares', async (id) => {
    const params = { members: [tree, near, lean], ...(id === 'voting' ? { shares: 'greedy' } : {}) };
    const all = context();
    await fit(id, params, all);
    const counts = new Set<number>();
    for (let at = 0; at < all.told.length; at += Math.ceil(all.told.length / 12)) {
      const form = checkForm(await fit(id, params, context(undefined, at)));
      counts.add(form.form === 'blend' ? form.parts.length : 1);
      if (form.form === 'blend') expect(new Set(form.shares).size).toBe(1);
    }
    expect([...counts].sort()).toEqual([1, 2, 3]);
  });

  it.each(['voting', 'stacking', 'calibrated', 'bagging'])('%s: goes on from any state that was kept, to the same bytes', async (id) => {
    const members = id === 'voting' || id === 'stacking' ? [tree, near, lean] : [tree];
    const params = { members, ...(id === 'voting' ? { shares: 'greedy' } : {}) };
    const states: unknown[] = [];
    const whole = await fit(id, params, { ...context(), save: (state) => void states.push(structuredClone(state())) });
    expect(states.length).toBeGreaterThan(4);
    for (const saved of states) expect(bytesOf(await fit(id, params, { ...context(), saved }))).toBe(bytesOf(whole));
  });

  it('hands a turn its own state', async () => {
    const kept: unknown[] = [];
    const turn = (name: string) => ({
      name,
      cost: 1,
      run: (ctx: Context) => {
        ctx.save?.(() => `half of ${name}`);
        return Promise.resolve({ name, from: ctx.saved ?? null });
      },
    });
    await inTurns([turn('a'), turn('b')], 1, { ...context(), save: (state) => void kept.push(state()) });
    const half = kept.find((s) => JSON.stringify(s).includes('half of b'));
    const { done } = await inTurns([turn('a'), turn('b')], 1, { ...context(), saved: half });
    expect(done).toEqual([
      { name: 'a', from: null },
      { name: 'b', from: 'half of b' },
    ]);
  });

  it('says a note once, under the name of its member', async () => {
    const ctx = context();
    await fit('stacking', { members: [tree, { ...near, params: { k: 1000 } }] }, ctx);
    expect(ctx.notes).toEqual(['k nearest neighbours: There are only 80 training rows, so all of them are asked instead of 1000.']);
  });
});

describe('bagging', () => {
  it('draws columns for each and finds them again in the whole matrix', async () => {
    const form = (await fit('bagging', { members: [lean], max_features: 0.5, max_samples: 0.5, n_estimators: 6 })) as Blend;
    const used = form.parts.map((part) => [...(part as Encoded).source]);
    for (const own of used) expect(new Set(own).size).toBe(2);
    expect(new Set(used.map(String)).size).toBeGreaterThan(1);
    const bare = (await fit('bagging', { members: [tree], max_features: 0.5, n_estimators: 3 })) as Blend;
    expect(bytesOf(predict(checkForm(bare), two.X))).toBe(bytesOf(predict(bare, two.X)));
    expect(bare.parts.every((part) => part.form === 'encoded' && part.inner.inputs === 2)).toBe(true);
  });
  it('without replacement and with all rows is the member itself, over and over', async () => {
    const form = (await fit('bagging', { members: [near], bootstrap: false, n_estimators: 2 })) as Blend;
    const alone = await fit('voting', { members: [near] });
    expect([...predict(form, two.X)]).toEqual([...predict(alone, two.X)]);
  });
});
