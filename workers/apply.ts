/** A fitted recipe and a form at work on raw columns: all that prediction needs, and nothing that fits. */
import { isMark, perTarget, type Artifact, type ChainTarget } from '../src/core/artifact.js';
import type { Matrix } from '../src/core/matrix.js';
import type { FittedStep } from '../src/core/step.js';
import type { Column } from '../src/core/table.js';
import { predict } from './forms/index.js';
import { toMatrix } from './steps/matrix.js';
import { applyRecipe } from './steps/recipe.js';

/** What later rows go through: the same fitted steps, then the same matrix. */
export const matrixOf = (fitted: readonly FittedStep[], columns: readonly Column[]): Matrix => toMatrix(applyRecipe(fitted, columns));

/** Predictions of an artifact for raw input columns (in any order, in the kinds the artifact wants). */
export const predictColumns = (a: Pick<Artifact, 'inputs' | 'recipe' | 'form'>, columns: readonly Column[]): Float64Array =>
  predict(a.form, entering(a, columns));

/** The matrix they become. */
export function entering(a: Pick<Artifact, 'inputs' | 'recipe'>, columns: readonly Column[]): Matrix {
  const byName = new Map(columns.map((c) => [c.name, c]));
  const ordered = a.inputs.map((input) => byName.get(input.name)!);
  return matrixOf(a.recipe, ordered);
}

// ---- Several targets

/** An answer to one target as a column that the targets after it are told: the value; 0 or 1 for the first or second of two classes; the class. As ClassifierChain and RegressorChain of scikit-learn. */
export function answerColumn(t: ChainTarget, guess: ArrayLike<number>): Column {
  const k = t.task === 'class' ? t.levels.length : 1;
  const n = guess.length / k;
  if (t.task === 'number') return { name: t.name, kind: 'number', values: Float64Array.from(guess) };
  const label = (i: number) => (Number.isNaN(guess[i * k]!) ? -1 : best(guess, i, k));
  if (!isMark(t)) return { name: t.name, kind: 'category', codes: Int32Array.from({ length: n }, (_, i) => label(i)), levels: t.levels };
  return { name: t.name, kind: 'number', values: Float64Array.from({ length: n }, (_, i) => (label(i) < 0 ? NaN : label(i))) };
}

/** The likeliest class of a row, the first of equals. */
export function best(guess: ArrayLike<number>, row: number, k: number): number {
  let at = 0;
  for (let c = 1; c < k; c++) if (guess[row * k + c]! > guess[row * k + at]!) at = c;
  return at;
}

/** Answers for every target, in the order of `perTarget`. */
export function predictEach(a: Artifact, columns: readonly Column[]): Float64Array[] {
  let known = columns;
  return perTarget(a).map((m) => {
    const guess = predictColumns(m, known);
    if (a.chain) known = [...known, answerColumn(m.target, guess)];
    return guess;
  });
}

/** The same, each asked in another way. */
export async function predictEachBy(
  a: Artifact,
  columns: readonly Column[],
  ask: (m: Artifact, columns: readonly Column[]) => Promise<Float64Array>,
): Promise<Float64Array[]> {
  let known = columns;
  const out: Float64Array[] = [];
  for (const m of perTarget(a)) {
    const guess = await ask(m, known);
    if (a.chain) known = [...known, answerColumn(m.target, guess)];
    out.push(guess);
  }
  return out;
}
