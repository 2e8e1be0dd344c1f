/** Who learns, who tests, with what weight; and what a key does and does not hang on. */
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/core/problem.js';
import { takeRows, type Table } from '../../../src/core/table.js';
import { designKey, runKey, type Workflow } from '../../../src/core/workflow.js';
import { Guide } from '../../../workers/context.js';
import { makeDesign } from '../../../workers/design.js';
import { judge } from '../../../workers/judge.js';
import { train } from '../../../workers/run.js';
import { defaultTrial, study } from '../../../workers/study.js';
import { bytesOf, codes, designed, fit, makeTable, makeWorkflow, withRole } from './made.js';

const quiet = () => new Guide(() => undefined, 'cpu');
const code = (work: () => unknown): string => {
  try {
    work();
  } catch (e) {
    if (e instanceof Problem) return e.code;
    throw e;
  }
  return 'none';
};
const replaced = (t: Table, name: string, change: (v: number, i: number) => number): Table => ({
  ...t,
  columns: t.columns.map((c) => (c.name === name && c.kind === 'number' ? { ...c, values: c.values.map(change) } : c)),
});

describe('weights', () => {
  const table = makeTable();
  const w = withRole(makeWorkflow(table, 'number', { recipe: [] }), 'times', 'weight');
  test('the column of that role weighs rows, and is no feature', () => {
    const d = makeDesign(table, w);
    const times = table.columns.find((c) => c.name === 'times')!;
    expect(d.target.weight).toEqual(times.kind === 'number' ? times.values : null);
    expect(d.columns.map((c) => c.name)).not.toContain('times');
  });
  test('a weight of 1 everywhere changes no score, other weights do', async () => {
    const bare = (
      await fit(makeDesign(table, { ...w, columns: w.columns.map((c) => (c.role === 'weight' ? { ...c, role: 'ignore' } : c)) }), 'linear')
    ).run;
    const ones = (
      await fit(
        makeDesign(
          replaced(table, 'times', () => 1),
          w,
        ),
        'linear',
      )
    ).run;
    expect(ones.cv['rmse']!.mean).toBeCloseTo(bare.cv['rmse']!.mean!, 9);
    expect((await fit(makeDesign(table, w), 'linear')).run.cv['rmse']!.mean).not.toBeCloseTo(bare.cv['rmse']!.mean!, 6);
  });
  test('rows without a weight, or of weight 0, are left out and said', () => {
    const d = makeDesign(
      replaced(table, 'times', (v, i) => (i < 5 ? 0 : i < 9 ? NaN : v)),
      w,
    );
    expect(d.rows.length).toBe(table.rows - 9);
    expect(d.notes.join()).toMatch(/9 rows without a weight in “times”/);
  });
  test('what cannot weigh is refused', () => {
    expect(
      code(() =>
        makeDesign(
          replaced(table, 'times', (v, i) => (i === 3 ? -1 : v)),
          w,
        ),
      ),
    ).toBe('problem/negative-weight');
    expect(
      code(() =>
        makeDesign(
          replaced(table, 'times', () => 0),
          w,
        ),
      ),
    ).toBe('fit/no-weight');
    expect(code(() => makeDesign(table, withRole(w, 'town', 'weight')))).toBe('problem/text-weight');
  });
  test('a model that cannot take weights says so; the holdout is scored with them', async () => {
    const d = makeDesign(table, w);
    const { run } = await fit(d, 'k-nearest-neighbours');
    expect(run.notes.join()).toMatch(/cannot take weights/);
    const { run: other, artifact } = await fit(d, 'linear');
    expect(other.notes).toEqual([]);
    const judged = await judge(d, artifact!, { looks: 1, draws: 20 }, quiet());
    const unweighted = await judge(
      { ...d, target: { task: 'number', y: d.target.y as Float64Array } },
      artifact!,
      { looks: 1, draws: 20 },
      quiet(),
    );
    expect(judged.scores['rmse']!.value).not.toBeCloseTo(unweighted.scores['rmse']!.value, 6);
  });
});

