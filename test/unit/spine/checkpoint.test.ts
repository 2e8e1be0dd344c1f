import { describe, expect, it } from 'vitest';
import { Guide } from '../../../workers/context.js';
import type { Keeper, Progress } from '../../../workers/checkpoint.js';
import { train } from '../../../workers/run.js';
import { defaultTrial } from '../../../workers/study.js';
import type { Values } from '../../../src/core/param.js';
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
