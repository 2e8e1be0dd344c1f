/** From a target to the loss that is boosted, in units that suit it, and the way back to scores of the form. */
import { NEVER } from '../baseline.js';
import type { Target } from '../../../src/core/model.js';
import { Problem } from '../../../src/core/problem.js';
import { binaryLoss, classLoss, poissonLoss, squaredLoss, type Loss } from '../tree/boost-loss.js';
import type { Scores } from './settle.js';

export interface Posed {
  /** With the rows at their weights, whose mean is 1. */
  readonly loss: Loss;
  /** The same loss with other weights, one per row. */
  reweighted(weight: Float64Array): Loss;
  readonly weight: Float64Array;
  readonly to: Scores;
  /** Row to class, or 0: what is held back is dealt within these. */
  readonly strata: Int32Array;
  /** Losses are multiplied by this to be in the target's units. */
  readonly unit: number;
  /** Why every row gets the same answer, or null. */
  readonly constant: string | null;
}

export function posed(target: Target, rows: Uint32Array, given: Float64Array | null, kind: 'squared_error' | 'poisson'): Posed {
  const n = rows.length;
  const weight = new Float64Array(n).fill(1);
  if (given) {
    const top = rows.reduce((most, r) => Math.max(most, given[r]!), 0);
    let sum = 0;
    for (const r of rows) sum += given[r]! / top;
    for (let i = 0; i < n; i++) weight[i] = (given[rows[i]!]! / top) * (n / sum);
  }
  if (target.task === 'class') {
    const counts = new Int32Array(target.levels.length);
    for (const r of rows) counts[target.y[r]!]!++;
    const present = [...counts.keys()].filter((k) => counts[k]! > 0);
    const place = Int32Array.from(counts, (_, k) => present.indexOf(k));
    const y = Int32Array.from(rows, (r) => place[target.y[r]!]!);
    const one = present.length === 1 ? `Every training row is “${target.levels[present[0]!]!}”: the model can only answer that.` : null;
    const common = { weight, strata: y, unit: 1, constant: one };
    if (target.levels.length === 2) {
      const two = Int32Array.from(rows, (r) => target.y[r]!);
      const reweighted = (w: Float64Array) => binaryLoss(two, w);
      const to: Scores = { link: 'sigmoid', outputs: 2, place: [0], absent: 0, unit: 1, shift: 0 };
      return { ...common, loss: reweighted(weight), reweighted, to };
    }
    const reweighted = (w: Float64Array) => classLoss(y, present.length, w);
    const to: Scores = { link: 'softmax', outputs: target.levels.length, place: present, absent: NEVER, unit: 1, shift: 0 };
    return { ...common, loss: reweighted(weight), reweighted, to };
  }
  const strata = new Int32Array(n);
  let most = 0;
  for (const r of rows) {
    if (kind === 'poisson' && target.y[r]! < 0) throw new Problem('fit/negative-count', { row: r + 1 });
    most = Math.max(most, Math.abs(target.y[r]!));
  }
  const mean = most === 0 ? 0 : most * average(rows, weight, (r) => target.y[r]! / most);
  const same = (v: number) => `Every training row has the same target, ${v}: the model can only answer that.`;
  if (kind === 'poisson') {
    const unit = mean > 0 ? mean : 1;
    const y = Float64Array.from(rows, (r) => target.y[r]! / unit);
    const reweighted = (w: Float64Array) => poissonLoss(y, w);
    const to: Scores = { link: 'log', outputs: 1, place: [0], absent: 0, unit: 1, shift: Math.log(unit) };
    return { loss: reweighted(weight), reweighted, weight, to, strata, unit, constant: mean > 0 ? null : same(0) };
  }
  const widest = rows.reduce((top, r) => Math.max(top, Math.abs(target.y[r]! / 2 - mean / 2)), 0);
  const spread = widest === 0 ? 0 : 2 * widest * Math.sqrt(average(rows, weight, (r) => ((target.y[r]! / 2 - mean / 2) / widest) ** 2));
  const unit = spread > 0 ? spread : 1;
  const y = Float64Array.from(rows, (r) => target.y[r]! / unit - mean / unit);
  const reweighted = (w: Float64Array) => squaredLoss(y, w);
  const to: Scores = { link: 'identity', outputs: 1, place: [0], absent: 0, unit, shift: mean };
  return { loss: reweighted(weight), reweighted, weight, to, strata, unit: unit * unit, constant: spread > 0 ? null : same(mean) };
}

function average(rows: Uint32Array, weight: Float64Array, of: (row: number) => number): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += weight[i]! * of(rows[i]!);
  return sum / rows.length;
}
