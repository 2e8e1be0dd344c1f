/** Drift: what an artifact keeps of its training data, and what comparing new data with it found. */
import type { Interval } from './evaluation.js';
import type { Kind } from './table.js';

/** Plain data; a few kilobytes a column, whatever the number of rows. */
export type ReferenceColumn = NumberReference | LevelReference | OtherReference;

type Common = {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
};
export type NumberReference = Common & {
  readonly kind: 'number';
  /** Points of the distribution function, ascending: the share of values < at[k] is before[k], of values ≤ at[k] upTo[k]. */
  readonly at: Float64Array;
  readonly before: Float64Array;
  readonly upTo: Float64Array;
  /** 1: `at` holds every distinct value, so that the function is exact; 0: straight lines from upTo[k] to before[k + 1]. */
  readonly exact: number;
  /** Inner edges of the bins of PSI, and the share of values in each bin (one more than edges). */
  readonly edges: Float64Array;
  readonly shares: Float64Array;
};
export type LevelReference = Common & {
  readonly kind: 'category';
  /** Most frequent first. */
  readonly levels: readonly string[];
  readonly counts: readonly number[];
  /** Rows and number of levels that are not listed. */
  readonly rest: number;
  readonly restLevels: number;
};
/** Times move on and texts are free: only their gaps are compared. */
export type OtherReference = Common & { readonly kind: 'time' | 'text' };

export type Reference = { readonly rows: number; readonly columns: readonly ReferenceColumn[] };

/** Shares of the known cells, then and now, in the same bins or levels; one label each. */
export interface DriftPicture {
  readonly labels: readonly string[];
  readonly was: readonly number[];
  readonly is: readonly number[];
}

export interface ColumnDrift {
  readonly name: string;
  readonly kind: Kind;
  readonly test: 'ks' | 'chi2' | 'none';
  /** KS distance, or χ²; null when nothing could be tested. */
  readonly statistic: number | null;
  /** Degrees of freedom of χ². */
  readonly df?: number;
  readonly p: number | null;
  /** p after Holm's correction for the number of tests made on this table. */
  readonly adjusted: number | null;
  readonly psi: number | null;
  /** PSI from which it counts by itself: 0.1, or more when samples this small reach it by chance. */
  readonly threshold: number | null;
  readonly drifted: boolean;
  /** By PSI: under 0.1, under 0.25, from 0.25. */
  readonly size: 'none' | 'moderate' | 'large';
  /** Shares of missing cells, then and now, and the p of their difference (also corrected). */
  readonly missing: { readonly was: number; readonly is: number; readonly adjusted: number | null };
  /** Levels that training did not have, the most frequent 20, and how many rows have one. */
  readonly newLevels: readonly string[];
  readonly newLevelRows: number;
  /** Share of values outside the range of training. */
  readonly outside: number;
  /** Where there is something to draw: tested columns. */
  readonly picture?: DriftPicture;
  /** One sentence. */
  readonly says: string;
}

export interface DriftReport {
  readonly rows: { readonly was: number; readonly is: number };
  readonly schema: {
    readonly missing: readonly string[];
    readonly extra: readonly string[];
    readonly changed: readonly { readonly name: string; readonly was: Kind; readonly is: Kind }[];
  };
  readonly columns: readonly ColumnDrift[];
  /** `drifted`: any column did (with no drift at all this happens in at most about 1 of 20 tables). `share`: of the columns tested. */
  readonly dataset: { readonly drifted: boolean; readonly share: number };
  /** The score on the new rows, where the target is there; `was` is the holdout's. */
  readonly performance?: { readonly metric: string; readonly value: number; readonly rows: number; readonly was: Interval | null };
  /** The same of each further target that is there. */
  readonly also?: readonly ({ readonly target: string } & NonNullable<DriftReport['performance']>)[];
}
