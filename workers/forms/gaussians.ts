/** Clouds: each class that training saw is a normal distribution, and a row goes where it is dense. */
import type { Gaussians } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { broken, floats64, linkOf, scoreCount, typed } from './gate.js';
import type { Contributions, Kit } from './kit.js';

/** Rows handled together. */
const BLOCK = 1024;
/** Rows whose columns stay in the cache while a matrix goes over them. */
const SOME = 128;
/** A distance beyond this is as far as any: sums of it stay finite. */
const FAR = 1e290;
/** Raw score of a class that training never saw. */
const NEVER = -700;

/** Takes log prior + log density of the classes seen (n × classes, row-major) to raw scores, from row `from` on. */
function centre(form: Gaussians, joint: Float64Array, n: number, out: Float64Array, from: number): void {
  const { classes, outputs } = form;
  const m = classes.length;
  if (form.link === 'sigmoid') {
    for (let i = 0; i < n; i++) out[from + i] = m === 2 ? joint[2 * i + 1]! - joint[2 * i]! : classes[0] === 1 ? -NEVER : NEVER;
    return;
  }
  for (let i = 0; i < n; i++) {
    let mean = 0;
    for (let c = 0; c < m; c++) mean += joint[i * m + c]! / m;
    const at = (from + i) * outputs;
    out.fill(NEVER, at, at + outputs);
    for (let c = 0; c < m; c++) out[at + classes[c]!] = joint[i * m + c]! - mean;
  }
}

/** −½ (log variance + (x − mean)² / variance): what one column adds to the log density, without the constant that all share. */
function density(x: number, mean: number, variance: number): number {
  if (x !== x) return 0;
  const d = x - mean;
  return -0.5 * (Math.log(variance) + Math.min((d * d) / variance, FAR));
}

function raw(form: Gaussians, X: Matrix): Float64Array {
  const m = form.classes.length;
  const out = new Float64Array(X.rows * scoreCount(form.link, form.outputs));
  const joint = new Float64Array(Math.min(BLOCK, X.rows) * m);
  const add = form.whiten.length > 0 ? whitened(form, X) : independent(form, X);
  for (let from = 0; from < X.rows; from += BLOCK) {
    const n = Math.min(BLOCK, X.rows - from);
    for (let i = 0; i < n * m; i++) joint[i] = form.logPrior[i % m]!;
    add(from, n, joint);
    centre(form, joint, n, out, from);
  }
  return out;
}

function independent(form: Gaussians, X: Matrix) {
  const p = form.inputs;
  const m = form.classes.length;
  const half = form.variances.map((v) => -0.5 * Math.log(v));
  return (from: number, n: number, joint: Float64Array): void => {
    for (let j = 0; j < p; j++) {
      const at = j * X.rows + from;
      for (let c = 0; c < m; c++) {
        const mean = form.means[c * p + j]!;
        const variance = form.variances[c * p + j]!;
        const h = half[c * p + j]!;
        for (let i = 0; i < n; i++) {
          const d = X.data[at + i]! - mean;
          if (d === d) joint[i * m + c] = joint[i * m + c]! + (h - 0.5 * Math.min((d * d) / variance, FAR));
        }
      }
    }
  };
}

function whitened(form: Gaussians, X: Matrix) {
  const p = form.inputs;
  const m = form.classes.length;
  const size = (p * (p + 1)) / 2;
  const half = new Float64Array(m);
  for (let c = 0; c < m; c++) for (let j = 0; j < p; j++) half[c] = half[c]! + Math.log(form.whiten[c * size + (j * (j + 3)) / 2]!);
  const d = new Float64Array(p * SOME);
  const z = new Float64Array(SOME);
  const square = new Float64Array(SOME);
  return (from: number, n: number, joint: Float64Array): void => {
    for (let start = 0; start < n; start += SOME) {
      const rows = Math.min(SOME, n - start);
      for (let c = 0; c < m; c++) {
        for (let j = 0; j < p; j++) {
          const at = j * X.rows + from + start;
          const mean = form.means[c * p + j]!;
          for (let i = 0; i < rows; i++) d[j * SOME + i] = X.data[at + i]! - mean;
        }
        square.fill(0);
        let w = c * size;
        for (let j = 0; j < p; j++, w += j) {
          timesColumns(form.whiten, w, j + 1, d, z, rows);
          for (let i = 0; i < rows; i++) square[i] = square[i]! + z[i]! * z[i]!;
        }
        // FAR also where the sums overflowed to what is no number.
        for (let i = 0; i < rows; i++) {
          const to = (start + i) * m + c;
          joint[to] = joint[to]! + (half[c]! - 0.5 * (square[i]! < FAR ? square[i]! : FAR));
        }
      }
    }
  };
}

