/** Several targets in one project: what learns from what, what is refused, what goes into a model file and comes out of it. */
import { describe, expect, test } from 'vitest';
import { perTarget, type Artifact } from '../../../src/core/artifact.js';
import type { Member } from '../../../src/core/param.js';
import { Problem } from '../../../src/core/problem.js';
import type { Column, Table } from '../../../src/core/table.js';
import { designKey, evaluationKey, openWorkflow, type FurtherTarget, type Workflow } from '../../../src/core/workflow.js';
import { Guide } from '../../../workers/context.js';
import { makeDesign, type Design } from '../../../workers/design.js';
import { checkDrift } from '../../../workers/drift.js';
import { furtherDesigns } from '../../../workers/further.js';
import { judgeSeveral } from '../../../workers/judge-several.js';
import { warnings } from '../../../workers/profile/index.js';
import { propose, proposeFurther } from '../../../workers/propose.js';
import { readTable } from '../../../workers/read/index.js';
import { profileTable } from '../../../workers/profile/index.js';
import { openArtifact, predictRow, predictTable, readFor } from '../../../workers/serve.js';
import { trainSeveral } from '../../../workers/several.js';
import { defaultTrial } from '../../../workers/study.js';
import { bytesOf, codes, makeTable, makeWorkflow, withRole } from './made.js';

const TOWN: FurtherTarget = { target: 'town', task: 'class', positive: null, metric: null };
const YES: FurtherTarget = { target: 'yes', task: 'class', positive: 'yes', metric: 'roc_auc' };
const VALUE: FurtherTarget = { target: 'value', task: 'number', positive: null, metric: 'mae' };

function workflow(
  table: Table,
  task: 'class' | 'number',
  also: readonly FurtherTarget[],
  more: Partial<Workflow['problem']> = {},
): Workflow {
  const w = also.reduce((now, t) => withRole(now, t.target, 'target'), makeWorkflow(table, task));
  const recipe = w.recipe.filter((u) => !(Array.isArray(u.on) && u.on.some((c) => also.some((t) => t.target === c))));
  return { ...w, recipe, problem: { ...w.problem, also, ...more } };
}
const several = (
  task: 'class' | 'number',
  also: readonly FurtherTarget[],
  more: Partial<Workflow['problem']> = {},
  table = makeTable(),
): Design => makeDesign(table, workflow(table, task, also, more));
const fit = (d: Design, model = 'decision-tree', params: Workflow['candidates'][number]['params'] = {}, guide = new Guide()) =>
  trainSeveral(d, {}, defaultTrial(model, 0, params), guide, { fit: true, from: 'train' });
const put = (table: Table, name: string, change: (c: Column) => Column): Table => ({
  ...table,
  columns: table.columns.map((c) => (c.name === name ? change(structuredClone(c)) : c)),
});
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'none';
};
const formsOf = (a: Artifact) => perTarget(a).map(({ form, recipe }) => ({ form, recipe }));

describe('keys', () => {
  const table = makeTable();
  const one = makeWorkflow(table, 'class');
  const two = workflow(table, 'class', [VALUE]);
  test('one target keeps the key it had, with no list or an empty one', () => {
    expect(designKey({ ...one, problem: { ...one.problem, also: [] } })).toBe(designKey(one));
    expect(evaluationKey({ ...one, problem: { ...one.problem, also: [] } }, 'r')).toBe(evaluationKey(one, 'r'));
  });
  test('targets, their tasks and the chain are in the key of a run; their metrics in that of a verdict', () => {
    const metric = workflow(table, 'class', [{ ...VALUE, metric: 'r2' }]);
    const chain = workflow(table, 'class', [VALUE], { chain: true });
    const other = workflow(table, 'class', [{ ...VALUE, task: 'class' }]);
    expect(new Set([one, two, chain, other].map(designKey)).size).toBe(4);
    expect(designKey(metric)).toBe(designKey(two));
    expect(evaluationKey(metric, 'r')).not.toBe(evaluationKey(two, 'r'));
  });
  test('documents with further targets open, broken ones do not', () => {
    expect(openWorkflow(JSON.parse(JSON.stringify(two)))).toEqual(two);
    for (const also of [3, [3], [{ target: 'value' }], [{ ...VALUE, task: 'text' }], new Array(1001).fill(VALUE)])
      expect(codeOf(() => openWorkflow({ ...two, problem: { ...two.problem, also } }))).toBe('workflow/broken');
    expect(codeOf(() => openWorkflow({ ...two, problem: { ...two.problem, chain: 'yes' } }))).toBe('workflow/broken');
  });
});

