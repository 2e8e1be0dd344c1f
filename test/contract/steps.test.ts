/** What holds for every step: learning from its rows only, any new data, plain states, stable names. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Target } from '../../src/core/model.js';
import type { Param, Params, ValuesOf } from '../../src/core/param.js';
import { checked, defaults, fault, wrong } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { random } from '../../src/core/random.js';
import type { ColumnStep, RowStep, State } from '../../src/core/step.js';
import type { CodeColumn, Column, Kind } from '../../src/core/table.js';
import { isValues, lengthOf, rowNumbers, takeColumn } from '../../src/core/table.js';
import { alignLevels } from '../../workers/steps/align-levels.js';
import { steps } from '../../workers/steps/index.js';

const all = [...steps.values()];
const columnSteps = [...all.filter((s): s is ColumnStep => s.type === 'column'), alignLevels as ColumnStep];
const rowSteps = all.filter((s): s is RowStep => s.type === 'row');

type Given = ValuesOf<Params>;

/** Two columns of each kind, with gaps, from a seed. */
function columnsOf(n: number, seed: number, kinds: readonly Kind[]): Column[] {
  const u = random(seed);
  const gap = () => u() < 0.1;
  const levels = ['red', 'Red ', 'green', 'blue', '10', '9.5', 'never seen'];
  const texts = [
    'The quick brown fox',
    'quick   foxes JUMP 12 times',
    'a lazy dog sleeps here',
    '  brown dog  ',
    '$1,200',
    'unused words entirely',
  ];
  const number = (name: string, f: () => number): Column => ({
    name,
    kind: 'number',
    values: Float64Array.from({ length: n }, () => (gap() ? NaN : f())),
  });
  const coded = (name: string, kind: 'category' | 'text', own: string[]): Column => ({
    name,
    kind,
    levels: own,
    codes: Int32Array.from({ length: n }, () => (gap() ? -1 : Math.floor(u() * (own.length - 1)))),
  });
  const made: Column[] = [
    number('a', () => u() * 10 - 3),
    number('b', () => Math.exp(4 * u())),
    { name: 'when', kind: 'time', values: Float64Array.from({ length: n }, () => (gap() ? NaN : Math.floor(1.6e9 + u() * 1e8) * 1000)) },
    { name: 'then', kind: 'time', values: Float64Array.from({ length: n }, () => Math.floor(1e9 + u() * 1e8) * 1000) },
    coded('colour', 'category', levels),
    coded('other colour', 'category', levels.slice(0, 4)),
    coded('note', 'text', texts),
  ];
  return made.filter((c) => kinds.includes(c.kind));
}
const targets = (n: number): Target[] => [
  { task: 'number', y: Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 5) },
  { task: 'class', y: Int32Array.from({ length: n }, (_, i) => i % 2), levels: ['no', 'yes'] },
  { task: 'class', y: Int32Array.from({ length: n }, (_, i) => i % 3), levels: ['p', 'q', 'r'] },
];

/** Parameters to try: the defaults, and one set for each option of each choice and each flag. */
function variants(step: ColumnStep | RowStep): Given[] {
  const base: Record<string, Given[string]> = { ...defaults(step.params) };
  if (step.id === 'formula') base.formula = 'if([a] > 0, log(a) / b, -1) + length(note) + year(when) + (colour = "red")';
  if (step.id === 'replace-values') Object.assign(base, { from: '', to: '7' });
  if (step.id === 'impute') base.fill = '3';
  if (step.id === 'filter-rows') Object.assign(base, { value: '2020', op: 'is-present' });
  const out: Given[] = [base];
  for (const [name, p] of Object.entries(step.params)) {
    if (p.kind === 'flag') out.push({ ...base, [name]: !p.default });
    if (p.kind === 'choice') for (const o of Object.keys(p.options)) out.push({ ...base, [name]: o });
    if (p.kind === 'int' || p.kind === 'real') out.push({ ...base, [name]: p.min }, { ...base, [name]: Math.min(p.max, 40) });
  }
  return out;
}
/** “contains” cannot be asked of numbers; a constant fill that is a number is no time. */
const kindsFor = (step: ColumnStep | RowStep, params: Given): Kind[] =>
  step.id === 'filter-rows' && params.op === 'contains'
    ? ['category', 'text']
    : step.id === 'replace-values' || (step.id === 'impute' && params.strategy === 'constant')
      ? step.kinds.filter((k) => k !== 'time')
      : [...step.kinds];

/** Columns as text, so that different codes for the same thing are equal. */
const shown = (columns: readonly Column[]) =>
  columns.map((c) => [
    c.name,
    c.kind,
    isValues(c) ? Array.from(c.values, String) : Array.from(c.codes, (k) => (k < 0 ? null : c.levels[k]!)),
  ]);
