/**
 * Exact nearest neighbours by a graphics card: it measures every distance in Float32 and keeps a few more than are asked for, these
 * are measured as the plain scan does, and where rounding leaves a doubt whether one was missed, the row is done on the processor.
 * The same bytes as ever.
 */
import type { Neighbours } from '../../src/core/form.js';
import { take, type Matrix } from '../../src/core/matrix.js';
import type { Gpu } from '../kernels/gpu/device.js';
import { BLOCK, errorOf, MOST_KEPT, nearSearch, NONE, type Measure, type NearLists, type NearSearch } from '../kernels/gpu/near.js';
import { distanceTo, neighboursPredict, norm, vote } from './neighbours.js';
import { insert, nearest } from './nearest.js';

/** Kept beyond k: so many rows may lie as near as the k-th, within rounding, before a query is done again. */
const SPARE = 4;
/** Largest cell: its squares, and their sum, stay far below where Float32 ends. */
const LARGEST = 1e15;

export const keptFor = (form: Neighbours): number => 4 * Math.ceil((Math.min(form.k, form.y.length) + SPARE) / 4);

/** Null, or why the card is no place for this form. */
export function whyNotGpu(form: Neighbours): string | null {
  if (keptFor(form) > MOST_KEPT) return `more than ${MOST_KEPT - SPARE} neighbours are too many for the GPU’s search`;
  if (form.metric === 'minkowski' && (power(form) > 64 || form.inputs * (5 * largest(form.points)) ** power(form) > 1e300))
    return 'the differences to this power are too large for the GPU';
  return largest(form.points) > LARGEST ? 'the numbers are too large for the GPU' : null;
}

/** What the card holds for a form, and how its distances are to be read. */
export interface Looker {
  readonly form: Neighbours;
  readonly keep: number;
  readonly search: NearSearch;
  readonly asks: Asks;
}
interface Asks {
  readonly points: Float32Array;
  readonly cols: number;
  readonly measure: Measure;
  /** Rows from … from + count − 1 as the card takes them; `unfit` are those it does not. */
  queries(X: Matrix, from: number, count: number): { readonly cells: Float32Array; readonly unfit: Uint8Array };
  /** Every row whose distance on the card is at least w is truly farther than this, in units of the scan. */
  beyond(w: number): number;
  /** Whether the card's distance is as near to the true one as it must be. */
  agrees(onCard: number, exact: number): boolean;
}

export const asksOf = (form: Neighbours): Asks => (form.metric === 'cosine' ? directions(form) : differences(form));

export async function looker(form: Neighbours, gpu: Gpu, bytes?: number): Promise<Looker> {
  const asks = asksOf(form);
  const keep = keptFor(form);
  return { form, keep, asks, search: await nearSearch(gpu, asks.points, form.y.length, asks.cols, asks.measure, keep, bytes) };
}

/** Predicts rows from … from + count − 1 (at most BLOCK) into `out`; tells how many of them the processor had to do. */
export async function lookUp({ form, keep, search, asks }: Looker, X: Matrix, from: number, count: number, out: Float64Array) {
  const { cells, unfit } = asks.queries(X, from, count);
  const lists = await search.look(cells, count);
  const again: number[] = [];
  const exact = distanceTo(form);
  const one = new Float64Array(form.inputs);
  const best = nearest(Math.min(form.k, form.y.length));
  for (let q = 0; q < count; q++) {
    for (let j = 0; j < form.inputs; j++) one[j] = X.data[j * X.rows + from + q]!;
    if (unfit[q] === 1 || !judged(form, lists, q, keep, asks, exact(one), best)) again.push(from + q);
    else vote(form, best, out, (from + q) * form.outputs);
  }
  if (again.length > 0) {
    const k = form.outputs;
    const done = neighboursPredict(form, take(X, again));
    again.forEach((row, i) => out.set(done.subarray(i * k, (i + 1) * k), row * k));
  }
  return again.length;
}

/** Fills `best` from the candidates of a query; false when a row that was not kept may be as near. */
function judged(
  form: Neighbours,
  { distances, rows }: NearLists,
  q: number,
  keep: number,
  asks: Asks,
  exact: (row: number) => number,
  best: ReturnType<typeof nearest>,
): boolean {
  const last = best.distance.length - 1;
  best.distance.fill(Infinity);
  best.row.fill(-1);
  let count = 0;
  for (; count < keep && rows[count * BLOCK + q] !== NONE; count++) {
    const row = rows[count * BLOCK + q]!;
    const d = row < form.y.length ? exact(row) : NaN;
    if (!asks.agrees(distances[count * BLOCK + q]!, d)) throw new Error('its distances are not as exact as WebGPU promises');
    if (d <= best.distance[last]!) insert(best, d, row);
  }
  if (count < Math.min(keep, form.y.length)) throw new Error('it lost rows');
  return count === form.y.length || best.distance[last]! < asks.beyond(distances[(keep - 1) * BLOCK + q]!);
}