describe('design', () => {
  test('a further target is no feature of any target, whatever its role says', () => {
    const table = makeTable();
    const w = withRole(withRole(workflow(table, 'class', [VALUE, TOWN]), 'value', 'feature'), 'town', 'feature');
    const d = makeDesign(table, { ...w, recipe: [] });
    for (const design of [d, ...furtherDesigns(d)])
      expect(design.columns.map((c) => c.name)).toEqual(['age', 'fare', 'twin', 'note', 'born']);
  });
  test('the cut is the first target’s; rows without a value are out of this part alone', () => {
    const d = several('number', [TOWN, YES]);
    const [town, yes] = furtherDesigns(d);
    expect(yes!.training).toEqual(d.training);
    expect(yes!.holdout).toEqual(d.holdout);
    const known = (i: number) => (d.table.columns.find((c) => c.name === 'town') as ReturnType<typeof codes>).codes[i]! >= 0;
    expect([...town!.training]).toEqual([...d.training].filter(known));
    expect(town!.training.length).toBeLessThan(d.training.length);
    expect(town!.notes.join()).toContain('without a value of “town”');
    for (const [f, part] of town!.folds.entries()) expect([...part.test]).toEqual([...d.folds[f]!.test].filter(known));
  });
  test('a class with one example leaves its row out, and its level with it', () => {
    const table = put(makeTable(), 'town', (c) =>
      codes(
        'town',
        'category',
        Array.from((c as ReturnType<typeof codes>).codes, (k, i) => (i === 5 ? 'Alone' : k % 2 ? 'odd' : 'even')),
      ),
    );
    const [town] = furtherDesigns(several('number', [TOWN], {}, table));
    expect(town!.target).toMatchObject({ levels: ['even', 'odd'] });
    expect([...town!.training, ...town!.holdout]).not.toContain(5);
  });
  test.each<[string, string, (t: Table) => Table, readonly FurtherTarget[]]>([
    ['the same column twice', 'problem/target-twice', (t) => t, [VALUE, VALUE]],
    ['the main target again', 'problem/target-twice', (t) => t, [YES]],
    ['a column that is not there', 'problem/target-gone', (t) => t, [{ ...VALUE, target: 'nowhere' }]],
    ['text as a number', 'problem/text-target', (t) => t, [{ ...TOWN, task: 'number' }]],
    ['a metric of the other task', 'metric/not-here', (t) => t, [{ ...VALUE, metric: 'accuracy' }]],
    [
      'missing everywhere',
      'problem/empty-target',
      (t) => put(t, 'value', (c) => ({ ...c, values: new Float64Array(t.rows).fill(NaN) }) as Column),
      [VALUE],
    ],
    [
      'nearly everywhere',
      'problem/few-with-target',
      (t) => put(t, 'value', (c) => ({ ...c, values: Float64Array.from({ length: t.rows }, (_, i) => (i < 9 ? i : NaN)) }) as Column),
      [VALUE],
    ],
    [
      'one value',
      'problem/constant-target',
      (t) => put(t, 'value', (c) => ({ ...c, values: new Float64Array(t.rows).fill(7) }) as Column),
      [VALUE],
    ],
    [
      'one class',
      'problem/constant-target',
      (t) => put(t, 'town', () => codes('town', 'category', new Array<string>(t.rows).fill('Ulm'))),
      [TOWN],
    ],
    [
      'a class for each row',
      'problem/too-many-classes',
      (t) =>
        put(t, 'town', () =>
          codes(
            'town',
            'category',
            Array.from({ length: t.rows }, (_, i) => String(i)),
          ),
        ),
      [TOWN],
    ],
  ])('refused: %s', (_, code, change, also) => {
    const rows = code === 'problem/too-many-classes' ? 240 : 120;
    const d = several('class', also, {}, change(makeTable(rows)));
    expect(codeOf(() => furtherDesigns(d))).toBe(code);
  });
  test('refused: one class in the training rows, others only in those kept back', () => {
    const d = several('class', [VALUE]);
    const at = new Set(d.holdout);
    const table = put(
      makeTable(),
      'value',
      (c) => ({ ...c, values: Float64Array.from({ length: 120 }, (_, i) => (at.has(i) ? i : 1)) }) as Column,
    );
    const w = workflow(table, 'class', [VALUE]);
    // Without row steps, rows keep their numbers.
    const bare = makeDesign(table, { ...w, recipe: [] });
    const split = { ...bare, training: Uint32Array.from({ length: 120 }, (_, i) => i).filter((i) => !at.has(i)), holdout: d.holdout };
    expect(codeOf(() => furtherDesigns(split))).toBe('problem/one-sided-target');
  });
});

