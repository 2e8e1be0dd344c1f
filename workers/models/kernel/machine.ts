/** One machine of a pair of classes: the support vector problem of its rows, and a sigmoid from decisions that its rows had no part in. */
import { fitSigmoid, type Sigmoid } from './platt.js';
import type { Rows } from './rows.js';
import { isCount, isFloats, savedState, type Of } from '../resume.js';
import { savedMidway, solve, type Keep, type Midway, type Solution, type Task } from './solve.js';
import type { Watch } from './watch.js';

/** Parts that rows are dealt into for the sigmoid, as in libsvm. */
export const FOLDS = 5;

export interface Pair {
  /** Rows of the kernel. */
  readonly members: Int32Array;
  /** 1 for the first class, 0 for the second. */
  readonly first: Uint8Array;
  /** Bound of |β|, and the weight that the sigmoid gives. */
  readonly most: Float64Array;
  readonly weight: Float64Array;
  /** 0…FOLDS − 1. */
  readonly fold: Uint8Array;
}
export interface Machine extends Sigmoid {
  readonly solution: Solution;
}

const FOLDED = 'folds';
/** The boundary is found, and some of the folds are done. */
export interface Folding extends Of {
  readonly solution: Solution;
  readonly decision: Float64Array;
  /** The one under way. */
  readonly fold: number;
  readonly midway: Midway | null;
}

/** Where states go, and the one to go on from. */
export interface PairKeep {
  readonly saved: unknown;
  offer(state: () => Midway | Folding): void;
}

/** `watch` opens the next of 1 + FOLDS parts of the work. */
export async function pairMachine(rows: Rows, pair: Pair, tol: number, watch: () => Watch, keep?: PairKeep): Promise<Machine> {
  const n = pair.members.length;
  const all = taskOf(
    pair,
    Int32Array.from({ length: n }, (_, k) => k),
    tol,
  );
  const isAll = isFloats(n);
  const saved = savedState<Folding>(keep?.saved, FOLDED, {
    solution: (v) => isAll((v as Partial<Solution> | null)?.beta) && isAll((v as Partial<Solution>).slack),
    decision: isAll,
    fold: (v) => isCount(v) && (v as number) < FOLDS,
    midway: (v) => typeof v === 'object',
  });
  const full = watch();
  const solution = saved ? saved.solution : await solve(rows, all, full, keep);
  const decision = saved ? saved.decision.slice() : Float64Array.from(all.y, (y, k) => y - solution.slack[k]! + solution.intercept);
  for (let f = 0; f < FOLDS; f++) {
    const w = watch();
    if (w.stopped) break;
    if (saved && f < saved.fold) continue;
    const offer = (midway: () => Midway | null) =>
      keep?.offer((): Folding => ({ of: FOLDED, solution, decision: decision.slice(), fold: f, midway: midway() }));
    if (f !== saved?.fold) offer(() => null);
    const held = await heldOut(rows, pair, solution, f, tol, w, { saved: saved?.fold === f ? saved.midway : null, offer });
    if (!held) break;
    for (const [k, d] of held) decision[k] = d;
  }
  // After a stop, rows not held out keep the decision of the machine they trained, and those out of play have none.
  const known = Array.from({ length: n }, (_, k) => k).filter((k) => Number.isFinite(decision[k]!));
  const take = (from: Float64Array) => Float64Array.from(known, (k) => from[k]!);
  return {
    solution,
    ...fitSigmoid(
      take(decision),
      Uint8Array.from(known, (k) => pair.first[k]!),
      take(pair.weight),
    ),
  };
}

function taskOf(pair: Pair, chosen: Int32Array, tol: number): Task {
  const y = Float64Array.from(chosen, (k) => (pair.first[k] ? 1 : -1));
  return {
    members: Int32Array.from(chosen, (k) => pair.members[k]!),
    y,
    low: Float64Array.from(chosen, (k) => (pair.first[k] ? 0 : -pair.most[k]!)),
    high: Float64Array.from(chosen, (k) => (pair.first[k] ? pair.most[k]! : 0)),
    epsilon: 0,
    tol,
  };
}

