/** Gives back a form for the raw columns and all levels of what a network has learnt. */
import type { Layer, Layers, LevelTable, Link, Network } from '../../../src/core/form.js';
import type { Target } from '../../../src/core/model.js';
import { NEVER } from '../baseline.js';
import { fold, type Dense } from './fold.js';
import type { Learnable, Mixed, Plain } from './lesson.js';
import { places, type Learnt, type Lesson, type Net } from './network.js';

/** How the network's outputs become the form's raw scores. */
interface Scores {
  readonly link: Link;
  readonly outputs: number;
  /** Per score: the output it is, times this; 0: none. */
  readonly unit: Int32Array;
  readonly sign: Int8Array;
  /** Per score: what is added. */
  readonly bias: Float64Array;
}

/** `learnt`: false when there was but one class, and nothing to learn. */
function scoresOf(target: Target, { classes }: Learnable, units: number, learnt: boolean): Scores {
  if (target.task === 'number')
    return { link: 'identity', outputs: 1, unit: Int32Array.of(0), sign: Int8Array.of(1), bias: new Float64Array(1) };
  const levels = target.levels.length;
  // One unit that speaks for level 1; it was learnt for the class met second.
  if (learnt && levels === 2)
    return {
      link: 'sigmoid',
      outputs: 2,
      unit: Int32Array.of(0),
      sign: Int8Array.of(classes[1] === 1 ? 1 : -1),
      bias: new Float64Array(1),
    };
  const out = { unit: new Int32Array(levels), sign: new Int8Array(levels), bias: new Float64Array(levels).fill(NEVER) };
  classes.forEach((level, c) => {
    out.bias[level] = 0;
    // Two classes of more levels were learnt with one unit, which speaks for the second.
    out.unit[level] = units === 1 ? 0 : c;
    out.sign[level] = learnt && (units > 1 || c === 1) ? 1 : 0;
  });
  return { link: 'softmax', outputs: levels, ...out };
}

/** Rows × units → rows × scores. */
const spread = (w: Float64Array, units: number, { unit, sign }: Scores): Float64Array =>
  Float64Array.from({ length: (w.length / units) * unit.length }, (_, i) => {
    const s = i % unit.length;
    return sign[s]! === 0 ? 0 : sign[s]! * w[((i - s) / unit.length) * units + unit[s]!]!;
  });

/** The last layer, giving scores. */
function last({ units, weights, bias }: Dense, scores: Scores): Dense {
  const base = spread(bias, units, scores);
  return {
    units: scores.unit.length,
    activation: 'linear',
    weights: spread(weights, units, scores),
    bias: base.map((b, s) => b + scores.bias[s]!),
  };
}
const plainLayer = ({ units, activation, weights, bias }: Dense): Layer => ({
  units,
  activation,
  weights: Float32Array.from(weights),
  bias: Float32Array.from(bias),
});
/** What says the same whatever comes in. */
const constant = (inputs: number, units: number): Dense => ({
  units,
  activation: 'linear',
  weights: new Float64Array(inputs * units),
  bias: new Float64Array(units),
});

export function layersOf(learnt: Learnt | null, net: Net, from: Plain, target: Target, inputs: number): Layers {
  const scores = scoresOf(target, from, net.outputs, learnt !== null);
  const layers = learnt ? fold(net, learnt)[0]!.layers : [constant(inputs, net.outputs)];
  layers.push(last(layers.pop()!, scores));
  // Undo the scaling inside the first layer.
  const { units, weights, bias } = layers[0]!;
  for (let j = 0; j < inputs; j++)
    for (let k = 0; k < units; k++) {
      const w = from.spread[j]! > 0 ? weights[j * units + k]! / from.spread[j]! : 0;
      weights[j * units + k] = w;
      bias[k] = bias[k]! - Math.fround(w) * from.centre[j]!;
    }
  const { link, outputs } = scores;
  return { form: 'layers', link, inputs, outputs, layers: layers.map(plainLayer), shift: from.shift, scale: from.scale };
}

/** `lesson`: what was learnt from. A level that it lacks stands where the average of those it has stands. */
export function networkOf(learnt: Learnt | null, net: Net, from: Mixed, lesson: Lesson, target: Target, inputs: number): Network {
  const scores = scoresOf(target, from, net.outputs, learnt !== null);
  const { link, outputs } = scores;
  const common = { form: 'network', link, inputs, outputs, shift: from.shift, scale: from.scale } as const;
  if (!learnt) {
    const only = { before: null, layers: [plainLayer(last(constant(0, net.outputs), scores))], skip: false };
    const none = new Float64Array(0);
    return { ...common, numbers: new Int32Array(0), centre: none, spread: none, tables: [], wide: new Float32Array(0), blocks: [only] };
  }
  const at = places(net);
  const rows = ({ at: o, rows, units }: { at: number; rows: number; units: number }) => learnt.theta.slice(o, o + rows * units);
  const tables = from.categories.map(({ column, levels, width, rowOf }, k): LevelTable => {
    const met = new Float64Array(levels);
    for (let i = 0; i < lesson.rows; i++) {
      const code = lesson.codes[i * from.categories.length + k]!;
      met[code] = met[code]! + lesson.weight[i]!;
    }
    const weights = dealt(rows(at.tables[k]!), width, met, rowOf);
    const wide = at.wide ? spread(dealt(rows(at.wide.tables[k]!), net.outputs, met, rowOf), net.outputs, scores) : [];
    return { column, levels: rowOf.length, width, weights: Float32Array.from(weights), wide: Float32Array.from(wide) };
  });
  const runs = fold(net, learnt);
  const end = runs.at(-1)!;
  end.layers.push(last(end.layers.pop()!, scores));
  return {
    ...common,
    numbers: from.numbers,
    centre: from.centre,
    spread: from.spread,
    tables,
    wide: Float32Array.from(at.wide ? spread(rows(at.wide.numbers), net.outputs, scores) : []),
    blocks: runs.map(({ gate, layers, skip }) => ({
      before: gate && { activation: gate.activation, scale: Float32Array.from(gate.scale), shift: Float32Array.from(gate.shift) },
      layers: layers.map(plainLayer),
      skip,
    })),
  };
}

/** A row for every level, from those of the table that was learnt; what it did not meet gets the mean of what it met. */
function dealt(table: Float64Array, width: number, met: Float64Array, rowOf: Int32Array): Float64Array {
  const total = met.reduce((a, b) => a + b, 0);
  const mean = Float64Array.from({ length: width }, (_, j) => met.reduce((sum, w, k) => sum + (w / total) * table[k * width + j]!, 0));
  const out = new Float64Array(rowOf.length * width);
  rowOf.forEach((row, k) => out.set(row >= 0 && met[row]! > 0 ? table.subarray(row * width, (row + 1) * width) : mean, k * width));
  return out;
}
