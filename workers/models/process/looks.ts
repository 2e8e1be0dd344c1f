/** What was seen of a surface so far: a way down that was cut off is gone again to the same point without looking. */
import { isFloats } from '../resume.js';
import type { Surface } from './climb.js';
import type { Evidence } from './evidence.js';

/** Plain data. */
export interface Looks {
  /** In the order they were asked for: a value as a number, a gradient as a list. */
  readonly seen: readonly (number | Float64Array)[];
  /** Where the best was seen, and what that look set out from. */
  readonly best: { readonly at: Float64Array; readonly warm: Float64Array } | null;
  /** What the next look sets out from. */
  readonly warm: Float64Array;
}

/** Whether something are looks at a surface over so many settings. */
export const isLooks =
  (settings: number) =>
  (v: unknown): boolean => {
    const { seen, best, warm } = (v ?? {}) as Partial<Looks>;
    if (!Array.isArray(seen) || !(warm instanceof Float64Array)) return false;
    if (!seen.every((s) => typeof s === 'number' || isFloats(settings)(s))) return false;
    return best === null || (isFloats(settings)(best?.at) && isFloats(warm.length)(best?.warm));
  };

export interface Watched extends Surface {
  /** Still telling what was seen before. */
  readonly isRetold: boolean;
  readonly looks: Looks;
}

/** The surface, brought to where it was left, and `after` every gradient, where nothing else need be known to go on. */
export async function watched(surface: Evidence, from: Looks | null, after: () => void): Promise<Watched> {
  const seen = [...(from?.seen ?? [])];
  let best = from?.best ?? null;
  let at = 0;
  if (from?.best) {
    surface.warm = from.best.warm;
    await surface.value(from.best.at);
  }
  if (from) surface.warm = from.warm;
  const told = from?.seen.length ?? 0;
  return {
    get isRetold() {
      return at < told;
    },
    get looks() {
      return { seen: [...seen], best, warm: surface.warm };
    },
    async value(point) {
      if (at < told) return seen[at++] as number;
      const before = { at: point.slice(), warm: surface.warm };
      const was = surface.best;
      const value = await surface.value(point);
      if (surface.best !== was) best = before;
      if (value !== null) seen.push(value);
      at = seen.length;
      return value;
    },
    async gradient() {
      if (at < told) return (seen[at++] as Float64Array).slice();
      const slope = await surface.gradient();
      if (slope) {
        seen.push(slope.slice());
        at = seen.length;
        after();
      }
      return slope;
    },
  };
}
