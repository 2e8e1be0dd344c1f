/** Ordinal regression: orders of any kind, absent classes, and columns that part the classes perfectly. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { sumsPicture } from '../../../workers/explain/inside/sums.js';
import { ordinal } from '../../../workers/models/ordinal.js';

const notes: string[] = [];
const ctx: Context = { random: random(1), report: () => Promise.resolve(true), note: (s) => void notes.push(s) };
const fit = (target: ClassTarget, given = {}) => ordinal.fit(X, target, checked(ordinal.params, given), ctx);
const u = random(4);
const n = 120;
const X = matrix(
  n,
  2,
  Float32Array.from({ length: 2 * n }, () => normal(u)),
);
const rank = Int32Array.from({ length: n }, (_, i) => {
  const s = 2 * X.data[i]! + normal(u);
  return s < -1 ? 0 : s < 1 ? 1 : 2;
});

describe('the order', () => {
  it('can be given for names in any order, and moves nothing but the places', async () => {
    const inOrder = predict(await fit({ task: 'class', y: rank, levels: ['low', 'middle', 'high'] }, { order: 'low, middle, high' }), X);
    // By the alphabet: high, low, middle.
    const place = [1, 2, 0];
    notes.length = 0;
    const named: ClassTarget = { task: 'class', y: rank.map((r) => place[r]!), levels: ['high', 'low', 'middle'] };
    const p = predict(await fit(named, { order: ' low,middle ,high' }), X);
    expect(notes).toEqual([]);
    for (let i = 0; i < n; i++) for (let r = 0; r < 3; r++) expect(p[3 * i + place[r]!]).toBe(inOrder[3 * i + r]);
    // Without the order it says which one it took, and does worse.
    const blind = predict(await fit(named), X);
    expect(notes.join()).toMatch(/high < low < middle/);
    const hits = (q: Float64Array) => named.y.reduce((s, k, i) => s + Math.log(q[3 * i + k]!), 0);
    expect(hits(p)).toBeGreaterThan(hits(blind) + 10);
  });

  it.each([
    ['low, middle', 'leaves out “high”'],
    ['low, middle, top, high', 'names “top”, which is none of the classes'],
    ['low, middle, high, low', 'names a class twice'],
  ])('is refused as “%s”', async (order, what) => {
    const target: ClassTarget = { task: 'class', y: rank, levels: ['low', 'middle', 'high'] };
    await expect(fit(target, { order })).rejects.toMatchObject({ code: 'param/invalid', message: expect.stringContaining(what) as string });
  });

  it('steps over a class in the middle that training lacks', async () => {
    const full = predict(await fit({ task: 'class', y: rank, levels: ['1', '2', '3'] }), X);
    const gapped = predict(await fit({ task: 'class', y: rank.map((r) => (r === 2 ? 3 : r)), levels: ['1', '2', '2.5', '3'] }), X);
    for (let i = 0; i < n; i++) expect([...gapped.subarray(4 * i, 4 * i + 4)]).toEqual([full[3 * i], full[3 * i + 1], 0, full[3 * i + 2]]);
  });
});

it('says when columns part the classes perfectly, and still answers', async () => {
  notes.length = 0;
  const apart = Int32Array.from({ length: n }, (_, i) => (X.data[i]! < -0.5 ? 0 : X.data[i]! < 0.5 ? 1 : 2));
  const form = await fit({ task: 'class', y: apart, levels: ['1', '2', '3'] }, { penalty: 'none' });
  expect(notes.join()).toMatch(/perfectly/);
  expect(form).not.toHaveProperty('spread');
  const p = predict(form, X);
  for (let i = 0; i < n; i++) expect(p[3 * i + apart[i]!]).toBeGreaterThan(0.99);
});

it('has no standard errors where columns overlap', async () => {
  const twins = matrix(n, 3, Float32Array.from([...X.data, ...X.data.subarray(0, n)]));
  const form = await ordinal.fit(
    twins,
    { task: 'class', y: rank, levels: ['1', '2', '3'] },
    checked(ordinal.params, { penalty: 'none' }),
    ctx,
  );
  expect(form).not.toHaveProperty('spread');
  const alone = predict(await fit({ task: 'class', y: rank, levels: ['1', '2', '3'] }, { penalty: 'none' }), X);
  predict(form, twins).forEach((v, i) => expect(v).toBeCloseTo(alone[i]!, 6));
});

it('is shown as one list of weights, with the places where classes part', async () => {
  const form = await fit({ task: 'class', y: rank.map((r) => (r === 2 ? 3 : r)), levels: ['1', '2', '2.5', '3'] }, { penalty: 'none' });
  if (form.form !== 'linear') throw new Error('a linear form was expected');
  const { scores, says } = sumsPicture(form, {
    columns: ['a', 'b'],
    categories: [[], []],
    levels: ['1', '2', '2.5', '3'],
    compares: () => '',
  });
  expect(scores).toHaveLength(1);
  expect(scores[0]!.intercept).toBeNull();
  expect(scores[0]!.rows.map((r) => r.name)).toEqual(['a', 'b']);
  expect(scores[0]!.rows[0]!.low).toBeGreaterThan(0);
  expect(says[0]).toMatch(/“1” and “2” part at -\S+, “2” and “3” part at \d/);
});
