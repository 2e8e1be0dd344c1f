/** Dense networks on our own WebGPU kernels: products against their plain twin, and training against the CPU's trainer. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../src/core/form.js';
import { normal, random } from '../../src/core/random.js';
import { plainDense } from '../../workers/kernels/dense.js';
import { tooLarge } from '../../workers/kernels/gpu/dense.js';
import { productText, TILE } from '../../workers/kernels/gpu/product-text.js';
import { gpuDevice, type Gpu } from '../../workers/kernels/gpu/device.js';
import { allocate } from '../../workers/kernels/memory.js';
import { denseOnly, gpuTrainer } from '../../workers/models/net/dense-gpu.js';
import { dropping, start, type Lesson, type Net, type TrainerOf } from '../../workers/models/net/network.js';
import { stack } from '../../workers/models/net/params.js';
import { plainTrainer } from '../../workers/models/net/plain.js';
import type { Rule } from '../../workers/models/net/rule.js';
import { train, type Plan } from '../../workers/models/net/training.js';

let gpu: Gpu;
beforeAll(async () => {
  const got = await gpuDevice(true);
  if (typeof got === 'string') throw new Error(got);
  gpu = got;
});

const normals = (n: number, seed: number) => {
  const u = random(seed);
  return Float32Array.from({ length: n }, () => normal(u));
};

describe('a product of matrices', () => {
  /** On the card, whatever the size: m × k by k × n, each read as it lies or turned round. */
  const productOn = async (turned: readonly [boolean, boolean]) => {
    const { device } = gpu;
    const code = productText({
      declares: `@group(0) @binding(0) var<storage, read> size: array<u32>;
        @group(0) @binding(1) var<storage, read> a: array<f32>;
        @group(0) @binding(2) var<storage, read> b: array<f32>;
        @group(0) @binding(3) var<storage, read_write> c: array<f32>;`,
      rows: 'size[0]',
      columns: 'size[1]',
      depth: 'size[2]',
      left: turned[0] ? 'a[e * size[0] + i]' : 'a[i * size[2] + e]',
      right: turned[1] ? 'b[j * size[2] + e]' : 'b[e * size[1] + j]',
      leftAlong: turned[0] ? 'i' : 'e',
      rightAlong: turned[1] ? 'e' : 'j',
      finish: 'c[i * size[1] + j] = sum;',
    });
    const pipeline = await device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
    });
    return async (a: Float32Array, b: Float32Array, m: number, n: number, k: number) => {
      const given = [Uint32Array.of(m, n, k), Float32Array.from(a), Float32Array.from(b), new Float32Array(m * n)];
      const buffers = given.map((x) => device.createBuffer({ size: x.byteLength, usage: 128 | 8 | 4 }));
      const back = device.createBuffer({ size: 4 * m * n, usage: 1 | 8 });
      given.forEach((x, i) => device.queue.writeBuffer(buffers[i]!, 0, x));
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
      pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
      pass.dispatchWorkgroups(Math.ceil(n / TILE), Math.ceil(m / TILE));
      pass.end();
      encoder.copyBufferToBuffer(buffers[3]!, 0, back, 0, 4 * m * n);
      device.queue.submit([encoder.finish()]);
      await back.mapAsync(1);
      const out = new Float32Array(back.getMappedRange().slice(0));
      for (const x of [...buffers, back]) x.destroy();
      return out;
    };
  };
  const turn = (x: Float32Array, rows: number, cols: number) =>
    Float32Array.from(x, (_, i) => x[(i % rows) * cols + Math.floor(i / rows)]!);

  const sizes = [1, 7, 17, 64, 129] as const;
  // Every size in every place, and each pair of sizes for rows and columns once.
  const shapes = sizes.flatMap((m, i) => sizes.map((n, j) => [m, n, sizes[(i + 2 * j) % 5]!] as const));
  it.each<[string, boolean, boolean]>([
    ['as they lie', false, false],
    ['the left one turned round', true, false],
    ['the right one turned round', false, true],
  ])('gives what the plain twin gives, whatever the sizes: read %s', async (_, ...turned) => {
    const product = await productOn(turned);
    for (const [m, n, k] of shapes) {
      const a = normals(m * k, 1);
      const b = normals(k * n, 2);
      const wide = Math.ceil(n / 4) * 4;
      const memory = allocate(64 + 4 * (m * k + k * wide + m * wide), true);
      const atB = 64 + 4 * m * k;
      const atC = atB + 4 * k * wide;
      memory.f32.set(a, 16);
      for (let e = 0; e < k; e++) memory.f32.set(b.subarray(e * n, (e + 1) * n), (atB >> 2) + e * wide);
      plainDense(memory).multiply(64, k, 1, atB, wide, 0, atC, wide, m, wide, k);
      const got = await product(turned[0] ? turn(a, m, k) : a, turned[1] ? turn(b, k, n) : b, m, n, k);
      let far = 0;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) far = Math.max(far, Math.abs(got[i * n + j]! - memory.f32[(atC >> 2) + i * wide + j]!));
      // Fused sums and plain ones differ by a rounding each: k terms of about 1.
      expect(far).toBeLessThan(1e-6 * (k + 4));
    }
  });
});

