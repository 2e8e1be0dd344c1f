/** Trains on the CPU in plain TypeScript, all in Float64: no start-up, the same bytes everywhere, and the twin that TensorFlow.js is held to. */
import type { Activation } from '../../../src/core/form.js';
import { forward, inputGradient, weightGradient } from './dense.js';
import { ADAM, places, stepLength, type Lesson, type Net, type Snapshot, type Trainer } from './network.js';

/** z → f(z), in place. */
export function activate(a: Float64Array, size: number, kind: Activation): void {
  switch (kind) {
    case 'relu':
      for (let i = 0; i < size; i++) if (a[i]! < 0) a[i] = 0;
      return;
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
function deactivate(d: Float64Array, a: Float64Array, size: number, kind: Activation): void {
  switch (kind) {
    case 'relu':
      for (let i = 0; i < size; i++) if (a[i]! <= 0) d[i] = 0;
      return;
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

/** Weighted sum of the losses of n rows; `z` becomes the gradient of it by z when `slope` is wanted. */
function lossOf(net: Net, z: Float64Array, y: ArrayLike<number>, w: ArrayLike<number>, n: number): number {
  const k = net.sizes.at(-1)!;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const wi = w[i]!;
    if (net.loss === 'squares') {
      const r = z[i]! - y[i]!;
      sum += (wi * r * r) / 2;
      z[i] = wi * r;
    } else if (net.loss === 'logistic') {
      sum += wi * (softplus(z[i]!) - y[i]! * z[i]!);
      z[i] = wi * (1 / (1 + Math.exp(-z[i]!)) - y[i]!);
    } else {
      const o = i * k;
      let top = -Infinity;
      for (let j = 0; j < k; j++) if (z[o + j]! > top) top = z[o + j]!;
      const own = z[o + y[i]!]! - top;
      let total = 0;
      for (let j = 0; j < k; j++) total += z[o + j] = Math.exp(z[o + j]! - top);
      sum += wi * (Math.log(total) - own);
      for (let j = 0; j < k; j++) z[o + j] = wi * (z[o + j]! / total - (j === y[i] ? 1 : 0));
    }
  }
  return sum;
}

/** Rows worked on at once when judging. */
const CHUNK = 256;

export function plainTrainer(net: Net, lesson: Lesson, valid: Lesson | null, from: Snapshot): Promise<Trainer> {
  const theta = from.theta.slice();
  const m = from.m.slice();
  const v = from.v.slice();
  const grad = new Float64Array(theta.length);
  let t = from.step;
  const layers = places(net).map((at) => ({
    ...at,
    W: theta.subarray(at.kernel, at.bias),
    b: theta.subarray(at.bias, at.bias + at.units),
    G: grad.subarray(at.kernel, at.bias),
    g: grad.subarray(at.bias, at.bias + at.units),
  }));
  const last = layers.length - 1;
  const inputs = net.sizes[0]!;
  let room = 0;
  let X = new Float64Array(0);
  /** Activations of each layer, the same after dropout, and gradients by them. */
  let A: Float64Array[] = [];
  let H: Float64Array[] = [];
  let D: Float64Array[] = [];
  const makeRoom = (n: number) => {
    if (n <= room) return;
    room = n;
    X = new Float64Array(n * inputs);
    A = layers.map((l) => new Float64Array(n * l.units));
    H = net.dropout > 0 ? layers.map((l) => new Float64Array(n * l.units)) : A;
    D = layers.map((l) => new Float64Array(n * l.units));
  };
  const run = (n: number, masks: readonly Float32Array[] | null) => {
    for (let l = 0; l <= last; l++) {
      const { W, b, inputs: p, units: u } = layers[l]!;
      const a = A[l]!;
      forward(l === 0 ? X : (masks ? H : A)[l - 1]!, W, b, a, n, p, u);
      if (l === last) return;
      activate(a, n * u, net.activation);
      if (masks) for (let i = 0, h = H[l]!, mask = masks[l]!; i < n * u; i++) h[i] = a[i]! * mask[i]!;
    }
  };

  let lossSum = 0;
  let weightSum = 0;
  let y = new Float64Array(0);
  let w = new Float64Array(0);
  return Promise.resolve({
    step(rows, masks) {
      const n = rows.length;
      makeRoom(n);
      if (y.length !== n) {
        y = new Float64Array(n);
        w = new Float64Array(n);
      }
      for (let i = 0; i < n; i++) {
        const row = rows[i]!;
        X.set(lesson.X.subarray(row * inputs, (row + 1) * inputs), i * inputs);
        y[i] = lesson.y[row]!;
        w[i] = lesson.weight[row]!;
        weightSum += w[i]!;
      }
      run(n, masks);
      const top = D[last]!;
      top.set(A[last]!.subarray(0, n * layers[last]!.units));
      lossSum += lossOf(net, top, y, w, n);
      for (let l = last; l >= 0; l--) {
        const { W, G, g, inputs: p, units: u } = layers[l]!;
        weightGradient(l === 0 ? X : (masks ? H : A)[l - 1]!, D[l]!, G, g, n, p, u);
        if (l === 0) break;
        const d = D[l - 1]!;
        inputGradient(D[l]!, W, d, n, p, u);
        if (masks) for (let i = 0, mask = masks[l - 1]!; i < n * p; i++) d[i] = d[i]! * mask[i]!;
        deactivate(d, A[l - 1]!, n * p, net.activation);
      }
      const share = 1 / (n * lesson.meanWeight);
      t++;
      const length = stepLength(net.rate, t);
      for (const { kernel, bias, units } of layers) {
        for (let i = kernel; i < bias + units; i++) {
          const gi = share * (grad[i]! + (i < bias ? net.alpha * theta[i]! : 0));
          m[i] = ADAM.beta1 * m[i]! + (1 - ADAM.beta1) * gi;
          v[i] = ADAM.beta2 * v[i]! + (1 - ADAM.beta2) * gi * gi;
          theta[i] = theta[i]! - (length * m[i]!) / (Math.sqrt(v[i]!) + ADAM.epsilon);
        }
      }
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
        makeRoom(n);
        X.set(valid.X.subarray(from * inputs, (from + n) * inputs));
        run(n, null);
        const part = valid.weight.subarray(from, from + n);
        sum += lossOf(net, A[last]!, valid.y.subarray(from, from + n), part, n);
        for (const x of part) weights += x;
      }
      return Promise.resolve(sum / weights);
    },
    snapshot: () => Promise.resolve({ step: t, theta: theta.slice(), m: m.slice(), v: v.slice() }),
    dispose() {},
  });
}
