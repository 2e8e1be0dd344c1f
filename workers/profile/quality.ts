/** Warnings about one column: gaps, disguised gaps, spellings, ids, constants, outliers, impossible values. */
import { countText } from '../../src/core/count.js';
import type { ColumnProfile, Fix, Severity, Warning } from '../../src/core/profile.js';
import { columnOf, isCodes, isValues, type CodeColumn, type Table } from '../../src/core/table.js';
import { idName, levelCounts } from './column.js';
import { percent } from './rows.js';

const many = (n: number) => countText(n);
const rowsText = (n: number) => `${many(n)} ${n === 1 ? 'row' : 'rows'}`;
const ignoreFix: Fix = { label: 'Ignore this column', role: 'ignore' };
const toMissing = (name: string, from: string): Fix => ({
  label: `Read ${from} as missing`,
  step: { step: 'replace-values', on: [name], params: { from, to: '' } },
});

/** Column steps never touch the target, and it cannot be ignored: what is left is to leave rows out, or to read it in another way. */
function forTarget(fixes: readonly Fix[]): Fix[] {
  return fixes.flatMap((f): Fix[] => {
    if (f.step?.step === 'filter-rows' || f.readings) return [f];
    if (f.step?.step !== 'replace-values') return [];
    const value = String(f.step.params.from);
    return [{ label: `Leave out rows with ${value}`, step: { step: 'filter-rows', on: f.step.on, params: { op: 'is-not', value } } }];
  });
}

export function columnWarnings(table: Table, c: ColumnProfile, isTarget: boolean): Warning[] {
  const found = faultsOf(table, c, isTarget);
  return isTarget ? found.map((w) => ({ ...w, fixes: forTarget(w.fixes) })) : found;
}

