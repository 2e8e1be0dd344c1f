/** The loop over epochs: order, batches, dropout, rates, the live curve, early stopping, states to go on from, and going on elsewhere when a device fails. */
import type { Context } from '../../../src/core/model.js';
import { Problem } from '../../../src/core/problem.js';
import { random, shuffle, splitSeed } from '../../../src/core/random.js';
import { isCount, isFloats, isNumber, savedState, type Of } from '../resume.js';
import { rowNumbers } from './lesson.js';
import { dropping, operationsPerRow, type Learnt, type Lesson, type Net, type Snapshot, type Trainer, type TrainerOf } from './network.js';
import { rateAt, type Schedule } from './schedule.js';

export interface Plan {
  readonly epochs: number;
  readonly batch: number;
  /** Epochs without an improvement of `tol` after which training ends. */
  readonly patience: number;
  readonly tol: number;
  readonly schedule: Schedule;
  /** Of the order of the rows and of what is left out: every epoch draws its own, so that it can be gone on from any. */
  readonly seed: number;
}

/** Where it trains, and where it goes on should that fail; `failed` is told why. */
export interface Devices {
  readonly first: TrainerOf;
  readonly fallback?: { readonly then: TrainerOf; failed(why: string): void };
}

/** Operations between two reports: 20–50 ms on the CPU. */
const BREATH = 4e7;

/** What the loop knows after an epoch: with the snapshot all it needs to go on. */
interface State extends Of {
  /** Epochs done. */
  readonly epoch: number;
  readonly snapshot: Snapshot;
  readonly best: Learnt;
  readonly bestLoss: number;
  /** The loss to be improved on, and epochs in which it was not: for stopping, and for lowering the rate. */
  readonly bar: number;
  readonly idle: number;
  readonly waiting: number;
  /** Times the rate was lowered. */
  readonly drops: number;
}

const stateOf = (saved: unknown, of: string, like: Snapshot): State | null => {
  const isLearnt = (v: unknown) => {
    const s = v as Partial<Learnt> | null | undefined;
    return isFloats(like.theta.length)(s?.theta) && isFloats(like.running.length)(s?.running);
  };
  return savedState<State>(saved, of, {
    epoch: isCount,
    snapshot: (v) => {
      const s = v as Partial<Snapshot> | null | undefined;
      return isLearnt(s) && isCount(s?.step) && isFloats(like.m.length)(s?.m) && isFloats(like.v.length)(s?.v);
    },
    best: isLearnt,
    bestLoss: isNumber,
    bar: isNumber,
    idle: isCount,
    waiting: isCount,
    drops: isCount,
  });
};