const rule: Rule = { solver: 'adam', momentum: 0.9, nesterov: true, alpha: 0.01, decay: 0, clip: Infinity };
interface Asked {
  readonly activation?: Activation;
  readonly loss?: Net['loss'];
  readonly classes?: number;
  readonly numbers?: number;
  readonly hidden?: readonly number[];
  readonly dropout?: readonly number[];
  readonly rule?: Partial<Rule>;
}
const netOf = ({
  activation = 'relu',
  loss = 'logistic',
  classes = 4,
  numbers = 5,
  hidden = [9, 6],
  dropout = [0, 0],
  rule: given = {},
}: Asked): Net => {
  const outputs = loss === 'softmax' ? classes : 1;
  const parts = stack(hidden, outputs, activation, false, dropout);
  return { numbers, tables: [], wide: false, parts, outputs, loss, rule: { ...rule, ...given } };
};
function lesson(n: number, net: Net, seed: number): Lesson {
  const u = random(seed);
  const weight = Float64Array.from({ length: n }, () => 0.5 + u());
  return {
    rows: n,
    X: normals(n * net.numbers, seed),
    codes: new Int32Array(0),
    y: Float64Array.from({ length: n }, (_, i) => (net.loss === 'squares' ? normal(u) : i % Math.max(2, net.outputs))),
    weight,
    meanWeight: weight.reduce((a, b) => a + b) / n,
  };
}
const onCard: TrainerOf = (net, ...rest) => gpuTrainer(gpu, denseOnly(net)!, net, ...rest);

/** The same steps on either: the largest difference of parameters, of the loss and of the judgement. */
const apart = async (net: Net, n: number, batch: number, steps: number) => {
  const from = start(net, random(3));
  const given = [lesson(n, net, 1), lesson(Math.ceil(n / 3), net, 2), from] as const;
  const cpu = await plainTrainer(net, ...given);
  const card = await onCard(net, ...given);
  const u = random(4);
  for (let s = 0; s < steps; s++) {
    // Rows out of order, and a last batch that is shorter.
    const rows = Int32Array.from({ length: s % 3 === 2 ? Math.ceil(batch / 2) : batch }, (_, i) => (7 * i + s) % n);
    const masks = dropping(net).map(({ share, units }) =>
      Float32Array.from({ length: rows.length * units }, () => (u() < share ? 0 : 1 / (1 - share))),
    );
    for (const t of [cpu, card]) t.step(rows, masks.length > 0 ? masks : null, 0.01);
    await card.ready?.();
  }
  const [a, b] = [
    { loss: await cpu.loss(), judged: await cpu.validate(), at: await cpu.snapshot() },
    { loss: await card.loss(), judged: await card.validate(), at: await card.snapshot() },
  ];
  card.dispose();
  expect(b.at.step).toBe(steps);
  expect(a.at.theta).not.toEqual(from.theta);
  const far = (p: Float64Array, q: Float64Array) => p.reduce((most, x, i) => Math.max(most, Math.abs(x - q[i]!)), 0);
  return {
    theta: far(a.at.theta, b.at.theta) / a.at.theta.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
    moments: Math.max(far(a.at.m, b.at.m), far(a.at.v, b.at.v)),
    loss: Math.abs(a.loss - b.loss),
    judged: Math.abs(a.judged - b.judged),
  };
};
const expectNear = ({ theta, moments, loss, judged }: Awaited<ReturnType<typeof apart>>) => {
  expect(theta).toBeLessThan(1e-4);
  expect(moments).toBeLessThan(1e-4);
  expect(loss).toBeLessThan(1e-5);
  expect(judged).toBeLessThan(1e-4);
};

