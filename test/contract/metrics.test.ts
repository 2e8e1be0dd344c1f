/** What every metric keeps: in range, best when perfect, blind to row order, weights as repeated rows. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Scored } from '../../src/core/metric.js';
import { random, shuffle } from '../../src/core/random.js';
import { metrics, proposeMetric, scoreAll } from '../../workers/evaluate/metrics/index.js';
import type { Measure } from '../../workers/evaluate/metrics/measure.js';

function example(m: Measure, seed: number, n = 40, classes = m.binary ? 2 : 3): Scored {
  const u = random(seed);
  if (m.tasks[0] === 'number') {
    const truth = Float64Array.from({ length: n }, () => 20 * u() - 5);
    return { task: 'number', truth, predicted: truth.map((y) => y + u() - 0.5), outputs: 1 };
  }
  const truth = Int32Array.from({ length: n }, (_, i) => (i < classes ? i : Math.floor(u() * classes)));
  const predicted = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += predicted[i * classes + c] = Math.ceil(8 * u()) + (truth[i] === c ? 2 : 0);
    for (let c = 0; c < classes; c++) predicted[i * classes + c]! /= sum;
  }
  return { task: 'class', truth, predicted, outputs: classes };
}
function pick(s: Scored, rows: readonly number[], weight?: readonly number[]): Scored {
  return {
    ...s,
    truth: rows.map((i) => s.truth[i]!),
    predicted: rows.flatMap((i) => Array.from({ length: s.outputs }, (_, c) => s.predicted[i * s.outputs + c]!)),
    ...(weight ? { weight } : {}),
  };
}
const perfect = (s: Scored): Scored => {
  const predicted = new Float64Array(s.truth.length * s.outputs);
  for (let i = 0; i < s.truth.length; i++) {
    if (s.task === 'number') predicted[i] = s.truth[i]!;
    else predicted[i * s.outputs + s.truth[i]!] = 1;
  }
  return { ...s, predicted };
};
const all = Array.from({ length: 40 }, (_, i) => i);

describe.each([...metrics.values()])('metric $id', (m) => {
  it('declares itself in full', () => {
    expect(m.id).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    for (const text of [m.label, m.help, m.source, m.formula, m.consequence]) expect(text.length).toBeGreaterThan(1);
    expect(m.consequence).toMatch(/^[A-Z][^→]+\.$/);
    expect(m.range[0]).toBeLessThan(m.range[1]);
  });
  it('stays in its range and is best when all is right', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const s = example(m, seed);
      const [some, best] = [m.score(s), m.score(perfect(s))];
      expect(some).toBeGreaterThanOrEqual(m.range[0]);
      expect(some).toBeLessThanOrEqual(m.range[1]);
      expect(m.better === 'higher' ? best : -best).toBeGreaterThan(m.better === 'higher' ? some : -some);
      expect(best).toBeCloseTo(m.better === 'higher' ? m.range[1] : m.range[0], 12);
    }
  });
  it('does not see the order of rows', () => {
    const s = example(m, 3);
    expect(m.score(pick(s, shuffle([...all], random(9))))).toBeCloseTo(m.score(s), 12);
  });
  it('takes weight 2 as a row twice and weight 0 as no row', () => {
    const s = example(m, 4);
    const weight = all.map((i) => i % 3);
    const repeated = all.flatMap((i) => new Array<number>(weight[i]!).fill(i));
    expect(m.score({ ...s, weight })).toBeCloseTo(m.score(pick(s, repeated)), 12);
  });
  it('gives the same from one preparation as from a new one', () => {
    const s = example(m, 5);
    const weight = all.map((i) => 0.5 + (i % 4));
    const prepared = m.prepare(s);
    expect([prepared(), prepared(weight), prepared()]).toEqual([m.score(s), m.score({ ...s, weight }), m.score(s)]);
  });
  it('is NaN, not a made-up number, when there are no rows', () => {
    const s = example(m, 6);
    expect(m.score(pick(s, []))).toBeNaN();
    expect(m.score({ ...s, weight: all.map(() => 0) })).toBeNaN();
  });
});

it('every metric in the folder is in the registry', async () => {
  const folder = new URL('../../workers/evaluate/metrics/', import.meta.url);
  const found: string[] = [];
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.ts') && f !== 'index.ts')) {
    const made = (await import(/* @vite-ignore */ new URL(file, folder).href)) as Record<string, unknown>;
    for (const x of Object.values(made)) if (x && typeof x === 'object' && 'prepare' in x && 'id' in x) found.push(String(x.id));
  }
  expect(found.sort()).toEqual([...metrics.keys()].sort());
});

