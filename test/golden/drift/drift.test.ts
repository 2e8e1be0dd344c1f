/** KS, χ² and PSI against scipy 1.10 and numpy. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Column } from '../../../src/core/table.js';
import { drift } from '../../../workers/monitor/drift.js';
import { holder, ofEach } from '../close.js';

interface Case {
  name: string;
  a: (number | string)[];
  b: (number | string)[];
  ks?: number;
  chi2?: number;
  df?: number;
  p: number;
  psi: number;
}
const cases = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as Case[];
const hold = holder('Drift', 'scipy, numpy');
const column = (values: (number | string)[]): Column => {
  if (typeof values[0] === 'number') return { name: 'x', kind: 'number', values: Float64Array.from(values as number[]) };
  const levels = [...new Set(values as string[])];
  return { name: 'x', kind: 'category', levels, codes: Int32Array.from(values, (v) => levels.indexOf(String(v))) };
};

test.each(cases.map((c) => [c.name, c] as const))('%s', (_name, c) => {
  const found = drift({ rows: c.a.length, columns: [column(c.a)] }, { rows: c.b.length, columns: [column(c.b)] }).columns[0]!;
  hold(c.ks === undefined ? 'χ²' : 'KS', ofEach([found.statistic!], [c.ks ?? c.chi2!]), 5e-11);
  hold('PSI', ofEach([found.psi!], [c.psi]), 5e-11);
  if (c.df !== undefined) expect(found.df).toBe(c.df);
  // In the tail p is exact; elsewhere Vrbik's approximation is good to three digits.
  expect(Math.abs(found.p! - c.p)).toBeLessThan(Math.max(1e-12, c.p < 0.05 ? c.p * 1e-6 : 1e-3));
});
