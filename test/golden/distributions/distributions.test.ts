/** Distributions agree with scipy to ten digits, small tails included. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as distributions from '../../../workers/evaluate/distributions.js';
import { hold } from '../close.js';

const golden = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as {
  tolerance: number;
  rows: [keyof typeof distributions, number[], number][];
};
const names = [...new Set(golden.rows.map((r) => r[0]))];

describe('distributions against scipy', () => {
  it.each(names)('%s', (name) => {
    const f = distributions[name] as (...args: number[]) => number;
    for (const [, args, want] of golden.rows.filter((r) => r[0] === name)) {
      const got = f(...args);
      const off = want === 0 ? Math.abs(got) : Math.abs(got - want) / Math.abs(want);
      hold('Distributions', 'scipy', name, off, golden.tolerance);
    }
  });
  it('covers every function', () => {
    expect(new Set([...names, 'normalTail'])).toEqual(new Set(Object.keys(distributions)));
  });
  it('goes to its limits without NaN', () => {
    const { tTail2, fTail, chi2Tail, ksTail, normalCdf, betaCdf } = distributions;
    expect([tTail2(Infinity, 3), tTail2(0, 3), fTail(0, 2, 2), fTail(Infinity, 2, 2), chi2Tail(0, 3), chi2Tail(Infinity, 3)]).toEqual([
      0, 1, 1, 0, 1, 0,
    ]);
    expect([ksTail(0, 5, 5), ksTail(1, 1e9, 1e9), normalCdf(-Infinity), normalCdf(Infinity), betaCdf(0, 2, 2), betaCdf(1, 2, 2)]).toEqual([
      1, 0, 0, 1, 0, 1,
    ]);
  });
});
