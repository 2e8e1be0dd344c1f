/** Kernel machines: kernels with the support vectors, decisions of the machines, probabilities by pairwise coupling. */
import type { Kernels } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { fourAgainst, type Four } from './four.js';
import { allFinite, broken, finite, floats64, lengthIs, oneOf, typed, whole, type Fields } from './gate.js';
import type { Kit, Size } from './kit.js';
import { sigmoid } from './link.js';

/** A decision beyond this is as good as infinite, and every sum with it stays finite. */
const FARTHEST = 1e150;
/** Pairs are never quite certain (libsvm's min_prob). */
const CERTAIN = 1e-7;

/** Rows × outputs, row-major: probabilities, or values. */
export function kernelsPredict(form: Kernels, X: Matrix): Float64Array {
  const f = kernelsDecide(form, X);
  if (form.outputs === 1) return f.map((v) => v * form.scale + form.shift);
  const { classes, slopes, offsets } = form;
  const k = classes.length;
  const pairs = slopes.length;
  const out = new Float64Array(X.rows * form.outputs);
  const first = new Float64Array(pairs);
  const couple = coupler(k);
  for (let i = 0; i < X.rows; i++) {
    const at = i * form.outputs;
    for (let m = 0; m < pairs; m++) first[m] = -(slopes[m]! * f[i * pairs + m]! + offsets[m]!);
    if (k === 1) out[at + classes[0]!] = 1;
    else if (k === 2) {
      out[at + classes[0]!] = sigmoid(first[0]!);
      out[at + classes[1]!] = sigmoid(-first[0]!);
    } else {
      for (let m = 0; m < pairs; m++) first[m] = Math.min(1 - CERTAIN, Math.max(CERTAIN, sigmoid(first[m]!)));
      const p = couple(first);
      for (let c = 0; c < k; c++) out[at + classes[c]!] = p[c]!;
    }
  }
  return out;
}

/** Rows × machines, row-major: the decisions. */
export function kernelsDecide(form: Kernels, X: Matrix): Float64Array {
  const p = form.inputs;
  const { starts, point, coefficients, intercepts } = form;
  const machines = intercepts.length;
  const flat = form.kernel === 'linear';
  const points = flat ? normals(form) : form.points;
  const four = fourAgainst(points, p > 0 ? points.length / p : 0, p, X.rows);
  const { value } = four;
  const out = new Float64Array(X.rows * machines);
  const sums = new Float64Array(4);
  for (let from = 0; from < X.rows; from += 4) {
    four.take(X, from);
    alike(form, four);
    for (let m = 0; m < machines; m++) {
      const b = intercepts[m]!;
      if (flat) for (let q = 0; q < 4; q++) sums[q] = b + (value.length > 0 ? value[4 * m + q]! : 0);
      else {
        let [s0, s1, s2, s3] = [b, b, b, b];
        for (let t = starts[m]!; t < starts[m + 1]!; t++) {
          const c = coefficients[t]!;
          const at = 4 * point[t]!;
          s0 += c * value[at]!;
          s1 += c * value[at + 1]!;
          s2 += c * value[at + 2]!;
          s3 += c * value[at + 3]!;
        }
        sums.set([s0, s1, s2, s3]);
      }
      for (let q = 0; q < Math.min(4, X.rows - from); q++) {
        const sum = sums[q]!;
        out[(from + q) * machines + m] = sum >= FARTHEST ? FARTHEST : sum <= -FARTHEST ? -FARTHEST : sum === sum ? sum : 0;
      }
    }
  }
  return out;
}

/** Of a linear kernel every machine is one weight per column: machines × inputs. */
function normals(form: Kernels): Float64Array {
  const p = form.inputs;
  const { points, starts, point, coefficients } = form;
  const w = new Float64Array(form.intercepts.length * p);
  for (let m = 0; m < form.intercepts.length; m++) {
    for (let t = starts[m]!; t < starts[m + 1]!; t++) {
      const at = point[t]! * p;
      for (let j = 0; j < p; j++) w[m * p + j] = w[m * p + j]! + coefficients[t]! * points[at + j]!;
    }
  }
  return w;
}

/** Kernels of the four rows with all points; of a linear kernel the products are that. */
function alike({ kernel, gamma, coef0, degree }: Kernels, four: Four): void {
  if (kernel === 'rbf' || kernel === 'laplacian') {
    if (kernel === 'rbf') four.squares();
    else steps(four);
    four.fade(gamma);
    return;
  }
  products(four);
  const v = four.value;
  if (kernel === 'sigmoid') for (let i = 0; i < v.length; i++) v[i] = Math.tanh(gamma * v[i]! + coef0);
  else if (kernel === 'poly') {
    for (let i = 0; i < v.length; i++) {
      const base = gamma * v[i]! + coef0;
      let power = base;
      for (let d = 1; d < degree; d++) power *= base;
      v[i] = power;
    }
  }
}

/** Distances along the axes. */
function steps({ points, rows, value }: Four): void {
  for (let to = 0, at = 0; to < value.length; to += 4) {
    let [d0, d1, d2, d3] = [0, 0, 0, 0];
    for (let r = 0; r < rows.length; r += 4, at++) {
      const x = points[at]!;
      d0 += Math.abs(rows[r]! - x);
      d1 += Math.abs(rows[r + 1]! - x);
      d2 += Math.abs(rows[r + 2]! - x);
      d3 += Math.abs(rows[r + 3]! - x);
    }
    value[to] = d0;
    value[to + 1] = d1;
    value[to + 2] = d2;
    value[to + 3] = d3;
  }
}

