/** The loss that is boosted, with weights whose mean is 1. */
import type { Target } from '../../../src/core/model.js';
import { binaryLoss, classLoss, poissonLoss, squaredLoss, type Loss } from '../tree/boost-loss.js';
import { standing, type NumberLoss, type Scores } from './target.js';

export interface Posed {
  readonly loss: Loss;
  /** The same loss with other weights, one per row. */
  reweighted(weight: Float64Array): Loss;
  readonly weight: Float64Array;
  readonly to: Scores;
  /** Class of each row, or 0: what is held back is dealt within these. */
  readonly strata: Int32Array;
  /** Losses are multiplied by this to be in the target's units. */
  readonly unit: number;
  /** Why every row gets the same answer, or null. */
  readonly same: string | null;
}

export function posed(target: Target, rows: Uint32Array, given: Float64Array | null, kind: NumberLoss): Posed {
  const n = rows.length;
  const weight = new Float64Array(n).fill(1);
  if (given) {
    const top = rows.reduce((most, r) => Math.max(most, given[r]!), 0);
    let sum = 0;
    for (const r of rows) sum += given[r]! / top;
    for (let i = 0; i < n; i++) weight[i] = (given[rows[i]!]! / top) * (n / sum);
  }
  const s = standing(target, rows, weight, kind);
  if (s.task === 'class') {
    const reweighted = (w: Float64Array) => (s.to.link === 'sigmoid' ? binaryLoss(s.y, w) : classLoss(s.y, s.present, w));
    return { loss: reweighted(weight), reweighted, weight, to: s.to, strata: s.y, unit: 1, same: s.same };
  }
  const reweighted = (w: Float64Array) => (kind === 'poisson' ? poissonLoss(s.y, w) : squaredLoss(s.y, w));
  const unit = kind === 'poisson' ? s.unit : s.unit * s.unit;
  return { loss: reweighted(weight), reweighted, weight, to: s.to, strata: new Int32Array(n), unit, same: s.same };
}