/** z = Σ_k w[at + k] · column k of d, four columns at a time. */
function timesColumns(w: Float64Array, at: number, count: number, d: Float64Array, z: Float64Array, rows: number): void {
  z.fill(0);
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const [w0, w1, w2, w3] = [w[at + k]!, w[at + k + 1]!, w[at + k + 2]!, w[at + k + 3]!];
    const c = k * SOME;
    for (let i = 0; i < rows; i++)
      z[i] = z[i]! + (w0 * d[c + i]! + w1 * d[c + SOME + i]! + w2 * d[c + 2 * SOME + i]! + w3 * d[c + 3 * SOME + i]!);
  }
  for (; k < count; k++) for (let i = 0; i < rows; i++) z[i] = z[i]! + w[at + k]! * d[k * SOME + i]!;
}

/** Exact where columns are independent: then the log density is a sum over columns. */
function contributions(form: Gaussians, X: Matrix): Contributions | null {
  if (form.whiten.length > 0) return null;
  const { classes, inputs: p, outputs } = form;
  const m = classes.length;
  const scores = scoreCount(form.link, outputs);
  const base = new Float64Array(scores);
  centre(form, form.logPrior, 1, base, 0);
  const values = new Float64Array(X.rows * p * scores);
  if (m === 1) return { base, values };
  const own = new Float64Array(m);
  for (let i = 0; i < X.rows; i++) {
    for (let j = 0; j < p; j++) {
      const at = (i * p + j) * scores;
      let mean = 0;
      for (let c = 0; c < m; c++) {
        own[c] = density(X.data[j * X.rows + i]!, form.means[c * p + j]!, form.variances[c * p + j]!);
        mean += own[c]! / m;
      }
      if (scores === 1) values[at] = own[1]! - own[0]!;
      else for (let c = 0; c < m; c++) values[at + classes[c]!] = own[c]! - mean;
    }
  }
  return { base, values };
}

export const gaussiansKit: Kit<Gaussians> = {
  raw,
  contributions,
  check(o, at, inputs, outputs) {
    const link = linkOf(o, at, outputs);
    if (link !== 'sigmoid' && link !== 'softmax') return broken(`${at}.link is neither sigmoid nor softmax`);
    const classes = typed(o, 'classes', at, Int32Array);
    if (classes.length === 0) broken(`${at}.classes is empty`);
    classes.forEach((c, i) => {
      if (c >= outputs || c <= (i > 0 ? classes[i - 1]! : -1)) broken(`${at}.classes holds ${c}`);
    });
    const m = classes.length;
    const logPrior = floats64(o, 'logPrior', at, m);
    const means = floats64(o, 'means', at, m * inputs);
    const isFull = typed(o, 'whiten', at, Float64Array).length > 0;
    const size = (inputs * (inputs + 1)) / 2;
    const variances = floats64(o, 'variances', at, isFull ? 0 : m * inputs);
    const whiten = floats64(o, 'whiten', at, isFull ? m * size : 0);
    for (const v of variances) if (!(v > 0)) broken(`${at}.variances holds ${v}`);
    for (let c = 0; isFull && c < m; c++)
      for (let j = 0; j < inputs; j++)
        if (!(whiten[c * size + (j * (j + 3)) / 2]! > 0)) broken(`${at}.whiten has a diagonal that is not above 0`);
    return { form: 'gaussians', link, inputs, outputs, classes, logPrior, means, variances, whiten };
  },
};
