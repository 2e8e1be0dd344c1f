/** What a dense network in training takes on a graphics card: its kernels, its buffers, and the dispatches of a step. */
import { COMPUTE, usage } from './device.js';
import {
  backText,
  followText,
  forwardText,
  headText,
  keepsSums,
  LAYER,
  LAYER_BYTES,
  lengthText,
  MEASURING,
  NONE,
  PARAMETERS,
  ROWS,
  weightsText,
  type Curve,
  type DenseRule,
  type Loss,
} from './dense-text.js';
import { DEEP, TILE } from './product-text.js';

export interface DenseNet {
  /** Parameters of a layer: inputs × units, row-major, then the biases; one layer after another. */
  readonly layers: readonly { readonly inputs: number; readonly units: number; readonly drops: boolean }[];
  readonly curve: Curve;
  readonly loss: Loss;
  readonly rule: DenseRule;
}
export const sizeOf = (net: DenseNet): number => net.layers.reduce((sum, l) => sum + (l.inputs + 1) * l.units, 0);

/** Workgroups of losses in a step, at most: steps have up to LOSSES × ROWS rows. */
export const LOSSES = 2 ** 14;
/** Bytes between what two steps say of themselves: the least that every device allows. */
export const WORDS = 256;
/** Steps of one submission, at most, and the numbers of rows and of masks that it may bring along. */
const STEPS = 64;
const ROW_NUMBERS = 2 ** 20;
const MASK_NUMBERS = 2 ** 23;
/** The gradient by the weights is summed over this many parts of the rows at once, at most, of at least so many rows each. */
const PARTS = 16;
const PART_ROWS = 64;
/** Numbers that the lists of all parts have together, where one alone has fewer. */
const PART_NUMBERS = 2 ** 22;
export const partsOf = (net: DenseNet): number => Math.max(1, Math.min(PARTS, Math.floor(PART_NUMBERS / sizeOf(net))));
/** Rows of a part in a step of n. */
export const partRows = (net: DenseNet, n: number): number => Math.max(PART_ROWS, DEEP * Math.ceil(n / (DEEP * partsOf(net))));
/** Where the activations of each layer stand, in units; at last how many there are. */
const placesOf = (net: DenseNet): number[] => net.layers.reduce((at, l) => [...at, at.at(-1)! + l.units], [0]);

/** Bindings in order: what a step says of itself, what a layer does, and numbers that are read or written. */
type Binding = 'step' | 'layers' | 'read' | 'write';
interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}
async function kernel(device: GPUDevice, code: string, bindings: readonly Binding[]): Promise<Kernel> {
  const types = { step: 'uniform', layers: 'uniform', read: 'read-only-storage', write: 'storage' } as const;
  const layout = device.createBindGroupLayout({
    entries: bindings.map((b, binding) => ({
      binding,
      visibility: COMPUTE,
      buffer: { type: types[b], hasDynamicOffset: b === 'step', minBindingSize: b === 'step' ? 32 : 0 },
    })),
  });
  const pipeline = await device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
  });
  return { pipeline, layout };
}

export async function kernelsOf(device: GPUDevice, net: DenseNet) {
  const drops = net.layers.some((l) => l.drops);
  const sums = keepsSums(net.curve);
  const more = (how: Binding): Binding[] => [...(drops ? (['read'] as const) : []), ...(sums ? [how] : [])];
  const outputs = net.layers.at(-1)!.units;
  const [forward, head, back, weights, measure, follow] = await Promise.all([
    kernel(device, forwardText(net.curve, drops), ['step', 'layers', 'read', 'read', 'read', 'write', ...more('write')]),
    kernel(device, headText(net.curve, drops, net.loss, outputs), [
      'step',
      'layers',
      'read',
      'read',
      'read',
      'read',
      'write',
      'write',
      ...more('read'),
    ]),
    kernel(device, backText(net.curve, drops), ['step', 'layers', 'read', 'read', 'write', ...more('read')]),
    kernel(device, weightsText(net.layers.length, sizeOf(net)), ['step', 'layers', 'read', 'read', 'read', 'read', 'write']),
    net.rule.clip < Infinity ? kernel(device, lengthText(net.rule), ['step', 'read', 'read', 'read', 'write']) : null,
    kernel(device, followText(net.rule), ['step', 'read', 'read', 'read', 'write', 'write', 'write']),
  ]);
  return { forward, head, back, weights, measure, follow };
}
export type Kernels = Awaited<ReturnType<typeof kernelsOf>>;

/** What stays while the network trains: rows and their answers, parameters, what is remembered of gradients, and sums of losses. */
export interface Kept {
  readonly X: GPUBuffer;
  /** What each row should give, and what it weighs. */
  readonly answers: GPUBuffer;
  readonly theta: GPUBuffer;
  readonly m: GPUBuffer;
  readonly v: GPUBuffer;
  /** A list of the parameters for each part of the rows. */
  readonly slopes: GPUBuffer;
  readonly held: GPUBuffer;
  readonly squares: GPUBuffer;
  /** LOSSES places of rows stepped on, and as many of rows judged. */
  readonly losses: GPUBuffer;
}

