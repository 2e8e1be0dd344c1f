/** Small summaries of columns and pairs, ready to draw: plain JSON, no rows of data beyond a bounded sample. Nothing here is NaN or infinite. */
import type { Kind } from './table.js';

/** How strongly two columns go together, with the test that says whether chance alone could do it. */
export interface Measure {
  readonly id: 'pearson' | 'spearman' | 'anova' | 'kruskal' | 'chi2' | 'mutual-information';
  /** What it is called: “Pearson's r”, “Cramér's V”. */
  readonly label: string;
  /** The strength: r and ρ in −1…1; η², ε², V in 0…1; mutual information in nats. */
  readonly value: number;
  readonly range: readonly [number, number | null];
  /** The test beside it, with its statistic and p-value; null where there is none. */
  readonly test: { readonly label: string; readonly statistic: number; readonly df: readonly number[]; readonly p: number } | null;
  /** Rows in which both are known. */
  readonly rows: number;
  /** One plain sentence, with a word on trust where the test is shaky. */
  readonly says: string;
}

/** Five numbers and the whiskers (the last values within 1.5 IQR of the box). */
export interface Box {
  readonly label: string;
  readonly rows: number;
  readonly low: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly high: number;
  readonly mean: number;
  readonly outliers: number;
}

/** One bar of a histogram: from ≤ value < to (the last bar includes its end). */
export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Rows of each class, in the order of `classes`; empty without classes. */
  readonly byClass: readonly number[];
}
export interface LevelBar {
  readonly label: string;
  readonly count: number;
  readonly byClass: readonly number[];
  /** Mean of a number target in this level; null otherwise. */
  readonly mean: number | null;
}

/** One column by itself, split by the target when there is one. */
export interface ColumnPicture {
  readonly name: string;
  readonly kind: Kind;
  readonly rows: number;
  readonly missing: number;
  readonly distinct: number;
  /** The target it is split by; null when there is none, or when it is the column itself. */
  readonly target: string | null;
  /** Classes of the target, at most 10, most frequent first; the last may be “other”. Empty when the target is no class. */
  readonly classes: readonly string[];
  /** Numbers and times, ≤ 30 bins with round edges; otherwise empty. */
  readonly bins: readonly HistogramBin[];
  /** Numbers: the whole column first, then one box per class. */
  readonly boxes: readonly Box[];
  /** Categories and texts: the 20 most frequent levels; `rest` holds the others. */
  readonly bars: readonly LevelBar[];
  readonly rest: { readonly levels: number; readonly rows: number };
  /** How it goes with the target; empty without one. */
  readonly measures: readonly Measure[];
}

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Index into `classes`; −1 when there are none or the class is missing. */
  readonly c: number;
}

/** Two columns together. `shape` says which of the fields is filled. */
export interface PairPicture {
  readonly a: string;
  readonly b: string;
  readonly kinds: readonly [Kind, Kind];
  readonly shape: 'scatter' | 'boxes' | 'table';
  /** Rows in which both are known. */
  readonly rows: number;
  readonly classes: readonly string[];
  /** scatter: at most 2000 points spread evenly over the rows; a is x, b is y. */
  readonly points: readonly ScatterPoint[];
  /** scatter: the least-squares line, where one makes sense. */
  readonly line: { readonly slope: number; readonly intercept: number } | null;
  /** boxes: the number column within each of the most frequent 20 levels of the other. */
  readonly boxes: readonly Box[];
  /** boxes: which of the two is the number. */
  readonly value: string | null;
  /** table: rows are levels of a, columns levels of b, at most 12 each with “other” last. */
  readonly table: {
    readonly rows: readonly string[];
    readonly columns: readonly string[];
    readonly counts: readonly (readonly number[])[];
  } | null;
  readonly measures: readonly Measure[];
}

/** One column against the target, on a scale on which all columns can be compared. */
export interface TargetRelation {
  readonly column: string;
  readonly kind: Kind;
  /** 0…1: the share of the target's entropy that the column, cut into at most 10 parts, takes away (corrected for chance). The ranking. */
  readonly strength: number;
  /** The usual measure for these two kinds, with its test. */
  readonly measure: Measure | null;
  readonly missing: number;
  readonly says: string;
}

/** How columns go together, all with all. */
export interface AssociationPicture {
  readonly names: readonly string[];
  readonly kinds: readonly Kind[];
  /** Row-major, names × names: Pearson's r among numbers (−1…1); Cramér's V among categories and the correlation ratio η between the two (0…1). Null where undefined. */
  readonly values: readonly (number | null)[];
  readonly method: readonly ('pearson' | 'cramers-v' | 'correlation-ratio')[];
  /** Columns left out, because 40 is as many as can be read, or because they are texts. */
  readonly left: readonly string[];
  /** Rows used: an even sample of large tables. */
  readonly rows: number;
}
