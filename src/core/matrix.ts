/** What a model sees: Float32, column-major, NaN is missing. Sums over it are taken in Float64. */

export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** Column j is data.subarray(j · rows, (j + 1) · rows). */
  readonly data: Float32Array;
  readonly names: readonly string[];
  /** For each column: 0 for a quantity, else the number of levels; cells are then level codes 0…levels−1, NaN missing. */
  readonly levels: readonly number[];
}

export const column = (X: Matrix, j: number): Float32Array => X.data.subarray(j * X.rows, (j + 1) * X.rows);

/** A matrix of quantities. */
export const matrix = (
  rows: number,
  cols: number,
  data: Float32Array = new Float32Array(rows * cols),
  names?: readonly string[],
): Matrix => ({
  rows,
  cols,
  data,
  names: names ?? Array.from({ length: cols }, (_, j) => `x${j}`),
  levels: new Array<number>(cols).fill(0),
});

/** The rows named, in that order; rows may repeat. */
export function take(X: Matrix, rows: ArrayLike<number>): Matrix {
  const n = rows.length;
  const data = new Float32Array(n * X.cols);
  for (let j = 0; j < X.cols; j++) {
    const from = j * X.rows;
    const to = j * n;
    for (let i = 0; i < n; i++) data[to + i] = X.data[from + rows[i]!]!;
  }
  return { ...X, rows: n, data };
}

export function hasMissing(X: Matrix): boolean {
  for (let i = 0; i < X.data.length; i++) if (Number.isNaN(X.data[i]!)) return true;
  return false;
}
