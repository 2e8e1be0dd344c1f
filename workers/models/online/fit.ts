/** From a matrix and a target to machines that learn row by row, and from them to a linear form. */
import type { Linear } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context, NumberTarget, Target } from '../../../src/core/model.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { rowWeights, type ClassWeight } from '../class-weight.js';
import { guard } from '../guard.js';
import { fitSigmoidHeard } from '../kernel/platt.js';
import { unitsOf } from '../kernel/points.js';
import { onlyClass } from '../linear/class-scores.js';
import { counted, fitOf, isCount, isList, offer, savedState, type Of } from '../resume.js';
import { pulse, type Pulse } from '../tree/pulse.js';
import { decision, learnt, type Lesson, type Machine } from './descent.js';
import { copied, isMachine, train, type Course, type Midway } from './training.js';

/** Parts that rows are dealt into where decisions on rows held out are wanted. */
const FOLDS = 5;
/** With more rows than this one part held out is enough for a sigmoid. */
const MANY = 2000;
/** Decisions that are asked for after a stop, so that the sigmoid comes at once. */
const HURRIED = 20_000;
/** Raw score of a class that training never saw, below whatever a decision may be. */
const ABSENT = -1e30;

export interface Given {
  readonly course: Course;
  readonly class_weight: ClassWeight;
  /** Scores are log odds already; otherwise a sigmoid is fitted to decisions on rows held out. */
  readonly honest: boolean;
}

/** Trainings that are over, with the chance that was used up by then, and the one under way. */
interface State extends Of {
  readonly over: readonly { readonly machines: readonly Machine[]; readonly drawn: number }[];
  readonly midway: Midway;
}

/** The trainings of a fit, one after another; those that were over before it was cut off are not done again. */
type Training = (targets: readonly Float64Array[], rows: Int32Array, beat: Pulse, before: number, told: boolean) => Promise<Machine[]>;

function trainings(lesson: Lesson, label: Int32Array | null, course: Course, of: string, ctx: Context) {
  const chance = counted(ctx.random);
  const saved = savedState<State>(ctx.saved, of, {
    over: isList((v) => {
      const { machines, drawn } = (v ?? {}) as Partial<State['over'][number]>;
      return isList(isMachine(lesson.cols))(machines) && isCount(drawn);
    }),
    midway: (v) => typeof v === 'object' && v !== null,
  });
  const over: State['over'][number][] = [];
  const next: Training = async (targets, rows, beat, before, told) => {
    const was = saved?.over[over.length];
    if (was) chance.pass(was.drawn);
    const keep = {
      saved: saved && over.length === saved.over.length ? saved.midway : null,
      offer: (midway: () => Midway) => offer(ctx, 0, (): State => ({ of, over: [...over], midway: midway() })),
    };
    const machines = was ? was.machines.map(copied) : await train(lesson, targets, rows, label, course, chance, beat, before, told, keep);
    over.push({ machines, drawn: chance.drawn });
    return machines;
  };
  return { next, u: chance.u };
}

/** Rows that count, row-major. */
async function lessonOf(X: Matrix, weight: Float64Array, beat: Pulse): Promise<{ lesson: Lesson; kept: Int32Array; rows: Int32Array }> {
  const kept = Int32Array.from(weight.keys()).filter((i) => weight[i]! > 0);
  const rowMajor = new Float32Array(kept.length * X.cols);
  for (let j = 0; j < X.cols; j++) {
    for (let r = 0; r < kept.length; r++) rowMajor[r * X.cols + j] = X.data[j * X.rows + kept[r]!]!;
    const on = beat.tick(10 * kept.length, 0);
    if (on !== true) await on;
  }
  const lesson = { X: rowMajor, cols: X.cols, weight: Float64Array.from(kept, (i) => weight[i]!) };
  return { lesson, kept, rows: Int32Array.from(kept.keys()) };
}

export async function fitOnline(X: Matrix, target: Target, given: Given, ctx: Context): Promise<Linear> {
  guard(X, target, { missing: false });
  return target.task === 'class' ? fitClasses(X, target, given, ctx) : fitNumber(X, target, given, ctx);
}

async function fitNumber(X: Matrix, target: NumberTarget, { course }: Given, ctx: Context): Promise<Linear> {
  const weight = target.weight ?? new Float64Array(X.rows).fill(1);
  const beat = pulse(ctx, course.max_iter);
  const { lesson, kept, rows } = await lessonOf(X, weight, beat);
  const { shift, scale } = unitsOf(target.y, kept, (i) => weight[i]!);
  const y = Float64Array.from(kept, (i) => (target.y[i]! - shift) / scale);
  const { next } = trainings(lesson, null, course, fitOf('online', X, target, course), ctx);
  const [m] = await next([y], rows, beat, 0, true);
  const { weights, bias } = learnt(m!);
  return {
    form: 'linear', link: 'identity', inputs: X.cols, outputs: 1, weights: weights.map((w) => w * scale), bias: Float64Array.of(bias * scale + shift),
  }; // prettier-ignore
}

