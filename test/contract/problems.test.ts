/** The catalogue of problems and the code that throws them agree, and every text fills its gaps. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue, Problem, type Code } from '../../src/core/problem.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

// The lab is the engine's other door, so what it alone refuses is in the one catalogue too.
const sources = ['src', 'workers', 'test/lab'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name) && entry.name !== 'problem.ts')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
);
const text = [...sources, readFileSync(join(root, 'test/lab.ts'), 'utf8')].join('\n');
const codes = Object.keys(catalogue) as Code[];

describe('problems', () => {
  it('are thrown somewhere, all of them', () => {
    const named = new Set(Array.from(text.matchAll(/['"`]([a-z-]+\/[a-z-]+)['"`]/g), (match) => match[1] ?? ''));
    expect(codes.filter((code) => !named.has(code))).toEqual([]);
  });

  it('are in the catalogue, all that are thrown', () => {
    const thrown = Array.from(text.matchAll(/new Problem\(\s*['"`]([^'"`]+)['"`]/g), (match) => match[1] ?? '');
    expect(thrown.length).toBeGreaterThan(10);
    expect(thrown.filter((code) => !(code in catalogue))).toEqual([]);
  });

  it('get the facts their texts name, wherever they are thrown with a literal', () => {
    // new Problem('code', { a, b: 1 }) — facts given as a plain object without a spread can be checked from the text alone.
    const missing: string[] = [];
    let seen = 0;
    for (const [, code = '', facts] of text.matchAll(/new Problem\(\s*'([^']+)'\s*(?:,\s*\{([^{}]*)\})?\s*\)/g)) {
      const entry = codes.find((known) => known === code);
      if (entry === undefined || facts?.includes('...')) continue;
      seen++;
      const given = new Set(Array.from(facts?.matchAll(/(?:^|,)\s*(\w+)/g) ?? [], (match) => match[1] ?? ''));
      const { message, hint } = catalogue[entry];
      for (const [, fact = ''] of `${message} ${hint}`.matchAll(/\{(\w+)\}/g))
        if (!given.has(fact)) missing.push(`${code} is thrown without {${fact}}`);
    }
    expect(seen).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it.each(codes)('%s says what happened and what to do, in sentences', (code) => {
    const { message, hint } = catalogue[code];
    expect(message).toMatch(/[.?!]$|: \{why\}$/); // a reason is a sentence of its own
    expect(hint).toMatch(/[.?!]$/);
    expect(`${message} ${hint}`).not.toMatch(/oops|sorry|invalid input|undefined|null/i);
  });

  it.each(codes)('%s crosses the wire and comes back the same', (code) => {
    const problem = new Problem(code, { file: 'a.csv' });
    const back = Problem.from(JSON.parse(JSON.stringify(problem)) as ReturnType<Problem['toJSON']>);
    expect(back.toJSON()).toEqual(problem.toJSON());
  });
});
