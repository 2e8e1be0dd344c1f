/** Reporting while a tree grows: adds up work and asks the context only when about 20 ms of it are done. */
import type { Context, Point } from '../../../src/core/model.js';

const enough = 1e7;

export interface Pulse {
  readonly stopped: boolean;
  /** Counts operations; `done` is a share of `of` and may be fractional. True at once when nothing is due. */
  tick(operations: number, done: number): Promise<boolean> | true;
  /** Reports a finished step. */
  step(done: number, point?: Point): Promise<boolean>;
}

export function pulse(ctx: Context, of: number): Pulse {
  let work = 0;
  let stopped = false;
  const report = async (done: number, point?: Point): Promise<boolean> => {
    work = 0;
    if (!stopped) stopped = !(await ctx.report(done, of, point));
    return !stopped;
  };
  return {
    get stopped() {
      return stopped;
    },
    tick(operations, done) {
      work += operations;
      return work < enough && !stopped ? true : report(done);
    },
    step: report,
  };
}
