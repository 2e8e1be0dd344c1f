/** Slices: parts of the data, each named by one column, in which the model does worst. */
import type { Slice, Slices } from '../../src/core/evaluation.js';
import type { Scored } from '../../src/core/metric.js';
import { random, shuffle } from '../../src/core/random.js';
import { dayBefore, daily, isValues, lengthOf, rowNumbers, timeText, type Column } from '../../src/core/table.js';
import { erfc, normalQuantile } from '../evaluate/distributions.js';
import { quantile } from '../evaluate/intervals.js';
import { metricOf } from '../evaluate/metrics/index.js';
import type { Ask } from '../evaluate/resampling.js';

const LEAST_ROWS = 20;
const MOST_LEVELS = 30;
const MOST_SLICES = 12;
const DRAWS = 200;
/** Rows up to which a part gets a bootstrap of its own. */
const MOST_DRAWN = 2000;

interface Candidate {
  readonly column: string;
  readonly says: string;
  readonly rows: readonly number[];
}

export interface SlicesInput extends Scored {
  /** Raw input columns of the scored rows. */
  readonly columns: readonly Column[];
  readonly metric: string;
  readonly seed: number;
  /** Rows a slice must have, and leave outside: 20 unless told. */
  readonly least?: number;
}

/** Quarters of a value column, levels of a code column, and missing; each with enough rows inside and outside. */
function candidates(c: Column, least: number): Candidate[] {
  const n = lengthOf(c);
  // Cell 0 is missing; says[k] names cell k.
  const says = [`${c.name} missing`];
  let cellOf: (row: number) => number;
  if (isValues(c)) {
    const present = c.values.filter((v) => !Number.isNaN(v)).sort();
    // A cut between two days, or two whole numbers, is named by the lower one: the same rows are on either side.
    const whole = c.kind === 'time' ? (daily(c.values) ? dayBefore : null) : present.every(Number.isInteger) ? Math.floor : null;
    const quarters = present.length ? [0.25, 0.5, 0.75].map((p) => quantile(present, p)) : [];
    const cuts = [...new Set(whole ? quarters.map(whole) : quarters)].filter((v) => v < present.at(-1)!);
    const shown = (v: number) => (c.kind === 'time' ? timeText(v) : String(Number(v.toPrecision(6))));
    for (let k = 0; k <= cuts.length; k++) {
      if (k === 0) says.push(cuts.length ? `${c.name} ≤ ${shown(cuts[0]!)}` : `${c.name} present`);
      else if (k === cuts.length) says.push(`${c.name} > ${shown(cuts[k - 1]!)}`);
      else says.push(`${shown(cuts[k - 1]!)} < ${c.name} ≤ ${shown(cuts[k]!)}`);
    }
    cellOf = (row) => {
      const v = c.values[row]!;
      if (Number.isNaN(v)) return 0;
      let k = 0;
      while (k < cuts.length && v > cuts[k]!) k++;
      return k + 1;
    };
  } else {
    for (const level of c.levels) says.push(`${c.name} = ${level}`);
    cellOf = (row) => Math.max(-1, c.codes[row]!) + 1;
  }
  const cells: number[][] = says.map(() => []);
  for (let i = 0; i < n; i++) cells[cellOf(i)]!.push(i);
  return cells
    .map((rows, k) => ({ column: c.name, says: says[k]!, rows }))
    .filter(({ rows }) => rows.length >= least && n - rows.length >= least)
    .sort((x, y) => y.rows.length - x.rows.length)
    .slice(0, MOST_LEVELS);
}

function subset(s: Scored, rows: ArrayLike<number>): Scored {
  const predicted = new Float64Array(rows.length * s.outputs);
  for (let i = 0; i < rows.length; i++)
    for (let c = 0; c < s.outputs; c++) predicted[i * s.outputs + c] = s.predicted[rows[i]! * s.outputs + c]!;
  const weight = s.weight ? Float64Array.from(rows, (r) => s.weight![r]!) : undefined;
  return { ...s, truth: Float64Array.from(rows, (r) => s.truth[r]!), predicted, weight };
}

