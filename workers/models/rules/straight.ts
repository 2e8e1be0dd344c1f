/** The straight parts of RuleFit: quantities within the middle of their values, on the scale of a rule. */
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { sorter } from '../tree/radix.js';

/** The middle 95 % of the values of the rows named: quantiles of weights as of so many rows, straight between two. */
function middleOf(x: Float32Array, known: readonly number[], weight: Float64Array): [number, number] {
  const by = sorter(known.length);
  const n = by.sort(x, known);
  let total = 0;
  for (const i of known) total += weight[i]!;
  const at = (place: number): number => {
    let upTo = 0;
    for (let i = 0; i < n; i++) {
      upTo += weight[by.rows[i]!]!;
      if (upTo > place) return x[by.rows[i]!]!;
    }
    return x[by.rows[n - 1]!]!;
  };
  const quantile = (q: number): number => {
    const place = Math.max(0, q * (total - 1));
    const lo = at(Math.floor(place));
    const share = place - Math.floor(place);
    return share === 0 ? lo : lo + (at(Math.floor(place) + 1) - lo) * share;
  };
  return [quantile(0.025), quantile(0.975)];
}

/** A straight part, and what makes it a column of the design: (x − mean) · rate has a spread of 0.4, about that of a rule (section 5). */
export interface Straight {
  readonly column: number;
  readonly lower: number;
  readonly upper: number;
  readonly mean: number;
  readonly rate: number;
}

export async function linesOf(X: Matrix, weight: Float64Array, p: Pace): Promise<Straight[]> {
  const out: Straight[] = [];
  for (let j = 0; j < X.cols && !p.stopped; j++) {
    if (X.levels[j]! > 0) continue;
    if (p.due(200 * X.rows)) await p.rest();
    const x = column(X, j);
    const known = Array.from(x.keys()).filter((i) => !Number.isNaN(x[i]!));
    if (known.length < 2) continue;
    const w = Float64Array.from(known, (i) => weight[i]!);
    const values = Float64Array.from(known, (i) => x[i]!);
    let [lower, upper] = middleOf(x, known, weight);
    if (p.due(200 * X.rows)) await p.rest();
    // A value that nearly all rows share leaves no middle: then all counts.
    if (!(lower < upper)) [lower, upper] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    if (!(lower < upper)) continue;
    const total = w.reduce((a, b) => a + b, 0);
    // As a share of the width, which keeps squares from running over.
    const share = values.map((v) => (Math.min(upper, Math.max(lower, v)) - lower) / (upper - lower));
    const middle = share.reduce((s, v, i) => s + (w[i]! / total) * v, 0);
    const spread = Math.sqrt(share.reduce((s, v, i) => s + (w[i]! / total) * (v - middle) ** 2, 0));
    if (spread > 1e-9) out.push({ column: j, lower, upper, mean: lower + middle * (upper - lower), rate: 0.4 / spread / (upper - lower) });
  }
  return out;
}
