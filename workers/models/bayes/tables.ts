/** Naive Bayes on cells: each column is cut into cells, and each class has a probability for every cell. Fits the form `additive`. */
import type { Additive, AdditiveTerm, TermAxis } from '../../../src/core/form.js';
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context } from '../../../src/core/model.js';
import { NEVER } from '../baseline.js';
import { rowWeights, type ClassWeight } from '../class-weight.js';
import { guard } from '../guard.js';
import { onlyClass } from '../linear/class-scores.js';
import { pace } from '../pace.js';
import { isList, keepOf, savedIn } from '../resume.js';
import { logPriors } from './counts.js';

/** A column as cells. */
export interface Cells {
  readonly shape: 'levels' | 'constant';
  /** Codes, or edges (a cell holds values up to and with its edge). */
  readonly at: Float64Array;
  /** Cells that values can fall into; one more, the last, is for missing values. */
  readonly cells: number;
  /** Which one; never for a missing value. */
  of(x: number): number;
  /** Values that are possible though they have no cell: they take their part of the smoothing. */
  readonly unseen: number;
}

interface Options {
  readonly alpha: number;
  readonly learnPrior: boolean;
  readonly classWeight: ClassWeight;
  /** Missing values are a value like any other where training has some; else they say nothing. */
  readonly missingCounts: boolean;
  /** Names the fit, as `fitOf` does. */
  readonly fit: string;
}

/** After a column. */
interface Counted {
  readonly terms: readonly AdditiveTerm[];
}

export async function fitTables(
  X: Matrix,
  target: ClassTarget,
  cellsOf: (j: number, weight: Float64Array) => Cells,
  options: Options,
  ctx: Context,
): Promise<Additive | Awaited<ReturnType<typeof onlyClass>>> {
  guard(X, target, { missing: true });
  const keep = keepOf(ctx, options.fit);
  const saved = savedIn<Counted>(keep, { terms: isList((v) => typeof v === 'object' && v !== null) });
  const steps = pace(ctx, Math.max(1, X.cols), saved?.terms.length);
  const K = target.levels.length;
  const weight = rowWeights(target, options.classWeight);
  const sums = new Float64Array(K);
  for (let i = 0; i < X.rows; i++) sums[target.y[i]!] = sums[target.y[i]!]! + weight[i]!;
  const classes = Int32Array.from(sums.keys()).filter((k) => sums[k]! > 0);
  const m = classes.length;
  if (m === 1) return onlyClass(X.cols, target, classes[0]!, ctx);
  const prior = logPriors(
    Float64Array.from(classes, (k) => sums[k]!),
    options.learnPrior,
  );
  const scores = K === 2 ? 1 : K;
  const bias = K === 2 ? Float64Array.of(prior[1]! - prior[0]!) : new Float64Array(K).fill(NEVER);
  const middle = prior.reduce((a, b) => a + b, 0) / m;
  if (K > 2) classes.forEach((k, c) => (bias[k] = prior[c]! - middle));
  const terms: AdditiveTerm[] = [...(saved?.terms ?? [])];
  let bytes = 0;
  for (let j = terms.length; j < X.cols; j++) {
    const cells = cellsOf(j, weight);
    const counts = count(X, j, target.y, weight, cells, K);
    const axis: TermAxis = { column: j, shape: cells.shape, at: cells.at };
    terms.push(term(axis, cells, counts, classes, scores, options));
    // Rows counted once, and once sorted where there are edges.
    if (steps.due(20 * X.rows)) await steps.rest();
    if (!(await steps.step())) break;
    bytes += 16 * counts.length;
    keep.offer(bytes, (): Counted => ({ terms: [...terms] }));
  }
  return { form: 'additive', link: K === 2 ? 'sigmoid' : 'softmax', inputs: X.cols, outputs: K, bias, terms };
}

/** (Cells + 1) × K: weight of the rows of each class in each cell, those with a missing value last. */
function count(X: Matrix, j: number, y: Int32Array, weight: Float64Array, cells: Cells, K: number): Float64Array {
  const x = column(X, j);
  const out = new Float64Array((cells.cells + 1) * K);
  for (let i = 0; i < x.length; i++) {
    if (weight[i] === 0) continue;
    const to = (x[i] === x[i] ? cells.of(x[i]!) : cells.cells) * K + y[i]!;
    out[to] = out[to]! + weight[i]!;
  }
  return out;
}

/** Log probability of each cell in each class, less its mean over the classes seen (or for two classes the second less the first). */
function term(axis: TermAxis, cells: Cells, counts: Float64Array, classes: Int32Array, scores: number, options: Options): AdditiveTerm {
  const K = counts.length / (cells.cells + 1);
  const m = classes.length;
  const rows = Float64Array.from({ length: cells.cells + 1 }, (_, c) => counts.subarray(c * K, c * K + K).reduce((a, b) => a + b, 0));
  const used = cells.cells + (options.missingCounts && rows[cells.cells]! > 0 ? 1 : 0);
  const all = Float64Array.from(classes, (k) => {
    let sum = (used + cells.unseen) * options.alpha;
    for (let c = 0; c < used; c++) sum += counts[c * K + k]!;
    return Math.log(sum);
  });
  const values = new Float64Array((cells.cells + 1) * scores);
  for (let c = 0; c < used; c++) {
    const log = Float64Array.from(classes, (k, at) => Math.log(counts[c * K + k]! + options.alpha) - all[at]!);
    const mean = log.reduce((a, b) => a + b, 0) / m;
    if (scores === 1) values[c] = log[1]! - log[0]!;
    else classes.forEach((k, at) => (values[c * scores + k] = log[at]! - mean));
  }
  return { axes: [axis], values, slopes: new Float64Array(0), spread: new Float64Array(0), counts: rows };
}
