/** The isolation forest where a class is rare and odd, where it is not, and in the lab. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { ClassTarget } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { isolationForest } from '../../../workers/models/tree/isolation-forest.js';
import { context } from '../../contract/cases.js';
import { answer } from '../../lab/commands.js';

const rows = 300;
const isOdd = (i: number) => i % 20 === 0;
function scattered(odd = 5) {
  const u = random(3);
  const X = matrix(rows, 2);
  for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u) * (isOdd(i % rows) ? odd : 1);
  return X;
}
const fit = (target: ClassTarget, X = scattered(), ctx = context()) =>
  isolationForest.fit(X, target, checked(isolationForest.params, {}), ctx);
const mean = (p: Float64Array, k: number, classes: number, of: (i: number) => boolean) => {
  const some = Array.from({ length: rows }, (_, i) => i).filter(of);
  return some.reduce((sum, i) => sum + p[i * classes + k]!, 0) / some.length;
};

describe('isolation forest', () => {
  it('gives the rare class its chance where rows lie apart, whichever place it has among the levels', async () => {
    const X = scattered();
    for (const rare of [0, 1]) {
      const y = Int32Array.from({ length: rows }, (_, i) => (isOdd(i) ? rare : 1 - rare));
      const p = predict(await fit({ task: 'class', y, levels: ['a', 'b'] }), X);
      expect(mean(p, rare, 2, isOdd)).toBeGreaterThan(0.4);
      expect(mean(p, rare, 2, (i) => !isOdd(i))).toBeLessThan(0.05);
      // The sigmoid is fitted, so that the mean chance is the share of the class, but for Platt's drawing in.
      expect(mean(p, rare, 2, () => true)).toBeCloseTo(0.05, 2);
    }
  });
  it('with three classes, the others share what the rarest leaves', async () => {
    const X = scattered();
    const y = Int32Array.from({ length: rows }, (_, i) => (isOdd(i) ? 1 : i % 3 === 0 ? 0 : 2));
    const p = predict(await fit({ task: 'class', y, levels: ['a', 'b', 'c'] }), X);
    expect(mean(p, 1, 3, isOdd)).toBeGreaterThan(0.4);
    const zeros = y.filter((k) => k === 0).length;
    for (let i = 0; i < rows; i++) expect(p[3 * i]! / p[3 * i + 2]!).toBeCloseTo(zeros / y.filter((k) => k === 2).length, 9);
  });
  it('answers with shares, and says so, where the rare class is the usual one', async () => {
    const X = matrix(rows, 2);
    const u = random(4);
    // The rare class is the crowd in the middle.
    for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u) * (isOdd(i % rows) ? 0.01 : 1);
    const ctx = context();
    const y = Int32Array.from({ length: rows }, (_, i) => (isOdd(i) ? 1 : 0));
    const p = predict(await fit({ task: 'class', y, levels: ['a', 'b'] }, X, ctx), X);
    expect(p[1]).toBeCloseTo(0.05, 9);
    expect(ctx.notes.join()).toMatch(/no more unusual/);
  });
});

it('lab anomaly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'anomaly-'));
  const file = join(folder, 'odd.csv');
  try {
    const X = scattered();
    const lines = Array.from(
      { length: rows },
      (_, i) => `${X.data[i]},${X.data[rows + i]},${i % 2 ? 'red' : 'blue'},${isOdd(i) ? 'odd' : 'fine'}`,
    );
    writeFileSync(file, ['a,b,colour,state', ...lines].join('\n'));
    const { out } = await answer([
      'anomaly',
      file,
      '--model',
      'isolation-forest',
      '--label',
      'state',
      '--params',
      '{"n_estimators":50}',
      '--json',
    ]);
    const found = JSON.parse(out) as { scores: number[]; roc_auc: number; average_precision: number };
    expect(found.scores.length).toBe(rows);
    expect(found.roc_auc).toBeGreaterThan(0.9);
    expect(found.average_precision).toBeGreaterThan(0.5);
    const bare = JSON.parse((await answer(['anomaly', file, '--model', 'isolation-forest', '--drop', 'state', '--json'])).out) as object;
    expect(Object.keys(bare)).toEqual(['scores']);
    const bad = await answer(['anomaly', file, '--model', 'linear']);
    expect(bad.code).toBe(1);
    expect(bad.err).toContain('lab/not-one-of');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
