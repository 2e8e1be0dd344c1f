/** Leakage guard: rows of the test part that are exact copies of training rows. */
import { isValues, lengthOf, type Column } from '../../src/core/table.js';

export interface SharedRows {
  /** Test rows that also stand in training. */
  readonly count: number;
  readonly share: number;
  /** The first few of them, as places in the test columns. */
  readonly rows: readonly number[];
  /** Null when there is nothing to warn of. */
  readonly warning: string | null;
}

const mix = (h: number, k: number) => {
  let x = Math.imul(h ^ k, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
};

/** 53 bits per row over all cells: two rows that differ collide with a chance of about 1e-16. */
function fingerprints(columns: readonly Column[]): Float64Array {
  const n = columns.length ? lengthOf(columns[0]!) : 0;
  const a = new Int32Array(n).fill(0x9e3779b9);
  const b = new Int32Array(n).fill(0x243f6a88);
  const bits = new DataView(new ArrayBuffer(8));
  columns.forEach((c, j) => {
    if (isValues(c)) {
      for (let i = 0; i < n; i++) {
        const v = c.values[i]!;
        bits.setFloat64(0, Number.isNaN(v) ? NaN : v + 0); // −0 is 0, every NaN is one NaN
        const [high, low] = [bits.getInt32(0), bits.getInt32(4)];
        a[i] = mix(mix(a[i]! + j, high), low);
        b[i] = mix(mix(b[i]! ^ 0x5bd1e995, low), high + j);
      }
    } else {
      // Levels by their text: the two tables may number them differently.
      const ofLevel = [
        0x2545f491,
        ...Array.from(c.levels, (level) => [...level].reduce((h, ch) => mix(h, ch.codePointAt(0)!), 0x811c9dc5)),
      ];
      for (let i = 0; i < n; i++) {
        const h = ofLevel[c.codes[i]! + 1]!;
        a[i] = mix(a[i]! + j, h);
        b[i] = mix(b[i]! ^ 0x5bd1e995, mix(h, j));
      }
    }
  });
  return Float64Array.from(a, (v, i) => (v >>> 0) * 2 ** 21 + (b[i]! >>> 11));
}

/** Columns are matched by place; give the same ones, in the same order, on both sides. */
export function sharedRows(train: readonly Column[], test: readonly Column[]): SharedRows {
  if (train.length !== test.length) throw new Error('Training and test must have the same columns');
  const known = new Set(fingerprints(train));
  const rows: number[] = [];
  fingerprints(test).forEach((f, i) => {
    if (known.has(f)) rows.push(i);
  });
  const n = test.length ? lengthOf(test[0]!) : 0;
  const share = n ? rows.length / n : 0;
  const warning =
    rows.length === 0
      ? null
      : `${rows.length} of ${n} test rows (${(share * 100).toFixed(1)} %) are exact copies of training rows, so the score may be too good. ` +
        'If they are the same case entered twice, drop duplicates before splitting; if different cases can look alike, nothing is wrong.';
  return { count: rows.length, share, rows: rows.slice(0, 20), warning };
}
