/** Dealing rows into folds for cross-fitting: each class by itself, so that a rare one is in as many folds as it can be. */
import type { Target } from '../../../src/core/model.js';
import { shuffle, type Random } from '../../../src/core/random.js';

/** The fold of each row, 0…k−1; k is lowered to the number of rows. Null where there are too few rows to hold any out. */
export function deal(target: Target, k: number, u: Random): Int32Array | null {
  const n = target.y.length;
  const folds = Math.min(k, n);
  if (folds < 2) return null;
  const groups = target.task === 'class' ? target.levels.length : 1;
  const rows: number[][] = Array.from({ length: groups }, () => []);
  for (let i = 0; i < n; i++) rows[target.task === 'class' ? target.y[i]! : 0]!.push(i);
  const fold = new Int32Array(n);
  let place = 0;
  for (const own of rows) for (const i of shuffle(own, u)) fold[i] = place++ % folds;
  return fold;
}

/** Rows outside and inside of a fold, rising. */
export function sides(fold: Int32Array, f: number): { readonly train: Uint32Array; readonly test: Uint32Array } {
  const all = Uint32Array.from(fold.keys());
  return { train: all.filter((i) => fold[i] !== f), test: all.filter((i) => fold[i] === f) };
}
