/**
 * How smooth each curve is to be: the penalties that make the data most likely when every curve is taken for a random one
 * (restricted likelihood, REML), found by Newton's method on their logarithms (Wood 2011, for the working model of one step).
 */
import { cholesky, eigen, solveFactor, type Factor } from '../linear/symmetric.js';
import type { Penalty } from './design.js';
import type { Normal } from './normal-equations.js';

export interface Working extends Normal {
  readonly scores: number;
  /** Coefficients of one score. */
  readonly size: number;
  /** Σ weight · y² and Σ weight where the scatter is to be found as well; null where it is known (counts, classes). */
  readonly scatter: { readonly squares: number; readonly rows: number } | null;
}

export interface Smoothed {
  /** Logarithms of λ. */
  readonly rho: Float64Array;
  readonly coefficients: Float64Array;
  readonly factor: Factor;
}

/** Farthest that log λ goes from where penalty and data weigh the same: beyond e^±17 a curve is straight, or free, to seven digits. */
const FARTHEST = 17;
const MOST_STEPS = 60;
/** Steps of log λ beyond this are cut. */
const LONGEST = 4;
const SETTLED = 1e-8;

/** Where each penalty weighs as much as the data. */
export function balanced({ A, scores, size }: Working, penalties: readonly Penalty[]): Float64Array {
  const N = scores * size;
  return Float64Array.from(penalties, ({ start, size: q }) => {
    let data = 0;
    for (let c = 0; c < scores; c++) for (let i = c * size + start; i < c * size + start + q; i++) data += A[i * N + i]! / (scores * q);
    return data > 0 ? Math.log(data) : 0;
  });
}

/** A with what the penalties add at these λ. */
export function penalised(
  { A, scores, size }: Pick<Working, 'A' | 'scores' | 'size'>,
  penalties: readonly Penalty[],
  rho: Float64Array,
): Float64Array {
  const out = A.slice();
  const N = scores * size;
  penalties.forEach(({ start, size: q }, j) => {
    const lambda = Math.exp(rho[j]!);
    for (let c = 0; c < scores; c++) for (let i = c * size + start; i < c * size + start + q; i++) out[i * N + i]! += lambda;
  });
  return out;
}

/** Columns that say the same leave directions without an answer; a trace of ridge, on the scale of each coefficient, decides there. */
export function factored(A: Float64Array, N: number): Factor {
  for (const trace of [0, 1e-10, 1e-7, 1e-4]) {
    const B = trace === 0 ? A : A.slice();
    for (let i = 0; i < N && trace > 0; i++) B[i * N + i]! *= 1 + trace;
    const factor = cholesky(B, N, 0, 1e-13);
    if (factor) return factor;
  }
  throw new Error('The normal equations of a smooth model hold no numbers that can be used');
}

interface Point extends Smoothed {
  readonly value: number;
  /** n − M over the penalised deviance: what one unit of it counts for. */
  readonly weight: number;
  readonly free: number;
}

/** Coefficients and criterion at given λ. */
function solve(working: Working, penalties: readonly Penalty[], rho: Float64Array): Point {
  const { scores, size, b, scatter } = working;
  const N = scores * size;
  const factor = factored(penalised(working, penalties, rho), N);
  const coefficients = solveFactor(factor, b.slice());
  let explained = 0;
  let determinant = 0;
  for (let i = 0; i < N; i++) {
    explained += b[i]! * coefficients[i]!;
    determinant += 2 * Math.log(factor.L[i * N + i]!) - (factor.unit[i]! > 0 ? 2 * Math.log(factor.unit[i]!) : 0);
  }
  let ranks = 0;
  penalties.forEach(({ size: q }, j) => {
    determinant -= q * scores * rho[j]!;
    ranks += q * scores;
  });
  if (!scatter) return { rho, coefficients, factor, value: (determinant - explained) / 2, weight: 1, free: Infinity };
  const free = Math.max(1, scatter.rows - (N - ranks));
  // A perfect fit would make the likelihood endless.
  const left = Math.max(scatter.squares - explained, 1e-13 * scatter.squares, 1e-300);
  return { rho, coefficients, factor, value: (determinant + free * Math.log(left)) / 2, weight: free / left, free };
}

/** The inverse of what was factored, whole. */
export function inverse(factor: Factor): Float64Array {
  const { n } = factor;
  const out = new Float64Array(n * n);
  const unit = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    unit.fill(0);
    unit[i] = 1;
    out.set(solveFactor(factor, unit), i * n);
  }
  return out;
}

