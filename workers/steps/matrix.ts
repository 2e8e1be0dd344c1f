/** Columns → the Float32 matrix a model sees. */
import type { Matrix } from '../../src/core/matrix.js';
import { Problem } from '../../src/core/problem.js';
import type { Column } from '../../src/core/table.js';
import { isValues } from '../../src/core/table.js';
import { rowsIn } from './columns.js';

const LARGEST = 3.4028234663852886e38;

/** Numbers as they are (what Float32 cannot hold is cut to its largest), categories as codes 0…levels−1. NaN is missing. */
export function toMatrix(columns: readonly Column[]): Matrix {
  const rows = rowsIn(columns);
  const data = new Float32Array(rows * columns.length);
  columns.forEach((c, j) => {
    const at = j * rows;
    if (c.kind === 'number' && isValues(c)) {
      for (let i = 0; i < rows; i++) {
        const v = c.values[i]!;
        data[at + i] = v > LARGEST ? LARGEST : v < -LARGEST ? -LARGEST : v;
      }
    } else if (c.kind === 'category') {
      for (let i = 0; i < rows; i++) data[at + i] = c.codes[i]! < 0 ? NaN : c.codes[i]!;
    } else
      throw new Problem('steps/not-a-number', {
        column: c.name,
        kind: c.kind,
        step: c.kind === 'time' ? 'Parts of a date' : 'Words of a text (tf-idf)',
      });
  });
  return {
    rows,
    cols: columns.length,
    data,
    names: columns.map((c) => c.name),
    // A category without any level is a quantity that is always missing.
    levels: columns.map((c) => (c.kind === 'category' ? c.levels.length : 0)),
  };
}
