/** Trains with TensorFlow.js on whichever of its backends is asked for: the way onto a GPU. Loaded only when wanted. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Activation } from '../../../src/core/form.js';
import { entrance, newest, NORM, places, widest, type Lesson, type Net, type Place, type Snapshot, type Trainer } from './network.js';
import { ADAM, RMS, stepLength } from './rule.js';

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
const SELU_EDGE = 1.0507009873554805 * 1.6732632423543772;

interface Curve {
  f(z: Tensor2D): Tensor2D;
  /** f′(z), told by a = f(z) where it can be. */
  slope(a: Tensor2D, z: Tensor2D): Tensor2D;
}
/** Gradients are written out as in the plain trainer: TensorFlow.js's own would need all of its gradients loaded. */
const curvesOf = (tf: Tf): Readonly<Record<Exclude<Activation, 'linear'>, Curve>> => ({
  relu: { f: (z) => tf.relu(z), slope: (a) => tf.step(a) },
  tanh: { f: (z) => tf.tanh(z), slope: (a) => tf.sub(1, tf.square(a)) },
  sigmoid: { f: (z) => tf.sigmoid(z), slope: (a) => tf.mul(a, tf.sub(1, a)) },
  elu: { f: (z) => tf.elu(z), slope: (a) => tf.add(1, tf.minimum(a, 0)) },
  selu: {
    f: (z) => tf.selu(z),
    slope: (a) => tf.add(tf.mul(tf.step(a), 1.0507009873554805), tf.mul(tf.sub(1, tf.step(a)), tf.add(a, SELU_EDGE))),
  },
  swish: {
    f: (z) => tf.mul(z, tf.sigmoid(z)),
    slope(a, z) {
      const s = tf.sigmoid(z);
      return tf.add(s, tf.mul(a, tf.sub(1, s)));
    },
  },
});

