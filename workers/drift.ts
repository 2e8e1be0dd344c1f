/** New data against a model: have its columns moved away from the training data, and does it still score? */
import { perTarget, type Artifact } from '../src/core/artifact.js';
import type { DriftReport } from '../src/core/drift.js';
import type { Evaluation } from '../src/core/evaluation.js';
import { cellText, isValues, lengthOf, missingAt, type Column, type Table } from '../src/core/table.js';
import { predictEach } from './apply.js';
import { metricOf } from './evaluate/metrics/index.js';
import { drift } from './monitor/index.js';
import { sourcesOf } from './receive.js';
import { matchInputs } from './serve.js';

/** New data against the data the model learnt from; where the target is there too, how well it does on it. */
export function checkDrift(a: Artifact, table: Table): DriftReport {
  const models = perTarget(a);
  const targets = models.map((m) => table.columns.find((c) => c.name === m.target.name));
  const inputOf = new Map(
    [
      ...sourcesOf(
        a,
        table.columns.map((c) => c.name),
      ),
    ].map(([input, file]) => [file, input]),
  );
  const known = table.columns.map((c) => ({ ...c, name: inputOf.get(c.name) ?? c.name }));
  const report = drift(a.reference, { rows: table.rows, columns: known.filter((c) => !models.some((m) => m.target.name === c.name)) });
  if (targets.every((t) => !t) || report.schema.missing.length) return report;
  const guesses = predictEach(a, matchInputs(a, table).columns);
  const [performance, ...others] = models.map((m, i) => {
    const judged = i === 0 ? a.evaluation : a.evaluation?.also?.find((t) => t.target === m.target.name);
    return targets[i] && performanceOf(m, targets[i], guesses[i]!, judged);
  });
  const also = others.flatMap((p, i) => (p ? [{ target: models[i + 1]!.target.name, ...p }] : []));
  return { ...report, ...(performance ? { performance } : {}), ...(also.length ? { also } : {}) };
}

function performanceOf(
  a: Artifact,
  target: Column,
  guess: Float64Array,
  judged: Pick<Evaluation, 'metric' | 'scores'> | null | undefined,
): DriftReport['performance'] {
  const k = a.target.task === 'class' ? a.target.levels.length : 1;
  const rows: number[] = [];
  const truth: number[] = [];
  const n = lengthOf(target);
  const at = new Map(a.target.levels.map((l, i) => [l, i]));
  const numbers = a.target.task === 'number' && isValues(target) ? target.values : null;
  for (let i = 0; i < n; i++) {
    const t = numbers ? numbers[i]! : a.target.task === 'class' && !missingAt(target, i) ? (at.get(cellText(target, i)) ?? NaN) : NaN;
    if (Number.isNaN(t)) continue;
    rows.push(i);
    truth.push(t);
  }
  const metric = judged?.metric ?? (a.target.task === 'class' ? 'accuracy' : 'rmse');
  if (rows.length < 2) return undefined;
  const predicted = new Float64Array(rows.length * k);
  rows.forEach((r, i) => predicted.set(guess.subarray(r * k, (r + 1) * k), i * k));
  const positive = a.target.positive === null ? undefined : a.target.levels.indexOf(a.target.positive);
  const value = metricOf(metric).score({ task: a.target.task, truth, predicted, outputs: k, positive });
  return Number.isFinite(value) ? { metric, value, rows: rows.length, was: judged?.scores[metric] ?? null } : undefined;
}
