/** Wide-and-deep and residual networks, and what a form keeps of batch normalisation. */
import { describe, expect, it } from 'vitest';
import type { Form } from '../../../src/core/form.js';
import { matrix, take, type Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context, Model, Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { checkForm, predict } from '../../../workers/forms/index.js';
import { layersOf, networkOf } from '../../../workers/models/net/form-of.js';
import { enters, mixedRows, plainRows, widthOf } from '../../../workers/models/net/lesson.js';
import { start, type Net } from '../../../workers/models/net/network.js';
import { neuralNetwork } from '../../../workers/models/net/neural-network.js';
import { stack } from '../../../workers/models/net/params.js';
import { plainTrainer } from '../../../workers/models/net/plain.js';
import { residualNetwork } from '../../../workers/models/net/residual-network.js';
import { wideAndDeep } from '../../../workers/models/net/wide-and-deep.js';

const quiet = (seed = 1): Context => ({ random: random(seed), report: () => Promise.resolve(true), backend: 'cpu' });
const fit = (m: Model, X: Matrix, target: Target, given: Values = {}, ctx = quiet()): Promise<Form> =>
  m.fit(X, target, checked(m.params, { max_iter: 30, learning_rate_init: 0.01, ...given }), ctx);

/** A number that says nothing, one with gaps that says a little, and a category of so many levels, every third of which means yes. */
function shops(rows: number, levels: number, seed = 3): { X: Matrix; target: ClassTarget } {
  const u = random(seed);
  const data = matrix(rows, 3);
  const y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const level = Math.floor(u() * levels);
    data.data[i] = 50 + 10 * normal(u);
    data.data[rows + i] = i % 5 === 0 ? NaN : normal(u);
    // One in ten is missing, and a missing one means yes.
    data.data[2 * rows + i] = u() < 0.1 ? NaN : level;
    y[i] = (Number.isNaN(data.data[2 * rows + i]!) || level % 3 === 0 ? 1 : 0) ^ (u() < 0.05 ? 1 : 0);
  }
  return { X: { ...data, levels: [0, 0, levels] }, target: { task: 'class', y, levels: ['no', 'yes'] } };
}
const models: [string, Model][] = [
  ['wide-and-deep', wideAndDeep],
  ['residual-network', residualNetwork],
];

