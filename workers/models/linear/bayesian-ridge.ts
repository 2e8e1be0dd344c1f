/** Bayesian ridge: a penalty that the data choose, by the evidence; the weights come with their uncertainty. */
import { column, type Matrix } from '../../../src/core/matrix.js';
import { model } from '../../../src/core/model.js';
import { flag, int, real } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { pace, type Pace } from '../pace.js';
import { fitOf, keepOf, partOf, type Keep } from '../resume.js';
import { gramOf } from './gram.js';
import type { Inference } from './inference.js';
import type { Line } from './least-squares.js';
import { means, moments } from './moments.js';
import { eigen } from './symmetric.js';

/** Eigenvalues of more take half a minute and more, and hear no stop meanwhile. */
const MOST = 1000;

const shape = (label: string, of: string) =>
  real({
    label,
    help: `One of the two numbers of the gamma distribution expected of ${of}, for a target of standard deviation 1; the default expects nothing in particular.`,
    default: 1e-6,
    min: 0,
    max: 1e6,
    more: true,
  });

export const bayesianRidge = model({
  id: 'bayesian-ridge',
  version: 1,
  label: 'Bayesian ridge',
  help: 'Ridge regression that finds the strength of its penalty itself, without cross-validation: the one that makes the data most probable. It tells how sure each weight is.',
  source:
    'MacKay 1992; Tipping 2001. Updates as in BayesianRidge of scikit-learn, with the target brought to standard deviation 1 first, so that its units do not matter.',
  family: 'linear',
  when: 'When rows are few for the number of columns, and you want a sound ridge and honest uncertainty without a search.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    max_iter: int({
      label: 'Most rounds',
      help: 'Stops after this many rounds even if the strengths have not settled, and says so.',
      default: 300,
      min: 1,
      max: 100000,
      scale: 'log',
      more: true,
    }),
    tol: real({
      label: 'Tolerance',
      help: 'Stops when the weights together change by no more than this in a round, relative to their size.',
      default: 1e-6,
      min: 1e-14,
      max: 0.1,
      scale: 'log',
      more: true,
    }),
    alpha_1: shape('Noise: shape (alpha_1)', 'the precision of the noise'),
    alpha_2: shape('Noise: rate (alpha_2)', 'the precision of the noise'),
    lambda_1: shape('Weights: shape (lambda_1)', 'the precision of the weights'),
    lambda_2: shape('Weights: rate (lambda_2)', 'the precision of the weights'),
    fit_intercept: flag({
      label: 'Intercept',
      help: 'Learns a constant beside the weights. Leave it on unless the target must be 0 when every column is 0.',
      default: true,
      more: true,
    }),
  },
  whyNot: ({ rows, cols }) =>
    Math.min(rows, cols) > MOST
      ? `It needs the eigenvalues of the columns: ${Math.min(rows, cols)} would take very long, ${MOST} is the most it takes.`
      : null,
  cost: ({ rows, cols }) => {
    const small = Math.min(rows, cols);
    return { operations: (rows * cols * small) / 2 + 9 * small ** 3 + 100 * small, bytes: 32 * small * small };
  },
  async fit(X, target, params, ctx) {
    if (target.task !== 'number') throw new Error('bayesian-ridge takes a number target');
    guard(X, target, { missing: false });
    const p = pace(ctx, params.max_iter);
    const fit = await evidence(
      X,
      target.y,
      target.weight ?? null,
      params.fit_intercept,
      params,
      p,
      keepOf(ctx, fitOf('bayesian-ridge', X, target, params)),
    );
    if (!fit.converged && !p.stopped)
      ctx.note?.(`Stopped after ${params.max_iter} rounds before the strengths had settled; allow more rounds.`);
    const { weights, bias } = fit.line;
    return { form: 'linear', link: 'identity', inputs: X.cols, outputs: 1, weights, bias: Float64Array.of(bias), ...fit.inference };
  },
});

export interface Evidence {
  readonly line: Line;
  /** Precision of the noise, and of the weights, in units of the target. */
  readonly alpha: number;
  readonly lambda: number;
  /** Log of the marginal likelihood of the target brought to standard deviation 1, after every round. */
  readonly scores: readonly number[];
  readonly converged: boolean;
  readonly inference: Inference | null;
}

