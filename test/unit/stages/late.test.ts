/** The words and small sums behind Evaluate, Deploy and Monitor: they claim no more than the numbers allow. */
import { describe, expect, test } from 'vitest';
import type { InputColumn } from '../../../src/core/artifact.js';
import { cheapest, type Evaluation, type Interval, type Threshold } from '../../../src/core/evaluation.js';
import type { DriftReport } from '../../../src/core/drift.js';
import { modelChoices, withModel, withStage } from '../../../src/project/registry.js';
import { dateField, firstValue, inFormat, rowOf, stepOf } from '../../../src/stages/deploy/inputs.js';
import { band } from '../../../src/stages/evaluate/band.js';
import { atLeast, confusionAt, thresholdOf } from '../../../src/stages/evaluate/decide.js';
import { inSentence, ranked, standing, verdict } from '../../../src/stages/evaluate/words.js';
import { held, verdict as watched } from '../../../src/stages/monitor/words.js';
import { binsPicture, levelsPicture } from '../../../workers/monitor/picture.js';

const i = (value: number, low: number, high: number): Interval => ({ value, low, high });
const accuracy = { id: 'accuracy', label: 'Accuracy', better: 'higher' } as const;
const rmse = { id: 'rmse', label: 'Root mean squared error', better: 'lower' } as const;
const judged = (score: Interval, base: number, difference: Interval, more: Partial<Evaluation> = {}, metric = 'accuracy'): Evaluation => ({
  task: 'class',
  rows: 100,
  metric,
  scores: { [metric]: score },
  baseline: { [metric]: i(base, base, base) },
  difference: { [metric]: difference },
  warnings: [],
  looks: 1,
  draws: 1000,
  ...more,
});

describe('verdict', () => {
  test('better than guessing only when the whole difference is', () => {
    const sure = verdict(judged(i(0.81, 0.76, 0.85), 0.62, i(0.19, 0.12, 0.25)), accuracy);
    expect(sure.text).toBe('Better than guessing: accuracy 0.810 (95 %: 0.760 to 0.850) against 0.620.');
    expect(sure.tone).toBe('good');
    const unsure = verdict(judged(i(0.66, 0.55, 0.75), 0.62, i(0.04, -0.02, 0.1)), accuracy);
    expect(unsure.text).toMatch(/^Not surely better/);
    expect(unsure.tone).toBe('warn');
    expect(verdict(judged(i(0.5, 0.4, 0.6), 0.62, i(-0.12, -0.2, -0.05)), accuracy)).toMatchObject({ tone: 'bad' });
  });

  test('a lower score is better where the metric says so', () => {
    expect(standing(i(-2, -3, -1), 'lower')).toBe('better');
    expect(standing(i(2, 1, 3), 'lower')).toBe('worse');
    expect(verdict(judged(i(3, 2.5, 3.5), 5, i(-2, -3, -1), {}, 'rmse'), rmse).text).toMatch(
      /^Better than guessing: root mean squared error 3\.000/,
    );
  });

  test('the success line is reached, not reached, or not surely', () => {
    const line = (met: 'yes' | 'no' | 'unclear') =>
      verdict(
        judged(i(0.81, 0.76, 0.85), 0.62, i(0.19, 0.12, 0.25), { success: { metric: 'accuracy', line: 0.8, met, probability: 0.6 } }),
        accuracy,
      );
    expect(line('yes')).toMatchObject({ tone: 'good' });
    expect(line('yes').text).toContain('the success line 0.8 is reached');
    expect(line('no').text).toContain('is not reached');
    expect(line('unclear')).toMatchObject({ tone: 'warn' });
    expect(line('unclear').next).toMatch(/60\s?% of redrawn/);
  });

  test('a score that is not defined is said to be so', () => {
    expect(verdict({ ...judged(i(1, 1, 1), 1, i(0, 0, 0)), scores: {} }, accuracy).text).toBe('Accuracy is not defined for these rows.');
  });

  test('names of people keep their capital inside a sentence', () => {
    expect(['Accuracy', 'ROC AUC', 'R²', 'Cohen’s kappa', 'Brier score'].map(inSentence)).toEqual([
      'accuracy',
      'ROC AUC',
      'R²',
      'Cohen’s kappa',
      'Brier score',
    ]);
  });

  test('runs are ranked in the direction of the metric; failed ones are left out', () => {
    const run = (key: string, mean: number | null, failed = false) => ({
      key,
      cv: { m: { mean, sd: 0, low: 0, high: 0, folds: [] } },
      problem: failed ? { code: 'job/crashed' as const, message: '', hint: '', where: {} } : null,
    });
    const runs = [run('a', 1), run('b', 3), run('c', 2), run('d', null), run('e', 9, true)];
    expect(ranked(runs, 'm', 'higher').map((r) => r.key)).toEqual(['b', 'c', 'a']);
    expect(ranked(runs, 'm', 'lower').map((r) => r.key)).toEqual(['a', 'c', 'b']);
  });
});

