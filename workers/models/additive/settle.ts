/** From the tables of all bags to one form: purified bag by bag, averaged, with how far the bags disagree. */
import type { Additive, AdditiveTerm, TermAxis } from '../../../src/core/form.js';
import type { BinnedColumn } from '../tree/boost-bins.js';
import type { Groups } from './groups.js';
import { WIDE, type MainStage } from './main-stage.js';
import type { PairPlace } from './pair-stage.js';
import { purify, type Shape, type Surface } from './purify.js';
import type { Scores } from './target.js';

export interface Settled {
  readonly main: MainStage;
  readonly mains: readonly Float64Array[];
  readonly about: readonly BinnedColumn[];
  readonly groups: readonly Groups[];
  readonly places: readonly PairPlace[];
  /** Per bag; empty when there are no pairs. */
  readonly pairs: readonly Float64Array[];
  /** Per column: weight per bin; per place: weight per cell. */
  readonly weights: readonly Float64Array[];
  readonly cellWeights: readonly Float64Array[];
}

/** Scores that only count by their differences are made to add up to 0 everywhere. */
export function settle(from: Settled, base: Float64Array, to: Scores): Additive {
  const K = base.length;
  const p = from.about.length;
  const bags = from.mains.length;
  const all = Array.from({ length: bags }, (_, bag) => {
    const shapes = from.about.map(({ bins }, j): Shape => {
      const values = new Float64Array(bins * K);
      for (let k = 0; k < K; k++)
        for (let b = 0; b < bins; b++) values[b * K + k] = from.mains[bag]![(k * from.main.columns + j) * WIDE + b]!;
      return { values, weight: from.weights[j]! };
    });
    const surfaces = from.places.map(({ a, b, grid, first }, place): Surface => {
      const values = from.pairs[bag]!.slice(first, first + grid.rows * grid.cols * K);
      return { a, b, values, weight: from.cellWeights[place]! };
    });
    const bias = base.slice();
    purify(shapes, surfaces, from.groups, bias, to.link === 'softmax');
    return { shapes, surfaces, bias };
  });
  const scores = to.link === 'softmax' ? to.outputs : 1;
  const bias = new Float64Array(scores).fill(to.absent);
  const middle = to.link === 'softmax' ? mean(base) : 0;
  to.place.forEach((at, k) => (bias[at] = to.shift + to.unit * (mean(all.map((bag) => bag.bias[k]!)) - middle)));
  const [spots, axes] = [from.about.map((about, j) => mainAxis(about, j)), from.groups];
  const terms: AdditiveTerm[] = [];
  for (let j = 0; j < p; j++) {
    const { axis, binOf } = spots[j]!;
    const term = joined(
      all.map((bag) => bag.shapes[j]!.values),
      from.weights[j]!,
      binOf,
      K,
      scores,
      to,
    );
    if (term) terms.push({ axes: [axis], ...term });
  }
  from.places.forEach(({ a, b, grid }, place) => {
    const one = pairAxis(from.about[a]!, axes[a]!, a);
    const two = pairAxis(from.about[b]!, axes[b]!, b);
    const cellOf = one.binOf.flatMap((r) => two.binOf.map((c) => (r < 0 || c < 0 ? -1 : r * grid.cols + c)));
    const term = joined(
      all.map((bag) => bag.surfaces[place]!.values),
      from.cellWeights[place]!,
      cellOf,
      K,
      scores,
      to,
    );
    if (term) terms.push({ axes: [one.axis, two.axis], ...term });
  });
  return { form: 'additive', link: to.link, inputs: p, outputs: to.outputs, bias, terms };
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

interface Spot {
  readonly axis: TermAxis;
  /** Bin (or group) behind each cell of the axis; −1 for none: nothing like it was seen, and nothing is added. */
  readonly binOf: readonly number[];
}

function mainAxis(about: BinnedColumn, column: number): Spot {
  return spot(about, column, (b) => b, about.missing ? about.bins - 1 : -1);
}

function pairAxis(about: BinnedColumn, { ofBin, count }: Groups, column: number): Spot {
  return spot(about, column, (b) => ofBin[b]!, about.missing ? count - 1 : -1);
}

function spot({ bins, missing, cuts, binOfLevel }: BinnedColumn, column: number, groupOf: (bin: number) => number, last: number): Spot {
  const ordered = bins - (missing ? 1 : 0);
  if (!cuts) {
    const codes = [...binOfLevel.keys()].filter((code) => binOfLevel[code]! < ordered);
    return { axis: { column, shape: 'levels', at: Float64Array.from(codes) }, binOf: [...codes.map((c) => groupOf(binOfLevel[c]!)), last] };
  }
  const at: number[] = [];
  const binOf = [groupOf(0)];
  for (let b = 1; b < ordered; b++) {
    if (groupOf(b) === groupOf(b - 1)) continue;
    at.push(cuts[b - 1]!);
    binOf.push(groupOf(b));
  }
  return { axis: { column, shape: 'constant', at: Float64Array.from(at) }, binOf: [...binOf, last] };
}

/** Mean and standard deviation over the bags, cell by cell; null where nothing is added anywhere. */
function joined(
  bags: readonly Float64Array[],
  weight: Float64Array,
  sourceOf: readonly number[],
  K: number,
  scores: number,
  to: Scores,
): Omit<AdditiveTerm, 'axes'> | null {
  const values = new Float64Array(sourceOf.length * scores);
  const spread = new Float64Array(sourceOf.length * scores);
  const counts = new Float64Array(sourceOf.length);
  const shared = new Map<number, number>();
  for (const source of sourceOf) shared.set(source, (shared.get(source) ?? 0) + 1);
  sourceOf.forEach((source, cell) => {
    if (source < 0) return;
    // Levels that share a group share its weight as well.
    counts[cell] = weight[source]! / shared.get(source)!;
    for (let k = 0; k < K; k++) {
      const told = bags.map((bag) => bag[source * K + k]! * to.unit);
      const middle = mean(told);
      values[cell * scores + to.place[k]!] = middle;
      spread[cell * scores + to.place[k]!] = Math.sqrt(mean(told.map((v) => (v - middle) ** 2)));
    }
  });
  return values.some((v) => v !== 0) ? { values, slopes: new Float64Array(0), spread, counts } : null;
}
