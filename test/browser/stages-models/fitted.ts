/** Runs that were really fitted, on small tables with gaps and categories: two classes, three classes, a number. */
import type { Artifact } from '../../../src/core/artifact.js';
import type { ArtifactSummary, Job } from '../../../src/core/protocol.js';
import type { Values } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import type { CodeColumn, Table } from '../../../src/core/table.js';
import { emptyWorkflow, type Workflow } from '../../../src/core/workflow.js';
import type { RunRecord } from '../../../src/store/index.js';
import { Guide } from '../../../workers/context.js';
import { makeDesign, type Design } from '../../../workers/design.js';
import { insideOf } from '../../../workers/explain/inside/index.js';
import { membersOf } from '../../../workers/members.js';
import { boundary } from '../../../workers/judge.js';
import { train } from '../../../workers/run.js';
import { predictRow } from '../../../workers/serve.js';
import { defaultTrial } from '../../../workers/study.js';
import { askWitnesses } from '../../../workers/witness.js';
import { quick } from '../../contract/cases.js';

export type Kind = 'two classes' | 'three classes' | 'number';
export const kinds: readonly Kind[] = ['two classes', 'three classes', 'number'];

const ROWS = 72;
function tableOf(kind: Kind): Table {
  const u = random(5);
  const many = <T>(f: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => f(i));
  const codes = (name: string, values: readonly (string | null)[]): CodeColumn => {
    const levels = [...new Set(values.filter((v) => v !== null))];
    return { name, kind: 'category', levels, codes: Int32Array.from(values, (v) => (v === null ? -1 : levels.indexOf(v))) };
  };
  const age = many(() => 20 + Math.floor(u() * 50));
  const income = many(() => Math.round(20_000 + 9000 * u()));
  const town = many(() => (u() < 0.06 ? null : ['Bonn', 'Köln', 'Ulm'][Math.floor(u() * 3)]!));
  const score = many((i) => age[i]! + (town[i] === 'Ulm' ? 15 : 0) + 6 * normal(u));
  const named = kind === 'two classes' ? ['no', 'yes'] : ['low', 'middle', 'high'];
  const cut = kind === 'two classes' ? [50] : [40, 58];
  return {
    rows: ROWS,
    columns: [
      { name: 'age', kind: 'number', values: Float64Array.from(age, (v, i) => (i % 17 === 3 ? NaN : v)) },
      { name: 'income', kind: 'number', values: Float64Array.from(income) },
      codes('town', town),
      kind === 'number'
        ? { name: 'answer', kind: 'number', values: Float64Array.from(score, (v) => Math.max(1, Math.round(v * 10))) }
        : codes(
            'answer',
            score.map((v) => named[cut.filter((c) => v > c).length]!),
          ),
    ],
  };
}
function workflowOf(kind: Kind, table: Table): Workflow {
  const base = emptyWorkflow('Towns');
  const task = kind === 'number' ? 'number' : 'class';
  return {
    ...base,
    source: { file: 'towns.csv', bytes: 1, fingerprint: kind, rows: ROWS, choices: {} },
    columns: table.columns.map((c) => ({ name: c.name, kind: c.kind, role: c.name === 'answer' ? 'target' : 'feature', why: '' })),
    problem: {
      ...base.problem,
      target: 'answer',
      task,
      metric: task === 'number' ? 'rmse' : 'accuracy',
      positive: kind === 'two classes' ? 'yes' : null,
    },
    split: { method: task === 'number' ? 'k-fold' : 'stratified', column: null, holdout: 0.2, folds: 3 },
  };
}
export const designs = Object.fromEntries(
  kinds.map((kind) => {
    const table = tableOf(kind);
    return [kind, makeDesign(table, workflowOf(kind, table))];
  }),
) as Record<Kind, Design>;

export interface Fitted {
  readonly run: RunRecord;
  readonly artifact: Artifact;
  readonly design: Design;
}
const kept = new Map<string, Fitted>();

/** Refusals are thrown as they come: a Problem. */
export async function fitted(kind: Kind, model: string, params: Values = {}): Promise<Fitted> {
  const design = designs[kind];
  const { run, artifact } = await train(
    design,
    {},
    defaultTrial(model, 0, { ...quick[model], ...params }),
    new Guide(() => undefined, 'cpu'),
    { fit: true, from: 'train' },
  );
  const made = { run: { ...run, project: 'p', at: kept.size + 1 }, artifact: artifact!, design };
  kept.set(run.key, made);
  return made;
}

const summaryOf = (a: Artifact): ArtifactSummary => ({
  ...a,
  form: a.form.form,
  ranges: Boolean(a.conformal),
  bytes: 1000,
});

/** What the worker would answer, by the same code. */
export async function answer(job: Job): Promise<unknown> {
  const of = (ref: string | Uint8Array) => kept.get(String(ref))!;
  switch (job.kind) {
    case 'inside': {
      const { artifact } = of(job.artifact);
      return insideOf(artifact, { tree: job.tree ?? 0, path: job.path ?? [] }, membersOf(artifact));
    }
    case 'boundary':
      return boundary(of(job.run).design, of(job.run).artifact, job.a, job.b);
    case 'witnesses':
      return askWitnesses(of(job.artifact).artifact, job.row, of(job.artifact).design);
    case 'predict-row':
      return predictRow(of(job.artifact).artifact, job.row, job.level);
    case 'inspect':
      return summaryOf(of(job.artifact).artifact);
    default:
      throw new Error(`${job.kind} was asked`);
  }
}
