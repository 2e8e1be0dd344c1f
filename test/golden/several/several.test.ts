/** Several targets agree with scikit-learn: each by itself, in a chain, and as labels scored together. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Column, Table } from '../../../src/core/table.js';
import { emptyWorkflow, type Workflow } from '../../../src/core/workflow.js';
import { predictEach } from '../../../workers/apply.js';
import { Guide } from '../../../workers/context.js';
import { columnsAt, makeDesign, type Design } from '../../../workers/design.js';
import { scoreLabels } from '../../../workers/evaluate/labels.js';
import { trainSeveral } from '../../../workers/several.js';
import { defaultTrial } from '../../../workers/study.js';
import { holder, ofEach } from '../close.js';

interface Golden {
  readonly train: number;
  readonly X: number[][];
  readonly L: number[][];
  readonly V: number[][];
  readonly class: Readonly<Record<'alone' | 'chain', number[][]>>;
  readonly number: Readonly<Record<'alone' | 'chain', number[][]>>;
  readonly scores: { truth: number[][]; given: number[][]; scores: Record<string, number> }[];
}
const golden = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as Golden;
const { train, X, L, V } = golden;

const hold = holder('Several targets', 'scikit-learn');

/** The same rows, columns and folds as the maker's. */
function designOf(task: 'class' | 'number', chain: boolean): Design {
  const targets = task === 'class' ? L : V;
  const columns: Column[] = [
    ...X[0]!.map((_, j): Column => ({ name: `x${j}`, kind: 'number', values: Float64Array.from(X, (row) => row[j]!) })),
    ...targets[0]!.map((_, j): Column => ({ name: `y${j}`, kind: 'number', values: Float64Array.from(targets, (row) => row[j]!) })),
  ];
  const table: Table = { rows: X.length, columns };
  const base = emptyWorkflow('golden');
  const further = ['y1', 'y2'].map((target) => ({ target, task, positive: null, metric: null }));
  const w: Workflow = {
    ...base,
    source: { file: 'g.csv', bytes: 1, fingerprint: 'g', rows: X.length, choices: {} },
    columns: columns.map((c) => ({ name: c.name, kind: c.kind, role: c.name.startsWith('x') ? 'feature' : 'target', why: '' })),
    problem: { ...base.problem, target: 'y0', task, also: further, chain },
  };
  const d = makeDesign(table, w);
  const rows = (keep: (i: number) => boolean) => Uint32Array.from({ length: X.length }, (_, i) => i).filter(keep);
  return {
    ...d,
    training: rows((i) => i < train),
    holdout: rows((i) => i >= train),
    folds: [0, 1, 2, 3].map((f) => ({ train: rows((i) => i < train && i % 4 !== f), test: rows((i) => i < train && i % 4 === f) })),
  };
}

describe.each(['class', 'number'] as const)('%s', (task) => {
  test.each(['alone', 'chain'] as const)('%s', async (how) => {
    const d = designOf(task, how === 'chain');
    const trial = task === 'class' ? defaultTrial('logistic', 0, { tol: 1e-10 }) : defaultTrial('linear');
    const { artifact } = await trainSeveral(d, {}, trial, new Guide(), { fit: true, from: 'train' });
    const answers = predictEach(artifact!, columnsAt(d, d.holdout));
    expect(answers).toHaveLength(3);
    const got = golden[task][how].flatMap((row, i) => row.map((_, t) => (task === 'class' ? answers[t]![i * 2 + 1]! : answers[t]![i]!)));
    // The matrix is in single precision.
    hold(`${how === 'chain' ? 'chain' : 'each alone'}, ${task}`, ofEach(got, golden[task][how].flat()), 2e-6);
  });
  test('chain and alone differ', () => {
    expect(golden[task].chain).not.toEqual(golden[task].alone);
    expect(golden[task].chain.map((row) => row[0])).toEqual(golden[task].alone.map((row) => row[0]));
  });
});

test.each(golden.scores)('labels together, case %#', ({ truth, given, scores }) => {
  const got = scoreLabels({ truth: Uint8Array.from(truth.flat()), given: Uint8Array.from(given.flat()), labels: truth[0]!.length });
  expect(Object.keys(got)).toEqual(Object.keys(scores));
  hold('scores of labels', ofEach(Object.values(got), Object.values(scores)), 1e-12);
});
