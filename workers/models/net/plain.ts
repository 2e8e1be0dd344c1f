/**
 * Trains on the CPU: no start-up, the same bytes everywhere, and what TensorFlow.js is held to. Rows and products are Float32
 * (kernels/dense, WebAssembly or its twin); parameters, their moments and the loss stay Float64.
 */
import type { Activation } from '../../../src/core/form.js';
import { denseKernels } from '../../kernels/load.js';
import { allocate, Layout } from '../../kernels/memory.js';
import { ADAM, parameters, places, stepLength, type Lesson, type Net, type Snapshot, type Trainer } from './network.js';

/** z → f(z), in place; relu is a kernel. */
function activate(a: Float32Array, size: number, kind: Activation): void {
  switch (kind) {
    case 'tanh':
      for (let i = 0; i < size; i++) a[i] = Math.tanh(a[i]!);
      return;
    case 'sigmoid':
      for (let i = 0; i < size; i++) a[i] = 1 / (1 + Math.exp(-a[i]!));
      return;
    case 'elu':
      for (let i = 0; i < size; i++) if (a[i]! < 0) a[i] = Math.expm1(a[i]!);
      return;
    case 'linear':
      return;
    default:
      throw new Error(`No training with ${kind}`);
  }
}

/** d ← d · f′(z), told by a = f(z). */
function deactivate(d: Float32Array, a: Float32Array, size: number, kind: Activation): void {
  switch (kind) {
    case 'tanh':
      for (let i = 0; i < size; i++) d[i] = d[i]! * (1 - a[i]! * a[i]!);
      return;
    case 'sigmoid':
      for (let i = 0; i < size; i++) d[i] = d[i]! * a[i]! * (1 - a[i]!);
      return;
    case 'elu':
      for (let i = 0; i < size; i++) if (a[i]! < 0) d[i] = d[i]! * (a[i]! + 1);
      return;
    default:
  }
}

const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** Weighted sum of the losses of n rows, `pad` apart in z; `z` becomes the gradient of it by z. */
function lossOf(net: Net, z: Float32Array, pad: number, y: ArrayLike<number>, w: ArrayLike<number>, n: number): number {
  const k = net.sizes.at(-1)!;
  const e = new Float64Array(k);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const wi = w[i]!;
    const o = i * pad;
    if (net.loss === 'squares') {
      const r = z[o]! - y[i]!;
      sum += (wi * r * r) / 2;
      z[o] = wi * r;
    } else if (net.loss === 'logistic') {
      sum += wi * (softplus(z[o]!) - y[i]! * z[o]!);
      z[o] = wi * (1 / (1 + Math.exp(-z[o]!)) - y[i]!);
    } else {
      let top = -Infinity;
      for (let j = 0; j < k; j++) if (z[o + j]! > top) top = z[o + j]!;
      const own = z[o + y[i]!]! - top;
      let total = 0;
      for (let j = 0; j < k; j++) total += e[j] = Math.exp(z[o + j]! - top);
      sum += wi * (Math.log(total) - own);
      for (let j = 0; j < k; j++) z[o + j] = wi * (e[j]! / total - (j === y[i] ? 1 : 0));
    }
  }
  return sum;
}

/** Rows worked on at once when judging. */
const CHUNK = 256;

const padded = (units: number) => Math.ceil(units / 4) * 4;