interface Priors {
  readonly alpha_1: number;
  readonly alpha_2: number;
  readonly lambda_1: number;
  readonly lambda_2: number;
  readonly tol: number;
  readonly max_iter: number;
}

/** Rotated to the eigenvectors of XᵀX every weight stands alone: β_k = α c_k / (λ + α s_k). */
export async function evidence(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  intercept: boolean,
  { alpha_1, alpha_2, lambda_1, lambda_2, tol, max_iter }: Priors,
  pace: Pace,
  keep?: Keep,
): Promise<Evidence> {
  const p = X.cols;
  const { turned, along, vector, mean, yMean, deviation, total } = await rotated(X, y, weight, intercept, pace, partOf(keep, 'moments'));
  const K = turned.length;
  if (!(deviation > 0) || pace.stopped)
    return { line: { weights: new Float64Array(p), bias: yMean }, alpha: 1, lambda: 1, scores: [], converged: true, inference: null };
  const cross = along.map((c) => c / deviation);
  let alpha = 1;
  let lambda = 1;
  let b = new Float64Array(K);
  let before: Float64Array | null = null;
  let converged = false;
  const found: number[] = [];
  const solve = () => Float64Array.from(turned, (s, k) => (alpha * cross[k]!) / (lambda + alpha * s));
  const leftOver = () => {
    let r = total;
    for (let k = 0; k < K; k++) r += b[k]! * (b[k]! * turned[k]! - 2 * cross[k]!);
    return Math.max(r, 0);
  };
  for (let turn = 0; turn < max_iter && !converged; turn++) {
    b = solve();
    const left = leftOver();
    let gamma = 0;
    let squares = 0;
    let logs = 0;
    for (let k = 0; k < K; k++) {
      gamma += (alpha * turned[k]!) / (lambda + alpha * turned[k]!);
      squares += b[k]! * b[k]!;
      logs += Math.log(lambda + alpha * turned[k]!);
    }
    const score =
      lambda_1 * Math.log(lambda) - lambda_2 * lambda + alpha_1 * Math.log(alpha) - alpha_2 * alpha +
      0.5 * (p * Math.log(lambda) + total * Math.log(alpha) - alpha * left - lambda * squares - logs - (p - K) * Math.log(lambda) - total * Math.log(2 * Math.PI)); // prettier-ignore
    found.push(score);
    let moved = 0;
    let size = 0;
    if (before) {
      for (let k = 0; k < K; k++) {
        moved += Math.abs(b[k]! - before[k]!);
        size += Math.abs(b[k]!);
      }
      converged = moved <= tol * size;
    }
    before = b;
    const nextLambda = (gamma + 2 * lambda_1) / (squares + 2 * lambda_2);
    const nextAlpha = (total - gamma + 2 * alpha_1) / (left + 2 * alpha_2);
    // A perfect fit, or a target that no column tells anything of, has no best strength: the last sound one stands.
    if (!(nextLambda > 1e-300 && nextLambda < 1e150 && nextAlpha > 1e-300 && nextAlpha < 1e150)) {
      converged = true;
      break;
    }
    lambda = nextLambda;
    alpha = nextAlpha;
    if (!(await pace.step({ train: -score / total }))) break;
  }
  b = solve();
  const weights = new Float64Array(p);
  for (let k = 0; k < K; k++) {
    const v = vector(k);
    for (let j = 0; j < p; j++) weights[j] = weights[j]! + deviation * b[k]! * v[j]!;
  }
  let bias = yMean;
  for (let j = 0; j < p; j++) bias -= weights[j]! * mean[j]!;
  const inUnits = { alpha: alpha / deviation ** 2, lambda: lambda / deviation ** 2 };
  return { line: { weights, bias }, ...inUnits, scores: found, converged, inference: posterior() };

  /** Standard deviations under the posterior: (λ + α XᵀX)⁻¹ has λ⁻¹ left in the directions the rows say nothing of. */
  function posterior(): Inference | null {
    if (p > 2000 || pace.stopped) return null;
    const square = new Float64Array(p + 1).fill(1 / lambda, 0, p);
    let far = 0;
    for (let j = 0; j < p; j++) far += (mean[j]! * mean[j]!) / lambda;
    for (let k = 0; k < K; k++) {
      const v = vector(k);
      const gain = 1 / (lambda + alpha * turned[k]!) - 1 / lambda;
      let along = 0;
      for (let j = 0; j < p; j++) {
        square[j] = square[j]! + gain * v[j]! * v[j]!;
        along += v[j]! * mean[j]!;
      }
      far += gain * along * along;
    }
    square[p] = intercept ? 1 / (alpha * total) + Math.max(far, 0) : 0;
    const spread = square.map((v) => deviation * Math.sqrt(Math.max(v, 0)));
    const noise = deviation / Math.sqrt(alpha);
    if (!Number.isFinite(noise) || !spread.every(Number.isFinite)) return null;
    return { spread, freedom: 0, noise, explained: 1 - leftOver() / total };
  }
}

