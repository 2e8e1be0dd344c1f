/** Curves: counted by hand or by a slow twin, thinned without losing their ends, finite everywhere. */
import { describe, expect, it } from 'vitest';
import { cheapest, costAt } from '../../../src/core/evaluation.js';
import type { Scored } from '../../../src/core/metric.js';
import { calibration, confusion, lift, precisionRecall, residuals, roc, thresholds } from '../../../workers/evaluate/curves/index.js';
import { scoreAll } from '../../../workers/evaluate/metrics/index.js';
import { classes, numbers } from './examples.js';

const big = classes(5000, 3);
const p = (s: Scored, i: number, c = 1) => s.predicted[i * s.outputs + c]!;

describe('confusion', () => {
  it('counts true class by called class', () => {
    const s: Scored = { task: 'class', truth: [0, 0, 1, 2, 2], predicted: [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], outputs: 3 };
    const c = confusion(s, ['a', 'b', 'c']);
    expect(c.counts).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 1],
    ]);
    expect(c.perClass[2]).toEqual({ level: 'c', rows: 2, precision: 1, recall: 0.5, f1: 2 / 3 });
    expect(confusion({ ...s, truth: [0, 0, 1, 1, 1], predicted: s.predicted }, ['a', 'b', 'c']).perClass[2]!.recall).toBeNull();
  });
});

describe('ROC, precision–recall, lift', () => {
  const r = roc(big, 1, 'yes')!;
  it('keep the ends, rise, and stay within 200 points', () => {
    expect(r.points.length).toBeLessThanOrEqual(200);
    expect(r.points.length).toBeGreaterThan(100);
    expect(r.points[0]).toEqual({ fpr: 0, tpr: 0, threshold: null });
    expect(r.points.at(-1)).toMatchObject({ fpr: 1, tpr: 1 });
    for (let i = 1; i < r.points.length; i++) {
      expect(r.points[i]!.fpr).toBeGreaterThanOrEqual(r.points[i - 1]!.fpr);
      expect(r.points[i]!.tpr).toBeGreaterThanOrEqual(r.points[i - 1]!.tpr);
    }
  });
  it('every point is what its threshold gives, and the thinned area is the area', () => {
    const positives = big.truth.reduce((a, b) => a + b, 0);
    for (const { fpr, tpr, threshold } of r.points.slice(1)) {
      let [tp, fp] = [0, 0];
      big.truth.forEach((y, i) => p(big, i) >= threshold! && (y ? tp++ : fp++));
      expect([fpr, tpr]).toEqual([fp / (5000 - positives), tp / positives]);
    }
    let area = 0;
    for (let i = 1; i < r.points.length; i++)
      area += ((r.points[i]!.fpr - r.points[i - 1]!.fpr) * (r.points[i]!.tpr + r.points[i - 1]!.tpr)) / 2;
    expect(area).toBeCloseTo(r.auc, 3);
    expect(r.auc).toBe(scoreAll(big).roc_auc);
  });
  it('precision and recall are those of the threshold', () => {
    const c = precisionRecall(big, 1, 'yes')!;
    expect(c.points.length).toBeLessThanOrEqual(200);
    expect(c.ap).toBe(scoreAll(big).average_precision);
    for (const point of c.points.filter((_, i) => i % 20 === 0)) {
      const got = scoreAll({ ...big, threshold: point.threshold }, ['precision', 'recall']);
      expect([point.precision, point.recall]).toEqual([got.precision, got.recall]);
    }
    expect(c.points.at(-1)).toMatchObject({ recall: 1, precision: c.share });
  });
  it('lift starts above 1 and ends at 1, gain ends at 1', () => {
    const c = lift(big, 1, 'yes')!;
    expect(c.points.length).toBeLessThanOrEqual(200);
    expect(c.points[0]!.lift).toBeGreaterThan(1);
    expect(c.points.at(-1)).toEqual({ share: 1, gain: 1, lift: 1 });
    for (const point of c.points) expect(point.lift).toBeCloseTo(point.gain / point.share, 12);
  });
  it('are null when a side has no rows', () => {
    const one: Scored = { task: 'class', truth: [0, 0], predicted: [0.5, 0.5, 0.4, 0.6], outputs: 2 };
    expect([roc(one, 1, 'a'), precisionRecall(one, 1, 'a'), lift(one, 1, 'a'), roc(one, 0, 'a')]).toEqual([null, null, null, null]);
  });
});