/** Scalar products. */
function products({ points, rows, value }: Four): void {
  for (let to = 0, at = 0; to < value.length; to += 4) {
    let [d0, d1, d2, d3] = [0, 0, 0, 0];
    for (let r = 0; r < rows.length; r += 4, at++) {
      const x = points[at]!;
      d0 += rows[r]! * x;
      d1 += rows[r + 1]! * x;
      d2 += rows[r + 2]! * x;
      d3 += rows[r + 3]! * x;
    }
    value[to] = d0;
    value[to + 1] = d1;
    value[to + 2] = d2;
    value[to + 3] = d3;
  }
}

/**
 * From the probability of the first in every pair to one for each of k classes: the p with Σp = 1 that minimises
 * Σ (r_ji p_i − r_ij p_j)² (Wu, Lin & Weng 2004, second method). Where libsvm goes round until it changes little, this solves it:
 * with Q of that sum, p is along (Q + 1·1ᵀ)⁻¹ 1, and that matrix is positive definite. O(k³) a row.
 */
function coupler(k: number): (first: Float64Array) => Float64Array {
  const L = new Float64Array(k * k);
  const p = new Float64Array(k);
  return (first) => {
    L.fill(1);
    let m = 0;
    for (let i = 0; i < k; i++) {
      for (let j = i + 1; j < k; j++, m++) {
        const r = first[m]!;
        L[i * k + i] = L[i * k + i]! + (1 - r) * (1 - r);
        L[j * k + j] = L[j * k + j]! + r * r;
        L[j * k + i] = 1 - r * (1 - r);
      }
    }
    // Cholesky in the lower triangle, then both triangular systems.
    for (let j = 0; j < k; j++) {
      for (let i = j; i < k; i++) {
        let s = L[i * k + j]!;
        for (let t = 0; t < j; t++) s -= L[i * k + t]! * L[j * k + t]!;
        L[i * k + j] = i === j ? Math.sqrt(Math.max(s, 1e-300)) : s / L[j * k + j]!;
      }
    }
    for (let i = 0; i < k; i++) {
      let s = 1;
      for (let t = 0; t < i; t++) s -= L[i * k + t]! * p[t]!;
      p[i] = s / L[i * k + i]!;
    }
    let sum = 0;
    for (let i = k - 1; i >= 0; i--) {
      let s = p[i]!;
      for (let t = i + 1; t < k; t++) s -= L[t * k + i]! * p[t]!;
      p[i] = Math.max(0, s / L[i * k + i]!);
      sum += p[i]!;
    }
    for (let i = 0; i < k; i++) p[i] = p[i]! / sum;
    return p;
  };
}

function kernelsOf(o: Fields, at: string, inputs: number, outputs: number): Kernels {
  const classes = typed(o, 'classes', at, Int32Array);
  if (outputs > 1 !== classes.length > 0) broken(`${at}.classes does not go with ${outputs} outputs`);
  classes.forEach((c, i) => {
    if (c >= outputs || c <= (i > 0 ? classes[i - 1]! : -1)) broken(`${at}.classes holds ${c}`);
  });
  const pairs = (classes.length * (classes.length - 1)) / 2;
  const machines = outputs > 1 ? pairs : 1;
  const points = typed(o, 'points', at, Float32Array);
  const count = inputs > 0 ? points.length / inputs : 0;
  lengthIs(points, Math.floor(count) * inputs, `${at}.points`);
  allFinite(points, `${at}.points`);
  const point = typed(o, 'point', at, Int32Array);
  for (const i of point) if (i < 0 || i >= count) broken(`${at}.point holds ${i}`);
  const starts = typed(o, 'starts', at, Int32Array);
  lengthIs(starts, machines + 1, `${at}.starts`);
  starts.forEach((s, i) => {
    if (s < (i > 0 ? starts[i - 1]! : 0)) broken(`${at}.starts holds ${s}`);
  });
  if (starts[0] !== 0 || starts[machines] !== point.length) broken(`${at}.starts does not cover its terms`);
  const gamma = finite(o, 'gamma', at);
  if (gamma < 0) broken(`${at}.gamma is ${gamma}`);
  return {
    form: 'kernels',
    inputs,
    outputs,
    kernel: oneOf(o, 'kernel', at, ['rbf', 'laplacian', 'linear', 'poly', 'sigmoid'] as const),
    gamma,
    coef0: finite(o, 'coef0', at),
    degree: whole(o, 'degree', at, 1, 100),
    points,
    classes,
    starts,
    point,
    coefficients: floats64(o, 'coefficients', at, point.length),
    intercepts: floats64(o, 'intercepts', at, machines),
    slopes: floats64(o, 'slopes', at, pairs),
    offsets: floats64(o, 'offsets', at, pairs),
    shift: finite(o, 'shift', at),
    scale: finite(o, 'scale', at),
  };
}

export const kernelsKit: Kit<Kernels> = { predict: kernelsPredict, check: kernelsOf, measure: kernelsSize };

/** Support vectors are remembered; the rest is learnt. Where the terms lie is neither. */
function kernelsSize(form: Kernels): Size {
  const learnt = [form.points, form.coefficients, form.intercepts, form.slopes, form.offsets];
  const all = [...learnt, form.classes, form.starts, form.point];
  return { bytes: all.reduce((sum, a) => sum + a.byteLength, 0), parameters: learnt.reduce((sum, a) => sum + a.length, 0) };
}
