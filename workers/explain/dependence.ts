/** Partial dependence: the mean prediction when one raw input column is set to each of a grid of values, with single rows beside it. */
import type { PartialDependence } from '../../src/core/evaluation.js';
import { Problem } from '../../src/core/problem.js';
import { random, shuffle } from '../../src/core/random.js';
import { isValues, lengthOf, rowNumbers, takeColumn, type Column } from '../../src/core/table.js';
import { quantile } from '../evaluate/intervals.js';
import type { Ask } from '../evaluate/resampling.js';
import type { Predict } from './importance.js';

export interface DependenceInput {
  readonly predict: Predict;
  /** Raw input columns. */
  readonly columns: readonly Column[];
  readonly column: string;
  /** Numbers per row that `predict` gives, and the one to show. */
  readonly outputs: number;
  readonly output: number;
  /** Name of the class shown; null for a number target. */
  readonly level: string | null;
  readonly seed: number;
  /** At most so many grid points (20), rows in the mean (300) and single rows (30). */
  readonly points?: number;
  readonly over?: number;
  readonly single?: number;
}

/** Friedman 2001, § 8.2; single rows as in Goldstein and others 2015. Where other columns move along with this one, it shows rows that cannot exist. */
export async function partialDependence(input: DependenceInput, tell: Ask = async () => true): Promise<PartialDependence> {
  const { columns, outputs, output } = input;
  const at = columns.findIndex((c) => c.name === input.column);
  const column = columns[at];
  if (!column) throw new Problem('explain/no-column', { column: input.column });
  const rows = lengthOf(column);
  const grid = gridOf(column, input.points ?? 20);
  if (grid.cells.length === 0) throw new Problem('explain/empty-column', { column: input.column });
  const chosen = shuffle(rowNumbers(rows), random(input.seed)).slice(0, input.over ?? 300);
  const sample = columns.map((c) => takeColumn(c, chosen));
  const n = chosen.length;
  const singles = Math.min(n, input.single ?? 30);
  const mean: number[] = [];
  const lines: number[][] = Array.from({ length: singles }, () => []);
  for (const [g, cell] of grid.cells.entries()) {
    const predicted = await input.predict(sample.map((c, j) => (j === at ? filled(c, cell) : c)));
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const v = predicted[i * outputs + output]!;
      sum += v;
      if (i < singles) lines[i]!.push(v);
    }
    mean.push(sum / n);
    if (!(await tell(g + 1, grid.cells.length))) break;
  }
  return {
    column: input.column,
    kind: column.kind,
    level: input.level,
    grid: grid.shown.slice(0, mean.length),
    mean,
    rows: lines,
    over: n,
    density: grid.density.slice(0, mean.length),
  };
}

/** The column with one value in every row: a number, or a level code. */
function filled(c: Column, cell: number): Column {
  return isValues(c)
    ? { ...c, values: new Float64Array(c.values.length).fill(cell) }
    : { ...c, codes: new Int32Array(c.codes.length).fill(cell) };
}

/**
 * Values: all of them when few are distinct, else quantiles from 1 % to 99 % (beyond them few rows speak). Levels: the most frequent.
 * density: share of present rows nearest to each point, or at the level.
 */
function gridOf(c: Column, most: number): { cells: number[]; shown: (number | string)[]; density: number[] } {
  if (!isValues(c)) {
    const counts = new Float64Array(c.levels.length);
    let present = 0;
    for (const code of c.codes) {
      if (code < 0) continue;
      counts[code]!++;
      present++;
    }
    const cells = [...counts.keys()]
      .filter((k) => counts[k]! > 0)
      .sort((a, b) => counts[b]! - counts[a]! || a - b)
      .slice(0, most);
    return { cells, shown: cells.map((k) => c.levels[k]!), density: cells.map((k) => counts[k]! / present) };
  }
  const present = c.values.filter((v) => Number.isFinite(v)).sort();
  const distinct = [...new Set(present)];
  const cells =
    distinct.length <= most
      ? distinct
      : [...new Set(Array.from({ length: most }, (_, i) => quantile(present, 0.01 + (0.98 * i) / (most - 1))))];
  const density = new Array<number>(cells.length).fill(0);
  let nearest = 0;
  for (const v of present) {
    while (nearest + 1 < cells.length && Math.abs(cells[nearest + 1]! - v) <= Math.abs(cells[nearest]! - v)) nearest++;
    density[nearest]! += 1 / present.length;
  }
  return { cells, shown: cells, density };
}
