/** The point whose summed distance to all others is least (Weiszfeld 1937, with the step of Vardi & Zhang 2000 on a point itself). */

/** Distances below this count as none. */
const NONE = 2 ** -52;

/** Where the search has come to. */
export interface MedianState {
  readonly at: Float64Array;
  readonly turn: number;
}
/** After a step: its operations, where it led, and the state to go on from. */
export interface MedianStep {
  readonly point: Float64Array;
  readonly converged: false;
  readonly operations: number;
  readonly state: () => MedianState;
}

/** A step at a time. `points` holds `count` points of `size` coordinates each; every weight is above 0. Ends when a step is below `tol` of the mean distance. */
export function* medianSteps(
  points: Float64Array,
  count: number,
  size: number,
  weight: Float64Array,
  tol: number,
  steps: number,
  saved: MedianState | null,
): Generator<MedianStep, { point: Float64Array; converged: boolean }> {
  if (size === 1) return { point: Float64Array.of(middle(points.subarray(0, count), weight.subarray(0, count))), converged: true };
  let at: Float64Array = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += weight[i]!;
    for (let k = 0; k < size; k++) at[k] = at[k]! + weight[i]! * points[i * size + k]!;
  }
  at = saved ? saved.at.slice() : at.map((v) => v / total);
  for (let turn = saved?.turn ?? 0; turn < steps; turn++) {
    const next = new Float64Array(size);
    const pull = new Float64Array(size);
    let share = 0;
    let here = 0;
    let far = 0;
    for (let i = 0; i < count; i++) {
      let d = 0;
      for (let k = 0; k < size; k++) d += (points[i * size + k]! - at[k]!) ** 2;
      d = Math.sqrt(d);
      far += weight[i]! * d;
      if (!(d >= NONE)) {
        here += weight[i]!;
        continue;
      }
      const w = weight[i]! / d;
      share += w;
      for (let k = 0; k < size; k++) {
        next[k] = next[k]! + w * points[i * size + k]!;
        pull[k] = pull[k]! + w * (points[i * size + k]! - at[k]!);
      }
    }
    const strength = Math.hypot(...pull);
    const stay = strength > 0 ? Math.min(1, here / strength) : 1;
    if (share === 0 || stay === 1) return { point: at, converged: true };
    let moved = 0;
    for (let k = 0; k < size; k++) {
      next[k] = (1 - stay) * (next[k]! / share) + stay * at[k]!;
      moved += (next[k]! - at[k]!) ** 2;
    }
    at = next;
    if (Math.sqrt(moved) <= (tol * far) / total) return { point: at, converged: true };
    const point = at;
    yield { point, converged: false, operations: 4 * count * size, state: () => ({ at: point.slice(), turn: turn + 1 }) };
  }
  return { point: at, converged: false };
}

/** The weighted median; halfway between two values when exactly half the weight lies on each side. */
export function middle(values: Float64Array, weight: Float64Array | null): number {
  if (!weight) {
    const n = values.length;
    const sorted = values.slice().sort();
    return n % 2 === 0 ? (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2 : sorted[(n - 1) / 2]!;
  }
  const order = Array.from(values, (_, i) => i)
    .filter((i) => weight[i]! > 0)
    .sort((a, b) => values[a]! - values[b]!);
  const half = order.reduce((s, i) => s + weight[i]!, 0) / 2;
  let below = 0;
  for (let m = 0; m < order.length; m++) {
    below += weight[order[m]!]!;
    if (below === half && m + 1 < order.length) return (values[order[m]!]! + values[order[m + 1]!]!) / 2;
    if (below >= half) return values[order[m]!]!;
  }
  return values[order[order.length - 1]!]!;
}
