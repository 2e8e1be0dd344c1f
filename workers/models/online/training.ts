/** Epochs: several machines walk over the same rows in the same order until none of them gets better. */
import { Problem } from '../../../src/core/problem.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { isCount, isFlag, isFloats, isInts, isList, isNumber, savedState, type Counted, type Of } from '../resume.js';
import type { Pulse } from '../tree/pulse.js';
import { decision, learnt, machine, walk, type Lesson, type Machine, type Plan } from './descent.js';

export interface Course {
  readonly plan: Plan;
  readonly max_iter: number;
  /** Null: never stop before. */
  readonly tol: number | null;
  readonly n_iter_no_change: number;
  readonly shuffle: boolean;
  readonly early_stopping: boolean;
  readonly validation_fraction: number;
}

/** Between two looks at the clock. */
const BLOCK = 512;
/** Weights beyond this are no answer, and neither is an error of a number beyond that, in standard deviations. */
const BEYOND = 1e100;
const LOST = 1e6;

interface Judged {
  readonly m: Machine;
  readonly y: Float64Array;
  best: number;
  waited: number;
  done: boolean;
  train: number;
  valid: number;
}

/** After an epoch. */
export interface Midway extends Of {
  readonly epoch: number;
  /** Chance used up in the whole fit. */
  readonly drawn: number;
  /** Rows as they were last shuffled. */
  readonly order: Int32Array;
  readonly all: readonly Omit<Judged, 'y'>[];
}

/** Where states go, and the one to go on from. */
export interface Keep {
  readonly saved: unknown;
  offer(state: () => Midway): void;
}

/** Whether something is a machine of so many columns. */
export const isMachine =
  (cols: number) =>
  (v: unknown): boolean => {
    const m = (v ?? {}) as Partial<Machine>;
    const has = isFloats(cols);
    return (
      has(m.weights) &&
      [m.bias, m.eta, m.t, m.owed].every(isNumber) &&
      (m.paid === null || has(m.paid)) &&
      (m.mean === null || (has(m.mean?.weights) && isNumber(m.mean?.bias)))
    );
  };

const isJudged =
  (cols: number) =>
  (v: unknown): boolean => {
    const j = (v ?? {}) as Partial<Judged>;
    return isMachine(cols)(j.m) && [j.best, j.waited, j.train, j.valid].every(isNumber) && isFlag(j.done);
  };

/**
 * Trains one machine for each of `targets` (their y by row) on the rows named. `strata` deals the rows held out for early stopping
 * evenly. Epochs count from `before` on in what is reported; the learning curve is that of the mean over machines, if `told`.
 */
