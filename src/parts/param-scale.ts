/** Where a number parameter stands on its slider: a position 0–1000 on a linear or logarithmic scale, and back. */
import type { Int, Real } from '../core/param.js';

export const STEPS = 1000;
/** A log scale needs a positive floor; a range that starts at 0 gives its first notch to 0. */
const floorOf = (s: Real | Int): number => (s.min > 0 ? s.min : s.kind === 'int' ? 1 : Math.min(1e-6, s.max / 1e6));
const isLog = (s: Real | Int): boolean => s.scale === 'log' && s.max > 0 && s.min >= 0;

export function toPosition(s: Real | Int, value: number): number {
  if (isLog(s)) {
    if (value <= 0) return 0;
    const floor = floorOf(s);
    return clamp((STEPS * Math.log(value / floor)) / Math.log(s.max / floor));
  }
  return clamp((STEPS * (value - s.min)) / (s.max - s.min || 1));
}

export function fromPosition(s: Real | Int, position: number): number {
  const t = position / STEPS;
  if (t <= 0) return s.min;
  if (t >= 1) return s.max;
  const raw = isLog(s) ? floorOf(s) * Math.pow(s.max / floorOf(s), t) : s.min + t * (s.max - s.min);
  if (s.kind === 'int') return Math.min(s.max, Math.max(s.min, Math.round(raw)));
  return tidy(raw, isLog(s) ? 2 : 3);
}

const clamp = (p: number) => Math.min(STEPS, Math.max(0, p));
/** A round number near x, so that a slider says 0.03 and not 0.030199517. */
const tidy = (x: number, digits: number): number => Number(x.toPrecision(digits));