function faultsOf(table: Table, c: ColumnProfile, isTarget: boolean): Warning[] {
  const column = columnOf(table, c.name);
  if (!column) return [];
  const out: Warning[] = [];
  const add = (
    code: string,
    severity: Severity,
    message: string,
    why: string,
    count: number,
    examples: readonly string[],
    fixes: readonly Fix[],
  ) => out.push({ code, columns: [c.name], severity, message, why, count, examples, fixes });
  const known = c.rows - c.missing;
  const q = `“${c.name}”`;

  if (known === 0) {
    add('constant', 'medium', `${q} has no values at all.`, 'It tells nothing.', c.rows, [], [ignoreFix]);
    return out;
  }
  if (c.missing > 0 && !isTarget) {
    const share = c.missing / c.rows;
    const fill: Fix = isValues(column)
      ? {
          label: 'Fill with the median',
          step: { step: 'impute', on: [c.name], params: { strategy: 'median', fill: '', indicator: share > 0.05 } },
        }
      : {
          label: 'Fill with “missing”',
          step: { step: 'impute', on: [c.name], params: { strategy: 'constant', fill: 'missing', indicator: false } },
        };
    const common: Fix = {
      label: 'Fill with the most frequent',
      step: { step: 'impute', on: [c.name], params: { strategy: 'most-frequent', fill: '', indicator: false } },
    };
    const drop: Fix = { label: 'Drop rows without it', step: { step: 'drop-missing-rows', on: [c.name], params: {} } };
    add(
      'missing',
      share > 0.4 ? 'high' : share > 0.05 ? 'medium' : 'low',
      `${q} is missing in ${rowsText(c.missing)} (${percent(share)}).`,
      share > 0.4
        ? 'So much is missing that filling invents most of the column; whether it is missing may tell more than its values.'
        : 'Most models need a value in every cell; how gaps are filled becomes part of the model.',
      c.missing,
      [],
      c.kind === 'text' ? [ignoreFix] : share > 0.6 ? [ignoreFix, fill] : share < 0.02 ? [fill, common, drop] : [fill, common],
    );
  }
  if (c.distinct === 1) {
    add(
      'constant',
      'medium',
      `${q} is ${c.top[0] ? `“${c.top[0][0]}”` : 'the same'} in every row that has a value.`,
      'A column that never changes tells nothing.',
      known,
      [],
      [ignoreFix],
    );
    return out;
  }
  const first = c.top[0];
  if (!isTarget && first && first[1] >= known * 0.99 && known >= 100 && c.kind !== 'text') {
    add(
      'near-constant',
      'low',
      `${q} is “${first[0]}” in ${percent(first[1] / known)} of the rows.`,
      'The few other rows are too few to learn from, unless they are what matters.',
      first[1],
      c.top.slice(1, 4).map(([l]) => l),
      [ignoreFix],
    );
  }
  if (!isTarget && c.suggestion.role === 'ignore' && c.distinct > 2 && (c.kind !== 'text' || c.longest <= 40)) {
    const counting = c.suggestion.why.startsWith('It counts');
    add(
      counting ? 'row-number' : 'id-like',
      'medium',
      `${q} looks like ${counting ? 'a row number' : 'a key or a name'}: ${many(c.distinct)} different values in ${rowsText(known)}.`,
      c.suggestion.why,
      c.distinct,
      c.top.slice(0, 3).map(([l]) => l),
      [ignoreFix],
    );
  } else if (!isTarget && c.kind === 'category' && c.distinct > 50) {
    add(
      'high-cardinality',
      c.distinct > 500 ? 'medium' : 'low',
      `${q} has ${many(c.distinct)} levels.`,
      'One column per level makes a wide table in which most levels have few rows to learn from.',
      c.distinct,
      c.top.slice(0, 3).map(([l]) => l),
      [{ label: 'Put rare levels together', step: { step: 'rare-levels', on: [c.name], params: { share: 0.01 } } }, ignoreFix],
    );
  }
  if (isCodes(column)) out.push(...spellings(column, isTarget), ...numbersInText(column, known));
  if (c.kind === 'number' && isValues(column)) {
    const disguised = disguises(c, column.values);
    for (const d of disguised)
      add('disguised-missing', d.severity, d.message, d.why, d.count, [String(d.value)], [toMissing(c.name, String(d.value))]);
    out.push(...impossible(c, column.values, new Set(disguised.map((d) => d.value))));
    const share = c.outliers / known;
    const binary = c.distinct <= 10;
    if (!isTarget && !binary && c.outliers > 0 && !idName(c.name) && c.q1 !== null && c.q3 !== null && c.q3 > c.q1 && extreme(c)) {
      add(
        'outliers',
        share > 0.05 ? 'medium' : 'low',
        `${q} has ${many(c.outliers)} values far from the rest (${percent(share)}), from ${show(c.min)} to ${show(c.max)}.`,
        'A few huge values pull means and linear models; check whether they are errors or true.',
        c.outliers,
        farEnds(c).map(show),
        [
          { label: 'Cut at the 1 % and 99 % quantiles', step: { step: 'clip-outliers', on: [c.name], params: { low: 0.01, high: 0.99 } } },
          { label: 'Drop training rows with outliers', step: { step: 'drop-outliers', on: [c.name], params: {} } },
        ],
      );
    }
  }
  return out;
}

const show = (v: number | null) => (v === null ? '' : String(Number(v.toPrecision(6))));

/** Beyond the far fences (3 IQR, Tukey's “far out”): ordinary skew has values past 1.5 IQR too. */
/** The ends that lie beyond Tukey’s fences, whichever side they are on. */
const farEnds = (c: ColumnProfile): readonly (number | null)[] => {
  const reach = 1.5 * (c.q3! - c.q1!);
  return [...(c.min! < c.q1! - reach ? [c.min] : []), ...(c.max! > c.q3! + reach ? [c.max] : [])];
};

function extreme(c: ColumnProfile): boolean {
  const iqr = c.q3! - c.q1!;
  return c.max! > c.q3! + 3 * iqr || c.min! < c.q1! - 3 * iqr;
}

interface Disguise {
  readonly value: number;
  readonly count: number;
  readonly severity: Severity;
  readonly message: string;
  readonly why: string;
}

