/** Gaussian processes: the mean of what the training rows allow, how far it may be off, and probabilities of classes from both. */
import type { Form, Process } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { BLOCK, scratchOf } from '../kernels/cholesky.js';
import { choleskyKernels } from '../kernels/load.js';
import { allocate, Layout } from '../kernels/memory.js';
import { covary } from './covariance.js';
import { erf } from './erf.js';
import { fourAgainst, type Four } from './four.js';
import { allFinite, broken, finite, floats64, lengthIs, oneOf, typed, type Fields } from './gate.js';
import type { Kit } from './kit.js';

/** Rows asked at once where the spread is wanted: each reading of the triangle serves them all. */
const TOGETHER = 64;

/** Rows × outputs, row-major: values, or probabilities. */
function processPredict(form: Process, X: Matrix): Float64Array {
  const { classes, outputs } = form;
  if (outputs === 1) return processMeans(form, X).map((f) => f * form.scale + form.shift);
  const out = new Float64Array(X.rows * outputs);
  const k = classes.length;
  if (k === 1) for (let i = 0; i < X.rows; i++) out[i * outputs + classes[0]!] = 1;
  if (k < 2) return out;
  const { mean, variance } = processLatent(form, X);
  const processes = form.variance.length;
  for (let i = 0; i < X.rows; i++) {
    const at = i * outputs;
    if (k === 2) {
      const p = squashed(mean[i]!, variance[i]!);
      out[at + classes[0]!] = 1 - p;
      out[at + classes[1]!] = p;
      continue;
    }
    let sum = 0;
    for (let c = 0; c < k; c++) sum += out[at + classes[c]!] = squashed(mean[i * processes + c]!, variance[i * processes + c]!);
    for (let c = 0; c < k; c++) out[at + classes[c]!] = sum > 0 ? out[at + classes[c]!]! / sum : 1 / k;
  }
  return out;
}

/**
 * The standard deviation of what a row's value may be, its noise included: one per row, in units of the target.
 * Null where the form cannot tell: classes, and processes that were saved without it.
 */
export function spreadOf(form: Form, X: Matrix): Float64Array | null {
  if (form.form !== 'process' || form.outputs !== 1) return null;
  if (X.cols !== form.inputs) throw new Error(`This model takes ${form.inputs} columns, not ${X.cols}`);
  if (form.factors.length === 0 && form.weights.length > 0) return null;
  return processLatent(form, X).variance.map((v) => form.scale * Math.sqrt(v + form.noise[0]!));
}

/** Rows × processes. */
function processMeans(form: Process, X: Matrix): Float64Array {
  const processes = form.variance.length;
  const out = new Float64Array(X.rows * processes);
  for (let c = 0; c < processes; c++) {
    const four = pointsOf(form, c, X.rows);
    for (let from = 0; from < X.rows; from += 4) {
      alike(form, c, four, X, from);
      means(form, c, four.value, out, from, Math.min(4, X.rows - from));
    }
  }
  return out;
}

/** Means and variances of the functions themselves, without noise; rows × processes each. */
export function processLatent(form: Process, X: Matrix): { mean: Float64Array; variance: Float64Array } {
  const processes = form.variance.length;
  const n = form.weights.length / processes;
  const mean = new Float64Array(X.rows * processes);
  const variance = new Float64Array(X.rows * processes);
  // The kernels work in fours; the rows added are those of the unit matrix.
  const padded = Math.ceil(n / 4) * 4;
  const together = Math.min(TOGETHER, Math.ceil(X.rows / 4) * 4);
  const layout = new Layout();
  const l = layout.take(8 * BLOCK * padded);
  const b = layout.take(8 * padded * together);
  const scratch = layout.take(scratchOf(padded));
  const memory = allocate(layout.bytes);
  const kernels = choleskyKernels(memory);
  const { f64 } = memory;
  const strip = 4 * padded;
  for (let c = 0; c < processes; c++) {
    const four = pointsOf(form, c, X.rows);
    const factor = form.factors.subarray((c * n * (n + 1)) / 2, ((c + 1) * n * (n + 1)) / 2);
    for (let from = 0; from < X.rows; from += together) {
      const rows = Math.min(together, X.rows - from);
      const m = Math.ceil(rows / 4) * 4;
      for (let q = 0; q < m; q += 4) {
        const at = b / 8 + (q / 4) * strip;
        alike(form, c, four, X, from + q);
        means(form, c, four.value, mean, from + q, Math.min(4, rows - q));
        f64.set(four.value, at);
        f64.fill(0, at + 4 * n, at + strip);
        if (form.bends.length > 0) {
          for (let k = 0; k < n; k++) for (let t = 0; t < 4; t++) f64[at + 4 * k + t] = form.bends[c * n + k]! * f64[at + 4 * k + t]!;
        }
      }
      for (let first = 0; first < padded; first += BLOCK) {
        const end = Math.min(padded, first + BLOCK);
        const last = Math.min(n, end);
        f64.set(factor.subarray((first * (first + 1)) / 2, (last * (last + 1)) / 2), l / 8);
        for (let i = last; i < end; i++) {
          const at = l / 8 + (i * (i + 1)) / 2 - (first * (first + 1)) / 2;
          f64.fill(0, at, at + i);
          f64[at + i] = 1;
        }
        kernels.forward(l, first, end, b, padded, m, scratch);
      }
      for (let q = 0; q < rows; q++) {
        const at = b / 8 + Math.floor(q / 4) * strip + (q % 4);
        let left = form.variance[c]!;
        for (let k = 0; k < n; k++) left -= f64[at + 4 * k]! ** 2;
        variance[(from + q) * processes + c] = Math.max(0, left);
      }
    }
  }
  return { mean, variance };
}

