/** Model files made to hurt: refused by name, at once; and what is packed comes back as it went. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { pack, unpack, type Artifact } from '../../../src/core/artifact.js';
import type { Plain } from '../../../src/core/plain.js';
import { Problem } from '../../../src/core/problem.js';
import { openArtifact } from '../../../workers/serve.js';
import { bytesOf, designed, fit } from '../../unit/spine/made.js';

type Mutable = Record<string, unknown>;
let trees: Artifact;
let line: Artifact;
beforeAll(async () => {
  trees = (await fit(designed('class'), 'hist-gradient-boosting', { max_iter: 5 })).artifact!;
  line = (await fit(designed('number'), 'linear')).artifact!;
});

/** Why the bytes are refused; “opened” when they are not. Anything but a Problem of ours is a bug. */
function why(bytes: Uint8Array): string {
  const began = performance.now();
  try {
    openArtifact(bytes);
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    expect(['artifact/broken', 'workflow/newer']).toContain(e.code);
    expect(performance.now() - began).toBeLessThan(1000);
    return e.message;
  }
  return 'opened';
}
/** A fresh copy of a model, changed, as a file. */
const changed = (
  a: Artifact,
  change: (a: Mutable & { form: Mutable; target: Mutable; provenance: Mutable; reference: Mutable }) => void,
): Uint8Array => {
  const copy = structuredClone(a) as unknown as Parameters<typeof change>[0];
  change(copy);
  return pack(copy as unknown as Plain);
};
/** The header of a safetensors file, changed, before the same tensors. */
const headed = (bytes: Uint8Array, change: (header: Record<string, Mutable>) => unknown): Uint8Array => {
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size))) as Record<string, Mutable>;
  const json = new TextEncoder().encode(JSON.stringify(change(header) ?? header));
  const out = new Uint8Array(8 + json.length + bytes.length - 8 - size);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(bytes.subarray(8 + size), 8 + json.length);
  return out;
};
const first = (h: Record<string, Mutable>) => h[Object.keys(h).find((k) => k !== '__metadata__')!]!;
const meta = (h: Record<string, Mutable>) => h['__metadata__'] as Record<string, string>;

test('the models themselves open', () => {
  expect(why(bytesOf(trees))).toBe('opened');
  expect(why(bytesOf(line))).toBe('opened');
});

test('cut at every 97th byte', () => {
  const bytes = bytesOf(trees);
  for (let n = 0; n < bytes.length; n += 97) expect(why(bytes.subarray(0, n))).not.toBe('opened');
  expect(why(new Uint8Array([...bytes, 0]))).toMatch(/bytes to spare/);
});

test('any byte changed: opened or refused, never a bug', () => {
  const bytes = bytesOf(line);
  for (let i = 0; i < bytes.length; i += 41) {
    const out = bytes.slice();
    out[i] = out[i]! ^ (1 << (i % 8));
    why(out);
  }
});

