/**
 * How probable the training rows of a number are under a process, once every function it may be is averaged over, and which way
 * the variance, lengths, mixture and noise raise that (Rasmussen & Williams 2006, § 5.4.1).
 */
import { pairRow } from '../kernel/pairs.js';
import type { Heed, System } from '../kernel/system.js';
import type { Surface } from './climb.js';
import { hyperOf, type Hyper } from './hyper.js';
import { addSquares, columnsOf, fillWithSlopes, inLengths, spareOf } from './spare.js';

/** The best that was seen. */
export interface Best {
  readonly hyper: Hyper;
  /** Log marginal likelihood. */
  readonly value: number;
  readonly weights: Float64Array;
  readonly factor: Float64Array;
  /** √W for classes; empty for a number. */
  readonly bends: Float64Array;
}

export interface Evidence extends Surface {
  readonly best: Best | null;
  /** What a look takes from those before it, beside its settings. */
  warm: Float64Array;
}

/**
 * `points` is n × p, row-major. A row of weight w counts as w rows that agree, each with its own noise; `jitter` is added to the
 * noise and is not learnt.
 */
export function evidence(
  K: System,
  points: Float64Array,
  p: number,
  y: Float64Array,
  weight: Float64Array,
  like: Hyper,
  jitter: number,
  heed: Heed,
): Evidence {
  // prettier-ignore
  const n = K.n;
  const { cells, width } = K;
  let best: Best | null = null;
  let h = like;
  let scaled = points;
  let weights = y;
  // w rows that agree are more probable than one of noise / w: by this beside a constant.
  let extra = 0;
  let fixed = (-n / 2) * Math.log(2 * Math.PI);
  for (const w of weight) {
    extra += w - 1;
    fixed -= ((w - 1) * Math.log(2 * Math.PI) + Math.log(w)) / 2;
  }

  return {
    warm: new Float64Array(0),
    get best() {
      return best;
    },
    async value(at) {
      h = hyperOf(at, like);
      scaled = inLengths(points, p, h);
      if (!(await fillWithSlopes(K, scaled, p, h, heed))) return null;
      const noise = h.noise + jitter;
      for (let i = 0; i < n; i++) cells[i * width + i] = h.variance + noise / weight[i]!;
      const done = await K.factor(heed);
      if (done === 'stopped') return null;
      if (done === 'thin') return Infinity;
      weights = K.solve(y.slice());
      let fit = 0;
      for (let i = 0; i < n; i++) fit += y[i]! * weights[i]!;
      const value = -0.5 * fit - 0.5 * K.logDeterminant() - (extra / 2) * Math.log(noise) + fixed;
      if (!Number.isFinite(value)) return Infinity;
      if (!best || value > best.value) best = { hyper: h, value, weights, factor: K.packed(), bends: new Float64Array(0) };
      return -value;
    },
    async gradient() {
      if (!(await K.invert(heed))) return null;
      const a = weights;
      const noise = h.noise + jitter;
      const each = h.lengths.length > 1;
      const columns = each ? columnsOf(scaled, n, p) : [];
      const byLength = new Float64Array(h.lengths.length);
      const row = new Float64Array(n);
      const q = new Float64Array(n);
      let byMixture = 0;
      // Σ (ααᵀ − K⁻¹) ∂K / 2, each pair of rows once.
      for (let i = 0; i < n; i++) {
        const at = i * width;
        const spare = spareOf(K, i);
        const ai = a[i]!;
        for (let k = 0; k < i; k++) q[k] = (ai * a[k]! - cells[at + k]!) * cells[spare + k]!;
        if (each) addSquares(columns, i, q, byLength);
        else {
          pairRow(scaled, p, i, 'squares', row, 0);
          let s = 0;
          for (let k = 0; k < i; k++) s += q[k]! * row[k]!;
          byLength[0] = byLength[0]! + s;
        }
        // The slope is variance · u^(−mixture − 1), and the kernel that times u.
        if (h.kernel === 'rational-quadratic') {
          for (let k = 0; k < i; k++) {
            if (cells[spare + k] === 0) continue;
            const u = Math.pow(cells[spare + k]! / h.variance, -1 / (h.mixture + 1));
            byMixture += q[k]! * h.mixture * (u - 1 - u * Math.log(u));
          }
        }
        if (!(await heed(i * (p + 4)))) return null;
      }
      // Of K less its diagonal noise D: αᵀ(y − Dα) and n − tr K⁻¹D need no sum over pairs.
      let byVariance = -n;
      let byNoise = 0;
      for (let i = 0; i < n; i++) {
        const d = 1 / weight[i]!;
        const inverse = cells[i * width + i]!;
        byVariance += a[i]! * (y[i]! - d * noise * a[i]!) + inverse * d * noise;
        byNoise += (a[i]! ** 2 - inverse) * d;
      }
      const out = [byVariance / 2, ...byLength];
      if (h.kernel === 'rational-quadratic') out.push(byMixture);
      if (like.noise > 0) out.push((h.noise / 2) * (byNoise - extra / noise));
      return Float64Array.from(out, (v) => -v);
    },
  };
}
