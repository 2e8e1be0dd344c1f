/** What evaluating a model on rows it has not seen tells: small, plain, finite numbers only, ready to draw and to store. */
import type { Task } from './model.js';

/** A value with its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** What is special about this interval, in a sentence. */
  readonly note?: string;
}
export type Intervals = Readonly<Record<string, Interval>>;

export interface Confusion {
  readonly levels: readonly string[];
  /** counts[t][p]: rows of true class t that were called p. */
  readonly counts: readonly (readonly number[])[];
  readonly perClass: readonly {
    readonly level: string;
    readonly rows: number;
    readonly precision: number | null;
    readonly recall: number | null;
    readonly f1: number | null;
  }[];
}

export interface RocCurve {
  readonly level: string;
  readonly auc: number;
  /** From (0, 0) to (1, 1); threshold null where nothing is called positive. */
  readonly points: readonly { readonly fpr: number; readonly tpr: number; readonly threshold: number | null }[];
}
export interface PrCurve {
  readonly level: string;
  readonly ap: number;
  /** Share of positives: what guessing gives. */
  readonly share: number;
  readonly points: readonly { readonly recall: number; readonly precision: number; readonly threshold: number }[];
}
export interface CalibrationCurve {
  readonly level: string;
  /** Mean |predicted − observed| over rows: the expected calibration error. */
  readonly error: number;
  /** Predicted probability (mean) against observed share, with the Wilson interval of the share. */
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly rows: number;
    readonly predicted: number;
    readonly observed: number;
    readonly low: number;
    readonly high: number;
  }[];
}
export interface LiftCurve {
  readonly level: string;
  /** Taking the best-scored `share` of rows: `gain` is the share of all positives found, `lift` how many times more than by chance. */
  readonly points: readonly { readonly share: number; readonly gain: number; readonly lift: number }[];
}
export interface Threshold {
  readonly threshold: number;
  /** Rows: true and false positives, true and false negatives, when called positive from this probability on. */
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}
export interface Residuals {
  /** truth − prediction. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  /** At most 1000 rows, spread evenly at random. */
  readonly sample: readonly { readonly row: number; readonly truth: number; readonly predicted: number }[];
  /** Over bins of the prediction with equal numbers of rows: does the error depend on its size? */
  readonly trend: readonly { readonly predicted: number; readonly mean: number; readonly low: number; readonly high: number }[];
  /** Residual at these shares of rows: 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
  readonly quantiles: readonly { readonly share: number; readonly residual: number }[];
  readonly mean: number;
  readonly sd: number;
}

/** How much worse the score becomes when a raw input column is shuffled; higher is more important. */
export interface Importance {
  readonly column: string;
  readonly mean: number;
  readonly sd: number;
  readonly low: number;
  readonly high: number;
  readonly repeats: readonly number[];
}

/** How the prediction moves with one raw input column, all others left as they are. */
export interface PartialDependence {
  readonly column: string;
  readonly kind: 'number' | 'time' | 'category' | 'text';
  /** Class whose probability is shown; null for a number target. */
  readonly level: string | null;
  /** Grid values; levels as text for categories. */
  readonly grid: readonly (number | string)[];
  readonly mean: readonly number[];
  /** Single rows (at most 30): each one line over the grid. */
  readonly rows: readonly (readonly number[])[];
  /** Rows the mean is taken over. */
  readonly over: number;
  /** Where the data lie: share of rows nearest to each grid point. */
  readonly density: readonly number[];
}

export interface Slice {
  readonly column: string;
  /** “age ≤ 12”, “sex = female”, “fare missing”. */
  readonly says: string;
  readonly rows: number;
  /** The score in the slice and its 95 % interval, widened for the number of slices looked at. */
  readonly score: Interval;
  /** Score here minus score of all other rows, in the direction of better; negative is worse. */
  readonly gap: number;
  /** p-value of the gap, multiplied by the number of slices looked at (Bonferroni). */
  readonly p: number;
}
export interface Slices {
  readonly metric: string;
  readonly overall: number;
  readonly looked: number;
  readonly note: string;
  /** Worst first. */
  readonly slices: readonly Slice[];
}

/** Did the ranges (or sets of classes) around the answers hold the truth as often as they say? */
export interface Coverage {
  /** What they promise. */
  readonly level: number;
  readonly rows: number;
  /** The share that held it, with its 95 % interval (Wilson). */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Mean width of the ranges, or mean number of classes in a set. */
  readonly width: number;
}

export interface Success {
  readonly metric: string;
  /** The score that counts as success. */
  readonly line: number;
  /** yes or no when the whole interval lies on one side of the line. */
  readonly met: 'yes' | 'no' | 'unclear';
  /** Share of bootstrap draws that reach the line. */
  readonly probability: number;
}

/** How well a further target is predicted, on the held-out rows that have a value of it. */
export interface TargetScores {
  readonly target: string;
  readonly task: Task;
  /** What predicts it, in words. */
  readonly model: string;
  readonly rows: number;
  readonly metric: string;
  readonly scores: Intervals;
  readonly baseline: Intervals;
  readonly difference: Intervals;
  readonly coverage?: Coverage;
  readonly warnings: readonly string[];
}

/** Several yes/no targets taken together as labels that a row has or has not; by the ids of `labelScores`. */
export interface LabelScores {
  readonly labels: readonly { readonly target: string; readonly positive: string }[];
  /** Held-out rows in which all of them are known. */
  readonly rows: number;
  readonly scores: Intervals;
  readonly baseline: Intervals;
  readonly difference: Intervals;
}

export interface Evaluation {
  readonly task: Task;
  readonly rows: number;
  /** The metric chosen for the problem. */
  readonly metric: string;
  /** By metric; metrics that are undefined for these rows are left out, with a warning. */
  readonly scores: Intervals;
  /** The baseline on the same rows. */
  readonly baseline: Intervals;
  /** Model minus baseline, paired: the same rows are drawn for both. */
  readonly difference: Intervals;
  readonly success?: Success;
  /** Class names and the one that is positive, for classes. */
  readonly levels?: readonly string[];
  readonly positive?: string;
  readonly confusion?: Confusion;
  /** One for the positive class with two classes; else one per class (at most 12, most frequent first). */
  readonly roc?: readonly RocCurve[];
  readonly pr?: readonly PrCurve[];
  readonly calibration?: readonly CalibrationCurve[];
  readonly lift?: readonly LiftCurve[];
  /** Two classes: what each threshold would give. */
  readonly thresholds?: readonly Threshold[];
  readonly residuals?: Residuals;
  readonly coverage?: Coverage;
  readonly importance?: readonly Importance[];
  readonly slices?: Slices;
  /** Further targets, on the same held-out rows at the same look. */
  readonly also?: readonly TargetScores[];
  readonly labels?: LabelScores;
  readonly warnings: readonly string[];
  /** How often this holdout has been looked at; each look makes the score a little too good. */
  readonly looks: number;
  /** Bootstrap draws behind the intervals; fewer than asked for when stopped. */
  readonly draws: number;
}

/** What a row of each kind costs; a gain is a negative cost. */
export interface Costs {
  readonly fp: number;
  readonly fn: number;
  readonly tp?: number;
  readonly tn?: number;
}
export const costAt = (t: Threshold, c: Costs): number => t.fp * c.fp + t.fn * c.fn + t.tp * (c.tp ?? 0) + t.tn * (c.tn ?? 0);

/** The threshold that costs least; of equals the one nearest to 0.5. Undefined for none. */
export function cheapest(list: readonly Threshold[], c: Costs): Threshold | undefined {
  let best: Threshold | undefined;
  for (const t of list) {
    const less = best ? costAt(best, c) - costAt(t, c) : 1;
    if (!best || less > 0 || (less === 0 && Math.abs(t.threshold - 0.5) < Math.abs(best.threshold - 0.5))) best = t;
  }
  return best;
}
