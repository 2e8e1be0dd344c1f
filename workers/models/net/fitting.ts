/** What all networks do alike: shape of the outputs, start, rows to judge by, device, training, forecast. */
import type { Context, Shape, Target } from '../../../src/core/model.js';
import { random, splitSeed } from '../../../src/core/random.js';
import { chooseBackend, giveUp, trainerOn } from './backend.js';
import { divide, type Learnable } from './lesson.js';
import { entrance, operationsPerRow, places, start, type Learnt, type Lesson, type Net } from './network.js';
import { scheduleOf, type Training } from './params.js';
import { train } from './training.js';

/** Fewest rows to judge by that tell one epoch from the next; with less, early stopping watches the training loss. */
const ENOUGH = 10;

/** Outputs of the network and its loss, for so many classes (0 for a number). */
export const ends = (task: Target['task'], classes: number): Pick<Net, 'outputs' | 'loss'> =>
  task === 'number'
    ? { outputs: 1, loss: 'squares' }
    : classes <= 2
      ? { outputs: 1, loss: 'logistic' }
      : { outputs: classes, loss: 'softmax' };

/** Trains; `lesson` are the rows it learnt from. Null where there is but one class, and nothing to learn. */
export async function learn(
  net: Net,
  { all, classes }: Learnable,
  target: Target,
  params: Training,
  ctx: Context,
): Promise<{ learnt: Learnt | null; lesson: Lesson }> {
  if (target.task === 'class' && classes.length < 2) return { learnt: null, lesson: all };
  // All chance hangs on one number, so that a training can be gone on from any epoch.
  const seed = Math.floor(ctx.random() * 2 ** 32);
  const of = (name: string) => random(splitSeed(seed, name));
  const from = start(net, of('start'));
  const judged = params.early_stopping && all.rows * params.validation_fraction >= ENOUGH;
  const { lesson, valid } = judged ? divide(all, classes.length, params.validation_fraction, of('judge')) : { lesson: all, valid: null };
  const batch = Math.min(params.batch_size ?? 200, lesson.rows);
  // A GPU has no tensors without numbers in them.
  const wish = entrance(net) === 0 ? 'cpu' : (ctx.backend ?? 'auto');
  const { backend } = await chooseBackend(wish, { net, rows: lesson.rows, batch, epochs: params.max_iter }, ctx);
  const devices = {
    first: trainerOn(backend),
    ...(backend === 'cpu'
      ? {}
      : {
          fallback: {
            then: trainerOn('cpu'),
            failed(why: string) {
              giveUp(backend, why);
              ctx.note?.(`${backend} failed (${why}); training goes on on the CPU from the last epoch.`);
            },
          },
        }),
  };
  const plan = {
    epochs: params.max_iter,
    batch,
    patience: params.n_iter_no_change,
    tol: params.tol,
    schedule: scheduleOf(params),
    seed,
  };
  return { learnt: await train(net, lesson, valid, from, plan, devices, ctx), lesson };
}

/** Operations and bytes of such a training. */
export function costOf(net: Net, { rows, cols }: Shape, params: Training): { operations: number; bytes: number } {
  const batch = Math.min(rows, params.batch_size ?? 200);
  // Early stopping ends most fits within a fifth of the epochs; two operations of a matrix product go in the time of one plain step.
  const epochs = params.early_stopping ? params.max_iter / 5 : params.max_iter;
  const { size, units } = places(net);
  const across = units.reduce((a, b) => a + b, entrance(net));
  return {
    operations: 0.5 * operationsPerRow(net) * rows * epochs,
    bytes: 8 * rows * cols + 40 * size + 12 * batch * across,
  };
}
