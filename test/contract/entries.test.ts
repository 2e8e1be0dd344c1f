/** What every choosable thing keeps, whatever it is: its declaration is whole, its gate is shut, its folder is the list. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { declarations, type Entry } from '../../src/core/entry.js';
import { checked, defaults, fault, wrong, type Params } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { random, splitSeed } from '../../src/core/random.js';
import { draw, SEED } from './cases.js';
import { expecting } from './known.js';

type Module = Readonly<Record<string, unknown>>;
const isEntry = (v: unknown): v is Entry =>
  typeof v === 'object' && v !== null && 'id' in v && 'label' in v && 'params' in v && 'source' in v;
const registries = {
  models: {
    list: import.meta.glob<Module>('../../workers/models/index.ts', { eager: true }),
    folder: import.meta.glob<Module>('../../workers/models/**/*.ts'),
  },
  steps: {
    list: import.meta.glob<Module>('../../workers/steps/index.ts', { eager: true }),
    folder: import.meta.glob<Module>('../../workers/steps/**/*.ts'),
  },
  metrics: {
    list: import.meta.glob<Module>('../../workers/evaluate/metrics/index.ts', { eager: true }),
    folder: import.meta.glob<Module>('../../workers/evaluate/metrics/**/*.ts'),
  },
  splits: {
    list: import.meta.glob<Module>('../../workers/evaluate/splits/index.ts', { eager: true }),
    folder: import.meta.glob<Module>('../../workers/evaluate/splits/**/*.ts'),
  },
  samplers: {
    list: import.meta.glob<Module>(['../../workers/tune/samplers/index.ts', '../../workers/tune/index.ts'], { eager: true }),
    folder: import.meta.glob<Module>('../../workers/tune/samplers/**/*.ts'),
  },
  exports: {
    list: import.meta.glob<Module>('../../workers/export/index.ts', { eager: true }),
    folder: import.meta.glob<Module>('../../workers/export/**/*.ts'),
  },
} as const;
/** Metrics and splits go by scikit-learn's own names for them, such as roc_auc. */
const ID = { metrics: /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/ } as Readonly<Record<string, RegExp>>;
/** Entries that are used but not offered. */
const HIDDEN: Readonly<Record<string, readonly string[]>> = {
  // The last line of every fitted recipe, added by itself.
  steps: ['align-levels'],
};
const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const catalogFile = new URL('./catalog.json', import.meta.url);
const catalog = (existsSync(catalogFile) ? JSON.parse(readFileSync(catalogFile, 'utf8')) : {}) as Record<string, unknown>;
const now: Record<string, unknown> = {};

function mapOf(modules: Readonly<Record<string, Module>>): ReadonlyMap<string, Entry> | null {
  for (const module of Object.values(modules)) {
    for (const v of Object.values(module))
      if (v instanceof Map && v.size > 0 && [...v.values()].every(isEntry)) return v as ReadonlyMap<string, Entry>;
  }
  return null;
}

for (const [name, { list, folder }] of Object.entries(registries)) {
  const entries = mapOf(list);
  if (!entries) throw new Error(`${name} has no list`);
  now[name] = declarations(entries);

  describe(name, () => {
    it('folder = list', async () => {
      const found = new Map<string, string>();
      for (const [file, load] of Object.entries(folder)) {
        if (file.endsWith('/index.ts')) continue;
        for (const v of Object.values(await load())) if (isEntry(v)) found.set(v.id, file);
      }
      expect([...found.keys()].sort()).toEqual([...entries.keys(), ...(HIDDEN[name] ?? [])].sort());
    });

    it('says what catalog.json says (UPDATE=1 rewrites it)', () => {
      if (!process.env['UPDATE']) expect(now[name]).toEqual(catalog[name]);
    });

    describe.each([...entries])('%s', (key, e) => {
      const check = (title: string, run: () => void) => it(title, () => expecting(`${name}/${key}`, title, run));

      check('declares itself in full', () => {
        expect(e.id).toBe(key);
        expect(e.id).toMatch(ID[name] ?? KEBAB);
        expect(Number.isInteger(e.version) && e.version >= 1).toBe(true);
        for (const text of [e.label, e.help, e.source]) expect(text.trim().length).toBeGreaterThan(1);
        expect(e.help, 'a sentence').toMatch(/[.?!”)]$/);
      });

      check('has sound parameters', () => sound(e.params));

      check('takes its own defaults', () => {
        expect(checked(e.params, {})).toEqual(defaults(e.params));
      });

      check('refuses every wrong value by name', () => {
        for (const [param, spec] of Object.entries(e.params)) {
          for (const value of wrong(spec)) {
            const problem = problemOf(() => checked(e.params, { [param]: value }));
            expect(problem?.code, `${param} = ${String(value)}`).toBe('param/invalid');
            expect(problem?.where['param']).toBe(param);
            expect(problem?.message).toContain(spec.label);
          }
        }
        expect(problemOf(() => checked(e.params, { 'no such parameter': 1 }))?.code).toBe('param/unknown');
      });

      check('takes twenty draws by chance', () => {
        const u = random(splitSeed(SEED, name, key));
        for (let i = 0; i < 20; i++) {
          const values = draw(e.params, u);
          expect(checked(e.params, values)).toEqual(values);
        }
      });
    });
  });
}

afterAll(() => {
  if (process.env['UPDATE']) writeFileSync(catalogFile, `${JSON.stringify(now, null, 1)}\n`);
});

function problemOf(run: () => unknown): Problem | null {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return null;
}

function sound(params: Params): void {
  for (const [name, spec] of Object.entries(params)) {
    expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9_]*$/);
    expect(spec.label.trim().length, name).toBeGreaterThan(0);
    expect(spec.help.trim().length, name).toBeGreaterThan(5);
    expect(fault(spec, spec.default), name).toBeNull();
    if (spec.when) {
      const other = params[spec.when.param];
      expect(other, `${name}.when`).toBeDefined();
      for (const v of spec.when.is) expect(fault(other!, v), `${name}.when`).toBeNull();
    }
    if (spec.kind === 'choice') {
      for (const [value, label] of Object.entries(spec.options)) expect(label.length, value).toBeGreaterThan(0);
      for (const v of spec.tune ?? []) expect(Object.keys(spec.options)).toContain(v);
    } else if (spec.kind === 'list') {
      for (const v of spec.tune ?? []) expect(fault(spec, v)).toBeNull();
    } else if (spec.kind === 'real' || spec.kind === 'int') {
      expect(spec.min, name).toBeLessThan(spec.max);
      if (spec.tune) {
        expect(spec.tune[0], name).toBeLessThan(spec.tune[1]);
        for (const v of spec.tune) expect(fault(spec, v), name).toBeNull();
      }
      // A log scale has no 0: where the least value is 0, the range searched at least starts above it.
      if (spec.scale === 'log') expect(spec.min, `${name}: log scale`).toBeGreaterThan(0);
    }
  }
}