const power = (form: Neighbours) => form.p ?? 2;

/** Asked again for every batch of rows. */
const measured = new WeakMap<Float32Array, number>();
function largest(x: Float32Array): number {
  let most = measured.get(x);
  if (most === undefined) {
    most = 0;
    for (const v of x) most = Math.max(most, Math.abs(v));
    measured.set(x, most);
  }
  return most;
}

/** Cells as they are; for a power times such a power of two that sums neither run over nor, if it can be helped, vanish. */
function differences(form: Neighbours): Asks {
  const { metric, inputs: cols } = form;
  const by = { euclidean: 'squares', manhattan: 'absolute', chebyshev: 'largest' } as const;
  const measure: Measure = { by: metric in by ? by[metric as keyof typeof by] : 'power', p: power(form) };
  const most = Math.max(largest(form.points), 1e-3);
  const bound = measure.by === 'power' ? 4 * most : LARGEST;
  const scale = measure.by === 'power' ? 2 ** Math.floor(Math.log2((1e36 / cols) ** (1 / measure.p) / (5 * most))) : 1;
  const unit = measure.by === 'power' ? scale ** measure.p : 1;
  const { relative, absolute } = errorOf(measure, cols);
  return {
    cols,
    measure,
    points: scale === 1 ? form.points : form.points.map((x) => x * scale),
    queries(X, from, count) {
      const cells = new Float32Array(count * cols);
      const unfit = new Uint8Array(count);
      for (let j = 0; j < cols; j++) {
        for (let q = 0; q < count; q++) {
          const x = X.data[j * X.rows + from + q]!;
          if (Math.abs(x) <= bound) cells[j * count + q] = x * scale;
          else unfit[q] = 1;
        }
      }
      return { cells, unfit };
    },
    beyond: (w) => (((w - absolute) / (1 + relative)) * (1 - 1e-12)) / unit,
    agrees: (onCard, exact) => Math.abs(onCard - exact * unit) <= relative * exact * unit + absolute,
  };
}

/**
 * Rows of length 1, whose squared distance is twice one less the cosine, and which keeps its precision where they are close. A row of
 * zeros is at 1 from all: it gets a column of its own, another one where it is the asking row, so that its squared distance is 2.
 */
function directions(form: Neighbours): Asks {
  const { points, inputs } = form;
  const rows = form.y.length;
  const cols = inputs + 2;
  const made = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const size = norm(points, i * inputs, inputs);
    if (size === 0) made[i * cols + inputs] = 1;
    else for (let j = 0; j < inputs; j++) made[i * cols + j] = points[i * inputs + j]! / size;
  }
  const measure: Measure = { by: 'squares', p: 2 };
  const { relative, absolute } = errorOf(measure, cols);
  // Rounding of both rows to Float32, and of the scan's own sums in Float64.
  const apart = 2 ** -22;
  const own = (inputs + 8) * 2 ** -49;
  return {
    cols,
    measure,
    points: made,
    queries(X, from, count) {
      const cells = new Float32Array(count * cols);
      const unfit = new Uint8Array(count);
      const one = new Float64Array(inputs);
      for (let q = 0; q < count; q++) {
        for (let j = 0; j < inputs; j++) one[j] = X.data[j * X.rows + from + q]!;
        const size = norm(one, 0, inputs);
        if (!(size < Infinity)) unfit[q] = 1;
        else if (size === 0) cells[(inputs + 1) * count + q] = 1;
        else for (let j = 0; j < inputs; j++) cells[j * count + q] = one[j]! / size;
      }
      return { cells, unfit };
    },
    beyond(w) {
      const apartAtLeast = Math.sqrt(Math.max(0, (w - absolute) / (1 + relative))) - apart;
      return apartAtLeast > 0 ? apartAtLeast ** 2 / 2 - own : -1;
    },
    agrees(onCard, exact) {
      const true2 = 2 * exact;
      return (
        Math.abs(onCard - true2) <= relative * true2 + absolute + 2 * own + 2 * apart * Math.sqrt(Math.max(true2, onCard)) + apart ** 2
      );
    },
  };
}
