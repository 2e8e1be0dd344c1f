/** How alike two rows are to a Gaussian process, by how far apart they lie; what prediction and learning share. */
import type { Process } from '../../src/core/form.js';
import { fade } from '../kernels/exp.js';

export type Covariance = Process['kernel'];

/**
 * In place, cells from … to − 1: s, the sum of squared differences in units of the lengths, becomes factor × kernel.
 * Rasmussen & Williams 2006, § 4.2.1.
 */
export function covary(kind: Covariance, mixture: number, factor: number, v: Float64Array, from: number, to: number): void {
  switch (kind) {
    case 'rbf':
      for (let k = from; k < to; k++) v[k] = factor * fade(0.5 * v[k]!);
      return;
    case 'matern-3/2':
      for (let k = from; k < to; k++) {
        const u = Math.sqrt(3 * v[k]!);
        v[k] = factor * ((1 + u) * fade(u));
      }
      return;
    case 'matern-5/2':
      for (let k = from; k < to; k++) {
        const u = Math.sqrt(5 * v[k]!);
        v[k] = factor * ((1 + u + (u * u) / 3) * fade(u));
      }
      return;
    case 'rational-quadratic':
      for (let k = from; k < to; k++) v[k] = factor * Math.pow(1 + v[k]! / (2 * mixture), -mixture);
  }
}

/**
 * The same with −2 × the derivative by s beside it, to slope[at] and on: times the squared difference of a column (in units of its
 * length) that is the derivative of the kernel by the logarithm of the length.
 */
export function covaryAndSlope(
  kind: Covariance,
  mixture: number,
  factor: number,
  v: Float64Array,
  from: number,
  to: number,
  slope: Float64Array,
  at: number,
): void {
  // prettier-ignore
  const shift = at - from;
  switch (kind) {
    case 'rbf':
      for (let k = from; k < to; k++) slope[k + shift] = v[k] = factor * fade(0.5 * v[k]!);
      return;
    case 'matern-3/2':
      for (let k = from; k < to; k++) {
        const u = Math.sqrt(3 * v[k]!);
        const e = factor * fade(u);
        v[k] = (1 + u) * e;
        slope[k + shift] = 3 * e;
      }
      return;
    case 'matern-5/2':
      for (let k = from; k < to; k++) {
        const u = Math.sqrt(5 * v[k]!);
        const e = factor * fade(u);
        v[k] = (1 + u + (u * u) / 3) * e;
        slope[k + shift] = (5 / 3) * (1 + u) * e;
      }
      return;
    case 'rational-quadratic':
      for (let k = from; k < to; k++) {
        const u = 1 + v[k]! / (2 * mixture);
        const e = factor * Math.pow(u, -mixture);
        v[k] = e;
        slope[k + shift] = e / u;
      }
  }
}
