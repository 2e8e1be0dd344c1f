/** Folds in order of time: always learn from the past, test on what came next. */
import { Problem } from '../../../src/core/problem.js';
import { split, type Part } from '../../../src/core/split.js';
import { rowNumbers } from '../../../src/core/table.js';
import { needed, refuseFewRows, testRows } from './fold.js';

/** Rows from first to last, and the places at which a new moment begins: only there may a cut fall. */
function inOrder(order: ArrayLike<number>): { rows: Uint32Array; cuts: number[] } {
  let missing = 0;
  for (let i = 0; i < order.length; i++) if (Number.isNaN(order[i]!)) missing++;
  if (missing) throw new Problem('split/missing-time', { missing });
  const rows = rowNumbers(order.length).sort((a, b) => order[a]! - order[b]! || a - b);
  const cuts: number[] = [];
  for (let place = 1; place < rows.length; place++) if (order[rows[place]!]! > order[rows[place - 1]!]!) cuts.push(place);
  if (cuts.length === 0) throw new Problem('split/one-moment', { rows: rows.length });
  return { rows, cuts };
}

const part = (rows: Uint32Array, from: number, to: number): Part => ({
  train: rows.slice(0, from).sort(),
  test: rows.slice(from, to).sort(),
});

export const time = split({
  id: 'time',
  version: 1,
  label: 'Past and future',
  help: 'Rows are put in order of time; the model learns from what came before and is tested on what came after, with a training part that grows. Right whenever it will be used on the future.',
  source:
    'Hyndman and Athanasopoulos 2021, “Forecasting: principles and practice”, § 5.10; as sklearn’s TimeSeriesSplit, with equal times kept together.',
  params: {},
  needs: 'order',
  folds(input, k, _u) {
    refuseFewRows(input.rows, k);
    const { rows, cuts } = inOrder(needed(input.order, input.rows, 'an order'));
    if (cuts.length < k) throw new Problem('split/few-moments', { moments: cuts.length + 1, k, needs: k + 1 });
    // k + 1 blocks of about equal size; block 0 is only ever learnt from. A cut moves to the nearest change of moment
    // that leaves one for each of the others.
    const chosen: number[] = [];
    let at = 0;
    for (let f = 0; f < k; f++) {
      const ideal = rows.length - (k - f) * Math.max(1, Math.floor(rows.length / (k + 1)));
      const last = cuts.length - (k - f);
      while (at < last && Math.abs(cuts[at + 1]! - ideal) <= Math.abs(cuts[at]! - ideal)) at++;
      chosen.push(cuts[at++]!);
    }
    return chosen.map((from, f) => part(rows, from, chosen[f + 1] ?? rows.length));
  },
  holdout(input, share, _u) {
    const size = testRows(input.rows, share);
    const { rows, cuts } = inOrder(needed(input.order, input.rows, 'an order'));
    const ideal = rows.length - size;
    const from = cuts.reduce((best, c) => (Math.abs(c - ideal) < Math.abs(best - ideal) ? c : best));
    return part(rows, from, rows.length);
  },
});
