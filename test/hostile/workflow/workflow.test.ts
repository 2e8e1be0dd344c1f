/** Workflows made to hurt: refused by name, or opened and harmless. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/core/problem.js';
import { designKey, emptyWorkflow, openWorkflow, type Workflow } from '../../../src/core/workflow.js';
import { makeDesign } from '../../../workers/design.js';
import { makeTable, makeWorkflow } from '../../unit/spine/made.js';

const good = (): Workflow => structuredClone(makeWorkflow(makeTable(), 'class'));
function why(value: unknown): string {
  try {
    openWorkflow(value);
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    expect(['workflow/broken', 'workflow/newer']).toContain(e.code);
    return e.message;
  }
  return 'opened';
}
/** A copy with the value at a path replaced; undefined deletes it. */
function put(path: string, value: unknown): unknown {
  const copy = good() as unknown as Record<string, unknown>;
  const parts = path.split('.');
  let at = copy;
  for (const p of parts.slice(0, -1)) at = at[p] as Record<string, unknown>;
  if (value === undefined) delete at[parts.at(-1)!];
  else at[parts.at(-1)!] = value;
  return copy;
}

test('good ones open: as they are, through JSON, and the empty one', () => {
  expect(openWorkflow(JSON.parse(JSON.stringify(good())))).toEqual(good());
  expect(why(emptyWorkflow())).toBe('opened');
});

describe('refused', () => {
  test.each([null, undefined, 3, 'text', [], [good()], {}, { format: 'tablework/workflow' }, new Date()])('%j', (value) => {
    expect(why(value)).not.toBe('opened');
  });
  const cases: [string, unknown][] = [
    ['format', 'tablework/model'],
    ['version', '1'],
    ['version', 0],
    ['version', 1.5],
    ['version', 2],
    ['version', NaN],
    ['name', 3],
    ['name', 'x'.repeat(1e6 + 1)],
    ['seed', NaN],
    ['seed', '1'],
    ['seed', undefined],
    ['source', 'file.csv'],
    ['source.fingerprint', 3],
    ['source.choices', null],
    ['source.choices', { delimiter: 3 }],
    ['source.choices', { header: 'yes' }],
    ['source.choices', { columns: { age: { kind: 'constructor' } } }],
    ['source.choices', { columns: { age: null } }],
    ['source.choices', { sample: -1 }],
    ['columns', {}],
    ['columns.0.kind', 'constructor'],
    ['columns.0.role', '__proto__'],
    ['columns.0', null],
    ['columns.1.name', 'age'],
    ['problem', null],
    ['problem.task', 'cluster'],
    ['problem.target', 3],
    ['problem.success', Infinity],
    ['split.folds', '5'],
    ['split.folds', 1],
    ['split.folds', 1e9],
    ['split.folds', 2.5],
    ['split.holdout', NaN],
    ['split.holdout', 0],
    ['split.holdout', 1],
    ['recipe', 'none'],
    ['recipe.0.on', 3],
    ['recipe.0.on', [null]],
    ['recipe.0.params', null],
    ['recipe.0.params', { a: { b: 1 } }],
    ['recipe.0.params', { a: NaN }],
    ['recipe.0.off', 'yes'],
    ['recipe', new Array(2000).fill(0)],
    ['recipe.1.id', 'drop-outliers-1'],
    ['candidates', [null]],
    ['candidates', [{ id: 'a', model: 'linear', version: 1, params: [] }]],
    ['tuning.trials', 'many'],
    ['tuning.trials', 1e12],
    ['tuning.trials', -1],
    ['tuning.models', [1]],
    ['chosen', 1],
    ['notes', []],
    ['notes', { data: 1 }],
    ['dismissed', [1]],
  ];
  test.each(cases)('%s = %j', (path, value) => {
    expect(why(put(path, value))).toMatch(/workflow|newer/);
  });
});

test('names of the prototype are names like others, and reach no prototype', () => {
  const hostile = JSON.parse(
    JSON.stringify(good()).replaceAll('"age"', '"__proto__"').replace('"notes":{}', '"notes":{"__proto__":"x"}'),
  ) as unknown;
  const w = openWorkflow(hostile);
  expect(({} as Record<string, unknown>)['data']).toBeUndefined();
  expect(designKey(w)).not.toBeNull();
  // The column is not in the table: that is a fault of the document, said as such.
  expect(() => makeDesign(makeTable(), w)).not.toThrow(TypeError);
});

test('any one part replaced by anything: refused, or opened and safe to work with', () => {
  const paths: string[] = [];
  const walk = (v: unknown, at: string) => {
    if (at) paths.push(at);
    if (typeof v === 'object' && v !== null) for (const [k, x] of Object.entries(v)) walk(x, at ? `${at}.${k}` : k);
  };
  walk(good(), '');
  const table = makeTable(40);
  fc.assert(
    fc.property(
      fc.constantFrom(...paths),
      fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(NaN, -1, 1e300, '__proto__', 'constructor', [], {})),
      (path, value) => {
        const doc = put(path, value);
        if (why(doc) !== 'opened') return;
        const w = openWorkflow(doc);
        designKey(w);
        try {
          makeDesign(table, w);
        } catch (e) {
          if (!(e instanceof Problem)) throw e;
        }
      },
    ),
    { numRuns: 600, seed: 1 },
  );
});
