/** From a matrix and a target to Gaussian processes: one for a number or two classes, one for each class against the rest for more. */
import type { Process } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context, NumberTarget } from '../../../src/core/model.js';
import { weighted, type ClassWeight } from '../class-weight.js';
import { system, type Heed } from '../kernel/system.js';
import { pace } from '../pace.js';
import { fitOf, isList, offer, savedState, type Of } from '../resume.js';
import { climb } from './climb.js';
import { evidence, type Best, type Evidence } from './evidence.js';
import { elsewhere, LEAST, listOf, MOST, type Hyper } from './hyper.js';
import { laplace } from './laplace.js';
import { isLooks, watched, type Looks, type Watched } from './looks.js';

export interface Given {
  readonly kernel: Process['kernel'];
  readonly ard: boolean;
  readonly optimizer: 'lbfgs' | 'none';
  readonly constant_value: number;
  /** Null: √columns. */
  readonly length_scale: number | null;
  readonly mixture: number;
  readonly noise_level: number;
  readonly alpha: number;
  readonly n_restarts_optimizer: number;
  readonly max_iter: number;
  readonly class_weight: ClassWeight;
}

/** Multiplications of the compiled kernels in the time of one of ours. */
export const FASTER = 7;

/** What was seen of each process so far. */
interface State extends Of {
  readonly looks: readonly Looks[];
}

export async function fitProcess(X: Matrix, target: NumberTarget | ClassTarget, given: Given, ctx: Context): Promise<Process> {
  const { rows: kept, weight: all } = weighted(target, given.class_weight);
  const n = kept.length;
  const p = X.cols;
  const weight = Float64Array.from(kept, (i) => all?.[i] ?? 1);
  const points = new Float32Array(n * p);
  for (let j = 0; j < p; j++) for (let k = 0; k < n; k++) points[k * p + j] = X.data[j * X.rows + kept[k]!]!;
  const start: Hyper = {
    kernel: given.kernel,
    variance: given.constant_value,
    lengths: new Float64Array(given.ard && p > 0 ? p : 1).fill(given.length_scale ?? Math.sqrt(Math.max(1, p))),
    mixture: given.mixture,
    noise: target.task === 'number' ? given.noise_level : 0,
  };

  const classes = target.task === 'class' ? present(target, kept) : new Int32Array(0);
  const processes = classes.length > 2 ? classes.length : 1;
  const starts = given.optimizer === 'none' ? 1 : 1 + given.n_restarts_optimizer;
  const looks = given.optimizer === 'none' ? 1 : given.max_iter;
  const told = pace(ctx, processes * starts * looks);
  // What was the best before it was cut off is had again before a stop is heard.
  let deaf = false;
  const heed: Heed = async (operations) => {
    if (told.due(operations / FASTER)) await told.rest();
    return deaf || !told.stopped;
  };
  const shape = {
    form: 'process',
    inputs: p,
    outputs: target.task === 'class' ? target.levels.length : 1,
    kernel: given.kernel,
    classes,
  } as const;
  // One class, or none left to tell apart: the form answers without a process.
  if (target.task === 'class' && classes.length < 2) {
    ctx.note?.(`Every training row is “${target.levels[classes[0]!]!}”: the model can only answer that.`);
    await told.step();
    return { ...shape, ...gathered([null], start, p, new Float32Array(0), true), shift: 0, scale: 1 };
  }

  const K = system(n);
  const wide = Float64Array.from(points);
  const units = target.task === 'number' ? unitsOf(target, kept, weight) : { shift: 0, scale: 1 };
  const of = fitOf('gaussian-process', X, target, given);
  const saved = savedState<State>(ctx.saved, of, {
    looks: (v) => isList(isLooks(listOf(start).length))(v) && (v as unknown[]).length <= processes,
  });
  const looked: Watched[] = [];
  const found: (Best | null)[] = [];
  let unsettled = false;
  for (let c = 0; c < processes; c++) {
    const surface =
      target.task === 'number'
        ? evidence(
            K,
            wide,
            p,
            Float64Array.from(kept, (i) => (target.y[i]! - units.shift) / units.scale),
            weight,
            start,
            given.alpha,
            heed,
          )
        : laplace(
            K,
            wide,
            p,
            Uint8Array.from(kept, (i) => (target.y[i] === classes[processes > 1 ? c : 1] ? 1 : 0)),
            weight,
            start,
            heed,
          );
    deaf = true;
    looked.push(
      await watched(surface, saved?.looks[c] ?? null, () => offer(ctx, 0, (): State => ({ of, looks: looked.map((l) => l.looks) }))),
    );
    deaf = false;
    if (!told.stopped) unsettled = !(await learnt(surface, looked[c]!, start, given, looks, starts, ctx, told, n)) || unsettled;
    found.push(surface.best);
  }
  if (!told.stopped) {
    if (found.includes(null)) ctx.note?.('Some rows are too alike for these settings, so it answers without them. More noise would help.');
    else if (unsettled) ctx.note?.('It stopped before the most probable settings were found. More looks would help.');
  }
  const whole = found.includes(null) ? found.map(() => null) : found;
  return { ...shape, ...gathered(whole, start, p, points, target.task === 'class'), ...units };
}