/** A dispatch: which kernel on what, and its workgroups for n rows. */
export interface Move {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly size: (n: number) => readonly [number, number, number?];
}
export type Room = ReturnType<typeof roomFor>;

/** Room for steps of up to so many rows, and for as many such steps as one submission takes. */
export function roomFor(device: GPUDevice, net: DenseNet, kernels: Kernels, kept: Kept, rows: number) {
  const { layers } = net;
  const owned: GPUBuffer[] = [];
  const buffer = (numbers: number, use: number = usage.storage): GPUBuffer => {
    const made = device.createBuffer({ size: Math.max(16, 4 * numbers), usage: use });
    owned.push(made);
    return made;
  };
  const masked = layers.reduce((sum, l) => sum + (l.drops ? l.units : 0), 0);
  const steps = Math.max(1, Math.min(STEPS, Math.floor(ROW_NUMBERS / rows), Math.floor(MASK_NUMBERS / (rows * Math.max(1, masked)))));

  const words = buffer((steps * WORDS) / 4, usage.uniform | usage.copyTo);
  const order = buffer(steps * rows, usage.storage | usage.copyTo);
  const masks = masked > 0 ? buffer(steps * rows * masked, usage.storage | usage.copyTo) : null;
  const place = placesOf(net);
  const across = rows * place.at(-1)!;
  const [a, d, sums] = [buffer(across), buffer(across), keepsSums(net.curve) ? buffer(across) : null];
  const described = buffer((layers.length * LAYER_BYTES) / 4, usage.uniform | usage.copyTo);
  let at = 0;
  let dropped = 0;
  let below: number = NONE;
  layers.forEach(({ inputs, units, drops }, l) => {
    const drop = drops ? dropped : NONE;
    const words: Readonly<Record<(typeof LAYER)[number], number>> = {
      inputs, units, at, first: l === 0 ? 1 : 0, drop, below, placeBelow: place[l - 1] ?? 0, place: place[l]!,
    }; // prettier-ignore
    device.queue.writeBuffer(
      described,
      l * LAYER_BYTES,
      Uint32Array.from(LAYER, (name) => words[name]),
    );
    at += (inputs + 1) * units;
    if (drops) dropped += units;
    below = drop;
  });

  const move = ({ pipeline, layout }: Kernel, buffers: readonly (GPUBufferBinding | GPUBuffer | null)[], size: Move['size']): Move => ({
    pipeline,
    group: device.createBindGroup({
      layout,
      entries: [{ buffer: words, size: 32 }, ...buffers.filter((b) => b !== null)].map((b, binding) => ({
        binding,
        resource: 'buffer' in b ? b : { buffer: b },
      })),
    }),
    size,
  });
  const tiles = (n: number) => Math.ceil(n / TILE);
  const one = (l: number): GPUBufferBinding => ({ buffer: described, offset: l * LAYER_BYTES, size: LAYER_BYTES });
  const { X, answers, theta, m, v, slopes, held, squares, losses } = kept;
  const top = layers.length - 1;
  const judge = layers.map(({ units }, l) =>
    l < top
      ? move(kernels.forward, [one(l), order, X, theta, a, masks, sums], (n) => [tiles(units), tiles(n)])
      : move(kernels.head, [one(l), answers, order, theta, a, d, losses, masks, sums], (n) => [Math.ceil(n / ROWS), 1]),
  );
  const learn = [...judge];
  for (let l = top - 1; l > 0; l--)
    learn.push(move(kernels.back, [one(l), theta, a, d, masks, sums], (n) => [tiles(layers[l]!.inputs), tiles(n)]));
  const most = { units: Math.max(...layers.map((l) => l.units)), rows: Math.max(...layers.map((l) => l.inputs)) + 1 };
  learn.push(
    move(kernels.weights, [described, order, X, a, d, slopes], (n) => [
      tiles(most.units),
      tiles(most.rows),
      layers.length * Math.ceil(n / partRows(net, n)),
    ]),
  );
  if (kernels.measure) learn.push(move(kernels.measure, [theta, slopes, held, squares], () => [MEASURING, 1]));
  const groups = Math.ceil(sizeOf(net) / PARAMETERS);
  learn.push(move(kernels.follow, [slopes, held, squares, theta, m, v], () => [groups, 1]));

  return {
    rows,
    /** Steps that one submission takes. */
    steps,
    words,
    order,
    masks,
    /** Numbers of masks that a row takes. */
    masked,
    learn: learn as readonly Move[],
    /** Without learning: forward, and the losses. */
    judge: judge as readonly Move[],
    destroy() {
      for (const b of owned) b.destroy();
    },
  };
}
