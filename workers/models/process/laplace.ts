/**
 * The same for two classes, where no average over functions can be had: the most probable function is found by Newton’s method, and
 * the rest taken for normal around it (Laplace’s approximation; Rasmussen & Williams 2006, algorithms 3.1 and 5.1).
 */
import { covaryAndSlope } from '../../forms/covariance.js';
import { pairRow } from '../kernel/pairs.js';
import type { Heed, System } from '../kernel/system.js';
import type { Best, Evidence } from './evidence.js';
import { hyperOf, type Hyper } from './hyper.js';
import { addSquares, columnsOf, fillSpare, inLengths, spareOf } from './spare.js';

/** Newton steps, and the change of the likelihood, as a share of it, below which they end: what is then left is the square of that. */
const MOST_STEPS = 100;
const LITTLE = 1e-11;

/** `y` is 1 for the class that the process speaks for, else 0; a row of weight w counts as w rows. */
export function laplace(
  K: System,
  points: Float64Array,
  p: number,
  y: Uint8Array,
  weight: Float64Array,
  like: Hyper,
  heed: Heed,
): Evidence {
  const n = K.n;
  const { cells, width } = K;
  let best: Best | null = null;
  let h = like;
  let scaled = points;
  /** f = K a. The mode for one set of lengths is a good start for the next. */
  let a: Float64Array = new Float64Array(n);
  let f: Float64Array = new Float64Array(n);
  const chance = new Float64Array(n);
  const slope = new Float64Array(n);
  const root = new Float64Array(n);

  /** K v, of the kernel in the spare triangle. */
  const times = (v: Float64Array): Float64Array => {
    const out = v.map((x) => h.variance * x);
    for (let i = 0; i < n; i++) {
      const at = spareOf(K, i);
      const x = v[i]!;
      let s = 0;
      for (let k = 0; k < i; k++) {
        const c = cells[at + k]!;
        s += c * v[k]!;
        out[k] = out[k]! + c * x;
      }
      out[i] = out[i]! + s;
    }
    return out;
  };
  /** Log probability of the labels, less what the process has against f: what Newton raises. */
  const height = (a: Float64Array, f: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const z = y[i] ? f[i]! : -f[i]!;
      sum += -0.5 * a[i]! * f[i]! - weight[i]! * (z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z);
    }
    return sum;
  };

  return {
    get best() {
      return best;
    },
    get warm() {
      return a;
    },
    set warm(to) {
      if (to.length === n) a = to;
    },
    async value(at) {
      h = hyperOf(at, like);
      scaled = inLengths(points, p, h);
      if (!(await fillSpare(K, scaled, p, h, heed))) return null;
      f = times(a);
      let top = height(a, f);
      // A start below the flat one is none.
      if (!(top >= height(new Float64Array(n), new Float64Array(n)))) {
        a = new Float64Array(n);
        f = new Float64Array(n);
        top = height(a, f);
      }
      let before = -Infinity;
      for (let step = 0; ; step++) {
        for (let i = 0; i < n; i++) {
          const e = Math.exp(-Math.abs(f[i]!));
          const c = f[i]! >= 0 ? 1 / (1 + e) : e / (1 + e);
          chance[i] = c;
          slope[i] = weight[i]! * (y[i]! - c);
          root[i] = Math.sqrt((weight[i]! * e) / (1 + e) / (1 + e));
        }
        for (let i = 0; i < n; i++) {
          const row = i * width;
          const spare = spareOf(K, i);
          const r = root[i]!;
          for (let k = 0; k < i; k++) cells[row + k] = r * root[k]! * cells[spare + k]!;
          cells[row + i] = 1 + r * r * h.variance;
        }
        const done = await K.factor(heed);
        if (done === 'stopped') return null;
        if (done === 'thin') return Infinity;
        const b = f.map((v, i) => root[i]! ** 2 * v + slope[i]!);
        const c = K.solve(times(b).map((v, i) => root[i]! * v));
        const aim = b.map((v, i) => v - root[i]! * c[i]!);
        let nextA = aim;
        let nextF = times(aim);
        let next = height(nextA, nextF);
        const full = nextF;
        // A whole step can go too far where labels are sure; part of it rises.
        for (let t = 0.5; !(next >= top - 1e-9 * (1 + Math.abs(top))) && t > 1e-6; t /= 2) {
          nextA = a.map((v, i) => v + t * (aim[i]! - v));
          nextF = f.map((v, i) => v + t * (full[i]! - v));
          next = height(nextA, nextF);
        }
        a = nextA;
        f = nextF;
        top = next;
        const value = top - 0.5 * K.logDeterminant();
        if (!Number.isFinite(value)) return Infinity;
        if (Math.abs(value - before) <= LITTLE * (1 + Math.abs(value)) || step + 1 >= MOST_STEPS) {
          if (!best || value > best.value) best = { hyper: h, value, weights: slope.slice(), factor: K.packed(), bends: root.slice() };
          return -value;
        }
        before = value;
        if (!(await heed(6 * n * n))) return null;
      }
    },
    async gradient() {
      if (!(await K.invert(heed))) return null;
      // How the mode itself moves with the kernel comes in through u.
      const s = Float64Array.from(chance, (c, i) => -0.5 * (1 - cells[i * width + i]!) * (1 - 2 * c));
      const v = times(s).map((x, i) => root[i]! * x);
      const u = v.map((x, i) => cells[i * width + i]! * x);
      for (let i = 0; i < n; i++) {
        const row = i * width;
        let sum = 0;
        for (let k = 0; k < i; k++) {
          sum += cells[row + k]! * v[k]!;
          u[k] = u[k]! + cells[row + k]! * v[i]!;
        }
        u[i] = u[i]! + sum;
      }
      for (let i = 0; i < n; i++) u[i] = s[i]! - root[i]! * u[i]!;

      const each = h.lengths.length > 1;
      const columns = each ? columnsOf(scaled, n, p) : [];
      const byLength = new Float64Array(h.lengths.length);
      const row = new Float64Array(n);
      const bent = new Float64Array(n);
      const q = new Float64Array(n);
      let byVariance = 0;
      let byMixture = 0;
      for (let i = 0; i < n; i++) {
        const at = i * width;
        const spare = spareOf(K, i);
        for (let k = 0; k < i; k++) {
          q[k] = a[i]! * a[k]! - root[i]! * root[k]! * cells[at + k]! + u[i]! * slope[k]! + u[k]! * slope[i]!;
          byVariance += q[k]! * cells[spare + k]!;
        }
        byVariance += 0.5 * h.variance * (a[i]! ** 2 - root[i]! ** 2 * cells[at + i]! + 2 * u[i]! * slope[i]!);
        if (h.kernel === 'rational-quadratic') {
          for (let k = 0; k < i; k++) {
            const kernel = cells[spare + k]!;
            if (kernel === 0) continue;
            const w = Math.pow(kernel / h.variance, -1 / h.mixture);
            byMixture += q[k]! * kernel * h.mixture * (1 - 1 / w - Math.log(w));
          }
        }
        if (h.kernel === 'rbf') {
          for (let k = 0; k < i; k++) q[k] = q[k]! * cells[spare + k]!;
          if (!each) pairRow(scaled, p, i, 'squares', row, 0);
        } else {
          pairRow(scaled, p, i, 'squares', row, 0);
          bent.set(row.subarray(0, i));
          // The kernel goes, its slope takes its place.
          covaryAndSlope(h.kernel, h.mixture, h.variance, bent, 0, i, bent, 0);
          for (let k = 0; k < i; k++) q[k] = q[k]! * bent[k]!;
        }
        if (each) addSquares(columns, i, q, byLength);
        else {
          let sum = 0;
          for (let k = 0; k < i; k++) sum += q[k]! * row[k]!;
          byLength[0] = byLength[0]! + sum;
        }
        if (!(await heed(i * (p + 20)))) return null;
      }
      const out = [byVariance, ...byLength];
      if (h.kernel === 'rational-quadratic') out.push(byMixture);
      return Float64Array.from(out, (v) => -v);
    },
  };
}
