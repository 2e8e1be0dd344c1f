/**
 * The whole of the wire between page and workers: plain data only. Workers satisfy these interfaces, `src/jobs` wraps them.
 * Tables, matrices and text in bulk never cross; the workers take data from the store by key.
 */
import type { Artifact, ArtifactPart, FoldScore, InputColumn } from './artifact.js';
import type { DriftReport } from './drift.js';
import type { Evaluation, PartialDependence } from './evaluation.js';
import type { BoundaryPicture, Inside, Witnesses } from './inside.js';
import type { MetricDeclaration } from './metric.js';
import type { ModelDeclaration, Task } from './model.js';
import type { Values } from './param.js';
import type { AssociationPicture, ColumnPicture, PairPicture, TargetRelation } from './picture.js';
import type { ProblemData } from './problem.js';
import type { Profile, ReadChoices, Warning } from './profile.js';
import type { SplitDeclaration } from './split.js';
import type { StepDeclaration, Suggestion } from './step.js';
import type { Kind } from './table.js';
import type { ColumnPlan, FurtherTarget, ProblemPlan, SplitPlan, Workflow } from './workflow.js';
import type { Entry } from './entry.js';

export interface ExportDeclaration extends Entry {
  /** File ending, with the dot. */
  readonly ending?: string;
  /** Of a model of several targets it holds the first alone. */
  readonly firstOnly?: true;
}
export interface SampleDeclaration {
  readonly id: string;
  readonly label: string;
  /** What it is about and what can be asked of it, in a sentence or two. */
  readonly story: string;
  readonly source: string;
  readonly licence: string;
  readonly rows: number;
  readonly columns: number;
  readonly target: string;
  readonly task: Task;
  readonly file: string;
}
export interface Catalog {
  readonly samples: readonly SampleDeclaration[];
  readonly models: readonly ModelDeclaration[];
  readonly steps: readonly StepDeclaration[];
  readonly metrics: readonly MetricDeclaration[];
  readonly splits: readonly SplitDeclaration[];
  readonly samplers: readonly Entry[];
  readonly exports: readonly ExportDeclaration[];
}

/** News of a running job: at most ten a second, never awaited. */
export type News =
  | { readonly kind: 'progress'; readonly done: number; readonly of: number; readonly label: string }
  /** A point of the live learning curve; part 0…k−1 is a fold, k the fit on all training rows. */
  | { readonly kind: 'curve'; readonly part: number; readonly done: number; readonly train?: number; readonly valid?: number }
  | { readonly kind: 'note'; readonly text: string };
export type Tell = (news: News) => void;

// ---- What the data worker answers

export interface Proposal {
  readonly columns: readonly ColumnPlan[];
  readonly problem: ProblemPlan;
  readonly split: SplitPlan;
  /** Other columns that could be the target, best first. */
  readonly targets: readonly { readonly name: string; readonly why: string }[];
  readonly whySplit: string;
  readonly whyMetric: string;
}

export interface Page {
  readonly names: readonly string[];
  readonly kinds: readonly Kind[];
  /** Rows of the table after sort and filter. */
  readonly total: number;
  readonly from: number;
  readonly rows: readonly (readonly string[])[];
  /** 1-based data row number in the file of each row shown. */
  readonly numbers: readonly number[];
}
export interface PageQuery {
  readonly from: number;
  readonly to: number;
  readonly sort?: { readonly column: string; readonly descending: boolean };
  /** Rows that hold this text in any column, letters of either case. */
  readonly find?: string;
}

/** One line of the recipe, tried on the training rows. */
export interface PreviewLine {
  readonly use: string;
  readonly says: string;
  /** What it learnt from all training rows; '' for row steps. */
  readonly learnt: string;
  /** Learnt again in every fold. */
  readonly inFolds: boolean;
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
  readonly problem: ProblemData | null;
}
export interface Preview {
  readonly lines: readonly PreviewLine[];
  /** The first rows before and after the whole recipe (or up to the line asked for), on training rows. */
  readonly before: PreviewRows;
  readonly after: PreviewRows;
}
export interface PreviewRows {
  readonly names: readonly string[];
  readonly kinds: readonly Kind[];
  readonly rows: readonly (readonly string[])[];
}

/** Can the problem be worked on as it stands, and with how many rows? */
export interface Readiness {
  readonly problem: ProblemData | null;
  readonly rows: number;
  readonly training: number;
  readonly holdout: number;
  readonly features: number;
  readonly classes: readonly (readonly [string, number])[];
  /** Further targets: the rows that have a value, and the rows of each class. */
  readonly also?: readonly {
    readonly target: string;
    readonly training: number;
    readonly holdout: number;
    readonly classes: readonly (readonly [string, number])[];
    readonly notes: readonly string[];
  }[];
  /** Things left out or changed on the way, in sentences. */
  readonly notes: readonly string[];
}

