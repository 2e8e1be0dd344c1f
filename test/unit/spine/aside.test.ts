/** Parts of a run that other lanes learn: the same bytes, whoever learns what; nothing is learnt twice or lost; nothing is left behind. */
import { describe, expect, it } from 'vitest';
import type { Values } from '../../../src/core/param.js';
import type { Trial } from '../../../src/core/protocol.js';
import { partKey, type Lent } from '../../../workers/aside.js';
import { Guide } from '../../../workers/context.js';
import type { Design } from '../../../workers/design.js';
import { keyOfTrial, train, trainPart } from '../../../workers/run.js';
import { defaultTrial } from '../../../workers/study.js';
import { bytesOf, designed } from './made.js';

const guide = () => new Guide(() => undefined, 'cpu');

/** As many lanes as told, which learn what they are lent at once. */
function lanes(d: Design, t: Trial, free: number) {
  const kept = new Map<string, unknown>();
  const learnt: number[] = [];
  let busy = 0;
  const lent: Lent = {
    async lend(part, parts) {
      expect(parts).toBe(d.folds.length + 1);
      if (busy === free) return false;
      busy++;
      const done = await trainPart(d, t, part, guide());
      kept.set(partKey(keyOfTrial(d.workflow, t), part), structuredClone(done));
      learnt.push(part);
      busy--;
      return true;
    },
    load: (key) => Promise.resolve(structuredClone(kept.get(key))),
    drop: (key) => Promise.resolve(void kept.delete(key)),
    worth: () => true,
  };
  return { lent, kept, learnt, isBusy: () => busy > 0 };
}

const cases: readonly (readonly [string, 'class' | 'number', Values])[] = [
  ['logistic', 'class', {}],
  ['linear', 'number', {}],
  ['random-forest', 'class', { n_estimators: 6 }],
  ['hist-gradient-boosting', 'number', { max_iter: 12 }],
  ['neural-network', 'class', { hidden_layer_sizes: [6], max_iter: 5 }],
  ['stacking', 'class', {}],
];

describe.each(cases)('%s of a %s', (model, task, params) => {
  it('comes to the same bytes with one lane, two or six', async () => {
    const d = designed(task);
    const t = defaultTrial(model, 0, params);
    const run = (lent?: Lent) => train(d, {}, t, guide(), { fit: true, from: 'train', ...(lent ? { lent } : {}) });
    const alone = await run();
    for (const free of [1, 5]) {
      const { lent, kept, learnt } = lanes(d, t, free);
      const shared = await run(lent);
      expect(learnt.length).toBeGreaterThan(0);
      expect(new Set(learnt).size).toBe(learnt.length);
      // The first fold is the run's own; the last part is the first to be lent.
      expect(learnt).not.toContain(0);
      expect(learnt).toContain(d.folds.length);
      expect(bytesOf(shared.artifact!)).toEqual(bytesOf(alone.artifact!));
      expect(shared.outOfFold).toEqual(alone.outOfFold);
      expect(shared.run.cv).toEqual(alone.run.cv);
      expect(shared.run.curve).toEqual(alone.run.curve);
      expect(shared.run.notes).toEqual(alone.run.notes);
      expect(shared.run.features).toBe(alone.run.features);
      expect(kept.size).toBe(0);
    }
  });
});

const d = designed('class');
const t = defaultTrial('hist-gradient-boosting', 0, { max_iter: 12 });
const run = (g: Guide, lent: Lent) => train(d, {}, t, g, { fit: true, from: 'train', lent });

it.each([
  ['never free', { lend: () => Promise.resolve(false), load: () => Promise.resolve(undefined) }],
  ['gone', { lend: () => Promise.reject(new Error('terminated')), load: () => Promise.resolve(undefined) }],
  ['a liar', { lend: () => Promise.resolve(true), load: () => Promise.resolve(undefined) }],
  [
    'of another version',
    { lend: () => Promise.resolve(true), load: () => Promise.resolve({ app: '0.0.0', guess: new Float64Array(1), notes: [], curve: [] }) },
  ],
  ['full', { lend: () => Promise.resolve(true), load: () => Promise.reject(new Error('no room')) }],
])('goes on alone where the other lane is %s', async (_, lane) => {
  const alone = await train(d, {}, t, guide(), { fit: true, from: 'train' });
  const shared = await run(guide(), { ...lane, drop: () => Promise.resolve(), worth: () => true });
  expect(bytesOf(shared.artifact!)).toEqual(bytesOf(alone.artifact!));
  expect(shared.run.cv).toEqual(alone.run.cv);
});

it('after the tab was closed takes what others had done, and learns the rest', async () => {
  const alone = await train(d, {}, t, guide(), { fit: true, from: 'train' });
  const first = lanes(d, t, 1);
  class Cut extends Guide {
    private fold = '';
    override stretch(from: number, to: number, label: string): void {
      this.fold = label;
      super.stretch(from, to, label);
    }
    override report(done: number, of: number): Promise<boolean> {
      if (this.fold.startsWith('Fold 2')) throw new Error('cut');
      return super.report(done, of);
    }
  }
  await expect(run(new Cut(() => undefined, 'cpu'), first.lent)).rejects.toThrow('cut');
  // All that comes after the second fold is done elsewhere, and perhaps that too.
  await expect.poll(() => first.kept.size).toBeGreaterThanOrEqual(d.folds.length - 1);
  await expect.poll(() => first.isBusy()).toBe(false);
  const had = first.kept.size;
  const labels: string[] = [];
  const after = await run(new Guide((n) => void (n.kind === 'curve' && labels.push(String(n.part))), 'cpu'), {
    ...first.lent,
    lend: () => Promise.resolve(false),
  });
  expect(new Set(labels).size).toBe(d.folds.length + 1 - had);
  expect(bytesOf(after.artifact!)).toEqual(bytesOf(alone.artifact!));
  expect(first.kept.size).toBe(0);
});

it('stopped in a fold, keeps the model of all rows where another lane has it', async () => {
  const alone = await train(d, {}, t, guide(), { fit: true, from: 'train' });
  const { lent, kept } = lanes(d, t, 1);
  await lent.lend(d.folds.length, d.folds.length + 1);
  class Stopped extends Guide {
    override report(): Promise<boolean> {
      return Promise.resolve(!this.stopped);
    }
    override stretch(from: number, to: number, label: string): void {
      if (label.startsWith('Fold 2')) this.stopped = true;
      super.stretch(from, to, label);
    }
  }
  const { run: made, artifact } = await run(new Stopped(() => undefined, 'cpu'), lent);
  expect(made.stopped).toBe(true);
  expect(made.rows).toBe(d.training.length);
  expect(made.cv[d.workflow.problem.metric!]!.folds).toHaveLength(1);
  expect(artifact!.form).toEqual(alone.artifact!.form);
  expect(kept.size).toBe(0);
});

it('lends nothing of a run that is over in no time', async () => {
  const { lent, learnt } = lanes(d, t, 5);
  const { worth: _always, ...usual } = lent;
  await train(d, {}, defaultTrial('baseline', 0, {}), guide(), { fit: true, from: 'train', lent: usual });
  expect(learnt).toEqual([]);
});

it('a part that is stopped is not a part', async () => {
  const g = guide();
  g.stopped = true;
  expect(await trainPart(d, t, 0, g)).toBeNull();
});
