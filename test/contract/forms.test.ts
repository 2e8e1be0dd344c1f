/** What every form keeps, and what is refused as a form: the gate that model files pass through. */
import { describe, expect, it } from 'vitest';
import type {
  Activation,
  Additive,
  AdditiveTerm,
  Blend,
  Calibrated,
  Encoded,
  Form,
  Gaussians,
  Kernels,
  Layers,
  Linear,
  Neighbours,
  Network,
  Process,
  Rules,
  Stack,
  Trees,
} from '../../src/core/form.js';
import { matrix, take } from '../../src/core/matrix.js';
import { normal, random } from '../../src/core/random.js';
import { checkForm, contributions, measureForm, predict, rawScores, scores } from '../../workers/forms/index.js';
import { bytesOf } from './cases.js';

const u = random(3);
const many = (n: number) => Float64Array.from({ length: n }, () => normal(u));
const few = (n: number) => Float32Array.from({ length: n }, () => normal(u));
const X = matrix(40, 3, few(120));

const line = (link: Linear['link'], outputs: number): Linear => {
  const k = link === 'sigmoid' || link === 'log' ? 1 : outputs;
  return { form: 'linear', link, inputs: 3, outputs, weights: many(3 * k), bias: many(k) };
};
const layers: Layers = {
  form: 'layers', link: 'softmax', inputs: 3, outputs: 3, shift: 0, scale: 1,
  layers: [
    { units: 5, activation: 'relu', weights: few(15), bias: few(5) },
    { units: 4, activation: 'selu', weights: few(20), bias: few(4) },
    { units: 3, activation: 'linear', weights: few(12), bias: few(3) },
  ],
}; // prettier-ignore
const neighbours: Neighbours = {
  form: 'neighbours', inputs: 3, outputs: 2, k: 3, weights: 'distance', metric: 'euclidean', points: few(60), task: 'class',
  y: Float64Array.from({ length: 20 }, (_, i) => i % 2),
}; // prettier-ignore
/** Five support vectors shared by the three pairs of three of four classes. */
const kernels: Kernels = {
  form: 'kernels', kernel: 'rbf', gamma: 0.3, coef0: 0.1, degree: 3, inputs: 3, outputs: 4, classes: Int32Array.of(0, 2, 3), points: few(15),
  starts: Int32Array.of(0, 3, 5, 8), point: Int32Array.of(0, 1, 4, 2, 3, 0, 2, 4), coefficients: many(8), intercepts: many(3), slopes: Float64Array.of(-2, -1, -1.5),
  offsets: many(3), shift: 0, scale: 1,
}; // prettier-ignore
/** Six points and a unit triangle under each process; four classes, of which three were seen. */
const process: Process = {
  form: 'process', kernel: 'matern-5/2', inputs: 3, outputs: 4, classes: Int32Array.of(0, 2, 3), points: few(18), variance: Float64Array.of(1, 2, 3),
  noise: new Float64Array(3), mixture: Float64Array.of(1, 1, 1), lengths: many(9).map((v) => Math.abs(v) + 0.5), weights: many(18), bends: many(18).map(Math.abs),
  factors: Float64Array.from({ length: 63 }, (_, at) => ([0, 2, 5, 9, 14, 20].includes(at % 21) ? 1.5 : 0.1)), shift: 0, scale: 1,
}; // prettier-ignore
const processNumber: Process = {
  ...process, kernel: 'rational-quadratic', outputs: 1, classes: new Int32Array(0), variance: Float64Array.of(2), noise: Float64Array.of(0.1),
  mixture: Float64Array.of(0.7), lengths: Float64Array.of(1, 2, 3), weights: many(6), bends: new Float64Array(0), factors: process.factors.slice(0, 21), shift: 100, scale: 20,
}; // prettier-ignore
const kernelNumber: Kernels = {
  ...kernels, outputs: 1, classes: new Int32Array(0), starts: Int32Array.of(0, 8), intercepts: many(1), slopes: new Float64Array(0),
  offsets: new Float64Array(0), shift: 100, scale: 20,
}; // prettier-ignore
/** Two trees: x0 ≤ 0 ? (x1 in level set {0, 2} ? leaf : leaf) : leaf; and a lone leaf. */
const trees: Trees = {
  form: 'trees', link: 'sigmoid', inputs: 3, outputs: 2, average: false, base: Float64Array.of(0.1), width: 1,
  roots: Int32Array.of(0, 5), score: Int32Array.of(0, 0),
  feature: Int32Array.of(0, 1, -1, -1, -1, -1), threshold: Float32Array.of(0, 0, 0, 0, 0, 0),
  left: Int32Array.of(1, 2, 0, 0, 0, 0), right: Int32Array.of(4, 3, 0, 0, 0, 0), missingLeft: Uint8Array.of(1, 0, 0, 0, 0, 0),
  set: Int32Array.of(-1, 0, -1, -1, -1, -1), setWords: Uint32Array.of(1, 0b101),
  value: Float64Array.of(0, 0, 1, -1, 2, 0.5), cover: Float64Array.of(10, 6, 4, 2, 4, 10), gain: Float64Array.of(3, 1, 0, 0, 0, 0),
}; // prettier-ignore
const blend: Blend = {
  form: 'blend',
  inputs: 3,
  outputs: 2,
  parts: [line('sigmoid', 2), neighbours, trees],
  shares: Float64Array.of(0.5, 0.25, 0.25),
};
const empty = new Float64Array(0);
const oneTerm = (shape: 'levels' | 'constant' | 'linear', scores: number, column = 0): AdditiveTerm => {
  const at = Float64Array.of(-1, 0.25, 1).map((v, i) => (shape === 'levels' ? 2 * i : v));
  const cells = shape === 'constant' ? 5 : 4;
  const counts = Float64Array.from({ length: cells }, (_, i) => i);
  return { axes: [{ column, shape, at }], values: many(cells * scores), slopes: empty, spread: many(cells * scores).map(Math.abs), counts };
};
const curve = (scores: number, column = 1): AdditiveTerm => ({
  ...oneTerm('linear', scores, column),
  axes: [{ column, shape: 'cubic', at: Float64Array.of(-1, 0.25, 1) }],
  slopes: many(4 * scores),
});
const pair = (a: 'levels' | 'constant' | 'linear', b: 'constant' | 'linear', scores: number): AdditiveTerm => {
  const axes = [oneTerm(a, scores, 2).axes[0]!, oneTerm(b, scores, 0).axes[0]!];
  const cells = (a === 'constant' ? 5 : 4) * (b === 'constant' ? 5 : 4);
  return { axes, values: many(cells * scores), slopes: empty, spread: empty, counts: empty };
};
const additive = (link: Additive['link'], outputs: number, scores = outputs): Additive => ({
  form: 'additive',
  link,
  inputs: 3,
  outputs,
  bias: many(scores),
  terms: [
    oneTerm('constant', scores),
    curve(scores),
    oneTerm('levels', scores, 2),
    oneTerm('linear', scores, 0),
    pair('levels', 'linear', scores),
    pair('linear', 'linear', scores),
    pair('constant', 'constant', scores),
  ],
});
/** Clouds of three of four classes. */
const clouds: Gaussians = {
  form: 'gaussians', link: 'softmax', inputs: 3, outputs: 4, classes: Int32Array.of(0, 2, 3), logPrior: many(3), means: many(9),
  variances: many(9).map((v) => 0.1 + v * v), whiten: empty,
}; // prettier-ignore
const leaning: Gaussians = {
  ...clouds,
  variances: empty,
  whiten: many(18).map((v, i) => ([0, 2, 5].includes(i % 6) ? 0.2 + v * v : v)),
};
const twoOf = (form: Gaussians): Gaussians => ({
  ...form,
  link: 'sigmoid',
  outputs: 2,
  classes: Int32Array.of(0, 1),
  logPrior: many(2),
  means: many(6),
  variances: form.variances.slice(0, 6),
  whiten: form.whiten.slice(0, 12),
});
/** Column 1 on a scale, filled where it is missing; levels 0 and 2 of column 2, the second shared with level 1; column 0 as it is. */
const encoded: Encoded = {
  form: 'encoded', inputs: 3, outputs: 2, inner: { ...line('sigmoid', 2), inputs: 4, weights: many(4) }, source: Int32Array.of(1, 2, 2, 0),
  starts: Int32Array.of(0, 0, 1, 3, 3), level: Int32Array.of(0, 2, 1), fills: Uint8Array.of(1, 1, 1, 0), fill: Float64Array.of(0.5, 2, 2, 0),
  shift: Float64Array.of(0.25, 0, 0, 0), scale: Float64Array.of(2, 1, 1, 1),
}; // prettier-ignore
const stack = (outputs: number, passthrough: boolean): Stack => {
  const link = outputs === 1 ? 'identity' : outputs === 2 ? 'sigmoid' : 'softmax';
  const inputs = 2 * (outputs === 2 ? 1 : outputs) + (passthrough ? 3 : 0);
  const final: Linear = { ...line(link, outputs), inputs, weights: many(inputs * (outputs === 2 ? 1 : outputs)) };
  return { form: 'stack', inputs: 3, outputs, parts: [line(link, outputs), line(link, outputs)], final, passthrough };
};
const sigmoids = (part: Form): Calibrated => {
  const curves = part.outputs === 2 ? 1 : part.outputs;
  return {
    form: 'calibrated', inputs: 3, outputs: part.outputs, part, method: 'sigmoid', slopes: many(curves), offsets: many(curves),
    starts: new Int32Array(0), at: empty, value: empty,
  }; // prettier-ignore
};
const isotonic: Calibrated = {
  ...sigmoids(line('softmax', 3)), method: 'isotonic', slopes: empty, offsets: empty, starts: Int32Array.of(0, 2, 3, 6),
  at: Float64Array.of(-1, 1, 0, -2, 0, 0.5), value: Float64Array.of(0, 1, 0.25, 0, 0.5, 0.75),
}; // prettier-ignore
/** Columns 0 and 2 as numbers, column 1 as levels 0, 1 and whatever else; a first layer, a block that adds, a last one behind a gate. */
const network = (link: Network['link'], outputs: number, wide: boolean): Network => {
  const k = link === 'sigmoid' ? 1 : outputs;
  return {
    form: 'network', link, inputs: 3, outputs, numbers: Int32Array.of(2, 0), centre: many(2), spread: Float64Array.of(0.5, 2), shift: 0, scale: 1,
    tables: [{ column: 1, levels: 3, width: 2, weights: few(6), wide: few(wide ? 3 * k : 0) }], wide: few(wide ? 2 * k : 0),
    blocks: [
      { before: null, layers: [{ units: 5, activation: 'linear', weights: few(20), bias: few(5) }], skip: false },
      {
        before: null, skip: true,
        layers: [{ units: 6, activation: 'relu', weights: few(30), bias: few(6) }, { units: 5, activation: 'linear', weights: few(30), bias: few(5) }],
      },
      { before: { scale: few(5), shift: few(5), activation: 'tanh' }, layers: [{ units: k, activation: 'linear', weights: few(5 * k), bias: few(k) }], skip: false },
    ],
  }; // prettier-ignore
};
const list: Rules = {
  form: 'rules', link: 'softmax', inputs: 3, outputs: 3, ordered: true, bias: many(3), values: many(6), starts: Int32Array.of(0, 2, 3),
  column: Int32Array.of(0, 2, 1), above: Uint8Array.of(1, 0, 0), threshold: Float32Array.of(-0.5, 0.25, 0), set: Int32Array.of(-1, -1, 0),
  setWords: Uint32Array.of(1, 5), missing: Uint8Array.of(1, 0, 1), cover: Float64Array.of(10, 6, 4),
  lines: new Int32Array(0), lower: many(0), upper: many(0), fill: many(0), slopes: many(0),
}; // prettier-ignore
const sum: Rules = {
  ...list, link: 'identity', outputs: 1, ordered: false, bias: many(1), values: many(2),
  lines: Int32Array.of(0, 2), lower: Float64Array.of(-1, -0.5), upper: Float64Array.of(0.5, 1), fill: many(2), slopes: many(2),
}; // prettier-ignore
/** Kinds that tell exactly what each column adds. */
const tells = new Set<Form['form']>(['linear', 'trees', 'additive', 'gaussians']);
const forms: readonly (readonly [string, Form])[] = [
  ['linear, a number', line('identity', 1)],
  ['linear, with inference', { ...line('identity', 1), spread: many(4).map(Math.abs), freedom: 36.5, noise: 2, explained: 0.7 }],
  ['linear, counts', line('log', 1)],
  ['linear, two classes', line('sigmoid', 2)],
  ['linear, four classes', line('softmax', 4)],
  ['linear, one class against the rest', line('rest', 4)],
  ['linear, classes in order', line('cumulative', 4)],
  ['trees', trees],
  ['layers', layers],
  [
    'layers, a number',
    {
      ...layers,
      link: 'identity',
      outputs: 1,
      shift: 100,
      scale: 20,
      layers: [{ units: 1, activation: 'linear', weights: few(3), bias: few(1) }],
    },
  ],
  ['network, a number', { ...network('identity', 1, true), shift: 100, scale: 20 }],
  ['network, two classes', network('sigmoid', 2, true)],
  ['network, three classes', network('softmax', 3, false)],
  ['neighbours, classes', neighbours],
  ['neighbours, a number', { ...neighbours, outputs: 1, task: 'number', metric: 'manhattan', y: many(20) }],
  ['kernels, three of four classes', kernels],
  [
    'kernels, two classes',
    {
      ...kernels,
      outputs: 2,
      classes: Int32Array.of(0, 1),
      starts: Int32Array.of(0, 8),
      intercepts: many(1),
      slopes: many(1),
      offsets: many(1),
    },
  ],
  ['kernels, a number', kernelNumber],
  ['kernels, linear', { ...kernels, kernel: 'linear' }],
  ['kernels, Laplacian', { ...kernels, kernel: 'laplacian' }],
  ['kernels, polynomial', { ...kernels, kernel: 'poly' }],
  ['kernels, sigmoid', { ...kernels, kernel: 'sigmoid' }],
  ['additive, a number', additive('identity', 1)],
  ['additive, counts', { ...additive('log', 1), terms: [] }],
  ['additive, two classes', additive('sigmoid', 2, 1)],
  ['additive, three classes', additive('softmax', 3)],
  ['gaussians, three of four classes', clouds],
  ['gaussians, two classes', twoOf(clouds)],
  [
    'gaussians, one of two classes',
    { ...twoOf(clouds), classes: Int32Array.of(1), logPrior: many(1), means: many(3), variances: clouds.variances.slice(0, 3) },
  ],
  ['gaussians that lean, three of four classes', leaning],
  ['gaussians that lean, two classes', twoOf(leaning)],
  ['rules in a list, three classes', list],
  ['rules that add up, a number', sum],
  ['process, three of four classes', process],
  ['process, a number', processNumber],
  ['process, a number without a spread', { ...processNumber, kernel: 'matern-3/2', factors: new Float64Array(0) }],
  ['blend', blend],
  ['encoded', encoded],
  ['stack, a number', stack(1, true)],
  ['stack, two classes', stack(2, false)],
  ['stack, three classes and the columns', stack(3, true)],
  ['calibrated by sigmoids, two classes', sigmoids(trees)],
  ['calibrated by sigmoids, four classes', sigmoids(clouds)],
  ['calibrated by steps', isotonic],
];

