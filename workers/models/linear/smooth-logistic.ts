/**
 * Logistic regression without an L1 part: L-BFGS (Liu & Nocedal 1989) on centred columns, started from the curvature instead of the
 * identity: at the class shares, or with many rows at the best weights for some of them. That makes it blind to units and
 * correlations and needs few passes over the data.
 */
import { matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { isCount, isFloats, isList, isNumber, savedIn, type Keep } from '../resume.js';
import { held } from './held.js';
import { curvatureAt, curvatureAtShares, type Curve } from './logistic-curve.js';
import { lossAndGradient, type Classes } from './loss.js';
import { means } from './moments.js';

export interface Fit {
  /** Scores × p. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly converged: boolean;
  /** Mean loss without the penalty. */
  readonly loss: number;
}

const MEMORY = 12;

/** Where the curvature was taken that steps go by. */
interface Near {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}
/** After a turn that was not the last. */
interface Turned {
  readonly turn: number;
  readonly theta: Float64Array;
  readonly g: Float64Array;
  readonly f: number;
  readonly loss: number;
  readonly S: readonly Float64Array[];
  readonly Y: readonly Float64Array[];
  readonly rho: readonly number[];
  readonly near: Near | null;
}

/** Minimises mean loss + l2 / 2 |β|². `start` are intercepts that fit the class shares; `share` those shares, one per score. */
export async function smoothLogistic(
  given: Classes,
  start: Float64Array,
  share: Float64Array,
  l2: number,
  tol: number,
  most: number,
  pace: Pace,
  keep?: Keep,
): Promise<Fit> {
  // One score for each row is waited for no longer than the row itself: the copy would not pay.
  const c: Classes = { ...given, held: given.scores > 1 ? held(given.X, given.scores) : null };
  const p = c.X.cols;
  const K = c.scores;
  const size = K * p + K;
  const mean = means(
    c.X,
    Array.from({ length: p }, (_, j) => j),
    c.weight,
  );
  /** θ = weights, then intercepts of the centred columns. */
  let theta = new Float64Array(size);
  theta.set(start, K * p);
  const beta = new Float64Array(K * p);
  const b = new Float64Array(K);
  const gB = new Float64Array(K);
  const uncentre = (from: Float64Array) => {
    beta.set(from.subarray(0, K * p));
    for (let k = 0; k < K; k++) {
      let s = from[K * p + k]!;
      for (let j = 0; j < p; j++) s -= beta[k * p + j]! * mean[j]!;
      b[k] = s;
    }
  };
  let loss = surprise(share);
  /** Value of the objective, and its gradient into g. */
  const evaluate = async (at: Float64Array, g: Float64Array): Promise<number> => {
    uncentre(at);
    loss = await lossAndGradient(c, beta, b, g.subarray(0, K * p), gB, pace);
    let square = 0;
    for (let k = 0; k < K; k++) {
      for (let j = 0; j < p; j++) {
        const m = k * p + j;
        g[m] = g[m]! - mean[j]! * gB[k]! + l2 * at[m]!;
        square += at[m]! * at[m]!;
      }
      g[K * p + k] = gB[k]!;
    }
    return loss + 0.5 * l2 * square;
  };

  let g = new Float64Array(size);
  let f = Infinity;
  let apply: Curve | null = null;
  const isAll = isFloats(size);
  const saved = savedIn<Turned>(keep, {
    turn: isCount,
    theta: isAll,
    g: isAll,
    f: isNumber,
    loss: isNumber,
    S: isList(isAll),
    Y: isList(isAll),
    rho: isList(isNumber),
    near: (v) => v === null || (isFloats(K * p)((v as Partial<Near> | undefined)?.weights) && isFloats(K)((v as Near).bias)),
  });
  let used: Near | null = saved?.near ?? null;
  if (saved) {
    theta.set(saved.theta);
    g.set(saved.g);
    ({ f, loss } = saved);
    apply = used ? await curvatureAt(c, used.weights, used.bias, mean, l2, pace) : await curvatureAtShares(c, share, l2, pace);
  }
  const near = saved ? null : await fromFewer(c, start, share, l2, most, pace);
  if (near) {
    theta.set(near.weights);
    for (let k = 0; k < K; k++) {
      let s = near.bias[k]!;
      for (let j = 0; j < p; j++) s += near.weights[k * p + j]! * mean[j]!;
      theta[K * p + k] = s;
    }
    f = await evaluate(theta, g);
    if (f < surprise(share)) apply = await curvatureAt(c, near.weights, near.bias, mean, l2, pace);
    if (apply) used = { weights: near.weights, bias: near.bias };
  }
  if (!apply && !saved && !pace.stopped) {
    theta.fill(0, 0, K * p).set(start, K * p);
    f = await evaluate(theta, g);
    apply = await curvatureAtShares(c, share, l2, pace);
  }
  const S: Float64Array[] = [...(saved?.S ?? [])];
  const Y: Float64Array[] = [...(saved?.Y ?? [])];
  const rho: number[] = [...(saved?.rho ?? [])];
  let converged = false;
  let nextTheta = new Float64Array(size);
  let nextG = new Float64Array(size);
  for (let turn = saved?.turn ?? 0; turn < most && !converged; turn++) {
    if (!(await pace.step({ train: loss }))) break;
    // Two loops: d = −H g.
    const d = g.slice();
    const a: number[] = [];
    for (let m = S.length - 1; m >= 0; m--) {
      a[m] = rho[m]! * inner(S[m]!, d);
      add(d, -a[m]!, Y[m]!);
    }
    apply?.(d);
    balance(d, K, p);
    for (let m = 0; m < S.length; m++) add(d, a[m]! - rho[m]! * inner(Y[m]!, d), S[m]!);
    for (let m = 0; m < size; m++) d[m] = -d[m]!;
    const slope = inner(g, d);
    if (!(slope < 0)) {
      converged = true; // Nothing left but rounding.
      break;
    }
    // √−slope is the length of the step that remains, measured by the curvature: about how far scores are still off, root mean square.
    if (Math.sqrt(-slope) <= tol) {
      converged = true;
      break;
    }
    // Weak Wolfe by bisection (Lewis & Overton 2013).
    let t = 1;
    let lo = 0;
    let hi = Infinity;
    let value = f;
    let found = false;
    for (let tries = 0; tries < 40 && !pace.stopped; tries++) {
      for (let m = 0; m < size; m++) nextTheta[m] = theta[m]! + t * d[m]!;
      value = await evaluate(nextTheta, nextG);
      // Near the best, differences of f drown in rounding: the slope then decides alone.
      const noise = 1e-15 * (1 + Math.abs(f));
      if (!(value <= f + 1e-4 * t * slope + noise)) hi = t;
      else if (inner(nextG, d) < 0.9 * slope) lo = t;
      else {
        found = true;
        break;
      }
      found = lo === t;
      t = hi < Infinity ? (lo + hi) / 2 : 2 * t;
    }
    if (pace.stopped) break;
    if (!found) {
      converged = true; // No point along d is lower in Float64.
      break;
    }
    const s = new Float64Array(size);
    const yv = new Float64Array(size);
    for (let m = 0; m < size; m++) {
      s[m] = nextTheta[m]! - theta[m]!;
      yv[m] = nextG[m]! - g[m]!;
    }
    const sy = inner(s, yv);
    if (sy > 0) {
      S.push(s);
      Y.push(yv);
      rho.push(1 / sy);
      if (S.length > MEMORY) {
        S.shift();
        Y.shift();
        rho.shift();
      }
    }
    [theta, nextTheta] = [nextTheta, theta];
    [g, nextG] = [nextG, g];
    f = value;
    if (turn + 1 < most && !pace.stopped)
      keep?.offer(8 * size * (2 * S.length + 3), (): Turned => ({
        turn: turn + 1,
        theta: theta.slice(),
        g: g.slice(),
        f,
        loss,
        S: [...S],
        Y: [...Y],
        rho: [...rho],
        near: used,
      }));
  }
  uncentre(theta);
  return { weights: beta.slice(), bias: b.slice(), converged, loss };
}

/** The mean loss of the class shares alone; of two classes only one share is given. */
function surprise(share: Float64Array): number {
  const all = share.length === 1 ? [share[0]!, 1 - share[0]!] : [...share];
  return all.reduce((s, v) => s - (v > 0 ? v * Math.log(v) : 0), 0);
}

/** One row in so many. */
const THINNED = 16;

/**
 * The best weights for a part of the rows, when that part is large enough for them to lie near the best for all: two thirds of the
 * passes over all rows are then not needed. What is found in the end does not depend on it.
 */
async function fromFewer(c: Classes, start: Float64Array, share: Float64Array, l2: number, most: number, pace: Pace): Promise<Fit | null> {
  const { rows, cols: p, data } = c.X;
  const n = Math.ceil(rows / THINNED);
  if (p > 500 || n < 20 * (p + 1) * (c.scores + 1)) return null;
  const X = matrix(n, p);
  for (let j = 0; j < p; j++) for (let i = 0; i < n; i++) X.data[j * n + i] = data[j * rows + i * THINNED]!;
  const y = Int32Array.from({ length: n }, (_, i) => c.y[i * THINNED]!);
  const weight = Float64Array.from({ length: n }, (_, i) => c.weight[i * THINNED]!);
  const total = weight.reduce((s, w) => s + w, 0);
  // A class of few rows lies apart from the others by chance.
  const counts = new Int32Array(Math.max(2, c.scores));
  for (let i = 0; i < n; i++) if (weight[i]! > 0) counts[y[i]!] = counts[y[i]!]! + 1;
  if (counts.some((count) => count <= p)) return null;
  const quiet: Pace = {
    get stopped() {
      return pace.stopped;
    },
    done: 0,
    due: (operations) => pace.due(operations),
    rest: () => pace.rest(),
    step: async () => {
      if (pace.due(0)) await pace.rest();
      return !pace.stopped;
    },
  };
  const fit = await smoothLogistic({ X, y, weight, total, scores: c.scores }, start, share, l2, 1e-3, Math.min(most, 50), quiet);
  return fit.converged && !pace.stopped ? fit : null;
}

/**
 * Only differences between classes count, so steps are kept to weights that sum to 0 over the classes, as the best ones do:
 * along their sum the objective is all but flat, and L-BFGS would crawl.
 */
function balance(d: Float64Array, K: number, p: number): void {
  if (K === 1) return;
  for (let j = 0; j <= p; j++) {
    // The last round is for the intercepts, which lie side by side after the weights.
    const at = (k: number) => (j < p ? k * p + j : K * p + k);
    let sum = 0;
    for (let k = 0; k < K; k++) sum += d[at(k)]!;
    for (let k = 0; k < K; k++) d[at(k)] = d[at(k)]! - sum / K;
  }
}

function inner(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
}

function add(to: Float64Array, t: number, v: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + t * v[i]!;
}
