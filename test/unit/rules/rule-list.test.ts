/** The rule list: what was planted is found, what is chance is not, and the search misses nothing that looking at everything finds. */
import { describe, expect, it } from 'vitest';
import type { Rules } from '../../../src/core/form.js';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { ruleTexts } from '../../../workers/explain/rules.js';
import { predict } from '../../../workers/forms/index.js';
import { nextRule, total } from '../../../workers/models/rules/list-search.js';
import { ruleList } from '../../../workers/models/rules/rule-list.js';
import { classTruth } from '../../../workers/models/rules/truth.js';
import { binColumns, writeBins } from '../../../workers/models/tree/boost-bins.js';
import { context } from '../../contract/cases.js';

const n = 400;
const colours = ['red', 'green', 'blue'];
function table(): Matrix {
  const u = random(12);
  const X = { ...matrix(n, 3), names: ['age', 'income', 'colour'], levels: [0, 0, 3] };
  for (let i = 0; i < n; i++) {
    X.data[i] = Math.floor(20 + 60 * u());
    X.data[n + i] = normal(u);
    X.data[2 * n + i] = Math.floor(3 * u());
  }
  return X;
}
const fit = async (X: Matrix, target: Target, params: Record<string, unknown> = {}, ctx = context()) =>
  (await ruleList.fit(X, target, checked(ruleList.params, params), ctx)) as Rules;
const texts = (form: Rules, X: Matrix, classes: string[] = []) => ruleTexts(form, X.names, [[], [], colours], classes);

describe('rule list', () => {
  it('finds the rules that made the classes, in words', async () => {
    const X = table();
    const y = Int32Array.from({ length: n }, (_, i) => (X.data[i]! > 50 && X.data[2 * n + i] === 1 ? 0 : X.data[n + i]! <= -0.5 ? 0 : 1));
    const form = await fit(X, { task: 'class', y, levels: ['no', 'yes'] });
    const said = texts(form, X, ['no', 'yes']);
    expect(said).toHaveLength(3);
    // Whichever of the two is said first, they do not hang together.
    const both = said.slice(0, 2).join(' ');
    expect(both).toMatch(/age is above 50(\.\d+)? and colour is green, then no \(\d\d %\)/);
    expect(both).toMatch(/income is at most −?-?0\.[45]\d*, then no/);
    expect(said[2]).toMatch(/^Otherwise: yes \(\d\d %\)\.$/);
    const p = predict(form, X);
    // Thresholds lie at 64 quantiles, so a few rows beside one are on the wrong side.
    expect(y.filter((k, i) => p[2 * i + k]! < 0.5).length).toBeLessThan(0.02 * n);
  });
  it('says nothing about chance', async () => {
    const X = table();
    const u = random(1);
    const y = Int32Array.from({ length: n }, () => (u() < 0.3 ? 1 : 0));
    const ctx = context();
    const form = await fit(X, { task: 'class', y, levels: ['a', 'b'] }, {}, ctx);
    expect(form.cover.length).toBe(1);
    expect(ctx.notes.join()).toMatch(/No rule was worth/);
    expect((await fit(X, { task: 'class', y, levels: ['a', 'b'] }, { evidence: 0 })).cover.length).toBeGreaterThan(3);
  });
  it('answers numbers with means, and keeps to its bounds', async () => {
    const X = table();
    const u = random(2);
    const y = Float64Array.from({ length: n }, (_, i) => (X.data[i]! > 60 ? 1000 : X.data[2 * n + i] === 0 ? 10 : 20) + normal(u));
    const form = await fit(X, { task: 'number', y }, { max_rules: 2, max_conditions: 1, min_samples_leaf: 30 });
    expect(form.starts.length - 1).toBe(2);
    expect([...form.starts]).toEqual([0, 1, 2]);
    expect(Math.min(...form.cover)).toBeGreaterThanOrEqual(30);
    expect(form.cover.reduce((a, b) => a + b)).toBe(n);
    const p = predict(form, X);
    p.forEach((v, i) => expect(Math.abs(v - y[i]!)).toBeLessThan(5));
    const groups = new Map<number, number[]>();
    p.forEach((v, i) => groups.set(v, [...(groups.get(v) ?? []), y[i]!]));
    for (const [v, of] of groups) expect(v).toBeCloseTo(of.reduce((a, b) => a + b) / of.length, 9);
  });
  it('a missing value fulfils no condition', async () => {
    const X = table();
    const y = Int32Array.from({ length: n }, (_, i) => (X.data[i]! > 45 ? 1 : 0));
    for (let i = 0; i < n; i += 5) X.data[i] = NaN;
    const form = await fit(X, { task: 'class', y, levels: ['a', 'b'] });
    expect([...form.missing].every((m) => m === 0)).toBe(true);
    const p = predict(form, X);
    for (let i = 0; i < n; i += 5) expect(p[2 * i]).toBe(p[0]);
  });
});

describe('the search', () => {
  it('of one condition finds what looking at all of them finds', () => {
    const X = table();
    const u = random(9);
    const y = Int32Array.from({ length: n }, (_, i) => (u() < (X.data[i]! > 44 ? 0.7 : 0.35) ? 1 : 0));
    const rows = Uint32Array.from({ length: n }, (_, i) => i);
    const columns = binColumns(X, rows, null, 64, random(1));
    const bins = new Uint8Array(4 * n);
    columns.forEach((about, j) => writeBins(X, j, about, rows, bins, 0));
    const truth = classTruth({ task: 'class', y, levels: ['a', 'b'] }, rows, null);
    const searching = nextRule({ rows: n, columns, bins }, truth, rows, 0, { mostConditions: 1, least: 10, price: 2, once: 3 });
    let turn = searching.next();
    while (!turn.done) turn = searching.next();
    const found = turn.value!;
    const worth = (inside: Uint32Array) => {
      const all = total(truth, rows);
      const sums = total(truth, inside);
      const saved = truth.loss(all) - truth.loss(sums) - truth.loss(all.map((v, k) => v - sums[k]!));
      return (saved - 5) / inside.length ** 0.75;
    };
    let best = -Infinity;
    const consider = (holds: (i: number) => boolean) => {
      const inside = rows.filter(holds);
      if (inside.length >= 10 && n - inside.length >= 10) best = Math.max(best, worth(inside));
    };
    for (const j of [0, 1]) {
      for (const t of columns[j]!.cuts!) {
        consider((i) => X.data[j * n + i]! <= t);
        consider((i) => X.data[j * n + i]! > t);
      }
    }
    for (let k = 0; k < 3; k++) {
      consider((i) => X.data[2 * n + i] === k);
      consider((i) => X.data[2 * n + i] !== k);
    }
    expect(found.conditions).toHaveLength(1);
    expect(worth(found.rows)).toBeCloseTo(best, 12);
    expect([...found.rows, ...found.rest].sort((a, b) => a - b)).toEqual([...rows]);
  });
});
