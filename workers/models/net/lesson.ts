/** Makes a network's rows from a matrix and a target, and turns learnt parameters back into a form for the raw columns. */
import type { Layer, Layers } from '../../../src/core/form.js';
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { NEVER } from '../baseline.js';
import { classFactors, classTotals, type ClassWeight } from '../class-weight.js';
import { places, type Lesson, type Net } from './network.js';

/**
 * What is learnt, in the network's own terms. Classes are numbered by their first row, so that renaming levels changes nothing
 * but the order of the outputs; levels without a row take no part.
 */
export interface Learnable {
  readonly all: Lesson;
  /** Class task: for each of the network's classes, its level. */
  readonly classes: readonly number[];
  readonly shift: number;
  readonly scale: number;
  /** Per column: x is learnt as (x − centre) / spread; spread 0 leaves the column out. */
  readonly centre: Float64Array;
  readonly spread: Float64Array;
}

export function learnable(X: Matrix, target: Target, classWeight: ClassWeight): Learnable {
  const kept: number[] = [];
  for (let i = 0; i < X.rows; i++) if (!target.weight || target.weight[i]! > 0) kept.push(i);
  const n = kept.length;
  const weight = Float64Array.from(kept, (i) => target.weight?.[i] ?? 1);
  const y = new Float64Array(n);
  const classes: number[] = [];
  let shift = 0;
  let scale = 1;
  if (target.task === 'class') {
    const mine = new Map<number, number>();
    for (let i = 0; i < n; i++) {
      const level = target.y[kept[i]!]!;
      if (!mine.has(level)) mine.set(level, classes.push(level) - 1);
      y[i] = mine.get(level)!;
    }
    const factor = classFactors(classTotals(target), classWeight);
    for (let i = 0; i < n; i++) weight[i] = weight[i]! * factor[target.y[kept[i]!]!]!;
  } else {
    for (let i = 0; i < n; i++) y[i] = target.y[kept[i]!]!;
    ({ mean: shift, sd: scale } = moments(y, weight));
    if (!(scale > 0)) scale = 1;
    for (let i = 0; i < n; i++) y[i] = (y[i]! - shift) / scale;
  }

  const p = X.cols;
  const centre = new Float64Array(p);
  const spread = new Float64Array(p).fill(1);
  const rows = new Float32Array(n * p);
  for (let j = 0; j < p; j++) {
    const x = column(X, j);
    const { mean, sd, most } = moments(
      Float64Array.from(kept, (i) => x[i]!),
      weight,
    );
    // Columns near one scale are taken as they are; a constant column says nothing and would only add to the bias.
    if (!(sd > Math.abs(mean) * 1e-7)) spread[j] = 0;
    else if (sd < 0.01 || most > 100) {
      centre[j] = mean;
      spread[j] = sd;
    }
    if (spread[j]! > 0) for (let i = 0; i < n; i++) rows[i * p + j] = (x[kept[i]!]! - centre[j]!) / spread[j]!;
  }
  let sum = 0;
  for (const w of weight) sum += w;
  return { all: { rows: n, X: rows, y, weight, meanWeight: sum / n }, classes, shift, scale, centre, spread };
}

/** Weighted mean and standard deviation (n), safe for values as large as numbers go. */
function moments(x: Float64Array, w: Float64Array): { mean: number; sd: number; most: number } {
  let most = 0;
  for (const v of x) most = Math.max(most, Math.abs(v));
  if (most === 0) return { mean: 0, sd: 0, most };
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < x.length; i++) {
    sum += w[i]! * (x[i]! / most);
    weights += w[i]!;
  }
  const mean = sum / weights;
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += w[i]! * (x[i]! / most - mean) ** 2;
  return { mean: mean * most, sd: Math.sqrt(squares / weights) * most, most };
}

