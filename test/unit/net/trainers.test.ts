import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import type { Activation } from '../../../src/core/form.js';
import type { Context } from '../../../src/core/model.js';
import { normal, random } from '../../../src/core/random.js';
import { chooseBackend } from '../../../workers/models/net/backend.js';
import { places, start, type Lesson, type Net, type Trainer, type TrainerOf } from '../../../workers/models/net/network.js';
import { plainTrainer } from '../../../workers/models/net/plain.js';
import { tensorFlow, tensorTrainer } from '../../../workers/models/net/tensor.js';
import { train } from '../../../workers/models/net/training.js';

const net = (given: Partial<Net> = {}): Net => ({
  sizes: [5, 7, 4, 3],
  activation: 'tanh',
  loss: 'softmax',
  alpha: 0.01,
  dropout: 0,
  rate: 0.01,
  ...given,
});
function lesson(n: number, seed = 1): Lesson {
  const u = random(seed);
  const weight = Float64Array.from({ length: n }, () => 0.5 + u());
  return {
    rows: n,
    X: Float32Array.from({ length: n * 5 }, () => normal(u)),
    y: Float64Array.from({ length: n }, (_, i) => i % 2),
    weight,
    meanWeight: weight.reduce((a, b) => a + b) / n,
  };
}
const all = (n: number) => Int32Array.from({ length: n }, (_, i) => i);
const ctx = (): Context => ({ random: random(1), report: () => Promise.resolve(true) });

const kinds: [Activation, Net['loss']][] = [
  ['tanh', 'softmax'],
  ['relu', 'softmax'],
  ['sigmoid', 'logistic'],
  ['elu', 'squares'],
  ['linear', 'logistic'],
];
const netOf = (activation: Activation, loss: Net['loss'], dropout = 0) =>
  net({ activation, loss, dropout, sizes: [5, 7, 4, loss === 'softmax' ? 3 : 1] });