describe.each(models)('%s', (_, m) => {
  it('learns what levels mean, a missing one too, and knows new ones for the average', async () => {
    const { X, target } = shops(1500, 30);
    const form = await fit(m, X, target, { max_iter: 15 });
    const test = shops(500, 30, 4);
    const p = predict(form, test.X);
    const right = test.target.y.filter((c, i) => (p[2 * i + 1]! > 0.5 ? 1 : 0) === c).length / 500;
    expect(right).toBeGreaterThan(0.92);
    const ask = (level: number) => predict(form, { ...X, rows: 1, data: Float32Array.of(50, 0, level) })[1]!;
    expect(ask(NaN)).toBeGreaterThan(0.75);
    // No training row lacked its level: a missing one is then as unknown as a new one, and neither is as sure as a known one.
    const known = Array.from({ length: 1500 }, (__, i) => i).filter((i) => !Number.isNaN(X.data[3000 + i]!));
    const full = await fit(m, take(X, known), { ...target, y: Int32Array.from(known, (i) => target.y[i]!) }, { max_iter: 15 });
    const asked = (level: number) => predict(full, { ...X, rows: 1, data: Float32Array.of(50, 0, level) })[1]!;
    expect(asked(NaN)).toBe(asked(30));
    expect(asked(NaN)).toBe(asked(-1));
    expect(asked(NaN)).toBeGreaterThan(asked(1));
    expect(asked(NaN)).toBeLessThan(asked(0));
  });

  it('goes on from any epoch to the same bytes', async () => {
    const { X, target } = shops(300, 6);
    const given: Values = { max_iter: 8, batch_size: 50, dropout: 0.2, learning_rate: 'one-cycle', early_stopping: true };
    const states: unknown[] = [];
    const whole = await fit(m, X, target, given, { ...quiet(), save: (state) => void states.push(structuredClone(state())) });
    expect(states.length).toBeGreaterThan(4);
    expect(await fit(m, X, target, given, { ...quiet(), saved: states[3] })).toEqual(whole);
    expect(await fit(m, X, target, given, { ...quiet(), saved: { of: 'something else' } })).toEqual(whole);
  });

  it('manages with categories alone, with nothing that varies, and with one class', async () => {
    const { X, target } = shops(60, 4);
    const only = { ...take(X, []), rows: 60, cols: 1, data: X.data.slice(120), levels: [4], names: ['c'] };
    const same = { ...matrix(60, 2), data: new Float32Array(120).fill(7) };
    for (const table of [only, same]) {
      const p = predict(checkForm(await fit(m, table, target, { max_iter: 3 })), table);
      expect(p.every((v) => v >= 0 && v <= 1)).toBe(true);
    }
    const one = predict(checkForm(await fit(m, X, { ...target, y: new Int32Array(60).fill(1) })), X);
    for (let i = 0; i < 60; i++) expect(one[2 * i + 1]).toBeGreaterThan(1 - 1e-9);
  });

  it('keeps what it had when the loss explodes, or says so at once', async () => {
    const { X } = shops(200, 4);
    const y = Float64Array.from({ length: 200 }, (__, i) => X.data[i]!);
    const notes: string[] = [];
    const wild: Values = { solver: 'sgd', learning_rate_init: 1, learning_rate: 'one-cycle', early_stopping: false, max_iter: 60 };
    try {
      const form = await fit(m, X, { task: 'number', y }, wild, { ...quiet(), note: (n) => notes.push(n) });
      expect(predict(checkForm(form), X).every(Number.isFinite)).toBe(true);
    } catch (e) {
      expect(e).toMatchObject({ code: 'net/diverged' });
    }
  });
});