export async function train(
  lesson: Lesson,
  targets: readonly Float64Array[],
  rows: Int32Array,
  strata: Int32Array | null,
  course: Course,
  chance: Counted,
  pulse: Pulse,
  before: number,
  told: boolean,
  keep: Keep,
): Promise<Machine[]> {
  const { plan } = course;
  const { u } = chance;
  const held = course.early_stopping ? holdOut(rows, strata, course.validation_fraction, u) : new Int32Array(0);
  const aside = new Set(held);
  const order = held.length > 0 ? rows.filter((i) => !aside.has(i)) : rows.slice();
  const of = `${before} ${rows.length}`;
  const saved = savedState<Midway>(keep.saved, of, {
    epoch: isCount,
    drawn: isCount,
    order: isInts(order.length),
    all: isList(isJudged(lesson.cols), targets.length),
  });
  const all: Judged[] = targets.map((y, k) => {
    const from = saved?.all[k];
    if (from) return { ...from, m: copied(from.m), y };
    return { m: machine(plan, lesson.cols), y, best: Infinity, waited: 0, done: false, train: 0, valid: 0 };
  });
  if (saved) {
    order.set(saved.order);
    chance.pass(saved.drawn);
  }
  const total = sumOf(order, lesson.weight);
  for (let epoch = saved?.epoch ?? 0; epoch < course.max_iter; epoch++) {
    if (course.shuffle) shuffle(order, u);
    for (const one of all) {
      if (one.done) continue;
      let sum = 0;
      for (let from = 0; from < order.length; from += BLOCK) {
        const to = Math.min(order.length, from + BLOCK);
        sum += walk(one.m, plan, lesson, one.y, order, from, to);
        const on = pulse.tick((to - from) * (4 * lesson.cols + 30), before + epoch);
        if (on !== true && !(await on)) return sound(all, course);
      }
      one.train = sum / total;
      if (held.length > 0) one.valid = lossOver(one, plan, lesson, held);
      judge(one, course, held.length > 0 ? one.valid : one.train);
    }
    if (!Number.isFinite(all.reduce((s, one) => s + one.train, 0))) return sound(all, course);
    const point = { train: mean(all, 'train'), ...(held.length > 0 && { valid: mean(all, 'valid') }) };
    const done = all.every((one) => one.done);
    if (!(await pulse.step(done ? before + course.max_iter : before + epoch + 1, told ? point : undefined)) || done) break;
    keep.offer(() => ({
      of,
      epoch: epoch + 1,
      drawn: chance.drawn,
      order: order.slice(),
      all: all.map(({ m, best, waited, done, train, valid }) => ({ m: copied(m), best, waited, done, train, valid })),
    }));
  }
  return sound(all, course);
}

export const copied = (m: Machine): Machine => ({
  ...m,
  weights: m.weights.slice(),
  mean: m.mean && { ...m.mean, weights: m.mean.weights.slice() },
  paid: m.paid && m.paid.slice(),
});

/** Counts epochs without improvement; the adaptive schedule slows down before it gives up. */
function judge(one: Judged, { plan, tol, n_iter_no_change }: Course, loss: number): void {
  if (tol !== null && loss > one.best - tol) one.waited++;
  else one.waited = 0;
  one.best = Math.min(one.best, loss);
  if (one.waited < n_iter_no_change) return;
  if (plan.rate === 'adaptive' && one.m.eta > 1e-6) {
    one.m.eta /= 5;
    one.waited = 0;
  } else one.done = true;
}

function sound(all: readonly Judged[], { plan }: Course): Machine[] {
  for (const { m, train: loss } of all) {
    let most = Math.abs(m.bias);
    for (const w of m.weights) most = Math.max(most, Math.abs(w));
    // NaN fails every comparison.
    if (!(most < BEYOND) || (!plan.classes && !(loss < LOST)) || m.weights.some((w) => w !== w)) throw new Problem('fit/diverged');
  }
  return all.map((one) => one.m);
}

const mean = (all: readonly Judged[], of: 'train' | 'valid') => all.reduce((s, one) => s + one[of], 0) / all.length;

function sumOf(rows: Int32Array, weight: Float64Array): number {
  let sum = 0;
  for (const i of rows) sum += weight[i]!;
  return sum;
}

function lossOver({ m, y }: Judged, plan: Plan, lesson: Lesson, rows: Int32Array): number {
  let sum = 0;
  for (const i of rows) sum += lesson.weight[i]! * plan.loss.value(decision(learnt(m), lesson, i), y[i]!);
  return sum / sumOf(rows, lesson.weight);
}

/** About a share of the rows, of each stratum alike; of every stratum one row at least stays. */
function holdOut(rows: Int32Array, strata: Int32Array | null, share: number, u: Random): Int32Array {
  const dealt = shuffle(rows.slice(), u);
  const groups = new Map<number, number[]>();
  for (const i of dealt) {
    const s = strata ? strata[i]! : 0;
    const own = groups.get(s);
    if (own) own.push(i);
    else groups.set(s, [i]);
  }
  return Int32Array.from([...groups.values()].flatMap((own) => own.slice(0, Math.min(own.length - 1, Math.round(share * own.length)))));
}
