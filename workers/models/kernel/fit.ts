/** From a matrix and a target to support vector machines: one for a number, one for each pair of classes. */
import type { Kernels } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context, NumberTarget } from '../../../src/core/model.js';
import { shuffle } from '../../../src/core/random.js';
import { classFactors, classTotals, type ClassWeight } from '../class-weight.js';
import { fitOf, isFlag, isList, isNumber, offer, savedState, type Of } from '../resume.js';
import { FOLDS, pairMachine, type Folding } from './machine.js';
import { gather, pointsOf, refuseHuge, unitsOf, type Terms } from './points.js';
import { kernelRows, ROOM, type Kernel } from './rows.js';
import { solve, type Keep, type Midway } from './solve.js';
import { watcher } from './watch.js';

export interface Given {
  readonly kernel: Kernel['kernel'];
  readonly C: number;
  /** Null: scale. */
  readonly gamma: number | null;
  readonly degree: number;
  readonly coef0: number;
  readonly epsilon: number;
  readonly class_weight: ClassWeight;
  readonly tol: number;
}

/** What a pair of classes came to. */
interface Ended {
  readonly beta: Float64Array;
  readonly intercept: number;
  readonly slope: number;
  readonly offset: number;
  readonly settled: boolean;
}
const isEnded = (v: unknown): boolean => {
  const e = (v ?? {}) as Partial<Ended>;
  return e.beta instanceof Float64Array && [e.intercept, e.slope, e.offset].every(isNumber) && isFlag(e.settled);
};
interface State extends Of {
  readonly pairs: readonly Ended[];
  /** Of the pair under way. */
  readonly midway: Midway | Folding | null;
}
const isMidway = (v: unknown): boolean => typeof v === 'object';

export async function fitNumber(X: Matrix, target: NumberTarget, params: Given, ctx: Context): Promise<Kernels> {
  const weightOf = (i: number) => target.weight?.[i] ?? 1;
  const kept = Int32Array.from(Array(X.rows).keys()).filter((i) => weightOf(i) > 0);
  const { points, kernel } = pointsOf(X, kept, weightOf, params);
  const { shift, scale } = unitsOf(target.y, kept, weightOf);
  const rows = kernelRows(points, kept.length, X.cols, kernel);
  refuseHuge(X, kept, rows);
  const high = Float64Array.from(kept, (i) => params.C * weightOf(i));
  const watch = watcher(ctx, 1);
  const of = fitOf('support-vector-machine', X, target, params);
  const saved = savedState<State>(ctx.saved, of, { pairs: isList(isEnded, 0), midway: isMidway });
  const keep: Keep = { saved: saved?.midway, offer: (midway) => offer(ctx, 0, (): State => ({ of, pairs: [], midway: midway() })) };
  const { beta, intercept, settled } = await solve(
    rows,
    {
      members: Int32Array.from(kept.keys()),
      y: Float64Array.from(kept, (i) => (target.y[i]! - shift) / scale),
      low: high.map((c) => -c),
      high,
      epsilon: params.epsilon,
      tol: params.tol,
    },
    watch.part(),
    keep,
  );
  if (!settled && !watch.stopped) ctx.note?.(UNSETTLED);
  await watch.end();
  const none = { classes: new Int32Array(0), slopes: new Float64Array(0), offsets: new Float64Array(0) };
  return { ...gather(points, X.cols, [{ members: Int32Array.from(kept.keys()), beta }]), ...kernel, ...none, form: 'kernels', inputs: X.cols, outputs: 1, intercepts: Float64Array.of(intercept), shift, scale }; // prettier-ignore
}

