/**
 * Is this a form? Everything a model file says is looked at before it is used: types, lengths, finite numbers, indices in
 * bounds, no cycles. The answer is a fresh object that holds the known fields only.
 */
import type { Activation, Form, Kernels, Layer, Link, Trees } from '../../src/core/form.js';
import { Problem } from '../../src/core/problem.js';

const LINKS: readonly Link[] = ['identity', 'log', 'sigmoid', 'softmax'];
const ACTIVATIONS: readonly Activation[] = ['relu', 'tanh', 'sigmoid', 'linear', 'elu', 'selu', 'swish'];
/** Far above anything fitted here; a bound so that a hostile file cannot ask for endless work. */
const WIDEST = 1_000_000;
const DEEPEST_TREE = 10_000;
const DEEPEST_BLEND = 4;

const broken = (why: string): never => {
  throw new Problem('artifact/broken', { why });
};

type Fields = Readonly<Record<string, unknown>>;

export function checkForm(value: unknown): Form {
  return formOf(value, 'form', 0);
}

function formOf(value: unknown, at: string, depth: number): Form {
  const o = object(value, at);
  const inputs = whole(o, 'inputs', at, 0, WIDEST);
  const outputs = whole(o, 'outputs', at, 1, WIDEST);
  switch (o['form']) {
    case 'linear': {
      const link = linkOf(o, at, outputs);
      const scores = scoreCount(link, outputs);
      const weights = floats64(o, 'weights', at, scores * inputs);
      const bias = floats64(o, 'bias', at, scores);
      return { form: 'linear', link, inputs, outputs, weights, bias };
    }
    case 'trees':
      return treesOf(o, at, inputs, outputs);
    case 'layers': {
      const link = linkOf(o, at, outputs);
      const given = array(o, 'layers', at, 1, 1000);
      const layers: Layer[] = [];
      let width = inputs;
      given.forEach((l, i) => {
        const layer = layerOf(l, `${at}.layers[${i}]`, width);
        layers.push(layer);
        width = layer.units;
      });
      if (width !== scoreCount(link, outputs)) broken(`${at}: the last layer has ${width} units, not ${scoreCount(link, outputs)}`);
      const shift = finite(o, 'shift', at);
      const scale = finite(o, 'scale', at);
      return { form: 'layers', link, inputs, outputs, layers, shift, scale };
    }
    case 'neighbours': {
      const task = oneOf(o, 'task', at, ['class', 'number'] as const);
      if ((task === 'class') !== outputs > 1) broken(`${at}.outputs does not go with the task`);
      const y = typed(o, 'y', at, Float64Array);
      if (y.length === 0) broken(`${at}.y is empty`);
      for (const v of y) {
        if (task === 'class' ? !Number.isInteger(v) || v < 0 || v >= outputs : !Number.isFinite(v)) broken(`${at}.y holds ${v}`);
      }
      const points = typed(o, 'points', at, Float32Array);
      lengthIs(points, y.length * inputs, `${at}.points`);
      allFinite(points, `${at}.points`);
      return {
        form: 'neighbours',
        inputs,
        outputs,
        k: whole(o, 'k', at, 1, 2 ** 31),
        weights: oneOf(o, 'weights', at, ['uniform', 'distance'] as const),
        metric: oneOf(o, 'metric', at, ['euclidean', 'manhattan'] as const),
        points,
        y,
        task,
      };
    }
    case 'kernels':
      return kernelsOf(o, at, inputs, outputs);
    case 'blend': {
      if (depth >= DEEPEST_BLEND) broken(`${at} is nested too deeply`);
      const parts = array(o, 'parts', at, 1, 1000).map((part, i) => formOf(part, `${at}.parts[${i}]`, depth + 1));
      for (const part of parts) {
        if (part.inputs !== inputs || part.outputs !== outputs) broken(`${at}: its parts do not have the same inputs and outputs`);
      }
      const shares = floats64(o, 'shares', at, parts.length);
      let sum = 0;
      for (const s of shares) {
        if (s < 0) broken(`${at}.shares holds ${s}`);
        sum += s;
      }
      if (Math.abs(sum - 1) > 1e-6) broken(`${at}.shares sum to ${sum}, not 1`);
      return { form: 'blend', inputs, outputs, parts, shares };
    }
    default:
      return broken(`${at} is of no known kind`);
  }
}

