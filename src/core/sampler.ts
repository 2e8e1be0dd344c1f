/** Samplers: who proposes the next parameters to try. Plain data in, plain data out. */
import type { Entry } from './entry.js';
import type { Params, Value, Values } from './param.js';

interface Named {
  readonly name: string;
  /** Plays a part only when another parameter has one of these values; that one may be searched too, or be fixed. */
  readonly when?: { readonly param: string; readonly is: readonly (string | boolean)[] };
}
export interface Range extends Named {
  readonly kind: 'real' | 'int';
  /** Both inclusive. */
  readonly low: number;
  readonly high: number;
  /** Searched evenly in the logarithm; low is then above 0. */
  readonly log: boolean;
}
export interface Options extends Named {
  readonly kind: 'options';
  readonly options: readonly Value[];
}
export type Dimension = Range | Options;

export interface Space {
  /** A dimension comes after the one its `when` names. */
  readonly dimensions: readonly Dimension[];
  /** Values of the parameters that are not searched: their defaults. */
  readonly fixed: Values;
}

export interface Trial {
  readonly params: Values;
  /** Higher is better. null: not finished, or failed; NaN counts as failed. */
  readonly score: number | null;
}

export interface Sampler<P extends Params = Params> extends Entry<P> {
  /**
   * The next `count` proposals after these trials; fewer when the space is used up. Pure: the same arguments give the same answer.
   * A proposal holds the searched parameters that are active and no others.
   */
  ask(space: Space, trials: readonly Trial[], count: number, seed: number): Values[];
}
export const sampler = <const P extends Params>(s: Sampler<P>): Sampler<P> => s;
export type SamplerDeclaration = Omit<Sampler, 'ask'>;
