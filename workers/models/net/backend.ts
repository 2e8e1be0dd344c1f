/** Chooses where a network trains, by trying a few batches of that very network on each device that is there. */
import type { Context } from '../../../src/core/model.js';
import { random } from '../../../src/core/random.js';
import { gpuDevice } from '../../kernels/gpu/device.js';
import { denseOnly, fits, gpuTrainer } from './dense-gpu.js';
import { operationsPerRow, start, type Lesson, type Net, type TrainerOf } from './network.js';
import { plainTrainer } from './plain.js';

export type Backend = 'cpu' | 'webgl' | 'webgpu';
export type Wish = NonNullable<Context['backend']>;

export interface NetShape {
  readonly net: Net;
  readonly rows: number;
  readonly batch: number;
  readonly epochs: number;
}
export interface Choice {
  readonly backend: Backend;
  readonly why: string;
  /** Measured milliseconds for one batch, by backend; empty when nothing had to be measured. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** On WebGPU our own kernels where they take the network and the device can hold it, else TensorFlow.js. */
export const trainerOn = (backend: Backend): TrainerOf =>
  backend === 'cpu'
    ? plainTrainer
    : async (net, lesson, valid, from) => {
        const dense = backend === 'webgpu' ? denseOnly(net) : null;
        const gpu = dense && (await gpuDevice());
        if (dense && gpu && typeof gpu !== 'string' && fits(gpu, dense, lesson, valid))
          return gpuTrainer(gpu, dense, net, lesson, valid, from);
        return (await import('./tensor.js')).tensorTrainer(backend, net, lesson, valid, from);
      };

/** Seconds under which starting a GPU (loading TensorFlow.js, compiling shaders) cannot pay. */
const SHORT = 3;
/** Operations a second of the plain trainer, at the low end of what was measured (3e9 to 12e9); only used to tell short trainings from long. */
const SLOW_CPU = 3e9;
/** Batches timed after the first: more of them until they took so many milliseconds. */
const TRIES = 4;
const MOST_TRIES = 256;
const LONG_ENOUGH = 20;
const RATE = 1e-3;

/** Facts about this device, kept while the worker lives: they never change what a backend computes, only which is taken. */
const known = new Map<string, Choice>();
const failed = new Map<Backend, string>();

/** Remembers that a device failed, so that it is not chosen again by this worker. */
export function giveUp(backend: Backend, why: string): void {
  failed.set(backend, why);
  known.clear();
}

export async function chooseBackend(wish: Wish, shape: NetShape, ctx: Pick<Context, 'note'>): Promise<Choice> {
  const key = JSON.stringify([wish, shape]);
  const choice = known.get(key) ?? (await choose(wish, shape));
  known.set(key, choice);
  ctx.note?.(`Backend: ${choice.backend}, ${choice.why}.`);
  return choice;
}
const names = { cpu: 'CPU', webgl: 'WebGL', webgpu: 'WebGPU' } as const;

async function choose(wish: Wish, shape: NetShape): Promise<Choice> {
  if (wish === 'cpu') return { backend: 'cpu', why: 'asked for', milliseconds: {} };
  if (wish === 'wasm') return { backend: 'cpu', why: 'the CPU’s trainer uses WebAssembly where there is any', milliseconds: {} };
  if (wish !== 'auto') {
    const wrong = failed.get(wish) ?? ((await isThere(wish, shape.net)) ? null : `${names[wish]} is not to be had on this device`);
    return wrong ? { backend: 'cpu', why: wrong, milliseconds: {} } : { backend: wish, why: 'asked for', milliseconds: {} };
  }
  const seconds = (operationsPerRow(shape.net) * shape.rows * shape.epochs) / SLOW_CPU;
  if (seconds < SHORT)
    return {
      backend: 'cpu',
      why: `a network of this size trains faster than a GPU starts (at most ${Number(seconds.toPrecision(1))} s)`,
      milliseconds: {},
    };
  const milliseconds: Record<string, number> = {};
  const totals = new Map<Backend, number>();
  for (const backend of ['cpu', 'webgpu', 'webgl'] as const) {
    if (failed.has(backend) || (backend !== 'cpu' && !(await isThere(backend, shape.net)))) continue;
    if (backend === 'webgl' && totals.has('webgpu')) continue; // where WebGPU works it is never the slower of the two by much
    try {
      const took = await time(backend, shape);
      milliseconds[backend] = took.step;
      totals.set(backend, took.start + shape.epochs * (Math.ceil(shape.rows / shape.batch) * took.step + took.read));
    } catch (e) {
      failed.set(backend, e instanceof Error ? e.message : String(e));
    }
  }
  const [backend] = [...totals].sort((a, b) => a[1] - b[1])[0] ?? ['cpu' as const];
  const shown = Object.entries(milliseconds).map(([b, ms]) => `${names[b as Backend]} ${Number(ms.toPrecision(2))} ms`);
  return {
    backend,
    why: shown.length > 1 ? `fastest in a trial on this device (a batch takes ${shown.join(', ')})` : 'no GPU is to be had on this device',
    milliseconds,
  };
}

const isThere = async (backend: 'webgpu' | 'webgl', net: Net): Promise<boolean> =>
  backend === 'webgpu' && denseOnly(net)
    ? typeof (await gpuDevice()) !== 'string'
    : (await (await import('./tensor.js')).tensorFlow(backend)) !== null;

/** Milliseconds to get going, per step, and to wait for an answer (once an epoch). */
async function time(backend: Backend, { net, rows, batch }: NetShape): Promise<{ start: number; step: number; read: number }> {
  const u = random(1);
  const n = Math.min(rows, batch);
  const lesson: Lesson = {
    rows: n,
    X: Float32Array.from({ length: n * net.numbers }, () => 2 * u() - 1),
    codes: Int32Array.from({ length: n * net.tables.length }, (_, i) => Math.floor(u() * net.tables[i % net.tables.length]!.levels)),
    y: Float64Array.from({ length: n }, (_, i) => i % 2),
    weight: new Float64Array(n).fill(1),
    meanWeight: 1,
  };
  const every = Int32Array.from({ length: n }, (_, i) => i);
  const began = performance.now();
  const trainer = await trainerOn(backend)(net, lesson, null, start(net, u));
  try {
    trainer.step(every, null, RATE);
    await trainer.loss();
    const started = performance.now();
    await trainer.loss();
    const asked = performance.now();
    const read = asked - started;
    for (let tries = TRIES; ; tries *= 4) {
      const from = performance.now();
      for (let i = 0; i < tries; i++) trainer.step(every, null, RATE);
      await trainer.loss();
      const took = performance.now() - from;
      // A quick GPU answers several times later than it is done with so few.
      if (took > LONG_ENOUGH || tries >= MOST_TRIES) return { start: started - began, read, step: Math.max(0, took - read) / tries };
    }
  } finally {
    trainer.dispose();
  }
}
