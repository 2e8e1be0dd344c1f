/** Trains with TensorFlow.js on whichever of its backends is asked for: the way onto a GPU. Loaded only when wanted. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Activation } from '../../../src/core/form.js';
import { ADAM, places, stepLength, type Lesson, type Net, type Snapshot, type Trainer } from './network.js';

type Tf = typeof import('@tensorflow/tfjs-core');
export type TensorBackend = 'webgpu' | 'webgl' | 'cpu';

/** Core and one backend, ready for use; null where this device has none. 'cpu' is for the tests, which bring it along and hold it to the plain twin. */
export async function tensorFlow(backend: TensorBackend): Promise<Tf | null> {
  if (backend === 'webgpu' && !(typeof navigator !== 'undefined' && 'gpu' in navigator)) return null;
  if (backend === 'webgl' && typeof OffscreenCanvas === 'undefined') return null;
  const tf = await import('@tensorflow/tfjs-core');
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  if (backend === 'webgl') await import('@tensorflow/tfjs-backend-webgl');
  try {
    if (!(await tf.setBackend(backend))) return null;
    await tf.ready();
  } catch {
    return null;
  }
  return tf.getBackend() === backend ? tf : null;
}

/** Rejects when a WebGPU device goes away; never settles otherwise. */
function lossOfDevice(tf: Tf): Promise<never> {
  const device = (tf.backend() as { device?: { lost?: Promise<{ message: string }> } }).device;
  return new Promise((_, reject) => {
    void device?.lost?.then((info) => reject(new Error(`the GPU went away${info.message ? ` (${info.message})` : ''}`)));
  });
}

/** Cells worked on at once when judging: rows × the widest layer. */
const CELLS = 4e6;

