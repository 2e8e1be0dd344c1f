/** Reporting at an even pace: loops count their operations, and the context is asked only when there were enough of them. */
import type { Context, Point } from '../../src/core/model.js';

/** About 20 ms of multiplications and additions. */
const ENOUGH = 2e7;

export interface Pace {
  /** True once the person asked to stop: finish with what there is. No report follows. */
  readonly stopped: boolean;
  /** Steps done so far. */
  readonly done: number;
  /** Counts operations; true when it is time to `await rest()`. */
  due(operations: number): boolean;
  /** Reports without ending a step. */
  rest(): Promise<void>;
  /** Ends a step; false when asked to stop. */
  step(point?: Point): Promise<boolean>;
}

/** `of` is the number of steps foreseen, `from` how many were done before it was cut off. */
export function pace(ctx: Context, of: number, from = 0): Pace {
  let work = 0;
  let done = from;
  let stopped = false;
  return {
    get stopped() {
      return stopped;
    },
    get done() {
      return done;
    },
    due(operations) {
      work += operations;
      return work >= ENOUGH && !stopped;
    },
    async rest() {
      work = 0;
      if (!stopped) stopped = !(await ctx.report(done, of));
    },
    async step(point) {
      work = 0;
      done = Math.min(done + 1, of);
      if (!stopped) stopped = !(await ctx.report(done, of, point));
      return !stopped;
    },
  };
}
