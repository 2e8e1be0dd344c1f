/** One tiny network, the same start, order and masks: plain, WebGPU and WebGL must come to the same weights. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../src/core/form.js';
import { matrix } from '../../src/core/matrix.js';
import { checked } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { predict } from '../../workers/forms/index.js';
import { gpuDevice, type Gpu } from '../../workers/kernels/gpu/device.js';
import { chooseBackend } from '../../workers/models/net/backend.js';
import { neuralNetwork } from '../../workers/models/net/neural-network.js';
import { start, type Lesson, type Net } from '../../workers/models/net/network.js';
import { stack } from '../../workers/models/net/params.js';
import { plainTrainer } from '../../workers/models/net/plain.js';
import type { Rule } from '../../workers/models/net/rule.js';
import { tensorFlow, tensorTrainer } from '../../workers/models/net/tensor.js';

const rule: Rule = { solver: 'adam', momentum: 0.9, nesterov: true, alpha: 0.01, decay: 0.1, clip: 2 };
const tables = [{ levels: 3, width: 2 }];
const mlp = (activation: Activation, loss: Net['loss'], norm: boolean, given: Partial<Rule> = {}): Net => {
  const outputs = loss === 'softmax' ? 3 : 1;
  const parts = stack([6], outputs, activation, norm, [0.25]);
  return { numbers: 4, tables: [], wide: false, parts, outputs, loss, rule: { ...rule, ...given } };
};
/** Vectors of levels, a wide part, and a block that adds to what enters it. */
const mixed: Net = {
  ...mlp('relu', 'softmax', false),
  tables,
  wide: true,
  parts: [
    { kind: 'dense', units: 5, bias: false },
    { kind: 'norm' },
    { kind: 'dense', units: 6 },
    { kind: 'curve', activation: 'swish' },
    { kind: 'drop', share: 0.25 },
    { kind: 'dense', units: 5, bias: false },
    { kind: 'add', from: 0 },
    { kind: 'norm' },
    { kind: 'curve', activation: 'tanh' },
    { kind: 'dense', units: 3 },
  ],
};
const kinds: [string, Net][] = [
  ['relu, softmax', mlp('relu', 'softmax', false)],
  ['tanh, logistic', mlp('tanh', 'logistic', true)],
  ['elu, squares', mlp('elu', 'squares', false, { solver: 'sgd' })],
  ['selu, squares', mlp('selu', 'squares', false, { solver: 'rmsprop' })],
  ['blocks, levels and a wide part', mixed],
];
function lesson(n: number, seed: number): Lesson {
  const u = random(seed);
  return {
    rows: n,
    X: Float32Array.from({ length: n * 4 }, () => normal(u)),
    codes: Int32Array.from({ length: n }, () => Math.floor(3 * u())),
    y: Float64Array.from({ length: n }, (_, i) => i % 2),
    weight: new Float64Array(n).fill(1),
    meanWeight: 1,
  };
}
const all = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

// Our own kernels take a processor that plays the card for none: allowed here, once for all.
beforeAll(async () => void (await gpuDevice(true)));

it('has WebGPU devices to test on', async () => {
  expect(await tensorFlow('webgpu')).not.toBeNull();
  expect(await gpuDevice()).toBeTypeOf('object');
});