describe('thresholds', () => {
  it('count every row at each threshold, from all positive to none', () => {
    const list = thresholds(big, 1);
    expect(list.length).toBeLessThanOrEqual(200);
    expect(list[0]).toMatchObject({ threshold: 0, tn: 0, fn: 0 });
    expect(list.at(-1)).toMatchObject({ threshold: 1, tp: 0, fp: 0 });
    list.forEach((t, k) => {
      if (k > 0) expect(t.threshold).toBeGreaterThan(list[k - 1]!.threshold);
      const c = confusion({ ...big, threshold: t.threshold }, ['no', 'yes']).counts;
      expect([t.tn, t.fp, t.fn, t.tp]).toEqual(c.flat());
    });
  });
});

describe('costs', () => {
  const list = thresholds(big, 1);
  it('the cheapest threshold moves with what mistakes cost', () => {
    const at = (fp: number, fn: number) => cheapest(list, { fp, fn })!.threshold;
    expect(at(1, 10)).toBeLessThan(at(1, 1));
    expect(at(10, 1)).toBeGreaterThan(at(1, 1));
    expect([cheapest(list, { fp: 0, fn: 1 })!.fn, cheapest(list, { fp: 1, fn: 0 })!.fp]).toEqual([0, 0]);
    const best = cheapest(list, { fp: 3, fn: 5 })!;
    for (const t of list) expect(costAt(t, { fp: 3, fn: 5 })).toBeGreaterThanOrEqual(costAt(best, { fp: 3, fn: 5 }));
    expect(costAt(best, { fp: 3, fn: 5, tp: -1 })).toBe(3 * best.fp + 5 * best.fn - best.tp);
    expect(cheapest([], { fp: 1, fn: 1 })).toBeUndefined();
  });
});

describe('calibration', () => {
  it('bins by hand', () => {
    const q = [0.05, 0.08, 0.2, 0.95, 1];
    const s: Scored = { task: 'class', truth: [0, 1, 0, 1, 1], predicted: q.flatMap((v) => [1 - v, v]), outputs: 2 };
    const c = calibration(s, 1, 'yes');
    expect(c.bins.map((b) => [b.from, b.rows, b.observed])).toEqual([
      [0, 2, 0.5],
      [0.2, 1, 0],
      [0.9, 2, 1],
    ]);
    expect(c.bins[0]!.predicted).toBeCloseTo(0.065, 12);
    expect(c.error).toBeCloseTo((2 / 5) * 0.435 + (1 / 5) * 0.2 + (2 / 5) * 0.025, 12);
  });
  it('finds a calibrated model calibrated, and an overconfident one not', () => {
    const u = classes(20_000, 5, 0);
    const truth = u.truth.map((_, i) => Number(((i * 7919) % 20_000) / 20_000 < p(u, i)));
    const sharp = u.predicted.map((v) => (v > 0.5 ? (1 + v) / 2 : v / 2));
    expect(calibration({ ...u, truth }, 1, 'yes').error).toBeLessThan(0.015);
    expect(calibration({ ...u, truth, predicted: sharp }, 1, 'yes').error).toBeGreaterThan(0.1);
  });
});

describe('residuals', () => {
  it('add up, and sample at most 1000 rows', () => {
    const s = numbers(3000, 4);
    const r = residuals(s, 1);
    expect(r.bins.reduce((n, b) => n + b.count, 0)).toBe(3000);
    expect(r.bins.length).toBeLessThanOrEqual(40);
    expect(r.sample.length).toBe(1000);
    for (const { row, truth, predicted } of r.sample) expect([truth, predicted]).toEqual([s.truth[row], s.predicted[row]]);
    expect(r.sd).toBeCloseTo(1, 1);
    expect(r.trend.length).toBe(10);
    expect(r.quantiles.find((q) => q.share === 0.5)!.residual).toBeCloseTo(0, 1);
    expect(residuals(s, 1)).toEqual(r);
  });
  it('show a trend that is there', () => {
    const s = numbers(1000, 4, 0.1);
    const squeezed = residuals({ ...s, predicted: s.truth.map((y) => 10 + (y - 10) / 2) }, 1).trend;
    expect(squeezed[0]!.mean).toBeLessThan(-1);
    expect(squeezed.at(-1)!.mean).toBeGreaterThan(1);
  });
  it('of one row, or all alike, are plain numbers', () => {
    for (const n of [1, 5]) {
      const r = residuals({ task: 'number', truth: new Float64Array(n).fill(3), predicted: new Float64Array(n).fill(1), outputs: 1 }, 1);
      expect(r).toMatchObject({ mean: 2, sd: 0, bins: [{ from: 2, to: 2, count: n }] });
      expect(JSON.stringify(r)).not.toContain('null');
    }
  });
});
