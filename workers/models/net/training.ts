/** The loop over epochs: order, batches, dropout, the live curve, early stopping, and going on elsewhere when a device fails. */
import type { Context } from '../../../src/core/model.js';
import { Problem } from '../../../src/core/problem.js';
import { shuffle } from '../../../src/core/random.js';
import { operationsPerRow, type Lesson, type Net, type Snapshot, type Trainer, type TrainerOf } from './network.js';

export interface Plan {
  readonly epochs: number;
  readonly batch: number;
  /** Epochs without an improvement of `tol` after which training ends. */
  readonly patience: number;
  readonly tol: number;
}

/** Where it trains, and where it goes on should that fail; `failed` is told why. */
export interface Devices {
  readonly first: TrainerOf;
  readonly fallback?: { readonly then: TrainerOf; failed(why: string): void };
}

/** Operations between two reports: 20–50 ms on the CPU. */
const BREATH = 4e7;

/** Parameters after training: the best by the judging rows when there are any, else the last. */
export async function train(
  net: Net,
  lesson: Lesson,
  valid: Lesson | null,
  from: Snapshot,
  plan: Plan,
  devices: Devices,
  ctx: Context,
): Promise<Float64Array> {
  let fallback = devices.fallback;
  let safe = from;
  let trainer: Trainer | null = null;
  /** Does it here; when that fails and there is a fallback, once more there from the last epoch's state. */
  const held = async <T>(work: (t: Trainer) => Promise<T>): Promise<T> => {
    try {
      trainer ??= await (fallback ? devices.first : (devices.fallback?.then ?? devices.first))(net, lesson, valid, safe);
      return await work(trainer);
    } catch (e) {
      if (!fallback || e instanceof Problem) throw e;
      fallback.failed(e instanceof Error ? e.message : String(e));
      drop(trainer);
      trainer = await fallback.then(net, lesson, valid, safe);
      fallback = undefined;
      return await work(trainer);
    }
  };

  const order = Int32Array.from({ length: lesson.rows }, (_, i) => i);
  const batches = Math.ceil(lesson.rows / plan.batch);
  const hidden = net.sizes.slice(1, -1);
  const perBatch = operationsPerRow(net.sizes) * Math.min(plan.batch, lesson.rows);
  let work = 0;
  let best: Float64Array | null = null;
  let bestLoss = Infinity;
  let bar = Infinity;
  let idle = 0;

  try {
    for (let epoch = 0; epoch < plan.epochs; epoch++) {
      if (batches > 1) shuffle(order, ctx.random);
      const masks =
        net.dropout > 0
          ? Array.from({ length: batches }, (_, b) =>
              dropped(hidden, Math.min(plan.batch, lesson.rows - b * plan.batch), net.dropout, ctx.random),
            )
          : null;
      const after = await held(async (t) => {
        for (let b = 0; b < batches; b++) {
          t.step(order.subarray(b * plan.batch, (b + 1) * plan.batch), masks?.[b] ?? null);
          work += perBatch;
          if (work > BREATH && b + 1 < batches) {
            work = 0;
            if (!(await ctx.report(epoch + (b + 1) / batches, plan.epochs))) return null;
          }
        }
        const train = await t.loss();
        const point = { train, ...(valid ? { valid: await t.validate() } : {}) };
        const snapshot = await t.snapshot();
        if (!isFinite(train + (point.valid ?? 0)) || !snapshot.theta.every((x) => isFinite(Math.fround(x)))) {
          if (fallback) throw new Error('it computed something that is not a number');
          return 'diverged' as const;
        }
        return { point, snapshot };
      });
      if (after === null) break;
      if (after === 'diverged') {
        if (epoch === 0) throw new Problem('net/diverged', { rate: net.rate });
        ctx.note?.(
          `The loss grew beyond all bounds in epoch ${epoch + 1}; what it had learnt before is kept. A lower learning rate would help.`,
        );
        break;
      }
      safe = after.snapshot;
      const loss = after.point.valid ?? after.point.train;
      if (valid && loss < bestLoss) best = safe.theta;
      bestLoss = Math.min(bestLoss, loss);
      idle = loss > bar - plan.tol ? idle + 1 : 0;
      bar = Math.min(bar, loss);
      if (!(await ctx.report(epoch + 1, plan.epochs, after.point)) || idle > plan.patience) break;
      work = 0;
    }
    return best ?? safe.theta;
  } finally {
    drop(trainer);
  }
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
function dropped(hidden: readonly number[], rows: number, share: number, u: () => number): Float32Array[] {
  return hidden.map((units) => Float32Array.from({ length: rows * units }, () => (u() < share ? 0 : 1 / (1 - share))));
}
