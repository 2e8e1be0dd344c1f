/** Naive Bayes on amounts: how much of each column a class holds, against all columns (multinomial) or in all other classes (complement). */
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context } from '../../../src/core/model.js';
import type { Linear } from '../../../src/core/form.js';
import { flag, real } from '../../../src/core/param.js';
import { Problem } from '../../../src/core/problem.js';
import { classTotals, rowWeights, type ClassWeight } from '../class-weight.js';
import { guard } from '../guard.js';
import { centreClasses, classScores, onlyClass } from '../linear/class-scores.js';
import { pace } from '../pace.js';

export const alpha = real({
  label: 'Smoothing (alpha)',
  help: 'Added to every count, so that what a class never showed in training stays possible. 1 is Laplace’s rule; less trusts the counts more.',
  default: 1,
  min: 1e-10,
  max: 1e6,
  scale: 'log',
  tune: [1e-3, 10],
});

export const fit_prior = flag({
  label: 'Learn how frequent classes are',
  help: 'On: a class that is frequent in training is more likely beforehand. Off: all classes are equally likely until the columns speak.',
  default: true,
  more: true,
});

/** Log prior of the classes present. */
export function logPriors(totals: ArrayLike<number>, learn: boolean): Float64Array {
  const sum = Array.from(totals).reduce((a, b) => a + b, 0);
  return Float64Array.from(totals, (t) => (learn ? Math.log(t / sum) : -Math.log(totals.length)));
}

export interface Amounts {
  /** Classes that training saw, ascending, and the weight of their rows. */
  readonly classes: Int32Array;
  readonly totals: Float64Array;
  /** Classes × columns: Σ weight · value. */
  readonly sums: Float64Array;
}

/** Weights of each class from its amounts (classes × columns), and its bias. */
type Rule = (amounts: Amounts) => { weights: Float64Array; bias: Float64Array };

/** Adds up, applies the rule, and gives the linear form over all levels. Refuses values below 0. */
export async function fitAmounts(X: Matrix, target: ClassTarget, by: ClassWeight, rule: Rule, ctx: Context): Promise<Linear> {
  guard(X, target, { missing: false });
  const steps = pace(ctx, 1);
  const all = classTotals(target);
  const classes = Int32Array.from(all.keys()).filter((k) => all[k]! > 0);
  const weight = rowWeights(target, by);
  const totals = new Float64Array(all.length);
  for (let i = 0; i < X.rows; i++) totals[target.y[i]!] = totals[target.y[i]!]! + weight[i]!;
  const place = new Int32Array(all.length).fill(-1);
  classes.forEach((k, c) => (place[k] = c));
  const sums = new Float64Array(classes.length * X.cols);
  for (let j = 0; j < X.cols; j++) {
    const x = column(X, j);
    for (let i = 0; i < X.rows; i++) {
      if (x[i]! < 0) throw new Problem('fit/negative', { column: X.names[j] ?? String(j), row: i + 1 });
      const c = place[target.y[i]!]!;
      if (c >= 0) sums[c * X.cols + j] = sums[c * X.cols + j]! + weight[i]! * x[i]!;
    }
    if (steps.due(3 * X.rows)) await steps.rest();
  }
  if (classes.length === 1) return onlyClass(X.cols, target, classes[0]!, ctx);
  const { weights, bias } = rule({ classes, totals: Float64Array.from(classes, (k) => totals[k]!), sums });
  centreClasses(weights, bias);
  await steps.step();
  return classScores(X.cols, target, classes, weights, bias);
}

export const amountsCost = ({ rows, cols, classes }: { rows: number; cols: number; classes: number }) => ({
  operations: 4 * rows * cols,
  bytes: 24 * rows + 16 * classes * cols,
});
