import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import type { Activation } from '../../../src/core/form.js';
import type { Context } from '../../../src/core/model.js';
import { normal, random } from '../../../src/core/random.js';
import { chooseBackend } from '../../../workers/models/net/backend.js';
import {
  dropping,
  places,
  start,
  type Lesson,
  type Net,
  type Part,
  type Trainer,
  type TrainerOf,
} from '../../../workers/models/net/network.js';
import { stack } from '../../../workers/models/net/params.js';
import { plainTrainer } from '../../../workers/models/net/plain.js';
import { tensorFlow, tensorTrainer } from '../../../workers/models/net/tensor.js';
import type { Rule } from '../../../workers/models/net/rule.js';
import { rateAt, type Schedule } from '../../../workers/models/net/schedule.js';
import { train, type Plan } from '../../../workers/models/net/training.js';

const rule = (given: Partial<Rule> = {}): Rule => ({
  solver: 'adam',
  momentum: 0.9,
  nesterov: true,
  alpha: 0.01,
  decay: 0,
  clip: Infinity,
  ...given,
});
const ends = (loss: Net['loss']) => ({ loss, outputs: loss === 'softmax' ? 3 : 1 });
/** Hidden layers of 7 and 4 units over five numbers. */
const mlp = (
  activation: Activation = 'tanh',
  loss: Net['loss'] = 'softmax',
  dropout = 0,
  norm = false,
  given: Partial<Rule> = {},
): Net => ({
  ...ends(loss),
  numbers: 5,
  tables: [],
  wide: false,
  parts: stack([7, 4], ends(loss).outputs, activation, norm, [dropout, dropout]),
  rule: rule(given),
});
const tables = [
  { levels: 4, width: 2 },
  { levels: 3, width: 3 },
];
/** Everything at once: vectors of levels, a wide part, blocks with batch normalisation and dropout that add to what enters them. */
const residual = (loss: Net['loss'], wide: boolean, dropout = 0, given: Partial<Rule> = {}): Net => {
  const parts: Part[] = [{ kind: 'dense', units: 6, bias: false }];
  for (let b = 0; b < 2; b++) {
    const from = parts.length - 1;
    parts.push({ kind: 'norm' }, { kind: 'dense', units: 7 }, { kind: 'curve', activation: 'swish' });
    if (dropout > 0) parts.push({ kind: 'drop', share: dropout });
    parts.push({ kind: 'dense', units: 6, bias: false }, { kind: 'add', from });
  }
  parts.push({ kind: 'norm' }, { kind: 'curve', activation: 'tanh' }, { kind: 'dense', units: ends(loss).outputs });
  return { ...ends(loss), numbers: 5, tables, wide, parts, rule: rule(given) };
};
function lesson(n: number, seed = 1): Lesson {
  const u = random(seed);
  const weight = Float64Array.from({ length: n }, () => 0.5 + u());
  return {
    rows: n,
    X: Float32Array.from({ length: n * 5 }, () => normal(u)),
    codes: Int32Array.from({ length: n * 2 }, (_, i) => Math.floor(u() * tables[i % 2]!.levels)),
    y: Float64Array.from({ length: n }, (_, i) => i % 2),
    weight,
    meanWeight: weight.reduce((a, b) => a + b) / n,
  };
}
const all = (n: number) => Int32Array.from({ length: n }, (_, i) => i);
const ctx = (): Context => ({ random: random(1), report: () => Promise.resolve(true) });
const masksOf = (net: Net, n: number, u: () => number) =>
  dropping(net).map(({ share, units }) => Float32Array.from({ length: n * units }, () => (u() < share ? 0 : 1 / (1 - share))));

