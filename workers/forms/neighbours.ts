/**
 * Nearest neighbours: exact search by a tree of boxes when columns are few, else by a scan, in WebAssembly (near.ts) or plain.
 * All compute every distance that counts by the same sum in the same order and break ties by the lower row, so they agree bit for bit.
 */
import type { Neighbours } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { boxTree, searchBoxes } from './box-tree.js';
import { allFinite, broken, finite, lengthIs, oneOf, typed, whole, type Fields } from './gate.js';
import type { Kit } from './kit.js';
import { scanNear } from './near.js';
import { insert, nearest, type Nearest } from './nearest.js';

/** Rows × outputs: class shares, or means. */
export function neighboursPredict(form: Neighbours, X: Matrix): Float64Array {
  const p = form.inputs;
  const points = form.y.length;
  const k = Math.min(form.k, points);
  const out = new Float64Array(X.rows * form.outputs);
  // Building costs about points × log(points) × columns; a scan costs points × columns a query.
  const fast = form.metric === 'euclidean' || form.metric === 'manhattan';
  const enough = points >= 512 && X.rows > 2 * Math.log2(points);
  const isLow = boxesPay(form, X.rows);
  if (fast && !isLow && X.rows >= 8 && points >= 64 && scanNear(form, X, (q, best) => vote(form, best, out, q * form.outputs))) return out;
  const pays = enough && p <= boxesUpTo(form.metric, points);
  const round = form.metric === 'cosine';
  const tree = pays ? boxTree(round ? directed(form.points, points, p) : form.points, points, p) : null;
  const exact = round ? distanceTo(form) : null;
  const query = new Float64Array(4 * p);
  const bests = [nearest(k), nearest(k), nearest(k), nearest(k)];
  for (let from = 0; from < X.rows; from += 4) {
    const n = Math.min(4, X.rows - from);
    // A last, short group repeats its last row.
    for (let q = 0; q < 4; q++) for (let j = 0; j < p; j++) query[q * p + j] = X.data[j * X.rows + from + Math.min(q, n - 1)]!;
    for (const best of bests) {
      best.distance.fill(Infinity);
      best.row.fill(-1);
    }
    if (tree)
      for (let q = 0; q < n; q++) {
        const one = query.subarray(q * p, q * p + p);
        searchBoxes(tree, round ? directed(one, 1, p) : one, form.metric, bests[q]!, form.p, exact?.(one));
      }
    else if (form.metric === 'euclidean') scanEuclidean(form, query, bests);
    else if (form.metric === 'manhattan') scanManhattan(form, query, bests);
    else scanOther(form, query, bests);
    for (let q = 0; q < n; q++) vote(form, bests[q]!, out, (from + q) * form.outputs);
  }
  return out;
}

/** Columns up to which a tree of boxes beats the plain scan, measured on independent normal ones. In many columns every box is near. */
const boxesUpTo = (metric: Neighbours['metric'], points: number): number =>
  metric === 'euclidean' || metric === 'manhattan' ? 15 : (metric === 'cosine' ? 0.5 : 0.8) * Math.log2(points);

/** Whether columns are so few that a tree of boxes beats every scan, that of the kernel too. */
export function boxesPay({ metric, y, inputs }: Neighbours, queries: number): boolean {
  const points = y.length;
  const few = Math.min(points > 100_000 ? 8 : 6, boxesUpTo(metric, points));
  return points >= 512 && queries > 2 * Math.log2(points) && inputs <= few;
}

