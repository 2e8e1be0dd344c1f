/** Exponentials of what is not above 0: for links, and the twin of what `apart` does in WebAssembly. */

/** Steps to a halving. */
export const STEPS = 64;
/** Beyond this e^−v leaves the normal numbers, and is taken as 0. */
const FAR = 708;
/** 64 / ln 2, and its inverse in two parts, of which the first times a whole number below 2^16 is exact. */
const PER_STEP = 92.33248261689366;
const STEP = 0.010830424696223417;
const REST = 2.572804622327669e-14;
/** 2^(−i / 64) for i < 64, then 2^−i. */
export const FADE = Float64Array.from({ length: STEPS + 1024 }, (_, i) => (i < STEPS ? 2 ** (-i / STEPS) : 2 ** (STEPS - i)));

/** e^−v for v ≥ 0, to two ulps; 0 for v > 708 and for what is no number. Twice as fast as Math.exp. */
export function fade(v: number): number {
  if (!(v < FAR)) return 0;
  const k = (v * PER_STEP + 0.5) | 0;
  const r = k * STEP - v + k * REST;
  const e = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120)))));
  return FADE[k & (STEPS - 1)]! * FADE[STEPS + (k >> 6)]! * e;
}
