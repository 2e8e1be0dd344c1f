/** What rows say of the target, as sums that add up over rows: what is lost by answering them all alike, and what to answer. */
import type { ClassTarget, NumberTarget } from '../../../src/core/model.js';
import { NEVER } from '../baseline.js';

export interface Truth {
  /** How many sums there are: the weight of each class, or Σw, Σwy and Σwy². */
  readonly sums: number;
  add(row: number, to: Float64Array, at: number): void;
  /** Weight of the rows summed up. */
  size(sums: Float64Array): number;
  /** How far apart the rows are: Σ −log p in nats, or squares around the mean. */
  loss(sums: Float64Array): number;
  /** Nats saved when the loss of all rows falls from one to the other. */
  saved(from: number, to: number): number;
  /** Raw scores for these rows. */
  answer(sums: Float64Array): Float64Array;
  /** Numbers that one answer takes to write down. */
  readonly freedom: number;
}

/** Rows are places in `rows`; weight is by row of the matrix. */
export function classTruth(target: ClassTarget, rows: Uint32Array, weight: Float64Array | null): Truth {
  const K = target.levels.length;
  const code = Int32Array.from(rows, (r) => target.y[r]!);
  const w = weight ? Float64Array.from(rows, (r) => weight[r]!) : new Float64Array(rows.length).fill(1);
  const whole = new Float64Array(K);
  code.forEach((k, i) => (whole[k]! += w[i]!));
  const size = (sums: Float64Array) => {
    let n = 0;
    for (let k = 0; k < K; k++) n += sums[k]!;
    return n;
  };
  const n = size(whole);
  const present = whole.filter((s) => s > 0).length;
  return {
    sums: K,
    freedom: present - 1,
    size,
    add(row, to, at) {
      to[at + code[row]!]! += w[row]!;
    },
    loss(sums) {
      let out = 0;
      let here = 0;
      for (let k = 0; k < K; k++) {
        const s = sums[k]!;
        here += s;
        if (s > 0) out -= s * Math.log(s);
      }
      return here > 0 ? out + here * Math.log(here) : 0;
    },
    saved: (from, to) => from - to,
    answer(sums) {
      // As if one more row of each class had been seen, in their overall shares: no rule is ever certain.
      const here = size(sums);
      const score = Float64Array.from(sums, (s, k) =>
        whole[k]! > 0 ? Math.log((s + (present * whole[k]!) / n) / (here + present)) : NEVER,
      );
      return K === 2 ? Float64Array.of(score[1]! - score[0]!) : score;
    },
  };
}

export function numberTruth(target: NumberTarget, rows: Uint32Array, weight: Float64Array | null): Truth {
  const w = weight ? Float64Array.from(rows, (r) => weight[r]!) : new Float64Array(rows.length).fill(1);
  let total = 0;
  let middle = 0;
  let top = 0;
  rows.forEach((r, i) => {
    total += w[i]!;
    middle += (w[i]! * target.y[r]! - w[i]! * middle) / total;
    top = Math.max(top, Math.abs(target.y[r]!));
  });
  // Centred and near 1, so that squares neither cancel nor run over.
  const unit = top > 0 ? top : 1;
  const y = Float64Array.from(rows, (r) => target.y[r]! / unit - middle / unit);
  let squares = 0;
  y.forEach((v, i) => (squares += w[i]! * v * v));
  // A list that leaves next to nothing would be worth endlessly much.
  const least = Math.max(1e-9 * squares, Number.MIN_VALUE);
  return {
    sums: 3,
    freedom: 1,
    size: (sums) => sums[0]!,
    add(row, to, at) {
      const v = w[row]! * y[row]!;
      to[at]! += w[row]!;
      to[at + 1]! += v;
      to[at + 2]! += v * y[row]!;
    },
    loss: (sums) => (sums[0]! > 0 ? Math.max(0, sums[2]! - (sums[1]! * sums[1]!) / sums[0]!) : 0),
    // Normal errors of one spread: n / 2 · log of the squares.
    saved: (from, to) => (total / 2) * Math.log(Math.max(least, from) / Math.max(least, to)),
    answer: (sums) => Float64Array.of(middle + (sums[0]! > 0 ? unit * (sums[1]! / sums[0]!) : 0)),
  };
}
