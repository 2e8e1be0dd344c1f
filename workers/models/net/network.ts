/** What a network in training is: its parts, where its parameters lie, its rows, and what a trainer must be able to do. */
import type { Activation } from '../../../src/core/form.js';
import type { Random } from '../../../src/core/random.js';
import type { Rule } from './rule.js';

/** One thing that is done to the numbers of a row on their way; parts follow one another. */
export type Part =
  /** Without a bias where batch normalisation takes away whatever is added to all rows alike. */
  | { readonly kind: 'dense'; readonly units: number; readonly bias?: false }
  /** Batch normalisation. */
  | { readonly kind: 'norm' }
  | { readonly kind: 'curve'; readonly activation: Activation }
  /** A share of the numbers is left out in each step. */
  | { readonly kind: 'drop'; readonly share: number }
  /** Adds what the part numbered `from` gave. */
  | { readonly kind: 'add'; readonly from: number };

/** A category column: each level has a vector of its own. */
export interface Table {
  /** Rows of the table: the levels, and a last one for a missing or unknown level. */
  readonly levels: number;
  readonly width: number;
}

export interface Net {
  /** Columns that enter as they are; the vectors of the tables follow them. */
  readonly numbers: number;
  readonly tables: readonly Table[];
  /** Whether every number and every level also adds to the scores straight away, with a weight of its own. */
  readonly wide: boolean;
  /** The last is dense and gives the scores. */
  readonly parts: readonly Part[];
  readonly outputs: number;
  /** squares: half the squared error; logistic: one output for two classes; softmax: an output per class. */
  readonly loss: 'squares' | 'logistic' | 'softmax';
  readonly rule: Rule;
}

/** Rows to learn from, or to judge by. */
export interface Lesson {
  readonly rows: number;
  /** Rows × numbers, row-major. */
  readonly X: Float32Array;
  /** Rows × tables, row-major: rows of the tables. */
  readonly codes: Int32Array;
  /** Class index, or standardised value. */
  readonly y: Float64Array;
  readonly weight: Float64Array;
  /** Mean of the weights: a batch of b rows counts for b × mean, so weight 2 is the same as a row that comes twice. */
  readonly meanWeight: number;
}

/** What was learnt: parameters, flat (see `places`), and the running mean and variance of every normalised unit. */
export interface Learnt {
  readonly theta: Float64Array;
  readonly running: Float64Array;
}
/** All a training needs to go on elsewhere. */
export interface Snapshot extends Learnt {
  /** Steps taken so far. */
  readonly step: number;
  /** What the rule remembers of the gradients so far: first and second moments (Adam), velocity (sgd), squares (rmsprop). */
  readonly m: Float64Array;
  readonly v: Float64Array;
}

export interface Trainer {
  /** One step of this length on these rows of the lesson. Masks: per dropping part, rows × units, 0 or 1 / (1 − share). */
  step(rows: Int32Array, masks: readonly Float32Array[] | null, rate: number): void;
  /** Waits while the device is far behind with its steps, so that a stop need not wait for them. */
  ready?(): Promise<void>;
  /** Mean loss (penalty left out) of the rows stepped on since it was last asked. Waits for the device. */
  loss(): Promise<number>;
  /** Mean loss over the lesson kept for judging. */
  validate(): Promise<number>;
  snapshot(): Promise<Snapshot>;
  dispose(): void;
}
export type TrainerOf = (net: Net, lesson: Lesson, valid: Lesson | null, from: Snapshot) => Promise<Trainer>;

/** Batch normalisation: added to variances (Ioffe & Szegedy 2015), and the least weight of the newest batch in the running ones. */
export const NORM = { epsilon: 1e-5, momentum: 0.1 } as const;
/** Weight of the batch of step t (1, 2, …): a plain mean at first, so that short trainings have sound means too. */
export const newest = (t: number): number => Math.max(NORM.momentum, 1 / t);

