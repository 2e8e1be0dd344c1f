/** Contributions of trees equal Shapley values worked out subset by subset, and add up. */
import { describe, expect, it } from 'vitest';
import type { Trees } from '../../../src/core/form.js';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { goesLeft, predictTrees, treeContributions, treeImportance } from '../../../workers/forms/trees.js';
import { histGradientBoosting } from '../../../workers/models/tree/hist-gradient-boosting.js';
import { randomForest } from '../../../workers/models/tree/random-forest.js';

const n = 120;
const p = 4;
function example(): { X: Matrix; y: Int32Array } {
  const u = random(9);
  const X: Matrix = { ...matrix(n, p), levels: [0, 0, 0, 5] };
  for (let i = 0; i < 3 * n; i++) X.data[i] = u() < 0.1 ? NaN : normal(u);
  for (let i = 0; i < n; i++) X.data[3 * n + i] = Math.floor(u() * 5);
  const y = Int32Array.from({ length: n }, (_, i) =>
    (X.data[i]! || 0) + (X.data[n + i]! > 0 ? 1 : -0.5) + 2 * (X.data[3 * n + i]! % 2) > 0.5 ? 1 : 0,
  );
  return { X, y };
}

/** The tree's expectation when only the columns in `known` are known: unknown ones follow both sides by cover. */
function expectation(form: Trees, node: number, cells: readonly number[], known: number, s: number): number {
  const f = form.feature[node]!;
  if (f < 0) return form.value[node * form.width + s]!;
  const [l, r] = [form.left[node]!, form.right[node]!];
  if ((known >> f) & 1) return expectation(form, goesLeft(form, node, cells[f]!) ? l : r, cells, known, s);
  const [a, b] = [form.cover[l]!, form.cover[r]!];
  return (a * expectation(form, l, cells, known, s) + b * expectation(form, r, cells, known, s)) / (a + b);
}

describe('treeContributions', () => {
  for (const m of [histGradientBoosting, randomForest] as const)
    it(`${m.id}: the Shapley values, by all subsets`, async () => {
      const { X, y } = example();
      const context = { random: random(2), report: () => Promise.resolve(true) };
      const target = { task: 'class' as const, y, levels: ['no', 'yes'] };
      const form = (
        m === histGradientBoosting
          ? await histGradientBoosting.fit(X, target, checked(histGradientBoosting.params, { max_iter: 6, min_samples_leaf: 8 }), context)
          : await randomForest.fit({ ...X, levels: [0, 0, 0, 0] }, target, checked(randomForest.params, { n_estimators: 5 }), context)
      ) as Trees;
      if (m === histGradientBoosting) expect(form.setWords.length).toBeGreaterThan(0);
      const scores = form.base.length;
      const { base, values } = treeContributions(form, X);
      const raw = predictTrees(form, X);
      const factorial = [1, 1, 2, 6, 24];
      for (let i = 0; i < n; i += 7) {
        const cells = Array.from({ length: p }, (_, j) => X.data[j * n + i]!);
        for (let s = 0; s < scores; s++) {
          const game = (known: number): number => {
            let sum = 0;
            form.roots.forEach((root, t) => (sum += expectation(form, root, cells, known, form.score[t]! < 0 ? s : 0)));
            return form.base[s]! + sum * (form.average ? 1 / form.roots.length : 1);
          };
          expect(base[s]).toBeCloseTo(game(0), 9);
          let total = base[s]!;
          for (let j = 0; j < p; j++) {
            let phi = 0;
            for (let known = 0; known < 1 << p; known++) {
              if ((known >> j) & 1) continue;
              const size = [0, 1, 2, 3].reduce((c, k) => c + ((known >> k) & 1), 0);
              phi += ((factorial[size]! * factorial[p - size - 1]!) / factorial[p]!) * (game(known | (1 << j)) - game(known));
            }
            expect(values[(i * p + j) * scores + s]).toBeCloseTo(phi, 9);
            total += values[(i * p + j) * scores + s]!;
          }
          expect(total).toBeCloseTo(raw[i * scores + s]!, 9);
        }
      }
    });

  it('importance is the gain of each column', async () => {
    const { X, y } = example();
    const context = { random: random(2), report: () => Promise.resolve(true) };
    const params = checked(histGradientBoosting.params, { max_iter: 3 });
    const form = (await histGradientBoosting.fit(X, { task: 'class', y, levels: ['no', 'yes'] }, params, context)) as Trees;
    const importance = treeImportance(form);
    expect(importance.length).toBe(p);
    const total = form.gain.reduce((a, b) => a + b, 0);
    expect(importance.reduce((a, b) => a + b, 0)).toBeCloseTo(total, 9);
    expect(total).toBeGreaterThan(0);
  });
});