export async function fitClasses(X: Matrix, target: ClassTarget, params: Given, ctx: Context, room = ROOM): Promise<Kernels> {
  const rowWeight = (i: number) => target.weight?.[i] ?? 1;
  const all = Int32Array.from(Array(X.rows).keys()).filter((i) => rowWeight(i) > 0);
  const outputs = target.levels.length;
  const totals = classTotals(target);
  const classes = Int32Array.from(totals.keys()).filter((k) => totals[k]! > 0);
  const factor = classFactors(totals, params.class_weight);
  const weightOf = (i: number) => rowWeight(i) * factor[target.y[i]!]!;

  // A row has its fold before its class is looked at, so that names of classes change nothing but the names.
  const dealt = shuffle(all.slice(), ctx.random);
  const fold = new Uint8Array(X.rows);
  const seen = new Int32Array(outputs);
  for (const i of dealt) fold[i] = seen[target.y[i]!]!++ % FOLDS;

  // Rows of a class lie side by side.
  const kept = all.slice().sort((a, b) => target.y[a]! - target.y[b]! || a - b);
  const { points, kernel } = pointsOf(X, kept, rowWeight, params);
  const n = kept.length;
  const p = X.cols;
  const from = (k: number) => kept.findIndex((i) => target.y[i] === k);
  const startOf = new Map(Array.from(classes, (k) => [k, from(k)]));
  const endOf = (k: number) => startOf.get(k)! + seen[k]!;
  const pairs = Array.from(classes).flatMap((a, i) => Array.from(classes.subarray(i + 1), (b) => [a, b] as const));
  // All rows of the kernel once for all pairs where they have room; else each pair its own.
  const shared = pairs.length === 1 || 4 * n * n <= room ? kernelRows(points, n, p, kernel, room) : null;
  if (shared) refuseHuge(X, kept, shared);
  if (classes.length === 1) ctx.note?.(`Every training row is “${target.levels[classes[0]!]!}”: the model can only answer that.`);

  const watch = watcher(ctx, Math.max(1, pairs.length * (1 + FOLDS)));
  const machines: Terms[] = [];
  const intercepts = new Float64Array(pairs.length);
  const slopes = new Float64Array(pairs.length);
  const offsets = new Float64Array(pairs.length);
  let unsettled = false;
  const of = fitOf('support-vector-machine', X, target, params);
  const sizeOf = (k: number) => endOf(k) - startOf.get(k)!;
  const saved = savedState<State>(ctx.saved, of, {
    pairs: (v) =>
      isList(isEnded)(v) &&
      (v as Ended[]).length <= pairs.length &&
      (v as Ended[]).every(({ beta }, m) => beta.length === sizeOf(pairs[m]![0]) + sizeOf(pairs[m]![1])),
    midway: isMidway,
  });
  const ended: Ended[] = [];
  const end = (one: Ended, members: Int32Array, m: number): void => {
    ended.push(one);
    unsettled ||= !one.settled;
    machines.push({ members, beta: one.beta });
    intercepts[m] = one.intercept;
    slopes[m] = one.slope;
    offsets[m] = one.offset;
  };
  for (const [m, [a, b]] of pairs.entries()) {
    const own = [...range(startOf.get(a)!, endOf(a)), ...range(startOf.get(b)!, endOf(b))];
    const members = Int32Array.from(own);
    const before = saved?.pairs[m];
    if (before) {
      for (let part = 0; part <= FOLDS; part++) watch.part();
      end(before, members, m);
      continue;
    }
    if (watch.stopped) {
      // No machine yet: the shares of the two classes.
      offsets[m] = Math.log((totals[b]! * factor[b]! + 1) / (totals[a]! * factor[a]! + 1));
      machines.push({ members: new Int32Array(0), beta: new Float64Array(0) });
      continue;
    }
    let rows = shared;
    if (!rows) {
      const mine = new Float32Array(own.length * p);
      own.forEach((k, s) => mine.set(points.subarray(k * p, (k + 1) * p), s * p));
      rows = kernelRows(mine, own.length, p, kernel, room);
      refuseHuge(
        X,
        Int32Array.from(own, (k) => kept[k]!),
        rows,
      );
    }
    const weight = Float64Array.from(own, (k) => weightOf(kept[k]!));
    const machine = await pairMachine(
      rows,
      {
        members: shared ? members : Int32Array.from(members.keys()),
        first: Uint8Array.from(own, (k) => (target.y[kept[k]!] === a ? 1 : 0)),
        most: weight.map((w) => params.C * w),
        weight,
        fold: Uint8Array.from(own, (k) => fold[kept[k]!]!),
      },
      params.tol,
      watch.part,
      {
        saved: saved?.pairs.length === m ? saved.midway : null,
        offer: (midway) => offer(ctx, 0, (): State => ({ of, pairs: [...ended], midway: midway() })),
      },
    );
    const { solution, slope, offset } = machine;
    end({ beta: solution.beta, intercept: solution.intercept, slope, offset, settled: solution.settled }, members, m);
    await watch.end();
    if (!watch.stopped) offer(ctx, 0, (): State => ({ of, pairs: [...ended], midway: null }));
  }
  if (pairs.length === 0) await watch.end();
  if (unsettled && !watch.stopped) ctx.note?.(UNSETTLED);
  return { ...gather(points, p, machines), ...kernel, form: 'kernels', inputs: p, outputs, classes, intercepts, slopes, offsets, shift: 0, scale: 1 }; // prettier-ignore
}

const UNSETTLED = 'It stopped before the tolerance was reached. A lower C, a higher tolerance, or columns on one scale would help.';
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