describe('the file', () => {
  const cases: [string, (b: Uint8Array) => Uint8Array, RegExp][] = [
    ['nothing', () => new Uint8Array(0), /too short/],
    ['text', () => new TextEncoder().encode('these are plain words and no model at all'), /header/],
    ['a header of 2⁶³ bytes', (b) => (new DataView(b.buffer).setBigUint64(0, 1n << 63n, true), b), /runs past/],
    ['a header that is a list', (b) => headed(b, () => []), /not an object/],
    ['no metadata', (b) => headed(b, (h) => void delete h['__metadata__']), /metadata/],
    ['metadata of numbers', (b) => headed(b, (h) => void ((h['__metadata__'] as Mutable)['app'] = 3)), /metadata/],
    ['somebody else’s model', (b) => headed(b, (h) => void delete (h['__metadata__'] as Mutable)['tablework']), /not made by Tablework/],
    ['a tree of text', (b) => headed(b, (h) => void (meta(h)['tablework'] = '"hello"')), /does not say/],
    ['half a tree', (b) => headed(b, (h) => void (meta(h)['tablework'] = meta(h)['tablework']!.slice(0, 100))), /cannot be read/],
    ['an unknown type', (b) => headed(b, (h) => void (first(h)['dtype'] = 'BF16')), /does not fit/],
    ['a type of the prototype', (b) => headed(b, (h) => void (first(h)['dtype'] = 'constructor')), /does not fit/],
    ['a negative size', (b) => headed(b, (h) => void (first(h)['shape'] = [-1])), /does not fit/],
    ['a size of 2⁵³', (b) => headed(b, (h) => void (first(h)['shape'] = [2 ** 53])), /does not fit/],
    ['sizes that overflow', (b) => headed(b, (h) => void (first(h)['shape'] = [2 ** 52, 2 ** 52])), /does not fit/],
    ['offsets past the end', (b) => headed(b, (h) => void (first(h)['data_offsets'] = [0, 1e15])), /does not fit/],
    ['offsets that are text', (b) => headed(b, (h) => void (first(h)['data_offsets'] = ['0', '8'])), /does not fit/],
    ['two arrays on the same bytes', (b) => headed(b, (h) => void (h['copy'] = { ...first(h) })), /overlap/],
    [
      'an array that is not there',
      (b) => headed(b, (h) => void (meta(h)['tablework'] = meta(h)['tablework']!.replace('"$tensor":"', '"$tensor":"no'))),
      /names an array/,
    ],
    [
      'a prototype as a name',
      (b) => headed(b, (h) => void (meta(h)['tablework'] = meta(h)['tablework']!.replace('{', '{"__proto__":{"form":1},'))),
      /forbidden name/,
    ],
    [
      '200 000 brackets',
      (b) => headed(b, (h) => void (meta(h)['tablework'] = '['.repeat(2e5) + ']'.repeat(2e5))),
      /nested too deeply|cannot be read/,
    ],
  ];
  test.each(cases)('%s', (_, make, reason) => {
    expect(why(make(bytesOf(line)))).toMatch(reason);
  });
});

