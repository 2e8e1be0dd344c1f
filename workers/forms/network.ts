/** Networks that take categories: vectors for levels, blocks that add to what enters them, a linear part beside; run in Float64. */
import type { LevelTable, Network, NetworkBlock } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { allFinite, array, broken, finite, floats64, lengthIs, linkOf, object, oneOf, scoreCount, typed, whole, WIDEST } from './gate.js';
import type { Fields } from './gate.js';
import type { Kit } from './kit.js';
import { ACTIVATIONS, bend, BLOCK, layerOf, through, toScale } from './layers.js';

/** Numbers that enter the first block. */
const entrance = ({ numbers, tables }: Pick<Network, 'numbers' | 'tables'>): number =>
  tables.reduce((sum, t) => sum + t.width, numbers.length);

function raw(form: Network, X: Matrix): Float64Array {
  const { numbers, centre, spread, tables, blocks } = form;
  const width = entrance(form);
  const scores = blocks.at(-1)!.layers.at(-1)!.units;
  const widest = blocks.reduce((w, b) => b.layers.reduce((v, l) => Math.max(v, l.units), w), Math.max(1, width));
  const out = new Float64Array(X.rows * scores);
  const direct = new Float64Array(BLOCK * scores);
  const kept = new Float64Array(BLOCK * widest);
  let a: Float64Array = new Float64Array(BLOCK * widest);
  let b: Float64Array = new Float64Array(BLOCK * widest);
  for (let from = 0; from < X.rows; from += BLOCK) {
    const n = Math.min(BLOCK, X.rows - from);
    direct.fill(0);
    const add = (weights: Float32Array, row: number, times: number, i: number) => {
      for (let s = 0; s < scores; s++) direct[i * scores + s] = direct[i * scores + s]! + times * weights[row * scores + s]!;
    };
    for (let k = 0; k < numbers.length; k++)
      for (let i = 0; i < n; i++) {
        const x = X.data[numbers[k]! * X.rows + from + i]!;
        const v = Number.isNaN(x) ? 0 : (x - centre[k]!) / spread[k]!;
        a[i * width + k] = v;
        if (form.wide.length > 0) add(form.wide, k, v, i);
      }
    let offset = numbers.length;
    for (const { column, levels, width: wide, weights, wide: own } of tables) {
      for (let i = 0; i < n; i++) {
        const x = X.data[column * X.rows + from + i]!;
        const code = x >= 0 && x < levels - 1 ? Math.floor(x) : levels - 1;
        for (let j = 0; j < wide; j++) a[i * width + offset + j] = weights[code * wide + j]!;
        if (own.length > 0) add(own, code, 1, i);
      }
      offset += wide;
    }
    let units = width;
    for (const { before, layers, skip } of blocks) {
      if (skip) kept.set(a.subarray(0, n * units));
      if (before) {
        for (let i = 0; i < n * units; i++) a[i] = before.scale[i % units]! * a[i]! + before.shift[i % units]!;
        bend(a, n * units, before.activation);
      }
      [a, b] = through(layers, a, b, n, units);
      units = layers.at(-1)?.units ?? units;
      if (skip) for (let i = 0; i < n * units; i++) a[i] = a[i]! + kept[i]!;
    }
    for (let i = 0; i < n * scores; i++) out[from * scores + i] = a[i]! + direct[i]!;
  }
  toScale(out, form);
  return out;
}

export const networkKit: Kit<Network> = {
  raw,
  check(o, at, inputs, outputs) {
    const link = linkOf(o, at, outputs);
    const scores = scoreCount(link, outputs);
    const numbers = typed(o, 'numbers', at, Int32Array);
    for (const j of numbers) if (j < 0 || j >= inputs) broken(`${at}.numbers holds ${j}`);
    const spread = floats64(o, 'spread', at, numbers.length);
    if (spread.some((s) => s <= 0)) broken(`${at}.spread holds a value that is not above 0`);
    const wide = floats(o, 'wide', at, numbers.length * scores);
    const tables = array(o, 'tables', at, 0, WIDEST).map((t, k) => tableOf(t, `${at}.tables[${k}]`, inputs, scores));
    let width = entrance({ numbers, tables });
    const blocks = array(o, 'blocks', at, 1, 1000).map((block, k) => {
      const made = blockOf(block, `${at}.blocks[${k}]`, width);
      width = made.layers.at(-1)!.units;
      return made;
    });
    if (width !== scores) broken(`${at}: the last layer has ${width} units, not ${scores}`);
    const centre = floats64(o, 'centre', at, numbers.length);
    return {
      form: 'network',
      link,
      inputs,
      outputs,
      numbers,
      centre,
      spread,
      tables,
      wide,
      blocks,
      shift: finite(o, 'shift', at),
      scale: finite(o, 'scale', at),
    };
  },
  measure({ tables, wide, blocks, centre }) {
    const arrays = [
      wide,
      ...tables.flatMap((t) => [t.weights, t.wide]),
      ...blocks.flatMap(({ before, layers }) => [
        ...(before ? [before.scale, before.shift] : []),
        ...layers.flatMap((l) => [l.weights, l.bias]),
      ]),
    ];
    const parameters = arrays.reduce((sum, a) => sum + a.length, 0);
    return { bytes: 4 * parameters + 20 * centre.length, parameters };
  },
};

/** Finite numbers, so many or (without a wide part) none. */
function floats(o: Fields, name: string, at: string, length: number): Float32Array {
  const v = typed(o, name, at, Float32Array);
  if (v.length > 0) lengthIs(v, length, `${at}.${name}`);
  allFinite(v, `${at}.${name}`);
  return v;
}

function tableOf(value: unknown, at: string, inputs: number, scores: number): LevelTable {
  const o = object(value, at);
  const levels = whole(o, 'levels', at, 1, WIDEST);
  const width = whole(o, 'width', at, 1, WIDEST);
  const weights = typed(o, 'weights', at, Float32Array);
  lengthIs(weights, levels * width, `${at}.weights`);
  allFinite(weights, `${at}.weights`);
  return { column: whole(o, 'column', at, 0, inputs - 1), levels, width, weights, wide: floats(o, 'wide', at, levels * scores) };
}

function blockOf(value: unknown, at: string, inputs: number): NetworkBlock {
  const o = object(value, at);
  let width = inputs;
  const layers = array(o, 'layers', at, 1, 1000).map((l, k) => {
    const layer = layerOf(l, `${at}.layers[${k}]`, width);
    width = layer.units;
    return layer;
  });
  if (typeof o['skip'] !== 'boolean') broken(`${at}.skip is not yes or no`);
  if (o['skip'] && width !== inputs) broken(`${at} adds ${inputs} numbers to ${width}`);
  return {
    before: o['before'] === null ? null : gateOf(object(o['before'], `${at}.before`), `${at}.before`, inputs),
    layers,
    skip: o['skip'] === true,
  };
}

function gateOf(o: Fields, at: string, width: number): NonNullable<NetworkBlock['before']> {
  const vector = (name: string) => {
    const v = typed(o, name, at, Float32Array);
    lengthIs(v, width, `${at}.${name}`);
    allFinite(v, `${at}.${name}`);
    return v;
  };
  return { scale: vector('scale'), shift: vector('shift'), activation: oneOf(o, 'activation', at, ACTIVATIONS) };
}