/** Four queries over all points at once: each point is read once for the four. Squared distances. */
function scanEuclidean(form: Neighbours, query: Float64Array, bests: readonly Nearest[]): void {
  const p = form.inputs;
  const { points } = form;
  const rows = form.y.length;
  const [b0, b1, b2, b3] = [bests[0]!, bests[1]!, bests[2]!, bests[3]!];
  const last = b0.distance.length - 1;
  const [q0, q1, q2, q3] = [query.slice(0, p), query.slice(p, 2 * p), query.slice(2 * p, 3 * p), query.slice(3 * p)];
  let w0 = Infinity;
  let w1 = Infinity;
  let w2 = Infinity;
  let w3 = Infinity;
  for (let i = 0; i < rows; i++) {
    const at = i * p;
    let d0 = 0;
    let d1 = 0;
    let d2 = 0;
    let d3 = 0;
    // Every eighth column: when all four are already too far, the rest cannot bring them back.
    for (let j = 0; j < p;) {
      const stop = Math.min(j + 8, p);
      for (; j < stop; j++) {
        const x = points[at + j]!;
        const e0 = q0[j]! - x;
        const e1 = q1[j]! - x;
        const e2 = q2[j]! - x;
        const e3 = q3[j]! - x;
        d0 += e0 * e0;
        d1 += e1 * e1;
        d2 += e2 * e2;
        d3 += e3 * e3;
      }
      if (d0 > w0 && d1 > w1 && d2 > w2 && d3 > w3) break;
    }
    if (d0 < w0) {
      insert(b0, d0, i);
      w0 = b0.distance[last]!;
    }
    if (d1 < w1) {
      insert(b1, d1, i);
      w1 = b1.distance[last]!;
    }
    if (d2 < w2) {
      insert(b2, d2, i);
      w2 = b2.distance[last]!;
    }
    if (d3 < w3) {
      insert(b3, d3, i);
      w3 = b3.distance[last]!;
    }
  }
}

function scanManhattan(form: Neighbours, query: Float64Array, bests: readonly Nearest[]): void {
  const p = form.inputs;
  const { points } = form;
  const rows = form.y.length;
  for (let q = 0; q < 4; q++) {
    const best = bests[q]!;
    const last = best.distance.length - 1;
    const one = query.slice(q * p, q * p + p);
    let worst = Infinity;
    for (let i = 0; i < rows; i++) {
      const at = i * p;
      let d = 0;
      for (let j = 0; j < p;) {
        const stop = Math.min(j + 8, p);
        for (; j < stop; j++) d += Math.abs(one[j]! - points[at + j]!);
        if (d > worst) break;
      }
      if (d < worst) {
        insert(best, d, i);
        worst = best.distance[last]!;
      }
    }
  }
}

/** Any distance, one query after another. Minkowski without its root, which changes no order. A row of zeros has no direction: it is at 1 from all by cosine. */
function scanOther(form: Neighbours, query: Float64Array, bests: readonly Nearest[]): void {
  const cols = form.inputs;
  const { points, metric } = form;
  const rows = form.y.length;
  const power = form.p ?? 2;
  const norms = metric === 'cosine' ? Float64Array.from({ length: rows }, (_, i) => norm(points, i * cols, cols)) : null;
  for (let q = 0; q < 4; q++) {
    const best = bests[q]!;
    const last = best.distance.length - 1;
    const one = query.slice(q * cols, q * cols + cols);
    const own = norms ? norm(one, 0, cols) : 0;
    for (let i = 0; i < rows; i++) {
      const at = i * cols;
      let d = 0;
      if (norms) {
        for (let j = 0; j < cols; j++) d += one[j]! * points[at + j]!;
        const size = own * norms[i]!;
        d = size > 0 && size < Infinity ? Math.max(0, 1 - d / size) : 1;
      } else if (metric === 'chebyshev') for (let j = 0; j < cols; j++) d = Math.max(d, Math.abs(one[j]! - points[at + j]!));
      else for (let j = 0; j < cols; j++) d += Math.abs(one[j]! - points[at + j]!) ** power;
      if (!(d < Infinity)) d = Number.MAX_VALUE;
      if (d < best.distance[last]!) insert(best, d, i);
    }
  }
}

