/** Metrics: one number that says how good predictions are. */
import type { Entry } from './entry.js';
import type { Task } from './model.js';
import type { Params } from './param.js';

/** Truth and prediction of n rows. */
export interface Scored {
  readonly task: Task;
  /** Class index, or value; length n. */
  readonly truth: ArrayLike<number>;
  /** n × outputs, row-major: probabilities, or values (outputs 1). */
  readonly predicted: ArrayLike<number>;
  readonly outputs: number;
  /** Class index that counts as positive in binary metrics; the last level unless told. */
  readonly positive?: number;
  /** Probability from which a row counts as positive, with two classes; 0.5 unless told. */
  readonly threshold?: number;
  readonly weight?: ArrayLike<number>;
}

export interface Metric<P extends Params = Params> extends Entry<P> {
  readonly tasks: readonly Task[];
  /** Only for two classes. */
  readonly binary?: boolean;
  readonly better: 'higher' | 'lower';
  readonly range: readonly [number, number];
  /** Written after the value; '' when it has none, 'target' when it is in the unit of the target. */
  readonly unit: '' | '%' | 'target' | 'target²' | 'nats';
  readonly needs: 'label' | 'probability' | 'value';
  /** What a person should care about for this to be the right metric: “missing a positive is worse than a false alarm”. */
  readonly consequence: string;
  readonly formula: string;
  /** NaN when it is undefined for these rows (one class only, say). */
  score(s: Scored): number;
}
export const metric = <const P extends Params>(m: Metric<P>): Metric<P> => m;
export type MetricDeclaration = Omit<Metric, 'score'>;