/** Gradient and Hessian of the criterion in log λ. */
function slopes(at: Point, penalties: readonly Penalty[], scores: number, size: number): { g: Float64Array; H: Float64Array } {
  const m = penalties.length;
  const N = scores * size;
  const V = inverse(at.factor);
  const beta = at.coefficients;
  const lambda = at.rho.map(Math.exp);
  const g = new Float64Array(m);
  const H = new Float64Array(m * m);
  const squares = new Float64Array(m);
  for (let j = 0; j < m; j++) {
    const { start, size: q } = penalties[j]!;
    let trace = 0;
    let square = 0;
    for (let c = 0; c < scores; c++) {
      for (let i = c * size + start; i < c * size + start + q; i++) {
        trace += V[i * N + i]!;
        square += beta[i]! * beta[i]!;
      }
    }
    squares[j] = square;
    const cost = at.weight * lambda[j]! * square;
    g[j] = (cost + lambda[j]! * trace - q * scores) / 2;
    H[j * m + j]! += (cost + lambda[j]! * trace) / 2;
  }
  for (let j = 0; j < m; j++) {
    for (let k = j; k < m; k++) {
      const one = penalties[j]!;
      const two = penalties[k]!;
      // Σ V² over the block of both, and β V β between them.
      let both = 0;
      let moved = 0;
      for (let c = 0; c < scores; c++) {
        for (let i = c * size + one.start; i < c * size + one.start + one.size; i++) {
          for (let d = 0; d < scores; d++) {
            for (let l = d * size + two.start; l < d * size + two.start + two.size; l++) {
              const v = V[i * N + l]!;
              both += v * v;
              moved += beta[i]! * v * beta[l]!;
            }
          }
        }
      }
      const pair = lambda[j]! * lambda[k]!;
      const h = -(pair * both) / 2 - at.weight * pair * moved - ((at.weight * at.weight) / at.free / 2) * pair * squares[j]! * squares[k]!;
      H[j * m + k]! += h;
      if (k !== j) H[k * m + j]! += h;
    }
  }
  return { g, H };
}

/** One answer for given λ. */
export const fixed = (working: Working, penalties: readonly Penalty[], rho: Float64Array): Smoothed => solve(working, penalties, rho);

/** Newton's method from `rho`, kept within reach of `middle`. `going` is asked before every step, from step `from` on. Cost of a step: coefficients³. */
export async function likeliest(
  working: Working,
  penalties: readonly Penalty[],
  rho: Float64Array,
  middle: Float64Array,
  going: (turn: number, rho: Float64Array) => Promise<boolean>,
  from = 0,
): Promise<Smoothed> {
  const m = penalties.length;
  let at = solve(working, penalties, rho);
  for (let turn = from; turn < MOST_STEPS && m > 0 && (await going(turn, at.rho)); turn++) {
    const { g, H } = slopes(at, penalties, working.scores, working.size);
    // At an end of its reach a penalty that would go on is left where it is.
    const held = Array.from(g, (v, j) => (v < 0 && at.rho[j]! >= middle[j]! + FARTHEST) || (v > 0 && at.rho[j]! <= middle[j]! - FARTHEST));
    if (g.every((v, j) => held[j]! || Math.abs(v) < SETTLED * (1 + Math.abs(at.value)))) break;
    const free = Array.from(g.keys()).filter((j) => !held[j]);
    const step = downhill(g, H, free, m);
    let share = 1;
    let next: Point | null = null;
    for (let halved = 0; halved < 30; halved++, share /= 2) {
      const there = at.rho.map((v, j) => Math.max(middle[j]! - FARTHEST, Math.min(middle[j]! + FARTHEST, v + share * step[j]!)));
      const tried = solve(working, penalties, there);
      if (tried.value <= at.value) {
        next = tried;
        break;
      }
    }
    if (!next) break;
    const still = at.value - next.value <= 1e-15 * Math.abs(at.value) && Math.max(...step.map(Math.abs)) < 1e-7;
    at = next;
    if (still) break;
  }
  return at;
}

/** Newton's step among the free ones; where the Hessian bends downwards its directions are turned up. */
function downhill(g: Float64Array, H: Float64Array, free: readonly number[], m: number): Float64Array {
  const f = free.length;
  const sub = Float64Array.from({ length: f * f }, (_, i) => H[free[Math.floor(i / f)]! * m + free[i % f]!]!);
  const { values, V } = eigen(sub, f);
  const top = Math.max(1e-10, ...values.map(Math.abs));
  const out = new Float64Array(m);
  for (let k = 0; k < f; k++) {
    let along = 0;
    for (let i = 0; i < f; i++) along += V[k * f + i]! * g[free[i]!]!;
    const size = Math.max(Math.abs(values[k]!), 1e-10 * top);
    for (let i = 0; i < f; i++) out[free[i]!]! -= (along / size) * V[k * f + i]!;
  }
  const longest = Math.max(...out.map(Math.abs));
  return longest > LONGEST ? out.map((v) => (v * LONGEST) / longest) : out;
}