const CODES = [-1, -9, -99, -999, -9999, -99999, 99, 999, 9999, 99999, 999999];
/** Measurements of living bodies and things that cannot be zero. */
const NEVER_ZERO =
  /(pressure|glucose|insulin|bmi|mass|weight|height|skin|cholesterol|chol|heart.?rate|pulse|temperature_?k|age_years|horsepower|price|carat|width|length|depth)/i;

function disguises(c: ColumnProfile, values: Float64Array): Disguise[] {
  const out: Disguise[] = [];
  const known = c.rows - c.missing;
  if (known < 20 || c.distinct < 5) return out;
  const counts = new Map<number, number>(CODES.map((v) => [v, 0]));
  // Ends of all that is neither a code nor zero.
  let low = Infinity;
  let high = -Infinity;
  let zeros = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v !== v) continue;
    const n = counts.get(v);
    if (n !== undefined) counts.set(v, n + 1);
    else if (v === 0) zeros++;
    else {
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  for (const [value, count] of counts) {
    if (count === 0 || !(high > low)) continue;
    const range = high - low;
    const negative = value < 0 && low >= 0 && (value < -1 || count >= 2);
    const beyond =
      (value >= 999 || value <= -99) && (value > high + range * 0.5 || value < low - range * 0.5) && (count >= 2 || value <= -99);
    if (!negative && !beyond) continue;
    out.push({
      value,
      count,
      severity: 'high',
      message: `“${c.name}” is ${value} in ${rowsText(count)}, while all other values lie between ${show(low)} and ${show(high)}.`,
      why: `${value} is often written for “missing”; taken as a number it spoils means and models.`,
    });
  }
  // Zero: far below the smallest other value, or where nature allows none.
  const named = NEVER_ZERO.test(c.name);
  if (zeros > 0 && low > 0 && zeros < known * 0.6 && c.distinct > 20 && (named || (low > (high - low) * 0.15 && zeros >= 2))) {
    out.push({
      value: 0,
      count: zeros,
      severity: zeros > known * 0.01 ? 'high' : 'medium',
      message: `“${c.name}” is 0 in ${rowsText(zeros)}, while the smallest other value is ${show(low)}.`,
      why: named
        ? 'By its name it cannot be zero, so 0 probably stands for “missing”.'
        : 'Such a gap above zero suggests that 0 stands for “missing”.',
    });
  }
  return out;
}

const NEVER_NEGATIVE =
  /(^|[^a-z])(age|years?_?old|height|weight|bmi|price|count|quantity|qty|population|distance|duration|pressure|glucose|salary|income_?gross)([^a-z]|$)/i;

function impossible(c: ColumnProfile, values: Float64Array, told: ReadonlySet<number>): Warning[] {
  const out: Warning[] = [];
  if (NEVER_NEGATIVE.test(c.name) && c.min !== null && c.min < 0) {
    let count = 0;
    for (let i = 0; i < values.length; i++) if (values[i]! < 0 && !told.has(values[i]!)) count++;
    if (count > 0 && count < (c.rows - c.missing) * 0.05) {
      out.push({
        code: 'impossible-value',
        columns: [c.name],
        severity: 'medium',
        message: `“${c.name}” is below zero in ${rowsText(count)}.`,
        why: 'By its name it should not be negative: it may be an error, or a code for something else.',
        count,
        examples: [show(c.min)],
        fixes: [{ label: 'Keep rows from 0 up', step: { step: 'filter-rows', on: [c.name], params: { op: 'at-least', value: '0' } } }],
      });
    }
  }
  if (/(^|[^a-z])age([^a-z]|$)/i.test(c.name) && c.max !== null && c.max > 125 && c.median !== null && c.median < 110) {
    let count = 0;
    for (let i = 0; i < values.length; i++) if (values[i]! > 125 && !told.has(values[i]!)) count++;
    if (count > 0 && count < (c.rows - c.missing) * 0.05)
      out.push({
        code: 'impossible-value',
        columns: [c.name],
        severity: 'medium',
        message: `“${c.name}” is above 125 in ${rowsText(count)}.`,
        why: 'If it is an age in years, nobody is that old.',
        count,
        examples: [show(c.max)],
        fixes: [{ label: 'Keep rows up to 125', step: { step: 'filter-rows', on: [c.name], params: { op: 'at-most', value: '125' } } }],
      });
  }
  return out;
}

