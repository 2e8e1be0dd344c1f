/** The shaders of a dense network in training, in WGSL: layers forward and back, losses, and steps of a rule. */
import { productText, TILE } from './product-text.js';

/** Of the hidden layers; the last is linear. */
export type Curve = 'linear' | 'relu' | 'tanh' | 'sigmoid' | 'elu' | 'selu' | 'swish';
export type Loss = 'squares' | 'logistic' | 'softmax';
/** How a gradient becomes a step; what all parameters share. */
export interface DenseRule {
  readonly solver: 'adam' | 'sgd' | 'rmsprop';
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly alpha: number;
  readonly clip: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly rho: number;
  readonly epsilon: number;
}

/** Rows whose scores one workgroup makes, with so many threads each; parameters that one workgroup moves. */
export const ROWS = 8;
const LANES = 8;
export const PARAMETERS = 256;
/** Workgroups that measure the gradient's length; follow() adds up as many numbers with as many threads. */
export const MEASURING = PARAMETERS;
/** Scores of a row, at most: those of ROWS stand in the workgroup's memory. */
export const SCORES = 256;
/** Stands for “no mask”. */
export const NONE = 0xffffffff;

/** What a step says of itself: rows, where their numbers start in `order`, where its masks do, where its losses go, and rows of a part. */
const STEP = `
struct Step { n: u32, at: u32, mask: u32, slot: u32, share: f32, rate: f32, keep: f32, part: u32 }
@group(0) @binding(0) var<uniform> step: Step;
`;
/**
 * A layer: where its parameters are; whether rows of the data enter it; where masks of its own and of the
 * layer below lie; and where activations and gradients do: those of a step follow layer by layer, `place` × rows on.
 */
export const LAYER = ['inputs', 'units', 'at', 'first', 'drop', 'below', 'placeBelow', 'place'] as const;
/** Bytes from one layer to the next: each can be bound by itself. */
export const LAYER_BYTES = 256;
const LAYERS = `
struct Layer { ${LAYER.map((name) => `${name === 'place' ? `@size(${LAYER_BYTES - 4 * (LAYER.length - 1)}) ` : ''}${name}: u32`).join(', ')} }
`;
const ONE_LAYER = `${LAYERS}@group(0) @binding(1) var<uniform> layer: Layer;\n`;
const read = (at: number, name: string, type = 'f32') => `@group(0) @binding(${at}) var<storage, read> ${name}: array<${type}>;\n`;
const write = (at: number, name: string) => `@group(0) @binding(${at}) var<storage, read_write> ${name}: array<f32>;\n`;

/** f(z), and f′(z) told by f = f(z) where that tells it. No exponential here can overflow: WGSL says nothing of what comes then. */
const SELU = { scale: '1.0507009873554805', edge: '1.7580993408473766' };
const small = 'exp(min(z, 0.0))';
const sigmoid = 'fn sigmoid(z: f32) -> f32 { let e = exp(-abs(z)); return select(1.0, e, z < 0.0) / (1.0 + e); }\n';
const curves: Readonly<Record<Curve, readonly [string, string]>> = {
  linear: ['z', '1.0'],
  relu: ['max(z, 0.0)', 'select(0.0, 1.0, f > 0.0)'],
  tanh: ['sign(z) * (1.0 - exp(-2.0 * abs(z))) / (1.0 + exp(-2.0 * abs(z)))', '1.0 - f * f'],
  sigmoid: ['sigmoid(z)', 'f * (1.0 - f)'],
  elu: [`select(z, ${small} - 1.0, z < 0.0)`, 'select(1.0, f + 1.0, f < 0.0)'],
  selu: [`${SELU.scale} * select(z, 1.6732632423543772 * (${small} - 1.0), z < 0.0)`, `select(${SELU.scale}, f + ${SELU.edge}, f < 0.0)`],
  swish: ['z * sigmoid(z)', 'sigmoid(z) + f * (1.0 - sigmoid(z))'],
};
/** Whether z itself has to be kept. */
export const keepsSums = (curve: Curve): boolean => curve === 'swish';

