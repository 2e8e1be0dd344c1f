/** Suggestions: each fits its reason, and every one runs. */
import { expect, test } from 'vitest';
import { random } from '../../../src/core/random.js';
import type { Column } from '../../../src/core/table.js';
import { toMatrix } from '../../../workers/steps/matrix.js';
import { proposeFeatures } from '../../../workers/steps/propose.js';
import { fitRecipe } from '../../../workers/steps/recipe.js';

test('suggests what the columns call for, and nothing else', () => {
  const n = 200;
  const u = random(7);
  const many = Array.from({ length: 40 }, (_, i) => `town ${i}`);
  const columns: Column[] = [
    { name: 'income', kind: 'number', values: Float64Array.from({ length: n }, () => Math.exp(8 * u())) },
    { name: 'age', kind: 'number', values: Float64Array.from({ length: n }, (_, i) => (i % 10 === 0 ? NaN : 20 + 40 * u())) },
    { name: 'when', kind: 'time', values: Float64Array.from({ length: n }, () => u() * 1e12) },
    { name: 'town', kind: 'category', codes: Int32Array.from({ length: n }, (_, i) => i % 40), levels: many },
    { name: 'sex', kind: 'category', codes: Int32Array.from({ length: n }, (_, i) => i % 2), levels: ['f', 'm'] },
    {
      name: 'note',
      kind: 'text',
      codes: Int32Array.from({ length: n }, (_, i) => i % 2),
      levels: ['the dog runs home', 'a cat sleeps over there'],
    },
  ];
  const target = { task: 'number' as const, y: Float64Array.from({ length: n }, u) };
  const found = proposeFeatures(columns, target);
  expect(found.map((s) => `${s.use.step} ${String(s.use.on)}`)).toEqual([
    'date-parts when',
    'log income',
    'target-encode town',
    'text-features note',
    'tf-idf note',
    'impute age',
  ]);
  expect(proposeFeatures(columns).map((s) => s.use.step)).toContain('frequency-encode');
  expect(new Set(found.map((s) => s.use.id)).size).toBe(found.length);
  for (const s of found) expect(s.label.length * s.why.length).toBeGreaterThan(0);
  const takes = { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false } as const;
  const X = toMatrix(
    fitRecipe(
      found.map((s) => s.use),
      columns,
      target,
      1,
      takes,
    ).columns,
  );
  expect(X.data.every((v) => Number.isFinite(v))).toBe(true);
  expect(X.names).toContain('note words');
});
