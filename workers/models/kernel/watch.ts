/** How the solver is heard and stopped. */
import type { Context } from '../../../src/core/model.js';

/** About 20 ms. */
const ENOUGH = 1.5e7;

/** Counts work and says when to let others speak; `rest(share)` tells how much of this solve is done, 0…1. */
export interface Watch {
  readonly stopped: boolean;
  due(operations: number): boolean;
  rest(share: number): Promise<void>;
}

/** Progress over several solves: each is a hundred steps, and how far one is shows in how near its rules are to being kept. */
export function watcher(ctx: Context, parts: number): { readonly stopped: boolean; part(): Watch; end(): Promise<void> } {
  const of = 100 * parts;
  let part = -1;
  let done = 0;
  let work = 0;
  let stopped = false;
  const report = async (to: number): Promise<void> => {
    work = 0;
    done = Math.max(done, Math.min(of, to));
    if (!stopped) stopped = !(await ctx.report(done, of));
  };
  const watch: Watch = {
    get stopped() {
      return stopped;
    },
    due(operations) {
      work += operations;
      return work >= ENOUGH && !stopped;
    },
    rest: (share) => report(100 * part + Math.floor(99 * Math.max(0, Math.min(1, share)))),
  };
  return {
    get stopped() {
      return stopped;
    },
    part() {
      part++;
      return watch;
    },
    end: () => report(100 * (part + 1)),
  };
}
