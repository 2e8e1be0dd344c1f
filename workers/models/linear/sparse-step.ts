/** What the two kinds of proximal step share. */
import type { Matrix } from '../../../src/core/matrix.js';
import { addProducts, type Classes } from './loss.js';

export interface Step {
  readonly loss: number;
  /** How much the objective was foreseen to drop: 0 at the best. */
  readonly drop: number;
}

/** z: scores, class after class. */
export function meanLoss(c: Classes, z: Float64Array): number {
  const n = c.X.rows;
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const w = c.weight[i]!;
    if (w === 0) continue;
    if (c.scores === 1) {
      const s = c.y[i] === 1 ? z[i]! : -z[i]!;
      loss += w * (Math.log1p(Math.exp(-Math.abs(s))) + Math.max(-s, 0));
      continue;
    }
    let top = -Infinity;
    for (let l = 0; l < c.scores; l++) top = Math.max(top, z[l * n + i]!);
    let sum = 0;
    for (let l = 0; l < c.scores; l++) sum += Math.exp(z[l * n + i]! - top);
    loss += w * (Math.log(sum) + top - z[c.y[i]! * n + i]!);
  }
  return loss / c.total;
}

/** X w + start. */
export function products(X: Matrix, w: Float64Array, start: number): Float64Array {
  const z = new Float64Array(X.rows);
  for (let from = 0; from < X.rows; from += 1024)
    addProducts(X.data, X.rows, from, Math.min(1024, X.rows - from), w, 0, X.cols, z, from, start);
  return z;
}
