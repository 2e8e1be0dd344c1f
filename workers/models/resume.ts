/** Going on from what the same fit had handed out before it was cut off: states are told by what they are of, and all else is taken for none. */
import type { Matrix } from '../../src/core/matrix.js';
import type { Context, Target } from '../../src/core/model.js';
import type { Random } from '../../src/core/random.js';

/** A state beyond this is not made: beside the work itself it would take too much memory. The last one below it stays. */
const MOST_BYTES = 256 * 2 ** 20;

export interface Of {
  /** What this is a state of; another fit does not take it. */
  readonly of: string;
}
type Check = (v: unknown) => boolean;

/** Names a fit by what it learns, from how much of what, and how. */
export const fitOf = (id: string, X: Matrix, target: Target, params: unknown): string =>
  JSON.stringify([id, X.rows, X.cols, target.task === 'class' ? target.levels.length : 0, target.weight !== undefined, params]);

/** The state, when it is one of this fit and every part of it is of its kind; null: begin anew. */
export function savedState<S extends Of>(saved: unknown, of: string, parts: { readonly [K in Exclude<keyof S, 'of'>]: Check }): S | null {
  if (typeof saved !== 'object' || saved === null) return null;
  const state = saved as S;
  if (state.of !== of) return null;
  for (const name of Object.keys(parts) as Exclude<keyof S, 'of'>[]) if (!parts[name](state[name])) return null;
  return state;
}

/** Offers a state of about so many bytes. */
export function offer<S extends Of>(ctx: Pick<Context, 'save'>, bytes: number, state: () => S): void {
  if (bytes <= MOST_BYTES) ctx.save?.(state);
}

/** Where states of a part of a fit go, and the one to go on from. */
export interface Keep {
  readonly saved: unknown;
  offer(bytes: number, state: () => object): void;
}
/** The keep of a whole fit, named as by `fitOf`. */
export const keepOf = (ctx: Pick<Context, 'save' | 'saved'>, of: string): Keep => ({
  saved: (ctx.saved as Partial<Of> | null | undefined)?.of === of ? ctx.saved : null,
  offer: (bytes, state) => offer(ctx, bytes, () => ({ ...state(), of })),
});
/** The keep of a part, named where what it belongs to is told apart by that: its states stand beside what `beside` gives, of so many bytes. */
export const partOf = (keep: Keep | undefined, name: string, bytes = 0, beside: () => object = () => ({})): Keep => {
  const saved = (keep?.saved ?? {}) as { readonly part?: unknown; readonly midway?: unknown };
  return {
    saved: saved.part === name ? saved.midway : null,
    offer: (own, state) => keep?.offer(bytes + own, () => ({ ...beside(), part: name, midway: state() })),
  };
};
/** What stands in a saved state of a keep, when every part of it is of its kind. */
export function savedIn<S extends object>(keep: Keep | undefined, parts: { readonly [K in keyof S]: Check }): S | null {
  const saved = keep?.saved;
  if (typeof saved !== 'object' || saved === null) return null;
  for (const name of Object.keys(parts) as (keyof S)[]) if (!parts[name]((saved as S)[name])) return null;
  return saved as S;
}

export const isCount: Check = (v) => Number.isInteger(v) && (v as number) >= 0;
export const isFlag: Check = (v) => typeof v === 'boolean';
export const isFloats =
  (length: number): Check =>
  (v) =>
    v instanceof Float64Array && v.length === length;
export const isInts =
  (length: number): Check =>
  (v) =>
    v instanceof Int32Array && v.length === length;
export const isList =
  (of: Check, length?: number): Check =>
  (v) =>
    Array.isArray(v) && (length === undefined || v.length === length) && v.every(of);
export const isNumber: Check = (v) => typeof v === 'number';

/** A stream of chance that knows how many numbers it gave, so that it can be brought to the same place again. */
export interface Counted {
  readonly u: Random;
  readonly drawn: number;
  /** Brings a fresh one to where another was. */
  pass(drawn: number): void;
}

export function counted(from: Random): Counted {
  let drawn = 0;
  const u = () => {
    drawn++;
    return from();
  };
  return {
    u,
    get drawn() {
      return drawn;
    },
    pass(to) {
      while (drawn < to) u();
    },
  };
}
