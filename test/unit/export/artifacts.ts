/** Small trained models, one per form and task, on raw columns with names and levels made to hurt whoever writes markup, code or CSV. */
import type { Artifact, InputColumn } from '../../../src/core/artifact.js';
import type { Model, Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import type { Use } from '../../../src/core/step.js';
import { cellText, isValues, type Column, type Table } from '../../../src/core/table.js';
import { models } from '../../../workers/models/index.js';
import { toMatrix } from '../../../workers/steps/matrix.js';
import { fitRecipe } from '../../../workers/steps/recipe.js';

export const EVIL = '</script><img src=x onerror=alert(1)>';
const levels = ['north', EVIL, '=cmd|calc', 'it’s "so", ok'];

/** 160 rows; some cells missing. */
export function tableOf(rows = 160, seed = 11): Table {
  const u = random(seed);
  const draw = (f: () => number) => Float64Array.from({ length: rows }, () => (u() < 0.05 ? NaN : f()));
  return {
    rows,
    columns: [
      { name: 'size, "m²"', kind: 'number', values: draw(() => Math.round(1000 * normal(u)) / 100) },
      { name: `<b>${EVIL}`, kind: 'number', values: draw(() => Math.round(500 * u()) / 10) },
      {
        name: '__proto__x',
        kind: 'category',
        levels,
        codes: Int32Array.from({ length: rows }, () => (u() < 0.05 ? -1 : Math.floor(4 * u()))),
      },
      { name: 'when', kind: 'time', values: draw(() => Date.UTC(2020, 0, 1) + 864e5 * Math.floor(900 * u())) },
    ],
  };
}

function targetOf(t: Table, kind: 'two' | 'three' | 'number'): Target {
  const [a, b, c] = t.columns;
  const score = Float64Array.from({ length: t.rows }, (_, i) => {
    const x = a && isValues(a) ? a.values[i]! || 0 : 0;
    const z = b && isValues(b) ? b.values[i]! || 20 : 0;
    return x + z / 5 + (c && !isValues(c) && c.codes[i] === 1 ? 6 : 0);
  });
  if (kind === 'number') return { task: 'number', y: score.map((s) => 1000 + 50 * s) };
  const y = Int32Array.from(score, (s) => (kind === 'two' ? (s > 5 ? 1 : 0) : s > 8 ? 2 : s > 2 ? 1 : 0));
  return { task: 'class', y, levels: (kind === 'two' ? ['no', `yes ${EVIL}`] : ['low', 'middle', `high ${EVIL}`]).slice() };
}

const inputOf = (c: Column): InputColumn => {
  const reading = {
    kind: c.kind,
    ...(c.kind === 'number' ? { decimal: '.' as const } : {}),
    ...(c.kind === 'time' ? { format: 'YYYY-MM-DD' } : {}),
  };
  if (!isValues(c)) return { name: c.name, kind: c.kind, reading, levels: c.levels };
  const present = c.values.filter((v) => !Number.isNaN(v)).sort();
  return { name: c.name, kind: c.kind, reading, min: present[0]!, max: present.at(-1)!, median: present[present.length >> 1]! };
};

export async function artifactOf(
  modelId: string,
  kind: 'two' | 'three' | 'number',
  given: Record<string, unknown> = {},
  uses: readonly Use[] = [],
): Promise<Artifact> {
  const m = models.get(modelId)! as Model;
  const table = tableOf();
  const target = targetOf(table, kind);
  const { fitted, columns } = fitRecipe(uses, table.columns, target, 1, m.takes);
  const X = toMatrix(columns);
  const params = checked(m.params, given);
  const form = await m.fit(X, target, params, { random: random(1), report: () => Promise.resolve(true) });
  return {
    format: 'tablework/model',
    version: 1,
    name: `Über ${EVIL}`,
    question: `Will it ${EVIL}?`,
    inputs: table.columns.map(inputOf),
    target: {
      name: `target ${EVIL}`,
      task: target.task,
      levels: target.task === 'class' ? target.levels : [],
      positive: kind === 'two' && target.task === 'class' ? target.levels[1]! : null,
      min: null,
      max: null,
    },
    recipe: fitted,
    sentences: fitted.map((f) => ({ says: `${f.step} ${EVIL}`, learnt: '' })),
    features: X.names,
    model: { id: m.id, version: m.version, label: m.label, params },
    form,
    cv: null,
    evaluation: null,
    reference: { rows: table.rows, columns: [] },
    provenance: { key: 'k', fingerprint: 'f', file: 'data.csv', rows: table.rows, seed: 1, backend: 'cpu', app: '0.0.0', stopped: false },
  };
}

/** A table's rows as texts by column name. */
export const textRows = (t: Table): Record<string, string>[] =>
  Array.from({ length: t.rows }, (_, i) => Object.fromEntries(t.columns.map((c) => [c.name, cellText(c, i)])));
