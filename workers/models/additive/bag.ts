/** A bag: the same rows as every other, some of them held back to say when to stop, and what its model says of each so far. */
import { shuffle, type Random } from '../../../src/core/random.js';
import type { Loss } from '../tree/boost-loss.js';
import type { Posed } from './posed.js';

export interface Bag {
  /** Rows held back weigh nothing in it. */
  readonly loss: Loss;
  readonly held: Uint32Array;
  /** Score · rows + row. */
  readonly raw: Float64Array;
  /** 1 for rows that it learns from. */
  readonly learns: Uint8Array;
}

/** Something that can take one small step in a bag: all columns at once, or all pairs. */
export interface Stage {
  /** Numbers in one bag's table of values. */
  readonly size: number;
  /** Takes one step and adds it to the table and to the bag's raw scores; false when asked to stop, with both still in accord. */
  round(bag: Bag, at: number, table: Float64Array, done: number): Promise<boolean>;
}

/** With fewer rows none is held back. */
const FEW = 10;

/** Deals out what each bag holds back, the same share of every class; a class always keeps a row to learn from. */
export function bagsOf(posed: Posed, count: number, share: number, base: Float64Array, u: Random): Bag[] {
  const n = posed.strata.length;
  const strata = new Map<number, number[]>();
  posed.strata.forEach((s, i) => {
    const rows = strata.get(s);
    if (rows) rows.push(i);
    else strata.set(s, [i]);
  });
  const sorted = [...strata.keys()].sort((a, b) => a - b).map((s) => strata.get(s)!);
  return Array.from({ length: count }, () => {
    const learns = new Uint8Array(n).fill(1);
    if (n >= FEW) {
      for (const rows of sorted) {
        const size = Math.min(rows.length - 1, Math.max(1, Math.round(share * rows.length)));
        shuffle(rows, u);
        for (let i = 0; i < size; i++) learns[rows[i]!] = 0;
      }
    }
    const weight = posed.weight.map((w, i) => (learns[i] === 1 ? w : 0));
    const raw = new Float64Array(base.length * n);
    const held: number[] = [];
    for (let i = 0; i < n; i++) if (learns[i] === 0) held.push(i);
    const bag = { loss: posed.reweighted(weight), held: Uint32Array.from(held), raw, learns };
    restart(bag, base);
    return bag;
  });
}

/** Every row back to the constant. */
export function restart({ raw }: Pick<Bag, 'raw'>, base: Float64Array): void {
  const n = raw.length / base.length;
  for (let k = 0; k < base.length; k++) raw.fill(base[k]!, k * n, k * n + n);
}

/**
 * Columns whose steps are taken from the same gradients. Each takes a small share of its step, so together they stay well below
 * a whole one even where columns say the same; and no column gains from coming first.
 */
export const together = (rate: number): number => Math.max(1, Math.floor(0.5 / rate));