export async function tensorTrainer(
  backend: TensorBackend,
  net: Net,
  lesson: Lesson,
  valid: Lesson | null,
  from: Snapshot,
): Promise<Trainer> {
  const tf = await tensorFlow(backend);
  if (!tf) throw new Error(`${backend} is not to be had here`);
  const gone = lossOfDevice(tf);
  gone.catch(() => {});
  const at = places(net);
  const size = from.theta.length;
  const width = Math.max(...net.sizes);
  const outputs = net.sizes.at(-1)!;

  // One flat vector of parameters: Adam is then a dozen kernels for the whole network, and a snapshot one read.
  const theta = tf.tidy(() => tf.variable(tf.tensor1d(Float32Array.from(from.theta))));
  let m: Tensor = tf.tensor1d(Float32Array.from(from.m));
  let v: Tensor = tf.tensor1d(Float32Array.from(from.v));
  const isKernel = new Float32Array(size);
  for (const { kernel, bias } of at) isKernel.fill(1, kernel, bias);
  const penalised = tf.tensor1d(isKernel);
  const load = (l: Lesson) => ({
    X: tf.tensor2d(l.X, [l.rows, net.sizes[0]!]),
    y: net.loss === 'squares' ? tf.tensor1d(Float32Array.from(l.y)) : tf.tensor1d(Int32Array.from(l.y), 'int32'),
    w: tf.tensor1d(Float32Array.from(l.weight)),
  });
  const learn = load(lesson);
  const judge = valid && load(valid);
  let total: Tensor = tf.scalar(0);
  let weightSum = 0;
  let t = from.step;

  /** f(z), and f′(z) told by f(z). Gradients are written out as in the plain trainer: TensorFlow.js's own would need all of its gradients loaded. */
  const activations: Partial<Record<Activation, { f(z: Tensor2D): Tensor2D; slope(a: Tensor2D): Tensor2D }>> = {
    relu: { f: (z) => tf.relu(z), slope: (a) => tf.step(a) },
    tanh: { f: (z) => tf.tanh(z), slope: (a) => tf.sub(1, tf.square(a)) },
    sigmoid: { f: (z) => tf.sigmoid(z), slope: (a) => tf.mul(a, tf.sub(1, a)) },
    elu: { f: (z) => tf.elu(z), slope: (a) => tf.add(1, tf.minimum(a, 0)) },
  };
  const curve = activations[net.activation];
  const kernelOf = (l: number) =>
    tf.reshape(tf.slice(theta, [at[l]!.kernel], [at[l]!.inputs * at[l]!.units]), [at[l]!.inputs, at[l]!.units]) as Tensor2D;
  const last = at.length - 1;

  /** Inputs of each layer, activations before dropout, and the raw scores. */
  const forward = (X: Tensor2D, masks: readonly Tensor2D[] | null) => {
    const inputs = [X];
    const a: Tensor2D[] = [];
    for (let l = 0; ; l++) {
      const z: Tensor2D = tf.add(tf.matMul(inputs[l]!, kernelOf(l)), tf.slice(theta, [at[l]!.bias], [at[l]!.units]));
      if (l === last) return { inputs, a, z };
      a.push(curve ? curve.f(z) : z);
      inputs.push(masks ? tf.mul(a[l]!, masks[l]!) : a[l]!);
    }
  };
  /** Weighted sum of losses, and its gradient by the raw scores. */
  const lossOf = (z: Tensor2D, y: Tensor1D, w: Tensor1D): { sum: Tensor; slope: Tensor2D } => {
    const across = tf.reshape(w, [-1, 1]);
    if (net.loss === 'softmax') {
      const own = tf.oneHot(y, outputs);
      return { sum: tf.neg(tf.sum(tf.mul(across, tf.mul(tf.logSoftmax(z), own)))), slope: tf.mul(across, tf.sub(tf.softmax(z), own)) };
    }
    const truth = tf.reshape(tf.cast(y, 'float32'), [-1, 1]);
    if (net.loss === 'squares') {
      const r = tf.sub(z, truth);
      return { sum: tf.mul(0.5, tf.sum(tf.mul(across, tf.square(r)))), slope: tf.mul(across, r) };
    }
    return { sum: tf.sum(tf.mul(across, tf.sub(tf.softplus(z), tf.mul(z, truth)))), slope: tf.mul(across, tf.sub(tf.sigmoid(z), truth)) };
  };
  const read = async (x: Tensor): Promise<Float32Array> => (await Promise.race([x.data(), gone])) as Float32Array;

  return {
    step(rows, masks) {
      const n = rows.length;
      t++;
      for (let i = 0; i < n; i++) weightSum += lesson.weight[rows[i]!]!;
      const [nextM, nextV, nextTotal] = tf.tidy(() => {
        const index = tf.tensor1d(rows, 'int32');
        const X = tf.gather(learn.X, index);
        const y = tf.gather(learn.y, index);
        const w = tf.gather(learn.w, index);
        const drop = masks && masks.map((mask, l) => tf.tensor2d(mask, [n, net.sizes[l + 1]!]));
        const { inputs, a, z } = forward(X, drop);
        const { sum, slope } = lossOf(z, y, w);
        const parts: Tensor[] = [];
        for (let l = last, d = slope; l >= 0; l--) {
          parts.unshift(tf.reshape(tf.matMul(inputs[l]!, d, true, false), [-1]), tf.sum(d, 0));
          if (l === 0) break;
          d = tf.matMul(d, kernelOf(l), false, true);
          if (drop) d = tf.mul(d, drop[l - 1]!);
          if (curve) d = tf.mul(d, curve.slope(a[l - 1]!));
        }
        const g = tf.mul(tf.add(tf.concat(parts), tf.mul(net.alpha, tf.mul(theta, penalised))), 1 / (n * lesson.meanWeight));
        const m1 = tf.add(tf.mul(m, ADAM.beta1), tf.mul(g, 1 - ADAM.beta1));
        const v1 = tf.add(tf.mul(v, ADAM.beta2), tf.mul(tf.square(g), 1 - ADAM.beta2));
        theta.assign(tf.sub(theta, tf.div(tf.mul(m1, stepLength(net.rate, t)), tf.add(tf.sqrt(v1), ADAM.epsilon))));
        return [m1, v1, tf.add(total, sum)];
      }) as [Tensor, Tensor, Tensor];
      tf.dispose([m, v, total]);
      m = nextM;
      v = nextV;
      total = nextTotal;
    },
    async loss() {
      const sum = (await read(total))[0]!;
      const mean = sum / weightSum;
      tf.dispose(total);
      total = tf.scalar(0);
      weightSum = 0;
      return mean;
    },
    async validate() {
      if (!valid || !judge) throw new Error('No rows to judge by');
      const chunk = Math.max(1, Math.floor(CELLS / width));
      let sum = 0;
      for (let i = 0; i < valid.rows; i += chunk) {
        const n = Math.min(chunk, valid.rows - i);
        const part = tf.tidy(() => {
          const { z } = forward(tf.slice(judge.X, [i, 0], [n, -1]), null);
          return lossOf(z, tf.slice(judge.y, [i], [n]), tf.slice(judge.w, [i], [n])).sum;
        });
        sum += (await read(part))[0]!;
        tf.dispose(part);
      }
      return sum / (valid.meanWeight * valid.rows);
    },
    async snapshot() {
      const all = tf.tidy(() => tf.concat([theta as Tensor, m, v]));
      const numbers = Float64Array.from(await read(all));
      tf.dispose(all);
      return { step: t, theta: numbers.slice(0, size), m: numbers.slice(size, 2 * size), v: numbers.slice(2 * size) };
    },
    dispose() {
      tf.dispose([theta, m, v, total, penalised, ...Object.values(learn), ...(judge ? Object.values(judge) : [])]);
    },
  };
}
