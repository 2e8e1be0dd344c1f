/** The bootstrap: rows (or groups) drawn with replacement, as weights, so that sorting and losses are reused by every draw. */
import type { Scored } from '../../src/core/metric.js';
import { random } from '../../src/core/random.js';
import { metricOf } from './metrics/index.js';
import type { Prepared, Weights } from './metrics/measure.js';

/** Hears stop and lets messages in; false means “finish with what you have”. */
export type Ask = (done: number, of: number) => Promise<boolean>;

export interface Resampling {
  readonly draws: number;
  readonly seed: number;
  /** Group number per row: whole groups are drawn, since rows of a group are not independent. */
  readonly groups?: ArrayLike<number>;
}

export interface Draws {
  /** Things drawn: rows, or groups. */
  readonly units: number;
  /** Draws made; fewer than asked for when stopped. */
  readonly made: number;
  /** value[s][m]: metric m of scored s on the rows as they are. */
  readonly value: readonly (readonly number[])[];
  /** drawn[s][m]: the metric in each draw; NaN where it is undefined. The same draws for every s and m. */
  readonly drawn: readonly (readonly Float64Array[])[];
}

/** Numbers 0…k−1 for the groups of the rows, and k. */
function unitsOf(rows: number, groups: ArrayLike<number> | undefined): { unit: Uint32Array | null; count: number } {
  if (!groups) return { unit: null, count: rows };
  const numbers = new Map<number, number>();
  const unit = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) {
    const g = groups[i]!;
    let k = numbers.get(g);
    if (k === undefined) numbers.set(g, (k = numbers.size));
    unit[i] = k;
  }
  return { unit, count: numbers.size };
}

/** Bootstraps several predictions of the same rows at once: paired. Cost: draws × scored × metrics × rows. */
export async function bootstrap(scored: readonly Scored[], ids: readonly string[], o: Resampling, tell: Ask): Promise<Draws> {
  const first = scored[0]!;
  const prepared = scored.map((s) => ids.map((id) => metricOf(id).prepare(s)));
  return resample(prepared, first.truth.length, first.weight, o, tell);
}

/** The bootstrap of measures that are prepared already: several of each of several predictions of the same rows. */
export async function resample(
  prepared: readonly (readonly Prepared[])[],
  rows: number,
  own: Weights | undefined,
  o: Resampling,
  tell: Ask,
): Promise<Draws> {
  const value = prepared.map((ms) => ms.map((m) => m(own)));
  const drawn = prepared.map((ms) => ms.map(() => new Float64Array(o.draws).fill(NaN)));
  const { unit, count } = unitsOf(rows, o.groups);
  const times = new Float64Array(count);
  const weight = new Float64Array(rows);
  const u = random(o.seed);
  const steps = o.draws * prepared.length;
  let made = 0;
  draws: for (let d = 0; d < o.draws && rows > 0; d++) {
    times.fill(0);
    for (let i = 0; i < count; i++) times[Math.floor(u() * count)]! += 1;
    for (let i = 0; i < rows; i++) weight[i] = times[unit ? unit[i]! : i]! * (own ? own[i]! : 1);
    for (const [s, ms] of prepared.entries()) {
      for (const [m, measure] of ms.entries()) drawn[s]![m]![d] = measure(weight);
      if (!(await tell(d * prepared.length + s + 1, steps)) && !(d === o.draws - 1 && s === prepared.length - 1)) break draws;
    }
    made++;
  }
  return { units: count, made, value, drawn: drawn.map((ms) => ms.map((v) => v.subarray(0, made))) };
}