describe('decisions', () => {
  const list: Threshold[] = [
    { threshold: 0, tp: 10, fp: 20, tn: 0, fn: 0 },
    { threshold: 0.4, tp: 9, fp: 4, tn: 16, fn: 1 },
    { threshold: 0.7, tp: 5, fp: 1, tn: 19, fn: 5 },
    { threshold: 1, tp: 0, fp: 0, tn: 20, fn: 10 },
  ];
  test('the confusion at a threshold keeps rows, whichever class is positive', () => {
    for (const positive of ['no', 'yes']) {
      const c = confusionAt(['no', 'yes'], positive, list[1]!);
      expect(c.counts.flat().reduce((a, b) => a + b)).toBe(30);
      expect(c.perClass.find((p) => p.level === positive)).toMatchObject({ rows: 10, recall: 0.9, precision: 9 / 13 });
    }
  });
  test('what was scored reads back as a threshold', () => {
    for (const positive of ['no', 'yes'])
      expect(thresholdOf(confusionAt(['no', 'yes'], positive, list[1]!), positive)).toEqual({ ...list[1], threshold: 0.5 });
  });
  test('precision of a class that is never said is unknown, not zero', () => {
    expect(confusionAt(['no', 'yes'], 'yes', list[3]!).perClass[1]).toMatchObject({ precision: null, recall: 0, f1: 0 });
  });
  test('a threshold between two acts as the next one, and the cheapest moves with the costs', () => {
    expect([0, 0.2, 0.4, 0.5, 0.99, 1].map((t) => atLeast(list, t))).toEqual([0, 1, 1, 2, 3, 3]);
    expect(cheapest(list, { fp: 1, fn: 1 })?.threshold).toBe(0.4);
    expect(cheapest(list, { fp: 10, fn: 1 })?.threshold).toBe(1);
    expect(cheapest(list, { fp: 1, fn: 100 })?.threshold).toBe(0);
  });
  test('the band leaves a tenth of the rows on either side', () => {
    const rows = Array.from({ length: 11 }, (_, k) => [k, -k]);
    expect(band({ grid: [0, 1], rows })).toEqual({ low: [1, -9], high: [9, -1] });
    expect(band({ grid: [0, 1], rows: rows.slice(0, 4) })).toBeNull();
  });
});

describe('registry', () => {
  test('the first is the champion; a new champion archives the old', () => {
    let models = withModel([], 'a', 1);
    models = withModel(models, 'b', 2);
    expect(models.map((m) => [m.version, m.stage])).toEqual([
      [1, 'champion'],
      [2, 'candidate'],
    ]);
    models = withStage(models, 2, 'champion');
    expect(models.map((m) => m.stage)).toEqual(['archived', 'champion']);
    expect(withStage(models, 1, 'champion').filter((m) => m.stage === 'champion')).toHaveLength(1);
    expect(withModel(models, 'a', 3)).toBe(models);
  });
  test('the champion stands first among versions; the chosen run is offered beside them', () => {
    const models = withStage(withModel(withModel([], 'a', 1), 'b', 2), 2, 'champion');
    const runs = [
      { key: 'a', label: 'Tree' },
      { key: 'b', label: 'Forest' },
      { key: 'c', label: 'Net' },
    ];
    expect(modelChoices(models, runs, 'c').map((c) => c.run)).toEqual(['c', 'b', 'a']);
    expect(modelChoices(models, runs, 'a').map((c) => c.run)).toEqual(['b', 'a']);
    expect(modelChoices([], runs, 'gone')).toEqual([]);
  });
});