async function fitClasses(X: Matrix, target: ClassTarget, given: Given, ctx: Context): Promise<Linear> {
  const { course } = given;
  const weight = rowWeights(target, given.class_weight);
  const folds = given.honest ? 0 : weight.reduce((n, w) => n + (w > 0 ? 1 : 0), 0) > MANY ? 1 : FOLDS;
  const beat = pulse(ctx, course.max_iter * (1 + folds));
  const { lesson, kept, rows } = await lessonOf(X, weight, beat);
  const label = Int32Array.from(kept, (i) => target.y[i]!);
  const present = [...new Set(label)].sort((a, b) => a - b);
  if (present.length === 1) return onlyClass(X.cols, target, present[0]!, ctx);
  // Two classes need one machine, for the second; more, one for each against the rest.
  const speaking = present.length === 2 ? [present[1]!] : present;
  const targets = speaking.map((k) => Float64Array.from(label, (own) => (own === k ? 1 : -1)));
  const { next, u } = trainings(lesson, label, course, fitOf('online', X, target, given), ctx);
  const machines = await next(targets, rows, beat, 0, true);
  const scores = machines.map(learnt).map(({ weights, bias }) => ({ weights: weights.slice(), bias }));
  if (!given.honest) {
    const held = await decisions(lesson, targets, rows, label, machines, course, folds, next, u, beat);
    for (const [k, score] of scores.entries()) {
      const { slope, offset } = await sigmoid(held[k]!, targets[k]!, lesson.weight, beat, course.max_iter * (1 + folds));
      score.weights = score.weights.map((w) => -slope * w);
      score.bias = -(slope * score.bias + offset);
    }
  }
  return embed(X.cols, target, present, scores);
}

/** Decisions on rows by machines that never saw them; NaN for rows that were never held out. Asked to stop: on the training rows. */
async function decisions(
  lesson: Lesson,
  targets: readonly Float64Array[],
  rows: Int32Array,
  label: Int32Array,
  machines: readonly Machine[],
  course: Course,
  folds: number,
  next: Training,
  u: Random,
  beat: Pulse,
): Promise<Float64Array[]> {
  const out = targets.map(() => new Float64Array(rows.length).fill(NaN));
  const say = (by: readonly Machine[], which: Int32Array) =>
    by.forEach((m, k) => {
      for (const i of which) out[k]![i] = decision(learnt(m), lesson, i);
    });
  const fold = new Uint8Array(beat.stopped ? 0 : rows.length);
  const seen = new Map<number, number>();
  for (const i of beat.stopped ? [] : shuffle(rows.slice(), u)) {
    const at = seen.get(label[i]!) ?? 0;
    fold[i] = at % FOLDS;
    seen.set(label[i]!, at + 1);
  }
  for (let f = 0; f < folds && !beat.stopped; f++) {
    const inside = rows.filter((i) => fold[i] !== f);
    if (inside.length === 0) break;
    const others = await next(targets, inside, beat, course.max_iter * (f + 1), false);
    if (!beat.stopped)
      say(
        others,
        rows.filter((i) => fold[i] === f),
      );
  }
  if (out[0]!.every((d) => d !== d)) {
    const each = beat.stopped ? Math.ceil((rows.length * machines.length) / HURRIED) : 1;
    say(
      machines,
      rows.filter((_, i) => i % each === 0),
    );
  }
  return out;
}

async function sigmoid(
  held: Float64Array,
  y: Float64Array,
  weight: Float64Array,
  beat: Pulse,
  done: number,
): Promise<{ slope: number; offset: number }> {
  // prettier-ignore
  const known = Int32Array.from(held.keys()).filter((i) => Number.isFinite(held[i]!));
  // On a scale near 1, whatever the units of the columns.
  let unit = 0;
  for (const i of known) unit = Math.max(unit, Math.abs(held[i]!));
  if (!(unit > 0)) unit = 1;
  const { slope, offset } = await fitSigmoidHeard(
    Float64Array.from(known, (i) => held[i]! / unit),
    Uint8Array.from(known, (i) => (y[i]! > 0 ? 1 : 0)),
    Float64Array.from(known, (i) => weight[i]!),
    (work) => beat.stopped || beat.tick(work, done),
  );
  return { slope: slope / unit, offset };
}

function embed(
  inputs: number,
  target: ClassTarget,
  present: readonly number[],
  scores: readonly { readonly weights: Float64Array; readonly bias: number }[],
): Linear {
  const K = target.levels.length;
  const [first] = scores;
  if (K === 2) return { form: 'linear', link: 'sigmoid', inputs, outputs: 2, weights: first!.weights, bias: Float64Array.of(first!.bias) };
  const weights = new Float64Array(K * inputs);
  const bias = new Float64Array(K).fill(ABSENT);
  present.forEach((k, at) => {
    // Of two classes, the first says the opposite of the second.
    const sign = scores.length === 1 && at === 0 ? -1 : 1;
    const own = scores.length === 1 ? first! : scores[at]!;
    weights.set(
      own.weights.map((w) => sign * w),
      k * inputs,
    );
    bias[k] = sign * own.bias;
  });
  return { form: 'linear', link: 'rest', inputs, outputs: K, weights, bias };
}
