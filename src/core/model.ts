/** A model: a declaration and one function from a matrix and a target to a form. */
import type { Entry } from './entry.js';
import type { Form } from './form.js';
import type { Matrix } from './matrix.js';
import type { Params, ValuesOf } from './param.js';
import type { Random } from './random.js';

export type Task = 'class' | 'number';

export interface ClassTarget {
  readonly task: 'class';
  /** Index into levels, never missing. */
  readonly y: Int32Array;
  /** All the levels known; a fold may lack some, and they then get probability 0 or near it. */
  readonly levels: readonly string[];
  readonly weight?: Float64Array;
}
export interface NumberTarget {
  readonly task: 'number';
  readonly y: Float64Array;
  readonly weight?: Float64Array;
}
export type Target = ClassTarget | NumberTarget;

export function takeTarget(t: Target, rows: ArrayLike<number>): Target {
  const n = rows.length;
  const weight = t.weight ? Float64Array.from({ length: n }, (_, i) => t.weight![rows[i]!]!) : undefined;
  if (t.task === 'class') {
    const y = new Int32Array(n);
    for (let i = 0; i < n; i++) y[i] = t.y[rows[i]!]!;
    return weight ? { ...t, y, weight } : { ...t, y };
  }
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) y[i] = t.y[rows[i]!]!;
  return weight ? { ...t, y, weight } : { ...t, y };
}

/** A point of a learning curve. Losses: lower is better. */
export interface Point {
  readonly train?: number;
  readonly valid?: number;
}

/** More threads for one fit, where memory can be shared and cores are free. They change how long it takes, and not one byte of the answer. */
export interface Hands {
  /** Beside the one that fits, at this moment; 0: everyone is busy, or not yet back from where they were sent. */
  readonly count: number;
  /** Memory to share for one piece of work, zeroed: a WebAssembly.Memory of at least so many bytes, the same again where it is large enough; null: there is no room. Only while `count` is not 0. */
  room(bytes: number): object | null;
  /** Sends them to a piece of work in shared memory (workers/kernels/hands.ts). They come when they can, and leave when it is over. */
  send(work: {
    readonly task: string;
    readonly memory: object;
    readonly board: number;
    readonly plan: unknown;
    /** How many of them. */
    readonly count: number;
  }): void;
}

export interface Context {
  /** 0 ≤ u < 1; the only source of chance. */
  readonly random: Random;
  /**
   * Ends a step: shows progress, draws the learning curve, hears stop and cancel.
   * `done` rises to `of`, which never changes. False means “finish with what you have” and is not followed by another report.
   * Cheap: call it at least every ~50 ms of work; it waits a macrotask only when due.
   */
  report(done: number, of: number, point?: Point): Promise<boolean>;
  /** What the same fit had handed to `save` before it was cut off: plain data, to go on from. The answer must be that of an unbroken fit, byte for byte. */
  readonly saved?: unknown;
  /** Offers a state to go on from, made only when it is due to be kept. Call it where a state is whole: after an epoch, a block of trees, a round. */
  save?(state: () => unknown): void;
  /** Where to compute; 'auto' measures. */
  readonly backend?: 'auto' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';
  /** Absent where there is one core, or memory cannot be shared. */
  readonly hands?: Hands;
  /** Told by the model: which backend it ran on (and why), or that a device was lost. */
  note?(what: string): void;
}

/** What a model may be asked about before any work. */
export interface Shape {
  readonly rows: number;
  readonly cols: number;
  readonly task: Task;
  readonly classes: number;
}

export interface Model<P extends Params = Params> extends Entry<P> {
  readonly family: 'baseline' | 'linear' | 'neighbours' | 'bayes' | 'kernel' | 'tree' | 'ensemble' | 'additive' | 'neural' | 'combined';
  /** On the short list that covers most tables well: ticked at first, and tried by a study when nobody names models. */
  readonly first?: true;
  /** When to take it, in a sentence. */
  readonly when: string;
  readonly tasks: readonly Task[];
  readonly takes: {
    /** NaN in the matrix is understood; otherwise missing values are filled before. */
    readonly missing: boolean;
    /** Category columns are understood as they are; otherwise they are one-hot encoded before. */
    readonly categories: boolean;
    /** Wants columns on one scale; they are standardised before. */
    readonly scaled: boolean;
    readonly weights: boolean;
    /** 'likes': fits on a GPU when one helps; 'predicts': fits on the CPU, and may predict many rows on a GPU, to the same bytes. */
    readonly gpu: 'no' | 'likes' | 'predicts';
    /** Whether the seed matters. */
    readonly chance: boolean;
  };
  /** Null, or a sentence that says why it cannot be used here. */
  whyNot?(shape: Shape): string | null;
  /** Arithmetic operations (rough) and bytes held at the peak, for the forecast of time and memory. */
  cost?(shape: Shape, params: ValuesOf<P>): { readonly operations: number; readonly bytes: number };
  fit(X: Matrix, target: Target, params: ValuesOf<P>, ctx: Context): Promise<Form>;
}
export const model = <const P extends Params>(m: Model<P>): Model<P> => m;

/** Whether a model may be a member of a combined one that predicts this: anything but another combined one, which would nest without end. */
export const canBeMember = (m: Pick<Model, 'family' | 'tasks'>, task: Task): boolean => m.family !== 'combined' && m.tasks.includes(task);

/** A model as the page sees it. */
export type ModelDeclaration = Omit<Model, 'fit' | 'whyNot' | 'cost'>;