describe('metrics by hand', () => {
  // Rows 0–5: truth 1 1 1 0 0 0, probability of 1: 0.9 0.6 0.4 0.6 0.2 0.1 → calls 1 1 0 1 0 0.
  const p = [0.9, 0.6, 0.4, 0.6, 0.2, 0.1];
  const s: Scored = { task: 'class', truth: [1, 1, 1, 0, 0, 0], predicted: p.flatMap((v) => [1 - v, v]), outputs: 2 };
  it('classes', () => {
    const got = scoreAll(s);
    const want = {
      accuracy: 4 / 6,
      balanced_accuracy: 4 / 6,
      precision: 2 / 3,
      recall: 2 / 3,
      f1: 2 / 3,
      // 9 pairs: 0.9 beats 3; 0.6 beats 2 and ties 1; 0.4 beats 2.
      roc_auc: 7.5 / 9,
      // cuts at 0.9 (1 of 1), 0.6 (2 of 3), 0.4 (3 of 4), each gaining a third of the positives.
      average_precision: (1 + 2 / 3 + 3 / 4) / 3,
      log_loss: -(Math.log(0.9) + Math.log(0.6) + 2 * Math.log(0.4) + Math.log(0.8) + Math.log(0.9)) / 6,
      brier: (0.01 + 0.16 + 0.36 + 0.36 + 0.04 + 0.01) / 6,
      mcc: (2 * 2 - 1) / 9,
      kappa: (4 / 6 - 0.5) / 0.5,
    };
    for (const [id, value] of Object.entries(want)) expect(got[id], id).toBeCloseTo(value, 12);
  });
  it('a threshold moves the calls', () => {
    expect(metrics.get('recall')!.score({ ...s, threshold: 0.4 })).toBe(1);
    expect(metrics.get('precision')!.score({ ...s, threshold: 0.9 })).toBe(1);
    expect(metrics.get('recall')!.score({ ...s, threshold: 0.5, positive: 0 })).toBeCloseTo(2 / 3, 12);
  });
  it('numbers', () => {
    const got = scoreAll({ task: 'number', truth: [1, 2, 4, 5], predicted: [1, 3, 2, 5], outputs: 1 });
    expect(got).toMatchObject({ mae: 0.75, mse: 1.25, rmse: Math.sqrt(1.25), medae: 0.5, r2: 0.5, mape: (0.5 + 0.5) / 4 });
  });
  it('says NaN where it is undefined', () => {
    const one: Scored = { task: 'class', truth: [0, 0], predicted: [0.7, 0.3, 0.6, 0.4], outputs: 2 };
    expect(scoreAll(one, ['roc_auc', 'average_precision', 'recall', 'kappa'])).toEqual({
      roc_auc: NaN,
      average_precision: NaN,
      recall: NaN,
      kappa: NaN,
    });
    expect(scoreAll({ task: 'number', truth: [0.1, 0.1, 0.1], predicted: [1, 2, 3], outputs: 1 }, ['r2'])).toEqual({ r2: NaN });
  });
  it('proposes by balance', () => {
    expect(proposeMetric('number').id).toBe('rmse');
    expect(proposeMetric('class', [50, 50]).id).toBe('accuracy');
    expect(proposeMetric('class', [70, 30]).id).toBe('roc_auc');
    expect(proposeMetric('class', [970, 30]).id).toBe('average_precision');
    expect(proposeMetric('class', [50, 50, 50]).id).toBe('accuracy');
    expect(proposeMetric('class', [150, 20, 10]).id).toBe('f1_macro');
  });
});
