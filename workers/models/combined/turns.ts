/** Many fits one after another as one: one scale of progress, one ear for stop, seeds of their own, a state to go on from. */
import type { Context } from '../../../src/core/model.js';
import type { Plain } from '../../../src/core/plain.js';
import { random, splitSeed } from '../../../src/core/random.js';
import { isList, savedState, type Of } from '../resume.js';

export interface Turn {
  /** Tells its seed from those of the others. */
  readonly name: string;
  /** Share of the work, in any unit. */
  readonly cost: number;
  /** Stands before its notes; undefined keeps them back (a fold need not say again what the whole said). */
  readonly label?: string;
  /** `done` are the results of the turns before it. */
  run(ctx: Context, done: readonly Plain[]): Promise<unknown>;
}

export interface Turns {
  /** Results of the turns that came to their end. */
  readonly done: readonly Plain[];
  /** What the turn under way had, where all were stopped. */
  readonly partial: Plain | null;
  readonly stopped: boolean;
}

interface Saved extends Of {
  readonly done: readonly Plain[];
  readonly inner: unknown;
}

/** Takes the turns in order; `fit` names what they are the turns of. Asked to stop, the turn under way is asked to, and none follows. */
export async function inTurns(turns: readonly Turn[], seed: number, ctx: Context, fit = ''): Promise<Turns> {
  const total = turns.reduce((sum, t) => sum + t.cost, 0) || 1;
  const of = JSON.stringify([fit, seed, turns.map(({ name, cost }) => [name, cost])]);
  const isDone = isList((v) => typeof v === 'object' && v !== null);
  const saved = savedState<Saved>(ctx.saved, of, { done: (v) => isDone(v) && (v as unknown[]).length <= turns.length, inner: () => true });
  const done: Plain[] = [...(saved?.done ?? [])];
  let before = turns.slice(0, done.length).reduce((sum, t) => sum + t.cost, 0);
  let stopped = false;
  for (const [i, turn] of turns.entries()) {
    if (i < done.length) continue;
    const report = async (share: number): Promise<boolean> => {
      if (!stopped) stopped = !(await ctx.report(Math.min(1, (before + turn.cost * share) / total), 1));
      return !stopped;
    };
    const note = (text: string): void => {
      // The line on where it computes is read by its beginning.
      if (text.startsWith('Backend: ')) ctx.note?.(text);
      else if (turn.label !== undefined) ctx.note?.(`${turn.label}: ${text}`);
    };
    const result = (await turn.run(
      {
        random: random(splitSeed(seed, turn.name)),
        ...(ctx.backend ? { backend: ctx.backend } : {}),
        note,
        report: (at, of) => report(at / Math.max(1, of)),
        saved: saved && i === saved.done.length ? saved.inner : undefined,
        save: (state) => ctx.save?.(() => ({ of, done: [...done], inner: state() }) satisfies Saved),
      },
      done,
    )) as Plain;
    if (stopped) return { done, partial: result, stopped };
    done.push(result);
    before += turn.cost;
    ctx.save?.(() => ({ of, done: [...done], inner: undefined }) satisfies Saved);
    if (!(await report(0)) && done.length < turns.length) return { done, partial: null, stopped };
  }
  return { done, partial: null, stopped: false };
}