describe('training', () => {
  test('each part is what it would be alone: nothing of another target, and nothing of the rows kept back', async () => {
    const table = makeTable();
    const d = several('number', [YES, TOWN], {}, table);
    const { artifact } = await fit(d);
    expect(artifact!.version).toBe(2);
    expect(perTarget(artifact!).map((m) => m.target.name)).toEqual(['value', 'yes', 'town']);
    // The split is by chance alone, so that poison in the first target moves no row.
    const poisoned = put(
      table,
      'value',
      (c) => ({ ...c, values: Float64Array.from({ length: 120 }, (_, i) => ((i * 7) % 11) + 1) }) as Column,
    );
    const other = (await fit(several('number', [YES, TOWN], {}, poisoned))).artifact!;
    expect(formsOf(other).slice(1)).toEqual(formsOf(artifact!).slice(1));
    expect(formsOf(other)[0]).not.toEqual(formsOf(artifact!)[0]);
    const held = new Set([...d.holdout].map((i) => d.rows[i]!));
    const late = put(
      table,
      'yes',
      (c) => ({ ...c, codes: (c as ReturnType<typeof codes>).codes.map((k, i) => (held.has(i) ? 1 - k : k)) }) as Column,
    );
    expect(formsOf((await fit(several('number', [YES, TOWN], {}, late))).artifact!)).toEqual(formsOf(artifact!));
  });
  test('a target encoder learns from the target of its own part', async () => {
    const { artifact } = await fit(several('number', [YES]));
    const encoders = perTarget(artifact!).map((m) => m.recipe.find((f) => f.step === 'target-encode')!.state);
    expect(encoders[0]).not.toEqual(encoders[1]);
  });
  test('a chain: the second is told the first, by answers of folds that had not learnt from the row', async () => {
    const d = several('number', [YES, TOWN], { chain: true });
    const { artifact } = await fit(d);
    const [first, second, third] = perTarget(artifact!);
    expect(second!.recipe.at(-1)!.on).toContain('value');
    expect(third!.recipe.at(-1)!.on).toEqual(expect.arrayContaining(['value', 'yes']));
    expect(first!.recipe.at(-1)!.on).not.toContain('yes');
    // The first answers are the same as without a chain.
    const alone = (await fit(several('number', [YES, TOWN]))).artifact!;
    expect(formsOf(alone)[0]).toEqual(formsOf(artifact!)[0]);
    expect(formsOf(alone)[1]).not.toEqual(formsOf(artifact!)[1]);
  });
  test('a number beside a class by a model of classes: the nearest that can, and it is said', async () => {
    const { artifact, run } = await fit(several('class', [VALUE]), 'logistic');
    expect(artifact!.also![0]!.model.id).toBe('linear');
    expect(run.notes.join()).toMatch(/“value” is predicted by Linear regression, since Logistic regression cannot: it predicts classes/);
    expect(run.also).toMatchObject([{ target: 'value', label: 'Linear regression' }]);
    expect(run.also![0]!.cv['mae']!.mean).toBeGreaterThan(0);
    const members: readonly Member[] = [
      { model: 'logistic', params: { C: 2 } },
      { model: 'decision-tree', params: {} },
    ];
    const blend = await fit(several('class', [VALUE]), 'voting', { members });
    expect(blend.artifact!.also![0]!.model).toMatchObject({
      id: 'voting',
      params: { members: [{ model: 'linear', params: {} }, members[1]] },
    });
  });
  test('stopped, it comes back with every part, marked', async () => {
    const guide = new Guide();
    guide.stopped = true;
    const { artifact, run } = await fit(several('number', [YES]), 'hist-gradient-boosting', {}, guide);
    expect(run.stopped).toBe(true);
    expect(artifact!.also).toHaveLength(1);
  });
  test('without a fit only the first target is tried; same seed, same bytes', async () => {
    const d = several('number', [YES]);
    const tried = await trainSeveral(d, {}, defaultTrial('decision-tree'), new Guide(), { fit: false, from: 'tune' });
    expect(tried.run.also).toBeUndefined();
    expect(bytesOf((await fit(d)).artifact!)).toEqual(bytesOf((await fit(d)).artifact!));
  });
  test('progress runs from start to end once, and curves are those of the first target', async () => {
    const news: { kind: string; done?: number; label?: string; part?: number }[] = [];
    const guide = new Guide((n) => news.push(n));
    // Every report counts as due.
    Object.defineProperty(guide, 'last', { get: () => -1e9, set: () => undefined });
    await fit(several('number', [YES]), 'hist-gradient-boosting', { max_iter: 5 }, guide);
    const done = news.flatMap((n) => (n.kind === 'progress' ? [n.done!] : []));
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(Math.max(...done)).toBeLessThanOrEqual(1);
    expect(news.some((n) => n.label?.startsWith('“yes”: '))).toBe(true);
  });
});

