/** Shares then and now, bin by bin or level by level: what can be drawn of one column's drift. */
import type { DriftPicture } from '../../src/core/drift.js';

/** More levels than can be read are one bar. */
const MOST_LEVELS = 12;

const short = (v: number) => String(Number(v.toPrecision(4))).replace('-', '−');

/** Bins between the inner edges of PSI: about a tenth of the training rows each. */
export function binsPicture(edges: ArrayLike<number>, was: ArrayLike<number>, is: ArrayLike<number>): DriftPicture {
  const last = edges.length;
  const label = (b: number) =>
    last === 0
      ? 'all values'
      : b === 0
        ? `below ${short(edges[0]!)}`
        : b === last
          ? `from ${short(edges[last - 1]!)}`
          : `${short(edges[b - 1]!)} to ${short(edges[b]!)}`;
  return { labels: Array.from({ length: last + 1 }, (_, b) => label(b)), was: Array.from(was), is: Array.from(is) };
}

/** Counts of levels as shares of known cells; `names` may be shorter than the counts, whose rest is unnamed. */
export function levelsPicture(names: readonly string[], was: readonly number[], is: readonly number[]): DriftPicture {
  const total = (counts: readonly number[]) =>
    Math.max(
      1,
      counts.reduce((a, b) => a + b, 0),
    );
  const n = total(was);
  const m = total(is);
  const all = was.map((w, i) => ({ label: names[i], was: w / n, is: is[i]! / m }));
  // The most frequent at either time; what is unnamed joins the rest.
  const ranked = all.filter((l) => l.label !== undefined).sort((a, b) => Math.max(b.was, b.is) - Math.max(a.was, a.is));
  const shown = ranked.slice(0, ranked.length === MOST_LEVELS + 1 && ranked.length === all.length ? MOST_LEVELS + 1 : MOST_LEVELS);
  const rest = all.filter((l) => !shown.includes(l));
  const sum = (of: 'was' | 'is') => rest.reduce((s, l) => s + l[of], 0);
  return {
    labels: [...shown.map((l) => l.label!), ...(rest.length ? ['all others'] : [])],
    was: [...shown.map((l) => l.was), ...(rest.length ? [sum('was')] : [])],
    is: [...shown.map((l) => l.is), ...(rest.length ? [sum('is')] : [])],
  };
}
