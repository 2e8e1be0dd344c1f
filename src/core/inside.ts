/** What a fitted model looks like inside: small, plain, ready to draw. Which picture there is follows from the model's form. */
import type { Link } from './form.js';

/** Weighted sums: one weight per column, for each raw score. */
export interface CoefficientsPicture {
  readonly kind: 'coefficients';
  /** What the raw score becomes: the value itself, its logarithm, or the log-odds of a class. */
  readonly link: Link;
  readonly scores: readonly {
    /** The class it speaks for; null for a number. */
    readonly level: string | null;
    /** Largest weight first, at most 200; the intercept is not among them. Interval and test where the fit has them. */
    readonly rows: readonly {
      readonly name: string;
      readonly weight: number;
      readonly se: number | null;
      readonly t: number | null;
      readonly p: number | null;
      readonly low: number | null;
      readonly high: number | null;
    }[];
    readonly intercept: number | null;
    /** Weights that are exactly 0. */
    readonly zero: number;
  }[];
  /** What is said of the whole fit, in sentences: degrees of freedom, F, explained share. */
  readonly says: readonly string[];
}

export interface TreeNode {
  /** Index of the parent in the list; −1 for the root. Parents come first. */
  readonly parent: number;
  /** Whether it is reached by “yes”. */
  readonly yes: boolean;
  /** “age ≤ 12.5”; null for a leaf. */
  readonly asks: string | null;
  /** Training rows (or their weight) that came here. */
  readonly rows: number;
  /** What the tree would answer here: a value, a raw score, or a probability per class. */
  readonly values: readonly number[];
  /** Splits below that are not in the list. */
  readonly hidden: number;
}
export interface TreesPicture {
  readonly kind: 'trees';
  /** How many trees there are, and which is shown. */
  readonly trees: number;
  readonly shown: number;
  /** What `values` are. */
  readonly holds: 'value' | 'score' | 'probabilities';
  readonly levels: readonly string[];
  readonly nodes: readonly TreeNode[];
  /** Columns by the share of loss that their splits took away over all trees, largest first, at most 30. */
  readonly gain: readonly { readonly name: string; readonly share: number }[];
}

/** A network as layers of units, from inputs to outputs. */
export interface NetworkPicture {
  readonly kind: 'network';
  /** Units of each layer, inputs first; of wide layers the `shown` units with the strongest connections are drawn. */
  readonly layers: readonly { readonly label: string; readonly units: number; readonly shown: readonly string[] }[];
  /** Between layer i and i + 1: weights[from][to] of the units shown. */
  readonly weights: readonly (readonly (readonly number[])[])[];
  readonly parameters: number;
  readonly says: readonly string[];
}

/** Rows that a model of similarity remembers. */
export interface RememberedPicture {
  readonly kind: 'remembered';
  readonly what: 'support' | 'neighbours' | 'process';
  readonly rows: number;
  /** By class, or one entry for a number. */
  readonly counts: readonly { readonly label: string; readonly rows: number }[];
  readonly says: readonly string[];
}

/** Where each class lies: mean and sd of each column. */
export interface CloudsPicture {
  readonly kind: 'clouds';
  readonly classes: readonly { readonly level: string; readonly prior: number }[];
  /** Columns that differ most between classes first, at most 40; mean and sd per class. */
  readonly columns: readonly { readonly name: string; readonly mean: readonly number[]; readonly sd: readonly number[] }[];
}

/** One curve (or table of two) per term of an additive model. */
export interface ShapesPicture {
  readonly kind: 'shapes';
  readonly scores: readonly (string | null)[];
  readonly terms: readonly ShapeTerm[];
}
export interface ShapeTerm {
  readonly names: readonly string[];
  /** Mean absolute push on the raw score over the training rows. */
  readonly strength: number;
  /** Per axis: where each step begins (and, of one axis, where the last one ends), points of a curve, or level names. */
  readonly axes: readonly { readonly kind: 'steps' | 'curve' | 'levels'; readonly at: readonly (number | string)[] }[];
  /** Cells × scores: a number per cell, row-major over the axes. */
  readonly values: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** Training rows per cell; empty where not kept. */
  readonly rows: readonly number[];
  /** What a missing value (or a level never seen) adds to each score, where it says anything; rows null where not kept. */
  readonly missing?: { readonly values: readonly number[]; readonly rows: number | null };
}

export interface RulesPicture {
  readonly kind: 'rules';
  readonly ordered: boolean;
  readonly rules: readonly { readonly says: string; readonly then: string; readonly rows: number }[];
}

/** A combined model: its members. Each can be looked into by its place. */
export interface PartsPicture {
  readonly kind: 'parts';
  readonly how: string;
  readonly parts: readonly { readonly label: string; readonly share: number | null; readonly bytes: number }[];
}

export type Inside =
  CoefficientsPicture | TreesPicture | NetworkPicture | RememberedPicture | CloudsPicture | ShapesPicture | RulesPicture | PartsPicture;

/** What a model answers over two of its columns, all others standing at their usual values. */
export interface BoundaryPicture {
  readonly a: string;
  readonly b: string;
  /** Grid values; levels as text for a category. */
  readonly atA: readonly (number | string)[];
  readonly atB: readonly (number | string)[];
  /** For each cell (b runs faster): the class with the highest probability and how high it is, or the value (class 0). */
  readonly cells: readonly { readonly c: number; readonly p: number }[];
  readonly levels: readonly string[];
  /** Training rows, at most 600, where both are known: with the class, or the value. */
  readonly points: readonly { readonly a: number | string; readonly b: number | string; readonly y: number }[];
  /** What the other columns stand at. */
  readonly others: readonly { readonly name: string; readonly value: string }[];
}

/** The training rows a model of neighbours asks about one row, or how its trees vote. */
export interface Witnesses {
  /** Nearest first: distance, answer, and the row's own cells in the order of `names`. */
  readonly neighbours: readonly { readonly distance: number; readonly answer: string; readonly cells: readonly string[] }[];
  readonly names: readonly string[];
  /** Trees that answer each class, or the spread of their values; null where the model has no trees to count. */
  readonly votes: readonly { readonly label: string; readonly count: number }[] | null;
}