/** What was learnt: at its best by the judging rows when there are any, else at last. */
export async function train(
  net: Net,
  lesson: Lesson,
  valid: Lesson | null,
  from: Snapshot,
  plan: Plan,
  devices: Devices,
  ctx: Context,
): Promise<Learnt> {
  const of = JSON.stringify([net, plan, lesson.rows, valid?.rows ?? 0]);
  let state: State = stateOf(ctx.saved, of, from) ?? {
    of,
    epoch: 0,
    snapshot: from,
    best: from,
    bestLoss: Infinity,
    bar: Infinity,
    idle: 0,
    waiting: 0,
    drops: 0,
  };
  let fallback = devices.fallback;
  let trainer: Trainer | null = null;
  /** Does it here; when that fails and there is a fallback, once more there from the last epoch's state. */
  const held = async <T>(work: (t: Trainer) => Promise<T>): Promise<T> => {
    try {
      trainer ??= await (fallback ? devices.first : (devices.fallback?.then ?? devices.first))(net, lesson, valid, state.snapshot);
      return await work(trainer);
    } catch (e) {
      if (!fallback || e instanceof Problem) throw e;
      fallback.failed(e instanceof Error ? e.message : String(e));
      drop(trainer);
      trainer = await fallback.then(net, lesson, valid, state.snapshot);
      fallback = undefined;
      return await work(trainer);
    }
  };

  const batch = evenly(net, lesson.rows, plan.batch);
  const batches = Math.ceil(lesson.rows / batch);
  const perBatch = operationsPerRow(net) * Math.min(batch, lesson.rows);
  let work = 0;

  try {
    while (state.epoch < plan.epochs && state.idle <= plan.patience) {
      const { epoch } = state;
      const after = await held(async (t) => {
        const u = random(splitSeed(plan.seed, 'epoch', epoch));
        const order = new Int32Array(rowNumbers(lesson.rows));
        if (batches > 1) shuffle(order, u);
        for (let b = 0; b < batches; b++) {
          const rows = order.subarray(b * batch, (b + 1) * batch);
          t.step(rows, masks(net, rows.length, u), rateAt(plan.schedule, epoch, (epoch + b / batches) / plan.epochs, state.drops));
          work += perBatch;
          if (work > BREATH && b + 1 < batches) {
            work = 0;
            await t.ready?.();
            if (!(await ctx.report(epoch + (b + 1) / batches, plan.epochs))) return null;
          }
        }
        const train = await t.loss();
        const point = { train, ...(valid ? { valid: await t.validate() } : {}) };
        const snapshot = await t.snapshot();
        if (!isFinite(train + (point.valid ?? 0)) || ![snapshot.theta, snapshot.running].every(isSound)) {
          if (fallback) throw new Error('it computed something that is not a number');
          return 'diverged' as const;
        }
        return { point, snapshot };
      });
      if (after === null) break;
      if (after === 'diverged') {
        if (epoch === 0) throw new Problem('net/diverged', { rate: plan.schedule.rate });
        ctx.note?.(
          `The loss grew beyond all bounds in epoch ${epoch + 1}; the best it had learnt before is kept. A lower learning rate would help.`,
        );
        return state.best;
      }
      state = next(state, after.snapshot, after.point.valid ?? after.point.train, plan);
      if (!(await ctx.report(state.epoch, plan.epochs, after.point))) break;
      const offered = state;
      ctx.save?.(() => offered);
      work = 0;
    }
    return valid ? state.best : state.snapshot;
  } finally {
    drop(trainer);
  }
}

/** The state after an epoch that ended with this loss. */
function next(s: State, snapshot: Snapshot, loss: number, { tol, schedule }: Plan): State {
  const better = loss < s.bestLoss;
  const stuck = loss > s.bar - tol;
  const waiting = stuck ? s.waiting + 1 : 0;
  const lowered = schedule.kind === 'plateau' && waiting > schedule.every;
  return {
    of: s.of,
    epoch: s.epoch + 1,
    snapshot,
    best: better ? { theta: snapshot.theta, running: snapshot.running } : s.best,
    bestLoss: better ? loss : s.bestLoss,
    bar: Math.min(s.bar, loss),
    idle: stuck ? s.idle + 1 : 0,
    waiting: lowered ? 0 : waiting,
    drops: s.drops + (lowered ? 1 : 0),
  };
}

/** Forms hold Float32: a parameter has to be finite as one. */
const isSound = (x: Float64Array): boolean => x.every((v) => isFinite(Math.fround(v)));

/** Rows of a batch. Batch normalisation learns nothing from a last batch of few rows, so with it all are about as long, and never of one row. */
function evenly(net: Net, rows: number, batch: number): number {
  if (!net.parts.some((p) => p.kind === 'norm')) return batch;
  return Math.ceil(rows / Math.max(1, Math.round(rows / Math.max(2, batch))));
}

/** A device that is gone may also fail to let go. */
function drop(trainer: Trainer | null): void {
  try {
    trainer?.dispose();
  } catch {
    // nothing is left to free
  }
}

/** Masks of one batch: 0 for a unit left out, 1 / (1 − share) for one that stays (Srivastava et al. 2014, inverted). */
function masks(net: Net, rows: number, u: () => number): Float32Array[] | null {
  const parts = dropping(net);
  if (parts.length === 0) return null;
  return parts.map(({ share, units }) => {
    const mask = new Float32Array(rows * units);
    const stays = 1 / (1 - share);
    for (let i = 0; i < mask.length; i++) if (u() >= share) mask[i] = stays;
    return mask;
  });
}
