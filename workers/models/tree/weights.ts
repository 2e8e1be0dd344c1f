/** Which rows count and how much: row weights times class weights; rows of weight 0 are left out altogether. */
import type { Target } from '../../../src/core/model.js';

export interface Weighted {
  /** Rows with a weight above 0, rising. */
  readonly rows: Uint32Array;
  /** Weight of every row of the matrix; null when all are 1. */
  readonly weight: Float64Array | null;
}

/** 'balanced': a class weighs rows / (classes present · rows of the class), as scikit-learn has it. */
export function weighted(target: Target, classWeight: 'none' | 'balanced' = 'none'): Weighted {
  const n = target.y.length;
  const balance = target.task === 'class' && classWeight === 'balanced';
  if (!target.weight && !balance) return { rows: Uint32Array.from({ length: n }, (_, i) => i), weight: null };
  const weight = target.weight ? Float64Array.from(target.weight) : new Float64Array(n).fill(1);
  if (target.task === 'class' && balance) {
    const sums = new Float64Array(target.levels.length);
    for (let i = 0; i < n; i++) sums[target.y[i]!]! += weight[i]!;
    const total = sums.reduce((a, b) => a + b, 0);
    const present = sums.reduce((a, b) => a + (b > 0 ? 1 : 0), 0);
    for (let i = 0; i < n; i++) if (weight[i]! > 0) weight[i]! *= total / (present * sums[target.y[i]!]!);
  }
  const rows: number[] = [];
  for (let i = 0; i < n; i++) if (weight[i]! > 0) rows.push(i);
  return { rows: Uint32Array.from(rows), weight };
}