/** A rectangle of parameters, row-major in theta. */
export interface Place {
  readonly at: number;
  readonly rows: number;
  readonly units: number;
  /** The first so many rows are held small by the penalties; biases and what batch normalisation learns are not. */
  readonly penalised: number;
}
export interface Places {
  readonly tables: readonly Place[];
  /** Per part. Dense: inputs × units, the bias as a last row (0 where there is none). Norm: a row of scales, a row of shifts. */
  readonly parts: readonly (Place | null)[];
  /** Per part: where its running means start; the variances follow. −1 for parts that keep none. */
  readonly running: readonly number[];
  /** Numbers that enter each part and leave it. */
  readonly inputs: readonly number[];
  readonly units: readonly number[];
  readonly wide: { readonly numbers: Place; readonly tables: readonly Place[] } | null;
  readonly all: readonly Place[];
  readonly size: number;
  readonly runningSize: number;
}
/** Where everything lies in theta. */
export function places(net: Net): Places {
  let size = 0;
  let runningSize = 0;
  const all: Place[] = [];
  const take = (rows: number, units: number, penalised = rows): Place => {
    const place = { at: size, rows, units, penalised };
    size += rows * units;
    all.push(place);
    return place;
  };
  const tables = net.tables.map((t) => take(t.levels, t.width));
  const parts: (Place | null)[] = [];
  const running: number[] = [];
  const inputs: number[] = [];
  const units: number[] = [];
  let width = entrance(net);
  for (const part of net.parts) {
    inputs.push(width);
    running.push(part.kind === 'norm' ? runningSize : -1);
    if (part.kind === 'norm') runningSize += 2 * width;
    parts.push(part.kind === 'dense' ? take(width + 1, part.units, width) : part.kind === 'norm' ? take(2, width, 0) : null);
    if (part.kind === 'dense') width = part.units;
    units.push(width);
  }
  const wide = net.wide ? { numbers: take(net.numbers, net.outputs), tables: net.tables.map((t) => take(t.levels, net.outputs)) } : null;
  return { tables, parts, running, inputs, units, wide, all, size, runningSize };
}
/** Numbers that enter the first part. */
export const entrance = (net: Pick<Net, 'numbers' | 'tables'>): number => net.tables.reduce((sum, t) => sum + t.width, net.numbers);

/**
 * Dense: uniform in ±√(6 / (inputs + units)) (Glorot & Bengio 2010), biases too, as scikit-learn does; ±√(2 / …) with sigmoids.
 * Vectors of levels: uniform in ±1/√width. The wide part starts at nothing.
 */
export function start(net: Net, u: Random): Snapshot {
  const { tables, parts, running, size, runningSize } = places(net);
  const theta = new Float64Array(size);
  const deviations = new Float64Array(runningSize);
  const spread = net.parts.some((p) => p.kind === 'curve' && p.activation === 'sigmoid') ? 2 : 6;
  const fill = ({ at, rows, units }: Place, bound: number, used = rows) => {
    for (let i = at; i < at + used * units; i++) theta[i] = (2 * u() - 1) * bound;
  };
  for (const t of tables) fill(t, 1 / Math.sqrt(t.units));
  net.parts.forEach((part, k) => {
    const place = parts[k];
    if (!place) return;
    if (part.kind === 'dense') {
      const inputs = place.rows - 1;
      fill(place, Math.sqrt(spread / (inputs + place.units)), part.bias === false ? inputs : place.rows);
    } else {
      theta.fill(1, place.at, place.at + place.units);
      deviations.fill(1, running[k]! + place.units, running[k]! + 2 * place.units);
    }
  });
  return { step: 0, theta, running: deviations, m: new Float64Array(size), v: new Float64Array(size) };
}

/** Multiplications and additions of one step, for each row: forward, gradients of the weights and of the inputs. */
export const operationsPerRow = (net: Net): number => {
  const { parts, inputs, units } = places(net);
  return net.parts.reduce(
    (sum, part, k) => sum + (part.kind === 'dense' ? 6 * parts[k]!.rows * units[k]! : part.kind === 'norm' ? 30 * inputs[k]! : 0),
    net.wide ? 4 * net.numbers * net.outputs : 0,
  );
};
/** The widest row on the way. */
export const widest = (net: Net): number => Math.max(entrance(net), ...places(net).units);
/** Shares and widths of the parts that drop, in order. */
export function dropping(net: Net): { readonly share: number; readonly units: number }[] {
  const { units } = places(net);
  return net.parts.flatMap((part, k) => (part.kind === 'drop' ? [{ share: part.share, units: units[k]! }] : []));
}
