/** Sorts Float32 cells by counting: three passes of eleven bits over their bits, a few times as fast as comparing. */

const DIGITS = 2048;
const value = new Float32Array(1);
const bits = new Uint32Array(value.buffer);

/** Scratch for columns of one length; what a column leaves in it is gone with the next. */
export interface Sorter {
  /** Present cells of the rows named: bits that rise with the value (0 and −0 are one), and their rows. Equal cells keep the order of rows. */
  sort(x: Float32Array, rows: ArrayLike<number>): number;
  /** The same without the rows, in half the time. */
  sortCells(x: Float32Array, rows: ArrayLike<number>): number;
  readonly keys: Uint32Array;
  readonly rows: Uint32Array;
}

/** Writes the values that have these bits. */
export function valuesOf(keys: Uint32Array, n: number): Float32Array {
  const to = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const key = keys[i]!;
    to[i] = key >>> 31 ? key ^ 0x80000000 : ~key;
  }
  return new Float32Array(to.buffer);
}

/** The value that has these bits. */
export function valueOf(key: number): number {
  bits[0] = key >>> 31 ? key ^ 0x80000000 : ~key;
  return value[0]!;
}

export function sorter(most: number): Sorter {
  const keys = new Uint32Array(most);
  const spareKeys = new Uint32Array(most);
  const places = new Uint32Array(most);
  const spare = new Uint32Array(most);
  const cells = new Float32Array(most);
  const raw = new Uint32Array(cells.buffer);
  const counts = new Uint32Array(3 * DIGITS);
  /** From how many to where the first goes. */
  const begins = (at: number) => {
    let sum = 0;
    for (let d = at; d < at + DIGITS; d++) {
      const c = counts[d]!;
      counts[d] = sum;
      sum += c;
    }
  };
  const pass = (n: number, shift: number, at: number, from: Uint32Array, rows: Uint32Array, to: Uint32Array, toRows: Uint32Array) => {
    begins(at);
    for (let i = 0; i < n; i++) {
      const key = from[i]!;
      const place = counts[at + ((key >>> shift) & (DIGITS - 1))]!++;
      to[place] = key;
      toRows[place] = rows[i]!;
    }
  };
  const passCells = (n: number, shift: number, at: number, from: Uint32Array, to: Uint32Array) => {
    begins(at);
    for (let i = 0; i < n; i++) {
      const key = from[i]!;
      to[counts[at + ((key >>> shift) & (DIGITS - 1))]!++] = key;
    }
  };
  /** Bits that rise with the value, and how often each of their digits stands there. */
  const keyed = (n: number) => {
    counts.fill(0);
    for (let i = 0; i < n; i++) {
      const b = raw[i]!;
      const key = (b >>> 31 ? ~b : b ^ 0x80000000) >>> 0;
      keys[i] = key;
      counts[key & (DIGITS - 1)]!++;
      counts[DIGITS + ((key >>> 11) & (DIGITS - 1))]!++;
      counts[2 * DIGITS + (key >>> 22)]!++;
    }
  };
  return {
    keys: spareKeys,
    rows: spare,
    sort(x, rows) {
      let n = 0;
      for (let i = 0; i < rows.length; i++) {
        const v = x[rows[i]!]!;
        if (v !== v) continue;
        // + 0: −0 becomes 0.
        cells[n] = v + 0;
        places[n++] = rows[i]!;
      }
      keyed(n);
      pass(n, 0, 0, keys, places, spareKeys, spare);
      pass(n, 11, DIGITS, spareKeys, spare, keys, places);
      pass(n, 22, 2 * DIGITS, keys, places, spareKeys, spare);
      return n;
    },
    sortCells(x, rows) {
      let n = 0;
      for (let i = 0; i < rows.length; i++) {
        const v = x[rows[i]!]!;
        if (v === v) cells[n++] = v + 0;
      }
      keyed(n);
      passCells(n, 0, 0, keys, spareKeys);
      passCells(n, 11, DIGITS, spareKeys, keys);
      passCells(n, 22, 2 * DIGITS, keys, spareKeys);
      return n;
    },
  };
}
