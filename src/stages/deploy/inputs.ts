/** From what a person enters for one row to the texts that the model's reader expects. */
import type { InputColumn } from '../../core/artifact.js';
import type { ArtifactSummary, RowPrediction } from '../../core/protocol.js';
import { numberText, percentText } from '../../parts/numbers.js';

const two = (n: number) => String(n).padStart(2, '0');
export const hasClock = (format: string | undefined): boolean => /HH|mm/.test(format ?? '');

/** A date as the browser's own field gives it ('2024-05-31' or '2024-05-31T14:30') in the column's format. */
export function inFormat(entered: string, format: string | undefined): string {
  const found = /^(\d{4,})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?/.exec(entered);
  if (!found || !format) return entered;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = found;
  const parts: Readonly<Record<string, string>> = {
    YYYY: year,
    YY: year.slice(-2),
    MM: month,
    M: String(Number(month)),
    DD: day,
    D: String(Number(day)),
    HH: hour,
    mm: minute,
    ss: second,
  };
  return format.replace(/YYYY|YY|MM|M|DD|D|HH|mm|ss/g, (token) => parts[token] ?? token);
}

/** Milliseconds since 1970 as the browser's date field wants them. */
export function dateField(ms: number, clock: boolean): string {
  const d = new Date(ms);
  if (Number.isNaN(d.getTime())) return '';
  const day = `${String(d.getUTCFullYear()).padStart(4, '0')}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
  return clock ? `${day}T${two(d.getUTCHours())}:${two(d.getUTCMinutes())}` : day;
}

/** A value to begin with: the middle of the training rows, the most frequent level. */
export function firstValue(input: InputColumn): string {
  if (input.kind === 'number') return typeof input.median === 'number' ? String(Number(input.median.toPrecision(6))) : '';
  if (input.kind === 'time') return typeof input.median === 'number' ? dateField(input.median, hasClock(input.reading.format)) : '';
  return input.kind === 'category' ? (input.levels?.[0] ?? '') : '';
}

/** The row in the notation of the file the model learnt from. */
export function rowOf(inputs: readonly InputColumn[], values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    inputs.map((i) => {
      const v = values[i.name] ?? '';
      if (i.kind === 'number' && i.reading.decimal === ',') return [i.name, v.replace('.', ',')];
      return [i.name, i.kind === 'time' ? inFormat(v, i.reading.format) : v];
    }),
  );
}

/** Steps of a slider: about 200 from end to end, whole where the range is wide. */
export function stepOf(min: number, max: number): number {
  const raw = (max - min) / 200;
  if (!(raw > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw * 0.999) ?? power;
  return Number(step.toPrecision(6));
}

/** The answer in one line; of several targets, all of them. */
export function headline(answer: RowPrediction, { target }: Pick<ArtifactSummary, 'target'>): string {
  const one = (name: string, { label, value, probabilities }: Pick<RowPrediction, 'label' | 'value' | 'probabilities'>) => {
    if (label === null) return value === null ? null : `${name}: ${numberText(value, 4)}`;
    const share = probabilities?.find(([level]) => level === label)?.[1];
    return `${name}: ${label}${share === undefined ? '' : `, ${percentText(share)}`}`;
  };
  const said = [one(target.name, answer), ...(answer.also ?? []).map((t) => one(t.target, t))].filter((text) => text !== null);
  return said.length ? said.join(' · ') : 'No answer';
}