/** The training rows in units of the lengths of a process. */
function pointsOf(form: Process, c: number, asked: number): Four {
  const p = form.inputs;
  const points = Float64Array.from(form.points, (x, at) => x / form.lengths[c * p + (at % p)]!);
  return fourAgainst(points, form.weights.length / form.variance.length, p, asked);
}

/** Kernels of four rows of X with all points, points × 4. */
function alike(form: Process, c: number, four: Four, X: Matrix, from: number): void {
  const p = form.inputs;
  four.take(X, from, form.lengths.subarray(c * p, c * p + p));
  four.squares();
  covary(form.kernel, form.mixture[c]!, form.variance[c]!, four.value, 0, four.value.length);
}

function means(form: Process, c: number, like: Float64Array, out: Float64Array, row: number, rows: number): void {
  const processes = form.variance.length;
  const n = form.weights.length / processes;
  for (let q = 0; q < rows; q++) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += form.weights[c * n + k]! * like[4 * k + q]!;
    out[(row + q) * processes + c] = sum;
  }
}

/**
 * The mean of 1 / (1 + exp(−f)) over f ~ N(mean, variance), with the logistic curve written as a sum of five error functions
 * (Williams & Barber 1998, appendix A; the same numbers as scikit-learn's). Off by at most 4e−4.
 */
const STEEP = [0.41, 0.4, 0.37, 0.44, 0.39];
const SHARE = [-1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654];
function squashed(mean: number, variance: number): number {
  let sum = 0;
  for (let m = 0; m < STEEP.length; m++) {
    const s = STEEP[m]!;
    sum += (SHARE[m]! / 2) * (1 + erf((s * mean) / Math.sqrt(1 + 2 * variance * s * s)));
  }
  return Math.min(1, Math.max(0, sum));
}

function processOf(o: Fields, at: string, inputs: number, outputs: number): Process {
  const classes = typed(o, 'classes', at, Int32Array);
  if (outputs > 1 !== classes.length > 0) broken(`${at}.classes does not go with ${outputs} outputs`);
  classes.forEach((c, i) => {
    if (c >= outputs || c <= (i > 0 ? classes[i - 1]! : -1)) broken(`${at}.classes holds ${c}`);
  });
  const processes = classes.length > 2 ? classes.length : 1;
  const weights = typed(o, 'weights', at, Float64Array);
  const n = Math.floor(weights.length / processes);
  const points = typed(o, 'points', at, Float32Array);
  lengthIs(points, n * inputs, `${at}.points`);
  allFinite(points, `${at}.points`);
  const triangle = (n * (n + 1)) / 2;
  const factors = typed(o, 'factors', at, Float64Array);
  const kept = factors.length > 0 || outputs > 1;
  const above = (name: string, length: number) => {
    const v = floats64(o, name, at, length);
    for (const x of v) if (!(x > 0)) broken(`${at}.${name} holds ${x}`);
    return v;
  };
  const noise = floats64(o, 'noise', at, processes);
  for (const x of noise) if (x < 0) broken(`${at}.noise holds ${x}`);
  const form: Process = {
    form: 'process',
    inputs,
    outputs,
    kernel: oneOf(o, 'kernel', at, ['rbf', 'matern-3/2', 'matern-5/2', 'rational-quadratic'] as const),
    points,
    classes,
    variance: above('variance', processes),
    noise,
    mixture: above('mixture', processes),
    lengths: above('lengths', processes * inputs),
    weights: floats64(o, 'weights', at, processes * n),
    bends: floats64(o, 'bends', at, outputs > 1 ? processes * n : 0),
    factors: floats64(o, 'factors', at, kept ? processes * triangle : 0),
    shift: finite(o, 'shift', at),
    scale: finite(o, 'scale', at),
  };
  if (kept) {
    for (let c = 0; c < processes; c++)
      for (let i = 0; i < n; i++)
        if (!(factors[c * triangle + (i * (i + 3)) / 2]! > 0)) broken(`${at}.factors has a diagonal that is not above 0`);
  }
  return form;
}

export const processKit: Kit<Process> = { predict: processPredict, check: processOf };