/** The distance of a query to one row after another, as the scans compare it, bit for bit. */
export function distanceTo(form: Neighbours): (query: Float64Array) => (row: number) => number {
  const { points, metric, inputs: cols } = form;
  const power = form.p ?? 2;
  const term: (a: number, b: number) => number =
    metric === 'euclidean'
      ? (a, b) => (a - b) * (a - b)
      : metric === 'manhattan'
        ? (a, b) => Math.abs(a - b)
        : metric === 'minkowski'
          ? (a, b) => Math.abs(a - b) ** power
          : (a, b) => a * b;
  return (query) => {
    const own = metric === 'cosine' ? norm(query, 0, cols) : 0;
    return (row) => {
      const at = row * cols;
      let d = 0;
      if (metric === 'chebyshev') for (let j = 0; j < cols; j++) d = Math.max(d, Math.abs(query[j]! - points[at + j]!));
      else for (let j = 0; j < cols; j++) d += term(query[j]!, points[at + j]!);
      if (metric !== 'cosine') return d < Infinity ? d : Number.MAX_VALUE;
      const size = own * norm(points, at, cols);
      return size > 0 && size < Infinity ? Math.max(0, 1 - d / size) : 1;
    };
  };
}

/** The rows at length 1; a row of zeros stays. */
function directed<A extends Float32Array | Float64Array>(x: A, rows: number, cols: number): A {
  const made = x.slice() as A;
  for (let i = 0; i < rows; i++) {
    const size = norm(x, i * cols, cols);
    if (size > 0 && size < Infinity) for (let j = 0; j < cols; j++) made[i * cols + j] = x[i * cols + j]! / size;
  }
  return made;
}

export function norm(x: Float32Array | Float64Array, from: number, cols: number): number {
  let sum = 0;
  for (let j = 0; j < cols; j++) sum += x[from + j]! * x[from + j]!;
  return Math.sqrt(sum);
}

/** From what was compared to the distance itself. */
const rooted = (form: Neighbours, d: number): number =>
  form.metric === 'euclidean' ? Math.sqrt(d) : form.metric === 'minkowski' ? d ** (1 / (form.p ?? 2)) : d;

/** A neighbour at distance 0 outvotes all that are farther, as in scikit-learn. */
export function vote(form: Neighbours, best: Nearest, out: Float64Array, at: number): void {
  const { distance, row } = best;
  const exact = form.weights === 'distance' && distance[0] === 0;
  // Shares are taken relative to the nearest, so that tiny or huge distances do not overflow.
  const unit = rooted(form, distance[0]!);
  let sum = 0;
  for (let m = 0; m < row.length; m++) {
    if (row[m]! < 0) break;
    const d = rooted(form, distance[m]!);
    const w = form.weights === 'uniform' ? 1 : exact ? (d === 0 ? 1 : 0) : unit / d;
    const y = form.y[row[m]!]!;
    if (form.task === 'class') out[at + y] = out[at + y]! + w;
    else out[at] = out[at]! + w * y;
    sum += w;
  }
  for (let o = 0; o < form.outputs; o++) out[at + o] = out[at + o]! / sum;
}

function minkowskiPower(o: Fields, at: string): number {
  const p = finite(o, 'p', at);
  return p >= 1 && p <= 1000 ? p : broken(`${at}.p is ${p}`);
}

export const neighboursKit: Kit<Neighbours> = {
  predict: neighboursPredict,
  check(o, at, inputs, outputs) {
    const task = oneOf(o, 'task', at, ['class', 'number'] as const);
    if ((task === 'class') !== outputs > 1) broken(`${at}.outputs does not go with the task`);
    const y = typed(o, 'y', at, Float64Array);
    if (y.length === 0) broken(`${at}.y is empty`);
    for (const v of y) {
      if (task === 'class' ? !Number.isInteger(v) || v < 0 || v >= outputs : !Number.isFinite(v)) broken(`${at}.y holds ${v}`);
    }
    const points = typed(o, 'points', at, Float32Array);
    lengthIs(points, y.length * inputs, `${at}.points`);
    allFinite(points, `${at}.points`);
    const metric = oneOf(o, 'metric', at, ['euclidean', 'manhattan', 'chebyshev', 'minkowski', 'cosine'] as const);
    return {
      form: 'neighbours',
      inputs,
      outputs,
      k: whole(o, 'k', at, 1, 2 ** 31),
      weights: oneOf(o, 'weights', at, ['uniform', 'distance'] as const),
      metric,
      ...(metric === 'minkowski' ? { p: minkowskiPower(o, at) } : {}),
      points,
      y,
      task,
    };
  },
};
