/** After the trials of a study: which of them are blended, and when none is. */
import { describe, expect, it } from 'vitest';
import type { Member } from '../../../src/core/param.js';
import type { Run } from '../../../src/core/protocol.js';
import { emptyWorkflow } from '../../../src/core/workflow.js';
import { blendTrial, type Tried } from '../../../workers/blend.js';
import type { Design } from '../../../workers/design.js';

const y = Float64Array.from({ length: 40 }, (_, i) => i);
const rows = Uint32Array.from(y.keys());
const design: Design = {
  workflow: emptyWorkflow(),
  source: { rows: 40, columns: [] },
  target: { task: 'number', y },
  columns: [],
  table: { rows: 40, columns: [] },
  rows,
  training: rows,
  holdout: new Uint32Array(0),
  folds: [],
  notes: [],
} as unknown as Design;
const tried = (model: string, error: (i: number) => number, over: Partial<Run> = {}): Tried => {
  const outOfFold = y.map((v, i) => v + error(i));
  const rmse = Math.sqrt(outOfFold.reduce((sum, v, i) => sum + (v - y[i]!) ** 2, 0) / 40);
  const cv = { rmse: { mean: rmse, sd: 0, low: rmse, high: rmse, folds: [rmse] } };
  return {
    run: { key: `${model} ${rmse}`, model, params: { from: model }, cv, stopped: false, problem: null, ...over } as unknown as Run,
    outOfFold,
  };
};
const even = (size: number) => (i: number) => (i % 2 ? size : -size);
const members = (of: readonly Tried[]) => blendTrial(design, of, 'rmse')?.params['members'] as readonly Member[] | undefined;

describe('blendTrial', () => {
  it('gives shares to runs that make up for each other, and keeps their settings', () => {
    const blend = blendTrial(design, [tried('linear', even(1)), tried('decision-tree', even(-1)), tried('random-forest', even(3))], 'rmse');
    expect(blend).toMatchObject({ model: 'voting', params: { shares: 'given' } });
    expect(blend!.params['members']).toEqual([
      { model: 'linear', params: { from: 'linear' }, share: 0.5 },
      { model: 'decision-tree', params: { from: 'decision-tree' }, share: 0.5 },
    ]);
  });
  it('is none where one run alone is best, or where there is only one', () => {
    expect(members([tried('linear', () => 0), tried('decision-tree', even(1))])).toBeUndefined();
    expect(members([tried('linear', even(1))])).toBeUndefined();
    // The same predictions twice are one run.
    expect(members([tried('linear', even(1)), tried('logistic', even(1))])).toBeUndefined();
  });
  it('leaves out the baseline, blends, and runs that were stopped or failed', () => {
    const fine = tried('linear', even(1));
    const against = (model: string, over: Partial<Run> = {}) => members([fine, tried(model, even(-1), over)]);
    expect(against('extra-trees')).toHaveLength(2);
    expect(against('baseline')).toBeUndefined();
    expect(against('voting')).toBeUndefined();
    expect(against('extra-trees', { stopped: true })).toBeUndefined();
    expect(against('extra-trees', { problem: { code: 'fit/no-rows', message: '', hint: '', where: {} } })).toBeUndefined();
  });
  it('takes five at most', () => {
    const many = Array.from({ length: 12 }, (_, m) => tried('linear', (i) => (i % 12 === m ? 0 : Math.sin(i * 7 + m * 13) * 3)));
    expect(members(many)!.length).toBe(5);
    expect(members(many)!.reduce((sum, m) => sum + m.share!, 0)).toBeCloseTo(1, 12);
  });
});