describe('judging', () => {
  test('every target on the same held-out rows at one look; several yes/no targets as labels', async () => {
    const table = makeTable(200);
    const old: Column = codes(
      'old',
      'category',
      Array.from({ length: 200 }, (_, i) =>
        i % 9 === 0 ? null : (table.columns[0] as { values: Float64Array }).values[i]! > 45 ? 'old' : 'young',
      ),
    );
    const wide: Table = { rows: 200, columns: [...table.columns, old] };
    const d = several('class', [VALUE, { target: 'old', task: 'class', positive: 'old', metric: null }], {}, wide);
    const { artifact } = await fit(d, 'random-forest', { n_estimators: 20 });
    const e = await judgeSeveral(d, artifact!, { looks: 3, draws: 60 }, new Guide());
    expect(e.looks).toBe(3);
    expect(e.also!.map((t) => [t.target, t.metric, t.rows])).toEqual([
      ['value', 'mae', d.holdout.length],
      ['old', 'accuracy', furtherDesigns(d)[1]!.holdout.length],
    ]);
    expect(e.also![1]!.rows).toBeLessThan(d.holdout.length);
    for (const t of e.also!) {
      const s = t.scores[t.metric]!;
      expect(s.low).toBeLessThanOrEqual(s.value);
      expect(s.high).toBeGreaterThanOrEqual(s.value);
      expect(t.baseline[t.metric]).toBeDefined();
    }
    expect(e.labels!.labels).toEqual([
      { target: 'yes', positive: 'yes' },
      { target: 'old', positive: 'old' },
    ]);
    expect(e.labels!.rows).toBe(e.also![1]!.rows);
    expect(Object.keys(e.labels!.scores)).toEqual(['exact_match', 'hamming_loss', 'f1_macro', 'f1_micro', 'jaccard']);
    expect(e.labels!.scores['exact_match']!.value).toBeGreaterThan(e.labels!.baseline['exact_match']!.value);
    // The file carries it, and opens.
    expect(openArtifact(bytesOf({ ...artifact!, evaluation: e })).evaluation!.labels!.rows).toBe(e.labels!.rows);
  });
  test('no value among the rows kept back: said, not scored', async () => {
    const table = makeTable();
    // Without row steps, rows keep their numbers; the cut goes by the first target.
    const bare = (t: Table) => makeDesign(t, { ...workflow(t, 'class', [VALUE]), recipe: [] });
    const held = new Set(bare(table).holdout);
    const gaps = (values: Float64Array) => values.map((v, i) => (held.has(i) ? NaN : v));
    const d = bare(put(table, 'value', (c) => ({ ...c, values: gaps((c as { values: Float64Array }).values) }) as Column));
    const { artifact } = await fit(d);
    const e = await judgeSeveral(d, artifact!, { looks: 1, draws: 20 }, new Guide());
    expect(e.also![0]).toMatchObject({ rows: 0, scores: {} });
    expect(e.also![0]!.warnings).toHaveLength(1);
  });
});

