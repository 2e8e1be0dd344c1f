/** Permutation importance on raw input columns: how much the score falls when one column is shuffled. */
import type { Importance } from '../../src/core/evaluation.js';
import { random, shuffle, splitSeed } from '../../src/core/random.js';
import { lengthOf, rowNumbers, takeColumn, type Column } from '../../src/core/table.js';
import { tQuantile } from '../evaluate/distributions.js';
import type { Ask } from '../evaluate/resampling.js';

export type Predict = (columns: Column[]) => Float64Array | Promise<Float64Array>;

export interface ImportanceInput {
  /** The whole model, preparation included: raw columns in, rows × outputs out. */
  readonly predict: Predict;
  /** Raw input columns of rows that were not trained on. */
  readonly columns: readonly Column[];
  /** Names of the columns to shuffle; all of them unless told. */
  readonly only?: ReadonlySet<string>;
  /** Higher is better. */
  readonly score: (predicted: Float64Array) => number;
  readonly repeats?: number;
  readonly seed: number;
}

/**
 * Breiman 2001, § 10; Fisher, Rudin and Dominici 2019. Most important first. The interval is that of the mean over shuffles.
 * A column whose twin stays in place looks unimportant: the model can read the twin. Cost: columns × repeats predictions.
 * When stopped, columns not yet done are left out.
 */
export async function permutationImportance(input: ImportanceInput, tell: Ask = async () => true): Promise<Importance[]> {
  const { columns, predict, score, seed } = input;
  const repeats = Math.max(2, input.repeats ?? 5);
  const rows = columns.length ? lengthOf(columns[0]!) : 0;
  const base = score(await predict([...columns]));
  if (!Number.isFinite(base)) return [];
  const tried = columns.flatMap((column, j) => (!input.only || input.only.has(column.name) ? [{ column, j }] : []));
  const steps = tried.length * repeats;
  const out: Importance[] = [];
  for (const [t, { column, j }] of tried.entries()) {
    const falls: number[] = [];
    let going = true;
    for (let r = 0; r < repeats && going; r++) {
      // The order hangs on the repeat alone: columns are compared under the same shuffles, and adding one changes none.
      const order = shuffle(rowNumbers(rows), random(splitSeed(seed, 'shuffle', r)));
      const shuffled = columns.map((c, k) => (k === j ? takeColumn(c, order) : c));
      falls.push(base - score(await predict(shuffled)));
      going = await tell(t * repeats + r + 1, steps);
    }
    const good = falls.filter(Number.isFinite);
    if (good.length && falls.length === repeats) out.push({ column: column.name, ...summary(good), repeats: good });
    if (!going) break;
  }
  return out.sort((a, b) => b.mean - a.mean);
}

function summary(values: readonly number[]): { mean: number; sd: number; low: number; high: number } {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const sd = n > 1 ? Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1)) : 0;
  const half = n > 1 ? (tQuantile(0.975, n - 1) * sd) / Math.sqrt(n) : 0;
  return { mean, sd, low: mean - half, high: mean + half };
}
