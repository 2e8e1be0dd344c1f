/** Intervals: against closed forms, against a slow bootstrap, honest on few rows, stopped in the middle. */
import { describe, expect, it } from 'vitest';
import type { Scored } from '../../../src/core/metric.js';
import { random } from '../../../src/core/random.js';
import { tQuantile } from '../../../workers/evaluate/distributions.js';
import {
  bootstrapIntervals,
  clopperPearson,
  correctedInterval,
  percentiles,
  quantile,
  wilson,
} from '../../../workers/evaluate/intervals.js';
import { metricOf, metricsFor } from '../../../workers/evaluate/metrics/index.js';
import { bootstrap } from '../../../workers/evaluate/resampling.js';
import { classes, goOn, numbers } from './examples.js';

const near = (got: readonly number[], want: readonly number[], digits: number) =>
  got.forEach((v, i) => expect(v).toBeCloseTo(want[i]!, digits));

describe('intervals of a share', () => {
  it('match published values', () => {
    // Newcombe 1998, table I: 81/263 and 0/20, 1/29.
    near(wilson(81, 263), [0.2553, 0.3662], 4);
    near(wilson(0, 20), [0, 0.1611], 4);
    near(wilson(1, 29), [0.0061, 0.1718], 4);
    near(clopperPearson(81, 263), [0.2527, 0.3676], 4);
    near(clopperPearson(0, 20), [0, 0.1684], 4);
    near(clopperPearson(15, 148), [0.0578, 0.1617], 4);
  });
  it('Clopper–Pearson covers Wilson’s middle and never leaves [0, 1]', () => {
    for (let n = 1; n < 30; n++) {
      for (let k = 0; k <= n; k++) {
        const [[a, b], [c, d]] = [wilson(k, n), clopperPearson(k, n)];
        expect(c >= 0 && d <= 1 && a >= 0 && b <= 1 && a <= k / n && b >= k / n && c <= k / n && d >= k / n).toBe(true);
      }
    }
  });
});

describe('the bootstrap', () => {
  it('gives what resampling rows one by one gives, for every metric', async () => {
    for (const s of [classes(60, 1), classes(60, 2, 1, 3), numbers(60, 3)]) {
      const ids = metricsFor(s.task, s.outputs);
      const fast = await bootstrap([s], ids, { draws: 20, seed: 7 }, goOn);
      const u = random(7);
      for (let d = 0; d < 20; d++) {
        const rows = Array.from({ length: 60 }, () => Math.floor(u() * 60));
        const slow: Scored = {
          ...s,
          truth: rows.map((r) => s.truth[r]!),
          predicted: rows.flatMap((r) => [...s.predicted.subarray(r * s.outputs, (r + 1) * s.outputs)]),
        };
        ids.forEach((id, m) => {
          const [got, want] = [fast.drawn[0]![m]![d]!, metricOf(id).score(slow)];
          if (Number.isNaN(want)) expect(got).toBeNaN();
          else expect(got).toBeCloseTo(want, 11);
        });
      }
    }
  });
  it('agrees with Clopper–Pearson and Wilson on accuracy', async () => {
    const s = classes(400, 5);
    const { accuracy } = await bootstrapIntervals(s, ['accuracy'], { seed: 3 }, goOn);
    const hits = accuracy!.value * 400;
    near([accuracy!.low, accuracy!.high], wilson(hits, 400), 1.9);
    near([accuracy!.low, accuracy!.high], clopperPearson(hits, 400), 1.9);
  });
  it('agrees with Student’s interval of a mean', async () => {
    const s = numbers(300, 8);
    const loss = s.truth.map((y, i) => Math.abs(y - s.predicted[i]!));
    const mean = loss.reduce((a, b) => a + b, 0) / 300;
    const se = Math.sqrt(loss.reduce((a, b) => a + (b - mean) ** 2, 0) / 299 / 300);
    const { mae } = await bootstrapIntervals(s, ['mae'], { seed: 3, draws: 4000 }, goOn);
    expect(Math.abs(mae!.high - mae!.low - 2 * tQuantile(0.975, 299) * se) / se).toBeLessThan(0.25);
  });
  it('covers the true value about 95 times in 100, with 30 rows too', async () => {
    // The true values are taken from many rows of the same making.
    const truth = metricOf('roc_auc').score(classes(60_000, 99));
    const accuracyTruth = metricOf('accuracy').score(classes(60_000, 99));
    let [auc, accuracy] = [0, 0];
    for (let seed = 1; seed <= 200; seed++) {
      const got = await bootstrapIntervals(classes(30, seed * 31), ['roc_auc', 'accuracy'], { seed, draws: 300 }, goOn);
      auc += Number(got.roc_auc!.low <= truth && truth <= got.roc_auc!.high);
      accuracy += Number(got.accuracy!.low <= accuracyTruth && accuracyTruth <= got.accuracy!.high);
    }
    expect(auc).toBeGreaterThanOrEqual(180);
    expect(accuracy).toBeGreaterThanOrEqual(182);
  });
  it('is the same for the same seed, and another for another', async () => {
    const s = classes(50, 4);
    const once = await bootstrapIntervals(s, ['roc_auc'], { seed: 1, draws: 100 }, goOn);
    expect(await bootstrapIntervals(s, ['roc_auc'], { seed: 1, draws: 100 }, goOn)).toEqual(once);
    expect(await bootstrapIntervals(s, ['roc_auc'], { seed: 2, draws: 100 }, goOn)).not.toEqual(once);
  });
  it('is wide when whole groups are alike', async () => {
    const u = random(3);
    const groups = Int32Array.from({ length: 200 }, (_, i) => Math.floor(i / 20));
    const right = Array.from({ length: 10 }, () => u() < 0.6);
    const truth = new Int32Array(200);
    const predicted = Float64Array.from({ length: 400 }, (_, i) => Number(right[groups[i >> 1]!] === (i % 2 === 0)));
    const s: Scored = { task: 'class', truth, predicted, outputs: 2 };
    const width = async (of?: ArrayLike<number>) => {
      const { accuracy } = await bootstrapIntervals(s, ['accuracy'], { seed: 1, ...(of ? { groups: of } : {}) }, goOn);
      return accuracy!.high - accuracy!.low;
    };
    expect(await width(groups)).toBeGreaterThan(3 * (await width()));
  });
});

