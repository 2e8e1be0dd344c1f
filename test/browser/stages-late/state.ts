/** A project as it is after training and judging, made by hand: the screens are looked at without the workers. */
import type { InputColumn } from '../../../src/core/artifact.js';
import type { Evaluation } from '../../../src/core/evaluation.js';
import type { ArtifactSummary, Catalog, Exported, Job, Predicted, RowPrediction, Run } from '../../../src/core/protocol.js';
import { normal, random } from '../../../src/core/random.js';
import type { Table } from '../../../src/core/table.js';
import { designKey, emptyWorkflow, runKey, type Workflow } from '../../../src/core/workflow.js';
import type { RunRecord } from '../../../src/store/index.js';
import { evaluate } from '../../../workers/evaluate/index.js';
import { drift } from '../../../workers/monitor/index.js';
import declared from '../../contract/catalog.json';

export const catalog = { ...declared, samples: [], samplers: [] } as unknown as Catalog;

export const workflow: Workflow = {
  ...emptyWorkflow('Clinic'),
  source: { file: 'clinic.csv', bytes: 1000, fingerprint: 'f'.repeat(32), rows: 300, choices: {} },
  columns: [
    { name: 'age', kind: 'number', role: 'feature', why: '' },
    { name: 'ward', kind: 'category', role: 'feature', why: '' },
    { name: 'ill', kind: 'category', role: 'target', why: '' },
  ],
  problem: { ...emptyWorkflow().problem, target: 'ill', task: 'class', positive: 'yes', metric: 'accuracy', success: 0.8 },
};

const score = (mean: number) => ({ mean, sd: 0.02, low: mean - 0.03, high: mean + 0.03, folds: [mean, mean] });
export function runOf(model: string, label: string, mean: number): RunRecord {
  const run: Run = {
    key: runKey(workflow, { model, version: 1, params: {} })!,
    design: designKey(workflow)!,
    model,
    version: 1,
    label,
    params: {},
    from: 'train',
    cv: { accuracy: score(mean), roc_auc: score(mean) },
    curve: [],
    fitSeconds: 1,
    predictSeconds: 0.1,
    bytes: 1000,
    rows: 240,
    features: 2,
    backend: 'cpu',
    stopped: false,
    notes: [],
    problem: null,
  };
  return { ...run, project: 'p', at: 1 };
}
export const runs = [
  runOf('baseline', 'Baseline', 0.55),
  runOf('random-forest', 'Random forest', 0.82),
  runOf('logistic', 'Logistic regression', 0.86),
];

/** Judged for real, on answers made up from a seed. */
export async function evaluation(looks = 1): Promise<Evaluation> {
  const u = random(7);
  const n = 120;
  const truth = Int32Array.from({ length: n }, () => Number(u() < 0.4));
  const predicted = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    const p = 1 / (1 + Math.exp(-(normal(u) + (truth[i] ? 1.4 : -1.4))));
    predicted.set([1 - p, p], 2 * i);
  }
  const baseline = Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 ? 0.4 : 0.6));
  const made = await evaluate(
    {
      task: 'class',
      levels: ['no', 'yes'],
      truth,
      predicted,
      outputs: 2,
      baseline,
      positive: 1,
      metric: 'accuracy',
      success: 0.8,
      seed: 3,
      draws: 200,
      looks,
    },
    async () => true,
  );
  return {
    ...made,
    importance: ['age', 'ward'].map((column, k) => ({
      column,
      mean: 0.2 - 0.1 * k,
      sd: 0.01,
      low: 0.1 - 0.1 * k,
      high: 0.3 - 0.1 * k,
      repeats: [0.2, 0.2],
    })),
    slices: {
      metric: 'accuracy',
      overall: 0.9,
      looked: 6,
      note: '6 slices were looked at; one is worse than the rest.',
      slices: [{ column: 'ward', says: 'ward = north', rows: 30, score: { value: 0.7, low: 0.5, high: 0.85 }, gap: -0.2, p: 0.01 }],
    },
    warnings: ['The rarer class has few rows.'],
  };
}