/** From each start to the most probable settings near it; false where it had to end before. */
async function learnt(
  surface: Evidence,
  seen: Watched,
  start: Hyper,
  given: Given,
  looks: number,
  starts: number,
  ctx: Context,
  told: ReturnType<typeof pace>,
  n: number,
): Promise<boolean> {
  // prettier-ignore
  const from = listOf(start);
  const low = new Float64Array(from.length).fill(Math.log(LEAST));
  const high = new Float64Array(from.length).fill(Math.log(MOST));
  const ways = {
    gradient: () => seen.gradient(),
    async value(at: Float64Array) {
      const isNew = !seen.isRetold;
      const value = await seen.value(at);
      if (value !== null && !told.stopped) await told.step(isNew ? (surface.best ? { train: -surface.best.value / n } : {}) : undefined);
      return told.stopped ? null : value;
    },
  };
  if (given.optimizer === 'none') {
    await ways.value(from);
    return true;
  }
  let settled = true;
  for (let s = 0; s < starts && !told.stopped; s++) {
    const way = await climb(ways, s === 0 ? from : elsewhere(from, ctx.random), low, high, looks);
    settled &&= way.settled;
  }
  return settled;
}

function present(target: ClassTarget, kept: Uint32Array): Int32Array {
  const seen = new Set<number>();
  for (const i of kept) seen.add(target.y[i]!);
  return Int32Array.from([...seen].sort((a, b) => a - b));
}

/** Mean and spread of the target, so that the settings mean the same for every unit. */
function unitsOf(target: NumberTarget, kept: Uint32Array, weight: Float64Array): { shift: number; scale: number } {
  let total = 0;
  let shift = 0;
  kept.forEach((i, k) => {
    total += weight[k]!;
    shift += weight[k]! * target.y[i]!;
  });
  shift /= total;
  let square = 0;
  kept.forEach((i, k) => (square += weight[k]! * (target.y[i]! - shift) ** 2));
  const scale = Math.sqrt(square / total);
  return { shift, scale: scale > 0 && Number.isFinite(scale) ? scale : 1 };
}

/** The parts of a form that go by process; without a best there are no points, and the prior speaks. */
function gathered(found: readonly (Best | null)[], start: Hyper, p: number, points: Float32Array, bent: boolean) {
  const hypers = found.map((b) => b?.hyper ?? start);
  const joined = (of: (b: Best) => Float64Array): Float64Array => {
    const parts = found.flatMap((b) => (b ? [of(b)] : []));
    if (parts.length === 1) return parts[0]!;
    const out = new Float64Array(parts.reduce((sum, a) => sum + a.length, 0));
    let at = 0;
    for (const a of parts) {
      out.set(a, at);
      at += a.length;
    }
    return out;
  };
  return {
    points: found.includes(null) ? new Float32Array(0) : points,
    variance: Float64Array.from(hypers, (h) => h.variance),
    noise: Float64Array.from(hypers, (h) => (bent ? 0 : h.noise)),
    mixture: Float64Array.from(hypers, (h) => h.mixture),
    lengths: Float64Array.from(hypers.flatMap((h) => Array.from({ length: p }, (_, j) => h.lengths[h.lengths.length === 1 ? 0 : j]!))),
    weights: joined((b) => b.weights),
    bends: joined((b) => b.bends),
    factors: joined((b) => b.factor),
  };
}