/** Where everything lies for batches of up to n rows, in the kernels' memory. */
function space(net: Net, n: number, plain: boolean) {
  const layout = new Layout();
  const floats = (size: number) => layout.take(size * 4);
  const one = floats(1);
  const X = floats(n * padded(net.sizes[0]!));
  const laid = places(net).map((place, l) => {
    const { inputs, units } = place;
    // Rows are padded to a multiple of 4. The pads of parameters and of gradients are 0 and stay so; those of activations are not read.
    const [p, u] = [padded(inputs), padded(units)];
    const size = (inputs + 1) * u;
    const a = floats(n * u);
    const at = {
      // Kernel (inputs × u) and bias below it: parameters, moments, gradient, the parameters as Float32, and the kernel turned round (units × p).
      theta: layout.take(size * 8),
      m: layout.take(size * 8),
      v: layout.take(size * 8),
      G: floats(size),
      W: floats(size),
      T: l > 0 ? floats(units * p) : 0,
      // Activations, the same after dropout, gradients by each.
      a,
      h: net.dropout > 0 ? floats(n * u) : a,
      d: floats(n * u),
    };
    return { ...place, p, u, size, at };
  });
  const memory = allocate(layout.bytes, plain);
  const view = (from: number, size: number) => memory.f32.subarray(from >> 2, (from >> 2) + size);
  memory.f32[one >> 2] = 1;
  return {
    rows: n,
    memory,
    kernels: denseKernels(memory),
    one,
    X,
    x: view(X, n * padded(net.sizes[0]!)),
    layers: laid.map((layer) => {
      const { at, units, p, u, size } = layer;
      const [A, H, D] = [view(at.a, n * u), view(at.h, n * u), view(at.d, n * u)];
      return { ...layer, A, H, D, W: view(at.W, size), T: view(at.T, at.T > 0 ? units * p : 0) };
    }),
  };
}
type Space = ReturnType<typeof space>;

/** What of a snapshot the kernels keep. */
const kept = ['theta', 'm', 'v'] as const;

/** Turns the kernels round, for the gradients by activations. */
function turn({ layers }: Space): void {
  for (const { inputs, units, p, u, W, T } of layers)
    if (T.length > 0) for (let k = 0; k < inputs; k++) for (let j = 0; j < units; j++) T[j * p + k] = W[k * u + j]!;
}

function lay(space: Space, from: Snapshot): void {
  for (const { inputs, units, u, kernel, W, at } of space.layers)
    for (let k = 0, i = kernel; k <= inputs; k++)
      for (let j = 0; j < units; j++, i++) {
        for (const of of kept) space.memory.f64[(at[of] >> 3) + k * u + j] = from[of][i]!;
        W[k * u + j] = from.theta[i]!;
      }
  turn(space);
}

function read(space: Space, step: number): Snapshot {
  const size = parameters([space.layers[0]!.inputs, ...space.layers.map((l) => l.units)]);
  const out = { step, theta: new Float64Array(size), m: new Float64Array(size), v: new Float64Array(size) };
  for (const { inputs, units, u, kernel, at } of space.layers)
    for (let k = 0, i = kernel; k <= inputs; k++)
      for (let j = 0; j < units; j++, i++) for (const of of kept) out[of][i] = space.memory.f64[(at[of] >> 3) + k * u + j]!;
  return out;
}