const kinds: [string, (dropout: number, given: Partial<Rule>) => Net][] = [
  ['tanh, softmax', (d, r) => mlp('tanh', 'softmax', d, false, r)],
  ['relu, softmax', (d, r) => mlp('relu', 'softmax', d, false, r)],
  ['sigmoid, logistic', (d, r) => mlp('sigmoid', 'logistic', d, false, r)],
  ['elu, squares', (d, r) => mlp('elu', 'squares', d, false, r)],
  ['selu, logistic', (d, r) => mlp('selu', 'logistic', d, false, r)],
  ['swish, squares', (d, r) => mlp('swish', 'squares', d, false, r)],
  ['linear, logistic', (d, r) => mlp('linear', 'logistic', d, false, r)],
  ['relu with batch normalisation, softmax', (d, r) => mlp('relu', 'softmax', d, true, r)],
  ['tanh with batch normalisation, squares', (d, r) => mlp('tanh', 'squares', d, true, r)],
  ['residual with levels, softmax', (d, r) => residual('softmax', false, d, r)],
  ['residual with levels and a wide part, logistic', (d, r) => residual('logistic', true, d, r)],
];
const rules: [string, Partial<Rule>][] = [
  ['Adam with weight decay', { decay: 0.3 }],
  ['Adam with short gradients', { clip: 0.05 }],
  ['gradient descent', { solver: 'sgd', momentum: 0.8, nesterov: false }],
  ['gradient descent, Nesterov, decay and short gradients', { solver: 'sgd', decay: 0.1, clip: 0.2 }],
  ['RMSprop', { solver: 'rmsprop' }],
];

