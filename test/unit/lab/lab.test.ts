/** The lab as its manual promises it: fields, options, exit codes, and what is said when the input is at fault. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../../src/core/random.js';
import { answer } from '../../lab/commands.js';

let folder: string;
const at = (name: string) => join(folder, name);
const ask = (...words: string[]) => answer(words);
async function json<T = Record<string, unknown>>(...words: string[]): Promise<T> {
  const { out, err, code } = await ask(...words, '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).not.toContain('\n');
  return JSON.parse(out) as T;
}
async function problem(...words: string[]): Promise<string> {
  const { out, err, code } = await ask(...words);
  expect(out).toBe('');
  expect(code).toBe(1);
  const said = JSON.parse(err) as { problem: { code: string; message: string; hint: string } };
  expect(Object.keys(said)).toEqual(['problem']);
  expect(Object.keys(said.problem)).toEqual(['code', 'message', 'hint']);
  expect(said.problem.message + said.problem.hint).not.toMatch(/\{\w+\}|undefined/);
  return said.problem.code;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-'));
  const u = random(5);
  const lines = Array.from({ length: 90 }, (_, i) => {
    const a = u() * 10;
    const town = ['Ulm', 'Bonn', 'Köln'][i % 3]!;
    return {
      i: i + 1,
      a: u() < 0.05 ? '' : a.toFixed(3),
      b: (u() * 5).toFixed(2),
      town,
      y: a + (town === 'Ulm' ? 3 : 0) + u() > 6 ? 'yes' : 'no',
      v: (a * 2 + u()).toFixed(3),
    };
  });
  const text = (mark: string, header: boolean, number = (s: string) => s) =>
    [
      ...(header ? [['id', 'a', 'b', 'town', 'v', 'y'].join(mark)] : []),
      ...lines.map((l) => [l.i, number(l.a), number(l.b), l.town, number(l.v), l.y].join(mark)),
    ].join('\n') + '\n';
  writeFileSync(at('plain.csv'), text(',', true));
  writeFileSync(at('bare.csv'), text(',', false));
  writeFileSync(
    at('euro.csv'),
    Buffer.from(
      text(';', true, (s) => s.replace('.', ',')),
      'latin1',
    ),
  );
  writeFileSync(at('folds.txt'), `${lines.map((_, i) => (i === 0 ? '-' : String(i % 3))).join('')}\n`);
  writeFileSync(at('short.txt'), '0123');
  writeFileSync(at('empty.csv'), '');
  writeFileSync(at('broken.json'), '{');
  writeFileSync(at('wrong.json'), '{"format": "elsewhere"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('profile', () => {
  test('the fields of the manual', async () => {
    const p = await json<Record<string, unknown> & { columns: Record<string, unknown>[] }>('profile', at('plain.csv'));
    expect(Object.keys(p)).toEqual([
      'file',
      'bytes',
      'encoding',
      'delimiter',
      'decimal',
      'header',
      'rows',
      'columns',
      'issues',
      'warnings',
      'readSeconds',
      'peakBytes',
    ]);
    expect(p).toMatchObject({ file: 'plain.csv', encoding: 'utf-8', delimiter: ',', decimal: '.', header: true, rows: 90 });
    expect(p.columns.map((c) => c['name'])).toEqual(['id', 'a', 'b', 'town', 'v', 'y']);
    for (const c of p.columns)
      expect(Object.keys(c)).toEqual([
        'name',
        'kind',
        'why',
        'missing',
        'distinct',
        'mean',
        'sd',
        'min',
        'q1',
        'median',
        'q3',
        'max',
        'top',
      ]);
    expect(p.columns[3]).toMatchObject({ kind: 'category', distinct: 3, mean: null, top: [['Bonn', 30], ['Köln', 30], ['Ulm', 30]] }); // prettier-ignore
    expect(p['peakBytes']).toBeGreaterThan(1e6);
  });
  test('the dialect can be said', async () => {
    const p = await json('profile', at('euro.csv'), '--encoding', 'windows-1252', '--delimiter', ';', '--decimal', ',', '--header', 'yes');
    expect(p).toMatchObject({ encoding: 'windows-1252', delimiter: ';', decimal: ',', rows: 90 });
    expect(await json('profile', at('bare.csv'), '--header', 'no')).toMatchObject({ header: false, rows: 90 });
  });
  test('a table for people, without --json', async () => {
    const { out, code } = await ask('profile', at('plain.csv'));
    expect(code).toBe(0);
    expect(out).toMatch(/^plain\.csv: 90 rows/);
    expect(out).toMatch(/town +category +0 missing +3 distinct/);
  });
});

test('new: the workflow, columns by #N, left out, task and seed as asked', async () => {
  const w = await json<{ columns: { name: string; role: string }[]; problem: Record<string, unknown>; split: { folds: number }; seed: number }>(
    'new', at('plain.csv'), '--target', '#5', '--task', 'number', '--drop', 'b,#4', '--seed', '7', '--folds', '4', '--out', at('w.json'),
  ); // prettier-ignore
  expect(w).toMatchObject({
    format: 'tablework/workflow',
    seed: 7,
    problem: { target: 'v', task: 'number', metric: 'rmse' },
    split: { folds: 4 },
  });
  expect(Object.fromEntries(w.columns.map((c) => [c.name, c.role]))).toEqual({
    id: 'ignore',
    a: 'feature',
    b: 'ignore',
    town: 'ignore',
    v: 'target',
    y: 'feature',
  });
  expect(JSON.parse(readFileSync(at('w.json'), 'utf8'))).toEqual(w);
});

describe('several targets', () => {
  test('new names them; twice or the target again is refused', async () => {
    const w = await json<{ columns: { name: string; role: string }[]; problem: Record<string, unknown> }>(
      'new', at('plain.csv'), '--target', 'y', '--also', 'v,#4', '--chain', '--out', at('several.json'),
    ); // prettier-ignore
    expect(w.columns.filter((c) => c.role === 'target').map((c) => c.name)).toEqual(['town', 'v', 'y']);
    expect(w.problem).toMatchObject({
      chain: true,
      also: [
        { target: 'v', task: 'number', positive: null, metric: 'rmse' },
        { target: 'town', task: 'class', positive: null, metric: 'accuracy' },
      ],
    });
    expect(await problem('new', at('plain.csv'), '--target', 'y', '--also', 'v,v')).toBe('problem/target-twice');
    expect(await problem('new', at('plain.csv'), '--target', 'y', '--also', '#6')).toBe('problem/target-twice');
    expect(await problem('new', at('plain.csv'), '--target', 'y', '--also', 'nothing')).toBe('lab/no-column');
  });
  test('auto fits and judges them all; replay and predict know them', async () => {
    const ran = await json<{ also: Record<string, unknown>[]; notes: string[] }>(
      'auto', at('plain.csv'), '--target', 'y', '--also', 'v,town', '--models', 'logistic', '--trials', '1', '--folds', '3', '--out', at('two'),
    ); // prettier-ignore
    expect(ran.also).toMatchObject([
      { target: 'v', task: 'number', metric: 'rmse', model: 'linear', holdout: { rmse: { value: expect.any(Number) as number } } },
      { target: 'town', task: 'class', metric: 'accuracy', model: 'logistic' },
    ]);
    expect(ran.notes.join()).toContain('“v” is predicted by Linear regression');
    expect(await json('replay', at('two/project.tablework'))).toMatchObject({ same: true });
    expect(await json('predict', at('two/plain.safetensors'), at('plain.csv'), '--out', at('two.csv'))).toMatchObject({ ok: 90 });
    const [head] = readFileSync(at('two.csv'), 'utf8').split('\n');
    for (const name of ['predicted_y', 'probability_y_yes', 'predicted_v', 'predicted_town', 'probability_town_Ulm'])
      expect(head).toContain(name);
  });
  test('one yes/no target more: scores of the labels together', async () => {
    const lines = readFileSync(at('plain.csv'), 'utf8').trim().split('\n');
    writeFileSync(
      at('labels.csv'),
      lines.map((l, i) => `${l},${i === 0 ? 'high' : Number(l.split(',')[4]) > 10 ? 'yes' : 'no'}`).join('\n'),
    );
    const ran = await json<{ labels: Record<string, unknown>; chain: boolean }>(
      'auto', at('labels.csv'), '--target', 'y', '--also', 'high', '--chain', '--drop', 'v', '--models', 'logistic', '--trials', '1', '--folds', '3',
    ); // prettier-ignore
    expect(ran.chain).toBe(true);
    expect(ran.labels).toMatchObject({ labels: [{ target: 'y', positive: 'yes' }, { target: 'high', positive: 'yes' }], scores: { hamming_loss: { low: expect.any(Number) as number } } }); // prettier-ignore
  });
});

describe('auto, run, replay, predict, drift', () => {
  interface Ran {
    readonly leaderboard: {
      cv: Record<string, Record<string, unknown>>;
      params: object;
      bytes: number;
      fitSeconds: number;
      predictSeconds: number;
      model: string;
    }[];
    readonly best: { model: string };
    readonly holdout: Record<string, { value: number; low: number; high: number }>;
    readonly key: string;
    readonly split: Record<string, unknown>;
  }
  let ran: Ran;
  beforeAll(async () => {
    ran = await json<Ran>('auto', at('plain.csv'), '--target', 'y', '--drop', 'v', '--metric', 'roc_auc', '--models', 'logistic,decision-tree', '--search', 'random', '--trials', '4', '--folds', '3', '--seed', '2', '--out', at('out')); // prettier-ignore
  });

  test('auto answers with the fields of the manual', () => {
    expect(Object.keys(ran)).toEqual(['task', 'metric', 'rows', 'split', 'recipe', 'leaderboard', 'best', 'holdout', 'key', 'notes']);
    expect(ran).toMatchObject({ task: 'class', metric: 'roc_auc', rows: 90, split: { method: 'stratified', holdout: 0.25, folds: 3, rows: { training: 67, holdout: 23 } } }); // prettier-ignore
    // The baseline, four trials and the blend of them.
    expect(ran.leaderboard).toHaveLength(6);
    expect(ran.leaderboard.map((r) => r.model)).toContain('voting');
    for (const r of ran.leaderboard) {
      expect(r.bytes).toBeGreaterThan(0);
      expect(r.fitSeconds).toBeGreaterThanOrEqual(0);
      expect(r.cv['roc_auc']).toMatchObject({
        mean: expect.any(Number) as number,
        sd: expect.any(Number) as number,
        folds: expect.any(Array) as number[],
      });
      expect(r.cv['roc_auc']!['folds']).toHaveLength(3);
    }
    const h = ran.holdout['roc_auc']!;
    expect(h.low).toBeLessThanOrEqual(h.value);
    expect(h.high).toBeGreaterThanOrEqual(h.value);
  });

  test('replay in another process: the same to the byte; with a run changed: not', async () => {
    const far = spawnSync(process.execPath, ['--import', 'tsx', 'test/lab.ts', 'replay', at('out/project.tablework'), '--json'], {
      encoding: 'utf8',
    });
    expect(far.stderr).toBe('');
    expect(far.status).toBe(0);
    expect(JSON.parse(far.stdout)).toEqual({ same: true, differences: [], runs: 6, notes: [] });

    writeFileSync(at('other.csv'), readFileSync(at('plain.csv'), 'utf8').replace('Ulm', 'Köln'));
    const { out, code } = await ask('replay', at('out/project.tablework'), at('other.csv'), '--json');
    expect(code).toBe(1);
    const told = JSON.parse(out) as { same: boolean; differences: { what: string }[] };
    expect(told.same).toBe(false);
    expect(told.differences.map((d) => d.what)).toContain('fingerprint');
  });

  test('the same seed gives the same project, another another', async () => {
    const words = ['auto', at('plain.csv'), '--target', 'y', '--drop', 'v', '--metric', 'roc_auc', '--models', 'logistic,decision-tree', '--search', 'random', '--trials', '4', '--folds', '3']; // prettier-ignore
    const scores = (r: Ran) => r.leaderboard.map((l) => [l.model, l.params, l.cv]);
    const again = await json<Ran>(...words, '--seed', '2');
    expect([again.key, scores(again), again.holdout]).toEqual([ran.key, scores(ran), ran.holdout]);
    expect((await json<Ran>(...words, '--seed', '3')).key).not.toBe(ran.key);
  });

  test('run: the written workflow comes to the same as auto did', async () => {
    await json(
      'new',
      at('plain.csv'),
      '--target',
      'y',
      '--drop',
      'v',
      '--metric',
      'roc_auc',
      '--seed',
      '2',
      '--folds',
      '3',
      '--out',
      at('w2.json'),
    );
    const w = JSON.parse(readFileSync(at('w2.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(at('w2.json'), JSON.stringify({ ...w, tuning: { sampler: 'random', trials: 4, models: ['logistic', 'decision-tree'] } }));
    const r = await json<Ran>('run', at('w2.json'), at('plain.csv'));
    expect([r.key, r.best, r.holdout]).toEqual([ran.key, ran.best, ran.holdout]);
  });

  test('predict: a CSV with the columns of the file first', async () => {
    const p = await json('predict', at('out/plain.safetensors'), at('euro.csv'), '--out', at('answers.csv'));
    expect(p).toMatchObject({ rows: 90, ok: 90, refused: [], seconds: expect.any(Number) as number });
    const lines = readFileSync(at('answers.csv'), 'utf8').trimEnd().split('\r\n');
    expect(lines[0]).toBe('id,a,b,town,v,y,predicted_y,probability_no,probability_yes,likely_y_90');
    expect(lines).toHaveLength(91);
  });

  test('drift: of a model and of two files', async () => {
    const d = await json<{ columns: Record<string, unknown>[]; dataset: object; performance: object }>(
      'drift',
      at('out/plain.safetensors'),
      at('plain.csv'),
    );
    expect(d.columns.map((c) => c['name'])).toEqual(['a', 'b', 'town']);
    for (const c of d.columns) for (const k of ['test', 'statistic', 'p', 'psi', 'threshold', 'drifted']) expect(c).toHaveProperty(k);
    expect(d.dataset).toEqual({ drifted: false, share: 0 });
    expect(d.performance).toMatchObject({ metric: 'roc_auc', rows: 90 });
    const files = await json<{ columns: { name: string }[] }>('drift', at('plain.csv'), at('euro.csv'), '--target', 'y');
    expect(files.columns.map((c) => c.name)).toEqual(['id', 'a', 'b', 'town', 'v']);
  });
});

describe('cv', () => {
  test('with a file of folds', async () => {
    const c = await json<{ model: string; params: object; folds: Record<string, number>[]; mean: Record<string, number> }>('cv', at('plain.csv'), '--target', 'y', '--model', 'logistic', '--params', '{"C":2}', '--use', 'a,#3,town', '--folds', at('folds.txt')); // prettier-ignore
    expect(Object.keys(c)).toEqual(['model', 'params', 'folds', 'mean']);
    expect(c.params).toMatchObject({ C: 2 });
    expect(c.folds).toHaveLength(3);
    const promised = [
      'accuracy',
      'balanced_accuracy',
      'f1_macro',
      'precision_macro',
      'recall_macro',
      'roc_auc',
      'average_precision',
      'log_loss',
      'brier',
      'mcc',
      'kappa',
    ];
    for (const m of promised) {
      expect(c.mean[m]).toBeCloseTo(c.folds.reduce((s, f) => s + f[m]!, 0) / 3, 12);
    }
    for (const f of c.folds)
      expect(f).toMatchObject({ fitSeconds: expect.any(Number) as number, predictSeconds: expect.any(Number) as number });
  });
  test('of a number, in K folds', async () => {
    const c = await json<{ folds: object[]; mean: Record<string, number> }>(
      'cv',
      at('plain.csv'),
      '--target',
      'v',
      '--model',
      'linear',
      '--drop',
      'y,id',
      '--folds',
      '4',
    );
    expect(c.folds).toHaveLength(4);
    for (const m of ['mae', 'rmse', 'mse', 'r2', 'mape', 'medae']) expect(c.mean[m]).toEqual(expect.any(Number));
  });
});

test('catalog: every declaration', async () => {
  const c = await json<Record<string, { id?: string }[]>>('catalog');
  for (const k of ['models', 'steps', 'metrics', 'splits', 'samplers', 'pruners', 'exports']) expect(Array.isArray(c[k])).toBe(true);
  expect(c['models']!.map((m) => m.id)).toContain('hist-gradient-boosting');
});

describe('what is at fault is said', () => {
  const cases: [string, string, () => string[]][] = [
    ['no command', 'lab/no-command', () => []],
    ['an unknown command', 'lab/no-command', () => ['toString']],
    ['a command to come', 'lab/not-yet', () => ['cluster', at('plain.csv'), '--model', 'k-means']],
    ['no file', 'lab/too-few-files', () => ['profile']],
    ['a file that is not there', 'lab/no-file', () => ['profile', at('gone.csv')]],
    ['a folder', 'lab/no-file', () => ['profile', folder]],
    ['an empty file', 'read/empty', () => ['profile', at('empty.csv')]],
    ['a mistyped option', 'lab/no-option', () => ['profile', at('plain.csv'), '--delimeter', ';']],
    ['an option without its value', 'lab/no-value', () => ['profile', at('plain.csv'), '--delimiter']],
    ['a header of maybe', 'lab/not-one-of', () => ['profile', at('plain.csv'), '--header', 'maybe']],
    ['an unknown encoding', 'read/unknown-encoding', () => ['profile', at('plain.csv'), '--encoding', 'latin-17']],
    ['an unknown target', 'lab/no-column', () => ['new', at('plain.csv'), '--target', 'z']],
    ['a column past the end', 'lab/no-column', () => ['new', at('plain.csv'), '--target', '#7']],
    ['an unknown task', 'lab/not-one-of', () => ['new', at('plain.csv'), '--target', 'y', '--task', 'cluster']],
    ['a seed of words', 'lab/not-a-number', () => ['new', at('plain.csv'), '--target', 'y', '--seed', 'lucky']],
    ['no target', 'lab/no-value', () => ['auto', at('plain.csv')]],
    ['a text as a number', 'problem/text-target', () => ['auto', at('plain.csv'), '--target', 'y', '--task', 'number']],
    ['an unknown metric', 'metric/unknown', () => ['auto', at('plain.csv'), '--target', 'y', '--metric', 'roc']],
    ['a metric of the other task', 'metric/not-here', () => ['auto', at('plain.csv'), '--target', 'y', '--metric', 'rmse']],
    ['an unknown model', 'model/unknown', () => ['auto', at('plain.csv'), '--target', 'y', '--models', 'magic']],
    ['models of the other task', 'model/not-here', () => ['auto', at('plain.csv'), '--target', 'y', '--models', 'linear']],
    ['an unknown search', 'tune/no-sampler', () => ['auto', at('plain.csv'), '--target', 'y', '--search', 'hope', '--trials', '1']],
    ['one fold', 'lab/not-a-number', () => ['auto', at('plain.csv'), '--target', 'y', '--folds', '1']],
    ['more folds than rows', 'split/few-rows', () => ['auto', at('plain.csv'), '--target', 'y', '--folds', '80']],
    ['a workflow that is no JSON', 'lab/not-json', () => ['run', at('broken.json'), at('plain.csv')]],
    ['JSON that is no workflow', 'workflow/broken', () => ['run', at('wrong.json'), at('plain.csv')]],
    ['cv without a model', 'lab/no-value', () => ['cv', at('plain.csv'), '--target', 'y']],
    ['cv with a model of the other task', 'model/not-here', () => ['cv', at('plain.csv'), '--target', 'y', '--model', 'linear']],
    [
      'parameters that are no JSON',
      'lab/not-json',
      () => ['cv', at('plain.csv'), '--target', 'y', '--model', 'logistic', '--params', '{C:1}'],
    ],
    [
      'a parameter nobody knows',
      'param/unknown',
      () => ['cv', at('plain.csv'), '--target', 'y', '--model', 'logistic', '--params', '{"c":1}'],
    ],
    [
      'a parameter out of range',
      'param/invalid',
      () => ['cv', at('plain.csv'), '--target', 'y', '--model', 'logistic', '--params', '{"C":-1}'],
    ],
    [
      'folds that do not fit',
      'lab/folds',
      () => ['cv', at('plain.csv'), '--target', 'y', '--model', 'logistic', '--folds', at('short.txt')],
    ],
    ['predicting without a place for it', 'lab/no-value', () => ['predict', at('out/plain.safetensors'), at('plain.csv')]],
    ['a table as a model', 'artifact/broken', () => ['predict', at('plain.csv'), at('plain.csv'), '--out', at('x.csv')]],
    [
      'a file without the columns',
      'predict/missing-columns',
      () => ['predict', at('out/plain.safetensors'), at('bare.csv'), '--out', at('x.csv')],
    ],
    ['a table as a project', 'project/broken', () => ['replay', at('plain.csv')]],
  ];
  test.each(cases)('%s', async (_, code, words) => {
    expect(await problem(...words())).toBe(code);
  });
});
