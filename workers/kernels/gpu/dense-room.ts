/** What a dense network in training takes on a graphics card: its kernels, its buffers, and the dispatches of a step. */
import { COMPUTE, usage } from './device.js';
import {
  backText,
  followText,
  forwardText,
  keepsSums,
  lengthText,
  lossText,
  MEASURING,
  NONE,
  PARAMETERS,
  ROWS,
  TILE,
  weightsText,
  type Curve,
  type DenseRule,
  type Loss,
} from './dense-text.js';

export interface DenseNet {
  /** Parameters of a layer: inputs × units, row-major, then the biases; one layer after another. */
  readonly layers: readonly { readonly inputs: number; readonly units: number; readonly drops: boolean }[];
  readonly curve: Curve;
  readonly loss: Loss;
  readonly rule: DenseRule;
}
export const sizeOf = (net: DenseNet): number => net.layers.reduce((sum, l) => sum + (l.inputs + 1) * l.units, 0);

/** Workgroups of losses in a step, at most: steps have up to LOSSES × ROWS rows. */
export const LOSSES = 2048;
/** Bytes between what two steps say of themselves: the least that every device allows. */
export const WORDS = 256;
/** Steps of one submission, at most, and the numbers of rows and of masks that it may bring along. */
const STEPS = 64;
const ROW_NUMBERS = 2 ** 20;
const MASK_NUMBERS = 2 ** 23;

/** Bindings in order: what a step says of itself, what a layer does, and numbers that are read or written. */
type Binding = 'step' | 'layer' | 'read' | 'write';
interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}
async function kernel(device: GPUDevice, code: string, bindings: readonly Binding[]): Promise<Kernel> {
  const types = { step: 'uniform', layer: 'uniform', read: 'read-only-storage', write: 'storage' } as const;
  const layout = device.createBindGroupLayout({
    entries: bindings.map((b, binding) => ({
      binding,
      visibility: COMPUTE,
      buffer: { type: types[b], hasDynamicOffset: b === 'step', minBindingSize: b === 'step' || b === 'layer' ? 32 : 0 },
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
  const [forward, weights, back, loss, measure, follow] = await Promise.all([
    kernel(device, forwardText(net.curve, drops), ['step', 'layer', 'read', 'read', 'read', 'write', ...more('write')]),
    kernel(device, weightsText(), ['step', 'layer', 'read', 'read', 'read', 'write']),
    kernel(device, backText(net.curve, drops), ['step', 'layer', 'read', 'read', 'read', 'write', ...more('read')]),
    kernel(device, lossText(net.loss, net.layers.at(-1)!.units), ['step', 'read', 'read', 'read', 'write', 'write']),
    net.rule.clip < Infinity ? kernel(device, lengthText(net.rule), ['step', 'read', 'read', 'read', 'write']) : null,
    kernel(device, followText(net.rule), ['step', 'read', 'read', 'read', 'write', 'write', 'write']),
  ]);
  return { forward, weights, back, loss, measure, follow };
}
export type Kernels = Awaited<ReturnType<typeof kernelsOf>>;

/** What stays while the network trains: rows and their answers, parameters, what is remembered of gradients, and sums of losses. */
export interface Kept {
  readonly X: GPUBuffer;
  readonly truth: GPUBuffer;
  readonly weight: GPUBuffer;
  readonly theta: GPUBuffer;
  readonly m: GPUBuffer;
  readonly v: GPUBuffer;
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
  readonly size: (n: number) => readonly [number, number];
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
  let masksBefore = 0;
  const at = layers.map((layer, l) => {
    const own = layer.drops ? masksBefore : NONE;
    if (layer.drops) masksBefore += layer.units;
    const wide = () => buffer(rows * layer.units);
    const last = l === layers.length - 1;
    const d = wide();
    // The scores become the gradient by them where they lie.
    return { ...layer, own, a: last ? d : wide(), d, sums: keepsSums(net.curve) && !last ? wide() : null, last };
  });
  // Of the last layer nobody keeps the sums, but its kernel is the same.
  const unused = keepsSums(net.curve) ? buffer(4) : null;
  const described = at.map((layer, l) => {
    const before = layers.slice(0, l).reduce((sum, b) => sum + (b.inputs + 1) * b.units, 0);
    const made = buffer(8, usage.uniform | usage.copyTo);
    const numbers = [layer.inputs, layer.units, before, l === 0 ? 1 : 0, layer.last ? 1 : 0, layer.own, at[l - 1]?.own ?? NONE, 0];
    device.queue.writeBuffer(made, 0, Uint32Array.from(numbers));
    return made;
  });

  const move = ({ pipeline, layout }: Kernel, buffers: readonly (GPUBuffer | null)[], size: Move['size']): Move => ({
    pipeline,
    group: device.createBindGroup({
      layout,
      entries: [words, ...buffers.filter((b) => b !== null)].map((b, binding) => ({
        binding,
        resource: binding === 0 ? { buffer: b, size: 32 } : { buffer: b },
      })),
    }),
    size,
  });
  const tiles = (rowsOf: (n: number) => number, columns: number): Move['size'] => {
    const across = Math.ceil(columns / TILE);
    return (n) => [across, Math.ceil(rowsOf(n) / TILE)];
  };
  const { X, truth, weight, theta, m, v, slopes, held, squares, losses } = kept;
  const size = sizeOf(net);
  const parameters = () => [Math.ceil(size / PARAMETERS), 1] as const;
  const entering = (l: number) => (l === 0 ? X : at[l - 1]!.a);

  const judge = [
    ...at.map((layer, l) =>
      move(
        kernels.forward,
        [described[l]!, order, entering(l), theta, layer.a, masks, layer.sums ?? unused],
        tiles((n) => n, layer.units),
      ),
    ),
    move(kernels.loss, [order, truth, weight, at.at(-1)!.d, losses], (n) => [Math.ceil(n / ROWS), 1]),
  ];
  const learn = [...judge];
  for (let l = layers.length - 1; l >= 0; l--) {
    const { d, inputs, units } = at[l]!;
    const below = at[l - 1];
    if (below) learn.push(move(kernels.back, [described[l]!, d, theta, below.a, below.d, masks, below.sums], tiles((n) => n, inputs))); // prettier-ignore
    learn.push(move(kernels.weights, [described[l]!, order, entering(l), d, slopes], tiles(() => inputs + 1, units))); // prettier-ignore
  }
  if (kernels.measure) learn.push(move(kernels.measure, [theta, slopes, held, squares], () => [MEASURING, 1]));
  learn.push(move(kernels.follow, [slopes, held, squares, theta, m, v], parameters));

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
