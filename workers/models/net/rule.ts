/** How a gradient becomes a step: the solver, what holds weights small, and the limit on the gradient. */

export interface Rule {
  readonly solver: 'adam' | 'sgd' | 'rmsprop';
  /** sgd: share of the last step that is taken again (Polyak 1964), and whether it is taken before looking (Nesterov 1983). */
  readonly momentum: number;
  readonly nesterov: boolean;
  /** L2 penalty, part of the gradient, spread over the rows of a batch as scikit-learn does. */
  readonly alpha: number;
  /** Weight decay: in each step weights shrink by rate × decay, whatever the gradient (Loshchilov & Hutter 2019). */
  readonly decay: number;
  /** Longest gradient; a longer one is shortened to it (Pascanu, Mikolov & Bengio 2013). Infinity for no limit. */
  readonly clip: number;
}

/** Kingma & Ba (2015), with an epsilon that a GPU's Float32 can hold. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;
/** Tieleman & Hinton (2012). */
export const RMS = { rho: 0.9, epsilon: 1e-7 } as const;

/** Length of Adam's step t (1, 2, …) with the moments' bias corrected. */
export const stepLength = (rate: number, t: number): number => (rate * Math.sqrt(1 - ADAM.beta2 ** t)) / (1 - ADAM.beta1 ** t);
/** What a gradient of this length is multiplied by. */
export const clipping = (length: number, clip: number): number => (length > clip ? clip / length : 1);