/** Levels that differ only in case, blanks, accents or signs between words. */
export const spellingKey = (level: string): string =>
  level
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_\-.]+/g, ' ')
    .trim();

function spellings(c: CodeColumn, isTarget: boolean): Warning[] {
  if (c.kind !== 'category' || c.levels.length > 20000) return [];
  const counts = levelCounts(c);
  const groups = new Map<string, number[]>();
  c.levels.forEach((l, k) => {
    if (counts[k] === 0) return;
    const key = spellingKey(l);
    if (key === '' || /^[\d ]+$/.test(key)) return;
    const g = groups.get(key);
    if (g) g.push(k);
    else groups.set(key, [k]);
  });
  const doubled = [...groups.values()].filter((g) => g.length > 1);
  if (doubled.length === 0) return [];
  let rows = 0;
  for (const g of doubled) for (const k of g) rows += counts[k]!;
  return [
    {
      code: 'inconsistent-spellings',
      columns: [c.name],
      severity: isTarget ? 'high' : 'medium',
      message: `“${c.name}” has ${doubled.length} ${doubled.length === 1 ? 'level' : 'levels'} in more than one spelling.`,
      why: isTarget
        ? 'Each spelling counts as a class of its own, so right answers count as wrong.'
        : 'A model takes two spellings for two things and learns half as well about each.',
      count: rows,
      examples: doubled.slice(0, 3).map((g) => g.map((k) => `“${c.levels[k]!}”`).join(' / ')),
      fixes: isTarget
        ? [{ label: 'Treat as one', readings: { [c.name]: { spellings: oneEach(doubled, c.levels, counts) } } }]
        : [{ label: 'Merge spellings', step: { step: 'merge-spellings', on: [c.name], params: {} } }],
    },
  ];
}

/** Of each group of levels the spelling used most, and which others it stands for. */
function oneEach(groups: readonly (readonly number[])[], levels: readonly string[], counts: ArrayLike<number>): Record<string, string> {
  return Object.fromEntries(
    groups.flatMap((g) => {
      const best = levels[g.reduce((a, b) => (counts[b]! > counts[a]! ? b : a))]!;
      return g.map((k) => [levels[k]!, best] as const).filter(([from, to]) => from !== to);
    }),
  );
}

function numbersInText(c: CodeColumn, known: number): Warning[] {
  const counts = levelCounts(c);
  let numeric = 0;
  const others: [number, string][] = [];
  for (let k = 0; k < counts.length; k++) {
    if (counts[k] === 0) continue;
    const l = c.levels[k]!;
    if (/^[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?$/.test(l) && !/^0\d/.test(l)) numeric += counts[k]!;
    else others.push([counts[k]!, l]);
  }
  if (others.length === 0 || numeric < known * 0.6 || (numeric < known * 0.9 && others.length > 10) || known < 10) return [];
  others.sort((a, b) => b[0] - a[0]);
  const rest = others.reduce((s, [n]) => s + n, 0);
  const fixes = others.slice(0, 3).map(([, l]) => toMissing(c.name, l));
  return [
    {
      code: 'numbers-in-text',
      columns: [c.name],
      severity: numeric > known * 0.9 ? 'high' : 'medium',
      message: `“${c.name}” is numbers in ${percent(numeric / known)} of its rows, but ${rowsText(rest)} hold something else.`,
      why: 'As text every number is a level of its own. If the others mean “missing”, open the file again with this column read as numbers.',
      count: rest,
      examples: others.slice(0, 4).map(([, l]) => l),
      fixes,
    },
  ];
}
