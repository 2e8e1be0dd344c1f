/** Rows that repeat an earlier one in every column. */
import { isValues, type Table } from '../../src/core/table.js';

const bits = new DataView(new ArrayBuffer(8));

/** One whole number per row and column: equal cells give equal numbers. */
function mixed(table: Table): Int32Array {
  const hash = new Int32Array(table.rows).fill(0x9747b28c);
  for (const c of table.columns) {
    for (let i = 0; i < table.rows; i++) {
      let v: number;
      if (isValues(c)) {
        const x = c.values[i]!;
        if (x === (x | 0)) v = x | 0;
        else {
          bits.setFloat64(0, Number.isNaN(x) ? NaN : x);
          v = bits.getInt32(0) ^ Math.imul(bits.getInt32(4), 0x5bd1e995);
        }
      } else v = c.codes[i]!;
      let h = Math.imul(hash[i]! ^ Math.imul(v, 0xcc9e2d51 | 0), 0x1b873593);
      h = (h << 13) | (h >>> 19);
      hash[i] = (Math.imul(h, 5) + 0xe6546b64) | 0;
    }
  }
  return hash;
}

function same(table: Table, a: number, b: number): boolean {
  for (const c of table.columns) {
    if (isValues(c)) {
      const x = c.values[a]!;
      const y = c.values[b]!;
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false;
    } else if (c.codes[a] !== c.codes[b]) return false;
  }
  return true;
}

/** How many, and the numbers of the first few. Hashes find candidates, comparison decides. */
export function duplicates(table: Table, examples = 5): { count: number; rows: number[] } {
  const { rows } = table;
  if (table.columns.length === 0) return { count: 0, rows: [] };
  const hash = mixed(table);
  let size = 16;
  while (size < rows * 2) size *= 2;
  const slots = new Int32Array(size);
  let count = 0;
  const found: number[] = [];
  for (let i = 0; i < rows; i++) {
    let slot = (hash[i]! ^ (hash[i]! >>> 15)) & (size - 1);
    for (;;) {
      const other = slots[slot]! - 1;
      if (other < 0) {
        slots[slot] = i + 1;
        break;
      }
      if (hash[other] === hash[i] && same(table, other, i)) {
        count++;
        if (found.length < examples) found.push(i);
        break;
      }
      slot = (slot + 1) & (size - 1);
    }
  }
  return { count, rows: found };
}