describe('groups and time', () => {
  const table = makeTable();
  const base = makeWorkflow(table, 'number');
  test('a group is on one side of the holdout and of every fold', () => {
    const d = makeDesign(table, { ...withRole(base, 'visit', 'group'), split: { ...base.split, method: 'group', column: 'visit' } });
    const visit = (rows: Iterable<number>) => new Set(Array.from(rows, (i) => Math.floor(i / 3)));
    const apart = (p: Iterable<number>, q: Iterable<number>) => expect([...visit(p)].filter((g) => visit(q).has(g))).toEqual([]);
    apart(d.training, d.holdout);
    for (const f of d.folds) apart(f.train, f.test);
    expect(d.groups).not.toBeNull();
    expect(d.columns.map((c) => c.name)).not.toContain('visit');
  });
  test('nothing is learnt from after what is tested', () => {
    const d = makeDesign(table, { ...withRole(base, 'born', 'order'), split: { ...base.split, method: 'time', column: 'born' } });
    const born = table.columns.find((c) => c.name === 'born')!;
    const when = (i: number) => (born.kind === 'time' ? born.values[i]! : NaN);
    const last = (rows: Uint32Array) => Math.max(...Array.from(rows, when));
    const first = (rows: Uint32Array) => Math.min(...Array.from(rows, when));
    expect(last(d.training)).toBeLessThan(first(d.holdout));
    for (const f of d.folds) expect(last(f.train)).toBeLessThan(first(f.test));
    expect(new Set(d.folds.map((f) => f.train.length)).size).toBe(3);
  });
  test('a row without a time is left out and said', () => {
    const gaps: Table = {
      ...table,
      columns: table.columns.map((c) => (c.kind === 'time' ? { ...c, values: c.values.map((v, i) => (i < 4 ? NaN : v)) } : c)),
    };
    const d = makeDesign(gaps, { ...base, split: { ...base.split, method: 'time', column: 'born' } });
    expect(d.rows.length).toBe(table.rows - 4);
    expect(d.notes.join()).toMatch(/4 rows without a value of “born”/);
  });
  test('a split without its column is refused', () => {
    expect(code(() => makeDesign(table, { ...base, split: { ...base.split, method: 'group', column: null } }))).toBe('split/no-column');
    expect(code(() => makeDesign(table, { ...base, split: { ...base.split, method: 'time', column: 'gone' } }))).toBe('split/no-column');
  });
});

describe('a row step put on no column', () => {
  test('leaves every row where it is', () => {
    const d = designed('number', { recipe: [{ id: 'x', step: 'drop-duplicates', version: 1, on: ['gone'], params: {} }] });
    expect(d.rows.length).toBe(120);
  });
});

describe('a metric', () => {
  test('that is unknown, or of another task, is refused', () => {
    const w = makeWorkflow(makeTable(), 'class');
    const by = (metric: string) => code(() => makeDesign(makeTable(), { ...w, problem: { ...w.problem, metric } }));
    expect([by('luck'), by('rmse'), by('accuracy')]).toEqual(['metric/unknown', 'metric/not-here', 'none']);
  });
});

describe('the key', () => {
  const table = makeTable();
  const w = makeWorkflow(table, 'class');
  const changed = (change: Partial<Workflow>) => designKey({ ...w, ...change }) !== designKey(w);
  test('hangs on what training sees', () => {
    expect(changed({ seed: 2 })).toBe(true);
    expect(changed({ columns: w.columns.map((c) => (c.name === 'age' ? { ...c, known: 'no' as const } : c)) })).toBe(true);
    expect(changed({ problem: { ...w.problem, positive: 'no' } })).toBe(true);
    expect(changed({ split: { ...w.split, folds: 4 } })).toBe(true);
    expect(changed({ recipe: w.recipe.map((u, i) => (i === 2 ? { ...u, off: true } : u)) })).toBe(true);
  });
  test('and on nothing else', () => {
    expect(changed({ name: 'other', notes: { data: 'x' }, chosen: 'x', dismissed: ['y'] })).toBe(false);
    expect(changed({ problem: { ...w.problem, question: 'Why?', success: 0.9, metric: 'accuracy' } })).toBe(false);
    expect(changed({ columns: w.columns.map((c) => (c.name === 'age' ? { ...c, why: 'x', known: 'yes' as const } : c)) })).toBe(false);
    expect(changed({ recipe: w.recipe.map((u) => ({ ...u, id: `${u.id}-again`, note: 'x' })) })).toBe(false);
  });
  test('of a run is the same whether defaults are written out or not', async () => {
    const d = makeDesign(table, { ...w, recipe: [] });
    const { run } = await fit(d, 'decision-tree');
    expect(run.key).toBe(runKey(d.workflow, { model: run.model, version: run.version, params: run.params }));
  });
  test('one key, one model: the ids of lines do not matter, nor which run came before', async () => {
    const d = makeDesign(table, w);
    const renamed = makeDesign(table, { ...w, recipe: w.recipe.map((u) => ({ ...u, id: `${u.id}-again` })) });
    const one = await fit(d, 'logistic');
    await fit(designed('number'), 'linear');
    const two = await fit(renamed, 'logistic');
    expect(two.run.key).toBe(one.run.key);
    expect(Buffer.compare(bytesOf(two.artifact!), bytesOf(one.artifact!))).toBe(0);
  });
});