const scoreCount = (link: Link, outputs: number) => (link === 'sigmoid' || link === 'log' ? 1 : outputs);

function linkOf(o: Fields, at: string, outputs: number): Link {
  const link = oneOf(o, 'link', at, LINKS);
  if (link === 'sigmoid' && outputs !== 2) broken(`${at}: a sigmoid has 2 outputs, not ${outputs}`);
  if (link === 'log' && outputs !== 1) broken(`${at}: a log link has 1 output, not ${outputs}`);
  if (link === 'softmax' && outputs < 2) broken(`${at}: a softmax has at least 2 outputs`);
  return link;
}

function layerOf(value: unknown, at: string, width: number): Layer {
  const o = object(value, at);
  const units = whole(o, 'units', at, 1, WIDEST);
  const weights = typed(o, 'weights', at, Float32Array);
  lengthIs(weights, width * units, `${at}.weights`);
  allFinite(weights, `${at}.weights`);
  const bias = typed(o, 'bias', at, Float32Array);
  lengthIs(bias, units, `${at}.bias`);
  allFinite(bias, `${at}.bias`);
  return { units, activation: oneOf(o, 'activation', at, ACTIVATIONS), weights, bias };
}

function treesOf(o: Fields, at: string, inputs: number, outputs: number): Trees {
  const link = linkOf(o, at, outputs);
  const scores = scoreCount(link, outputs);
  const feature = typed(o, 'feature', at, Int32Array);
  const nodes = feature.length;
  const width = whole(o, 'width', at, 1, WIDEST);
  if (width !== 1 && width !== scores) broken(`${at}.width is ${width}, neither 1 nor ${scores}`);
  const base = floats64(o, 'base', at, scores);
  const roots = typed(o, 'roots', at, Int32Array);
  const score = typed(o, 'score', at, Int32Array);
  lengthIs(score, roots.length, `${at}.score`);
  for (const s of score) {
    if (s < -1 || s >= scores || (s === -1 && width !== scores) || (s >= 0 && width !== 1)) broken(`${at}.score holds ${s}`);
  }
  const threshold = typed(o, 'threshold', at, Float32Array);
  const left = typed(o, 'left', at, Int32Array);
  const right = typed(o, 'right', at, Int32Array);
  const missingLeft = typed(o, 'missingLeft', at, Uint8Array);
  const set = typed(o, 'set', at, Int32Array);
  const setWords = typed(o, 'setWords', at, Uint32Array);
  const value = floats64(o, 'value', at, nodes * width);
  const cover = floats64(o, 'cover', at, nodes);
  const gain = floats64(o, 'gain', at, nodes);
  for (const [name, part] of Object.entries({ threshold, left, right, missingLeft, set })) lengthIs(part, nodes, `${at}.${name}`);

  // Children come after their parent and every node has one parent at most: trees, without cycles and without sharing.
  const depth = new Int32Array(nodes).fill(-1);
  const claim = (node: number, level: number, what: string) => {
    if (depth[node] !== -1) broken(`${at}: node ${node} is reached twice`);
    if (level > DEEPEST_TREE) broken(`${at}: ${what} is too deep`);
    depth[node] = level;
  };
  for (const root of roots) {
    if (root < 0 || root >= nodes) broken(`${at}.roots holds ${root}`);
    claim(root, 0, 'a root');
  }
  for (let i = 0; i < nodes; i++) {
    const f = feature[i]!;
    if (f < -1 || f >= inputs) broken(`${at}.feature holds ${f}`);
    if (f === -1) continue;
    for (const child of [left[i]!, right[i]!]) {
      if (child <= i || child >= nodes) broken(`${at}: node ${i} has a child ${child}`);
      if (depth[i] !== -1) claim(child, depth[i]! + 1, `node ${child}`);
    }
    const s = set[i]!;
    if (s < -1 || s >= setWords.length) broken(`${at}.set holds ${s}`);
    if (s >= 0 && s + setWords[s]! >= setWords.length) broken(`${at}: the level set at ${s} runs past the end`);
    if (s === -1 && Number.isNaN(threshold[i]!)) broken(`${at}.threshold is not a number at node ${i}`);
  }
  const average = o['average'];
  if (typeof average !== 'boolean') return broken(`${at}.average is not true or false`);
  if (average && roots.length === 0) broken(`${at} has no tree to average`);
  return {
    form: 'trees', link, inputs, outputs, average, base, roots, score, width, feature,
    threshold, left, right, missingLeft, set, setWords, value, cover, gain,
  }; // prettier-ignore
}