/** Standard deviation of a metric over bootstrap draws; NaN when it is undefined in half of them. */
function spread(s: Scored, metric: string, u: () => number): number {
  const n = s.truth.length;
  const score = metricOf(metric).prepare(s);
  const weight = new Float64Array(n);
  const values: number[] = [];
  for (let d = 0; d < DRAWS; d++) {
    weight.fill(0);
    for (let i = 0; i < n; i++) {
      const r = Math.floor(u() * n);
      weight[r]! += s.weight ? s.weight[r]! : 1;
    }
    const v = score(weight);
    if (!Number.isNaN(v)) values.push(v);
  }
  if (values.length < DRAWS / 2) return NaN;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
}

/**
 * Scores every single-column slice with at least `least` rows by the metric and gives the worst.
 * Many slices are looked at, and some look bad by luck: intervals and p-values are corrected for their number (Bonferroni).
 */
export async function slices(input: SlicesInput, tell: Ask = async () => true): Promise<Slices> {
  const { columns, metric, seed, least = LEAST_ROWS, ...s } = input;
  const m = metricOf(metric);
  const n = s.truth.length;
  const u = random(seed);
  const sign = m.better === 'higher' ? 1 : -1;
  const score = m.prepare(s);
  const overall = score(s.weight);
  const sliced = columns.filter((c) => c.kind !== 'text');
  // Spread of the metric over one row's worth of data; a part of r rows then has about this ÷ √r.
  const some = Math.min(n, MOST_DRAWN);
  const unit = sliced.length ? spread(subset(s, shuffle(rowNumbers(n), u).subarray(0, some)), metric, u) * Math.sqrt(some) : NaN;
  const weight = new Float64Array(n);
  const found: (Omit<Slice, 'score' | 'p'> & { value: number; sd: number; z: number })[] = [];
  columns: for (const [j, column] of sliced.entries()) {
    if (!(await tell(j, sliced.length))) break;
    const parts = candidates(column, least);
    for (const [i, c] of parts.entries()) {
      if (i > 0 && !(await tell(j + i / parts.length, sliced.length))) break columns;
      const rows = c.rows.length;
      weight.fill(0);
      for (const r of c.rows) weight[r] = s.weight ? s.weight[r]! : 1;
      const value = score(weight);
      for (let r = 0; r < n; r++) weight[r] = (s.weight ? s.weight[r]! : 1) - weight[r]!;
      const outside = score(weight);
      const usual = unit / Math.sqrt(rows);
      const own = rows <= MOST_DRAWN ? spread(subset(s, c.rows), metric, u) : usual;
      if (!Number.isFinite(value) || !Number.isFinite(outside) || Number.isNaN(own) || Number.isNaN(unit)) continue;
      // A small slice may look uniform by luck: half of the usual spread is the least that is believed.
      const sd = Math.max(own, usual / 2);
      const gap = sign * (value - outside);
      const noise = Math.hypot(Math.max(sd, usual), unit / Math.sqrt(n - rows));
      found.push({ column: c.column, says: c.says, rows, gap, value, sd, z: noise > 0 ? gap / noise : 0 });
    }
  }
  const looked = found.length;
  const z = looked ? -normalQuantile(0.025 / looked) : 0;
  const kept = found
    .filter((f) => f.gap < 0)
    .map((f): Slice => {
      const low = Math.max(m.range[0], f.value - z * f.sd);
      const high = Math.min(m.range[1], f.value + z * f.sd);
      return {
        column: f.column,
        says: f.says,
        rows: f.rows,
        gap: f.gap,
        score: { value: f.value, low, high },
        p: Math.min(1, looked * erfc(Math.abs(f.z) * Math.SQRT1_2)),
      };
    })
    .sort((a, b) => Number(b.p < 0.05) - Number(a.p < 0.05) || a.gap - b.gap)
    .slice(0, MOST_SLICES);
  const clear = kept.filter((k) => k.p < 0.05).length;
  const note =
    looked === 0
      ? `No slice has ${least} rows inside and outside for which the score is defined.`
      : `${looked} slices were looked at; ${clear === 0 ? 'none is' : clear === 1 ? 'one is' : `${clear} are`} worse than the rest by more than luck explains (p < 0.05 after correcting for ${looked}).`;
  return { metric, overall: Number.isFinite(overall) ? overall : 0, looked, note, slices: kept };
}
