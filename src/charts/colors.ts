/** Colours by name of meaning; the values live in theme.css, so that light and dark follow by themselves. */

/** The colour of category i. */
export const cat = (i: number): string => `var(--cat-${((i % 10) + 10) % 10})`;

const between = (name: string, steps: number, t: number): string => {
  const at = Math.min(1, Math.max(0, Number.isFinite(t) ? t : 0)) * (steps - 1);
  const i = Math.min(steps - 2, Math.floor(at));
  const part = Math.round((at - i) * 100);
  if (part === 0) return `var(--${name}-${i})`;
  return part === 100 ? `var(--${name}-${i + 1})` : `color-mix(in oklab, var(--${name}-${i + 1}) ${part}%, var(--${name}-${i}))`;
};
/** 0 little, 1 much. */
export const sequential = (t: number): string => between('seq', 8, t);
/** −1 below, 0 the middle, 1 above. */
export const diverging = (t: number): string => between('div', 7, (t + 1) / 2);
/** Black or white, whichever reads better on this ground: at OKLab lightness 0.6 both have about 4.6 : 1. */
export const inkOn = (ground: string): string => `oklch(from ${ground} clamp(0, (0.6 - l) * 999, 1) 0 0)`;

/** Marks for classes beside their colours: circle, square, triangle, diamond, cross, as paths of about 1 px² × size². */
const shapes = [
  (r: number) => `M${r},0A${r},${r},0,1,1,${-r},0A${r},${r},0,1,1,${r},0Z`,
  (r: number) => `M${-r * 0.88},${-r * 0.88}H${r * 0.88}V${r * 0.88}H${-r * 0.88}Z`,
  (r: number) => `M0,${-r * 1.2}L${r * 1.1},${r * 0.8}H${-r * 1.1}Z`,
  (r: number) => `M0,${-r * 1.25}L${r * 1.25},0L0,${r * 1.25}L${-r * 1.25},0Z`,
  (r: number) =>
    `M${-r * 0.4},${-r * 1.1}H${r * 0.4}V${-r * 0.4}H${r * 1.1}V${r * 0.4}H${r * 0.4}V${r * 1.1}H${-r * 0.4}V${r * 0.4}H${-r * 1.1}V${-r * 0.4}H${-r * 0.4}Z`,
];
export const shapePath = (i: number, radius: number): string => shapes[((i % 5) + 5) % 5]!(radius);
