/** Theil–Sen: the median of the lines through many small sets of rows. */
import { model } from '../../../src/core/model.js';
import { flag, int, real } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { pace } from '../pace.js';
import { counted, fitOf, isCount, isFloats, isInts, keepOf, partOf, savedIn } from '../resume.js';
import { choices, drawRows, lines } from './few-rows.js';
import { medianSteps, type MedianState } from './spatial-median.js';

const MOST_COLUMNS = 150;
/** Steps to the median that are still taken after a stop. */
const FEW = 30;

export const theilSen = model({
  id: 'theil-sen',
  version: 1,
  label: 'Theil–Sen',
  help: 'Draws a line through each of thousands of small sets of rows and takes their median, so that up to a quarter or so of wild rows, wherever they lie, hardly matter. For a few columns only: the more columns, the fewer wild rows it bears.',
  source: 'Theil 1950; Sen 1968; several columns: Dang, Peng, Wang & Zhang 2008. As TheilSenRegressor of scikit-learn.',
  family: 'linear',
  when: 'When columns are few (one to five) and not only targets but also their columns hold gross mistakes.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: true },
  params: {
    max_subpopulation: int({
      label: 'Most sets of rows',
      help: 'When there are more ways to choose a set of rows than this, so many are drawn by chance.',
      default: 10000,
      min: 1,
      max: 1000000,
      scale: 'log',
    }),
    n_subsamples: int({
      label: 'Rows in a set',
      help: 'How many rows each line goes through. As few as determine a line bear the most wild rows; more rows make steadier lines.',
      default: null,
      min: 1,
      max: 100000,
      scale: 'log',
      none: 'As few as determine a line',
      more: true,
    }),
    fit_intercept: flag({
      label: 'Intercept',
      help: 'Learns a constant beside the weights. Leave it on unless the target must be 0 when every column is 0.',
      default: true,
      more: true,
    }),
    tol: real({
      label: 'Tolerance',
      help: 'The search for the median stops when a step is below this share of the mean distance between the lines.',
      default: 1e-6,
      min: 1e-14,
      max: 0.1,
      scale: 'log',
      more: true,
    }),
    max_iter: int({
      label: 'Most steps to the median',
      help: 'Stops after this many steps even if the median has not settled, and says so.',
      default: 300,
      min: 1,
      max: 100000,
      scale: 'log',
      more: true,
    }),
  },
  whyNot: ({ cols }) =>
    cols > MOST_COLUMNS
      ? `It solves for all columns thousands of times: ${cols} columns would take very long, ${MOST_COLUMNS} is the most it takes.`
      : null,
  cost: ({ rows, cols }, { max_subpopulation, n_subsamples }) => {
    const k = n_subsamples ?? cols + 1;
    const sets = choices(rows, Math.min(k, rows), max_subpopulation);
    return {
      operations: Math.min(sets, max_subpopulation) * (3 * k * cols * cols + 300 * cols + 100) + rows * cols,
      bytes: 8 * max_subpopulation * (cols + 1),
    };
  },
  async fit(X, target, params, ctx) {
    if (target.task !== 'number') throw new Error('theil-sen takes a number target');
    guard(X, target, { missing: false });
    const { y } = target;
    const weight = target.weight ?? null;
    const intercept = params.fit_intercept;
    const p = pace(ctx, 1);
    const chance = counted(ctx.random);
    const keep = keepOf(ctx, fitOf('theil-sen', X, target, params));
    const rows = Int32Array.from(Array.from({ length: X.rows }, (_, i) => i).filter((i) => !weight || weight[i]! > 0));
    const size = X.cols + (intercept ? 1 : 0);
    const k = Math.min(Math.max(1, params.n_subsamples ?? size), rows.length);
    const ways = choices(rows.length, k, params.max_subpopulation);
    const sets = Math.min(ways, params.max_subpopulation);
    const { through } = lines(X, y, weight, intercept);
    const found = new Float64Array(sets * size);
    const heavy = new Float64Array(sets);
    const turn = Int32Array.from({ length: k }, (_, i) => i);
    const saved = savedIn<Drawn>(keep, {
      count: (v) => isCount(v) && (v as number) <= sets,
      found: (v) => v instanceof Float64Array,
      heavy: (v) => v instanceof Float64Array,
      turn: isInts(k),
      rows: isInts(rows.length),
      drawn: isCount,
    });
    let count = 0;
    if (saved && saved.heavy.length === saved.count && saved.found.length === saved.count * size) {
      ({ count } = saved);
      found.set(saved.found);
      heavy.set(saved.heavy);
      turn.set(saved.turn);
      rows.set(saved.rows);
      chance.pass(saved.drawn);
    }
    const bytes = () => 8 * count * (size + 1) + 4 * rows.length;
    const state = (): Drawn => ({
      count,
      found: found.slice(0, count * size),
      heavy: heavy.slice(0, count),
      turn: turn.slice(),
      rows: rows.slice(),
      drawn: chance.drawn,
    });
    while (count < sets) {
      const chosen = ways <= params.max_subpopulation ? turn.map((i) => rows[i]!) : drawRows(rows, k, chance.u);
      const { weights, bias } = through(chosen);
      found.set(weights, count * size);
      if (intercept) found[count * size + X.cols] = bias;
      // A row that stands for two is in twice as many sets.
      heavy[count] = weight ? chosen.reduce((product, i) => product * weight[i]!, 1) : 1;
      count++;
      if (ways <= params.max_subpopulation) advance(turn, rows.length);
      if (p.due(4 * k * X.cols * (X.cols + 8) + 500)) {
        await p.rest();
        if (!p.stopped) keep.offer(bytes(), state);
      }
      if (p.stopped) break;
    }
    const own = partOf(keep, 'median', bytes(), state);
    const level = levelled(heavy, count);
    const steps = medianSteps(
      found,
      count,
      size,
      level,
      params.tol,
      params.max_iter,
      savedIn<MedianState>(own, { at: isFloats(size), turn: isCount }),
    );
    let step = steps.next();
    // After a stop a few steps bring it near enough.
    for (let few = 0; !step.done && (!p.stopped || few++ < FEW / (1 + (count * size) / 1e6)); step = steps.next()) {
      const { operations, state: midway } = step.value;
      if (!p.due(operations)) continue;
      await p.rest();
      if (!p.stopped) own.offer(0, midway);
    }
    const { point, converged } = step.value;
    if (!converged && !p.stopped) ctx.note?.(`Stopped after ${params.max_iter} steps before the median had settled; allow more steps.`);
    await p.step();
    const bias = intercept ? point[X.cols]! : 0;
    return { form: 'linear', link: 'identity', inputs: X.cols, outputs: 1, weights: point.slice(0, X.cols), bias: Float64Array.of(bias) };
  },
});

/** The lines so far, and where the next one comes from. */
interface Drawn {
  readonly count: number;
  readonly found: Float64Array;
  readonly heavy: Float64Array;
  readonly turn: Int32Array;
  readonly rows: Int32Array;
  readonly drawn: number;
}

/** The next choice of rows in alphabetical order. */
function advance(turn: Int32Array, n: number): void {
  const k = turn.length;
  let i = k - 1;
  while (i >= 0 && turn[i] === n - k + i) i--;
  if (i < 0) return;
  turn[i] = turn[i]! + 1;
  for (let j = i + 1; j < k; j++) turn[j] = turn[j - 1]! + 1;
}

/** Products of weights may be too large or small for numbers: only their ratios count. */
function levelled(heavy: Float64Array, count: number): Float64Array {
  let top = 0;
  for (let i = 0; i < count; i++) top = Math.max(top, heavy[i]!);
  return heavy.map((h, i) => (i < count && top > 0 && top < Infinity ? Math.max(h / top, 1e-300) : 1));
}
