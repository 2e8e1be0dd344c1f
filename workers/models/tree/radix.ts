/** Sorts Float32 cells by counting: three passes of eleven bits over their bits, a few times as fast as comparing. */

const DIGITS = 2048;
/** The bit of the sign. */
const TOP = -0x80000000;

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
  const from = new Int32Array(keys.buffer, keys.byteOffset, n);
  const to = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const key = from[i]!;
    to[i] = key ^ (~(key >> 31) | TOP);
  }
  return new Float32Array(to.buffer);
}

// The loops are functions of what they work on, in whole numbers with a sign: so compiled they are nearly twice as fast as closures over it.

/** Bits that rise with the value, and how often each of their digits stands there. */
function keyed(n: number, raw: Int32Array, keys: Int32Array, counts: Int32Array): void {
  counts.fill(0);
  for (let i = 0; i < n; i++) {
    const b = raw[i]!;
    const key = b ^ ((b >> 31) | TOP);
    keys[i] = key;
    counts[key & (DIGITS - 1)]!++;
    counts[DIGITS + ((key >>> 11) & (DIGITS - 1))]!++;
    counts[2 * DIGITS + (key >>> 22)]!++;
  }
}

/** From how many to where the first goes. */
function begins(counts: Int32Array, at: number): void {
  let sum = 0;
  for (let d = at; d < at + DIGITS; d++) {
    const c = counts[d]!;
    counts[d] = sum;
    sum += c;
  }
}

function pass(
  n: number,
  digit: number,
  counts: Int32Array,
  from: Int32Array,
  rows: Uint32Array,
  to: Int32Array,
  toRows: Uint32Array,
): void {
  begins(counts, digit * DIGITS);
  for (let i = 0; i < n; i++) {
    const key = from[i]!;
    const at = digit * DIGITS + ((key >>> (11 * digit)) & (DIGITS - 1));
    const place = counts[at]!;
    counts[at] = place + 1;
    to[place] = key;
    toRows[place] = rows[i]!;
  }
}

function passCells(n: number, digit: number, counts: Int32Array, from: Int32Array, to: Int32Array): void {
  begins(counts, digit * DIGITS);
  for (let i = 0; i < n; i++) {
    const key = from[i]!;
    const at = digit * DIGITS + ((key >>> (11 * digit)) & (DIGITS - 1));
    const place = counts[at]!;
    counts[at] = place + 1;
    to[place] = key;
  }
}

/** Present cells of the rows named, and how many they are; + 0: −0 becomes 0. */
function present(x: Float32Array, rows: ArrayLike<number>, cells: Float32Array): number {
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    const v = x[rows[i]!]!;
    if (v === v) cells[n++] = v + 0;
  }
  return n;
}

function presentRows(x: Float32Array, rows: ArrayLike<number>, cells: Float32Array, places: Uint32Array): number {
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    const v = x[rows[i]!]!;
    if (v !== v) continue;
    cells[n] = v + 0;
    places[n++] = rows[i]!;
  }
  return n;
}

export function sorter(most: number): Sorter {
  const keys = new Int32Array(most);
  const spareKeys = new Int32Array(most);
  const places = new Uint32Array(most);
  const spare = new Uint32Array(most);
  const cells = new Float32Array(most);
  const raw = new Int32Array(cells.buffer);
  const counts = new Int32Array(3 * DIGITS);
  return {
    keys: new Uint32Array(spareKeys.buffer),
    rows: spare,
    sort(x, rows) {
      const n = presentRows(x, rows, cells, places);
      keyed(n, raw, keys, counts);
      pass(n, 0, counts, keys, places, spareKeys, spare);
      pass(n, 1, counts, spareKeys, spare, keys, places);
      pass(n, 2, counts, keys, places, spareKeys, spare);
      return n;
    },
    sortCells(x, rows) {
      const n = present(x, rows, cells);
      keyed(n, raw, keys, counts);
      passCells(n, 0, counts, keys, spareKeys);
      passCells(n, 1, counts, spareKeys, keys);
      passCells(n, 2, counts, keys, spareKeys);
      return n;
    },
  };
}