describe('one row', () => {
  const number: InputColumn = { name: 'x', kind: 'number', reading: { kind: 'number', decimal: ',' }, min: 0, max: 10, median: 2.5 };
  const time: InputColumn = {
    name: 't',
    kind: 'time',
    reading: { kind: 'time', format: 'D.M.YY HH:mm' },
    min: 0,
    max: 1,
    median: Date.UTC(2024, 2, 5, 14, 7),
  };
  test('numbers and dates are written as in the file the model learnt from', () => {
    expect(rowOf([number, time], { x: '2.5', t: '2024-03-05T14:07' })).toEqual({ x: '2,5', t: '5.3.24 14:07' });
    expect(rowOf([number], {})).toEqual({ x: '' });
  });
  test('dates: every token, and what is no date is left alone', () => {
    expect(inFormat('2024-03-05', 'YYYY-MM-DD')).toBe('2024-03-05');
    expect(inFormat('2024-03-05', 'M/D/YYYY')).toBe('3/5/2024');
    expect(inFormat('', 'M/D/YYYY')).toBe('');
    expect(dateField(Date.UTC(2024, 2, 5, 14, 7), true)).toBe('2024-03-05T14:07');
    expect(dateField(Number.NaN, false)).toBe('');
  });
  test('a row begins with the usual values', () => {
    expect(firstValue(number)).toBe('2.5');
    expect(firstValue(time)).toBe('2024-03-05T14:07');
    expect(firstValue({ name: 'c', kind: 'category', reading: { kind: 'category' }, levels: ['b', 'a'] })).toBe('b');
  });
  test('a slider has about 200 steps of a round size', () => {
    for (const [min, max] of [
      [0, 1],
      [0.001, 0.0012],
      [-5000, 12345],
      [0, 3],
    ] as const) {
      const steps = (max - min) / stepOf(min, max);
      expect(steps).toBeGreaterThan(70);
      expect(steps).toBeLessThanOrEqual(205);
    }
    expect(stepOf(4, 4)).toBe(1);
  });
});

describe('monitor', () => {
  const column = (name: string, drifted: boolean): DriftReport['columns'][number] => ({
    name,
    kind: 'number',
    test: 'ks',
    statistic: 0.1,
    p: 0.5,
    adjusted: 1,
    psi: 0.01,
    threshold: 0.1,
    drifted,
    size: 'none',
    missing: { was: 0, is: 0, adjusted: null },
    newLevels: [],
    newLevelRows: 0,
    outside: 0,
    says: '',
  });
  const report = (drifted: number, performance?: DriftReport['performance']): DriftReport => ({
    rows: { was: 100, is: 50 },
    schema: { missing: [], extra: [], changed: [] },
    columns: ['a', 'b', 'c'].map((n, k) => column(n, k < drifted)),
    dataset: { drifted: drifted > 0, share: drifted / 3 },
    ...(performance ? { performance } : {}),
  });
  const was = i(0.8, 0.75, 0.85);
  const score = (value: number) => ({ metric: 'accuracy', value, rows: 50, was });
  test('a score has fallen only when it leaves the interval on the bad side', () => {
    expect([0.7, 0.8, 0.9].map((v) => held(score(v), 'higher'))).toEqual(['fallen', 'kept', 'risen']);
    expect([0.7, 0.8, 0.9].map((v) => held(score(v), 'lower'))).toEqual(['risen', 'kept', 'fallen']);
    expect(held({ ...score(0.7), was: null }, 'higher')).toBe('unknown');
  });
  test('what to do follows from drift and score together', () => {
    expect(watched(report(0), undefined)).toMatchObject({ tone: 'good', retrain: false });
    expect(watched(report(1), undefined)).toMatchObject({ tone: 'warn', retrain: false });
    expect(watched(report(1, score(0.8)), accuracy)).toMatchObject({ tone: 'warn', retrain: false });
    expect(watched(report(0, score(0.6)), accuracy)).toMatchObject({ tone: 'bad', retrain: true });
    expect(watched(report(2), undefined).text).toBe('2 of 3 columns have drifted: “a”, “b”.');
    const one = { ...report(1), columns: report(1).columns.slice(0, 1) };
    expect(watched(one, undefined).text).toBe('1 of 1 column has drifted: “a”.');
  });
  test('a column that is not there comes first in what to do, and nothing is well without it', () => {
    const lacking = (drifted: number) => ({ ...report(drifted), schema: { missing: ['d', 'e'], extra: [], changed: [] } });
    expect(watched(lacking(0), undefined)).toMatchObject({
      tone: 'warn',
      next: ['Put the missing columns into the file and check it again.'],
    });
    expect(watched(lacking(1), undefined).next).toHaveLength(3);
  });
  test('pictures: shares stay shares, many levels join, bins have words', () => {
    const names = Array.from({ length: 30 }, (_, k) => `l${k}`);
    const p = levelsPicture(
      names,
      names.map((_, k) => k + 1),
      names.map(() => 2),
    );
    expect(p.labels).toHaveLength(13);
    expect(p.labels.at(-1)).toBe('all others');
    expect(p.was.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(p.is.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    // What the reference does not name cannot stand under a name.
    expect(levelsPicture(['a'], [3, 1], [1, 1])).toEqual({ labels: ['a', 'all others'], was: [0.75, 0.25], is: [0.5, 0.5] });
    expect(binsPicture([1, 2], [0.2, 0.3, 0.5], [0, 0, 1]).labels).toEqual(['below 1', '1 to 2', 'from 2']);
  });
});
