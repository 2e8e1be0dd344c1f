/** The byte scanner against its plain twin: papaparse over the whole text at once. */
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { Scanner } from '../../../workers/read/scan.js';

interface Got {
  rows: string[][];
  lines: number[];
  quotes: number[];
}

function scan(text: string, cuts: readonly number[], delimiter = ',', lineEnd = 10, expected = 0): Got {
  const got: Got = { rows: [], lines: [], quotes: [] };
  const decoder = new TextDecoder();
  const scanner = new Scanner(
    { delimiter: delimiter.charCodeAt(0), quote: 34, lineEnd },
    {
      record(b, starts, ends, n, line) {
        got.rows.push(Array.from({ length: n }, (_, k) => decoder.decode(b.subarray(starts[k]!, ends[k]!))));
        got.lines.push(line);
      },
      blank() {},
      openQuote(line) {
        got.quotes.push(line);
      },
    },
  );
  scanner.expected = expected;
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  for (const cut of cuts) {
    const to = Math.min(bytes.length, at + cut);
    scanner.push(bytes.subarray(at, to), false);
    at = to;
  }
  scanner.push(bytes.subarray(at), true);
  return got;
}

const cell = fc
  .oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', '7', '.', 'é', '李', '"', ',', ';', '\n', '\r\n', ' ', "'"), maxLength: 8 }),
    fc.constantFrom('', '1.5', 'x y', '"', '""', 'a"b', ',', '\n'),
  )
  .map((s) => s.replace(/^[ \t\r]+|[ \t\r]+$/g, ''));
const quote = (s: string, always: boolean, d: string) =>
  always || s.includes('"') || s.includes(d) || s.includes('\n') || s.includes('\r') ? `"${s.replaceAll('"', '""')}"` : s;

describe('scanner', () => {
  it('cuts well-formed text as papaparse does, wherever the pieces end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }),
        (rows, d, end, last, cuts) => {
          const text = rows.map((r) => r.map(([c, q]) => quote(c, q, d)).join(d)).join(end) + (last ? end : '');
          const twin = Papa.parse<string[]>(text, { delimiter: d, newline: end, quoteChar: '"' }).data.filter((r) => r.length > 1);
          const got = scan(text, cuts, d);
          expect(got.rows.filter((r) => r.length > 1)).toEqual(twin);
          expect(got.quotes).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('never loses a byte of what it is given, however odd', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'b', '\r'), maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }),
        (text, cuts) => {
          const letters = (s: string) => s.replace(/[^ab]/g, '');
          const got = scan(text, cuts);
          expect(letters(got.rows.flat().join(''))).toBe(letters(text));
          expect(scan(text, [])).toEqual(got);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('knows the line of every record', () => {
    expect(scan('a,b\n"x\ny",2\n\n3,4\n', [3, 2, 1]).lines).toEqual([1, 2, 5]);
  });

  it('keeps a plain record that follows quoted ones apart from them', () => {
    expect(scan('"a",b\n"c",d\ne,f\n', []).rows).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('takes blanks before a quote as the habit they are', () => {
    expect(scan('a, "b, c", d\n', []).rows).toEqual([['a', 'b, c', 'd']]);
  });

  it('recovers from a quote that is never closed', () => {
    const got = scan('a,b\n"x,1\ny,2\nz,3\n', [], ',', 10, 2);
    expect(got.rows).toEqual([
      ['a', 'b'],
      ['x', '1'],
      ['y', '2'],
      ['z', '3'],
    ]);
    expect(got.quotes).toEqual([2]);
  });

  it('does not let a stray quote swallow lines up to the next one', () => {
    const got = scan('a,b\n"x,1\ny,2\nz,"3"\n', [], ',', 10, 2);
    expect(got.rows).toEqual([
      ['a', 'b'],
      ['x', '1'],
      ['y', '2'],
      ['z', '3'],
    ]);
    expect(got.quotes).toEqual([2]);
  });

  it('cuts runs of blanks and lines that end in CR alone', () => {
    expect(scan('  1   2.5\n 3  4\n', [4], ' ').rows).toEqual([
      ['1', '2.5'],
      ['3', '4'],
    ]);
    expect(scan('a,b\r1,"x\ry"\r', [], ',', 13).rows).toEqual([
      ['a', 'b'],
      ['1', 'x\ry'],
    ]);
  });
});
