/** Splits: how rows are dealt into parts that learn and parts that test. */
import type { Entry } from './entry.js';
import type { Params } from './param.js';
import type { Random } from './random.js';

export interface SplitInput {
  readonly rows: number;
  /** Class index per row, for stratifying. */
  readonly classes?: ArrayLike<number>;
  /** Group number per row: a group is never on both sides. */
  readonly groups?: ArrayLike<number>;
  /** Order per row (time): training never comes after testing. */
  readonly order?: ArrayLike<number>;
}
export interface Part {
  /** Ascending row numbers. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}
export interface Split<P extends Params = Params> extends Entry<P> {
  readonly needs: 'nothing' | 'classes' | 'groups' | 'order';
  /** k parts of training and testing rows. */
  folds(input: SplitInput, k: number, u: Random): Part[];
  /** One cut: about `share` of the rows to test. */
  holdout(input: SplitInput, share: number, u: Random): Part;
}
export const split = <const P extends Params>(s: Split<P>): Split<P> => s;
export type SplitDeclaration = Omit<Split, 'folds' | 'holdout'>;
