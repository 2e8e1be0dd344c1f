/** Warnings: each appears where it should, with a mend that exists, and a clean table has none. */
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/core/model.js';
import { random, normal } from '../../../src/core/random.js';
import type { Column, Table } from '../../../src/core/table.js';
import { profileTable, warnings } from '../../../workers/profile/index.js';
import { checked } from '../../../src/core/param.js';
import { steps } from '../../../workers/steps/index.js';
import { names, numbers } from './tables.js';

const n = 400;
const each = <T>(f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const u = random(3);
const clean = numbers(
  'clean',
  each(() => normal(u)),
);

function warn(columns: Column[], about: { target?: string; task?: Task } = {}) {
  const table: Table = { rows: n, columns };
  const dialect = {
    encoding: 'utf-8',
    bom: false,
    delimiter: ',',
    quote: '"',
    header: true,
    skip: 0,
    decimal: '.' as const,
    missing: [],
    why: {},
  };
  const profile = profileTable({ table, dialect, readings: {}, whys: {}, issues: [], fingerprint: '', seconds: 0 }, 'x.csv', 1);
  const found = warnings(table, profile, about);
  // Whatever is offered must be a step that takes these parameters.
  for (const w of found) {
    for (const fix of w.fixes) {
      if (!fix.step) continue;
      const step = steps.get(fix.step.step);
      expect(step, fix.step.step).toBeDefined();
      checked(step!.params, fix.step.params);
      for (const c of fix.step.on) expect(columns.map((x) => x.name)).toContain(c);
    }
  }
  return found;
}
const codes = (columns: Column[], about = {}) => warn(columns, about).map((w) => w.code);

describe('warnings', () => {
  it('show the far end alone as an example of values far from the rest', () => {
    const long = numbers(
      'calls',
      each((i) => (i % 10 === 0 ? 40 + (i % 30) : i % 12)),
    );
    const found = warn([clean, long]).find((x) => x.code === 'outliers');
    expect(found?.examples).toEqual(['60']);
  });
  it('press harder where the classes to be predicted are spelled in several ways', () => {
    const result = names(
      'result',
      each((i) => ['Pass', 'pass', 'Fail', 'FAIL '][i % 4]!),
    );
    const of = (about: { target?: string; task?: Task }) => warn([clean, result], about).find((x) => x.code === 'inconsistent-spellings');
    expect(of({})?.severity).toBe('medium');
    expect(of({ target: 'result', task: 'class' })).toMatchObject({
      severity: 'high',
      why: expect.stringContaining('class of its own') as string,
    });
  });
  it('leave a clean table alone', () => {
    expect(
      codes([
        clean,
        names(
          'sex',
          each((i) => (i % 2 ? 'f' : 'm')),
        ),
        numbers(
          'age',
          each((i) => 20 + (i % 50)),
        ),
      ]),
    ).toEqual([]);
  });
  it.each<[string, Column[], { target?: string; task?: Task }?]>([
    [
      'missing',
      [
        clean,
        numbers(
          'x',
          each((i) => (i % 5 ? i * 0.37 : NaN)),
        ),
      ],
    ],
    [
      'missing',
      [
        clean,
        names(
          'x',
          each((i) => (i % 5 ? `l${i % 3}` : null)),
        ),
      ],
    ],
    [
      'disguised-missing',
      [
        clean,
        numbers(
          'x',
          each((i) => (i % 9 ? 50 + (i % 37) : -999)),
        ),
      ],
    ],
    [
      'disguised-missing',
      [
        clean,
        numbers(
          'x',
          each((i) => (i % 9 ? 5 + (i % 37) : 9999)),
        ),
      ],
    ],
    [
      'disguised-missing',
      [
        clean,
        numbers(
          'blood pressure',
          each((i) => (i % 9 ? 60 + (i % 37) : 0)),
        ),
      ],
    ],
    [
      'duplicate-rows',
      [
        numbers(
          'x',
          each((i) => i % 300),
        ),
        numbers(
          'y',
          each((i) => (i % 300) * 1.7),
        ),
      ],
    ],
    [
      'constant',
      [
        clean,
        numbers(
          'x',
          each(() => 4),
        ),
      ],
    ],
    [
      'near-constant',
      [
        clean,
        names(
          'x',
          each((i) => (i ? 'a' : 'b')),
        ),
      ],
    ],
    [
      'row-number',
      [
        clean,
        numbers(
          'x',
          each((i) => i),
        ),
      ],
    ],
    [
      'id-like',
      [
        clean,
        names(
          'x',
          each((i) => `k${i}`),
          'text',
        ),
      ],
    ],
    [
      'high-cardinality',
      [
        clean,
        names(
          'x',
          each((i) => `k${i % 90}`),
        ),
      ],
    ],
    [
      'inconsistent-spellings',
      [
        clean,
        names(
          'x',
          each((i) => ['New York', 'new york ', 'NEW-YORK', 'Rome'][i % 4]!),
        ),
      ],
    ],
    [
      'outliers',
      [
        clean,
        numbers(
          'x',
          each((i) => (i ? (i * 7) % 23 : 9e6)),
        ),
      ],
    ],
    [
      'numbers-in-text',
      [
        clean,
        names(
          'x',
          each((i) => (i % 20 ? String(i % 30) : 'low')),
        ),
      ],
    ],
    [
      'impossible-value',
      [
        clean,
        numbers(
          'age',
          each((i) => (i ? 20 + (i % 50) : -4)),
        ),
      ],
    ],
    [
      'impossible-value',
      [
        clean,
        numbers(
          'age',
          each((i) => (i ? 20 + (i % 50) : 240)),
        ),
      ],
    ],
    [
      'twin-columns',
      [
        clean,
        numbers(
          'twice',
          [...clean.values].map((v) => 2 * v),
        ),
      ],
    ],
    [
      'leak-twin',
      [
        clean,
        names(
          'y',
          [...clean.values].map((v) => (v > 0 ? 'a' : 'b')),
        ),
        names(
          'z',
          [...clean.values].map((v) => (v > 0 ? 'yes' : 'no')),
        ),
      ],
      { target: 'y', task: 'class' },
    ],
    [
      'leak-twin',
      [
        numbers(
          'y',
          [...clean.values].map((v) => 3 * v + 1),
        ),
        clean,
      ],
      { target: 'y', task: 'number' },
    ],
    [
      'leak-sum',
      [
        numbers(
          'a',
          each((i) => (i * 7) % 31),
        ),
        numbers(
          'b',
          each((i) => (i * 11) % 17),
        ),
        numbers(
          'y',
          each((i) => ((i * 7) % 31) + ((i * 11) % 17)),
        ),
      ],
      { target: 'y', task: 'number' },
    ],
    [
      'class-imbalance',
      [
        clean,
        names(
          'y',
          each((i) => (i % 25 ? 'no' : 'yes')),
        ),
      ],
      { target: 'y', task: 'class' },
    ],
    [
      'few-per-class',
      [
        clean,
        names(
          'y',
          each((i) => (i < 3 ? 'rare' : i % 2 ? 'a' : 'b')),
        ),
      ],
      { target: 'y', task: 'class' },
    ],
    [
      'target-skewed',
      [
        clean,
        numbers(
          'y',
          each((i) => Math.exp(((i * 37) % 97) / 12)),
        ),
      ],
      { target: 'y', task: 'number' },
    ],
    [
      'target-missing',
      [
        clean,
        names(
          'y',
          each((i) => (i % 3 ? ['a', 'b'][i % 2]! : null)),
        ),
      ],
      { target: 'y', task: 'class' },
    ],
    [
      'target-constant',
      [
        clean,
        names(
          'y',
          each(() => 'a'),
        ),
      ],
      { target: 'y', task: 'class' },
    ],
  ])('%s', (code, columns, about) => {
    expect(codes(columns, about)).toContain(code);
  });
  it('do not call a noisy link a leak', () => {
    const y = numbers(
      'y',
      [...clean.values].map((v) => v + normal(u) / 2),
    );
    expect(codes([clean, y], { target: 'y', task: 'number' })).toEqual([]);
  });
  it('never put the target among the columns that a fix would ignore', () => {
    const y = numbers(
      'y',
      [...clean.values].map((v) => 3 * v + 1),
    );
    for (const w of warn([y, clean], { target: 'y', task: 'number' }))
      if (w.fixes.some((f) => f.role)) expect(w.columns).not.toContain('y');
  });
  it('come most harmful first', () => {
    const found = warn([
      clean,
      numbers(
        'c',
        each(() => 4),
      ),
      numbers(
        'x',
        each((i) => (i % 9 ? 50 + (i % 37) : -999)),
      ),
      names(
        's',
        each((i) => (i ? 'a' : 'b')),
      ),
    ]);
    const rank = { high: 0, medium: 1, low: 2 };
    const order = found.map((w) => rank[w.severity]);
    expect(order).toEqual([...order].sort());
  });
});