describe('trainers', () => {
  it.each(kinds)('follow the slope of the loss (%s)', async (_, kind) => {
    const net = kind(0, { alpha: 0 });
    const at = places(net);
    const rows = lesson(12);
    const from = start(net, random(2));
    // The slope is read off a step of plain descent, the loss off another trainer's, so that batch normalisation takes the batch's own moments.
    const descent: Net = { ...net, rule: rule({ solver: 'sgd', momentum: 0, nesterov: false, alpha: 0 }) };
    const trainer = await plainTrainer(descent, rows, null, from);
    trainer.step(all(12), null, 1);
    const { theta: after } = await trainer.snapshot();
    const lossAt = async (i: number, by: number) => {
      const theta = from.theta.slice();
      theta[i] = theta[i]! + by;
      const one = await plainTrainer(descent, rows, null, { ...from, theta });
      one.step(all(12), null, 0);
      return one.loss();
    };
    // A step wide enough for losses computed in Float32. The loss is a weighted mean, as is the slope.
    for (const { at: o, rows: r, units } of at.all)
      for (let i = o; i < o + r * units; i += units > 3 ? 3 : 1) {
        const slope = ((await lossAt(i, 5e-4)) - (await lossAt(i, -5e-4))) / 1e-3;
        expect(from.theta[i]! - after[i]!).toBeCloseTo(slope, 3);
      }
  });

  const agree = async (net: Net) => {
    const tf = (await tensorFlow('cpu'))!;
    const before = tf.memory().numTensors;
    const rows = lesson(40);
    const from = start(net, random(3));
    const a = await plainTrainer(net, rows, lesson(9, 5), from);
    const b = await tensorTrainer('cpu', net, rows, lesson(9, 5), from);
    const u = random(4);
    for (let s = 0; s < 5; s++) {
      const batch = all(40).subarray(s, s + 30);
      const masks = masksOf(net, 30, u);
      a.step(batch, masks, 0.01);
      b.step(batch, masks, 0.01);
    }
    expect(await b.loss()).toBeCloseTo(await a.loss(), 4);
    expect(await b.validate()).toBeCloseTo(await a.validate(), 4);
    const [p, q] = [await a.snapshot(), await b.snapshot()];
    expect(q.step).toBe(p.step);
    for (let i = 0; i < p.theta.length; i++) expect(Math.abs(q.theta[i]! - p.theta[i]!)).toBeLessThan(2e-4);
    p.running.forEach((x, i) => expect(q.running[i]).toBeCloseTo(x, 3));
    expect(p.theta).not.toEqual(from.theta);
    b.dispose();
    expect(tf.memory().numTensors).toBe(before);
  };
  it.each(kinds)('agree: TensorFlow.js and plain, and no tensor leaks (%s)', (_, kind) => agree(kind(0.3, {})));
  it.each(rules)('agree on every rule (%s)', (_, given) => agree(residual('softmax', true, 0.2, given)));

  it.each(kinds)('give the same bytes with and without WebAssembly (%s)', async (_, kind) => {
    const net = kind(0.3, { decay: 0.01, clip: 1 });
    const from = start(net, random(3));
    const both = await Promise.all([false, true].map((plain) => plainTrainer(net, lesson(40), lesson(300, 5), from, plain)));
    const u = random(4);
    for (let s = 0; s < 5; s++) {
      const batch = all(40).subarray(s, s + 31);
      const masks = masksOf(net, 31, u);
      for (const trainer of both) trainer.step(batch, masks, 0.01);
    }
    const [fast, twin] = both;
    expect(await fast!.validate()).toBe(await twin!.validate());
    expect(await fast!.loss()).toBe(await twin!.loss());
    expect(await fast!.snapshot()).toEqual(await twin!.snapshot());
    expect((await fast!.snapshot()).theta).not.toEqual(from.theta);
  });

  it('shorten a gradient that is too long, and shrink weights but not biases', async () => {
    const length = async (clip: number) => {
      const net = mlp('tanh', 'squares', 0, true, { solver: 'sgd', momentum: 0, nesterov: false, alpha: 0, clip });
      const from = start(net, random(5));
      const trainer = await plainTrainer(net, lesson(20), null, from);
      trainer.step(all(20), null, 1);
      const { theta } = await trainer.snapshot();
      return Math.sqrt(theta.reduce((s, x, i) => s + (x - from.theta[i]!) ** 2, 0));
    };
    const free = await length(Infinity);
    expect(await length(free / 3)).toBeCloseTo(free / 3, 6);
    expect(await length(2 * free)).toBe(free);

    const net = mlp('tanh', 'squares', 0, true, { decay: 0.5, alpha: 0, clip: 1e-300 });
    const from = start(net, random(5));
    const trainer = await plainTrainer(net, lesson(20), null, from);
    trainer.step(all(20), null, 0.1);
    const { theta } = await trainer.snapshot();
    for (const { at, rows, units, penalised } of places(net).all)
      for (let i = 0; i < rows * units; i++) expect(theta[at + i]).toBeCloseTo(from.theta[at + i]! * (i < penalised * units ? 0.95 : 1), 9);
  });

  it('go on from a snapshot as if nothing had happened', async () => {
    const shape = residual('softmax', true);
    const rows = lesson(20);
    const whole = await plainTrainer(shape, rows, null, start(shape, random(1)));
    for (let i = 0; i < 4; i++) whole.step(all(20), null, 0.01);
    const first = await plainTrainer(shape, rows, null, start(shape, random(1)));
    for (let i = 0; i < 2; i++) first.step(all(20), null, 0.01);
    const second = await plainTrainer(shape, rows, null, await first.snapshot());
    for (let i = 0; i < 2; i++) second.step(all(20), null, 0.01);
    expect(await second.snapshot()).toEqual(await whole.snapshot());
  });
});