describe('trainers', () => {
  it.each(kinds)('follow the slope of the loss (%s, %s)', async (activation, loss) => {
    const shape = { ...netOf(activation, loss), alpha: 0 };
    const rows = lesson(12);
    const from = start(shape, random(2));
    // With no history, Adam's first moment is (1 − β₁) × the gradient.
    const trainer = await plainTrainer(shape, rows, null, from);
    trainer.step(all(12), null);
    const { m } = await trainer.snapshot();
    const lossAt = async (i: number, by: number) => {
      const theta = from.theta.slice();
      theta[i] = theta[i]! + by;
      return (await plainTrainer(shape, rows, rows, { ...from, theta })).validate();
    };
    // A step wide enough for losses computed in Float32.
    for (let i = 0; i < from.theta.length; i += 3) {
      const slope = ((await lossAt(i, 2e-3)) - (await lossAt(i, -2e-3))) / 4e-3;
      expect(m[i]! / 0.1).toBeCloseTo(slope, 3);
    }
  });

  it.each(kinds)('agree: TensorFlow.js and plain, and no tensor leaks (%s, %s)', async (activation, loss) => {
    const tf = (await tensorFlow('cpu'))!;
    const before = tf.memory().numTensors;
    const shape = netOf(activation, loss, 0.3);
    const rows = lesson(40);
    const from = start(shape, random(3));
    const a = await plainTrainer(shape, rows, lesson(9, 5), from);
    const b = await tensorTrainer('cpu', shape, rows, lesson(9, 5), from);
    const u = random(4);
    for (let s = 0; s < 5; s++) {
      const batch = all(40).subarray(s, s + 30);
      const masks = [7, 4].map((units) => Float32Array.from({ length: 30 * units }, () => (u() < 0.3 ? 0 : 1 / 0.7)));
      a.step(batch, masks);
      b.step(batch, masks);
    }
    expect(await b.loss()).toBeCloseTo(await a.loss(), 5);
    expect(await b.validate()).toBeCloseTo(await a.validate(), 5);
    const [p, q] = [await a.snapshot(), await b.snapshot()];
    expect(q.step).toBe(p.step);
    for (let i = 0; i < p.theta.length; i++) expect(q.theta[i]).toBeCloseTo(p.theta[i]!, 4);
    b.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(kinds)('give the same bytes with and without WebAssembly (%s, %s)', async (activation, loss) => {
    const shape = netOf(activation, loss, 0.3);
    const from = start(shape, random(3));
    const both = await Promise.all([false, true].map((plain) => plainTrainer(shape, lesson(40), lesson(300, 5), from, plain)));
    const u = random(4);
    for (let s = 0; s < 5; s++) {
      const batch = all(40).subarray(s, s + 31);
      const masks = [7, 4].map((units) => Float32Array.from({ length: 31 * units }, () => (u() < 0.3 ? 0 : 1 / 0.7)));
      for (const trainer of both) trainer.step(batch, masks);
    }
    const [fast, twin] = both;
    expect(await fast!.validate()).toBe(await twin!.validate());
    expect(await fast!.loss()).toBe(await twin!.loss());
    expect(await fast!.snapshot()).toEqual(await twin!.snapshot());
    expect((await fast!.snapshot()).theta).not.toEqual(from.theta);
  });

  it('go on from a snapshot as if nothing had happened', async () => {
    const shape = net();
    const rows = lesson(20);
    const whole = await plainTrainer(shape, rows, null, start(shape, random(1)));
    for (let i = 0; i < 4; i++) whole.step(all(20), null);
    const first = await plainTrainer(shape, rows, null, start(shape, random(1)));
    for (let i = 0; i < 2; i++) first.step(all(20), null);
    const second = await plainTrainer(shape, rows, null, await first.snapshot());
    for (let i = 0; i < 2; i++) second.step(all(20), null);
    expect(await second.snapshot()).toEqual(await whole.snapshot());
  });
});

describe('training', () => {
  const shape = net();
  const plan = { epochs: 8, batch: 16, patience: 100, tol: 0 };
  const from = () => start(shape, random(1));

  it.each(['throws', 'rejects', 'is not a number'])('loses nothing when a device fails: it %s in epoch 4', async (how) => {
    const rows = lesson(40);
    const whole = await train(shape, rows, rows, from(), plan, { first: plainTrainer }, ctx());
    let asked = 0;
    const frail: TrainerOf = async (...args) => {
      const sound: Trainer = await plainTrainer(...args);
      const broken = () => asked >= 4;
      return {
        ...sound,
        step(r, masks) {
          if (broken() && how === 'throws') throw new Error('device lost');
          sound.step(r, masks);
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
    let asked = 0;
    const wild: TrainerOf = async (...args) => {
      const sound = await plainTrainer(...args);
      return { ...sound, loss: async () => (++asked >= epoch ? Infinity : await sound.loss()) };
    };
    const run = train(shape, rows, null, from(), plan, { first: wild }, ctx());
    if (epoch === 1) await expect(run).rejects.toMatchObject({ code: 'net/diverged' });
    else expect(await run).toEqual(await train(shape, rows, null, from(), { ...plan, epochs: epoch - 1 }, { first: plainTrainer }, ctx()));
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
    const kept = await train(shape, rows, against, from(), { ...plan, epochs: 50, patience: 3 }, { first: plainTrainer }, ctx());
    const judged = await (await plainTrainer(shape, rows, against, { ...from(), theta: kept })).validate();
    expect(judged).toBe(losses[best]);
  });
});

describe('backend', () => {
  it('takes the CPU for small networks without a trial, and says why', async () => {
    const notes: string[] = [];
    const choice = await chooseBackend('auto', { net: net(), rows: 100, batch: 50, epochs: 10 }, { note: (n) => notes.push(n) });
    expect(choice.backend).toBe('cpu');
    expect(choice.milliseconds).toEqual({});
    expect(notes).toEqual([`Backend: cpu, ${choice.why}.`]);
  });
  it('measures when the training is long, and takes the CPU where there is no GPU', async () => {
    const long = { net: net({ sizes: [50, 64, 3] }), rows: 20_000, batch: 200, epochs: 200 };
    const choice = await chooseBackend('auto', long, {});
    expect(choice.backend).toBe('cpu');
    expect(choice.milliseconds.cpu).toBeGreaterThan(0);
    expect(await chooseBackend('webgpu', long, {})).toMatchObject({ backend: 'cpu', why: 'WebGPU is not to be had on this device' });
  });
  it('knows where the parameters lie', () => {
    expect(places(net({ sizes: [2, 3, 1] }))).toEqual([
      { inputs: 2, units: 3, kernel: 0, bias: 6 },
      { inputs: 3, units: 1, kernel: 9, bias: 12 },
    ]);
  });
});
