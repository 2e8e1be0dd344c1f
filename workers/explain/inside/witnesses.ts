/** Who speaks for one answer: the training rows nearest to it, or the trees that vote. */
import type { Form, Neighbours, Trees } from '../../../src/core/form.js';
import type { Witnesses } from '../../../src/core/inside.js';
import type { Matrix } from '../../../src/core/matrix.js';
import { leafOf } from '../../forms/trees.js';

/** Votes of the trees on the first row of X; null where trees do not each give a whole answer. */
export function votesOf(form: Form, X: Matrix, levels: readonly string[]): Witnesses['votes'] {
  if (form.form !== 'trees' || !form.average || form.roots.length < 2) return null;
  const answers = answersOf(form, X);
  if (form.outputs > 1) {
    const counts = new Float64Array(form.outputs);
    for (const a of answers) counts[a.indexOf(Math.max(...a))]!++;
    return Array.from(counts, (count, k) => ({ label: levels[k] ?? String(k), count }));
  }
  const values = answers.map((a) => a[0]!).sort((a, b) => a - b);
  const low = values[0]!;
  const high = values[values.length - 1]!;
  const bins = high > low ? Math.min(10, Math.ceil(Math.sqrt(values.length))) : 1;
  const short = (v: number) => String(Number(v.toPrecision(3)));
  return Array.from({ length: bins }, (_, b) => {
    const from = low + ((high - low) * b) / bins;
    const to = low + ((high - low) * (b + 1)) / bins;
    const count = values.filter((v) => v >= from && (b === bins - 1 ? v <= high : v < to)).length;
    return { label: bins === 1 ? short(low) : `${short(from)} to ${short(to)}`, count };
  });
}

function answersOf(form: Trees, X: Matrix): number[][] {
  const cells = Float32Array.from({ length: X.cols }, (_, j) => X.data[j * X.rows]!);
  return Array.from(form.roots, (root) => {
    const leaf = leafOf(form, root, cells, 0);
    return Array.from({ length: form.width }, (_, s) => form.value[leaf * form.width + s]! + (form.base[s] ?? 0));
  });
}

/** The rows of `form` nearest to the first row of X, nearest first: their places among the rows learnt from, and how far they are. */
export function nearestRows(form: Neighbours, X: Matrix, most: number): { readonly row: number; readonly distance: number }[] {
  const n = form.y.length;
  const p = form.inputs;
  const cells = Float64Array.from({ length: p }, (_, j) => X.data[j * X.rows]!);
  const length = (v: (j: number) => number) => Math.sqrt(cells.reduce((s, _, j) => s + v(j) ** 2, 0));
  const far = Array.from({ length: n }, (_, i) => {
    const gap = (j: number) => Math.abs(cells[j]! - form.points[i * p + j]!);
    let d = 0;
    if (form.metric === 'cosine') {
      for (let j = 0; j < p; j++) d += cells[j]! * form.points[i * p + j]!;
      const size = length((j) => cells[j]!) * length((j) => form.points[i * p + j]!);
      d = size > 0 ? 1 - d / size : 1;
    } else if (form.metric === 'chebyshev') for (let j = 0; j < p; j++) d = Math.max(d, gap(j));
    else {
      const power = form.metric === 'manhattan' ? 1 : form.metric === 'euclidean' ? 2 : form.p!;
      for (let j = 0; j < p; j++) d += gap(j) ** power;
      d **= 1 / power;
    }
    return { row: i, distance: d };
  });
  return far.sort((a, b) => a.distance - b.distance || a.row - b.row).slice(0, most);
}

export interface WitnessAsk {
  readonly form: Form;
  readonly X: Matrix;
  readonly levels: readonly string[];
  /** Names and cells of the rows learnt from, by their place; null when they are not at hand. */
  readonly learnt: { readonly names: readonly string[]; readonly rows: number; cells(row: number): string[] } | null;
}

export function witnessesOf({ form, X, levels, learnt }: WitnessAsk): Witnesses {
  const votes = votesOf(form, X, levels);
  // Rows of a form and rows of the table are the same only when none was left out in learning.
  if (form.form !== 'neighbours' || !learnt || learnt.rows !== form.y.length) return { neighbours: [], names: [], votes };
  const answer = (y: number) => (form.task === 'class' ? (levels[y] ?? String(y)) : String(Number(y.toPrecision(6))));
  return {
    neighbours: nearestRows(form, X, Math.min(form.k, 15)).map(({ row, distance }) => ({
      distance,
      answer: answer(form.y[row]!),
      cells: learnt.cells(row),
    })),
    names: learnt.names,
    votes,
  };
}

/** True where one row has witnesses worth asking for. */
export const hasWitnesses = (form: Form): boolean =>
  form.form === 'neighbours' || (form.form === 'trees' && form.average && form.roots.length > 1);
