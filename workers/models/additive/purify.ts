/** Makes shapes mean what they show: what a pair holds of a single column moves to that column, and every mean to the constant. */
import type { Groups } from './groups.js';

/** One column's values: bin b, score k at values[b · scores + k]. */
export interface Shape {
  readonly values: Float64Array;
  /** Training weight per bin. */
  readonly weight: Float64Array;
}
/** Two columns' values: cell c (row-major by groups), score k at values[c · scores + k]. */
export interface Surface {
  readonly a: number;
  readonly b: number;
  readonly values: Float64Array;
  /** Training weight per cell. */
  readonly weight: Float64Array;
}

const TURNS = 200;

/**
 * In place: the sum of everything stays as it is for every row, each surface's weighted mean along every line becomes 0, and so does
 * each shape's. (Lengerich, Tan, Chang, Hooker & Caruana 2020.) Where several scores only count by their differences, `level` takes
 * their mean out of every cell first.
 */
export function purify(
  shapes: readonly Shape[],
  surfaces: readonly Surface[],
  groups: readonly Groups[],
  bias: Float64Array,
  level: boolean,
): void {
  const K = bias.length;
  if (level) for (const { values } of [...shapes, ...surfaces]) levelled(values, K);
  for (const { a, b, values, weight } of surfaces) {
    const R = groups[a]!.count;
    const C = groups[b]!.count;
    for (let k = 0; k < K; k++) {
      const ofRow = new Float64Array(R);
      const ofCol = new Float64Array(C);
      const size = values.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
      for (let turn = 0; turn < TURNS; turn++) {
        const moved = Math.max(move(R, C, C, 1, K, k, values, weight, ofRow), move(C, R, 1, C, K, k, values, weight, ofCol));
        if (moved <= 1e-13 * size) break;
      }
      for (const [j, means] of [
        [a, ofRow],
        [b, ofCol],
      ] as const) {
        const { ofBin } = groups[j]!;
        const { values: to } = shapes[j]!;
        for (let bin = 0; bin < ofBin.length; bin++) to[bin * K + k]! += means[ofBin[bin]!]!;
      }
    }
  }
  for (const { values, weight } of shapes) {
    for (let k = 0; k < K; k++) {
      let sum = 0;
      let W = 0;
      for (let b = 0; b < weight.length; b++) {
        sum += weight[b]! * values[b * K + k]!;
        W += weight[b]!;
      }
      if (!(W > 0)) continue;
      bias[k]! += sum / W;
      for (let b = 0; b < weight.length; b++) values[b * K + k]! -= sum / W;
    }
  }
}

/** Takes the weighted mean out of every line of a table and adds it to `means`; tells the largest. Lines without weight are left. */
function move(
  lines: number,
  across: number,
  line: number,
  step: number,
  K: number,
  k: number,
  values: Float64Array,
  weight: Float64Array,
  means: Float64Array,
): number {
  let most = 0;
  for (let r = 0; r < lines; r++) {
    let sum = 0;
    let W = 0;
    for (let c = 0; c < across; c++) {
      const at = r * line + c * step;
      sum += weight[at]! * values[at * K + k]!;
      W += weight[at]!;
    }
    if (!(W > 0)) continue;
    const mean = sum / W;
    for (let c = 0; c < across; c++) values[(r * line + c * step) * K + k]! -= mean;
    means[r]! += mean;
    most = Math.max(most, Math.abs(mean));
  }
  return most;
}

function levelled(values: Float64Array, K: number): void {
  for (let at = 0; at < values.length; at += K) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += values[at + k]!;
    for (let k = 0; k < K; k++) values[at + k]! -= sum / K;
  }
}