describe('model file and prediction', () => {
  const text = (columns: readonly string[], rows: readonly Record<string, string>[]) =>
    new TextEncoder().encode([columns.join(','), ...rows.map((r) => columns.map((c) => r[c] ?? '').join(','))].join('\n'));
  const rows = [
    { age: '50', fare: '3', twin: '100', town: 'Ulm', note: 'good bad', born: '2001-02-03' },
    { age: '21', fare: '8', twin: '43', town: 'Bonn', note: 'late', born: '2000-02-03' },
  ];
  const inputs = ['age', 'fare', 'twin', 'town', 'note', 'born'];

  test.each([false, true])('answers for all targets from row and file, chain %s; the targets may be gone', async (chain) => {
    const { artifact } = await fit(several('class', [VALUE], { chain }));
    const a = openArtifact(bytesOf(artifact!));
    const predicted = predictTable(a, await readFor(a, text(inputs, rows), 'new.csv'));
    const csv = await readTable(new Uint8Array(await predicted.csv.arrayBuffer()), 'out.csv');
    expect(csv.table.columns.map((c) => c.name).slice(6)).toEqual([
      'predicted_yes',
      'probability_yes_no',
      'probability_yes_yes',
      'likely_yes_90',
      'predicted_value',
      'predicted_value_low_90',
      'predicted_value_high_90',
    ]);
    const one = await predictRow(a, rows[0]!);
    expect(one.also).toHaveLength(1);
    const value = csv.table.columns.find((c) => c.name === 'predicted_value') as { values: Float64Array };
    expect(one.also![0]).toMatchObject({ target: 'value', label: null });
    expect(one.also![0]!.value).toBeCloseTo(value.values[0]!, 9);
    // Targets that are there are no strangers.
    const full = await readFor(
      a,
      text(
        [...inputs, 'yes', 'value'],
        rows.map((r) => ({ ...r, yes: 'yes', value: '3.5' })),
      ),
      'full.csv',
    );
    expect(predictTable(a, full).notes).toEqual([]);
    const drift = checkDrift(a, full.table);
    expect(drift.performance).toBeDefined();
    expect(drift.also).toMatchObject([{ target: 'value', metric: 'rmse', rows: 2 }]);
    expect(drift.schema.extra).toEqual([]);
  });
  test('one target: the header is what it was', async () => {
    const { artifact } = await fit(several('class', []));
    expect(artifact!.version).toBe(1);
    expect(artifact!).not.toHaveProperty('also');
    const p = predictTable(artifact!, await readFor(artifact!, text(inputs, rows), 'new.csv'));
    expect(p.head.names.slice(0, 4)).toEqual(['predicted_yes', 'probability_no', 'probability_yes', 'likely_yes_90']);
    expect(await predictRow(artifact!, rows[0]!)).not.toHaveProperty('also');
  });

  describe('hostile', () => {
    const refused = async (change: (a: Record<string, unknown> & { also: Record<string, unknown>[] }) => void) => {
      const { artifact } = await fit(several('class', [VALUE]));
      const copy = structuredClone(artifact!) as unknown as Parameters<typeof change>[0];
      change(copy);
      return codeOf(() => openArtifact(bytesOf(copy as unknown as Artifact)));
    };
    test.each<[string, (a: Record<string, unknown> & { also: Record<string, unknown>[] }) => void]>([
      ['several targets in a version that knows of one', (a) => (a['version'] = 1)],
      ['version 2 without them', (a) => delete (a as { also?: unknown }).also],
      ['an empty list', (a) => (a.also = [])],
      ['a list that is none', (a) => ((a as Record<string, unknown>)['also'] = { length: 1 })],
      ['a part that is none', (a) => ((a as Record<string, unknown>)['also'] = [7])],
      ['two parts of one name', (a) => a.also.push(a.also[0]!)],
      ['a part of the first name', (a) => (a.also[0]!['target'] = { ...(a.also[0]!['target'] as object), name: 'yes' })],
      ['a target that is an input', (a) => (a.also[0]!['target'] = { ...(a.also[0]!['target'] as object), name: 'age' })],
      ['a part without a form', (a) => delete a.also[0]!['form']],
      ['a form of other answers', (a) => (a.also[0]!['form'] = a['form'])],
      ['a recipe that fits no form', (a) => (a.also[0]!['recipe'] = [])],
      ['a chain that was none', (a) => (a['chain'] = 'yes')],
      ['rows that are none', (a) => (a.also[0]!['rows'] = 'many')],
    ])('%s', async (_, change) => {
      expect(await refused(change)).toBe('artifact/broken');
    });
  });
});

