/** Trains dense networks with our own kernels on a graphics card (kernels/gpu/dense). What it does not take, TensorFlow.js does. */
import type { Activation } from '../../../src/core/form.js';
import { denseTraining, SCORES, tooLarge, type DenseNet, type DenseState } from '../../kernels/gpu/dense.js';
import type { Gpu } from '../../kernels/gpu/device.js';
import { places, type Lesson, type Net, type Snapshot, type Trainer } from './network.js';
import { ADAM, RMS, stepLength } from './rule.js';

/** The network as layers one after another; null where there is anything but two dense layers or more, one activation for all but the last, and dropout, or too many scores. */
export function denseOnly(net: Net): DenseNet | null {
  if (net.tables.length > 0 || net.wide || net.numbers === 0) return null;
  const layers: { inputs: number; units: number; drops: boolean }[] = [];
  const curves: Activation[] = [];
  let inputs = net.numbers;
  for (const part of net.parts) {
    const layer = layers.at(-1);
    if (part.kind === 'dense' && part.bias !== false) {
      if (curves.length < layers.length) curves.push('linear');
      layers.push({ inputs, units: part.units, drops: false });
      inputs = part.units;
    } else if (!layer || layer.drops) return null;
    else if (part.kind === 'curve' && curves.length < layers.length) curves.push(part.activation);
    else if (part.kind === 'drop') layer.drops = true;
    else return null;
  }
  const curve = curves[0] ?? 'linear';
  if (
    layers.length < 2 ||
    layers.at(-1)!.units > SCORES ||
    curves.length !== layers.length - 1 ||
    layers.at(-1)!.drops ||
    curves.some((c) => c !== curve)
  )
    return null;
  const { beta1, beta2, epsilon } = ADAM;
  const rule = { ...net.rule, beta1, beta2, rho: RMS.rho, epsilon: net.rule.solver === 'adam' ? epsilon : RMS.epsilon };
  return { layers, curve, loss: net.loss, rule };
}

/** Whether the device can hold it: else TensorFlow.js is asked. */
export const fits = (gpu: Gpu, net: DenseNet, lesson: Lesson, valid: Lesson | null): boolean =>
  tooLarge(gpu, net, lesson.rows + (valid?.rows ?? 0)) === null;

export async function gpuTrainer(
  gpu: Gpu,
  dense: DenseNet,
  net: Net,
  lesson: Lesson,
  valid: Lesson | null,
  from: Snapshot,
): Promise<Trainer> {
  const at = places(net);
  const held = new Float32Array(at.size);
  for (const p of at.all) held.fill(1, p.at, p.at + p.penalised * p.units);
  const training = await denseTraining(gpu, dense, valid ? [lesson, valid] : [lesson], { ...from, held });
  const { rule } = net;
  let t = from.step;
  let lossSum = 0;
  let weightSum = 0;
  /** What was read after the newest step: losses, judgement and snapshot come in one. */
  let fresh: Promise<DenseState> | null = null;
  const read = () =>
    (fresh = training.read(lesson.rows, lesson.rows + (valid?.rows ?? 0)).then((state) => {
      lossSum += state.learnt;
      return state;
    }));

  return {
    step(rows, masks, rate) {
      t++;
      fresh = null;
      for (let i = 0; i < rows.length; i++) weightSum += lesson.weight[rows[i]!]!;
      training.step({
        rows,
        masks,
        share: 1 / (rows.length * lesson.meanWeight),
        rate: rule.solver === 'adam' ? stepLength(rate, t) : rate,
        keep: 1 - rate * rule.decay,
      });
    },
    ready: training.ready,
    // Always read anew: whoever times an answer gets one.
    async loss() {
      await read();
      const mean = lossSum / weightSum;
      lossSum = weightSum = 0;
      return mean;
    },
    async validate() {
      if (!valid) throw new Error('No rows to judge by');
      return (await (fresh ?? read())).judged / (valid.meanWeight * valid.rows);
    },
    async snapshot() {
      const { theta, m, v } = await (fresh ?? read());
      return { step: t, theta: new Float64Array(theta), running: new Float64Array(0), m: new Float64Array(m), v: new Float64Array(v) };
    },
    dispose: training.dispose,
  };
}
