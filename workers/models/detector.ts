/** Detectors: models that say how unusual a row is, without labels. */
import type { Matrix } from '../../src/core/matrix.js';
import type { Context } from '../../src/core/model.js';
import type { Params, ValuesOf } from '../../src/core/param.js';

export interface Detector<P extends Params = Params> {
  /** That of the model it belongs to. */
  readonly id: string;
  readonly params: P;
  /** A score per row, learnt on these rows: the larger, the more unusual. */
  unusual(X: Matrix, params: ValuesOf<P>, ctx: Context): Promise<Float64Array>;
}