test('two designs without a source do not share what was prepared', async () => {
  const table = makeTable();
  const w = { ...makeWorkflow(table, 'number', { recipe: [] }), source: null };
  const half = takeRows(
    table,
    Uint32Array.from({ length: 60 }, (_, i) => 2 * i),
  );
  await fit(makeDesign(table, w), 'linear');
  const after = await fit(makeDesign(half, w), 'linear');
  const fresh = await fit(makeDesign(half, { ...w, name: 'x' }), 'linear');
  expect(after.run.cv).toEqual(fresh.run.cv);
  expect(after.artifact!.reference.rows).toBe(45);
});

test('a guide that leads several runs gives each its own notes and backend', async () => {
  const table = makeTable();
  const d = makeDesign(table, {
    ...makeWorkflow(table, 'number', { recipe: [] }),
    candidates: [],
    tuning: { sampler: 'random', trials: 0, models: [] },
  });
  const g = quiet();
  await train(d, {}, defaultTrial('neural-network', 0, { max_iter: 2 }), g, { fit: false, from: 'train' });
  const { run } = await train(d, {}, defaultTrial('linear'), g, { fit: false, from: 'train' });
  expect(run.notes).toEqual([]);
  const again = await train(d, {}, defaultTrial('neural-network', 0, { max_iter: 2 }), g, { fit: false, from: 'train' });
  expect(again.run.notes.join()).toMatch(/Backend/);
});

test('a study holds the baseline to every other, sizes of forms included, and fits the best', async () => {
  const table = makeTable();
  const w = makeWorkflow(table, 'number', {
    recipe: [],
    tuning: { sampler: 'tpe', trials: 5, models: ['linear', 'decision-tree', 'logistic'] },
  });
  const made = await study(makeDesign(table, w), {}, quiet());
  expect(made.runs[0]!.model).toBe('baseline');
  expect(made.runs).toHaveLength(6);
  expect(made.runs.map((r) => r.model)).not.toContain('logistic');
  for (const r of made.runs) expect(r.bytes).toBeGreaterThan(0);
  expect(made.artifact.provenance.key).toBe(made.best.key);
});

describe('classes that the cut leaves on one side', () => {
  const table = makeTable();
  const { values } = table.columns.find((c) => c.name === 'born') as { values: Float64Array };
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const place = new Map(order.map((row, i) => [row, i]));
  /** Cut by time, and the class goes by time as well. */
  const cut = (of: (place: number) => string) => {
    const yes = codes(
      'yes',
      'category',
      Array.from({ length: table.rows }, (_, i) => of(place.get(i)!)),
    );
    const t = { ...table, columns: table.columns.map((c) => (c.name === 'yes' ? yes : c)) };
    return makeDesign(t, { ...makeWorkflow(t, 'class'), split: { method: 'time', column: 'born', holdout: 0.25, folds: 3 } });
  };
  test('with one class to learn from, there is nothing to learn: no perfect score is shown', () => {
    expect(code(() => cut((i) => (i < 90 ? 'no' : 'yes')))).toBe('problem/one-sided-target');
    expect(code(() => cut((i) => (i < 85 ? 'no' : 'yes')))).toBe('none');
  });
  test('a class among the rows held out alone is named', () => {
    const late = (i: number) => (i > 100 && i % 2 ? 'late' : i % 3 ? 'yes' : 'no');
    expect(cut(late).notes.join()).toContain('“late” is found among the rows held out alone');
    expect(cut((i) => (i % 3 ? 'yes' : 'no')).notes).toEqual([]);
  });
});