/** Input e of row i of the step, the last one always 1: rows of the data are found by their numbers. */
const entering = `
fn enters(i: u32, e: u32) -> f32 {
  if (e == layer.inputs) { return 1.0; }
  if (layer.first == 1u) { return X[order[step.at + i] * layer.inputs + e]; }
  return a[layer.placeBelow * step.n + i * layer.inputs + e];
}
`;

/** Rows through a hidden layer: bias, activation and mask in the same go. */
export const forwardText = (curve: Curve, drops: boolean): string =>
  productText({
    declares: `${STEP}${ONE_LAYER}${read(2, 'order', 'u32')}${read(3, 'X')}${read(4, 'theta')}${write(5, 'a')}
${drops ? read(6, 'masks') : ''}${keepsSums(curve) ? write(drops ? 7 : 6, 'sums') : ''}${sigmoid}${entering}
fn curve(z: f32) -> f32 { return ${curves[curve][0]}; }`,
    rows: 'step.n',
    columns: 'layer.units',
    depth: '(layer.inputs + 1u)',
    left: 'enters(i, e)',
    right: 'theta[layer.at + e * layer.units + j]',
    leftAlong: 'e',
    rightAlong: 'j',
    finish: `let own = i * layer.units + j;
  let to = layer.place * step.n + own;
  var f = curve(sum);
  ${keepsSums(curve) ? 'sums[to] = sum;' : ''}
  ${drops ? `if (layer.drop != ${NONE}u && step.mask != ${NONE}u) { f *= masks[step.mask + layer.drop * step.n + own]; }` : ''}
  a[to] = f;`,
  });

/** The gradient by input j of row i, of which `sum` is what the layer's own gradients make: back through the activation and the mask below. */
const returning = (curve: Curve, drops: boolean): string => `
fn slope(f: f32, z: f32) -> f32 { return ${curves[curve][1]}; }
fn returns(i: u32, j: u32, sum: f32) {
  let own = i * layer.inputs + j;
  let to = layer.placeBelow * step.n + own;
  var mask = 1.0;
  ${drops ? `if (layer.below != ${NONE}u && step.mask != ${NONE}u) { mask = masks[step.mask + layer.below * step.n + own]; }` : ''}
  if (mask == 0.0) { d[to] = 0.0; return; }
  d[to] = sum * mask * slope(a[to] / mask, ${keepsSums(curve) ? 'sums[to]' : '0.0'});
}
`;

/** The gradient by what enters a layer, back through the activation and the mask of the layer below. */
export const backText = (curve: Curve, drops: boolean): string =>
  productText({
    declares: `${STEP}${ONE_LAYER}${read(2, 'theta')}${read(3, 'a')}${write(4, 'd')}
${drops ? read(5, 'masks') : ''}${keepsSums(curve) ? read(drops ? 6 : 5, 'sums') : ''}${sigmoid}
${returning(curve, drops)}`,
    rows: 'step.n',
    columns: 'layer.inputs',
    depth: 'layer.units',
    left: 'd[layer.place * step.n + i * layer.units + e]',
    right: 'theta[layer.at + j * layer.units + e]',
    leftAlong: 'e',
    rightAlong: 'e',
    finish: 'returns(i, j, sum);',
  });

