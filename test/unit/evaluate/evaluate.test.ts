/** The whole evaluation: what it holds, what it says of success and baseline, what it warns of, that it is plain finite JSON. */
import { describe, expect, it } from 'vitest';
import { evaluate, type EvaluateInput } from '../../../workers/evaluate/index.js';
import { metricsFor } from '../../../workers/evaluate/metrics/index.js';
import { classes, goOn, numbers } from './examples.js';

const half = (n: number, k = 2) => new Float64Array(n * k).fill(1 / k);
const two = (n = 300, skill = 1): EvaluateInput => ({
  ...classes(n, 6, skill),
  levels: ['no', 'yes'],
  baseline: half(n),
  metric: 'roc_auc',
  seed: 1,
  draws: 200,
});

function plain(v: unknown, path = 'evaluation'): void {
  if (typeof v === 'number') expect(Number.isFinite(v), path).toBe(true);
  else if (v && typeof v === 'object') {
    expect(ArrayBuffer.isView(v), path).toBe(false);
    for (const [k, x] of Object.entries(v)) plain(x, `${path}.${k}`);
  }
}

describe('evaluate', () => {
  it('of two classes holds every picture, finite and small', async () => {
    const e = await evaluate(two(), goOn);
    plain(e);
    expect(Object.keys(e.scores).sort()).toEqual(metricsFor('class', 2).sort());
    expect(Object.keys(e.difference)).toEqual(Object.keys(e.scores));
    expect([e.roc!.length, e.pr!.length, e.calibration!.length, e.lift!.length]).toEqual([1, 1, 1, 1]);
    expect(e.roc![0]!.level).toBe('yes');
    expect(e.positive).toBe('yes');
    expect(e.thresholds!.length).toBeGreaterThan(50);
    expect(e.residuals).toBeUndefined();
    expect(JSON.stringify(e).length).toBeLessThan(80_000);
    expect(JSON.parse(JSON.stringify(e))).toEqual(e);
    expect(await evaluate(two(), goOn)).toEqual(e);
  });
  it('of several classes has one curve each, the most frequent first', async () => {
    const s = classes(300, 6, 1, 4);
    const e = await evaluate({ ...s, levels: ['a', 'b', 'c', 'd'], baseline: half(300, 4), metric: 'f1_macro', seed: 1, draws: 100 }, goOn);
    plain(e);
    const rows = e.roc!.map((r) => e.confusion!.perClass.find((c) => c.level === r.level)!.rows);
    expect(rows).toEqual([...rows].sort((a, b) => b - a));
    expect([rows.length, e.thresholds, e.scores.recall]).toEqual([4, undefined, undefined]);
  });
  it('of numbers holds residuals', async () => {
    const s = numbers(200, 2);
    const e = await evaluate({ ...s, baseline: new Float64Array(200).fill(10), metric: 'rmse', seed: 1, success: 1.5, draws: 300 }, goOn);
    plain(e);
    expect(e.residuals!.sample.length).toBe(200);
    expect(e.confusion).toBeUndefined();
    expect(e.difference.rmse!.high).toBeLessThan(0);
    expect(e.success).toMatchObject({ metric: 'rmse', line: 1.5, met: 'yes', probability: 1 });
    expect(e.warnings).toEqual([]);
  });
  it('says yes, unclear or no to success', async () => {
    const { value, low, high } = (await evaluate(two(), goOn)).scores.roc_auc!;
    const met = async (line: number) => (await evaluate({ ...two(), success: line }, goOn)).success!;
    expect((await met(low - 0.01)).met).toBe('yes');
    expect((await met(high + 0.01)).met).toBe('no');
    expect(await met(value)).toMatchObject({ met: 'unclear' });
    expect((await met(value)).probability).toBeCloseTo(0.5, 0);
    expect((await evaluate({ ...two(), success: { metric: 'log_loss', line: 100 } }, goOn)).success).toMatchObject({
      metric: 'log_loss',
      met: 'yes',
    });
  });
  it('pairs model and baseline: the difference of twins is exactly 0', async () => {
    const input = two();
    const e = await evaluate({ ...input, baseline: input.predicted }, goOn);
    for (const d of Object.values(e.difference)) expect([d.value, d.low, d.high]).toEqual([0, 0, 0]);
    expect(e.warnings.join()).toContain('not clearly better than the baseline');
  });
  it('warns of few rows, absent classes, looks, and being worse', async () => {
    const s = classes(30, 6, -3, 3);
    const truth = s.truth.map((c) => (c === 2 ? 1 : c));
    const e = await evaluate(
      { ...s, truth, levels: ['a', 'b', 'c'], baseline: half(30, 3), metric: 'roc_auc', seed: 1, looks: 3, draws: 200 },
      goOn,
    );
    plain(e);
    expect(e.warnings.join('\n')).toMatch(/Only 30 rows[^]*“c”[^]*worse than the baseline[^]*3 times/);
    expect(e.looks).toBe(3);
  });
  it('of a single row, and of a single class, is still plain', async () => {
    const one = await evaluate(
      { task: 'class', truth: [1], predicted: [0.2, 0.8], outputs: 2, baseline: [0.5, 0.5], metric: 'accuracy', seed: 1, draws: 50 },
      goOn,
    );
    plain(one);
    expect(one.warnings.join()).toMatch(/left out: .*ROC AUC/);
    expect(one.scores.roc_auc).toBeUndefined();
    plain(await evaluate({ ...two(20), truth: new Int32Array(20) }, goOn));
    plain(
      await evaluate({ task: 'number', truth: [1], predicted: [2], outputs: 1, baseline: [3], metric: 'r2', seed: 1, draws: 50 }, goOn),
    );
  });
  it('stops when told and keeps what it has', async () => {
    const e = await evaluate({ ...two(), draws: 1000 }, async (done) => done < 101);
    plain(e);
    expect(e.draws).toBe(50);
    const none = await evaluate({ ...two(), success: 0.5 }, async () => false);
    plain(none);
    expect([none.draws, none.success!.met, none.scores.accuracy!.note]).toEqual([0, 'unclear', expect.stringContaining('Stopped')]);
    expect(e.roc!.length).toBe(1);
  });
});
