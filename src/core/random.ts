/** Chance: one seeded generator, and seeds split by name so that no two parts share a stream. */

export type Random = () => number;

/** sfc32 (Chris Doty-Humphrey, PractRand): 0 ≤ u < 1, 128-bit state from one whole number. */
export function random(seed: number): Random {
  let a = 0;
  let b = seed >>> 0;
  let c = 0x9e3779b9;
  let d = 1;
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** A seed in 1…2³²−1 for a named part of a job: splitSeed(seed, 'fold', 3). (FNV-1a, then murmur3's finaliser.) */
export function splitSeed(seed: number, ...names: readonly (string | number)[]): number {
  let h = 0x811c9dc5 ^ seed;
  for (const name of names) {
    for (const ch of `${name}\u0000`) h = Math.imul(h ^ ch.codePointAt(0)!, 0x01000193);
  }
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0 || 1;
}

/** Shuffles in place (Durstenfeld 1964). */
export function shuffle<T extends { length: number; [i: number]: number }>(items: T, u: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(u() * (i + 1));
    const t = items[i]!;
    items[i] = items[j]!;
    items[j] = t;
  }
  return items;
}

/** A standard normal number (Box & Muller 1958). */
export function normal(u: Random): number {
  return Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
}