/** Decisions of one fold's rows by a machine trained on the others; null when asked to stop before it was. */
async function heldOut(
  rows: Rows,
  pair: Pair,
  full: Solution,
  f: number,
  tol: number,
  watch: Watch,
  keep: Keep,
): Promise<[number, number][] | null> {
  // prettier-ignore
  const n = pair.members.length;
  const inside: number[] = [];
  const outside: number[] = [];
  const counts = [0, 0];
  for (let k = 0; k < n; k++) {
    if (pair.fold[k] === f) outside.push(k);
    else {
      inside.push(k);
      counts[pair.first[k]!]!++;
    }
  }
  // With one class left, or none, there is nothing to solve; libsvm's answers.
  if (counts[0] === 0 || counts[1] === 0) {
    const answer = counts[1]! > 0 ? 1 : counts[0]! > 0 ? -1 : 0;
    return outside.map((k) => [k, answer]);
  }
  const task = taskOf(pair, Int32Array.from(inside), tol);
  // What goes on from a state needs no start.
  const from = savedMidway(keep.saved, inside.length) ? undefined : await start(rows, pair, full, task, inside, outside, watch);
  const solution = await solve(rows, from ? { ...task, from } : task, watch, keep);
  const out = new Float64Array(outside.length).fill(solution.intercept);
  const at = Int32Array.from(outside, (k) => pair.members[k]!);
  for (let s = 0; s < inside.length; s++) {
    if (watch.stopped) return null;
    const b = solution.beta[s]!;
    if (b === 0) continue;
    const before = rows.spent;
    const K = rows.row(task.members[s]!);
    for (let o = 0; o < at.length; o++) out[o] = out[o]! + b * K[at[o]!]!;
    if (watch.due(2 * at.length + rows.spent - before)) await watch.rest(0.99);
  }
  return outside.map((k, o) => [k, out[o]!]);
}

/**
 * The full machine's β without the held rows, mended to sum to 0: a start near the fold's own answer (DeCoste & Wagstaff 2000).
 * What the held rows leave over is taken from the rows that most want to move that way.
 */
async function start(
  rows: Rows,
  pair: Pair,
  full: Solution,
  task: Task,
  inside: readonly number[],
  outside: readonly number[],
  watch: Watch,
): Promise<NonNullable<Task['from']>> {
  // prettier-ignore
  const beta = Float64Array.from(inside, (k) => full.beta[k]!);
  const slack = Float64Array.from(inside, (k) => full.slack[k]!);
  const move = async (row: number, by: number): Promise<void> => {
    const before = rows.spent;
    const K = rows.row(row);
    for (let s = 0; s < slack.length; s++) slack[s] = slack[s]! - by * K[task.members[s]!]!;
    if (watch.due(2 * slack.length + rows.spent - before)) await watch.rest(0);
  };
  for (const k of outside) if (full.beta[k] !== 0) await move(pair.members[k]!, -full.beta[k]!);
  let over = 0;
  for (const b of beta) over += b;
  const sign = over > 0 ? -1 : 1;
  const order = Int32Array.from(beta.keys()).sort((a, b) => sign * (slack[b]! - slack[a]!) || a - b);
  for (const s of order) {
    if (over === 0) break;
    const room = over > 0 ? beta[s]! - task.low[s]! : task.high[s]! - beta[s]!;
    if (room <= 0) continue;
    const whole = Math.abs(over) >= room;
    const b = whole ? (over > 0 ? task.low[s]! : task.high[s]!) : beta[s]! - over;
    const by = b - beta[s]!;
    beta[s] = b;
    over = whole ? over + by : 0;
    await move(task.members[s]!, by);
  }
  return { beta, slack };
}
