import { afterEach, describe, expect, it, vi } from 'vitest';
import { Guide } from '../../../workers/context.js';
import { Checkpoint, type Keeper, type Progress } from '../../../workers/checkpoint.js';
import { train } from '../../../workers/run.js';
import { defaultTrial } from '../../../workers/study.js';
import type { Values } from '../../../src/core/param.js';
import type { News } from '../../../src/core/protocol.js';
import { bytesOf, designed } from './made.js';

/** Keeps as the store does: a copy, on every offer. */
function keeper(): Keeper & { readonly kept: Map<string, Progress>; saves: number } {
  const kept = new Map<string, Progress>();
  return {
    kept,
    every: 0,
    saves: 0,
    load: (key) => Promise.resolve(structuredClone(kept.get(key))),
    save(key, p) {
      this.saves++;
      kept.set(key, structuredClone(p));
      return Promise.resolve();
    },
    drop: (key) => Promise.resolve(void kept.delete(key)),
  };
}

/** A guide whose tab is closed at the report numbered so. */
class Cut extends Guide {
  private reports = 0;
  private readonly at: number;
  constructor(at: number) {
    super(() => undefined, 'cpu');
    this.at = at;
  }
  override async report(done: number, of: number): Promise<boolean> {
    if (this.reports++ >= this.at) throw new Error('cut');
    await Promise.resolve();
    return super.report(done, of);
  }
}

const models: readonly (readonly [string, Values])[] = [
  ['logistic', {}],
  ['random-forest', { n_estimators: 6 }],
  ['hist-gradient-boosting', { max_iter: 12 }],
  ['explainable-boosting', { max_rounds: 20, outer_bags: 2, interactions: 1 }],
  ['bagging', { n_estimators: 2, members: [{ model: 'extra-trees', params: { n_estimators: 3 } }] }],
  ['neural-network', { hidden_layer_sizes: [6], max_iter: 5 }],
];

describe.each(models)('%s, cut off', (model, params) => {
  it('goes on to the same bytes, wherever it was cut', async () => {
    const d = designed('class');
    const trial = defaultTrial(model, 0, params);
    const run = (guide: Guide, k?: Keeper) => train(d, {}, trial, guide, { fit: true, from: 'train', ...(k ? { keeper: k } : {}) });
    const whole = await run(new Guide(() => undefined, 'cpu'));
    let resumed = 0;
    for (const at of [2, 5, 9, 14, 20, 27, 35]) {
      const k = keeper();
      try {
        await run(new Cut(at), k);
      } catch (error) {
        expect((error as Error).message).toBe('cut');
        if (k.kept.size) resumed++;
      }
      const after = await run(new Guide(() => undefined, 'cpu'), k);
      expect(bytesOf(after.artifact!)).toEqual(bytesOf(whole.artifact!));
      expect(after.run.cv).toEqual(whole.run.cv);
      expect(after.run.curve).toEqual(whole.run.curve);
      expect(after.outOfFold).toEqual(whole.outOfFold);
      expect(k.kept.size).toBe(0);
    }
    expect(resumed).toBeGreaterThan(0);
  });
});

it('goes on inside a fit: boosting takes up the round after the last one kept, with the curve that led there', async () => {
  const d = designed('class');
  const trial = defaultTrial('hist-gradient-boosting', 0, { max_iter: 60, min_samples_leaf: 2 });
  const run = (guide: Guide, k?: Keeper) => train(d, {}, trial, guide, { fit: true, from: 'train', ...(k ? { keeper: k } : {}) });
  const whole = await run(new Guide(() => undefined, 'cpu'));
  const k = keeper();
  await expect(run(new Cut(40), k)).rejects.toThrow('cut');
  const kept = [...k.kept.values()][0]!;
  // In the middle of the first fold: no fold is done yet.
  expect(kept.folds).toEqual([]);
  const { round } = kept.begun!.state as { round: number };
  expect(kept.begun!.part).toBe(0);
  expect(round).toBeGreaterThan(10);
  expect(round).toBeLessThan(50);
  const rounds: number[] = [];
  const listening = new Guide((news: News) => void (news.kind === 'curve' && news.part === 0 && rounds.push(news.done)), 'cpu');
  const after = await run(listening, k);
  expect(rounds).toEqual(Array.from({ length: 60 - round }, (_, i) => round + 1 + i));
  expect(bytesOf(after.artifact!)).toEqual(bytesOf(whole.artifact!));
  expect(after.run.curve).toEqual(whole.run.curve);
});

describe('how often is kept', () => {
  afterEach(() => void vi.useRealTimers());

  it('never takes more than about a tenth of the time, though every state is larger than the last', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let spent = 0;
    let writes = 0;
    // A forest whose every tree adds 100 ms of writing to the next state.
    let trees = 0;
    const k: Keeper = {
      load: () => Promise.resolve(undefined),
      save() {
        vi.advanceTimersByTime(100 * trees);
        spent += 100 * trees;
        writes++;
        return Promise.resolve();
      },
      drop: () => Promise.resolve(),
    };
    const c = new Checkpoint(k, 'a run');
    const began = performance.now();
    for (; trees < 2000; trees++) {
      vi.advanceTimersByTime(1000);
      c.offer(() => ({}) as Progress);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(writes).toBeGreaterThan(3);
    // The last one may still be waited for.
    expect(spent).toBeLessThan(0.1 * (performance.now() - began) + 100 * trees);
  });
});

it('begins anew from what it cannot use', async () => {
  const d = designed('number');
  const trial = defaultTrial('linear', 0, {});
  const guide = () => new Guide(() => undefined, 'cpu');
  const whole = await train(d, {}, trial, guide(), { fit: true, from: 'train' });
  for (const strange of [null, 3, { app: 'older' }, { app: '0.1.0', outOfFold: new Float64Array(2), folds: [] }]) {
    const k: Keeper = { load: () => Promise.resolve(strange), save: () => Promise.resolve(), drop: () => Promise.resolve() };
    expect(bytesOf((await train(d, {}, trial, guide(), { fit: true, from: 'train', keeper: k })).artifact!)).toEqual(
      bytesOf(whole.artifact!),
    );
  }
});

it('a store that fails does not end the work', async () => {
  const no = () => Promise.reject(new Error('full'));
  const k: Keeper = { every: 0, load: no, save: no, drop: no };
  const made = await train(designed('number'), {}, defaultTrial('linear', 0, {}), new Guide(() => undefined, 'cpu'), {
    fit: true,
    from: 'train',
    keeper: k,
  });
  expect(made.artifact).not.toBeNull();
});