export interface Forecast {
  readonly model: string;
  /** Null, or why it cannot be used. */
  readonly whyNot: string | null;
  /** Seconds for cross-validation and the final fit on this device, rough. */
  readonly seconds: number;
  readonly bytes: number;
}

export interface DataApi {
  catalog(): Promise<Catalog>;
  /** Reads a file, stores its bytes and its table, and says what it is like. */
  open(file: Blob, name: string, choices: ReadChoices, tell: Tell): Promise<Profile>;
  /** The profile of stored data, read again when it must be. */
  profile(w: Workflow, tell: Tell): Promise<Profile>;
  propose(w: Workflow, target?: string): Promise<Proposal>;
  /** How a column would be predicted beside the target; as `task`, where the person says so. */
  further(w: Workflow, name: string, task?: Task): Promise<FurtherTarget>;
  readiness(w: Workflow): Promise<Readiness>;
  page(w: Workflow, query: PageQuery): Promise<Page>;
  warnings(w: Workflow): Promise<readonly Warning[]>;
  column(w: Workflow, name: string): Promise<ColumnPicture>;
  pair(w: Workflow, a: string, b: string): Promise<PairPicture>;
  relations(w: Workflow): Promise<readonly TargetRelation[]>;
  associations(w: Workflow): Promise<AssociationPicture>;
  suggestions(w: Workflow): Promise<readonly Suggestion[]>;
  preview(w: Workflow, upTo?: number): Promise<Preview>;
  forecast(w: Workflow): Promise<readonly Forecast[]>;
  /** The next round of trials of a study, given those that are done. Empty when the budget is spent. */
  plan(w: Workflow, done: readonly TrialSummary[]): Promise<readonly Trial[]>;
  /** A generated sample as a CSV file. */
  sample(id: string, tell: Tell): Promise<Blob>;
  /** A stored project as one .tablework file, and back under a new id. */
  pack(project: string, tell: Tell): Promise<Blob>;
  unpack(file: Blob, tell: Tell): Promise<string>;
  stop(): Promise<void>;
}

// ---- What the train worker does

export interface Trial {
  readonly trial: number;
  readonly model: string;
  readonly version: number;
  readonly params: Values;
}
export interface TrialSummary extends Trial {
  /** Mean cross-validated score by the chosen metric; null when it failed. */
  readonly score: number | null;
}

/** One model with its parameters, cross-validated on the training rows; in the store under its key. */
export interface Run {
  readonly key: string;
  readonly design: string;
  readonly model: string;
  readonly version: number;
  readonly label: string;
  readonly params: Values;
  readonly from: 'train' | 'tune';
  readonly cv: Readonly<Record<string, FoldScore>>;
  /** Cross-validated scores of the baseline on the same folds. */
  readonly curve: readonly CurvePoint[];
  readonly fitSeconds: number;
  readonly predictSeconds: number;
  /** Size of the fitted form. */
  readonly bytes: number;
  readonly rows: number;
  readonly features: number;
  readonly backend: string;
  readonly stopped: boolean;
  readonly notes: readonly string[];
  readonly problem: ProblemData | null;
  /** Further targets: what was fitted for each, and its cross-validated scores. Absent where there is one target, or only the first was tried. */
  readonly also?: readonly { readonly target: string; readonly label: string; readonly cv: Readonly<Record<string, FoldScore>> }[];
}
export interface CurvePoint {
  readonly part: number;
  readonly done: number;
  readonly train?: number;
  readonly valid?: number;
}

export type Backend = 'auto' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

