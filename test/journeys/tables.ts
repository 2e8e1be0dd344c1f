/** Small tables for the journeys, made by seeded code: a text id, missing cells, doubled rows, and a target that can be learnt. */
import { random } from '../../src/core/random.js';
import type { Given } from './walk.js';

type Cell = string | number | null;
type Row = readonly Cell[];

export const csv = (header: readonly string[], rows: readonly Row[]): string =>
  [header, ...rows].map((r) => r.map((c) => c ?? '').join(',')).join('\n') + '\n';

const table = (name: string, seed: number, rows: number, header: readonly string[], make: (u: () => number, i: number) => Row): Given => {
  const u = random(seed);
  const made: Row[] = [];
  // Each fortieth row is the one before once more: something to clean.
  for (let i = 0; i < rows; i++) made.push(i % 40 === 39 ? (made.at(-1) ?? []) : make(u, i));
  return { name, body: csv(header, made) };
};
const one = (u: () => number, from: readonly string[]): string => from[Math.floor(u() * from.length)] ?? '';
const gap = (u: () => number, share: number, value: Cell): Cell => (u() < share ? null : value);
const bell = (u: () => number): number => u() + u() + u() + u() - 2;
const tenth = (v: number): number => Math.round(v * 10) / 10;

/** `shift` moves the incomes of all customers, and nothing else. */
export const customers = (rows = 240, shift = 0, seed = 5): Given =>
  table(
    shift ? 'customers-later.csv' : 'customers.csv',
    seed,
    rows,
    ['customer', 'age', 'income', 'city', 'plan', 'calls', 'churned'],
    (u, i) => {
      const age = 18 + Math.floor(u() * 60);
      const income = Math.round(30_000 + 8000 * bell(u) + shift);
      const plan = one(u, ['basic', 'plus', 'pro']);
      const calls = Math.floor(u() * u() * 9);
      const leaves = calls * 0.5 + (plan === 'basic' ? 1 : 0) - (age - 45) * 0.03 + bell(u) > 1.4;
      return [
        `C-${1000 + i}-${String.fromCharCode(65 + (i % 26))}`,
        age,
        gap(u, 0.08, income),
        gap(u, 0.04, one(u, ['Ulm', 'Bonn', 'Jena'])),
        plan,
        calls,
        leaves ? 'yes' : 'no',
      ];
    },
  );

export const leaves = (rows = 210): Given =>
  table('leaves.csv', 9, rows, ['leaf', 'length', 'width', 'colour', 'tree'], (u, i) => {
    const kind = Math.floor(u() * 3);
    return [
      `leaf ${one(u, ['a', 'b', 'c'])}${i}`,
      gap(u, 0.06, tenth(6 + kind * 2 + bell(u))),
      tenth(3 + (kind === 1 ? 2 : 0) + bell(u)),
      gap(u, 0.05, one(u, kind === 0 ? ['green', 'green', 'red'] : ['green', 'yellow'])),
      ['ash', 'elm', 'oak'][kind] ?? 'oak',
    ];
  });

export const flats = (rows = 200): Given =>
  table('flats.csv', 3, rows, ['flat', 'area', 'rooms', 'quarter', 'built', 'rent'], (u, i) => {
    const area = tenth(30 + u() * 90);
    const quarter = one(u, ['north', 'south', 'harbour']);
    const built = 1900 + Math.floor(u() * 120);
    const rent = Math.round(area * (quarter === 'harbour' ? 17 : 12) + (built - 1900) * 1.5 + 60 * bell(u));
    return [`F${i}x${i * 7}`, area, gap(u, 0.05, Math.max(1, Math.round(area / 28))), gap(u, 0.04, quarter), built, rent];
  });