export function plainTrainer(net: Net, lesson: Lesson, valid: Lesson | null, from: Snapshot, plain = false): Promise<Trainer> {
  let t = from.step;
  const last = net.sizes.length - 2;
  const inputs = net.sizes[0]!;
  const pad = padded(inputs);
  let now: Space | null = null;
  const makeRoom = (n: number): Space => {
    if (now && n <= now.rows) return now;
    const wider = space(net, n, plain);
    lay(wider, now ? read(now, t) : from);
    return (now = wider);
  };
  const run = ({ layers, kernels, X }: Space, n: number, masks: readonly Float32Array[] | null) => {
    for (let l = 0; l <= last; l++) {
      const { at, inputs: p, units, u, A, H } = layers[l]!;
      const before = l === 0 ? null : layers[l - 1]!;
      const input = before ? (masks ? before.at.h : before.at.a) : X;
      kernels.multiply(input, before ? before.u : pad, 1, at.W, u, at.W + 4 * p * u, at.a, u, n, u, p);
      if (l === last) return;
      if (net.activation === 'relu') kernels.relu(at.a, n * u);
      else activate(A, n * u, net.activation);
      if (masks) times(H, A, masks[l]!, n, units, u);
    }
  };

  let lossSum = 0;
  let weightSum = 0;
  let y = new Float64Array(0);
  let w = new Float64Array(0);
  return Promise.resolve({
    step(rows, masks) {
      const n = rows.length;
      const space = makeRoom(n);
      const { layers, kernels, x } = space;
      if (y.length !== n) {
        y = new Float64Array(n);
        w = new Float64Array(n);
      }
      for (let i = 0; i < n; i++) {
        const row = rows[i]!;
        for (let j = 0, at = row * inputs, to = i * pad; j < inputs; j++) x[to + j] = lesson.X[at + j]!;
        y[i] = lesson.y[row]!;
        w[i] = lesson.weight[row]!;
        weightSum += w[i]!;
      }
      run(space, n, masks);
      const top = layers[last]!;
      top.D.set(top.A.subarray(0, n * top.u));
      lossSum += lossOf(net, top.D, top.u, y, w, n);
      for (let l = last; l >= 0; l--) {
        const { at, inputs: p, units, u } = layers[l]!;
        const before = l === 0 ? null : layers[l - 1]!;
        const input = before ? (masks ? before.at.h : before.at.a) : space.X;
        kernels.multiply(input, 1, before ? before.u : pad, at.d, u, 0, at.G, u, p, u, n);
        kernels.multiply(space.one, 0, 0, at.d, u, 0, at.G + 4 * p * u, u, 1, u, n);
        if (!before) break;
        kernels.multiply(at.d, u, 1, at.T, before.u, 0, before.at.d, before.u, n, before.u, units);
        if (masks) times(before.D, before.D, masks[l - 1]!, n, p, before.u);
        if (net.activation === 'relu') kernels.reluBack(before.at.d, before.at.a, n * before.u);
        else deactivate(before.D, before.A, n * before.u, net.activation);
      }
      const share = 1 / (n * lesson.meanWeight);
      t++;
      const length = stepLength(net.rate, t);
      const { beta1, beta2, epsilon } = ADAM;
      for (const { at, inputs: p, u } of layers) {
        const kernel = p * u;
        kernels.adam(at.theta, at.m, at.v, at.G, at.W, kernel, share, net.alpha, length, beta1, beta2, epsilon);
        const [f, d] = [4 * kernel, 8 * kernel];
        kernels.adam(at.theta + d, at.m + d, at.v + d, at.G + f, at.W + f, u, share, 0, length, beta1, beta2, epsilon);
      }
      turn(space);
    },
    loss() {
      const mean = lossSum / weightSum;
      lossSum = weightSum = 0;
      return Promise.resolve(mean);
    },
    validate() {
      if (!valid) throw new Error('No rows to judge by');
      let sum = 0;
      let weights = 0;
      for (let from = 0; from < valid.rows; from += CHUNK) {
        const n = Math.min(CHUNK, valid.rows - from);
        const space = makeRoom(n);
        const { x, layers } = space;
        for (let i = 0; i < n; i++) for (let j = 0; j < inputs; j++) x[i * pad + j] = valid.X[(from + i) * inputs + j]!;
        run(space, n, null);
        const part = valid.weight.subarray(from, from + n);
        sum += lossOf(net, layers[last]!.A, layers[last]!.u, valid.y.subarray(from, from + n), part, n);
        for (const x of part) weights += x;
      }
      return Promise.resolve(sum / weights);
    },
    snapshot: () => Promise.resolve(now ? read(now, t) : from),
    dispose() {},
  });
}

/** out = a · mask: `a` and `out` have rows of `u`, of which the mask knows the first `units`. */
function times(out: Float32Array, a: Float32Array, mask: Float32Array, n: number, units: number, u: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < units; j++) out[i * u + j] = a[i * u + j]! * mask[i * units + j]!;
}