describe.each(['webgpu', 'webgl'] as const)('%s', (backend) => {
  it.each(kinds)('agrees with the plain trainer and leaks nothing (%s)', async (_, net) => {
    const tf = await tensorFlow(backend);
    if (!tf) return; // no such device in this browser; WebGPU is asserted above
    const before = tf.memory().numTensors;
    const from = start(net, random(1));
    const a = await plainTrainer(net, lesson(24, 2), lesson(10, 3), from);
    const b = await tensorTrainer(backend, net, lesson(24, 2), lesson(10, 3), from);
    const u = random(4);
    for (let s = 0; s < 4; s++) {
      const masks = [Float32Array.from({ length: 16 * 6 }, () => (u() < 0.25 ? 0 : 1 / 0.75))];
      a.step(all(24).subarray(s, s + 16), masks, 0.01);
      b.step(all(24).subarray(s, s + 16), masks, 0.01);
    }
    expect(Math.abs((await b.loss()) - (await a.loss()))).toBeLessThan(1e-4);
    expect(Math.abs((await b.validate()) - (await a.validate()))).toBeLessThan(1e-4);
    const [p, q] = [await a.snapshot(), await b.snapshot()];
    for (const of of ['theta', 'running'] as const) p[of].forEach((x, i) => expect(Math.abs(q[of][i]! - x)).toBeLessThan(1e-3));
    b.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it.each([
  ['our own kernels', false],
  ['TensorFlow.js', true],
])('fits the same network on WebGPU when asked to, and says so (%s)', async (_, batch_norm) => {
  const u = random(5);
  const X = matrix(60, 2);
  for (let i = 0; i < 120; i++) X.data[i] = normal(u);
  const y = Int32Array.from({ length: 60 }, (_, i) => (X.data[i]! > 0 ? 1 : 0));
  const params = checked(neuralNetwork.params, {
    hidden_layer_sizes: [4],
    batch_norm,
    max_iter: 3,
    learning_rate_init: 0.01,
    early_stopping: false,
  });
  const fit = async (backend: 'cpu' | 'webgpu') => {
    const notes: string[] = [];
    const form = await neuralNetwork.fit(X, { task: 'class', y, levels: ['a', 'b'] }, params, {
      random: random(1),
      report: () => Promise.resolve(true),
      backend,
      note: (n) => notes.push(n),
    });
    return { notes, p: predict(form, X) };
  };
  const cpu = await fit('cpu');
  const gpu = await fit('webgpu');
  expect(cpu.notes).toEqual(['Backend: cpu, asked for.']);
  expect(gpu.notes).toEqual(['Backend: webgpu, asked for.']);
  for (let i = 0; i < cpu.p.length; i++) expect(Math.abs(gpu.p[i]! - cpu.p[i]!)).toBeLessThan(1e-3);
});

it.each([
  ['our own kernels', false],
  ['TensorFlow.js', true],
])('measures what is there when a training is long, says what it found, and leaks nothing (%s)', async (_, norm) => {
  const tf = (await tensorFlow('webgpu'))!;
  const before = tf.memory().numTensors;
  const notes: string[] = [];
  const net: Net = { ...mlp('relu', 'logistic', false), numbers: 20, parts: stack([32], 1, 'relu', norm, [0]) };
  const choice = await chooseBackend('auto', { net, rows: 2_000_000, batch: 50, epochs: 100 }, { note: (n) => notes.push(n) });
  expect(Object.keys(choice.milliseconds)).toEqual(['cpu', 'webgpu']);
  for (const ms of Object.values(choice.milliseconds)) expect(Number.isFinite(ms)).toBe(true);
  expect(notes[0]).toMatch(/^Backend: (cpu|webgpu), fastest in a trial on this device \(a batch takes CPU .* ms, WebGPU .* ms\)\.$/);
  expect(tf.memory().numTensors).toBe(before);
});

// Last, for the device does not come back.
it('goes on on the CPU when the GPU goes away in the middle, and takes the CPU from then on', async () => {
  const { device } = (await gpuDevice()) as Gpu;
  const u = random(6);
  const X = matrix(40, 3);
  for (let i = 0; i < 120; i++) X.data[i] = normal(u);
  const y = Float64Array.from({ length: 40 }, (_, i) => X.data[i]! - X.data[40 + i]!);
  const params = checked(neuralNetwork.params, {
    hidden_layer_sizes: [5],
    max_iter: 6,
    learning_rate_init: 0.01,
    early_stopping: false,
    tol: 0,
  });
  const fit = async (backend: 'cpu' | 'webgpu', lose: boolean) => {
    const notes: string[] = [];
    const epochs: number[] = [];
    const form = await neuralNetwork.fit(X, { task: 'number', y }, params, {
      random: random(1),
      report: (done) => {
        epochs.push(done);
        if (lose && done === 3) device.destroy();
        return Promise.resolve(true);
      },
      backend,
      note: (n) => notes.push(n),
    });
    return { notes, epochs, p: predict(form, X) };
  };
  const sound = await fit('cpu', false);
  const lost = await fit('webgpu', true);
  expect(lost.epochs).toEqual([1, 2, 3, 4, 5, 6]);
  expect(lost.notes[1]).toMatch(/failed .*training goes on on the CPU/);
  for (let i = 0; i < 40; i++) expect(Math.abs(lost.p[i]! - sound.p[i]!)).toBeLessThan(1e-3);
  const next = await fit('webgpu', false);
  expect(next.notes[0]).toMatch(/^Backend: cpu, /);
});