function kernelsOf(o: Fields, at: string, inputs: number, outputs: number): Kernels {
  const classes = typed(o, 'classes', at, Int32Array);
  if (outputs > 1 !== classes.length > 0) broken(`${at}.classes does not go with ${outputs} outputs`);
  classes.forEach((c, i) => {
    if (c >= outputs || c <= (i > 0 ? classes[i - 1]! : -1)) broken(`${at}.classes holds ${c}`);
  });
  const pairs = (classes.length * (classes.length - 1)) / 2;
  const machines = outputs > 1 ? pairs : 1;
  const points = typed(o, 'points', at, Float32Array);
  const count = inputs > 0 ? points.length / inputs : 0;
  lengthIs(points, Math.floor(count) * inputs, `${at}.points`);
  allFinite(points, `${at}.points`);
  const point = typed(o, 'point', at, Int32Array);
  for (const i of point) if (i < 0 || i >= count) broken(`${at}.point holds ${i}`);
  const starts = typed(o, 'starts', at, Int32Array);
  lengthIs(starts, machines + 1, `${at}.starts`);
  starts.forEach((s, i) => {
    if (s < (i > 0 ? starts[i - 1]! : 0)) broken(`${at}.starts holds ${s}`);
  });
  if (starts[0] !== 0 || starts[machines] !== point.length) broken(`${at}.starts does not cover its terms`);
  const gamma = finite(o, 'gamma', at);
  if (gamma < 0) broken(`${at}.gamma is ${gamma}`);
  return {
    form: 'kernels',
    inputs,
    outputs,
    kernel: oneOf(o, 'kernel', at, ['rbf', 'linear', 'poly', 'sigmoid'] as const),
    gamma,
    coef0: finite(o, 'coef0', at),
    degree: whole(o, 'degree', at, 1, 100),
    points,
    classes,
    starts,
    point,
    coefficients: floats64(o, 'coefficients', at, point.length),
    intercepts: floats64(o, 'intercepts', at, machines),
    slopes: floats64(o, 'slopes', at, pairs),
    offsets: floats64(o, 'offsets', at, pairs),
    shift: finite(o, 'shift', at),
    scale: finite(o, 'scale', at),
  };
}

function object(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) broken(`${at} is not an object`);
  return value as Fields;
}

function array(o: Fields, name: string, at: string, least: number, most: number): readonly unknown[] {
  const v = o[name];
  if (!Array.isArray(v) || v.length < least || v.length > most) return broken(`${at}.${name} is not a list of ${least} to ${most}`);
  return v as unknown[];
}

function whole(o: Fields, name: string, at: string, min: number, max: number): number {
  const v = o[name];
  if (typeof v !== 'number' || !Number.isInteger(v) || v < min || v > max)
    return broken(`${at}.${name} is not a whole number from ${min} to ${max}`);
  return v;
}

function finite(o: Fields, name: string, at: string): number {
  const v = o[name];
  if (typeof v !== 'number' || !Number.isFinite(v)) return broken(`${at}.${name} is not a finite number`);
  return v;
}

function oneOf<T extends string>(o: Fields, name: string, at: string, options: readonly T[]): T {
  const found = options.find((option) => option === o[name]);
  return found ?? broken(`${at}.${name} is not one of ${options.join(', ')}`);
}

function typed<T>(o: Fields, name: string, at: string, type: abstract new (...args: never[]) => T): T {
  const v = o[name];
  return v instanceof type ? v : broken(`${at}.${name} is missing or of the wrong type`);
}

function lengthIs(v: { readonly length: number }, length: number, at: string): void {
  if (v.length !== length) broken(`${at} has ${v.length} values, not ${length}`);
}

function allFinite(v: Float32Array | Float64Array, at: string): void {
  for (let i = 0; i < v.length; i++) if (!Number.isFinite(v[i]!)) broken(`${at} holds a value that is not finite`);
}

function floats64(o: Fields, name: string, at: string, length: number): Float64Array {
  const v = typed(o, name, at, Float64Array);
  lengthIs(v, length, `${at}.${name}`);
  allFinite(v, `${at}.${name}`);
  return v;
}