describe('forms of networks', () => {
  const n = 80;
  const lossOf = (p: Float64Array, y: Int32Array) => -y.reduce((s, c, i) => s + Math.log(p[3 * i + c]!), 0) / n;

  it('say what the trainer says: layers with batch normalisation', async () => {
    const u = random(9);
    const X = matrix(n, 4);
    for (let i = 0; i < 4 * n; i++) X.data[i] = (i < n ? 1000 : 1) * normal(u);
    const y = Int32Array.from({ length: n }, (_, i) => i % 3);
    const target: Target = { task: 'class', y, levels: ['a', 'b', 'c'] };
    const rows = plainRows(X, target, 'none');
    const rule = { solver: 'adam', momentum: 0.9, nesterov: true, alpha: 0, decay: 0, clip: Infinity } as const;
    const parts = stack([7, 5], 3, 'tanh', true, [0.2, 0]);
    const net: Net = { numbers: 4, tables: [], wide: false, parts, outputs: 3, loss: 'softmax', rule };
    const trainer = await plainTrainer(net, rows.all, rows.all, start(net, u));
    for (let s = 0; s < 30; s++)
      trainer.step(
        Int32Array.from({ length: 40 }, (_, i) => (i + 7 * s) % n),
        null,
        0.02,
      );
    const form = layersOf(await trainer.snapshot(), net, rows, target, 4);
    expect(form.layers.map((l) => [l.units, l.activation])).toEqual([
      [7, 'tanh'],
      [5, 'tanh'],
      [3, 'linear'],
    ]);
    expect(lossOf(predict(form, X), y)).toBeCloseTo(await trainer.validate(), 5);
  });

  it('say what the trainer says: levels, blocks and a wide part', async () => {
    const { X } = shops(n, 5);
    const u = random(8);
    const y = Int32Array.from({ length: n }, (_, i) => i % 3);
    const target: Target = { task: 'class', y, levels: ['a', 'b', 'c'] };
    const rows = mixedRows(X, target, 'none', 3);
    expect(rows.all.codes.filter((c) => c === 5).length).toBeGreaterThan(0);
    const net: Net = {
      ...enters(rows),

      wide: true,
      outputs: 3,
      loss: 'softmax',
      rule: { solver: 'adam', momentum: 0.9, nesterov: true, alpha: 0, decay: 0, clip: Infinity },
      parts: [
        { kind: 'dense', units: 6 },
        { kind: 'norm' },
        { kind: 'dense', units: 8 },
        { kind: 'curve', activation: 'relu' },
        { kind: 'drop', share: 0.5 },
        { kind: 'dense', units: 6 },
        { kind: 'drop', share: 0.5 },
        { kind: 'add', from: 0 },
        { kind: 'norm' },
        { kind: 'curve', activation: 'elu' },
        { kind: 'dense', units: 3 },
      ],
    };
    const trainer = await plainTrainer(net, rows.all, rows.all, start(net, u));
    for (let s = 0; s < 30; s++)
      trainer.step(
        Int32Array.from({ length: 40 }, (_, i) => (i + 7 * s) % n),
        null,
        0.02,
      );
    const form = networkOf(await trainer.snapshot(), net, rows, rows.all, target, 3);
    expect(lossOf(predict(form, X), y)).toBeCloseTo(await trainer.validate(), 5);
  });

  it('have one vector for all levels too rare to learn from, and none for a column that says nothing', () => {
    const y = new Int32Array(10);
    const target: Target = { task: 'class', y: y.map((_, i) => i % 2), levels: ['a', 'b'] };
    // Level 1 four times, level 3 three times, levels 0 and 2 once, level 4 never, one missing; then a level for each row; then one for all.
    const codes = [1, 1, 1, 1, 3, 3, 3, 0, 2, NaN, ...Array.from({ length: 10 }, (_, i) => i), ...new Array<number>(10).fill(2)];
    const X: Matrix = { ...matrix(10, 3, Float32Array.from(codes)), levels: [5, 10, 3] };
    const { categories, all } = mixedRows(X, target, 'none', null);
    expect(categories.map(({ column, levels, rowOf }) => ({ column, levels, rowOf: [...rowOf] }))).toEqual([
      { column: 0, levels: 4, rowOf: [2, 0, 2, 1, 2, 3] },
    ]);
    expect([...all.codes]).toEqual([0, 0, 0, 0, 1, 1, 1, 2, 2, 3]);
  });

  it('give vectors a width by their levels', () => {
    expect([1, 2, 10, 100, 1000, 10_000, 400_000, 1e7].map(widthOf)).toEqual([2, 2, 6, 21, 50, 50, 10, 1]);
  });
});

describe('dropout by layer', () => {
  it('is the layer’s own where it is given, else the share for all', async () => {
    const { X, target } = shops(120, 4);
    const numbers = { ...take(X, []), rows: 120, cols: 1, data: X.data.slice(0, 120), levels: [0], names: ['x'] };
    const bytes = async (given: Values) =>
      JSON.stringify(await fit(neuralNetwork, numbers, target, { hidden_layer_sizes: [6, 5], max_iter: 3, ...given }));
    const none = await bytes({});
    expect(await bytes({ layer_dropout: [0] })).toBe(none);
    expect(await bytes({ dropout: 0.5, layer_dropout: [0, 0, 40] })).toBe(none);
    expect(await bytes({ dropout: 0.2 })).toBe(await bytes({ layer_dropout: [20, 20] }));
    expect(await bytes({ dropout: 0.2, layer_dropout: [50] })).toBe(await bytes({ layer_dropout: [50, 20] }));
    expect(await bytes({ dropout: 0.2 })).not.toBe(none);
  });
});
