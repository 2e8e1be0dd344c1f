/** New data against a model: have its columns moved away from the training data, and does it still score? */
import type { Artifact } from '../src/core/artifact.js';
import type { DriftReport } from '../src/core/drift.js';
import { cellText, isValues, lengthOf, missingAt, type Column, type Table } from '../src/core/table.js';
import { predictColumns } from './apply.js';
import { metricOf } from './evaluate/metrics/index.js';
import { drift } from './monitor/index.js';
import { sourcesOf } from './receive.js';
import { matchInputs } from './serve.js';

/** New data against the data the model learnt from; where the target is there too, how well it does on it. */
export function checkDrift(a: Artifact, table: Table): DriftReport {
  const target = table.columns.find((c) => c.name === a.target.name);
  const inputOf = new Map(
    [
      ...sourcesOf(
        a,
        table.columns.map((c) => c.name),
      ),
    ].map(([input, file]) => [file, input]),
  );
  const known = table.columns.map((c) => ({ ...c, name: inputOf.get(c.name) ?? c.name }));
  const report = drift(a.reference, { rows: table.rows, columns: known.filter((c) => c.name !== target?.name) });
  if (!target || report.schema.missing.length) return report;
  return { ...report, ...performanceOf(a, target, predictColumns(a, matchInputs(a, table).columns)) };
}

function performanceOf(a: Artifact, target: Column, guess: Float64Array): { readonly performance?: DriftReport['performance'] } {
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
  const metric = a.evaluation?.metric ?? (a.target.task === 'class' ? 'accuracy' : 'rmse');
  if (rows.length < 2) return {};
  const predicted = new Float64Array(rows.length * k);
  rows.forEach((r, i) => predicted.set(guess.subarray(r * k, (r + 1) * k), i * k));
  const positive = a.target.positive === null ? undefined : a.target.levels.indexOf(a.target.positive);
  const value = metricOf(metric).score({ task: a.target.task, truth, predicted, outputs: k, positive });
  return Number.isFinite(value) ? { performance: { metric, value, rows: rows.length, was: a.evaluation?.scores[metric] ?? null } } : {};
}
