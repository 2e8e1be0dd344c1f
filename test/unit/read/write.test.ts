/** Writing, and the round trip: what is written reads back as the same table. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../../../src/core/table.js';
import { readTable } from '../../../workers/read/index.js';
import { harmless, writeCsv } from '../../../workers/read/write.js';

const category = (name: string, cells: readonly (string | null)[]): Column => {
  const levels = [...new Set(cells.filter((c) => c !== null))].sort((a, b) => (a < b ? -1 : 1));
  return { name, kind: 'category', levels, codes: Int32Array.from(cells, (c) => (c === null ? -1 : levels.indexOf(c))) };
};

describe('writeCsv', () => {
  it('quotes what needs it and disarms formulas, but not numbers', () => {
    const table: Table = {
      rows: 4,
      columns: [
        category('say "hi"', ['=1+1', 'a,b', '@x', null]),
        { name: '-n', kind: 'number', values: Float64Array.of(-1.5, 2, NaN, 1e21) },
      ],
    };
    expect([...writeCsv(table)].join('')).toBe('"say ""hi""",\'-n\r\n\'=1+1,-1.5\r\n"a,b",2\r\n\'@x,\r\n,1e+21\r\n');
    expect([...writeCsv(table, [1])].join('')).toBe('"say ""hi""",\'-n\r\n"a,b",2\r\n');
  });
  it('disarms the six beginnings', () => {
    for (const c of ['=', '+', '-', '@', '\t', '\r']) expect(harmless(`${c}x`)).toBe(`'${c}x`);
    expect(harmless('x=1')).toBe('x=1');
  });
  it('reads back as the same table', async () => {
    const word = fc
      .string({ unit: fc.constantFrom('a', 'b', 'é', '李', '"', ',', '\n', ' ', ';', "'"), minLength: 1, maxLength: 6 })
      .map((s) => 'w' + s.replace(/\s+$/, ''));
    const row = fc.tuple(
      fc.option(word, { freq: 6 }),
      fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { freq: 6 }),
      fc.option(fc.integer({ min: -1e6, max: 1e6 })),
      fc.date({ min: new Date('1990-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 3, maxLength: 30 }), async (rows) => {
        const zero = (v: number) => (v === 0 ? 0 : v);
        const whole: Table = {
          rows: rows.length + 2,
          columns: [
            category('word', ['w one', 'w two', ...rows.map((r) => r[0])]),
            { name: 'real', kind: 'number', values: Float64Array.of(0.5, 1.5, ...rows.map((r) => (r[1] === null ? NaN : zero(r[1])))) },
            { name: 'whole', kind: 'number', values: Float64Array.of(1, 2, ...rows.map((r) => r[2] ?? NaN)) },
            {
              name: 'day',
              kind: 'time',
              values: Float64Array.of(0, 86400000, ...rows.map((r) => Math.floor(r[3].getTime() / 86400000) * 86400000)),
            },
          ],
        };
        const text = [...writeCsv(whole)].join('');
        const back = await readTable(new TextEncoder().encode(text), 'back.csv', { header: true, delimiter: ',', quote: '"', skip: 0 });
        expect(back.table).toEqual(whole);
        expect(back.issues).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
