/** What a network in training is: its shape, where its parameters lie, its rows, and what a trainer must be able to do. */
import type { Activation } from '../../../src/core/form.js';
import type { Random } from '../../../src/core/random.js';

export interface Net {
  /** Inputs, the hidden widths, outputs. */
  readonly sizes: readonly number[];
  readonly activation: Activation;
  /** squares: half the squared error; logistic: one output for two classes; softmax: an output per class. */
  readonly loss: 'squares' | 'logistic' | 'softmax';
  /** Strength of the L2 penalty, spread over the rows of a batch as scikit-learn does. */
  readonly alpha: number;
  /** Share of the hidden units left out in each step. */
  readonly dropout: number;
  readonly rate: number;
}

/** Rows to learn from, or to judge by. */
export interface Lesson {
  readonly rows: number;
  /** Rows × inputs, row-major. */
  readonly X: Float32Array;
  /** Class index, or standardised value. */
  readonly y: Float64Array;
  readonly weight: Float64Array;
  /** Mean of the weights: a batch of b rows counts for b × mean, so weight 2 is the same as a row that comes twice. */
  readonly meanWeight: number;
}

/** All a training needs to go on elsewhere. Parameters lie flat: kernel (inputs × units, row-major), bias, next layer. */
export interface Snapshot {
  /** Steps of Adam taken so far. */
  readonly step: number;
  readonly theta: Float64Array;
  /** First and second moments of the gradient. */
  readonly m: Float64Array;
  readonly v: Float64Array;
}

export interface Trainer {
  /** One step of Adam on these rows of the lesson. Masks: per hidden layer, rows × units, 0 or 1 / (1 − dropout). */
  step(rows: Int32Array, masks: readonly Float32Array[] | null): void;
  /** Mean loss (penalty left out) of the rows stepped on since it was last asked. Waits for the device. */
  loss(): Promise<number>;
  /** Mean loss over the lesson kept for judging. */
  validate(): Promise<number>;
  snapshot(): Promise<Snapshot>;
  dispose(): void;
}
export type TrainerOf = (net: Net, lesson: Lesson, valid: Lesson | null, from: Snapshot) => Promise<Trainer>;

/** Kingma & Ba (2015), with an epsilon that a GPU's Float32 can hold. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;
/** Length of step t (1, 2, …) with the moments' bias corrected. */
export const stepLength = (rate: number, t: number): number => (rate * Math.sqrt(1 - ADAM.beta2 ** t)) / (1 - ADAM.beta1 ** t);

export interface Place {
  readonly inputs: number;
  readonly units: number;
  /** Where the kernel and the bias start in theta. */
  readonly kernel: number;
  readonly bias: number;
}
/** Where each layer lies in theta. */
export function places(net: Net): Place[] {
  const out: Place[] = [];
  let at = 0;
  for (let l = 1; l < net.sizes.length; l++) {
    const inputs = net.sizes[l - 1]!;
    const units = net.sizes[l]!;
    out.push({ inputs, units, kernel: at, bias: at + inputs * units });
    at += (inputs + 1) * units;
  }
  return out;
}
export const parameters = (sizes: readonly number[]): number => {
  let sum = 0;
  for (let l = 1; l < sizes.length; l++) sum += (sizes[l - 1]! + 1) * sizes[l]!;
  return sum;
};

/** Uniform in ±√(6 / (inputs + units)) (Glorot & Bengio 2010), biases too, as scikit-learn does; ±√(2 / …) for sigmoids. */
export function start(net: Net, u: Random): Snapshot {
  const size = parameters(net.sizes);
  const theta = new Float64Array(size);
  for (const { inputs, units, kernel, bias } of places(net)) {
    const bound = Math.sqrt((net.activation === 'sigmoid' ? 2 : 6) / (inputs + units));
    for (let i = kernel; i < bias + units; i++) theta[i] = (2 * u() - 1) * bound;
  }
  return { step: 0, theta, m: new Float64Array(size), v: new Float64Array(size) };
}

/** Multiplications and additions of one step, for each row: forward, gradients of the weights and of the inputs. */
export const operationsPerRow = (sizes: readonly number[]): number => 6 * parameters(sizes);
