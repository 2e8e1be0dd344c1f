/** What a smooth model makes likely: numbers (squared error), counts (Poisson) or classes, as weights and right-hand sides of Newton's step. */

export interface Likelihood {
  /** Independent scores: 1, or one fewer than there are classes. */
  readonly scores: number;
  /** Score · scores of the form: how the form's scores are made of the independent ones (rows × scores, row-major). */
  readonly mix: Float64Array;
  /** Constants to start from. */
  readonly start: Float64Array;
  /** One step is the answer. */
  readonly exact: boolean;
  /**
   * At scores eta (row · scores + score): minus the gradient into `slope` (same layout), the Hessian's upper triangle into `bend`
   * (row · scores (scores + 1) / 2 + pair, pairs 00, 01, …, 11, 12, …), both of the deviance's half. Returns the deviance.
   */
  at(eta: Float64Array, slope: Float64Array, bend: Float64Array): number;
  deviance(eta: Float64Array): number;
}

const ONE = Float64Array.of(1);

export function squares(y: Float64Array, weight: Float64Array): Likelihood {
  const deviance = (eta: Float64Array) => eta.reduce((sum, z, i) => sum + weight[i]! * (y[i]! - z) ** 2, 0);
  return {
    scores: 1,
    mix: ONE,
    start: Float64Array.of(0),
    exact: true,
    deviance,
    at(eta, slope, bend) {
      for (let i = 0; i < y.length; i++) {
        slope[i] = weight[i]! * (y[i]! - eta[i]!);
        bend[i] = weight[i]!;
      }
      return deviance(eta);
    },
  };
}

/** Beyond this a count's logarithm is taken for this. */
const HIGHEST = 300;

export function counts(y: Float64Array, weight: Float64Array): Likelihood {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    sum += weight[i]! * y[i]!;
    total += weight[i]!;
  }
  const deviance = (eta: Float64Array) => {
    let out = 0;
    for (let i = 0; i < y.length; i++) {
      const z = Math.min(eta[i]!, HIGHEST);
      out += 2 * weight[i]! * ((y[i]! > 0 ? y[i]! * (Math.log(y[i]!) - z) : 0) - y[i]! + Math.exp(z));
    }
    return out;
  };
  return {
    scores: 1,
    mix: ONE,
    start: Float64Array.of(Math.log(sum / total)),
    exact: false,
    deviance,
    at(eta, slope, bend) {
      for (let i = 0; i < y.length; i++) {
        const mean = Math.exp(Math.min(eta[i]!, HIGHEST));
        slope[i] = weight[i]! * (y[i]! - mean);
        bend[i] = weight[i]! * mean;
      }
      return deviance(eta);
    },
  };
}

/** The log-odds of class 1. */
export function twoClasses(y: Int32Array, weight: Float64Array): Likelihood {
  let one = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    one += y[i] === 1 ? weight[i]! : 0;
    total += weight[i]!;
  }
  const deviance = (eta: Float64Array) => {
    let out = 0;
    for (let i = 0; i < y.length; i++) {
      const z = y[i] === 1 ? eta[i]! : -eta[i]!;
      out += 2 * weight[i]! * (Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, -z));
    }
    return out;
  };
  return {
    scores: 1,
    mix: ONE,
    start: Float64Array.of(Math.log(one / (total - one))),
    exact: false,
    deviance,
    at(eta, slope, bend) {
      for (let i = 0; i < y.length; i++) {
        const e = Math.exp(-Math.abs(eta[i]!));
        const small = e / (1 + e);
        const large = 1 / (1 + e);
        slope[i] = weight[i]! * (y[i] === 1 ? (eta[i]! >= 0 ? small : large) : eta[i]! >= 0 ? -large : -small);
        bend[i] = weight[i]! * small * large;
      }
      return deviance(eta);
    },
  };
}

/**
 * More classes: one fewer independent scores than classes, mixed by contrasts at right angles (Helmert), so that no class is special
 * and penalties weigh all alike.
 */
export function moreClasses(y: Int32Array, classes: number, weight: Float64Array): Likelihood {
  const K = classes;
  const C = K - 1;
  const mix = new Float64Array(K * C);
  for (let c = 0; c < C; c++) {
    const length = Math.sqrt((c + 1) * (c + 2));
    for (let k = 0; k <= c; k++) mix[k * C + c] = 1 / length;
    mix[(c + 1) * C + c] = -(c + 1) / length;
  }
  const share = new Float64Array(K);
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    share[y[i]!]! += weight[i]!;
    total += weight[i]!;
  }
  const start = Float64Array.from({ length: C }, (_, c) => share.reduce((sum, s, k) => sum + mix[k * C + c]! * Math.log(s / total), 0));
  const z = new Float64Array(K);
  const p = new Float64Array(K);
  /** Probabilities of row i into p; returns minus the log of that of its class. */
  const chances = (eta: Float64Array, i: number): number => {
    let top = -Infinity;
    for (let k = 0; k < K; k++) {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += mix[k * C + c]! * eta[i * C + c]!;
      z[k] = sum;
      top = Math.max(top, sum);
    }
    let sum = 0;
    for (let k = 0; k < K; k++) sum += p[k] = Math.exp(z[k]! - top);
    for (let k = 0; k < K; k++) p[k]! /= sum;
    return Math.log(sum) + top - z[y[i]!]!;
  };
  const deviance = (eta: Float64Array) => {
    let out = 0;
    for (let i = 0; i < y.length; i++) out += 2 * weight[i]! * chances(eta, i);
    return out;
  };
  const mean = new Float64Array(C);
  return {
    scores: C,
    mix,
    start,
    exact: false,
    deviance,
    at(eta, slope, bend) {
      let out = 0;
      for (let i = 0; i < y.length; i++) {
        out += 2 * weight[i]! * chances(eta, i);
        for (let c = 0; c < C; c++) {
          mean[c] = 0;
          for (let k = 0; k < K; k++) mean[c]! += mix[k * C + c]! * p[k]!;
          slope[i * C + c] = weight[i]! * (mix[y[i]! * C + c]! - mean[c]!);
        }
        let at = (i * C * (C + 1)) / 2;
        for (let c = 0; c < C; c++) {
          for (let d = c; d < C; d++) {
            let sum = 0;
            for (let k = 0; k < K; k++) sum += mix[k * C + c]! * mix[k * C + d]! * p[k]!;
            bend[at++] = weight[i]! * (sum - mean[c]! * mean[d]!);
          }
        }
      }
      return out;
    },
  };
}
