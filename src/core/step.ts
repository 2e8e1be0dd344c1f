/**
 * Steps: what cleans and what makes features. Row steps say which rows stay and are never part of a deployed model.
 * Column steps learn on training rows and apply to any rows, and never change how many there are.
 */
import type { Entry } from './entry.js';
import type { Target } from './model.js';
import type { Params, Values, ValuesOf } from './param.js';
import type { Plain } from './plain.js';
import type { Column, Kind, Table } from './table.js';

/** Columns by name, or all of a kind. */
export type Selector = readonly string[] | 'numbers' | 'categories' | 'times' | 'texts' | 'all';

/** A step put to use: one line of the recipe. */
export interface Use {
  /** Unique in the recipe; stays with the line through edits. */
  readonly id: string;
  readonly step: string;
  readonly version: number;
  readonly on: Selector;
  readonly params: Values;
  readonly off?: boolean;
  readonly note?: string;
}

interface Common<P extends Params> extends Entry<P> {
  readonly screen: 'clean' | 'features';
  /** Kinds of column it may be put on. */
  readonly kinds: readonly Kind[];
}

export interface RowStep<P extends Params = Params> extends Common<P> {
  readonly type: 'row';
  /** 'split': decides what the population is, before the holdout is cut. 'training': thins training rows only, in every fold; the holdout keeps all. */
  readonly before: 'split' | 'training';
  /** Numbers of the rows that stay: ascending, unique. `on` is the columns the step was put on. */
  rows(table: Table, on: readonly string[], params: ValuesOf<P>): Uint32Array;
  /** One sentence about this use: “Drop rows that repeat an earlier one”. */
  says(on: readonly string[], params: ValuesOf<P>): string;
}

export type State = { readonly [key: string]: Plain };

export interface ColumnStep<P extends Params = Params> extends Common<P> {
  readonly type: 'column';
  /** True when it looks at the target: its output on training rows is then cross-fitted by `fitTransform`. */
  readonly target?: boolean;
  /** Which of the columns it was put on it reads, when it need not be all of them. */
  reads?(on: readonly string[], params: ValuesOf<P>): readonly string[];
  /** Learns from these columns, which hold training rows only. */
  learn(columns: readonly Column[], params: ValuesOf<P>, target?: Target): State;
  /** The columns that take the place of those given: same rows; an output with the name of an input replaces it. */
  apply(columns: readonly Column[], state: State, params: ValuesOf<P>): Column[];
  /** For target steps: output on the training rows themselves, cross-fitted. */
  fitTransform?(columns: readonly Column[], params: ValuesOf<P>, target: Target, seed: number): { state: State; columns: Column[] };
  /** One sentence about this use before it has learnt: “Fill 3 columns with their median”. */
  says(on: readonly string[], params: ValuesOf<P>): string;
  /** One sentence about what it learnt: “age → 28, fare → 14.45”. */
  learnt(state: State): string;
}

export type Step = RowStep | ColumnStep;
export const rowStep = <const P extends Params>(s: RowStep<P>): RowStep<P> => s;
export const columnStep = <const P extends Params>(s: ColumnStep<P>): ColumnStep<P> => s;

/** A column step after learning: what an artifact keeps. */
export interface FittedStep {
  readonly step: string;
  readonly version: number;
  /** The columns it was put on, by name. */
  readonly on: readonly string[];
  readonly params: Values;
  readonly state: State;
}

export type StepDeclaration =
  Omit<RowStep, 'rows' | 'says'> | Omit<ColumnStep, 'reads' | 'learn' | 'apply' | 'fitTransform' | 'says' | 'learnt'>;

/** A line that might help, offered with its reason. */
export interface Suggestion {
  readonly use: Use;
  /** On the button. */
  readonly label: string;
  readonly why: string;
}

/** Names of the columns a selector means, in table order. */
export function selected(
  on: Selector,
  columns: readonly { readonly name: string; readonly kind: Kind }[],
  kinds: readonly Kind[],
): string[] {
  const want = { numbers: 'number', categories: 'category', times: 'time', texts: 'text', all: null } as const;
  return columns
    .filter((c) => kinds.includes(c.kind) && (typeof on === 'string' ? on === 'all' || want[on] === c.kind : on.includes(c.name)))
    .map((c) => c.name);
}