describe('agrees with the CPU', () => {
  it.each<[string, Asked]>([
    ['relu, softmax', { loss: 'softmax' }],
    ['relu, softmax of 19', { loss: 'softmax', classes: 19 }],
    ['tanh, squares', { activation: 'tanh', loss: 'squares' }],
    ['sigmoid, logistic', { activation: 'sigmoid' }],
    ['elu, dropout in one layer', { activation: 'elu', dropout: [0, 0.4] }],
    ['selu, dropout in both', { activation: 'selu', loss: 'softmax', dropout: [0.2, 0.4] }],
    ['swish, dropout in one layer', { activation: 'swish', dropout: [0.3, 0] }],
    ['swish', { activation: 'swish', loss: 'squares' }],
    ['none', { activation: 'linear' }],
    ['one layer', { hidden: [12], dropout: [0] }],
    ['Adam with weight decay', { rule: { decay: 0.3 } }],
    ['Adam with short gradients', { rule: { clip: 0.05 } }],
    ['gradient descent', { rule: { solver: 'sgd', momentum: 0.8, nesterov: false } }],
    ['gradient descent, Nesterov, decay and short gradients', { rule: { solver: 'sgd', decay: 0.1, clip: 0.2 } }],
    ['RMSprop', { rule: { solver: 'rmsprop' } }],
  ])('on every rule, curve and loss (%s)', async (_, asked) => {
    expectNear(await apart(netOf(asked), 90, 40, 7));
  });

  const sizes = [1, 7, 17, 64, 129] as const;
  it.each(sizes.map((batch, i) => [batch, sizes[(i + 1) % 5]!, sizes[(i + 3) % 5]!, sizes[(i + 2) % 5]!] as const))(
    'on batches of %i rows of %i numbers, layers of %i and %i',
    async (batch, numbers, ...hidden) => {
      expectNear(await apart(netOf({ numbers, hidden, activation: 'tanh' }), 200, batch, 4));
    },
  );
});

it('sums the gradient of many rows by parts, with a limit on its length and without', async () => {
  expectNear(await apart(netOf({ hidden: [20], dropout: [0] }), 1500, 1100, 3));
  expectNear(await apart(netOf({ hidden: [20], dropout: [0], rule: { clip: 0.05 } }), 1500, 1100, 3));
});