describe('training', () => {
  const shape = mlp('tanh', 'softmax', 0.2, true);
  const constant: Schedule = { kind: 'constant', rate: 0.01, factor: 0.5, every: 2 };
  const plan: Plan = { epochs: 8, batch: 16, patience: 100, tol: 0, schedule: constant, seed: 5 };
  const from = () => start(shape, random(1));
  const learnt = (rows: Lesson, valid: Lesson | null, p: Plan, c = ctx()) =>
    train(shape, rows, valid, from(), p, { first: plainTrainer }, c);

  it.each(['throws', 'rejects', 'is not a number'])('loses nothing when a device fails: it %s in epoch 4', async (how) => {
    const rows = lesson(40);
    const whole = await train(shape, rows, rows, from(), plan, { first: plainTrainer }, ctx());
    let asked = 0;
    const frail: TrainerOf = async (...args) => {
      const sound: Trainer = await plainTrainer(...args);
      const broken = () => asked >= 4;
      return {
        ...sound,
        step(r, masks, rate) {
          if (broken() && how === 'throws') throw new Error('device lost');
          sound.step(r, masks, rate);
        },
        async loss() {
          asked++;
          if (broken() && how === 'rejects') throw new Error('device lost');
          return broken() ? NaN : sound.loss();
        },
      };
    };
    const said: string[] = [];
    const reported: number[] = [];
    const rescued = await train(
      shape,
      rows,
      rows,
      from(),
      plan,
      { first: frail, fallback: { then: plainTrainer, failed: (why) => said.push(why) } },
      { ...ctx(), report: (done) => Promise.resolve(reported.push(done) > 0) },
    );
    expect(said).toHaveLength(1);
    expect(reported).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(rescued).toEqual(whole);
  });

  it.each([1, 3])('a loss that explodes in epoch %i is a Problem at once, and later keeps what was learnt', async (epoch) => {
    const rows = lesson(40);
    const even = mlp();
    let asked = 0;
    const wild: TrainerOf = async (...args) => {
      const sound = await plainTrainer(...args);
      return { ...sound, loss: async () => (++asked >= epoch ? Infinity : await sound.loss()) };
    };
    const run = train(even, rows, null, start(even, random(1)), plan, { first: wild }, ctx());
    if (epoch === 1) await expect(run).rejects.toMatchObject({ code: 'net/diverged' });
    // Its loss falls from epoch to epoch, so the best is the last but one.
    else {
      const calm = train(even, rows, null, start(even, random(1)), { ...plan, epochs: epoch - 1 }, { first: plainTrainer }, ctx());
      expect((await run).theta).toEqual((await calm).theta);
    }
  });

  it('keeps the best epoch by the judging rows, and stops once they gain nothing', async () => {
    // Judged by the opposite of what it learns: every epoch makes it worse.
    const rows = lesson(40);
    const against = { ...rows, y: rows.y.map((c) => 1 - c) };
    const losses: number[] = [];
    await train(
      shape,
      rows,
      against,
      from(),
      { ...plan, epochs: 50, patience: 3 },
      { first: plainTrainer },
      { ...ctx(), report: (_, __, p) => Promise.resolve(losses.push(p!.valid!) > 0) },
    );
    expect(losses.length).toBeLessThan(50);
    const best = losses.indexOf(Math.min(...losses));
    const kept = await learnt(rows, against, { ...plan, epochs: 50, patience: 3 });
    const judged = await (await plainTrainer(shape, rows, against, { ...from(), ...kept })).validate();
    expect(judged).toBe(losses[best]);
  });
});

describe('going on', () => {
  const net = residual('softmax', true, 0.2);
  const schedule: Schedule = { kind: 'plateau', rate: 0.05, factor: 0.5, every: 1 };
  const plan: Plan = { epochs: 9, batch: 16, patience: 6, tol: 0.01, schedule, seed: 3 };
  const run = (c: Context) => train(net, lesson(40), lesson(20, 2), start(net, random(1)), plan, { first: plainTrainer }, c);

  it.each([1, 4, 8])('from epoch %i gives the bytes and the curve of an unbroken training', async (epochs) => {
    const curve = (to: unknown[]): Context => ({ ...ctx(), report: (done, of, point) => Promise.resolve(to.push([done, of, point]) > 0) });
    const whole: unknown[] = [];
    const unbroken = await run(curve(whole));
    const states: unknown[] = [];
    const cut: unknown[] = [];
    // Cut off while the epoch after is under way: what was saved is all that is left.
    await run({ ...curve(cut), save: (state) => void states.push(structuredClone(state())) });
    expect(cut).toEqual(whole);
    const rest: unknown[] = [];
    const saved = states[epochs - 1];
    expect(await run({ ...curve(rest), saved })).toEqual(unbroken);
    expect(rest).toEqual(whole.slice(epochs));
  });

  it('takes no state of another training, nor anything else', async () => {
    const states: unknown[] = [];
    await run({ ...ctx(), save: (state) => void states.push(state()) });
    const unbroken = await run(ctx());
    for (const saved of [
      null,
      7,
      {},
      { of: 'x' },
      { ...(states[0] as object), of: 'another' },
      { ...(states[0] as object), snapshot: { theta: [1] } },
    ])
      expect(await run({ ...ctx(), saved })).toEqual(unbroken);
  });
});

