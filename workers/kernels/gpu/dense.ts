/**
 * Trains a dense network on a graphics card: rows, parameters and all between stay there, many steps go in one submission, and
 * one read brings losses and parameters back. A step of L layers is 2 L dispatches, one more with a limit on the gradient.
 */
import { LOSSES, kernelsOf, partRows, partsOf, roomFor, sizeOf, WORDS, type DenseNet, type Kept, type Room } from './dense-room.js';
import { MEASURING, NONE, PARAMETERS, ROWS } from './dense-text.js';
import { READ, usage, type Gpu } from './device.js';

export type { DenseNet } from './dense-room.js';
export { SCORES } from './dense-text.js';

/** Rows × inputs, row-major, with what they should give and weigh. */
export interface DenseRows {
  readonly X: Float32Array;
  readonly y: Float64Array;
  readonly weight: Float64Array;
}
export interface DenseStart {
  readonly theta: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
  /** 1 for parameters that are held small, else 0. */
  readonly held: Float32Array;
}
export interface DenseStep {
  /** Numbers of rows, counted through all that were given. */
  readonly rows: Int32Array;
  /** For every layer that drops, rows × units; null for none. */
  readonly masks: readonly Float32Array[] | null;
  /** What sums of gradients are multiplied by; how long the step is; what weights are multiplied by. */
  readonly share: number;
  readonly rate: number;
  readonly keep: number;
}
export interface DenseState {
  readonly theta: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** Weighted sums of losses since the last read: of rows stepped on, and of rows judged. */
  readonly learnt: number;
  readonly judged: number;
}
export interface DenseTraining {
  /** Asks for a step: it is on its way, with others, at the latest with the next `read`. */
  step(given: DenseStep): void;
  /** Waits while more than UNDER_WAY submissions are under way: no stop has to wait for more. */
  ready(): Promise<void>;
  /** Judges the rows numbered `from` up to (not with) `to`, and waits for all that was asked for. */
  read(from: number, to: number): Promise<DenseState>;
  dispose(): void;
}

/** Milliseconds that a submission should take: those under way are what a stop may have to wait for. */
const LONG = 40;
const UNDER_WAY = 2;
/** Rows judged at once. */
const JUDGED = 1024;

/** Null, or why the device cannot hold such a training. */
export function tooLarge({ device: { limits } }: Gpu, net: DenseNet, rows: number): string | null {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  if (4 * rows * net.layers[0]!.inputs > most) return 'the rows do not fit a buffer of the GPU';
  const size = sizeOf(net);
  return 4 * size > most || size > PARAMETERS * limits.maxComputeWorkgroupsPerDimension
    ? 'the weights do not fit a buffer of the GPU'
    : null;
}

/** What each row should give, and what it weighs. */
function pairs({ y, weight }: DenseRows): Float32Array {
  const out = new Float32Array(2 * y.length);
  for (let i = 0; i < y.length; i++) {
    out[2 * i] = y[i]!;
    out[2 * i + 1] = weight[i]!;
  }
  return out;
}

