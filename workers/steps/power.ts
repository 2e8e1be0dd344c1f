/** Bends numbers so that they look as normal as can be. */
import { flag } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { arrows, listed, mapValues, numbersOf, short } from './columns.js';
import { isConstant, moments, sortedPresent } from './numbers.js';

/** λ is found on at most so many values, evenly spaced among the sorted ones: the cost is about 40 passes over them. */
const MOST = 100_000;

type Learnt = {
  readonly names: readonly string[];
  readonly lambda: Float64Array;
  readonly mean: Float64Array;
  /** 0 for a column that is constant after bending. */
  readonly scale: Float64Array;
};

export function yeoJohnson(v: number, lambda: number): number {
  if (v >= 0) return Math.abs(lambda) < Number.EPSILON ? Math.log1p(v) : Math.expm1(lambda * Math.log1p(v)) / lambda;
  return Math.abs(lambda - 2) < Number.EPSILON ? -Math.log1p(-v) : -Math.expm1((2 - lambda) * Math.log1p(-v)) / (2 - lambda);
}

/** Minus the log-likelihood of a normal sample after bending, up to a constant. */
function loss(values: Float64Array, logs: number, lambda: number): number {
  const bent = values.map((v) => yeoJohnson(v, lambda));
  const { n, variance } = moments(bent);
  return variance > 0 && n === values.length ? (n / 2) * Math.log(variance) - (lambda - 1) * logs : Infinity;
}

/** Brent's minimiser (Brent 1973, ch. 5) between a and b. */
function minimise(f: (x: number) => number, a: number, b: number): number {
  const golden = 0.381966011250105;
  let x = a + golden * (b - a);
  let w = x;
  let v = x;
  let fx = f(x);
  let fw = fx;
  let fv = fx;
  let d = 0;
  let e = 0;
  for (let step = 0; step < 100; step++) {
    const middle = (a + b) / 2;
    const least = 1e-9 * Math.abs(x) + 1e-10;
    if (Math.abs(x - middle) <= 2 * least - (b - a) / 2) break;
    let parabola = false;
    if (Math.abs(e) > least) {
      const r = (x - w) * (fx - fv);
      let q = (x - v) * (fx - fw);
      let p = (x - v) * q - (x - w) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      q = Math.abs(q);
      const before = e;
      e = d;
      if (Math.abs(p) < Math.abs(0.5 * q * before) && p > q * (a - x) && p < q * (b - x)) {
        d = p / q;
        if (x + d - a < 2 * least || b - x - d < 2 * least) d = x < middle ? least : -least;
        parabola = true;
      }
    }
    if (!parabola) {
      e = x < middle ? b - x : a - x;
      d = golden * e;
    }
    const u = x + (Math.abs(d) >= least ? d : d > 0 ? least : -least);
    const fu = f(u);
    if (fu <= fx) {
      if (u < x) b = x;
      else a = x;
      [v, fv, w, fw, x, fx] = [w, fw, x, fx, u, fu];
    } else {
      if (u < x) a = u;
      else b = u;
      if (fu <= fw || w === x) [v, fv, w, fw] = [w, fw, u, fu];
      else if (fu <= fv || v === x || v === w) [v, fv] = [u, fu];
    }
  }
  return x;
}

export function bestLambda(values: Float64Array): number {
  const all = sortedPresent(values);
  const some =
    all.length <= MOST ? all : Float64Array.from({ length: MOST }, (_, i) => all[Math.floor((i * (all.length - 1)) / (MOST - 1))]!);
  if (some.length < 2 || isConstant(moments(some))) return 1;
  let logs = 0;
  for (const v of some) logs += Math.sign(v) * Math.log1p(Math.abs(v));
  const best = minimise((lambda) => loss(some, logs, lambda), -10, 10);
  return Number.isFinite(loss(some, logs, best)) ? best : 1;
}

export const power = columnStep({
  id: 'power',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Make it bell-shaped (power)',
  help: 'Finds the power that makes a skewed column most like a normal one. For linear models and nets; trees do not care.',
  source: 'Yeo & Johnson, Biometrika 87 (2000), λ by maximum likelihood; as scikit-learn PowerTransformer.',
  params: {
    standardise: flag({ label: 'Standardise after', help: 'Mean 0 and standard deviation 1.', default: true }),
  },
  learn(columns): Learnt {
    const lambda = Float64Array.from(columns, (c) => bestLambda(numbersOf(c)));
    const mean = new Float64Array(columns.length);
    const scale = new Float64Array(columns.length);
    columns.forEach((c, j) => {
      const m = moments(mapValues(c, (v) => yeoJohnson(v, lambda[j]!)).values);
      mean[j] = m.mean;
      scale[j] = isConstant(m) ? 0 : Math.sqrt(m.variance);
    });
    return { names: columns.map((c) => c.name), lambda, mean, scale };
  },
  apply(columns, state, params) {
    const { lambda, mean, scale } = state as Learnt;
    return columns.map((c, j) =>
      mapValues(c, (v) => {
        const bent = yeoJohnson(v, lambda[j]!);
        return !params.standardise ? bent : scale[j] === 0 ? 0 : (bent - mean[j]!) / scale[j]!;
      }),
    );
  },
  says: (on) => `Make ${listed(on)} bell-shaped`,
  learnt(state) {
    const { names, lambda } = state as Learnt;
    return arrows(
      names,
      names.map((_, j) => `power ${short(lambda[j]!)}`),
    );
  },
});