describe('the model', () => {
  const cases: [string, (a: Mutable & { form: Mutable; target: Mutable; provenance: Mutable; reference: Mutable }) => void, RegExp][] = [
    ['another format', (a) => (a['format'] = 'elsewhere/model'), /does not say/],
    ['a version of text', (a) => (a['version'] = 'one'), /version/],
    ['a newer version', (a) => (a['version'] = 3), /newer/],
    ['no inputs', (a) => (a['inputs'] = []), /input/],
    ['inputs of one name', (a) => (a['inputs'] = [(a['inputs'] as unknown[])[0], (a['inputs'] as unknown[])[0]]), /one name/],
    ['an input of no kind', (a) => ((a['inputs'] as Mutable[])[0]!['kind'] = 'constructor'), /input/],
    ['an input without a reading', (a) => delete (a['inputs'] as Mutable[])[0]!['reading'], /input/],
    ['levels that are a number', (a) => ((a['inputs'] as Mutable[])[3]!['levels'] = 3), /input/],
    ['a target without a name', (a) => delete a.target['name'], /target/],
    ['a task nobody knows', (a) => (a.target['task'] = 'cluster'), /target/],
    ['one class', (a) => (a.target['levels'] = ['no']), /classes/],
    ['two classes of one name', (a) => (a.target['levels'] = ['no', 'no']), /classes/],
    ['a positive class that is none', (a) => (a.target['positive'] = 'toString'), /positive/],
    ['three classes for a form of two', (a) => (a.target['levels'] = ['a', 'b', 'yes']), /number of answers/],
    ['a feature too few', (a) => (a['features'] = (a['features'] as string[]).slice(1)), /number of columns/],
    ['features under other names', (a) => (a['features'] = (a['features'] as string[]).map((f) => `${f}!`)), /other columns/],
    ['a recipe that is no list', (a) => (a['recipe'] = {}), /recipe/],
    ['a recipe cut short', (a) => (a['recipe'] = (a['recipe'] as unknown[]).slice(0, 2)), /other columns|model cannot take/],
    ['no recipe', (a) => (a['recipe'] = []), /other columns|model cannot take/],
    ['a step nobody knows', (a) => ((a['recipe'] as Mutable[])[0]!['step'] = '__proto__'), /no step/],
    ['a row step as a fitted one', (a) => ((a['recipe'] as Mutable[])[0]!['step'] = 'filter-rows'), /recipe/],
    ['a step on columns that are not there', (a) => ((a['recipe'] as Mutable[])[0]!['on'] = ['constructor']), /is not there/],
    ['a step that learnt nothing', (a) => (a['recipe'] as Mutable[]).forEach((s) => (s['state'] = {})), /recipe/],
    ['a step with parameters of its own', (a) => ((a['recipe'] as Mutable[])[0]!['params'] = { evil: 1 }), /no parameter/],
    ['no form', (a) => delete (a as Mutable)['form'], /form/],
    ['a form nobody knows', (a) => (a.form['form'] = 'constructor'), /no known kind/],
    ['a child that is its own parent', (a) => ((a.form['left'] as Int32Array)[0] = 0), /child/],
    ['children in a circle', (a) => a.form['left'] && (a.form['right'] as Int32Array).fill(1), /child|twice/],
    ['a root outside', (a) => ((a.form['roots'] as Int32Array)[0] = 1e6), /roots/],
    ['a feature outside', (a) => ((a.form['feature'] as Int32Array)[0] = 1e6), /feature/],
    ['leaves of NaN', (a) => (a.form['value'] as Float64Array).fill(NaN), /not finite/],
    ['leaves that are integers', (a) => (a.form['value'] = new Int32Array((a.form['value'] as Float64Array).length)), /wrong type/],
    ['too few leaves', (a) => (a.form['value'] = new Float64Array(1)), /value/],
    ['a width of millions', (a) => (a.form['width'] = 1e9), /width/],
    ['no reference', (a) => (a.reference['columns'] = [null]), /drift/],
    ['a reference of uneven arrays', (a) => ((a.reference['columns'] as Mutable[])[0]!['at'] = new Float64Array(1)), /drift/],
    ['a provenance of numbers', (a) => (a.provenance['file'] = 7), /comes from/],
    ['an evaluation of text', (a) => (a['evaluation'] = 'perfect'), /evaluation/],
    [
      'an evaluation without numbers',
      (a) => (a['evaluation'] = { rows: 1, metric: 'accuracy', scores: { accuracy: { value: '1' } }, baseline: {}, warnings: [] }),
      /evaluation/,
    ],
    ['scores that are none', (a) => (a['cv'] = { accuracy: 1 }), /cross-validated/],
  ];
  test.each(cases)('%s', (_, change, reason) => {
    expect(why(changed(trees, change))).toMatch(reason);
  });
  test('weights that answer with infinity', () => {
    expect(why(changed(line, (a) => (a.form['weights'] as Float64Array).fill(1e308)))).toMatch(/no numbers/);
  });
});

const tensor = fc.oneof(
  fc.float64Array({ maxLength: 9 }),
  fc.float32Array({ maxLength: 9 }),
  fc.int32Array({ maxLength: 9 }),
  fc.uint32Array({ maxLength: 9 }),
  fc.uint16Array({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 9 }),
);
const name = fc.string({ unit: 'binary', maxLength: 8 }).filter((k) => k !== '__proto__' && k !== '$tensor');
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => (v === 0 ? 0 : v)),
      fc.string({ unit: 'binary' }),
      tensor,
    ),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(name, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).node;

test('whatever is packed comes back the same, and packs to the same bytes', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const bytes = pack(value as Plain, { note: 'ü' });
      const back = unpack(bytes);
      expect(back.state).toEqual(value);
      expect(back.meta).toEqual({ note: 'ü' });
      expect(Buffer.compare(pack(back.state, { note: 'ü' }), bytes)).toBe(0);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('random bytes behind a true length are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 300 }), (body) => {
      const bytes = new Uint8Array(8 + body.length);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(body.length), true);
      bytes.set(body, 8);
      expect(why(bytes)).not.toBe('opened');
    }),
    { numRuns: 300, seed: 1 },
  );
});
