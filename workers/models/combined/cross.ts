/** Cross-fitting: what each member says of rows that it was not fitted on. */
import type { Form } from '../../../src/core/form.js';
import { take, type Matrix } from '../../../src/core/matrix.js';
import { takeTarget, type Context, type Target } from '../../../src/core/model.js';
import type { Plain } from '../../../src/core/plain.js';
import { sides } from './folds.js';
import { fitMember, type Fitter } from './members.js';
import type { Turn } from './turns.js';

/** Rows × the same width for every form. */
export type Say = (form: Form, X: Matrix) => Float64Array;

/** Rows that are asked at first between two reports; twice as many where that was quick, or cost hardly more than half as many. */
const TOGETHER = 256;
const QUICK_MS = 40;

/** What the form says of all rows; asked to stop, of the first of them. Rows do not change each other's answers, so parts of any size give the same. */
export async function sayAll(say: Say, form: Form, X: Matrix, ctx: Pick<Context, 'report'>): Promise<Float64Array> {
  let out: Float64Array | null = null;
  let together = TOGETHER;
  let before = Infinity;
  for (let from = 0; out === null || from < X.rows;) {
    const rows = Int32Array.from({ length: Math.min(together, X.rows - from) }, (_, i) => from + i);
    const began = performance.now();
    const part = say(form, take(X, rows));
    const took = performance.now() - began;
    if (rows.length === X.rows) return part;
    out ??= new Float64Array((part.length / rows.length) * X.rows);
    out.set(part, (part.length / rows.length) * from);
    from += rows.length;
    if (took < QUICK_MS || took < 1.4 * before) {
      together *= 2;
      before = took;
    } else before = Infinity;
    if (!(await ctx.report(1, 1))) break;
  }
  return out;
}

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
        const form = await fitMember(fitter, take(X, train), takeTarget(target, train), ctx);
        return sayAll(say, form, take(X, test), ctx);
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
