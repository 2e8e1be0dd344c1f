/** Scales and ticks: from an Axis and the numbers on it to places on the picture and words beside them. */
import { scaleLinear, scaleLog, scaleUtc } from 'd3-scale';
import { numberText, percentText } from '../parts/numbers.js';
import type { Axis } from './types.js';

export interface Tick {
  readonly at: number;
  readonly text: string;
}
export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  readonly ticks: readonly Tick[];
  invert: (px: number) => number;
}

/** Smallest and largest finite value of several lists; null when there is none. */
export function extentOf(lists: Iterable<ArrayLike<number | null | undefined>>, positive = false): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const v = list[i];
      if (typeof v !== 'number' || !Number.isFinite(v) || (positive && v <= 0)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  return low <= high ? [low, high] : null;
}

/** The axis of whole numbers only (years, trials, counts) says so, unless its ends are given. */
export function wholeAxis(axis: Axis, lists: Iterable<ArrayLike<number | null | undefined>>): Axis {
  if (axis.domain || axis.percent || axis.log || axis.time) return axis;
  for (const list of lists)
    for (let i = 0; i < list.length; i++) {
      const v = list[i];
      if (typeof v === 'number' && Number.isFinite(v) && !Number.isInteger(v)) return axis;
    }
  return { ...axis, whole: true };
}

export interface ScaleOptions {
  /** About this many pixels between ticks. */
  readonly space?: number;
  /** Widens the ends to round numbers. */
  readonly nice?: boolean;
  /** Makes 0 part of the axis. */
  readonly zero?: boolean;
}

/** Values nearer than this share of their size are one. */
const ALIKE = 1e-10;

export function scaleFor(
  axis: Axis,
  extent: readonly [number, number] | null,
  range: readonly [number, number],
  options: ScaleOptions = {},
): Scale {
  const { space = 72, nice = true, zero = false } = options;
  let [low, high] = axis.domain ?? extent ?? [0, 1];
  if (zero && !axis.log && !axis.domain) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (axis.log) [low, high] = [Math.max(low, Number.MIN_VALUE * 1e20), Math.max(high, Number.MIN_VALUE * 1e21)];
  // Ends that only rounding tells apart leave no room for round numbers between them.
  if (Math.abs(high - low) <= ALIKE * Math.max(Math.abs(low), Math.abs(high))) {
    high = low;
    if (axis.log) [low, high] = [low / 2, high * 2];
    else [low, high] = [low - (Math.abs(low) / 10 || 0.5), high + (Math.abs(high) / 10 || 0.5)];
  }
  const count = Math.max(2, Math.floor(Math.abs(range[1] - range[0]) / space));
  if (axis.time) {
    const s = scaleUtc()
      .domain([low, high])
      .range([...range]);
    const words = s.tickFormat(count);
    return finish(
      (v) => s(v),
      s.invert,
      [low, high],
      range,
      s.ticks(count).map((d) => ({ at: s(d), text: words(d) })),
    );
  }
  if (axis.log) {
    const s = scaleLog()
      .domain([low, high])
      .range([...range]);
    if (nice && !axis.domain) s.nice();
    const all = s.ticks(count);
    const decades = all.filter((v) => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9);
    const few = decades.length >= 2 ? thin(decades, count) : thin(all, count);
    return finish(
      (v) => s(v),
      (px) => s.invert(px),
      s.domain() as [number, number],
      range,
      few.map((v) => ({ at: s(v), text: numberText(v, 2) })),
    );
  }
  const s = scaleLinear()
    .domain([low, high])
    .range([...range]);
  if (nice && !axis.domain) s.nice(count);
  const all = s.ticks(count);
  const ticks = axis.whole && high - low >= 1 ? all.filter(Number.isInteger) : all;
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0)) || 1;
  const text = tickText(step, Math.max(...ticks.map(Math.abs), 0), axis.percent === true);
  return finish(
    (v) => s(v),
    (px) => s.invert(px),
    s.domain() as [number, number],
    range,
    ticks.map((v) => ({ at: s(v), text: text(v) })),
  );
}

function finish(
  map: (v: number) => number,
  invert: (px: number) => number | Date,
  domain: [number, number],
  range: readonly [number, number],
  ticks: Tick[],
): Scale {
  const scale = (v: number): number => map(v);
  const apart = ticks.filter((t, i) => ticks.findIndex((o) => o.at === t.at) === i);
  return Object.assign(scale, { domain, range, ticks: apart, invert: (px: number) => Number(invert(px)) });
}

/** The same decimals for all ticks; thousands as k and M once they are large. */
function tickText(step: number, most: number, percent: boolean): (v: number) => string {
  if (percent) {
    const decimals = Math.max(0, Math.ceil(-Math.log10(step * 100) - 1e-9));
    return (v) => percentText(v, decimals);
  }
  const [by, unit] = most >= 1e9 ? [1e9, 'G'] : most >= 1e6 ? [1e6, 'M'] : most >= 1e4 ? [1e3, 'k'] : [1, ''];
  if (most > 0 && most < 1e-3) return (v) => (v === 0 ? '0' : numberText(v, 2));
  const decimals = Math.min(8, Math.max(0, Math.ceil(-Math.log10(step / by) - 1e-9)));
  return (v) => (v === 0 ? '0' : `${(v / by).toFixed(decimals).replace('-', '−')}${unit}`);
}

const thin = (values: number[], count: number): number[] => {
  const every = Math.ceil(values.length / Math.max(1, count));
  return values.filter((_, i) => i % every === 0);
};

/** Room in pixels for words in the small type of axes; an estimate on the safe side. */
export const roomFor = (texts: readonly string[], most = 160): number => Math.min(most, Math.max(0, ...texts.map((t) => t.length * 6.3)));
/** Cut with an ellipsis to fit the room. */
export const cut = (text: string, room: number): string => {
  const fits = Math.floor(room / 6.3);
  return text.length > fits ? `${text.slice(0, Math.max(1, fits - 1)).trimEnd()}…` : text;
};
export const axisTitle = (axis: Axis): string => (axis.unit ? `${axis.label} (${axis.unit})` : axis.label);
