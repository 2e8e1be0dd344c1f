/** What a target comes down to: which classes there are, or numbers in units that suit them, and the way back to scores of the form. */
import type { Additive } from '../../../src/core/form.js';
import type { Target } from '../../../src/core/model.js';
import { Problem } from '../../../src/core/problem.js';
import { NEVER } from '../baseline.js';

/** How a model's own scores become those of the form. */
export interface Scores {
  readonly link: Additive['link'];
  readonly outputs: number;
  /** Form score of each of the model's scores. */
  readonly place: readonly number[];
  /** Constant of every form score that the model says nothing of. */
  readonly absent: number;
  readonly unit: number;
  /** Added to the constant, after the unit. */
  readonly shift: number;
}

export type Standing =
  /** y: 0 … present − 1, one per row named; of two levels 0 or 1, whichever are there. */
  | { readonly task: 'class'; readonly y: Int32Array; readonly present: number; readonly to: Scores; readonly same: string | null }
  /** y: (target − shift) / unit; for counts target / unit. */
  | { readonly task: 'number'; readonly y: Float64Array; readonly unit: number; readonly to: Scores; readonly same: string | null };

export type NumberLoss = 'squared_error' | 'poisson';

/** `same`: why every row gets one answer, or null. Weights are those of the rows named. */
export function standing(target: Target, rows: Uint32Array, weight: Float64Array, kind: NumberLoss): Standing {
  if (target.task === 'class') {
    const counts = new Int32Array(target.levels.length);
    for (const r of rows) counts[target.y[r]!]!++;
    const present = [...counts.keys()].filter((k) => counts[k]! > 0);
    const same = present.length === 1 ? `Every training row is “${target.levels[present[0]!]!}”: the model can only answer that.` : null;
    const common = { outputs: target.levels.length, unit: 1, shift: 0 };
    if (target.levels.length === 2) {
      const to: Scores = { ...common, link: 'sigmoid', place: [0], absent: 0 };
      return { task: 'class', y: Int32Array.from(rows, (r) => target.y[r]!), present: present.length, to, same };
    }
    const place = Int32Array.from(counts, (_, k) => present.indexOf(k));
    const to: Scores = { ...common, link: 'softmax', place: present, absent: NEVER };
    return { task: 'class', y: Int32Array.from(rows, (r) => place[target.y[r]!]!), present: present.length, to, same };
  }
  const same = (v: number) => `Every training row has the same target, ${v}: the model can only answer that.`;
  let most = 0;
  for (const r of rows) {
    if (kind === 'poisson' && target.y[r]! < 0) throw new Problem('fit/negative-count', { row: r + 1 });
    most = Math.max(most, Math.abs(target.y[r]!));
  }
  const mean = most === 0 ? 0 : most * average(rows, weight, (r) => target.y[r]! / most);
  const common = { outputs: 1, place: [0], absent: 0 };
  if (kind === 'poisson') {
    const unit = mean > 0 ? mean : 1;
    const to: Scores = { ...common, link: 'log', unit: 1, shift: Math.log(unit) };
    return { task: 'number', y: Float64Array.from(rows, (r) => target.y[r]! / unit), unit, to, same: mean > 0 ? null : same(0) };
  }
  // Halves, so that values at both ends of the range do not overflow.
  const widest = rows.reduce((top, r) => Math.max(top, Math.abs(target.y[r]! / 2 - mean / 2)), 0);
  const spread = widest === 0 ? 0 : 2 * widest * Math.sqrt(average(rows, weight, (r) => ((target.y[r]! / 2 - mean / 2) / widest) ** 2));
  const unit = spread > 0 ? spread : 1;
  const y = Float64Array.from(rows, (r) => target.y[r]! / unit - mean / unit);
  return { task: 'number', y, unit, to: { ...common, link: 'identity', unit, shift: mean }, same: spread > 0 ? null : same(mean) };
}

function average(rows: Uint32Array, weight: Float64Array, of: (row: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    sum += weight[i]! * of(rows[i]!);
    total += weight[i]!;
  }
  return sum / total;
}