interface Rotated {
  /** Eigenvalues of XᵀX that are not nothing, and Xᵀy along their vectors. */
  readonly turned: Float64Array;
  readonly along: Float64Array;
  readonly vector: (k: number) => Float64Array;
  readonly mean: Float64Array;
  readonly yMean: number;
  /** Standard deviation of the target (around 0 without an intercept). */
  readonly deviation: number;
  readonly total: number;
}

async function rotated(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  intercept: boolean,
  pace: Pace,
  keep: Keep,
): Promise<Rotated> {
  // prettier-ignore
  const { rows: n, cols: p } = X;
  const columns = Array.from({ length: p }, (_, j) => j);
  if (p <= n) {
    const m = await moments(X, columns, y, weight, intercept, pace, keep);
    const { values, V } = eigen(m.gram, p);
    const kept = Array.from(values, (_, k) => k).filter((k) => values[k]! > 1e-15 * values[p - 1]!);
    const vector = (at: number) => V.subarray(kept[at]! * p, kept[at]! * p + p);
    const along = Float64Array.from(kept, (_, at) => dot(vector(at), m.cross));
    const turned = Float64Array.from(kept, (k) => values[k]!);
    return { turned, along, vector, mean: m.mean, yMean: m.yMean, deviation: Math.sqrt(m.yy / m.weight), total: m.weight };
  }
  // Fewer rows than columns: the same from X Xᵀ, whose vectors u give v = Xᵀ u / √s.
  const mean = intercept ? means(X, columns, weight) : new Float64Array(p);
  const root = Float64Array.from({ length: n }, (_, i) => Math.sqrt(weight ? weight[i]! : 1));
  const total = root.reduce((s, r) => s + r * r, 0);
  const yMean = intercept ? y.reduce((s, v, i) => s + root[i]! ** 2 * v, 0) / total : 0;
  const t = y.map((v, i) => (v - yMean) * root[i]!);
  const A = new Float64Array(p * n); // a row's columns in one run
  for (let j = 0; j < p; j++) {
    const x = column(X, j);
    for (let i = 0; i < n; i++) A[i * p + j] = (x[i]! - mean[j]!) * root[i]!;
  }
  const products = gramOf(n);
  products.addColumns(A, p);
  const inner = products.take();
  if (pace.due((p * n * n) / 2)) await pace.rest();
  const { values, V } = eigen(inner, n);
  const kept = Array.from(values, (_, k) => k).filter((k) => values[k]! > 1e-13 * values[n - 1]!);
  const along = Float64Array.from(kept, (k) => Math.sqrt(values[k]!) * dot(V.subarray(k * n, k * n + n), t));
  const vector = (at: number) => {
    const k = kept[at]!;
    const out = new Float64Array(p);
    for (let i = 0; i < n; i++) {
      const f = V[k * n + i]! / Math.sqrt(values[k]!);
      for (let j = 0; j < p; j++) out[j] = out[j]! + A[i * p + j]! * f;
    }
    return out;
  };
  return { turned: Float64Array.from(kept, (k) => values[k]!), along, vector, mean, yMean, deviation: Math.sqrt(dot(t, t) / total), total };
}

function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
}
