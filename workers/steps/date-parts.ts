/** Turns a point in time into numbers a model can use: year, month, weekday … */
import { flag } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { distinctColumns, listed, numberColumn, numbersOf } from './columns.js';

const DAY = 86_400_000;
type Part = 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'day of year' | 'weekend' | 'days since start';

type Learnt = {
  readonly names: readonly string[];
  /** For each column, the parts that changed among the training rows. */
  readonly parts: readonly (readonly Part[])[];
  /** Earliest training time of each column, ms. */
  readonly start: Float64Array;
};

/** Periods of the parts that come round again, and the value they start from. */
const cycle: Partial<Record<Part, readonly [number, number]>> = {
  month: [12, 1],
  weekday: [7, 0],
  hour: [24, 0],
  'day of year': [365.25, 1],
};

/** One part of a moment (UTC). Weekday: 0 is Monday. */
function partOf(ms: number, part: Part, start: number): number {
  const date = new Date(ms);
  switch (part) {
    case 'year':
      return date.getUTCFullYear();
    case 'month':
      return date.getUTCMonth() + 1;
    case 'day':
      return date.getUTCDate();
    case 'weekday':
      return (date.getUTCDay() + 6) % 7;
    case 'hour':
      return date.getUTCHours();
    case 'day of year':
      return Math.floor((ms - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1;
    case 'weekend':
      return date.getUTCDay() % 6 === 0 ? 1 : 0;
    case 'days since start':
      return (ms - start) / DAY;
  }
}

function takePart(times: Float64Array, part: Part, start: number): Float64Array {
  const out = new Float64Array(times.length);
  for (let i = 0; i < out.length; i++) out[i] = Number.isNaN(times[i]!) ? NaN : partOf(times[i]!, part, start);
  return out;
}

function changes(values: Float64Array): boolean {
  let first = NaN;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    if (Number.isNaN(first)) first = values[i]!;
    else if (values[i] !== first) return true;
  }
  return false;
}

export const dateParts = columnStep({
  id: 'date-parts',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['time'],
  label: 'Parts of a date',
  help: 'Replaces a date by its year, month, weekday and so on, because a model cannot see by itself that two dates are both Mondays. Parts that never change in training are left out.',
  source: 'Kuhn & Johnson, Feature Engineering and Selection (2019), § 5.6. Times are read as UTC.',
  params: {
    year: flag({ label: 'Year', help: 'The calendar year.', default: true }),
    month: flag({ label: 'Month', help: '1 is January.', default: true }),
    day: flag({ label: 'Day of the month', help: '1 to 31.', default: true }),
    weekday: flag({ label: 'Weekday', help: '0 is Monday, 6 is Sunday.', default: true }),
    hour: flag({ label: 'Hour', help: '0 to 23.', default: true }),
    dayOfYear: flag({ label: 'Day of the year', help: '1 to 366.', default: false }),
    weekend: flag({ label: 'Weekend', help: '1 on Saturday and Sunday.', default: false }),
    elapsed: flag({
      label: 'Days since the start',
      help: 'Days since the earliest training row: lets a model see a trend.',
      default: true,
    }),
    cyclic: flag({
      label: 'As a circle',
      help: 'Writes month, weekday, hour and day of the year as sine and cosine, so that December lies beside January. Good for linear models and nets.',
      default: false,
    }),
  },
  learn(columns, params): Learnt {
    const chosen: (readonly [boolean, Part])[] = [
      [params.year, 'year'],
      [params.month, 'month'],
      [params.day, 'day'],
      [params.weekday, 'weekday'],
      [params.hour, 'hour'],
      [params.dayOfYear, 'day of year'],
      [params.weekend, 'weekend'],
      [params.elapsed, 'days since start'],
    ];
    const start = new Float64Array(columns.length);
    const parts = columns.map((c, j) => {
      const times = numbersOf(c);
      let first = Infinity;
      for (let i = 0; i < times.length; i++) if (times[i]! < first) first = times[i]!;
      start[j] = Number.isFinite(first) ? first : 0;
      return chosen.filter(([on, part]) => on && changes(takePart(times, part, start[j]!))).map(([, part]) => part);
    });
    return { names: columns.map((c) => c.name), parts, start };
  },
  apply(columns, state, params) {
    const { parts, start } = state as Learnt;
    const out: Column[] = [];
    columns.forEach((c, j) => {
      const times = numbersOf(c);
      for (const part of parts[j]!) {
        const values = takePart(times, part, start[j]!);
        const round = params.cyclic ? cycle[part] : undefined;
        if (!round) out.push(numberColumn(`${c.name} ${part}`, values));
        else {
          const angle = (v: number) => ((v - round[1]) / round[0]) * 2 * Math.PI;
          out.push(
            numberColumn(
              `${c.name} ${part} sin`,
              values.map((v) => Math.sin(angle(v))),
            ),
          );
          out.push(
            numberColumn(
              `${c.name} ${part} cos`,
              values.map((v) => Math.cos(angle(v))),
            ),
          );
        }
      }
    });
    return distinctColumns(out);
  },
  says: (on, params) => `Replace ${listed(on)} by ${params.cyclic ? 'parts of the date, written as circles' : 'parts of the date'}`,
  learnt(state) {
    const { names, parts } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names.map((n, j) => `${n}: ${parts[j]!.length ? parts[j]!.join(', ') : 'no part changes, so it is left out'}`).join('; ');
  },
});