export type Job =
  /** Cross-validate; with `fit`, also fit on all training rows and keep the artifact under the run's key. */
  | {
      readonly kind: 'train';
      readonly workflow: Workflow;
      readonly candidate: Trial;
      readonly from: 'train' | 'tune';
      readonly fit: boolean;
      readonly backend: Backend;
    }
  /** Learn one part of a run that another lane leads, a fold or (after the last fold) the fit on all training rows, and keep what comes of it. */
  | {
      readonly kind: 'part';
      readonly workflow: Workflow;
      readonly candidate: Trial;
      readonly part: number;
      readonly backend: Backend;
    }
  /** Open the holdout for the run chosen. `looks` counts this one. */
  | {
      readonly kind: 'evaluate';
      readonly workflow: Workflow;
      readonly run: string;
      readonly looks: number;
      readonly backend?: Backend;
    }
  /** Predict a stored or given table row by row; the answers go to the store as a CSV blob. */
  | {
      readonly kind: 'predict';
      readonly artifact: string | Uint8Array;
      readonly file: Blob;
      readonly name: string;
      readonly level?: number;
      readonly backend?: Backend;
    }
  | {
      readonly kind: 'predict-row';
      readonly artifact: string | Uint8Array;
      readonly row: Readonly<Record<string, string>>;
      readonly level?: number;
    }
  | { readonly kind: 'drift'; readonly artifact: string | Uint8Array; readonly file: Blob; readonly name: string }
  | { readonly kind: 'dependence'; readonly workflow: Workflow; readonly run: string; readonly column: string }
  | { readonly kind: 'export'; readonly artifact: string | Uint8Array; readonly export: string; readonly workflow: Workflow | null }
  /** A picture of what was learnt; of many trees `tree`, of a combined model the member at `path`. */
  | { readonly kind: 'inside'; readonly artifact: string | Uint8Array; readonly tree?: number; readonly path?: readonly number[] }
  /** What it answers over two raw columns. */
  | { readonly kind: 'boundary'; readonly workflow: Workflow; readonly run: string; readonly a: string; readonly b: string }
  /** Who speaks for the answer to one row: its nearest training rows, or the trees that vote. */
  | {
      readonly kind: 'witnesses';
      readonly artifact: string | Uint8Array;
      readonly workflow: Workflow | null;
      readonly row: Readonly<Record<string, string>>;
    }
  /** What a model file says of itself, checked. */
  | { readonly kind: 'inspect'; readonly artifact: string | Uint8Array };

export interface Predicted {
  readonly rows: number;
  readonly ok: number;
  readonly refused: readonly { readonly row: number; readonly why: string }[];
  /** Missing, extra or reordered columns, new levels: in sentences. */
  readonly notes: readonly string[];
  /** The first rows, for the page: input cells, then the prediction. */
  readonly head: PreviewRows;
  readonly csv: Blob;
  readonly seconds: number;
}
/** The answer for a further target. */
export interface TargetAnswer extends Pick<RowPrediction, 'probabilities' | 'label' | 'value' | 'range' | 'likely'> {
  readonly target: string;
}
export interface RowPrediction {
  /** Classes: each level with its probability, as trained. */
  readonly probabilities: readonly (readonly [string, number])[] | null;
  readonly label: string | null;
  readonly value: number | null;
  /** A number: the range that holds the truth with probability `level`; null where too few rows can tell. */
  readonly range: { readonly low: number; readonly high: number } | null;
  /** Classes: those that hold the truth with probability `level`, most likely first; null where too few rows can tell. */
  readonly likely: readonly string[] | null;
  readonly level: number;
  /** How much each column of the matrix pushed the raw score, largest first; null when the form offers none. */
  readonly contributions: readonly { readonly name: string; readonly value: number }[] | null;
  readonly base: number | null;
  /** The class that positive contributions speak for; absent for a number. */
  readonly toward?: string;
  /** Further targets, in order; absent where there is one. */
  readonly also?: readonly TargetAnswer[];
  readonly notes: readonly string[];
}
export interface Exported {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
/** All of an artifact but its tensors: what the page shows of a model. */
export interface ArtifactSummary extends Omit<Artifact, 'form' | 'recipe' | 'reference' | 'conformal' | 'also'> {
  readonly also?: readonly Omit<ArtifactPart, 'form' | 'recipe' | 'conformal'>[];
  readonly form: string;
  /** Whether it can give ranges around its values, or sets of its classes. */
  readonly ranges: boolean;
  readonly bytes: number;
  readonly inputs: readonly InputColumn[];
}

export interface JobResults {
  train: Run;
  /** Whether it is done and kept. */
  part: boolean;
  evaluate: Evaluation;
  predict: Predicted;
  'predict-row': RowPrediction;
  drift: DriftReport;
  dependence: PartialDependence;
  export: Exported;
  /** Null for a model there is no picture of. */
  inside: Inside | null;
  boundary: BoundaryPicture;
  witnesses: Witnesses;
  inspect: ArtifactSummary;
}
export type JobKind = Job['kind'];

/** True when the part of so many is done and kept, false when no lane was free or it came to nothing. */
export type Lend = (part: number, parts: number) => Promise<boolean>;

export interface TrainApi {
  /**
   * `free`: one word of shared memory that says how many lanes have nothing to do for each that has; null where memory cannot be shared.
   * `lend`: has another lane learn a part of this run; null where there is nothing to lend.
   */
  run<K extends JobKind>(job: Extract<Job, { kind: K }>, tell: Tell, free: Int32Array | null, lend: Lend | null): Promise<JobResults[K]>;
  /** Come back with the best so far. */
  stop(): Promise<void>;
}

export type { Task };