it('takes 2 L dispatches for a step of L layers, and puts steps together', async () => {
  const { prototype } = GPUComputePassEncoder;
  const dispatch = prototype.dispatchWorkgroups;
  const submit = gpu.device.queue.submit.bind(gpu.device.queue);
  let dispatches = 0;
  let submits = 0;
  const net = netOf({});
  const trainer = await onCard(net, lesson(50, net, 1), null, start(net, random(1)));
  prototype.dispatchWorkgroups = function (...size) {
    dispatches++;
    return dispatch.apply(this, size);
  };
  gpu.device.queue.submit = (buffers) => {
    submits++;
    return submit(buffers);
  };
  try {
    const rows = Int32Array.from({ length: 50 }, (_, i) => i);
    for (let s = 0; s < 40; s++) {
      trainer.step(rows, null, 0.01);
      await trainer.ready?.();
    }
    await trainer.loss();
  } finally {
    prototype.dispatchWorkgroups = dispatch;
    gpu.device.queue.submit = submit;
    trainer.dispose();
  }
  expect(dispatches).toBe(40 * 6);
  expect(submits).toBeLessThan(40);
});

it('says when it cannot hold the rows or the weights', () => {
  const dense = denseOnly(netOf({ numbers: 100, hidden: [1000], dropout: [0] }))!;
  const limits = { maxStorageBufferBindingSize: 4e6, maxBufferSize: 1e9, maxComputeWorkgroupsPerDimension: 65535 };
  const small = { ...gpu, device: { limits } } as unknown as Gpu;
  expect(tooLarge(small, dense, 10_000)).toBeNull();
  expect(tooLarge(small, dense, 10_001)).toMatch(/rows/);
  expect(
    tooLarge({ ...small, device: { limits: { ...limits, maxComputeWorkgroupsPerDimension: 300 } } } as unknown as Gpu, dense, 1),
  ).toMatch(/weights/);
});

it('takes dense layers of one activation, and leaves all else to TensorFlow.js', () => {
  expect(denseOnly(netOf({ dropout: [0.1, 0] }))?.layers).toEqual([
    { inputs: 5, units: 9, drops: true },
    { inputs: 9, units: 6, drops: false },
    { inputs: 6, units: 1, drops: false },
  ]);
  const plain = netOf({});
  expect(denseOnly({ ...plain, parts: stack([9, 6], 1, 'relu', true, [0, 0]) })).toBeNull();
  expect(denseOnly({ ...plain, parts: [{ kind: 'dense', units: 5 }, { kind: 'add', from: 0 }, { kind: 'dense', units: 1 }] })).toBeNull(); // prettier-ignore
  expect(denseOnly(netOf({ loss: 'softmax', classes: 257 }))).toBeNull();
  expect(denseOnly({ ...plain, wide: true })).toBeNull();
  expect(denseOnly({ ...plain, tables: [{ levels: 3, width: 2 }] })).toBeNull();
});

it('trains as the CPU does: order, masks, judging, the best epoch; goes on from any of them to the same bytes', async () => {
  const net = netOf({ dropout: [0.2, 0.2] });
  const [rows, valid] = [lesson(300, net, 1), lesson(60, net, 2)];
  const schedule = { kind: 'cosine', rate: 0.01, factor: 0.5, every: 2 } as const;
  const plan: Plan = { epochs: 3, batch: 32, patience: 10, tol: 0, seed: 7, schedule };
  const run = async (first: TrainerOf, saved?: unknown) => {
    const curve: number[] = [];
    const states: unknown[] = [];
    const { theta } = await train(net, rows, valid, start(net, random(1)), plan, { first }, {
      random: random(1),
      saved,
      save: (state) => void states.push(structuredClone(state())),
      report: (_, __, p) => Promise.resolve(p ? curve.push(p.train!, p.valid!) > 0 : true),
    }); // prettier-ignore
    return { theta, curve, states };
  };
  const [cpu, card] = [await run(plainTrainer), await run(onCard)];
  expect(card.curve).toHaveLength(6);
  cpu.curve.forEach((x, i) => expect(Math.abs(card.curve[i]! - x)).toBeLessThan(1e-4));
  cpu.theta.forEach((x, i) => expect(Math.abs(card.theta[i]! - x)).toBeLessThan(1e-3));
  const rest = await run(onCard, card.states[0]);
  expect(rest.theta).toEqual(card.theta);
  expect(rest.curve).toEqual(card.curve.slice(2));
});
