/** What every fitter refuses before it works, in words a person can act on. */
import { column, type Matrix } from '../../src/core/matrix.js';
import type { Target } from '../../src/core/model.js';
import { Problem } from '../../src/core/problem.js';

/** Throws a Problem when there is nothing to learn from, or something the model does not understand. O(cells). */
export function guard(X: Matrix, target: Target, takes: { readonly missing: boolean }): void {
  if (X.rows === 0) throw new Problem('fit/no-rows');
  if (target.task === 'class' && target.levels.length < 2) throw new Problem('fit/one-class', { level: target.levels[0] ?? '' });
  if (target.task === 'number') {
    for (let i = 0; i < X.rows; i++) if (!Number.isFinite(target.y[i]!)) throw new Problem('fit/bad-target', { row: i + 1 });
    inUnits('target', target.y, X.rows);
  }
  if (target.weight) {
    let sum = 0;
    for (let i = 0; i < X.rows; i++) sum += target.weight[i]!;
    if (!(sum > 0)) throw new Problem('fit/no-weight');
    inUnits('weight', target.weight, X.rows);
  }
  for (let j = 0; j < X.cols; j++) {
    const x = column(X, j);
    // One look at the sum of magnitudes finds both: NaN and infinity survive addition.
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += Math.abs(x[i]!);
    if (Number.isFinite(sum)) continue;
    for (let i = 0; i < x.length; i++) {
      if (Math.abs(x[i]!) === Infinity) throw new Problem('fit/infinite', { column: X.names[j] ?? String(j), row: i + 1 });
      if (Number.isNaN(x[i]!) && !takes.missing) throw new Problem('fit/missing', { column: X.names[j] ?? String(j), row: i + 1 });
    }
  }
}

/** Squares of this, times squares of what a Float32 holds, are numbers still. */
const LARGEST = 1e60;

/** Refuses values whose squares would leave the range of numbers at either end. All zeros are fine. */
function inUnits(what: string, values: Float64Array, n: number): void {
  let most = 0;
  let row = 0;
  for (let i = 0; i < n; i++) {
    if (Math.abs(values[i]!) <= most) continue;
    most = Math.abs(values[i]!);
    row = i;
  }
  if (most > LARGEST || (most > 0 && most < 1 / LARGEST))
    throw new Problem('fit/units', { what, row: row + 1, value: values[row]!, size: most > 1 ? 'large' : 'small' });
}
