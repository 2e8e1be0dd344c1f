/** A fitted recipe and a form at work on raw columns: all that prediction needs, and nothing that fits. */
import type { Artifact } from '../src/core/artifact.js';
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
