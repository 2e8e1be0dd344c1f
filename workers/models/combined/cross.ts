/** Cross-fitting: what each member says of rows that it was not fitted on. */
import type { Form } from '../../../src/core/form.js';
import { take, type Matrix } from '../../../src/core/matrix.js';
import { takeTarget, type Target } from '../../../src/core/model.js';
import type { Plain } from '../../../src/core/plain.js';
import { sides } from './folds.js';
import { fitMember, type Fitter } from './members.js';
import type { Turn } from './turns.js';

/** Rows × the same width for every form. */
export type Say = (form: Form, X: Matrix) => Float64Array;

/** Every member on all rows. Results are forms. */
export const wholeTurns = (fitters: readonly Fitter[], X: Matrix, target: Target): Turn[] =>
  fitters.map((fitter, m) => ({
    name: `member ${m}`,
    cost: fitter.cost,
    label: fitter.model.label,
    run: (ctx) => fitMember(fitter, X, target, ctx),
  }));

/** Every member on the rows outside of each fold. Results are what it says of the rows inside. */
export function crossTurns(fitters: readonly Fitter[], X: Matrix, target: Target, fold: Int32Array, say: Say): Turn[] {
  const folds = foldsOf(fold);
  return fitters.flatMap((fitter, m) =>
    folds.map((f): Turn => ({
      name: `member ${m}, fold ${f}`,
      cost: fitter.cost * (1 - 1 / folds.length),
      async run(ctx) {
        const { train, test } = sides(fold, f);
        return say(await fitMember(fitter, take(X, train), takeTarget(target, train), ctx), take(X, test));
      },
    })),
  );
}

/** Results of `crossTurns` put back in the order of the rows: for each member, rows × width. */
export function outOfFold(results: readonly Plain[], members: number, fold: Int32Array): Float64Array[] {
  const folds = foldsOf(fold);
  return Array.from({ length: members }, (_, m) => {
    let out: Float64Array | null = null;
    for (const [at, f] of folds.entries()) {
      const part = results[m * folds.length + at] as Float64Array;
      const { test } = sides(fold, f);
      const width = part.length / test.length;
      out ??= new Float64Array(fold.length * width);
      for (let i = 0; i < test.length; i++) out.set(part.subarray(i * width, (i + 1) * width), test[i]! * width);
    }
    return out ?? new Float64Array(0);
  });
}

const foldsOf = (fold: Int32Array): number[] => [...new Set(fold)].sort((a, b) => a - b);