/** The gradients by all weights and biases: every layer, and parts of the rows, at once. `slopes` has one list for each part. */
export const weightsText = (layers: number, size: number): string =>
  productText({
    declares: `${STEP}${LAYERS}@group(0) @binding(1) var<uniform> layers: array<Layer, ${layers}>;
${read(2, 'order', 'u32')}${read(3, 'X')}${read(4, 'a')}${read(5, 'd')}${write(6, 'slopes')}
var<private> layer: Layer;
var<private> list: u32;
${entering}`,
    rows: '(layer.inputs + 1u)',
    columns: 'layer.units',
    depth: 'step.n',
    left: 'enters(e, i)',
    right: 'd[layer.place * step.n + e * layer.units + j]',
    leftAlong: 'i',
    rightAlong: 'j',
    finish: 'slopes[list + layer.at + i * layer.units + j] = sum;',
    part: {
      begins: `let l = group.z % ${layers}u;
  let part = group.z / ${layers}u;
  if (group.x * ${TILE}u >= layers[l].units || group.y * ${TILE}u > layers[l].inputs) { return; }
  layer = layers[l];
  list = part * ${size}u;`,
      from: 'part * step.part',
      to: 'min(step.n, (part + 1u) * step.part)',
    },
  });

/** Adds up `values` of all threads (a power of two) into values[0]. */
const adding = (threads: number) => `
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { values[lane] += values[lane + half]; }
  }
  workgroupBarrier();`;

/** What row r (its place in the workgroup) lost, from its scores, which become the gradient by them. */
const losing: Readonly<Record<Loss, string>> = {
  squares: 'scores[o] = w * (z - y); return 0.5 * w * (z - y) * (z - y);',
  logistic: 'scores[o] = w * (sigmoid(z) - y); return w * (max(z, 0.0) + log(1.0 + exp(-abs(z))) - y * z);',
  softmax: `let own = u32(y);
  var top = z;
  for (var j = 1u; j < OUTPUTS; j++) { top = max(top, scores[o + j]); }
  let mine = scores[o + own] - top;
  var total = 0.0;
  for (var j = 0u; j < OUTPUTS; j++) { total += exp(scores[o + j] - top); }
  for (var j = 0u; j < OUTPUTS; j++) { scores[o + j] = w * (exp(scores[o + j] - top) / total - select(0.0, 1.0, j == own)); }
  return w * (log(total) - mine);`,
};

/** The last layer: scores, losses, the gradient by them, and by what entered. Losses are added to the place of their workgroup. */
export const headText = (curve: Curve, drops: boolean, loss: Loss, outputs: number): string => `
${STEP}${ONE_LAYER}${read(2, 'rows', 'vec2f')}${read(3, 'order', 'u32')}${read(4, 'theta')}${read(5, 'a')}${write(6, 'd')}${write(7, 'losses')}
${drops ? read(8, 'masks') : ''}${keepsSums(curve) ? read(drops ? 9 : 8, 'sums') : ''}${sigmoid}${returning(curve, drops)}
const OUTPUTS = ${outputs}u;
var<workgroup> scores: array<f32, ${ROWS * outputs}>;
var<workgroup> values: array<f32, ${ROWS * LANES}>;
fn lost(i: u32, r: u32) -> f32 {
  let row = rows[order[step.at + i]];
  let y = row.x;
  let w = row.y;
  let o = r * OUTPUTS;
  let z = scores[o];
  ${losing[loss]}
}
@compute @workgroup_size(${ROWS * LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = lane / ${LANES}u;
  let part = lane % ${LANES}u;
  let i = group.x * ${ROWS}u + r;
  let first = layer.placeBelow * step.n + i * layer.inputs;
  for (var o = 0u; o < OUTPUTS; o++) {
    var sum = 0.0;
    if (i < step.n) {
      for (var e = part; e < layer.inputs; e += ${LANES}u) { sum += a[first + e] * theta[layer.at + e * OUTPUTS + o]; }
    }
    values[lane] = sum;
    workgroupBarrier();
    if (part == 0u) {
      for (var k = 1u; k < ${LANES}u; k++) { sum += values[lane + k]; }
      scores[r * OUTPUTS + o] = sum + theta[layer.at + layer.inputs * OUTPUTS + o];
    }
    workgroupBarrier();
  }
  values[lane] = 0.0;
  if (part == 0u && i < step.n) {
    values[lane] = lost(i, r);
    for (var o = 0u; o < OUTPUTS; o++) { d[layer.place * step.n + i * OUTPUTS + o] = scores[r * OUTPUTS + o]; }
  }
  ${adding(ROWS * LANES)}
  if (lane == 0u) { losses[step.slot + group.x] += values[0]; }
  for (var q = 0u; q < ${ROWS}u; q++) {
    let row = group.x * ${ROWS}u + q;
    if (row >= step.n) { break; }
    for (var j = lane; j < layer.inputs; j += ${ROWS * LANES}u) {
      var sum = 0.0;
      for (var o = 0u; o < OUTPUTS; o++) { sum += scores[q * OUTPUTS + o] * theta[layer.at + j * OUTPUTS + o]; }
      returns(row, j, sum);
    }
  }
}
`;

