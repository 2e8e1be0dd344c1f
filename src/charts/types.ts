/** What charts are given: plain arrays of numbers and texts. Shapes that evaluation and profile produce fit as they are. */
export type { CalibrationCurve, Confusion, Interval, PrCurve, Residuals, RocCurve } from '../core/evaluation.js';
export type { Bin } from '../core/profile.js';

/** A measure on an axis: what it is, and its unit. */
export interface Axis {
  readonly label: string;
  readonly unit?: string;
  /** Positive values only. */
  readonly log?: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly time?: boolean;
  /** Shares 0–1 shown as per cent. */
  readonly percent?: boolean;
  /** Only whole numbers have a tick: years, trials. */
  readonly whole?: boolean;
  /** Ends of the axis; found from the data when left out. */
  readonly domain?: readonly [number, number];
}

export interface BarItem {
  readonly label: string;
  readonly value: number;
  /** Ends of an interval, drawn as a whisker. */
  readonly low?: number;
  readonly high?: number;
  readonly note?: string;
}
/** One class in a histogram: counts for the same bins. */
export interface BinGroup {
  readonly label: string;
  readonly counts: readonly number[];
}
export interface BoxGroup {
  readonly label: string;
  /** Ends of the whiskers. */
  readonly low: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly high: number;
  readonly outliers?: readonly number[];
  readonly n?: number;
}
export interface LineSeries {
  readonly label: string;
  readonly x: ArrayLike<number>;
  /** null or NaN breaks the line. */
  readonly y: ArrayLike<number | null>;
  /** A band around the line. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  readonly dashed?: boolean;
  /** Grey: a reference, not a finding. */
  readonly quiet?: boolean;
  readonly steps?: boolean;
}
/** A named place on the x axis (or, with `on: 'y'`, on the y axis). */
export interface Mark {
  readonly at: number;
  readonly label: string;
  readonly on?: 'x' | 'y';
}
export interface DotRow {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The baseline on the same rows. */
  readonly baseline?: number;
  readonly note?: string;
}
export interface ParallelAxis {
  readonly label: string;
  readonly log?: boolean;
  /** Makes it an axis of categories. */
  readonly levels?: readonly string[];
}
export interface ParallelLine {
  /** One per axis; null breaks the line. */
  readonly values: readonly (number | string | null)[];
  /** Coloured by it; null for a trial that failed or was stopped. */
  readonly score: number | null;
  readonly label?: string;
}
export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly shape?: number;
  readonly line?: 'solid' | 'dashed';
}
/** The table beside a picture, which is also its CSV. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}
/** Words beside the pointer. */
export type Tip = (at: { x: number; y: number } | null, lines?: readonly string[]) => void;
export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly tip: Tip;
}

/** A box of a tree diagram. */
export interface TreeBox {
  /** −1 for the root. */
  readonly parent: number;
  readonly yes: boolean;
  readonly asks: string | null;
  readonly rows: number;
  readonly values: readonly number[];
  /** Questions below that are not drawn. */
  readonly hidden: number;
}
export interface NetworkLayer {
  readonly label: string;
  readonly units: number;
  /** Names of the units drawn. */
  readonly shown: readonly string[];
}