/** Deals rows out: about `share` of each class to judge by, the rest to learn from. */
export function divide(all: Lesson, classes: number, share: number, u: Random): { lesson: Lesson; valid: Lesson } {
  const order = shuffle(
    Int32Array.from({ length: all.rows }, (_, i) => i),
    u,
  );
  const groups: number[][] = Array.from({ length: Math.max(1, classes) }, () => []);
  for (const i of order) groups[classes > 0 ? all.y[i]! : 0]!.push(i);
  const judged = new Set(groups.flatMap((g) => g.slice(0, Math.min(g.length - 1, Math.round(share * g.length)))));
  const pick = (judge: boolean): Lesson => {
    const rows = [...Array(all.rows).keys()].filter((i) => judged.has(i) === judge);
    const p = all.X.length / all.rows;
    const X = new Float32Array(rows.length * p);
    rows.forEach((i, r) => X.set(all.X.subarray(i * p, (i + 1) * p), r * p));
    const weight = Float64Array.from(rows, (i) => all.weight[i]!);
    return {
      rows: rows.length,
      X,
      y: Float64Array.from(rows, (i) => all.y[i]!),
      weight,
      meanWeight: weight.reduce((a, b) => a + b, 0) / rows.length,
    };
  };
  return { lesson: pick(false), valid: pick(true) };
}

/** The form for raw columns and all levels. `theta` is null when there is but one class: nothing was learnt. */
export function formOf(theta: Float64Array | null, net: Net, from: Learnable, target: Target, inputs: number): Layers {
  const levels = target.task === 'class' ? target.levels.length : 1;
  const layers: Layer[] = [];
  if (theta)
    for (const { inputs: p, units, kernel, bias } of places(net))
      layers.push({
        units,
        activation: net.activation,
        weights: Float32Array.from(theta.subarray(kernel, kernel + p * units)),
        bias: Float32Array.from(theta.subarray(bias, bias + units)),
      });
  else layers.push({ units: 1, activation: 'linear', weights: new Float32Array(inputs), bias: new Float32Array(1) });

  // Undo the scaling inside the first layer.
  if (theta) {
    const { units, kernel, bias } = places(net)[0]!;
    const first = layers[0]!;
    for (let k = 0; k < units; k++) {
      let b = theta[bias + k]!;
      for (let j = 0; j < inputs; j++) {
        const w = from.spread[j]! > 0 ? theta[kernel + j * units + k]! / from.spread[j]! : 0;
        first.weights[j * units + k] = w;
        b -= Math.fround(w) * from.centre[j]!;
      }
      first.bias[k] = b;
    }
  }

  const end = layers.at(-1)!;
  const before = end.weights.length / end.units;
  layers.pop();
  const common = { form: 'layers', inputs, shift: from.shift, scale: from.scale } as const;
  if (target.task === 'number') return { ...common, link: 'identity', outputs: 1, layers: [...layers, { ...end, activation: 'linear' }] };
  if (theta && levels === 2) {
    // One unit that speaks for level 1; it was learnt for the class met second.
    const sign = from.classes[1] === 1 ? 1 : -1;
    const last: Layer = { units: 1, activation: 'linear', weights: end.weights.map((w) => sign * w), bias: end.bias.map((b) => sign * b) };
    return { ...common, link: 'sigmoid', outputs: 2, layers: [...layers, last] };
  }
  const weights = new Float32Array(before * levels);
  const bias = new Float32Array(levels).fill(NEVER);
  from.classes.forEach((level, c) => {
    // Two classes of more levels were learnt with one unit, which speaks for the second.
    const unit = end.units === 1 ? (c === 1 ? 0 : -1) : c;
    bias[level] = unit < 0 ? 0 : end.bias[unit]!;
    for (let k = 0; k < before; k++) weights[k * levels + level] = unit < 0 ? 0 : end.weights[k * end.units + unit]!;
  });
  return { ...common, link: 'softmax', outputs: levels, layers: [...layers, { units: levels, activation: 'linear', weights, bias }] };
}
