/** “Stop and keep”: what is kept answers as the scores say, whenever the stop came. */
import { describe, expect, it } from 'vitest';
import type { Values } from '../../../src/core/param.js';
import type { Keeper, Progress } from '../../../workers/checkpoint.js';
import { Guide } from '../../../workers/context.js';
import { train } from '../../../workers/run.js';
import { defaultTrial } from '../../../workers/study.js';
import { designed } from './made.js';

/** Stopped as soon as a stretch of this name says how far it is. */
class StoppedIn extends Guide {
  private stretched = '';
  private readonly at: string;
  constructor(at: string) {
    super(() => undefined, 'cpu');
    this.at = at;
  }
  override stretch(from: number, to: number, label: string): void {
    this.stretched = label;
    super.stretch(from, to, label);
  }
  override async report(): Promise<boolean> {
    await Promise.resolve();
    if (this.stretched.startsWith(this.at)) this.stopped = true;
    return !this.stopped;
  }
}

const models: readonly (readonly [string, Values])[] = [
  ['gaussian-process', {}],
  ['hist-gradient-boosting', { max_iter: 30 }],
  ['random-forest', { n_estimators: 10 }],
  ['neural-network', { hidden_layer_sizes: [6], max_iter: 60 }],
];

describe.each(models)('%s, stopped', (model, params) => {
  const d = designed('class');
  const run = (guide: Guide) => train(d, {}, defaultTrial(model, 0, params), guide, { fit: true, from: 'train' });
  it.each(['Fold 2', 'Fold 3', 'Final'])('in %s, keeps a model that was learnt to its end', async (at) => {
    const { run: made, artifact, outOfFold } = await run(new StoppedIn(at));
    const folds = at === 'Final' ? d.folds.length : Number(at.slice(-1)) - 1;
    const last = d.folds[folds - 1]!;
    expect(made.stopped).toBe(true);
    expect(artifact!.provenance.stopped).toBe(true);
    // Only folds learnt to their end are judged, and the last of them is kept.
    expect(made.cv[d.workflow.problem.metric!]!.folds).toHaveLength(folds);
    expect(made.rows).toBe(last.train.length);
    expect(made.notes.join(' ')).toContain(`what it learnt from ${last.train.length} of them`);
    const whole = await run(new Guide(() => undefined, 'cpu'));
    const tested = outOfFold.filter(Number.isFinite);
    expect(tested.length).toBe(2 * d.folds.slice(0, folds).reduce((n, p) => n + p.test.length, 0));
    expect(whole.outOfFold.filter((_, i) => Number.isFinite(outOfFold[i]))).toEqual(tested);
    const { form } = artifact!;
    // The recipe drops a few rows.
    if (form.form === 'process') expect(form.weights.length).toBeGreaterThan(last.train.length / 2);
  });
});

it.each([
  ['Fold 3', 2],
  ['Final', 3],
])('a run that went on, and was stopped in %s before it had learnt anything whole, says what its scores are of', async (at, folds) => {
  const d = designed('class');
  const kept = new Map<string, unknown>();
  const keeper: Keeper = {
    every: 0,
    load: (key) => Promise.resolve(structuredClone(kept.get(key))),
    save: (key, p) => Promise.resolve(void (p.folds.length <= folds && kept.set(key, structuredClone({ ...p, begun: null })))),
    drop: () => Promise.resolve(),
  };
  const run = (guide: Guide) =>
    train(d, {}, defaultTrial('random-forest', 0, { n_estimators: 10 }), guide, { fit: true, from: 'train', keeper });
  const whole = await run(new Guide(() => undefined, 'cpu'));
  expect((kept.get(whole.run.key) as Progress).folds).toHaveLength(folds);
  const { run: made, artifact } = await run(new StoppedIn(at));
  expect(made.cv[d.workflow.problem.metric!]!.folds).toHaveLength(folds);
  expect(artifact!.provenance.stopped).toBe(true);
  expect(made.notes.join(' ')).toContain('the scores are of models that learnt to their end');
  // One that is stopped in its first fold is judged by that very fold.
  kept.clear();
  expect((await run(new StoppedIn('Fold 1'))).run.notes.join(' ')).not.toContain('the scores are of');
});