describe('proposing', () => {
  const csv = (extra = '') =>
    new TextEncoder().encode(
      `a,b,price,bought,kind${extra}\n${Array.from({ length: 60 }, (_, i) => `${(i * 37) % 23},${i % 5},${i % 19}.5,${(i * 7) % 5 < 2 ? 'yes' : 'no'},${'rgb'[i % 3]}`).join('\n')}\n`,
    );
  const load = async () => {
    const result = await readTable(csv(), 'p.csv');
    return { table: result.table, profile: profileTable(result, 'p.csv', 1000) };
  };
  test('task, positive class and metric of a column; the task asked for', async () => {
    const { table, profile } = await load();
    expect(proposeFurther(table, profile, 'price')).toMatchObject({ task: 'number', positive: null, metric: 'rmse' });
    expect(proposeFurther(table, profile, 'bought')).toMatchObject({ task: 'class', positive: 'yes' });
    expect(proposeFurther(table, profile, 'b', 'number')).toMatchObject({ task: 'number', metric: 'rmse' });
    expect(codeOf(() => proposeFurther(table, profile, 'nowhere'))).toBe('problem/target-gone');
  });
  test('further targets have the role target; one that becomes the first, or is gone, leaves the list', async () => {
    const { table, profile } = await load();
    const w = workflow(table, 'class', []);
    const also = ['price', 'kind'].map((name) => proposeFurther(table, profile, name));
    const asked = { ...w, columns: [], problem: { ...w.problem, target: 'bought', task: null, also, chain: true } };
    const p = propose(table, profile, asked, 'bought');
    expect(p.columns.filter((c) => c.role === 'target').map((c) => c.name)).toEqual(['price', 'bought', 'kind']);
    expect(p.problem).toMatchObject({ also, chain: true });
    const swapped = propose(table, profile, asked, 'price');
    expect(swapped.problem.also!.map((t) => t.target)).toEqual(['kind']);
    const gone = propose(
      table,
      { ...profile, columns: profile.columns.filter((c) => c.name !== 'price' && c.name !== 'kind') },
      asked,
      'bought',
    );
    expect(gone.problem).not.toHaveProperty('also');
    expect(gone.problem).not.toHaveProperty('chain');
  });
  test('what gives a target away is said of each; one target is no leak of another', async () => {
    const u = Array.from({ length: 80 }, (_, i) => (i * 37) % 79);
    const text = `x,y,z,noise\n${u.map((v, i) => `${v},${v * 2},${v * 2 + ((i * 13) % 7) * 9},${(i * 31) % 17}`).join('\n')}\n`;
    const result = await readTable(new TextEncoder().encode(text), 'l.csv');
    const profile = profileTable(result, 'l.csv', 1000);
    const leaks = (also: readonly FurtherTarget[]) =>
      warnings(result.table, profile, { target: 'z', task: 'number', also })
        .filter((w) => w.code === 'leak-twin')
        .map((w) => w.columns.join());
    expect(leaks([])).toEqual([]);
    expect(leaks([{ target: 'y', task: 'number', positive: null, metric: null }])).toEqual(['x']);
    expect(
      warnings(result.table, profile, { target: 'y', task: 'number', also: [{ target: 'x', task: 'number' }] }).filter((w) =>
        w.code.startsWith('leak'),
      ),
    ).toEqual([]);
  });
});
