/** Looks at the holdout are counted by its rows: the key of the rows is the same exactly when the rows are. */
import { describe, expect, it } from 'vitest';
import { designKey, holdoutKey, type Workflow } from '../../../src/core/workflow.js';
import { makeDesign } from '../../../workers/design.js';
import { steps } from '../../../workers/steps/index.js';
import { makeTable, makeWorkflow, recipe, withRole } from './made.js';

const decides = (id: string) => {
  const step = steps.get(id);
  return step?.type === 'row' && step.before === 'split';
};
const table = makeTable();
const base = makeWorkflow(table, 'class');
const filter = { id: 'f', step: 'filter-rows', version: 1, on: ['age'], params: { op: 'greater', value: '30' } };

const same: Record<string, Workflow> = {
  'another recipe': { ...base, recipe: recipe.slice(2) },
  'a step that thins training rows': { ...base, recipe: [{ ...recipe[0]!, params: { method: 'zscore', factor: 1 } }] },
  'a filter that is off': { ...base, recipe: [{ ...filter, off: true }, ...recipe] },
  'fewer features': withRole(base, 'fare', 'ignore'),
  'the other positive class': { ...base, problem: { ...base.problem, positive: 'no' } },
  'another metric': { ...base, problem: { ...base.problem, metric: 'accuracy' } },
  'another number of folds': { ...base, split: { ...base.split, folds: 5 } },
};
const other: Record<string, Workflow> = {
  'another seed': { ...base, seed: base.seed + 1 },
  'another share': { ...base, split: { ...base.split, holdout: 0.3 } },
  'another way to split': { ...base, split: { ...base.split, method: 'group', column: 'visit' } },
  'a filter': { ...base, recipe: [filter, ...recipe] },
  'another target': makeWorkflow(table, 'number'),
};
const heldBy = (w: Workflow) => {
  const d = makeDesign(table, w);
  return [...d.holdout].map((i) => d.rows[i]!).join();
};

describe('the key of the rows held out', () => {
  it.each(Object.entries(same))('is the same with %s', (_, w) => {
    expect(heldBy(w)).toBe(heldBy(base));
    expect(holdoutKey(w, decides)).toBe(holdoutKey(base, decides));
  });
  it.each(Object.entries(other))('is another with %s', (_, w) => {
    expect(heldBy(w)).not.toBe(heldBy(base));
    expect(holdoutKey(w, decides)).not.toBe(holdoutKey(base, decides));
  });
  it('goes by weights too, since rows without one are out', () => {
    expect(holdoutKey(withRole(base, 'times', 'weight'), decides)).not.toBe(holdoutKey(base, decides));
  });
  it('waits for a target', () => {
    const w = { ...base, problem: { ...base.problem, target: null } };
    expect([holdoutKey(w, decides), designKey(w)]).toEqual([null, null]);
  });
});