const number = (x: number) => `${Math.fround(x)}f`;

/** A parameter's slope: the sum over the parts of the rows. */
const adds = `
fn slopeOf(i: u32) -> f32 {
  var sum = 0.0;
  for (var at = i; at < arrayLength(&theta) * ((step.n + step.part - 1u) / step.part); at += arrayLength(&theta)) { sum += slopes[at]; }
  return sum;
}
`;

/** Squares of the gradient, the penalty's part included, added up in MEASURING parts. */
export const lengthText = ({ alpha }: DenseRule): string => `${STEP}
${read(1, 'theta')}${read(2, 'slopes')}${read(3, 'held')}${write(4, 'squares')}${adds}
var<workgroup> values: array<f32, ${PARAMETERS}>;
@compute @workgroup_size(${PARAMETERS})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = id.x; i < arrayLength(&theta); i += ${MEASURING * PARAMETERS}u) {
    let slope = step.share * (slopeOf(i) + ${number(alpha)} * held[i] * theta[i]);
    sum += slope * slope;
  }
  values[lane] = sum;
  ${adding(PARAMETERS)}
  if (lane == 0u) { squares[group.x] = values[0]; }
}
`;

/** A step of the rule for every parameter. `held`: 1 for those that are held small, else 0. */
export const followText = (r: DenseRule): string => `${STEP}
${read(1, 'slopes')}${read(2, 'held')}${read(3, 'squares')}${write(4, 'theta')}${write(5, 'm')}${write(6, 'v')}${adds}
var<workgroup> values: array<f32, ${PARAMETERS}>;
@compute @workgroup_size(${PARAMETERS})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  var factor = step.share;
  ${
    r.clip < Infinity
      ? `values[lane] = squares[lane];
  ${adding(PARAMETERS)}
  factor *= min(1.0, ${number(r.clip)} / max(sqrt(values[0]), 1e-30));`
      : ''
  }
  let i = id.x;
  if (i >= arrayLength(&theta)) { return; }
  let x = theta[i];
  let slope = factor * (slopeOf(i) + ${number(r.alpha)} * held[i] * x);
  let rest = x * select(1.0, step.keep, held[i] == 1.0);
  ${
    {
      adam: `let first = ${number(r.beta1)} * m[i] + ${number(1 - r.beta1)} * slope;
  let second = ${number(r.beta2)} * v[i] + ${number(1 - r.beta2)} * slope * slope;
  m[i] = first;
  v[i] = second;
  theta[i] = rest - step.rate * first / (sqrt(second) + ${number(r.epsilon)});`,
      sgd: `let velocity = ${number(r.momentum)} * m[i] - step.rate * slope;
  m[i] = velocity;
  theta[i] = rest + ${r.nesterov ? `${number(r.momentum)} * velocity - step.rate * slope` : 'velocity'};`,
      rmsprop: `let square = ${number(r.rho)} * v[i] + ${number(1 - r.rho)} * slope * slope;
  v[i] = square;
  theta[i] = rest - step.rate * slope / (sqrt(square) + ${number(r.epsilon)});`,
    }[r.solver]
  }
}
`;
