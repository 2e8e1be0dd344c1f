/** The losses of boosting: the constant it starts from, gradients and hessians, and leaf values where a step of Newton is not enough. */

export interface Loss {
  /** Raw scores a row has. */
  readonly scores: number;
  /** Hessians are all 1 (times the weight). */
  readonly flat: boolean;
  /** The best constant. */
  base(): Float64Array;
  /** Writes (gradient, hessian) pairs to out[score · 2 n …]; raw is score · n + row. */
  gradients(raw: Float64Array, out: Float32Array | Float64Array): void;
  /** Mean loss over the rows named; raw is score · n + row. */
  mean(raw: Float64Array, rows: ArrayLike<number>): number;
  /** The quantile of residuals a leaf answers with; null: the Newton step. */
  readonly quantile: number | null;
  /** The targets, when leaves answer with a quantile of y − raw. */
  readonly y?: Float64Array;
  readonly weight: Float64Array | null;
}

/** A share of 0 or 1 would start from an infinite score (as scikit-learn: the rounding unit of Float32). */
const least = 1.1920928955078125e-7;

const total = (n: number, weight: Float64Array | null): number => (weight ? weight.reduce((a, b) => a + b, 0) : n);

function average(weight: Float64Array | null, rows: ArrayLike<number>, of: (i: number) => number): number {
  let sum = 0;
  let W = 0;
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k]!;
    const w = weight ? weight[i]! : 1;
    sum += w * of(i);
    W += w;
  }
  return W > 0 ? sum / W : 0;
}

/** Two classes, one score: the log-odds of class 1. Loss in nats. */
export function binaryLoss(y: Int32Array, weight: Float64Array | null): Loss {
  const n = y.length;
  return {
    scores: 1,
    flat: false,
    quantile: null,
    weight,
    base() {
      let one = 0;
      for (let i = 0; i < n; i++) if (y[i] === 1) one += weight ? weight[i]! : 1;
      const p = Math.min(1 - least, Math.max(least, one / total(n, weight)));
      return Float64Array.of(Math.log(p / (1 - p)));
    },
    gradients(raw, out) {
      for (let i = 0; i < n; i++) {
        const z = raw[i]!;
        // From the side that keeps small shares exact, so that swapping the classes only swaps the signs.
        const e = Math.exp(-Math.abs(z));
        const small = e / (1 + e);
        const large = 1 / (1 + e);
        const w = weight ? weight[i]! : 1;
        out[2 * i] = w * (y[i] === 1 ? -(z >= 0 ? small : large) : z >= 0 ? large : small);
        out[2 * i + 1] = w * small * large;
      }
    },
    mean: (raw, rows) =>
      average(weight, rows, (i) => Math.log1p(Math.exp(-Math.abs(raw[i]!))) + Math.max(0, y[i] === 1 ? -raw[i]! : raw[i]!)),
  };
}

/** One score a class, softmax. Loss in nats. */
export function classLoss(y: Int32Array, classes: number, weight: Float64Array | null): Loss {
  const n = y.length;
  const p = new Float64Array(classes);
  return {
    scores: classes,
    flat: false,
    quantile: null,
    weight,
    base() {
      const share = new Float64Array(classes);
      for (let i = 0; i < n; i++) share[y[i]!]! += weight ? weight[i]! : 1;
      const W = total(n, weight);
      return share.map((s) => Math.log(Math.max(least, s / W)));
    },
    gradients(raw, out) {
      for (let i = 0; i < n; i++) {
        let top = -Infinity;
        for (let k = 0; k < classes; k++) top = Math.max(top, raw[k * n + i]!);
        let sum = 0;
        for (let k = 0; k < classes; k++) sum += p[k] = Math.exp(raw[k * n + i]! - top);
        for (let k = 0; k < classes; k++) p[k]! /= sum;
        const w = weight ? weight[i]! : 1;
        for (let k = 0; k < classes; k++) {
          out[2 * (k * n + i)] = w * (y[i] === k ? p[k]! - 1 : p[k]!);
          out[2 * (k * n + i) + 1] = w * p[k]! * (1 - p[k]!);
        }
      }
    },
    mean: (raw, rows) =>
      average(weight, rows, (i) => {
        let top = -Infinity;
        for (let k = 0; k < classes; k++) top = Math.max(top, raw[k * n + i]!);
        let sum = 0;
        for (let k = 0; k < classes; k++) sum += Math.exp(raw[k * n + i]! - top);
        return Math.log(sum) + top - raw[y[i]! * n + i]!;
      }),
  };
}

