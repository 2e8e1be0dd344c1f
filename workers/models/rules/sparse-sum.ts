/** A sum of few terms: L1 fits of the target on the columns of a design, and how strong the penalty should be. */
import { take, type Matrix } from '../../../src/core/matrix.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { elasticNet } from '../linear/elastic-net.js';
import { sparseLogistic } from '../linear/sparse-logistic.js';
import type { Pace } from '../pace.js';
import { isCount, isNumber, savedIn, type Keep } from '../resume.js';

/** A number near 1 in size, or classes 0 … K − 1, all of them present. Weights sum to the number of rows or so. */
export interface Goal {
  readonly y: Float64Array | Int32Array;
  readonly weight: Float64Array;
  /** 0: a number. */
  readonly classes: number;
}

export interface Sum {
  /** Scores × columns. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Raw scores of a goal: 1 for a number or two classes. */
export const scoresFor = (goal: Goal): number => (goal.classes > 2 ? goal.classes : 1);

/** Rows at most on which the penalty is chosen. */
const ENOUGH = 6000;
const HELD = 0.25;

export async function fitSum(Z: Matrix, goal: Goal, penalty: number, shown: Pace, keep?: Keep): Promise<Sum> {
  // Its own steps begin anew with every penalty: as points of the curve they would say nothing of it.
  const pace: Pace = {
    get stopped() {
      return shown.stopped;
    },
    get done() {
      return shown.done;
    },
    due: (operations) => shown.due(operations),
    rest: () => shown.rest(),
    step: () => shown.rest().then(() => !shown.stopped),
  };
  const { weight, classes } = goal;
  if (classes === 0) {
    const { line } = await elasticNet(Z, Float64Array.from(goal.y), weight, penalty, 1, true, 1e-7, 2000, pace, keep);
    return { weights: line.weights, bias: Float64Array.of(line.bias) };
  }
  const total = weight.reduce((a, b) => a + b, 0);
  const scores = scoresFor(goal);
  const y = Int32Array.from(goal.y);
  const fit = await sparseLogistic({ X: Z, y, weight, total, scores }, constant(goal), penalty, 0, 1e-3, 30, pace, keep);
  return { weights: fit.weights, bias: fit.bias };
}

/** The best raw scores without any term. */
export function constant(goal: Goal): Float64Array {
  if (goal.classes < 2) return new Float64Array(1);
  const total = goal.weight.reduce((a, b) => a + b, 0);
  const share = new Float64Array(goal.classes);
  goal.y.forEach((k, i) => (share[k]! += goal.weight[i]! / total));
  return goal.classes === 2 ? Float64Array.of(Math.log(share[1]! / share[0]!)) : share.map(Math.log);
}

/** The least penalty that leaves no term at all: the steepest slope of the mean loss at the best constant. O(cells). */
export async function strongest(Z: Matrix, goal: Goal, pace: Pace): Promise<number> {
  const { weight, classes } = goal;
  const total = weight.reduce((a, b) => a + b, 0);
  let top = 0;
  for (let k = 0; k < Math.max(1, classes); k++) {
    let share = 0;
    const own = (i: number) => (classes === 0 ? goal.y[i]! : goal.y[i] === k ? 1 : 0);
    for (let i = 0; i < Z.rows; i++) share += (weight[i]! * own(i)) / total;
    const rest = Float64Array.from(weight, (w, i) => (w * (own(i) - share)) / total);
    for (let j = 0; j < Z.cols; j++) {
      let slope = 0;
      for (let i = 0; i < Z.rows; i++) slope += rest[i]! * Z.data[j * Z.rows + i]!;
      top = Math.max(top, Math.abs(slope));
      if (pace.due(2 * Z.rows)) await pace.rest();
      if (pace.stopped) return top;
    }
  }
  return top;
}

/**
 * The penalty, as a share of the strongest, under which rows held back fare best, from strong to weak; it ends when weaker ones have become
 * worse twice, or are not allowed. With it, the fit to the rows not held back.
 */
export async function chooseShare(
  Z: Matrix,
  goal: Goal,
  shares: readonly number[],
  allowed: (weights: Float64Array) => boolean,
  u: Random,
  pace: Pace,
  keep?: Keep,
): Promise<{ readonly share: number; readonly sum: Sum | null }> {
  const order = Array.from({ length: Z.rows }, (_, i) => i);
  shuffle(order, u);
  const some = order.slice(0, ENOUGH);
  const held = some.slice(0, Math.floor(HELD * some.length));
  const kept = some.slice(held.length);
  const part = (rows: readonly number[]): [Matrix, Goal] => [
    take(Z, rows),
    {
      ...goal,
      y: goal.classes ? Int32Array.from(rows, (r) => goal.y[r]!) : Float64Array.from(rows, (r) => goal.y[r]!),
      weight: Float64Array.from(rows, (r) => goal.weight[r]!),
    },
  ];
  const [train, trainGoal] = part(kept);
  const [test, testGoal] = part(held);
  // Where a class would be learnt from no row, there is nothing to choose by.
  const seen = new Set(trainGoal.y);
  if (held.length < 5 || (goal.classes > 0 && seen.size < goal.classes))
    return { share: shares[Math.floor(shares.length / 2)]!, sum: null };
  const top = await strongest(train, trainGoal, pace);
  const saved = savedIn<Chosen>(keep, { at: isCount, best: (v) => typeof v === 'object' && v !== null, least: isNumber, worse: isCount });
  let best: Chosen['best'] = saved?.best ?? { share: shares[0]!, sum: null };
  let least = saved?.least ?? Infinity;
  let worse = saved?.worse ?? 0;
  for (const [at, share] of shares.entries()) {
    if (pace.stopped) break;
    if (saved && at < saved.at) continue;
    const sum = await fitSum(train, trainGoal, share * top, pace);
    if (pace.stopped || (least < Infinity && !allowed(sum.weights))) break;
    const loss = lossOf(test, testGoal, sum);
    await pace.step({ valid: loss });
    if (loss < least) {
      least = loss;
      best = { share, sum };
      worse = 0;
    } else if (++worse === 2) break;
    if (!pace.stopped) keep?.offer(0, (): Chosen => ({ at: at + 1, best, least, worse }));
  }
  return best;
}

/** After a share was tried. */
interface Chosen {
  /** The next one to try. */
  readonly at: number;
  readonly best: { readonly share: number; readonly sum: Sum | null };
  readonly least: number;
  readonly worse: number;
}

/** Mean squares, or mean −log probability. */
function lossOf(Z: Matrix, goal: Goal, { weights, bias }: Sum): number {
  const K = bias.length;
  const score = new Float64Array(K);
  let loss = 0;
  let total = 0;
  for (let i = 0; i < Z.rows; i++) {
    for (let k = 0; k < K; k++) {
      let s = bias[k]!;
      for (let j = 0; j < Z.cols; j++) {
        const w = weights[k * Z.cols + j]!;
        if (w !== 0) s += w * Z.data[j * Z.rows + i]!;
      }
      score[k] = s;
    }
    const w = goal.weight[i]!;
    total += w;
    if (goal.classes === 0) loss += w * (score[0]! - goal.y[i]!) ** 2;
    else if (K === 1) {
      const z = goal.y[i] === 1 ? -score[0]! : score[0]!;
      loss += w * (Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z))));
    } else {
      const top = Math.max(...score);
      let sum = 0;
      for (let k = 0; k < K; k++) sum += Math.exp(score[k]! - top);
      loss += w * (Math.log(sum) + top - score[goal.y[i]!]!);
    }
  }
  return total > 0 ? loss / total : 0;
}