describe('learning rates', () => {
  const s = (kind: Schedule['kind']): Schedule => ({ kind, rate: 0.4, factor: 0.5, every: 2 });
  it.each<[Schedule['kind'], number, number, number, number]>([
    ['constant', 7, 0.7, 3, 0.4],
    ['cosine', 0, 0, 0, 0.4],
    ['cosine', 5, 0.5, 0, 0.2],
    ['cosine', 10, 1, 0, 0],
    ['exponential', 1, 0.1, 0, 0.4 * Math.SQRT1_2],
    ['exponential', 4, 0.4, 0, 0.1],
    ['step', 3, 0.3, 0, 0.2],
    ['plateau', 9, 0.9, 2, 0.1],
    ['one-cycle', 0, 0, 0, 0.016],
    ['one-cycle', 3, 0.3, 0, 0.4],
    ['one-cycle', 10, 1, 0, 1.6e-6],
  ])('%s in epoch %i, %f of the way, after %i plateaus: %f', (kind, epoch, progress, drops, rate) => {
    expect(rateAt(s(kind), epoch, progress, drops)).toBeCloseTo(rate, 12);
  });

  it('fall on a plateau, and not before', async () => {
    const net = mlp('tanh', 'softmax');
    const rates: number[] = [];
    const watched: TrainerOf = async (...args) => {
      const sound = await plainTrainer(...args);
      // Two epochs of progress, then none.
      const losses = [3, 2, 2, 2, 2, 2, 2, 2];
      return {
        ...sound,
        step(rows, masks, rate) {
          rates.push(rate);
          sound.step(rows, masks, rate);
        },
        loss: () => Promise.resolve(losses.shift()!),
      };
    };
    const plan: Plan = { epochs: 8, batch: 100, patience: 100, tol: 1e-3, schedule: s('plateau'), seed: 1 };
    await train(net, lesson(40), null, start(net, random(1)), plan, { first: watched }, ctx());
    expect(rates).toEqual([0.4, 0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2]);
  });
});

describe('backend', () => {
  it('takes the CPU for small networks without a trial, and says why', async () => {
    const notes: string[] = [];
    const choice = await chooseBackend('auto', { net: mlp(), rows: 100, batch: 50, epochs: 10 }, { note: (n) => notes.push(n) });
    expect(choice.backend).toBe('cpu');
    expect(choice.milliseconds).toEqual({});
    expect(notes).toEqual([`Backend: cpu, ${choice.why}.`]);
  });
  it('measures when the training is long, and takes the CPU where there is no GPU', async () => {
    const long = { net: { ...mlp(), numbers: 50, parts: stack([64], 3, 'tanh', false, [0]) }, rows: 20_000, batch: 200, epochs: 200 };
    const choice = await chooseBackend('auto', long, {});
    expect(choice.backend).toBe('cpu');
    expect(choice.milliseconds.cpu).toBeGreaterThan(0);
    expect(await chooseBackend('webgpu', long, {})).toMatchObject({ backend: 'cpu', why: 'WebGPU is not to be had on this device' });
  });
  it('knows where the parameters lie', () => {
    const net: Net = {
      ...mlp(),
      ...ends('logistic'),
      numbers: 2,
      tables: [{ levels: 4, width: 1 }],
      wide: true,
      parts: stack([3], 1, 'relu', true, [0]),
    };
    expect(places(net).all).toEqual([
      { at: 0, rows: 4, units: 1, penalised: 4 },
      { at: 4, rows: 4, units: 3, penalised: 3 },
      { at: 16, rows: 2, units: 3, penalised: 0 },
      { at: 22, rows: 4, units: 1, penalised: 3 },
      { at: 26, rows: 2, units: 1, penalised: 2 },
      { at: 28, rows: 4, units: 1, penalised: 4 },
    ]);
  });
});