export function squaredLoss(y: Float64Array, weight: Float64Array | null): Loss {
  const n = y.length;
  return {
    scores: 1,
    flat: true,
    quantile: null,
    weight,
    base() {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (weight ? weight[i]! : 1) * y[i]!;
      return Float64Array.of(sum / total(n, weight));
    },
    gradients(raw, out) {
      for (let i = 0; i < n; i++) {
        const w = weight ? weight[i]! : 1;
        out[2 * i] = w * (raw[i]! - y[i]!);
        out[2 * i + 1] = w;
      }
    },
    mean: (raw, rows) => average(weight, rows, (i) => (raw[i]! - y[i]!) ** 2),
  };
}

/**
 * Pinball loss; q = ½ is the absolute error (times ½, which `mean` takes back). A row that is met exactly pulls neither way there:
 * where many targets are equal, a side chosen for all of them (as scikit-learn has it) hides those of the other side.
 */
export function quantileLoss(y: Float64Array, weight: Float64Array | null, q: number): Loss {
  const n = y.length;
  const absolute = q === 0.5;
  return {
    scores: 1,
    flat: true,
    quantile: q,
    y,
    weight,
    base: () => Float64Array.of(quantile(y, weight, q)),
    gradients(raw, out) {
      for (let i = 0; i < n; i++) {
        const w = weight ? weight[i]! : 1;
        out[2 * i] = w * (absolute ? Math.sign(raw[i]! - y[i]!) : raw[i]! > y[i]! ? 1 - q : -q);
        out[2 * i + 1] = w;
      }
    },
    mean: (raw, rows) =>
      average(weight, rows, (i) => {
        const d = y[i]! - raw[i]!;
        return (absolute ? 2 : 1) * (d >= 0 ? q * d : (q - 1) * d);
      }),
  };
}

/** Beyond this a score of a log link gives gradients that Float32 cannot hold. */
const steepest = 80;

/** Counts, log link: half the Poisson deviance less its constant. */
export function poissonLoss(y: Float64Array, weight: Float64Array | null): Loss {
  const n = y.length;
  return {
    scores: 1,
    flat: false,
    quantile: null,
    weight,
    base() {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (weight ? weight[i]! : 1) * y[i]!;
      return Float64Array.of(Math.log(Math.max(1e-30, sum / total(n, weight))));
    },
    gradients(raw, out) {
      for (let i = 0; i < n; i++) {
        const w = weight ? weight[i]! : 1;
        const e = Math.exp(Math.min(steepest, raw[i]!));
        out[2 * i] = w * (e - y[i]!);
        out[2 * i + 1] = w * e;
      }
    },
    mean: (raw, rows) => average(weight, rows, (i) => Math.exp(Math.min(steepest, raw[i]!)) - y[i]! * raw[i]!),
  };
}

/** Amounts above 0, log link: half the gamma deviance less its constant. */
export function gammaLoss(y: Float64Array, weight: Float64Array | null): Loss {
  const n = y.length;
  const ratio = (z: number, i: number) => y[i]! * Math.exp(Math.min(steepest, -z));
  return {
    scores: 1,
    flat: false,
    quantile: null,
    weight,
    base: () => Float64Array.of(Math.log(squaredLoss(y, weight).base()[0]!)),
    gradients(raw, out) {
      for (let i = 0; i < n; i++) {
        const w = weight ? weight[i]! : 1;
        const r = ratio(raw[i]!, i);
        out[2 * i] = w * (1 - r);
        out[2 * i + 1] = w * r;
      }
    },
    mean: (raw, rows) => average(weight, rows, (i) => raw[i]! + ratio(raw[i]!, i)),
  };
}

/** The weighted quantile, interpolated as numpy does, where a row of weight 2 counts as two rows. */
export function quantile(values: ArrayLike<number>, weight: ArrayLike<number> | null, q: number): number {
  const n = values.length;
  const by = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  let W = 0;
  for (let i = 0; i < n; i++) W += weight ? weight[i]! : 1;
  const place = Math.max(0, q * (W - 1));
  const at = (target: number): number => {
    let upTo = 0;
    for (let i = 0; i < n; i++) {
      upTo += weight ? weight[by[i]!]! : 1;
      if (upTo > target) return values[by[i]!]!;
    }
    return values[by[n - 1]!]!;
  };
  const lo = at(Math.floor(place));
  const share = place - Math.floor(place);
  return share === 0 ? lo : lo + (at(Math.floor(place) + 1) - lo) * share;
}