/** The same columns under other codes: levels turned round, one more that no row has. */
const recoded = (c: Column): Column => {
  if (isValues(c)) return c;
  const levels = ['a level no row has', ...[...c.levels].reverse()];
  return { ...c, levels, codes: c.codes.map((k) => (k < 0 ? -1 : c.levels.length - k)) };
};
function plain(value: unknown, path: string): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || value === undefined) return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${path} is ${value}`);
    return;
  }
  if (ArrayBuffer.isView(value)) return;
  if (Array.isArray(value)) return value.forEach((v, i) => plain(v, `${path}[${i}]`));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [k, v] of Object.entries(value)) plain(v, `${path}.${k}`);
    return;
  }
  throw new Error(`${path} is not plain`);
}
function learn(step: ColumnStep, columns: readonly Column[], params: Given, target: Target): State {
  return step.learn(columns, params, step.target ? target : undefined);
}

test('the folder is the list', () => {
  const helpers = ['align-levels', 'columns', 'eigen', 'expression', 'index', 'matrix', 'numbers', 'preparation', 'propose', 'recipe'];
  const files = readdirSync(new URL('../../workers/steps/', import.meta.url))
    .filter((f) => f.endsWith('.ts'))
    .map((f) => f.slice(0, -3));
  expect(files.filter((f) => !helpers.includes(f)).sort()).toEqual([...steps.keys()].sort());
});

describe.each(all.map((s) => [s.id, s] as const))('%s', (_id, step) => {
  test('is declared in full, and its gate refuses wrong values', () => {
    expect(step.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const words of [step.label, step.help, step.source]) expect(words.length).toBeGreaterThan(3);
    expect(step.kinds.length).toBeGreaterThan(0);
    expect(() => checked(step.params, { nonsense: 1 })).toThrow(Problem);
    for (const [name, p] of Object.entries(step.params) as [string, Param][]) {
      expect(fault(p, p.default)).toBeNull();
      expect(p.label.length * p.help.length).toBeGreaterThan(0);
      if (p.when) expect(Object.keys(step.params)).toContain(p.when.param);
      for (const bad of wrong(p)) expect(() => checked(step.params, { [name]: bad }), `${name} = ${String(bad)}`).toThrow(Problem);
      if ((p.kind === 'int' || p.kind === 'real') && p.tune) for (const end of p.tune) expect(fault(p, end)).toBeNull();
    }
    expect(step.says(['a', 'b'], defaults(step.params)).length).toBeGreaterThan(5);
  });
});

describe.each(columnSteps.map((s) => [s.id, s] as const))('%s', (_id, step) => {
  const n = 60;
  for (const params of variants(step)) {
    const name = JSON.stringify(params);
    const kinds = kindsFor(step, params);
    const columns = columnsOf(n, 5, kinds);
    const target = targets(n)[1]!;

    test(`same rows, distinct names, inputs unchanged ${name}`, () => {
      const before = structuredClone(columns);
      for (const t of targets(n)) {
        const state = learn(step, columns, params, t);
        const out = step.apply(columns, state, params);
        for (const c of out) {
          expect(lengthOf(c)).toBe(n);
          if (isValues(c)) expect(c.values.some((v) => v === Infinity || v === -Infinity)).toBe(false);
          else {
            expect(c.codes.every((k) => k >= -1 && k < c.levels.length)).toBe(true);
            expect(new Set(c.levels).size).toBe(c.levels.length);
          }
        }
        expect(new Set(out.map((c) => c.name)).size).toBe(out.length);
        expect(step.learnt(state).length).toBeGreaterThan(5);
        expect(step.learnt(state)).not.toMatch(/NaN|undefined|Infinity/);
      }
      expect(columns).toEqual(before);
    });

    test(`the state is plain, survives a clone, and is the same twice ${name}`, () => {
      const state = learn(step, columns, params, target);
      plain(state, 'state');
      expect(structuredClone(state)).toEqual(state);
      expect(learn(step, structuredClone(columns), params, target)).toEqual(state);
      expect(shown(step.apply(columns, structuredClone(state), params))).toEqual(shown(step.apply(columns, state, params)));
    });

    test(`learns by text, from the rows given alone ${name}`, () => {
      const state = learn(step, columns, params, target);
      // Other codes for the same texts, and levels that only rows elsewhere have.
      expect(learn(step, columns.map(recoded), params, target)).toEqual(state);
      expect(shown(step.apply(columns.map(recoded), state, params))).toEqual(shown(step.apply(columns, state, params)));
      // Poison in the rows that were not given.
      const poisoned = columns.map((c) =>
        isValues(c)
          ? { ...c, values: Float64Array.from([...c.values, 1e9, -1e9]) }
          : { ...c, levels: [...c.levels, 'poison'], codes: Int32Array.from([...c.codes, c.levels.length, c.levels.length]) },
      );
      expect(
        learn(
          step,
          poisoned.map((c) => takeColumn(c, rowNumbers(n))),
          params,
          target,
        ),
      ).toEqual(state);
    });

    test(`apply on a slice is the slice of apply; names do not depend on the rows ${name}`, () => {
      const state = learn(step, columns, params, target);
      const fresh = columnsOf(40, 77, kinds);
      const whole = step.apply(fresh, state, params);
      const rows = [3, 4, 5, 30, 0];
      const slice = step.apply(
        fresh.map((c) => takeColumn(c, rows)),
        state,
        params,
      );
      expect(shown(slice)).toEqual(shown(whole.map((c) => takeColumn(c, rows))));
      expect(whole.map((c) => [c.name, c.kind])).toEqual(step.apply(columns, state, params).map((c) => [c.name, c.kind]));
    });

    test(`unseen levels, all missing, no rows, one row, other kinds ${name}`, () => {
      const state = learn(step, columns, params, target);
      const empty = columns.map((c) => takeColumn(c, []));
      const gone = columns.map((c): Column =>
        isValues(c) ? { ...c, values: new Float64Array(n).fill(NaN) } : { ...c, codes: new Int32Array(n).fill(-1) },
      );
      const unseen = columns.map((c): Column =>
        isValues(c) ? { ...c, values: new Float64Array(n).fill(-1e6) } : { ...c, levels: ['quite new'], codes: new Int32Array(n) },
      );
      for (const [given, rows] of [
        [empty, 0],
        [gone, n],
        [unseen, n],
        [columns.map((c) => takeColumn(c, [1])), 1],
      ] as const) {
        for (const c of step.apply(given, state, params)) expect(lengthOf(c)).toBe(rows);
      }
      for (const given of [empty, gone, columns.map((c) => takeColumn(c, [1]))]) {
        for (const t of targets(lengthOf(given[0]!))) {
          const own = learn(step, given, params, t);
          plain(own, 'state');
          expect(step.learnt(own)).not.toMatch(/NaN|undefined|Infinity/);
          for (const c of step.apply(columns, own, params)) {
            expect(lengthOf(c)).toBe(n);
            if (isValues(c)) expect(c.values.some((v) => Math.abs(v) === Infinity)).toBe(false);
          }
        }
      }
      // A column that came in as text where training had numbers, or the other way round, must not break a prediction.
      if (step.id === 'formula' || step.id === 'to-category') return;
      const turned = columns.map((c): Column =>
        isValues(c)
          ? { name: c.name, kind: 'category', codes: Int32Array.from({ length: n }, (_, i) => (i % 3) - 1), levels: ['12.5', 'x'] }
          : { name: c.name, kind: 'number', values: new Float64Array(n).fill(4) },
      );
      for (const c of step.apply(turned, state, params)) expect(lengthOf(c)).toBe(n);
    });

    test(`never touches the target; gaps are dealt with ${name}`, () => {
      for (const t of targets(n)) {
        const before = structuredClone(t);
        if (step.fitTransform) {
          const first = step.fitTransform(columns, params, t, 3);
          expect(shown(step.fitTransform(columns, params, t, 3).columns)).toEqual(shown(first.columns));
          expect(first.state).toEqual(learn(step, columns, params, t));
          expect(first.columns.map((c) => c.name)).toEqual(step.apply(columns, first.state, params).map((c) => c.name));
          expect(shown(first.columns)).not.toEqual(shown(step.apply(columns, first.state, params)));
        } else step.apply(columns, learn(step, columns, params, t), params);
        expect(t).toEqual(before);
      }
    });
  }

  test('only says that it looks at the target when it does', () => {
    const params = variants(step)[0]!;
    const columns = columnsOf(n, 5, kindsFor(step, params));
    const [number, binary] = targets(n);
    if (step.target) {
      expect(() => step.learn(columns, params)).toThrow(Problem);
      expect(step.learn(columns, params, number)).not.toEqual(step.learn(columns, params, binary));
    } else expect(step.learn(columns, params, number)).toEqual(step.learn(columns, params, binary));
  });
});

describe.each(rowSteps.map((s) => [s.id, s] as const))('%s', (_id, step) => {
  test('gives ascending rows in range, for any table, and leaves the table alone', () => {
    for (const params of variants(step)) {
      for (const n of [0, 1, 60]) {
        const columns = columnsOf(n, 9, kindsFor(step, params));
        const before = structuredClone(columns);
        const on = columns.map((c) => c.name);
        const rows = step.rows({ rows: n, columns }, on, params);
        expect(rows).toBeInstanceOf(Uint32Array);
        rows.forEach((r, i) => expect(r < n && (i === 0 || r > rows[i - 1]!)).toBe(true));
        expect(step.rows({ rows: n, columns: columns.map(recoded) }, on, params)).toEqual(rows);
        expect(columns).toEqual(before);
        const gone = columns.map((c): Column =>
          isValues(c) ? { ...c, values: new Float64Array(n).fill(NaN) } : { ...(c as CodeColumn), codes: new Int32Array(n).fill(-1) },
        );
        expect(step.rows({ rows: n, columns: gone }, on, params).length).toBeLessThanOrEqual(n);
      }
    }
  });
});
