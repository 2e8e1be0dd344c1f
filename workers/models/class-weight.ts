/** How much each class counts: the parameter that every model of classes with weights offers, and the weights that follow from it. */
import type { ClassTarget, Target } from '../../src/core/model.js';
import { choice } from '../../src/core/param.js';

export type ClassWeight = 'none' | 'balanced';

export const class_weight = choice({
  label: 'Weight of classes',
  only: 'class',
  help: 'For classes: “balanced” lets every class count the same in total, however rare. More rare cases are then found, at the price of more false alarms and of probabilities that no longer match how often things happen.',
  default: 'none',
  options: { none: 'Every row counts the same', balanced: 'Balanced' },
});

/** Weight of the rows of each class. */
export function classTotals(target: ClassTarget): Float64Array {
  const sums = new Float64Array(target.levels.length);
  for (let i = 0; i < target.y.length; i++) sums[target.y[i]!] = sums[target.y[i]!]! + (target.weight ? target.weight[i]! : 1);
  return sums;
}

/** What a row's weight is multiplied by, for each class: rows / (classes present · rows of the class) as scikit-learn has it, which keeps Σ weight. */
export function classFactors(totals: Float64Array, by: ClassWeight): Float64Array {
  const total = totals.reduce((a, b) => a + b, 0);
  const present = totals.reduce((a, b) => a + (b > 0 ? 1 : 0), 0);
  return totals.map((t) => (by === 'balanced' && t > 0 ? total / (present * t) : 1));
}

/** Weight of every row of a class target: row weight times that of its class. */
export function rowWeights(target: ClassTarget, by: ClassWeight): Float64Array {
  const factor = classFactors(classTotals(target), by);
  return Float64Array.from(target.y, (k, i) => (target.weight ? target.weight[i]! : 1) * factor[k]!);
}

export interface Weighted {
  /** Rows with a weight above 0, rising. */
  readonly rows: Uint32Array;
  /** Weight of every row of the matrix; null when all are 1. */
  readonly weight: Float64Array | null;
}

/** Which rows count and how much; rows of weight 0 are left out altogether. */
export function weighted(target: Target, by: ClassWeight = 'none'): Weighted {
  const n = target.y.length;
  const balance = target.task === 'class' && by === 'balanced';
  if (!target.weight && !balance) {
    const all = new Uint32Array(n);
    for (let i = 0; i < n; i++) all[i] = i;
    return { rows: all, weight: null };
  }
  const weight = balance ? rowWeights(target, by) : Float64Array.from(target.weight!);
  const rows: number[] = [];
  for (let i = 0; i < n; i++) if (weight[i]! > 0) rows.push(i);
  return { rows: Uint32Array.from(rows), weight };
}
