/** RuleFit: rules of trees hold where the trees send rows, few of them are kept, and they can be read. */
import { describe, expect, it } from 'vitest';
import type { Rules } from '../../../src/core/form.js';
import { matrix, type Matrix } from '../../../src/core/matrix.js';
import type { Point, Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { ruleLines, ruleTexts } from '../../../workers/explain/rules.js';
import { predict } from '../../../workers/forms/index.js';
import { ruleHolds } from '../../../workers/forms/rules.js';
import { rulesForm, simplified } from '../../../workers/models/rules/conditions.js';
import { heldBy, rulesOf } from '../../../workers/models/rules/from-trees.js';
import { ruleFit } from '../../../workers/models/rules/rule-fit.js';
import { histGradientBoosting } from '../../../workers/models/tree/hist-gradient-boosting.js';
import { context } from '../../contract/cases.js';

const n = 300;
function table(): Matrix {
  const u = random(7);
  const X = { ...matrix(n, 4), names: ['age', 'size', 'town', 'noise'], levels: [0, 0, 5, 0] };
  for (let i = 0; i < n; i++) {
    for (const j of [0, 1, 3]) X.data[j * n + i] = normal(u);
    X.data[2 * n + i] = Math.floor(5 * u());
  }
  for (let i = 0; i < n; i += 11) X.data[n + i] = NaN;
  return X;
}
const X = table();
const quiet = { stopped: false, due: () => false, rest: () => Promise.resolve() };
const number: Target = {
  task: 'number',
  y: Float64Array.from({ length: n }, (_, i) => (X.data[i]! > 0.5 && X.data[2 * n + i]! < 2 ? 4 : 0) + 0.5 * (X.data[n + i]! || 0) + 7),
};
const fit = async (target: Target, params: Record<string, unknown> = {}, of = X) =>
  (await ruleFit.fit(of, target, checked(ruleFit.params, params), context())) as Rules;

describe('rules of trees', () => {
  it('hold for the rows that the trees send there, and so does the form made of them', async () => {
    const given = checked(histGradientBoosting.params, { max_iter: 20, max_leaf_nodes: 5, min_samples_leaf: 12 });
    const trees = await histGradientBoosting.fit(X, number, given, context());
    if (trees.form !== 'trees') throw new Error('trees');
    const rules = await rulesOf(trees, X, 1000, quiet);
    expect(rules.length).toBeGreaterThan(20);
    const sizes = new Set(rules.map((r) => r.holds.reduce((a, b) => a + b, 0)));
    for (const cover of sizes) expect([...trees.cover].some((c) => c === cover || n - c === cover)).toBe(true);
    const form = rulesForm(
      { inputs: 4, outputs: 1, link: 'identity', ordered: false, bias: new Float64Array(1), rest: n },
      rules.map((r) => ({ conditions: r.conditions, values: Float64Array.of(1), cover: 1 })),
    );
    const holds = new Uint8Array(n);
    rules.forEach((rule, r) => {
      ruleHolds(form, r, X, 0, n, holds);
      expect([...holds]).toEqual([...rule.holds]);
      expect([...heldBy(rule.conditions, X)]).toEqual([...rule.holds]);
    });
    // No two for the same rows, nor for just the others.
    const keys = rules.map(({ holds: h }) => (h[0] ? h : h.map((v) => 1 - v)).join(''));
    expect(new Set(keys).size).toBe(keys.length);
    expect(await rulesOf(trees, X, 7, quiet)).toHaveLength(7);
  });
  it('are said with as few conditions as they need', () => {
    const c = (column: number, above: boolean, threshold: number, levels: number[] | null = null) => ({
      column, above, threshold, levels: levels && Uint8Array.from(levels), missing: false,
    }); // prettier-ignore
    const said = simplified([
      c(1, true, 2),
      c(0, false, 9),
      c(1, true, 3),
      c(0, false, 4),
      c(1, false, 8),
      c(2, false, 0, [1, 1, 0]),
      c(2, false, 0, [0, 1, 1]),
    ]);
    expect(said).toEqual(
      [c(0, false, 4), c(1, false, 8), c(1, true, 3), c(2, false, 0, [0, 1, 0])].map((x) => expect.objectContaining(x) as unknown),
    );
  });
});

describe('RuleFit', () => {
  it('finds a planted rule and a planted slope', async () => {
    const form = await fit(number);
    const p = predict(form, X);
    const mean = number.y.reduce((a: number, b) => a + b, 0) / n;
    const squares = (of: (i: number) => number) => Array.from({ length: n }, (_, i) => of(i) ** 2).reduce((a, b) => a + b);
    expect(squares((i) => p[i]! - number.y[i]!)).toBeLessThan(0.05 * squares((i) => number.y[i]! - mean));
    const said = ruleTexts(form, X.names, [[], [], ['Ulm', 'Bonn', 'Köln', 'Trier', 'Hof'], []]);
    expect(said.join(' ')).toMatch(/If age is above 0\.\d+ and town is (Ulm or Bonn|not Köln, Trier or Hof)/);
    expect(said.join(' ')).toMatch(/For each 1 of size, between -?\d.* and \d.*: \+0\.[45]/);
  });
  it('keeps as many rules as asked for', async () => {
    for (const most of [1, 4]) expect((await fit(number, { max_rules: most })).starts.length - 1).toBeLessThanOrEqual(most);
    expect((await fit(number, { penalty: 1 })).values.length).toBe(0);
    expect((await fit(number, { linear: false })).lines.length).toBe(0);
  });
  it('tells three classes apart, one of which is never seen', async () => {
    const y = Int32Array.from({ length: n }, (_, i) => (X.data[i]! > 0.4 ? 3 : X.data[2 * n + i]! < 2 ? 1 : 0));
    const form = await fit({ task: 'class', y, levels: ['a', 'b', 'c', 'd'] });
    const p = predict(form, X);
    let right = 0;
    for (let i = 0; i < n; i++) {
      const own = p.subarray(4 * i, 4 * i + 4);
      if (own.indexOf(Math.max(...own)) === y[i]) right++;
      expect(own[2]).toBeLessThan(1e-6);
    }
    expect(right).toBeGreaterThan(0.95 * n);
    for (const line of ruleLines(form, { columns: X.names, categories: [], levels: ['a', 'b', 'c', 'd'] }))
      expect(line.then).not.toMatch(/NaN|undefined/);
  });
  it('draws one curve: the loss of the rows held back, penalty by penalty', async () => {
    for (const target of [number, { task: 'class', y: Int32Array.from(number.y, (v) => Number(v > 8)), levels: ['a', 'b'] } as const]) {
      const points: { done: number; of: number; point: Point }[] = [];
      const ctx = {
        ...context(),
        report: (done: number, of: number, point?: Point) => {
          if (point) points.push({ done, of, point });
          return Promise.resolve(true);
        },
      };
      await ruleFit.fit(X, target, checked(ruleFit.params, {}), ctx);
      expect(points.length).toBeGreaterThan(2);
      for (const { point } of points) expect(Object.keys(point)).toEqual(['valid']);
      expect(points.every((p, i) => i === 0 || p.done > points[i - 1]!.done)).toBe(true);
      expect(points.at(-1)!.done).toBeLessThan(points[0]!.of);
    }
  });
  it('does not mind the units of the target', async () => {
    const big = await fit({ task: 'number', y: number.y.map((v) => (v - 7) * 1e30) }, { penalty: 0.05 });
    const one = await fit({ task: 'number', y: number.y.map((v) => v - 7) }, { penalty: 0.05 });
    const a = predict(big, X);
    predict(one, X).forEach((v, i) => expect(Math.abs(a[i]! / 1e30 - v)).toBeLessThan(1e-5));
  });
});

describe('texts', () => {
  const form: Rules = {
    form: 'rules', link: 'sigmoid', inputs: 3, outputs: 2, ordered: true, bias: Float64Array.of(-2), values: Float64Array.of(1.5, -1, 0.25),
    starts: Int32Array.of(0, 3, 4, 5), column: Int32Array.of(0, 0, 1, 2, 2), above: Uint8Array.of(1, 0, 0, 0, 1),
    threshold: Float32Array.of(20, 30.5, 0, 0.5, 0.5), set: Int32Array.of(-1, -1, 0, -1, -1), setWords: Uint32Array.of(1, 0b101),
    missing: Uint8Array.of(0, 0, 1, 0, 0), cover: Float64Array.of(40, 30, 20, 10), lines: new Int32Array(0), lower: new Float64Array(0),
    upper: new Float64Array(0), fill: new Float64Array(0), slopes: new Float64Array(0),
  }; // prettier-ignore
  it('of a list', () => {
    expect(ruleTexts(form, ['age', 'town', 'x'], [[], ['Ulm', 'Bonn', 'Hof', 'Kiel'], []], ['no', 'yes'])).toEqual([
      'If age is above 20 and at most 30.5 and town is Ulm or Hof (or missing), then yes (82 %).',
      'Otherwise, if x is at most 0.5, then no (73 %).',
      'Otherwise, if x is above 0.5, then yes (56 %).',
      'Otherwise: no (88 %).',
    ]);
  });
  it('of columns that came from a category, and of a sum', () => {
    const names = {
      columns: ['age', 'town', 'sex=male'],
      categories: [[], ['Ulm', 'Bonn', 'Hof'], []],
      levels: ['no', 'yes'],
      compares: (j: number, t: number) => (j === 2 ? 'sex is not male' : `c${j} ≤ ${t}`),
    };
    const lines = ruleLines({ ...form, ordered: false, lines: Int32Array.of(0), lower: Float64Array.of(1), upper: Float64Array.of(9), fill: Float64Array.of(2), slopes: Float64Array.of(-0.125) }, names); // prettier-ignore
    expect(lines).toEqual([
      { says: 'age is above 20 and at most 30.5 and town is not Bonn (or missing)', then: '+1.5 for yes', rows: 40 },
      { says: 'sex is not male', then: '−1 for yes', rows: 30 },
      { says: 'sex is male', then: '+0.25 for yes', rows: 20 },
      { says: 'for each 1 of age, between 1 and 9', then: '−0.125 for yes', rows: 10 },
      { says: 'always', then: '−2 for yes', rows: 10 },
    ]);
  });
});