describe('few rows', () => {
  const perfect = (n: number): Scored => {
    const truth = Int32Array.from({ length: n }, (_, i) => i % 2);
    return { task: 'class', truth, predicted: Float64Array.from({ length: 2 * n }, (_, i) => Number(truth[i >> 1] === i % 2)), outputs: 2 };
  };
  it('leave doubt even when all is right', async () => {
    const got = await bootstrapIntervals(perfect(12), metricsFor('class', 2), { seed: 1 }, goOn);
    expect(got.accuracy!.low).toBeLessThan(0.8);
    expect(got.accuracy!.low).toBeLessThanOrEqual(wilson(12, 12)[0]);
    expect(got.roc_auc!).toMatchObject({ value: 1, high: 1 });
    expect(got.roc_auc!.low).toBeLessThan(0.6);
    expect(got.recall!.low).toBeLessThan(0.6);
    expect(got.roc_auc!.note).toContain('Perfect');
  });
  it('give a wider interval than many', async () => {
    const width = async (n: number) => {
      const { roc_auc: auc } = await bootstrapIntervals(classes(n, 12), ['roc_auc'], { seed: 1 }, goOn);
      return auc!.high - auc!.low;
    };
    const [w12, w100, w1000] = [await width(12), await width(100), await width(1000)];
    expect(w12).toBeGreaterThan(0.4);
    expect(w12).toBeGreaterThan(1.5 * w100);
    expect(w100).toBeGreaterThan(2 * w1000);
  });
  it('take outer percentiles', () => {
    const draws = Float64Array.from({ length: 1001 }, (_, i) => i / 1000);
    expect(percentiles(draws, 1e9).low).toBeCloseTo(0.025, 6);
    expect(percentiles(draws, 12).low).toBeLessThan(0.012);
    expect(percentiles(draws, 2)).toMatchObject({ low: expect.closeTo(0, 6), high: expect.closeTo(1, 6) });
  });
  it('never give NaN: one row, one class, one row of a class', async () => {
    const one = await bootstrapIntervals(
      { task: 'class', truth: [1], predicted: [0.2, 0.8], outputs: 2 },
      metricsFor('class', 2),
      { seed: 1, draws: 50 },
      goOn,
    );
    expect(one.accuracy).toMatchObject({ value: 1, low: 0, high: 1 });
    const rare = classes(20, 1);
    const truth = new Int32Array(20);
    truth[3] = 1;
    const got = await bootstrapIntervals({ ...rare, truth }, metricsFor('class', 2), { seed: 1 }, goOn);
    expect(got.roc_auc!.note).toMatch(/Undefined in 3\d\.\d % of the draws/);
    for (const id of ['r2', 'rmse']) {
      const { [id]: v } = await bootstrapIntervals(
        { task: 'number', truth: [1, 2], predicted: [1, 3], outputs: 1 },
        [id],
        { seed: 1 },
        goOn,
      );
      for (const x of [v!.value, v!.low, v!.high]) expect(Number.isFinite(x)).toBe(true);
    }
    for (const i of [...Object.values(one), ...Object.values(got)]) {
      expect(i.low).toBeLessThanOrEqual(i.value);
      expect(i.high).toBeGreaterThanOrEqual(i.value);
    }
  });
});

describe('stopping', () => {
  it('keeps the draws made so far and asks no more', async () => {
    let asked = 0;
    const d = await bootstrap([classes(30, 1)], ['accuracy'], { draws: 500, seed: 1 }, async (done, of) => {
      expect(of).toBe(500);
      asked = done;
      return done < 40;
    });
    expect([asked, d.made, d.drawn[0]![0]!.length]).toEqual([40, 39, 39]);
  });
  it('before any draw says so', async () => {
    const { accuracy } = await bootstrapIntervals(classes(30, 1), ['accuracy'], { seed: 1 }, async () => false);
    expect(accuracy!.note).toContain('Stopped');
  });
});

describe('over folds', () => {
  it('is wider than the naive interval by √(1 + k/(k−1))', () => {
    const scores = [0.8, 0.82, 0.78, 0.85, 0.75];
    const [low, high] = correctedInterval(scores, 100);
    const sd = Math.sqrt(scores.reduce((a, b) => a + (b - 0.8) ** 2, 0) / 4);
    expect((low + high) / 2).toBeCloseTo(0.8, 12);
    expect((high - low) / 2).toBeCloseTo(2.7764451051977934 * sd * Math.sqrt(1 / 5 + 1 / 4), 10);
  });
  it('quantiles are of type 7', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((p) => quantile([1, 2, 3, 10], p))).toEqual([1, 1.75, 2.5, expect.closeTo(7.9, 12), 10]);
  });
});
