/** A small table with every kind of column, and a workflow whose recipe learns something from each. */
import type { Plain } from '../../../src/core/plain.js';
import { pack, type Artifact } from '../../../src/core/artifact.js';
import { normal, random } from '../../../src/core/random.js';
import type { Use } from '../../../src/core/step.js';
import type { CodeColumn, Column, Table } from '../../../src/core/table.js';
import { emptyWorkflow, type Workflow } from '../../../src/core/workflow.js';
import { Guide } from '../../../workers/context.js';
import { makeDesign, type Design } from '../../../workers/design.js';
import { train, type Trained } from '../../../workers/run.js';
import { defaultTrial } from '../../../workers/study.js';

export const codes = (name: string, kind: 'category' | 'text', values: readonly (string | null)[]): CodeColumn => {
  const levels = [...new Set(values.filter((v) => v !== null))];
  return { name, kind, levels, codes: Int32Array.from(values, (v) => (v === null ? -1 : levels.indexOf(v))) };
};

export function makeTable(rows = 120): Table {
  const u = random(7);
  const many = <T>(f: (i: number) => T): T[] => Array.from({ length: rows }, (_, i) => f(i));
  const numbers = (name: string, f: (i: number) => number): Column => ({ name, kind: 'number', values: Float64Array.from(many(f)) });
  const age = many(() => 20 + Math.floor(u() * 50));
  const town = many(() => (u() < 0.05 ? null : ['Bonn', 'Köln', 'Ulm', 'Rare'][Math.floor(u() * 3.1)]!));
  const words = ['good', 'bad', 'fine', 'slow', 'quick', 'late', 'kind'];
  const yes = many((i) => age[i]! + (town[i] === 'Ulm' ? 20 : 0) + 8 * normal(u) > 50);
  return {
    rows,
    columns: [
      numbers('age', (i) => (u() < 0.1 ? NaN : age[i]!)),
      numbers('fare', () => Math.exp(2 * normal(u))),
      numbers('twin', (i) => age[i]! * 2 + u()),
      codes('town', 'category', town),
      codes(
        'note',
        'text',
        many(
          () =>
            `${many(() => words[Math.floor(u() * words.length)]!)
              .slice(0, 5)
              .join(' ')}`,
        ),
      ),
      { name: 'born', kind: 'time', values: Float64Array.from(many((i) => Date.UTC(2000, 0, 1 + ((i * 37) % 900)))) },
      numbers('visit', (i) => Math.floor(i / 3)),
      numbers('times', () => 1 + Math.floor(u() * 3)),
      codes(
        'yes',
        'category',
        yes.map((y) => (y ? 'yes' : 'no')),
      ),
      numbers('value', (i) => age[i]! * 3 + (yes[i] ? 10 : 0) + normal(u)),
    ],
  };
}

const use = (step: string, on: Use['on'], params: Use['params'] = {}): Use => ({ id: `${step}-1`, step, version: 1, on, params });
export const recipe: readonly Use[] = [
  use('drop-outliers', ['fare'], { method: 'iqr', factor: 3 }),
  use('clip-outliers', ['fare']),
  use('impute', ['age'], { strategy: 'median', indicator: true }),
  use('rare-levels', ['town'], { share: 0.05 }),
  use('bins', ['fare'], { how: 'quantile', bins: 4 }),
  use('target-encode', ['town']),
  use('tf-idf', ['note'], { terms: 5 }),
  use('date-parts', ['born']),
  use('drop-constant', 'all'),
  use('drop-correlated', 'numbers', { threshold: 0.95 }),
  use('power', ['age']),
  use('select-k-best', 'numbers', { k: 8 }),
];

export function makeWorkflow(table: Table, task: 'class' | 'number', more: Partial<Workflow> = {}): Workflow {
  const target = task === 'class' ? 'yes' : 'value';
  const features = new Set(['age', 'fare', 'twin', 'town', 'note', 'born']);
  const base = emptyWorkflow('made');
  return {
    ...base,
    source: { file: 'made.csv', bytes: 1, fingerprint: 'made', rows: table.rows, choices: {} },
    columns: table.columns.map((c) => ({
      name: c.name,
      kind: c.kind,
      role: c.name === target ? 'target' : features.has(c.name) ? 'feature' : 'ignore',
      why: '',
    })),
    problem: { ...base.problem, target, task, metric: task === 'class' ? 'roc_auc' : 'rmse', positive: task === 'class' ? 'yes' : null },
    split: { method: task === 'class' ? 'stratified' : 'k-fold', column: null, holdout: 0.25, folds: 3 },
    recipe,
    ...more,
  };
}

export const withRole = (w: Workflow, name: string, role: Workflow['columns'][number]['role']): Workflow => ({
  ...w,
  columns: w.columns.map((c) => (c.name === name ? { ...c, role } : c)),
});

export const bytesOf = (a: Artifact): Uint8Array => pack(a as unknown as Plain);
export const fit = (d: Design, model: string, params: Workflow['candidates'][number]['params'] = {}): Promise<Trained> =>
  train(d, {}, defaultTrial(model, 0, params), new Guide(() => undefined, 'cpu'), { fit: true, from: 'train' });
export const designed = (task: 'class' | 'number', more: Partial<Workflow> = {}, rows?: number): Design => {
  const table = makeTable(rows);
  return makeDesign(table, makeWorkflow(table, task, more));
};
