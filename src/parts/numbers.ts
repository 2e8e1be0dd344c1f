/**
 * Numbers as a person reads them: enough digits, never NaN. They are written as in English, because the words around them
 * are, and so are the sentences and files that come from the workers: one number must not be seen in two spellings.
 * Thousands are parted from 10,000 on, as in core/count.ts: 1900 may be a year.
 */

export { countText } from '../core/count.js';

const cache = new Map<string, Intl.NumberFormat>();
function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let f = cache.get(key);
  if (!f) cache.set(key, (f = new Intl.NumberFormat('en', { useGrouping: 'min2', ...options })));
  return f;
}

/** About `digits` significant digits; whole numbers whole; very large and very small ones as powers of ten. */
export function numberText(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return powerText(value, digits);
  const decimals = Number.isInteger(value) || size === 0 ? 0 : Math.min(8, Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
  return formatter({ maximumFractionDigits: decimals, signDisplay: 'negative' }).format(value).replace('-', '−');
}

/** The same number of decimals for each, so that columns line up. */
export function fixedText(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return numberText(value);
  // signDisplay: what rounds to nothing has no sign.
  return formatter({ minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: 'negative' })
    .format(value)
    .replace('-', '−');
}

/** A score: the same decimals for it and for the ends of its interval. */
export const scoreText = (v: number): string => (Math.abs(v) < 10 ? fixedText(v, 3) : numberText(v, 4));

/** The decimals with which a column of numbers lines up: `digits` significant for the largest; null where sizes differ too much for one. */
export function decimalsFor(values: readonly number[], digits: number): number | null {
  let most = 0;
  let least = Infinity;
  let whole = true;
  for (const v of values) {
    const size = Math.abs(v);
    if (size > most) most = size;
    if (size > 0 && size < least) least = size;
    whole &&= Number.isInteger(v);
  }
  if (whole || most === 0) return most < 1e15 ? 0 : null;
  if (least < 1e-4 || most / least > 1e4) return null;
  return Math.min(8, Math.max(0, digits - 1 - Math.floor(Math.log10(most))));
}

export const percentText = (share: number | null | undefined, decimals = 1): string =>
  share === null || share === undefined || !Number.isFinite(share)
    ? '–'
    : `${formatter({ maximumFractionDigits: decimals })
        .format(share * 100)
        .replace('-', '−')}\u00a0%`;

const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};
function powerText(value: number, digits: number): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential(Math.max(0, digits - 1)).split('e');
  const raised = [...exponent.replace('+', '')].map((c) => superscripts[c] ?? c).join('');
  return `${mantissa.replace(/\.?0+$/, '').replace('-', '−')} × 10${raised}`;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let u = 0;
  while (size >= 1000 && u < units.length - 1) {
    size /= 1000;
    u++;
  }
  return `${numberText(size, size >= 100 ? 3 : 2)} ${units[u]}`;
}

/** A guess, no finer than it is worth: “40 s”, “2 min”, “1 h 10 min”. */
export function roughText(seconds: number): string {
  if (seconds < 90) return durationText(Math.max(1, Math.round(seconds)));
  return durationText(seconds < 3600 ? Math.round(seconds / 60) * 60 : Math.round(seconds / 600) * 600);
}

/** “3 s”, “2 min 10 s”, “1 h 5 min”. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 0.95) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${numberText(seconds, 2)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}
