/** What a sample is, and how generated ones are written row by row. */
import type { SampleDeclaration } from '../../src/core/protocol.js';
import { normal, random, type Random } from '../../src/core/random.js';

/** False means “stop”: the sample is then cut short. */
export type Heard = (done: number, of: number) => Promise<boolean>;

export interface Sample extends SampleDeclaration {
  make(heard: Heard): Promise<Blob>;
}

export type Cell = string | number | null;
const written = (c: Cell) => (c === null ? '' : typeof c === 'number' ? String(c) : /[",\n;]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c);

/** A CSV of `rows` rows, made in pieces so that stop is heard. The same seed gives the same bytes. */
export async function generate(
  rows: number,
  header: readonly string[],
  seed: number,
  row: (d: Dice, i: number) => readonly Cell[],
  heard: Heard,
  newline = '\n',
): Promise<Blob> {
  const d = new Dice(random(seed));
  const pieces: string[] = [header.map(written).join(',') + newline];
  let piece = '';
  for (let i = 0; i < rows; i++) {
    piece += row(d, i).map(written).join(',') + newline;
    if (i % 2000 === 1999 || i === rows - 1) {
      pieces.push(piece);
      piece = '';
      if (!(await heard(i + 1, rows))) break;
    }
  }
  return new Blob(pieces, { type: 'text/csv' });
}

/** Chance as a storyteller needs it. */
export class Dice {
  private readonly u: Random;
  constructor(u: Random) {
    this.u = u;
  }
  uniform(from = 0, to = 1): number {
    return from + (to - from) * this.u();
  }
  normal(mean = 0, sd = 1): number {
    return mean + sd * normal(this.u);
  }
  chance(p: number): boolean {
    return this.u() < p;
  }
  whole(from: number, to: number): number {
    return from + Math.floor(this.u() * (to - from + 1));
  }
  one<T>(items: readonly T[], weights?: readonly number[]): T {
    const total = weights ? weights.reduce((a, b) => a + b, 0) : items.length;
    let at = this.u() * total;
    for (let i = 0; i < items.length; i++) {
      at -= weights ? weights[i]! : 1;
      if (at < 0) return items[i]!;
    }
    return items.at(-1)!;
  }
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.u());
  }
}

export const round = (v: number, digits = 0): number => Number(v.toFixed(digits));
export const logistic = (z: number): number => 1 / (1 + Math.exp(-z));
/** ISO date `days` after 2023-01-01. */
export const day = (days: number): string => new Date(Date.UTC(2023, 0, 1 + Math.floor(days))).toISOString().slice(0, 10);