/** What a normalising part saw, for the way back. */
interface Seen {
  readonly x: Tensor2D;
  readonly inverse: Tensor;
}

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
  const curves = curvesOf(tf);
  const { rule, outputs, tables } = net;
  const { size } = at;

  // One flat vector of parameters: a step of the rule is then a dozen kernels for the whole network, and a snapshot one read.
  const theta = tf.tidy(() => tf.variable(tf.tensor1d(Float32Array.from(from.theta))));
  let m: Tensor = tf.tensor1d(Float32Array.from(from.m));
  let v: Tensor = tf.tensor1d(Float32Array.from(from.v));
  let running: Tensor | null = at.runningSize > 0 ? tf.tensor1d(Float32Array.from(from.running)) : null;
  const held = new Float32Array(size);
  for (const p of at.all) held.fill(1, p.at, p.at + p.penalised * p.units);
  const penalised = tf.tensor1d(held);
  const load = (l: Lesson) => ({
    // A GPU has no tensors without numbers in them.
    X: net.numbers > 0 ? tf.tensor2d(l.X, [l.rows, net.numbers]) : null,
    codes: tables.length > 0 ? tf.tensor2d(l.codes, [l.rows, tables.length], 'int32') : null,
    y: net.loss === 'squares' ? tf.tensor1d(Float32Array.from(l.y)) : tf.tensor1d(Int32Array.from(l.y), 'int32'),
    w: tf.tensor1d(Float32Array.from(l.weight)),
  });
  interface Inputs {
    readonly X: Tensor2D | null;
    readonly codes: Tensor2D | null;
  }
  const learn = load(lesson);
  const judge = valid && load(valid);
  let total: Tensor = tf.scalar(0);
  let weightSum = 0;
  let t = from.step;

  const piece = (of: Tensor, from: number, rows: number, units: number) =>
    tf.reshape(tf.slice(of, [from], [rows * units]), [rows, units]) as Tensor2D;
  const whole = (p: Place) => piece(theta, p.at, p.rows, p.units);
  const codesOf = (codes: Tensor2D, k: number) => tf.reshape(tf.slice(codes, [0, k], [-1, 1]), [-1]) as Tensor1D;

  /** What enters, what each part gives, and what the normalising parts saw. With `masks` it learns: `share` then weighs the batch's moments. */
  const forward = ({ X, codes }: Inputs, share: Tensor2D | null, masks: readonly Tensor2D[]) => {
    const vectors = tables.map((_, k) => tf.gather(whole(at.tables[k]!), codesOf(codes!, k)));
    const first = tf.concat([...(X ? [X] : []), ...vectors], 1) as Tensor2D;
    const out: Tensor2D[] = [];
    const seen = new Map<number, Seen>();
    const fresh: Tensor[] = [];
    let drops = 0;
    net.parts.forEach((part, k) => {
      const x = out[k - 1] ?? first;
      const place = at.parts[k];
      if (part.kind === 'dense') {
        const inputs = place!.rows - 1;
        out.push(
          tf.add(
            tf.matMul(x, piece(theta, place!.at, inputs, place!.units)),
            tf.slice(theta, [place!.at + inputs * place!.units], [place!.units]),
          ),
        );
      } else if (part.kind === 'norm') {
        const { at: o, units } = place!;
        const kept = (i: number) => piece(running!, at.running[k]! + i * units, 1, units);
        const mean = share ? tf.sum(tf.mul(share, x), 0, true) : kept(0);
        const off = tf.sub(x, mean);
        const variance = share ? tf.sum(tf.mul(share, tf.square(off)), 0, true) : kept(1);
        const inverse = tf.rsqrt(tf.add(variance, NORM.epsilon));
        const normal: Tensor2D = tf.mul(off, inverse);
        if (share) fresh.push(tf.reshape(mean, [-1]), tf.reshape(variance, [-1]));
        seen.set(k, { x: normal, inverse });
        out.push(tf.add(tf.mul(normal, piece(theta, o, 1, units)), piece(theta, o + units, 1, units)));
      } else if (part.kind === 'curve') out.push(part.activation === 'linear' ? x : curves[part.activation].f(x));
      else if (part.kind === 'drop') {
        const mask = masks[drops++];
        out.push(mask ? tf.mul(x, mask) : x);
      } else out.push(tf.add(x, out[part.from]!));
    });
    let z = out.at(-1)!;
    if (at.wide) {
      if (X) z = tf.add(z, tf.matMul(X, whole(at.wide.numbers)));
      for (const [k, p] of at.wide.tables.entries()) z = tf.add(z, tf.gather(whole(p), codesOf(codes!, k)));
    }
    return { first, out, seen, fresh, z };
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
  /** The gradient as one vector, in the order of theta, from that by the scores. */
  const backward = (
    { X, codes }: Inputs,
    { first, out, seen }: ReturnType<typeof forward>,
    slope: Tensor2D,
    share: Tensor2D,
    masks: readonly Tensor2D[],
  ): Tensor => {
    const parts = new Map<Place, Tensor>();
    // Which rows had which level: turned round, it adds up what belongs to each.
    const had = tables.map(({ levels }, k) => tf.oneHot(codesOf(codes!, k), levels) as Tensor2D);
    if (at.wide) {
      if (X) parts.set(at.wide.numbers, tf.matMul(X, slope, true, false));
      for (const [k, p] of at.wide.tables.entries()) parts.set(p, tf.matMul(had[k]!, slope, true, false));
    }
    const later = new Map<number, Tensor2D>();
    let drops = masks.length;
    let d = slope;
    for (let k = net.parts.length - 1; k >= 0; k--) {
      const part = net.parts[k]!;
      const place = at.parts[k]!;
      const x = out[k - 1] ?? first;
      const more = later.get(k);
      if (more) d = tf.add(d, more);
      if (part.kind === 'dense') {
        const bias = part.bias === false ? tf.zeros([1, place.units]) : tf.sum(d, 0, true);
        parts.set(place, tf.concat([tf.matMul(x, d, true, false), bias], 0));
        if (k > 0 || tables.length > 0) d = tf.matMul(d, piece(theta, place.at, place.rows - 1, place.units), false, true);
      } else if (part.kind === 'norm') {
        const { x: normal, inverse } = seen.get(k)!;
        const scales = tf.sum(tf.mul(d, normal), 0, true);
        const shifts = tf.sum(d, 0, true);
        parts.set(place, tf.concat([scales, shifts], 0));
        const scale = tf.mul(piece(theta, place.at, 1, place.units), inverse);
        d = tf.mul(scale, tf.sub(d, tf.mul(share, tf.add(shifts, tf.mul(normal, scales)))));
      } else if (part.kind === 'curve') {
        if (part.activation !== 'linear') d = tf.mul(d, curves[part.activation].slope(out[k]!, x));
      } else if (part.kind === 'drop') {
        const mask = masks[--drops];
        if (mask) d = tf.mul(d, mask);
      } else {
        const other = later.get(part.from);
        later.set(part.from, other ? tf.add(other, d) : d);
      }
    }
    tables.forEach(({ width }, k) => {
      const own = tf.slice(d, [0, entrance({ numbers: net.numbers, tables: tables.slice(0, k) })], [-1, width]);
      parts.set(at.tables[k]!, tf.matMul(had[k]!, own, true, false));
    });
    return tf.concat(at.all.flatMap((p) => (parts.has(p) ? [tf.reshape(parts.get(p)!, [-1])] : [])));
  };
  /** Next m, v and theta. */
  const follow = (gradient: Tensor, rate: number): [Tensor, Tensor, Tensor] => {
    let g = gradient;
    if (rule.clip < Infinity) g = tf.mul(g, tf.minimum(1, tf.div(rule.clip, tf.maximum(tf.sqrt(tf.sum(tf.square(g))), 1e-30))));
    const rest = rule.decay > 0 ? tf.mul(theta, tf.sub(1, tf.mul(rate * rule.decay, penalised))) : theta;
    if (rule.solver === 'adam') {
      const m1 = tf.add(tf.mul(m, ADAM.beta1), tf.mul(g, 1 - ADAM.beta1));
      const v1 = tf.add(tf.mul(v, ADAM.beta2), tf.mul(tf.square(g), 1 - ADAM.beta2));
      return [m1, v1, tf.sub(rest, tf.div(tf.mul(m1, stepLength(rate, t)), tf.add(tf.sqrt(v1), ADAM.epsilon)))];
    }
    const back = tf.mul(g, rate);
    if (rule.solver === 'sgd') {
      const m1 = tf.sub(tf.mul(m, rule.momentum), back);
      return [m1, tf.clone(v), tf.add(rest, rule.nesterov ? tf.sub(tf.mul(m1, rule.momentum), back) : m1)];
    }
    const v1 = tf.add(tf.mul(v, RMS.rho), tf.mul(tf.square(g), 1 - RMS.rho));
    return [tf.clone(m), v1, tf.sub(rest, tf.div(back, tf.add(tf.sqrt(v1), RMS.epsilon)))];
  };
  const read = async (x: Tensor): Promise<Float32Array> => (await Promise.race([x.data(), gone])) as Float32Array;

  return {
    step(rows, masks, rate) {
      const n = rows.length;
      t++;
      let weights = 0;
      for (let i = 0; i < n; i++) weights += lesson.weight[rows[i]!]!;
      weightSum += weights;
      const [nextM, nextV, nextTotal, nextRunning] = tf.tidy(() => {
        const index = tf.tensor1d(rows, 'int32');
        const batch = { X: learn.X && tf.gather(learn.X, index), codes: learn.codes && tf.gather(learn.codes, index) };
        const w = tf.gather(learn.w, index);
        const share: Tensor2D = tf.reshape(tf.div(w, weights), [-1, 1]);
        const drop = (masks ?? []).map((mask) => tf.tensor2d(mask, [n, mask.length / n]));
        const run = forward(batch, share, drop);
        const { sum, slope } = lossOf(run.z, tf.gather(learn.y, index), w);
        let g = backward(batch, run, slope, share, drop);
        if (rule.alpha > 0) g = tf.add(g, tf.mul(rule.alpha, tf.mul(theta, penalised)));
        const [m1, v1, theta1] = follow(tf.mul(g, 1 / (n * lesson.meanWeight)), rate);
        theta.assign(theta1 as typeof theta);
        const moved = running && tf.add(tf.mul(running, 1 - newest(t)), tf.mul(tf.concat(run.fresh), newest(t)));
        return [m1, v1, tf.add(total, sum), ...(moved ? [moved] : [])];
      }) as [Tensor, Tensor, Tensor, Tensor?];
      tf.dispose([m, v, total, ...(running ? [running] : [])]);
      [m, v, total, running] = [nextM, nextV, nextTotal, nextRunning ?? null];
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
      const chunk = Math.max(1, Math.floor(CELLS / widest(net)));
      let sum = 0;
      for (let i = 0; i < valid.rows; i += chunk) {
        const n = Math.min(chunk, valid.rows - i);
        const part = tf.tidy(() => {
          const [X, codes] = [judge.X, judge.codes].map((x) => x && tf.slice(x, [i, 0], [n, -1])) as [Tensor2D | null, Tensor2D | null];
          const { z } = forward({ X, codes }, null, []);
          return lossOf(z, tf.slice(judge.y, [i], [n]), tf.slice(judge.w, [i], [n])).sum;
        });
        sum += (await read(part))[0]!;
        tf.dispose(part);
      }
      return sum / (valid.meanWeight * valid.rows);
    },
    async snapshot() {
      const all = tf.tidy(() => tf.concat([theta as Tensor, m, v, ...(running ? [running] : [])]));
      const numbers = Float64Array.from(await read(all));
      tf.dispose(all);
      const part = (k: number) => numbers.slice(k * size, (k + 1) * size);
      return { step: t, theta: part(0), m: part(1), v: part(2), running: numbers.slice(3 * size) };
    },
    dispose() {
      tf.dispose(
        [theta, m, v, running, total, penalised, ...Object.values(learn), ...Object.values(judge ?? {})].filter((x) => x !== null),
      );
    },
  };
}