describe.each(forms)('%s', (_, form) => {
  it('a batch equals its rows one by one', () => {
    const all = predict(form, X);
    for (let i = 0; i < X.rows; i++)
      expect([...predict(form, take(X, [i]))]).toEqual([...all.subarray(i * form.outputs, (i + 1) * form.outputs)]);
    expect(predict(form, take(X, []))).toHaveLength(0);
  });

  it('gives finite values, and probabilities that sum to 1', () => {
    const p = predict(form, X);
    expect(p).toHaveLength(X.rows * form.outputs);
    for (let i = 0; i < X.rows; i++) {
      const row = [...p.subarray(i * form.outputs, (i + 1) * form.outputs)];
      expect(row.every(Number.isFinite)).toBe(true);
      if (form.outputs > 1) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    }
  });

  it('base + contributions = raw score, where contributions are offered', () => {
    const raw = rawScores(form, X);
    const k = scores(form);
    expect(raw).toHaveLength(X.rows * k);
    const parts = contributions(form, X);
    expect(parts !== null).toBe(tells.has(form.form) && !('whiten' in form && form.whiten.length > 0));
    if (!parts) return;
    for (let i = 0; i < X.rows; i++) {
      for (let s = 0; s < k; s++) {
        let sum = parts.base[s]!;
        for (let j = 0; j < form.inputs; j++) sum += parts.values[(i * form.inputs + j) * k + s]!;
        expect(sum).toBeCloseTo(raw[i * k + s]!, 10);
      }
    }
  });

  it('passes its own gate, and comes out the same', () => {
    expect(bytesOf(predict(checkForm(structuredClone(form)), X))).toBe(bytesOf(predict(form, X)));
    expect(checkForm({ ...form, extra: 'left behind' })).not.toHaveProperty('extra');
  });

  it('is refused with any field missing, of another type or too short', () => {
    for (const [field, value] of Object.entries(form)) {
      const refused = (wrong: unknown, what: string) =>
        expect(() => checkForm({ ...form, [field]: wrong }), `${field} ${what}`).toThrow(/model file/);
      refused(undefined, 'missing');
      refused('nonsense', 'as text');
      refused({}, 'as an object');
      if (typeof value === 'number') for (const wrong of [NaN, Infinity, String(value)]) refused(wrong, String(wrong));
      if (typeof value === 'number' && !['shift', 'scale', 'gamma', 'coef0', 'freedom', 'noise', 'explained'].includes(field))
        for (const wrong of [-1, 0.5, 1e9 + 0.5]) refused(wrong, String(wrong));
      if (ArrayBuffer.isView(value)) {
        const array = value as Float64Array;
        refused([...array, 0], 'as a list');
        if (array.length === 0) continue;
        refused(array.slice(1), 'one short');
        refused([...array], 'as a list');
        if (value instanceof Float64Array || (value instanceof Float32Array && field !== 'threshold'))
          refused(
            array.map(() => NaN),
            'of NaN',
          );
      }
    }
  });

  it('says how big it is, and refuses a table of another width', () => {
    const size = measureForm(form);
    expect(size.bytes).toBeGreaterThan(0);
    expect(size.parameters).toBeGreaterThan(0);
    expect(() => predict(form, matrix(2, 4))).toThrow(/takes 3 columns/);
  });
});

