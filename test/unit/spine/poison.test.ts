/** Nothing is learnt from rows that test: change them in any way, and the model comes out the same to the byte. */
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/core/random.js';
import { isCodes, type Column, type Table } from '../../../src/core/table.js';
import { makeDesign } from '../../../workers/design.js';
import { bytesOf, fit, makeTable, makeWorkflow } from './made.js';

/** These cells of these columns as no training row has them: wild numbers, gaps, levels and words never seen, with the levels numbered anew. */
function poisoned(t: Table, rows: ReadonlySet<number>, spare: ReadonlySet<string>): Table {
  const u = random(99);
  const spoil = (c: Column): Column => {
    if (spare.has(c.name)) return c;
    if (!isCodes(c))
      return {
        ...c,
        values: c.values.map((v, i) =>
          rows.has(i) ? (u() < 0.2 && c.name !== 'value' ? NaN : c.kind === 'time' ? 9e12 * u() : 1e9 * (u() - 0.5)) : v,
        ),
      };
    const levels = ['new here', 'poison poison gift', ...c.levels];
    return { ...c, levels, codes: c.codes.map((k, i) => (rows.has(i) ? Math.floor(u() * 3) - 1 : k < 0 ? -1 : k + 2)) };
  };
  return { ...t, columns: t.columns.map(spoil) };
}

const models = {
  class: [
    'baseline',
    'logistic',
    'k-nearest-neighbours',
    'decision-tree',
    'hist-gradient-boosting',
    'random-forest',
    'extra-trees',
    'neural-network',
  ],
  number: ['baseline', 'linear', 'k-nearest-neighbours', 'hist-gradient-boosting', 'random-forest', 'neural-network'],
} as const;
const fast: Readonly<Record<string, Record<string, number | boolean>>> = {
  'random-forest': { n_estimators: 5 },
  'extra-trees': { n_estimators: 5 },
};

describe.each(['class', 'number'] as const)('a %s target', (task) => {
  const table = makeTable();
  const w = makeWorkflow(table, task);
  const d = makeDesign(table, w);
  const held = new Set(d.holdout);
  // The target of held rows is spoilt too where the split does not go by it.
  const bad = makeDesign(poisoned(table, held, new Set(task === 'class' ? ['yes'] : [])), w);

  test('the poison went where it should', () => {
    expect(bad.holdout).toEqual(d.holdout);
    const [age, was] = [bad.columns[0]!, d.columns[0]!];
    expect([...d.holdout].filter((i) => !isCodes(age) && !isCodes(was) && Object.is(age.values[i], was.values[i]))).toEqual([]);
  });

  test.each(models[task])('%s: spoilt holdout, same bytes', async (model) => {
    const [clean, spoilt] = [await fit(d, model, fast[model]), await fit(bad, model, fast[model])];
    expect(Buffer.compare(bytesOf(clean.artifact!), bytesOf(spoilt.artifact!))).toBe(0);
    expect(spoilt.run.cv).toEqual(clean.run.cv);
  });

  test.each(models[task])('%s: spoilt fold, same answers to the one row left as it was', async (model) => {
    const [row, ...others] = d.folds[0]!.test;
    const spare = new Set(task === 'class' ? ['yes'] : []);
    const spoilt = await fit(makeDesign(poisoned(table, new Set(others), spare), w), model, fast[model]);
    const clean = await fit(d, model, fast[model]);
    const outputs = task === 'class' ? 2 : 1;
    const at = d.training.indexOf(row!) * outputs;
    const answer = clean.outOfFold.slice(at, at + outputs);
    expect(answer.every(Number.isFinite)).toBe(true);
    expect(spoilt.outOfFold.slice(at, at + outputs)).toEqual(answer);
  });
});
