/** Every model beside every kind of further target: itself where it can, else a counterpart that can, with settings that are allowed. */
import { describe, expect, it } from 'vitest';
import type { Member } from '../../src/core/param.js';
import { checked } from '../../src/core/param.js';
import type { FurtherTarget } from '../../src/core/workflow.js';
import { makeDesign } from '../../workers/design.js';
import { furtherDesigns } from '../../workers/further.js';
import { models } from '../../workers/models/index.js';
import { modelOf, shapeOf, wrongTask } from '../../workers/run.js';
import { suited } from '../../workers/several.js';
import { defaultTrial } from '../../workers/study.js';
import { makeTable, makeWorkflow } from '../unit/spine/made.js';

const table = makeTable();
const w = makeWorkflow(table, 'class', { recipe: [] });
const also: readonly FurtherTarget[] = [
  { target: 'value', task: 'number', positive: null, metric: null },
  { target: 'town', task: 'class', positive: null, metric: null },
];
const designs = furtherDesigns(makeDesign(table, { ...w, problem: { ...w.problem, also } }));

describe.each([...models.keys()])('%s', (id) => {
  it.each(designs)('beside a further target (%#)', (d) => {
    const { trial, note } = suited(d, defaultTrial(id));
    const shape = shapeOf(d.training.length, d.columns.length, d.target);
    const m = modelOf(trial.model);
    expect(wrongTask(m, shape) ?? m.whyNot?.(shape) ?? null).toBeNull();
    expect(() => checked(m.params, trial.params)).not.toThrow();
    const can = modelOf(id).tasks.includes(d.target.task);
    if (can && (modelOf(id).whyNot?.(shape) ?? null) === null) expect([trial.model, note]).toEqual([id, null]);
    else expect(note).toContain(m.label);
  });
  it('as a member of a combination it gives way where it cannot', () => {
    const members: readonly Member[] = [{ model: id, params: {}, share: 2 }];
    for (const d of designs) {
      const [member] = suited(d, defaultTrial('voting', 0, { members })).trial.params['members'] as readonly Member[];
      expect(modelOf(member!.model).tasks).toContain(d.target.task);
      expect(member!.share).toBe(2);
    }
  });
});