export const inputs: readonly InputColumn[] = [
  { name: 'age', kind: 'number', reading: { kind: 'number' }, min: 18, max: 90, median: 44 },
  { name: 'ward', kind: 'category', reading: { kind: 'category' }, levels: ['south', 'north'] },
  { name: 'seen', kind: 'time', reading: { kind: 'time', format: 'YYYY-MM-DD' }, min: 0, max: 86400000, median: 0 },
  { name: 'remark', kind: 'text', reading: { kind: 'text' } },
];
export const summary: ArtifactSummary = {
  format: 'tablework/model',
  version: 1,
  name: 'Clinic',
  question: 'Who is ill?',
  inputs,
  target: { name: 'ill', task: 'class', levels: ['no', 'yes'], positive: 'yes', min: null, max: null },
  sentences: [{ says: 'Standardise age', learnt: 'mean 44' }],
  features: ['age', 'ward=north'],
  model: { id: 'logistic', version: 1, label: 'Logistic regression', params: { C: 1 } },
  cv: { accuracy: score(0.86) },
  evaluation: null,
  provenance: {
    key: 'k',
    fingerprint: 'f'.repeat(32),
    file: 'clinic.csv',
    rows: 240,
    seed: 1,
    backend: 'cpu',
    app: '0.1.0',
    stopped: false,
  },
  form: 'linear',
  ranges: true,
  bytes: 2000,
};

/** Older people are more likely ill, so that a test can see the answer move. */
const predictRow = (row: Readonly<Record<string, string>>): RowPrediction => {
  const p = Math.min(1, Number(row.age || 44) / 100);
  return {
    probabilities: [
      ['no', 1 - p],
      ['yes', p],
    ],
    label: p >= 0.5 ? 'yes' : 'no',
    value: null,
    range: null,
    likely: p > 0.1 && p < 0.9 ? ['yes', 'no'] : [p >= 0.5 ? 'yes' : 'no'],
    level: 0.9,
    contributions: [
      { name: 'age', value: p - 0.5 },
      { name: 'ward=north', value: -0.1 },
    ],
    base: 0.1,
    toward: 'yes',
    notes: [],
  };
};
const predicted: Predicted = {
  rows: 2,
  ok: 1,
  refused: [{ row: 2, why: 'every input is missing' }],
  notes: ['One column the model does not use: “bed”.'],
  head: { names: ['predicted_ill', 'age'], kinds: ['category', 'number'], rows: [['yes', '70']] },
  csv: new Blob(['age,predicted_ill\n70,yes\n']),
  seconds: 0.1,
};
const table = (shift: number): Table => {
  const u = random(5);
  return {
    rows: 200,
    columns: [
      { name: 'age', kind: 'number', values: Float64Array.from({ length: 200 }, () => 44 + 10 * normal(u) + shift) },
      { name: 'ward', kind: 'category', codes: Int32Array.from({ length: 200 }, () => Number(u() < 0.4)), levels: ['south', 'north'] },
    ],
  };
};

/** What the workers would answer to a job. */
export async function answer(job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'inspect':
      return summary;
    case 'evaluate':
      return evaluation(job.looks);
    case 'witnesses':
      return {
        names: ['age', 'ward'],
        neighbours: [{ distance: 0.5, answer: 'yes', cells: ['61', 'north'] }],
        votes: [
          { label: 'no', count: 3 },
          { label: 'yes', count: 7 },
        ],
      };
    case 'predict-row':
      return predictRow(job.row);
    case 'predict':
      return predicted;
    case 'dependence':
      return {
        column: job.column,
        kind: 'number',
        level: 'yes',
        grid: [20, 40, 60, 80],
        mean: [0.2, 0.3, 0.6, 0.8],
        rows: Array.from({ length: 6 }, (_, k) => [0.1, 0.2, 0.5, 0.7].map((v) => v + k / 30)),
        over: 200,
        density: [0.2, 0.4, 0.3, 0.1],
      };
    case 'drift':
      return {
        ...drift(table(0), table(15)),
        performance: { metric: 'accuracy', value: 0.7, rows: 180, was: { value: 0.86, low: 0.8, high: 0.9 } },
      };
    case 'export':
      return { name: 'clinic.py', type: 'text/x-python', bytes: new Uint8Array([35]) } satisfies Exported;
    case 'train':
      return runs[1];
  }
}