describe('values worked by hand', () => {
  const row = matrix(1, 3, Float32Array.of(1, 2, 3));
  it('linear', () => {
    const f: Linear = {
      form: 'linear',
      link: 'identity',
      inputs: 3,
      outputs: 1,
      weights: Float64Array.of(1, 10, 100),
      bias: Float64Array.of(5),
    };
    expect([...predict(f, row)]).toEqual([326]);
    expect([...predict({ ...f, link: 'log', weights: Float64Array.of(0, 0, 0), bias: Float64Array.of(Math.log(7)) }, row)][0]).toBeCloseTo(
      7,
      12,
    );
    expect([...predict({ ...f, link: 'sigmoid', outputs: 2, weights: Float64Array.of(0, 0, 1), bias: Float64Array.of(-3) }, row)]).toEqual([
      0.5, 0.5,
    ]);
    expect(measureForm(f)).toEqual({ bytes: 32, parameters: 4 });
  });
  it('one against the rest, and classes in order', () => {
    const none = { form: 'linear', inputs: 3, outputs: 3, weights: new Float64Array(9) } as const;
    const s = (z: number) => 1 / (1 + Math.exp(-z));
    const sum = s(1) + s(-2) + s(0.5);
    const rest = [...predict({ ...none, link: 'rest', bias: Float64Array.of(1, -2, 0.5) }, row)];
    [s(1) / sum, s(-2) / sum, s(0.5) / sum].forEach((p, k) => expect(rest[k]).toBeCloseTo(p, 14));
    // Scores say that the second class is the lowest, then comes the third, then the first.
    const order = [...predict({ ...none, link: 'cumulative', bias: Float64Array.of(-1, 1e30, 0.5) }, row)];
    [s(-1), 1 - s(0.5), s(0.5) - s(-1)].forEach((p, k) => expect(order[k]).toBeCloseTo(p, 14));
    const tail = predict({ ...none, link: 'cumulative', bias: Float64Array.of(60, 50, 40) }, row);
    expect(tail[1]! / (Math.exp(-40) - Math.exp(-50))).toBeCloseTo(1, 12);
    expect(tail[0]! / Math.exp(-50)).toBeCloseTo(1, 12);
    for (const link of ['rest', 'cumulative'] as const)
      for (const far of [-1e30, 1e308])
        expect([...predict({ ...none, link, bias: Float64Array.of(far, far, -far) }, row)].reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
  it('gaussians', () => {
    const two: Gaussians = {
      form: 'gaussians', link: 'sigmoid', inputs: 3, outputs: 2, classes: Int32Array.of(0, 1), logPrior: Float64Array.of(Math.log(0.25), Math.log(0.75)),
      means: Float64Array.of(0, 2, 3, 1, 2, 5), variances: Float64Array.of(1, 2, 4, 4, 2, 1), whiten: empty,
    }; // prettier-ignore
    // Columns: −½·1 against −½ log 4; nothing in the second; −½ log 4 against −½·4.
    const odds = Math.log(3) + (0.5 - 0.5 * Math.log(4)) + (0.5 * Math.log(4) - 2);
    expect(rawScores(two, row)[0]).toBeCloseTo(odds, 14);
    expect([...contributions(two, row)!.values]).toEqual([0.5 - 0.5 * Math.log(4), 0, 0.5 * Math.log(4) - 2]);
    // A missing value says nothing; the same clouds as whitening matrices say the same.
    expect(rawScores(two, matrix(1, 3, Float32Array.of(NaN, 2, NaN)))[0]).toBeCloseTo(Math.log(3), 14);
    const w = Float64Array.of(1, 0, Math.SQRT1_2, 0, 0, 0.5, 0.5, 0, Math.SQRT1_2, 0, 0, 1);
    expect(rawScores({ ...two, variances: empty, whiten: w }, row)[0]).toBeCloseTo(odds, 14);
    const far = matrix(1, 3, Float32Array.of(3e38, -3e38, 3e38));
    for (const f of [
      two,
      { ...two, variances: empty, whiten: w.map((v) => 1e300 * v) },
      { ...two, means: two.means.map((v) => 1e300 * v) },
    ])
      expect([...predict(f, far)].every(Number.isFinite)).toBe(true);
  });
  it('layers', () => {
    // relu(1 − 2 + 3 = 2, −1 · 1 → 0) · (3, 9) + 1 = 7, brought back by ×10 + 4.
    const f: Layers = {
      form: 'layers', link: 'identity', inputs: 3, outputs: 1, shift: 4, scale: 10,
      layers: [
        { units: 2, activation: 'relu', weights: Float32Array.of(1, -1, -1, 0, 1, 0), bias: Float32Array.of(0, 0) },
        { units: 1, activation: 'linear', weights: Float32Array.of(3, 9), bias: Float32Array.of(1) },
      ],
    }; // prettier-ignore
    expect([...predict(f, row)]).toEqual([74]);
    const last = (activation: Layers['layers'][number]['activation'], z: number) =>
      predict(
        { ...f, shift: 0, scale: 1, layers: [{ units: 1, activation, weights: Float32Array.of(z, 0, 0), bias: Float32Array.of(0) }] },
        row,
      )[0]!;
    expect(last('tanh', 0.5)).toBeCloseTo(Math.tanh(0.5), 15);
    expect(last('elu', -1)).toBeCloseTo(Math.exp(-1) - 1, 15);
    expect(last('selu', 2)).toBeCloseTo(2 * 1.0507009873554805, 12);
    expect(last('swish', 1)).toBeCloseTo(1 / (1 + Math.exp(-1)), 15);
    expect(last('sigmoid', -2)).toBeCloseTo(1 / (1 + Math.exp(2)), 15);
  });
  it('network', () => {
    const layer = (units: number, activation: Activation, weights: number[], bias: number[]) => ({
      units,
      activation,
      weights: Float32Array.from(weights),
      bias: Float32Array.from(bias),
    });
    const f: Network = {
      form: 'network',
      link: 'identity',
      inputs: 3,
      outputs: 1,
      numbers: Int32Array.of(0),
      centre: Float64Array.of(3),
      spread: Float64Array.of(2),
      tables: [{ column: 2, levels: 3, width: 1, weights: Float32Array.of(5, 7, 11), wide: Float32Array.of(0.5, 0.25, 0.125) }],
      wide: Float32Array.of(100),
      blocks: [
        { before: null, layers: [layer(2, 'linear', [1, 0, 0, 1], [0, 0])], skip: false },
        {
          before: { scale: Float32Array.of(1, 2), shift: Float32Array.of(0, -20), activation: 'relu' },
          layers: [layer(2, 'linear', [3, 4, 1, 1], [0, 1])],
          skip: true,
        },
        { before: null, layers: [layer(1, 'linear', [1, 10], [0])], skip: false },
      ],
      shift: 1000,
      scale: 2,
    };
    // Rows: (x 5, level 1); (x missing, level missing); (x 3, a level nobody knows).
    const cells = matrix(3, 3, Float32Array.of(5, NaN, 3, /**/ 0, 0, 0, /**/ 1, NaN, 8));
    // (1, 7): the gate gives (1, 0), the block adds (3, 5), so 4 + 120; beside it 100 + 0.25.
    // (0, 11): (0, 2) → (2, 3), so 2 + 140; beside it 0.125.
    expect([...predict(f, cells)]).toEqual([2 * 224.25 + 1000, 2 * 142.125 + 1000, 2 * 142.125 + 1000]);
    expect(measureForm(f).parameters).toBe(3 + 3 + 1 + 6 + 4 + 6 + 3);
    const wrong = (blocks: unknown, tables: unknown = f.tables) => expect(() => checkForm({ ...f, blocks, tables })).toThrow(/model file/);
    wrong([f.blocks[0], { ...f.blocks[2], skip: true }]);
    wrong([f.blocks[1], f.blocks[0]]);
    wrong([{ ...f.blocks[1], before: { ...f.blocks[1]!.before, scale: Float32Array.of(1) } }, f.blocks[2]]);
    wrong(f.blocks, [{ ...f.tables[0], column: 3 }]);
    wrong(f.blocks, [{ ...f.tables[0], levels: 4 }]);
    wrong(f.blocks, [{ ...f.tables[0], wide: Float32Array.of(1) }]);
    expect(() => checkForm({ ...f, spread: Float64Array.of(0) })).toThrow(/model file/);
    expect(() => checkForm({ ...f, numbers: Int32Array.of(3) })).toThrow(/model file/);
  });
  it('trees, with a level set and missing values', () => {
    const cells = matrix(4, 3, Float32Array.of(-1, -1, 1, NaN, /**/ 2, 1, 0, 7, /**/ 0, 0, 0, 0));
    // Rows: left and in the set; left and not; right; missing goes left, and level 7 is in no set.
    expect([...rawScores(trees, cells)].map((v) => Number(v.toFixed(12)))).toEqual([1.6, -0.4, 2.6, -0.4]);
    expect(measureForm(trees).nodes).toBe(6);
  });
  it('rules', () => {
    // Rows: both conditions of the first rule; the second rule by its level; a missing value and no rule; none.
    const cells = matrix(4, 3, Float32Array.of(0, -1, NaN, -1, /**/ 7, 2, 1, 7, /**/ 0.25, 0.25, 0.5, 0));
    const values = Float64Array.of(1, 2, 3, 4, 5, 6);
    const said = [...rawScores({ ...list, bias: Float64Array.of(7, 8, 9), values, missing: Uint8Array.of(1, 0, 0) }, cells)];
    expect(said).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 8, 9]);
    // The level 7 of row 0 is beyond the set, so it counts as missing, for which the rule holds: 100 + 1 + 10; straight parts: 2·0 + 3·0.25.
    const f: Rules = {
      ...sum, bias: Float64Array.of(100), values: Float64Array.of(1, 10), slopes: Float64Array.of(2, 3), fill: Float64Array.of(0.125, 0),
      setWords: Uint32Array.of(0), set: Int32Array.of(-1, -1, 0),
    }; // prettier-ignore
    expect([...rawScores(f, cells)]).toEqual([111.75, 110 - 2 + 0.75, 110 + 0.25 + 1.5, 110 - 2 + 0]);
    expect(measureForm(f).parameters).toBe(8);
  });
  it('kernels', () => {
    const two: Kernels = {
      ...kernels, outputs: 2, classes: Int32Array.of(0, 1), points: Float32Array.of(1, 2, 3, 0, 0, 1), starts: Int32Array.of(0, 2), point: Int32Array.of(0, 1),
      coefficients: Float64Array.of(2, -1), intercepts: Float64Array.of(0.5), slopes: Float64Array.of(-2), offsets: Float64Array.of(0.25), gamma: 0.5,
    }; // prettier-ignore
    const chance = (decision: number) => 1 / (1 + Math.exp(-2 * decision + 0.25));
    // (1, 2, 3) is the first support vector; it is 1 + 4 + 4 from the second in squares, and 14 and 3 are the products.
    expect(predict(two, row)[0]).toBeCloseTo(chance(0.5 + 2 - Math.exp(-4.5)), 14);
    expect(predict({ ...two, kernel: 'laplacian' }, row)[0]).toBeCloseTo(chance(0.5 + 2 - Math.exp(-2.5)), 14);
    expect(predict({ ...two, kernel: 'linear' }, row)[0]).toBeCloseTo(chance(0.5 + 28 - 3), 14);
    expect(predict({ ...two, kernel: 'poly', coefficients: Float64Array.of(0.01, -0.1) }, row)[0]).toBeCloseTo(
      chance(0.5 + 0.01 * 7.1 ** 3 - 0.1 * 1.6 ** 3),
      12,
    );
    expect(predict({ ...two, kernel: 'sigmoid', gamma: 0.1 }, row)[0]).toBeCloseTo(chance(0.5 + 2 * Math.tanh(1.5) - Math.tanh(0.4)), 14);
    expect(
      predict(
        {
          ...kernelNumber,
          point: Int32Array.of(0),
          starts: Int32Array.of(0, 1),
          coefficients: Float64Array.of(2),
          points: Float32Array.of(1, 2, 3),
          intercepts: Float64Array.of(1),
        },
        row,
      )[0],
    ).toBeCloseTo(160, 12);
    const far = matrix(1, 3, Float32Array.of(3e38, -3e38, 3e38));
    for (const kernel of ['rbf', 'laplacian', 'linear', 'poly', 'sigmoid'] as const) {
      for (const f of [
        { ...kernels, kernel },
        { ...kernelNumber, kernel, degree: 100 },
      ])
        expect([...predict(f, far)].every(Number.isFinite)).toBe(true);
    }
  });
  it('additive', () => {
    const values = Float64Array.of(1, 2, 4, 100);
    const at = Float64Array.of(0, 1, 3);
    const term = (shape: 'levels' | 'linear' | 'cubic', slopes = empty): AdditiveTerm => ({
      axes: [{ column: 0, shape, at }], values, slopes, spread: empty, counts: empty,
    }); // prettier-ignore
    const steps: AdditiveTerm = { ...term('levels'), axes: [{ column: 0, shape: 'constant', at: Float64Array.of(0, 1) }] };
    const form = (t: AdditiveTerm): Additive => ({
      form: 'additive',
      link: 'identity',
      inputs: 1,
      outputs: 1,
      bias: Float64Array.of(10),
      terms: [t],
    });
    const asked = matrix(7, 1, Float32Array.of(-1, 0, 0.5, 1, 2, 5, NaN));
    expect([...predict(form(steps), asked)]).toEqual([11, 11, 12, 12, 14, 14, 110]);
    expect([...predict(form(term('levels')), asked)]).toEqual([110, 11, 110, 12, 110, 110, 110]);
    expect([...predict(form(term('linear')), asked)]).toEqual([10, 11, 11.5, 12, 13, 16, 110]);
    // Between 0 and 1: ½ of 1 + 2, and (slope at 0 − slope at 1) / 8; between 1 and 3: ½ of 2 + 4, and 2 (1 − 3) / 8.
    expect([...predict(form(term('cubic', Float64Array.of(2, 1, 3, 0))), asked)]).toEqual([9, 11, 11.625, 12, 12.5, 20, 110]);
    const flat = (column: number): AdditiveTerm['axes'][number] => ({ column, shape: 'linear', at: Float64Array.of(0, 1) });
    const plane: AdditiveTerm = {
      axes: [flat(0), flat(1)], values: Float64Array.of(0, 1, 5, 2, 3, 6, 7, 8, 9), slopes: empty, spread: empty, counts: empty,
    }; // prettier-ignore
    const two = { ...form(plane), inputs: 2 };
    const corners = matrix(5, 2, Float32Array.of(0, 0.5, 0.5, NaN, NaN, /**/ 1, 0, 0.5, 0.5, NaN));
    expect([...predict(two, corners)]).toEqual([11, 11, 11.5, 17.5, 19]);
    expect([...contributions(two, corners)!.values]).toEqual([0.5, 0.5, 0.5, 0.5, 0.75, 0.75, 3.75, 3.75, 4.5, 4.5]);
    expect(measureForm(form(term('cubic', Float64Array.of(2, 1, 3, 0))))).toEqual({ bytes: 8 * 12, parameters: 9 });
  });
  it('encoded', () => {
    const inner: Linear = { ...line('identity', 1), inputs: 4, weights: Float64Array.of(1, 10, 100, 1000), bias: Float64Array.of(0) };
    const f: Encoded = { ...encoded, outputs: 1, inner };
    // Column 0 is added a thousandfold; column 1 as (x − 0.25) / 2; level 0 of column 2 counts 10, levels 1 and 2 a hundred.
    const five = matrix(5, 3, Float32Array.of(0, 1, 2, 3, 4, 0.25, 2.25, NaN, 4.25, 0.25, 0, 1, 2, NaN, 7));
    expect([...predict(f, five)]).toEqual([10, 1101, 2100.125, 3102, 4000]);
    expect([...predict({ ...f, scale: Float64Array.of(0, 1, 1, 1) }, five)]).toEqual([10, 1100, 2100, 3100, 4000]);
  });

  it('stack', () => {
    const half: Linear = { ...line('sigmoid', 2), weights: new Float64Array(3), bias: Float64Array.of(0) };
    const final: Linear = {
      form: 'linear',
      link: 'sigmoid',
      inputs: 5,
      outputs: 2,
      weights: Float64Array.of(2, 4, 1, 0, 0),
      bias: Float64Array.of(-4),
    };
    const f: Stack = { form: 'stack', inputs: 3, outputs: 2, parts: [half, half], final, passthrough: true };
    // 2 · ½ + 4 · ½ + x0 − 4 = x0 − 1
    expect(predict(f, matrix(1, 3, Float32Array.of(1, 5, 5)))[1]).toBe(0.5);
    expect(predict(f, matrix(1, 3, Float32Array.of(3, 5, 5)))[1]).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  });

  it('calibrated', () => {
    const odds: Linear = { ...line('sigmoid', 2), weights: Float64Array.of(1, 0, 0), bias: Float64Array.of(0) };
    const f: Calibrated = { ...sigmoids(odds), slopes: Float64Array.of(-2), offsets: Float64Array.of(1) };
    expect(predict(f, row)[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    const steps: Calibrated = {
      ...isotonic,
      outputs: 2,
      part: odds,
      starts: Int32Array.of(0, 2),
      at: Float64Array.of(0, 4),
      value: Float64Array.of(0.1, 0.5),
    };
    expect([...predict(steps, matrix(3, 3, Float32Array.of(-9, 1, 9, 0, 0, 0, 0, 0, 0)))].map((v) => Number(v.toFixed(12)))).toEqual([
      0.9, 0.1, 0.8, 0.2, 0.5, 0.5,
    ]);
    // Three classes with curves that all say 0: nothing is known, so all are alike.
    const none: Calibrated = { ...isotonic, value: new Float64Array(6) };
    expect([...predict(none, row)]).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  it('blend', () => {
    const flat = (p: number): Linear => ({
      form: 'linear',
      link: 'sigmoid',
      inputs: 3,
      outputs: 2,
      weights: new Float64Array(3),
      bias: Float64Array.of(Math.log(p / (1 - p))),
    });
    const f: Blend = { form: 'blend', inputs: 3, outputs: 2, parts: [flat(0.2), flat(0.6)], shares: Float64Array.of(0.25, 0.75) };
    expect(predict(f, row)[1]).toBeCloseTo(0.5, 12);
  });
  it('extreme scores stay finite', () => {
    const f: Linear = {
      form: 'linear',
      link: 'softmax',
      inputs: 3,
      outputs: 3,
      weights: new Float64Array(9).fill(1e300),
      bias: Float64Array.of(-700, 0, 1e308),
    };
    for (const link of ['softmax', 'identity'] as const)
      expect([...predict({ ...f, link, weights: new Float64Array(9) }, row)].every(Number.isFinite)).toBe(true);
    const log: Linear = { ...f, link: 'log', outputs: 1, weights: new Float64Array(3), bias: Float64Array.of(5000) };
    expect(Number.isFinite(predict(log, row)[0]!)).toBe(true);
  });
});

describe('hostile trees and blends', () => {
  const with_ = (edit: Partial<Record<keyof Trees, unknown>>) => () => checkForm({ ...trees, ...edit });
  it.each([
    ['a child before its parent', { left: Int32Array.of(1, 0, 0, 0, 0, 0) }],
    ['a node that is its own child', { left: Int32Array.of(0, 2, 0, 0, 0, 0) }],
    ['a child past the end', { right: Int32Array.of(6, 3, 0, 0, 0, 0) }],
    ['a child below 0', { right: Int32Array.of(-1, 3, 0, 0, 0, 0) }],
    ['a shared child', { right: Int32Array.of(4, 2, 0, 0, 0, 0) }],
    ['a shared root', { roots: Int32Array.of(0, 0) }],
    ['a root inside another tree', { roots: Int32Array.of(0, 2) }],
    ['a root past the end', { roots: Int32Array.of(0, 6) }],
    ['a column that is not there', { feature: Int32Array.of(3, 1, -1, -1, -1, -1) }],
    ['a column below −1', { feature: Int32Array.of(-2, 1, -1, -1, -1, -1) }],
    ['a score that is not there', { score: Int32Array.of(0, 1) }],
    ['a level set past the end', { set: Int32Array.of(-1, 2, -1, -1, -1, -1) }],
    ['a level set that runs past the end', { setWords: Uint32Array.of(2, 5) }],
    ['a level set of endless length', { setWords: Uint32Array.of(0xffffffff, 5) }],
    ['a threshold that is no number', { threshold: Float32Array.of(NaN, 0, 0, 0, 0, 0) }],
    ['leaves of a width that fits no score', { width: 2, value: new Float64Array(12) }],
    ['a mean of no trees', { average: true, roots: new Int32Array(0), score: new Int32Array(0) }],
    ['three outputs from one sigmoid', { outputs: 3 }],
  ])('%s', (_, edit) => expect(with_(edit)).toThrow(/model file/));

  it.each<readonly [string, Partial<Record<keyof Kernels, unknown>>]>([
    ['a support vector that is not there', { point: Int32Array.of(0, 1, 4, 2, 3, 0, 2, 5) }],
    ['one below 0', { point: Int32Array.of(-1, 1, 4, 2, 3, 0, 2, 4) }],
    ['terms that run backwards', { starts: Int32Array.of(0, 5, 3, 8) }],
    ['terms past the end', { starts: Int32Array.of(0, 3, 5, 9) }],
    ['terms that start late', { starts: Int32Array.of(1, 3, 5, 8) }],
    ['a class twice', { classes: Int32Array.of(0, 2, 2) }],
    ['a class that is not there', { classes: Int32Array.of(0, 2, 4) }],
    ['no class at all', { classes: new Int32Array(0) }],
    ['a gamma below 0', { gamma: -1 }],
    ['an unknown kernel', { kernel: 'cosine' }],
  ])('kernels: %s', (_, edit) => expect(() => checkForm({ ...kernels, ...edit })).toThrow(/model file/));

  it.each<readonly [string, Partial<Record<keyof Process, unknown>>]>([
    ['a length of 0', { lengths: new Float64Array(9) }],
    ['a variance below 0', { variance: Float64Array.of(1, -1, 1) }],
    ['a noise below 0', { noise: Float64Array.of(0, 0, -1) }],
    ['a mixture of 0', { mixture: new Float64Array(3) }],
    ['a factor that cannot be solved with', { factors: new Float64Array(63) }],
    ['classes without a factor', { factors: new Float64Array(0) }],
    ['classes without their bends', { bends: new Float64Array(0) }],
    ['a class that is not there', { classes: Int32Array.of(0, 2, 4) }],
    ['no class at all', { classes: new Int32Array(0) }],
    ['points of another width', { points: new Float32Array(17) }],
    ['an unknown kernel', { kernel: 'cosine' }],
  ])('process: %s', (_, edit) => expect(() => checkForm({ ...process, ...edit })).toThrow(/model file/));

  const plain = additive('identity', 1);
  const first = (edit: Partial<Record<keyof AdditiveTerm, unknown>>) => ({ ...plain, terms: [{ ...plain.terms[0], ...edit }] });
  const axis = (edit: Record<string, unknown>) => first({ axes: [{ ...plain.terms[0]!.axes[0], ...edit }] });
  it.each<readonly [string, unknown]>([
    ['a term without a column', first({ axes: [] })],
    ['a term of three columns', first({ axes: [0, 1, 2].map((column) => oneTerm('constant', 1, column).axes[0]) })],
    ['a column with itself', first({ axes: [oneTerm('constant', 1).axes[0], oneTerm('constant', 1).axes[0]], values: many(25), spread: empty, counts: empty })],
    ['a pair with a curve', first({ axes: [oneTerm('constant', 1).axes[0], curve(1).axes[0]], values: many(20), spread: empty, counts: empty })],
    ['a column that is not there', axis({ column: 3 })],
    ['a shape that is not there', axis({ shape: 'wavy' })],
    ['edges that fall', axis({ at: Float64Array.of(1, 0, 2) })],
    ['edges that repeat', axis({ at: Float64Array.of(0, 0, 2) })],
    ['edges that are not finite', axis({ at: Float64Array.of(0, 1, Infinity) })],
    ['a level between levels', axis({ shape: 'levels', at: Float64Array.of(0, 0.5, 1, 2) })],
    ['a level below 0', axis({ shape: 'levels', at: Float64Array.of(-1, 0, 1, 2) })],
    ['a line without knots', { ...axis({ shape: 'linear', at: empty }), terms: [{ ...oneTerm('linear', 1), axes: [{ column: 0, shape: 'linear', at: empty }], values: many(1) }] }],
    ['a curve without slopes', { ...plain, terms: [{ ...curve(1), slopes: empty }] }],
    ['slopes where there is no curve', first({ slopes: many(5) })],
    ['too few values', first({ values: many(4) })],
    ['values that are not finite', first({ values: many(5).fill(NaN) })],
    ['a spread below 0', first({ spread: many(5).fill(-1) })],
    ['counts of other cells', first({ counts: new Float64Array(4) })],
  ])('additive: %s', (_, wrong) => expect(() => checkForm(wrong)).toThrow(/model file/)); // prettier-ignore

  it.each<readonly [string, Partial<Record<keyof Gaussians, unknown>>]>([
    ['a variance of 0', { variances: new Float64Array(9) }],
    ['a class twice', { classes: Int32Array.of(0, 2, 2) }],
    ['a class that is not there', { classes: Int32Array.of(0, 2, 4) }],
    ['no class at all', { classes: new Int32Array(0) }],
    ['a diagonal of 0', { variances: empty, whiten: new Float64Array(18) }],
    ['variances and whitening both', { whiten: new Float64Array(18).fill(1) }],
    ['neither', { variances: empty }],
    ['a link that is not its own', { link: 'rest' }],
  ])('gaussians: %s', (_, edit) => expect(() => checkForm({ ...clouds, ...edit })).toThrow(/model file/));

  it.each<readonly [string, Partial<Record<keyof Rules, unknown>>]>([
    ['a column that is not there', { column: Int32Array.of(0, 3, 1) }],
    ['conditions that run backwards', { starts: Int32Array.of(0, 4, 3) }],
    ['conditions past the end', { starts: Int32Array.of(0, 2, 4) }],
    ['a level set of endless length', { setWords: Uint32Array.of(0xffffffff, 5) }],
    ['a level set past the end', { set: Int32Array.of(-1, -1, 2) }],
    ['a threshold that is no number', { threshold: Float32Array.of(NaN, 0, 0) }],
    ['a side that is neither', { above: Uint8Array.of(2, 0, 0) }],
    ['a straight part of no column', { lines: Int32Array.of(-1), lower: many(1), upper: many(1), fill: many(1), slopes: many(3) }],
  ])('rules: %s', (_, edit) => expect(() => checkForm({ ...list, ...edit })).toThrow(/model file/));

  it('a chain of a hundred thousand splits', () => {
    const n = 100_001;
    const chain = {
      ...trees,
      roots: Int32Array.of(0), score: Int32Array.of(0),
      feature: Int32Array.from({ length: 2 * n - 1 }, (_, i) => (i % 2 === 0 && i < 2 * n - 2 ? 0 : -1)),
      left: Int32Array.from({ length: 2 * n - 1 }, (_, i) => i + 1), right: Int32Array.from({ length: 2 * n - 1 }, (_, i) => i + 2),
      threshold: new Float32Array(2 * n - 1), missingLeft: new Uint8Array(2 * n - 1), set: new Int32Array(2 * n - 1).fill(-1), setWords: new Uint32Array(0),
      value: new Float64Array(2 * n - 1), cover: new Float64Array(2 * n - 1), gain: new Float64Array(2 * n - 1),
    }; // prettier-ignore
    expect(() => checkForm(chain)).toThrow(/too deep/);
  });
  it('a blend inside a blend without end', () => {
    let deep: Form = line('sigmoid', 2);
    for (let i = 0; i < 50; i++) deep = { form: 'blend', inputs: 3, outputs: 2, parts: [deep], shares: Float64Array.of(1) };
    expect(() => checkForm(deep)).toThrow(/too deeply/);
    const loop: { [key: string]: unknown } = { form: 'blend', inputs: 3, outputs: 2, shares: Float64Array.of(1) };
    loop['parts'] = [loop];
    expect(() => checkForm(loop)).toThrow(/too deeply/);
  });
  it('shares that do not sum to 1, or are below 0', () => {
    expect(() => checkForm({ ...blend, shares: Float64Array.of(0.5, 0.5, 0.5) })).toThrow(/sum/);
    expect(() => checkForm({ ...blend, shares: Float64Array.of(1.5, -0.25, -0.25) })).toThrow(/shares/);
  });
  it('things that are no form at all', () => {
    for (const v of [null, undefined, 3, 'linear', [], {}, { form: 'svm', inputs: 1, outputs: 1 }, new Float64Array(3)])
      expect(() => checkForm(v)).toThrow(/model file/);
  });
});