/** Throws where the card refuses: too little memory, or a shader it cannot compile. */
export async function denseTraining(
  { device, lost }: Gpu,
  net: DenseNet,
  parts: readonly DenseRows[],
  start: DenseStart,
): Promise<DenseTraining> {
  const gone = lost.then((why) => Promise.reject(new Error(why)));
  gone.catch(() => undefined);
  /** What the card had to say against something, in the order of asking. */
  const troubles: Promise<GPUError | null>[] = [];
  const watched = <T>(work: () => T): T => {
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    try {
      return work();
    } finally {
      for (let k = 0; k < 2; k++) troubles.push(device.popErrorScope().catch(() => null)); // `gone` tells
    }
  };
  const sound = async () => {
    const wrong = (await Promise.race([Promise.all(troubles.splice(0)), gone])).find((e) => e !== null);
    if (wrong) throw new Error(wrong.message || 'the GPU refused the work');
  };

  const owned: GPUBuffer[] = [];
  const buffer = (numbers: number, use: number, mappedAtCreation = false): GPUBuffer => {
    const made = device.createBuffer({ size: Math.max(16, 4 * numbers), usage: use, mappedAtCreation });
    owned.push(made);
    return made;
  };
  const filled = (use: number, ...lists: readonly ArrayLike<number>[]): GPUBuffer => {
    const made = buffer(lists.reduce((sum, l) => sum + l.length, 0), usage.storage | use, true); // prettier-ignore
    const numbers = new Float32Array(made.getMappedRange());
    let at = 0;
    for (const list of lists) {
      numbers.set(list, at);
      at += list.length;
    }
    made.unmap();
    return made;
  };
  const size = sizeOf(net);
  let room: Room | null = null;
  const dispose = () => {
    room?.destroy();
    for (const b of owned) b.destroy();
  };

  try {
    const kernels = await Promise.race([kernelsOf(device, net), gone]);
    const kept: Kept = watched(() => ({
      X: filled(0, ...parts.map((p) => p.X)),
      answers: filled(0, ...parts.map(pairs)),
      theta: filled(usage.copySource, start.theta),
      m: filled(usage.copySource, start.m),
      v: filled(usage.copySource, start.v),
      slopes: buffer(partsOf(net) * size, usage.storage),
      held: filled(0, start.held),
      squares: buffer(MEASURING, usage.storage),
      losses: buffer(2 * LOSSES, usage.storage | usage.copySource | usage.copyTo),
    }));
    const back = watched(() => buffer(3 * size + 2 * LOSSES, usage.mapRead | usage.copyTo));
    await sound();

    /** What waits to be submitted: steps, the numbers of their rows and their masks, as they will lie in the room's buffers. */
    let pending: { readonly n: number; readonly learns: boolean }[] = [];
    let order = new Uint32Array(0);
    let masks = new Float32Array(0);
    let words = new DataView(new ArrayBuffer(0));
    let rowsTaken = 0;
    let masksTaken = 0;
    /** Steps that go together; it grows and shrinks with what they take. */
    let together = 1;
    const underWay: Promise<void>[] = [];
    let lastDone = 0;

    const flush = () => {
      if (pending.length === 0 || !room) return;
      const { learn, judge, steps, ...to } = room;
      const asked = pending;
      const began = performance.now();
      watched(() => {
        device.queue.writeBuffer(to.words, 0, words.buffer, 0, asked.length * WORDS);
        device.queue.writeBuffer(to.order, 0, order, 0, rowsTaken);
        if (to.masks && masksTaken > 0) device.queue.writeBuffer(to.masks, 0, masks, 0, masksTaken);
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        asked.forEach(({ n, learns }, s) => {
          for (const { pipeline, group, size } of learns ? learn : judge) {
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, group, [s * WORDS]);
            pass.dispatchWorkgroups(...size(n));
          }
        });
        pass.end();
        device.queue.submit([encoder.finish()]);
      });
      pending = [];
      rowsTaken = masksTaken = 0;
      const done = device.queue.onSubmittedWorkDone().then(
        () => {
          const now = performance.now();
          const each = (now - Math.max(began, lastDone)) / asked.length;
          lastDone = now;
          together = Math.max(1, Math.min(2 * together, steps, Math.floor(LONG / Math.max(each, 0.01))));
        },
        () => undefined, // `gone` tells
      );
      underWay.push(done);
      void done.then(() => underWay.splice(underWay.indexOf(done), 1));
    };
    const roomOf = (n: number): Room => {
      if (room && n <= room.rows) return room;
      if (n > LOSSES * ROWS) throw new Error(`${n} rows are too many for one step on the GPU`);
      flush();
      room?.destroy();
      const wider = watched(() => roomFor(device, net, kernels, kept, n));
      order = new Uint32Array(wider.steps * wider.rows);
      masks = new Float32Array(wider.steps * wider.rows * wider.masked);
      words = new DataView(new ArrayBuffer(wider.steps * WORDS));
      return (room = wider);
    };
    const ask = (n: number, learns: boolean, rowOf: (i: number) => number, step: Omit<DenseStep, 'rows'>) => {
      const here = roomOf(n);
      const at = pending.length * WORDS;
      [n, rowsTaken, step.masks ? masksTaken : NONE, learns ? 0 : LOSSES].forEach((x, k) => words.setUint32(at + 4 * k, x, true));
      [step.share, step.rate, step.keep].forEach((x, k) => words.setFloat32(at + 16 + 4 * k, x, true));
      words.setUint32(at + 28, partRows(net, n), true);
      for (let i = 0; i < n; i++) order[rowsTaken + i] = rowOf(i);
      rowsTaken += n;
      for (const mask of step.masks ?? []) {
        masks.set(mask, masksTaken);
        masksTaken += mask.length;
      }
      pending.push({ n, learns });
      if (pending.length >= Math.min(together, here.steps)) flush();
    };
    const ready = async () => {
      // Before one step has been timed, and where one alone is long, nothing waits behind it.
      while (underWay.length > (together > 1 ? UNDER_WAY : 0)) await Promise.race([underWay[0], gone]);
    };

    return {
      ready,
      dispose,
      step: (given) => ask(given.rows.length, true, (i) => given.rows[i]!, given),
      async read(from, to) {
        const most = Math.max(room?.rows ?? 0, Math.min(JUDGED, to - from));
        for (let first = from; first < to; first += most) {
          ask(Math.min(most, to - first), false, (i) => first + i, { masks: null, share: 0, rate: 0, keep: 1 });
          await ready();
        }
        flush();
        watched(() => {
          const encoder = device.createCommandEncoder();
          [kept.theta, kept.m, kept.v].forEach((from, k) => encoder.copyBufferToBuffer(from, 0, back, 4 * k * size, 4 * size));
          encoder.copyBufferToBuffer(kept.losses, 0, back, 12 * size, 8 * LOSSES);
          encoder.clearBuffer(kept.losses);
          device.queue.submit([encoder.finish()]);
        });
        await Promise.race([back.mapAsync(READ), gone]);
        const all = new Float32Array(back.getMappedRange().slice(0));
        back.unmap();
        await sound();
        const part = (k: number) => all.subarray(k * size, (k + 1) * size);
        const sum = (k: number) => all.subarray(3 * size + k * LOSSES, 3 * size + (k + 1) * LOSSES).reduce((a, b) => a + b, 0);
        return { theta: part(0), m: part(1), v: part(2), learnt: sum(0), judged: sum(1) };
      },
    };
  } catch (e) {
    // What was refused first is the cause of all that followed.
    const first = await sound().then(
      () => e,
      (cause: unknown) => cause,
    );
    dispose();
    throw first;
  }
}
