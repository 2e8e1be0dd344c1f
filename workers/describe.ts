/** What a model file says beside its numbers: what goes in, what comes out, what was done on the way, and where it is from. */
import type { Artifact, InputColumn } from '../src/core/artifact.js';
import type { Matrix } from '../src/core/matrix.js';
import { takeTarget, type Model } from '../src/core/model.js';
import type { Values } from '../src/core/param.js';
import type { Reading } from '../src/core/profile.js';
import type { FittedStep, Use } from '../src/core/step.js';
import { isCodes, isValues, type Column } from '../src/core/table.js';
import { conformalOf } from './conformal.js';
import { columnsAt, positiveOf, stepOf, type Design } from './design.js';
import { referenceOf } from './monitor/index.js';
import { APP } from './version.js';

/** The hidden last step of every fitted recipe: fixes columns, order and levels. */
const ALIGN = 'align-levels';

export function describe(
  d: Design,
  readings: Readonly<Record<string, Reading>>,
  m: Model,
  params: Values,
  fitted: readonly FittedStep[],
  X: Matrix,
  form: Artifact['form'],
  cv: Artifact['cv'],
  outOfFold: Float64Array,
  made: { key: string; stopped: boolean; backend: string },
): Artifact {
  const w = d.workflow;
  const training = columnsAt(d, d.training);
  const y = takeTarget(d.target, d.training);
  const spellings = readings[w.problem.target!]?.spellings;
  const range = y.task === 'number' ? extent(y.y) : { min: null, max: null };
  return {
    format: 'tablework/model',
    version: 1,
    name: w.name,
    question: w.problem.question,
    inputs: training.map((c) => inputOf(c, readings[c.name] ?? { kind: c.kind })),
    target: {
      name: w.problem.target!,
      task: d.target.task,
      levels: d.target.task === 'class' ? d.target.levels : [],
      positive: d.target.task === 'class' && d.target.levels.length === 2 ? d.target.levels[positiveOf(w, d.target)!]! : null,
      ...(d.target.task === 'class' && spellings ? { spellings } : {}),
      ...range,
    },
    recipe: fitted,
    sentences: fitted.filter((f) => f.step !== ALIGN).map((f) => sentenceOf(f)),
    features: X.names,
    model: { id: m.id, version: m.version, label: m.label, params },
    form,
    cv,
    conformal: conformalOf(y, outOfFold),
    evaluation: null,
    reference: referenceOf({ rows: d.training.length, columns: training }),
    provenance: {
      key: made.key,
      fingerprint: w.source?.fingerprint ?? '',
      file: w.source?.file ?? '',
      rows: d.training.length,
      seed: w.seed,
      backend: made.backend,
      app: APP,
      stopped: made.stopped,
    },
  };
}

function sentenceOf(f: FittedStep): { says: string; learnt: string } {
  const step = stepOf({ id: '', step: f.step, version: f.version, on: f.on, params: f.params } satisfies Use);
  if (step.type !== 'column') return { says: step.label, learnt: '' };
  return { says: step.says(f.on, f.params as never), learnt: step.learnt(f.state) };
}

function extent(values: Float64Array): { min: number | null; max: number | null } {
  let min = Infinity;
  let max = -Infinity;
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return min <= max ? { min, max } : { min: null, max: null };
}

function inputOf(c: Column, reading: Reading): InputColumn {
  if (isValues(c)) {
    const present = c.values.filter((v) => !Number.isNaN(v)).sort();
    return {
      name: c.name,
      kind: c.kind,
      reading,
      ...extent(present),
      median: present.length ? (present[(present.length - 1) >> 1]! + present[present.length >> 1]!) / 2 : null,
    };
  }
  if (c.kind === 'text' || !isCodes(c)) return { name: c.name, kind: c.kind, reading };
  const counts = new Map<string, number>();
  for (const k of c.codes) if (k >= 0) counts.set(c.levels[k]!, (counts.get(c.levels[k]!) ?? 0) + 1);
  const levels = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([l]) => l);
  return { name: c.name, kind: c.kind, reading, levels: levels.slice(0, 500) };
}
