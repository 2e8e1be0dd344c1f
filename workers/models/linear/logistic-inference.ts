/** Logistic regression of two classes without a penalty: the last digits of its weights, and their standard errors. */
import type { Pace } from '../pace.js';
import { inferenceOf, rootInverse, unitOfOverlapping, unitOfRoot, type Inference } from './inference.js';
import { addProducts, residuals, type Classes } from './loss.js';
import { moments } from './moments.js';
import { cholesky, solveFactor, THIN } from './symmetric.js';

/** Nobody reads a longer table of weights, and the cube of the columns would take longer than the fit. */
const MOST_READ = 1000;
/** Scores that would still move by no more than this are settled. */
const SETTLED = 1e-12;

export interface Sure {
  readonly weights: Float64Array;
  readonly bias: number;
  readonly inference: Inference | null;
}

/**
 * Newton's method from weights that are all but settled, then the curvature there. Null when there are too many columns, a stop was
 * asked for, or the classes are told apart perfectly.
 */
export async function logisticInference(c: Classes, from: Float64Array, fromBias: number, share: number, pace: Pace): Promise<Sure | null> {
  const { rows: n, cols: p, data } = c.X;
  if (p > MOST_READ) return null;
  const columns = Array.from({ length: p }, (_, j) => j);
  let weights = from;
  let bias = fromBias;
  const eta = new Float64Array(n);
  const z = new Float64Array(n);
  const h = new Float64Array(n);
  for (let turn = 0; ; turn++) {
    addProducts(data, n, 0, n, weights, 0, p, eta, 0, bias);
    const slope = eta.slice();
    const loss = residuals(slope, n, n, 1, c.y, c.weight, 0) / c.total;
    for (let i = 0; i < n; i++) {
      const e = Math.exp(-Math.abs(eta[i]!));
      h[i] = (c.weight[i]! * e) / ((1 + e) * (1 + e));
      z[i] = h[i]! > 0 ? -slope[i]! / h[i]! : 0;
    }
    const m = await moments(c.X, columns, z, h, true, pace);
    if (pace.stopped || !(m.weight > 0)) return null;
    const factor = p <= n ? cholesky(m.gram, p, 0, 10 * THIN) : null;
    let left = 0;
    if (factor && turn < 4) {
      const step = solveFactor(factor, m.cross.slice());
      for (let j = 0; j < p; j++) left += step[j]! * m.cross[j]!;
      left += m.weight * m.yMean * m.yMean;
      if (left > SETTLED * SETTLED * m.weight && left < m.weight) {
        weights = weights.map((w, j) => w + step[j]!);
        bias += m.yMean;
        for (let j = 0; j < p; j++) bias -= step[j]! * m.mean[j]!;
        continue;
      }
    }
    const unit = factor ? unitOfRoot(rootInverse(factor), m, true) : unitOfOverlapping(m, true);
    const nothing = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
    const inference = inferenceOf(unit, c.total, true, () => 1, 1 - loss / nothing, true);
    return { weights, bias, inference };
  }
}
