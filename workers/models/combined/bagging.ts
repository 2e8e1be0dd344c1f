/** Bagging: one model fitted many times over on rows and columns drawn by chance, and averaged. */
import type { Form } from '../../../src/core/form.js';
import { column, take, type Matrix } from '../../../src/core/matrix.js';
import { model, takeTarget, type Context, type Target } from '../../../src/core/model.js';
import { flag, int, members, real } from '../../../src/core/param.js';
import { shuffle, type Random } from '../../../src/core/random.js';
import { fitOf } from '../resume.js';
import { choosing } from './encode.js';
import { costTimes, fitMember, fittersOf, rowsThatCount, type Fitter, type Usual } from './members.js';
import { inTurns } from './turns.js';
import { blendOf } from './voting.js';

const usual: Usual = { class: ['decision-tree'], number: ['decision-tree'] };

export const bagging = model({
  id: 'bagging',
  version: 1,
  label: 'Bagging',
  help: 'Fits one model many times, each time on other rows (and, if you like, other columns) drawn by chance, and averages the answers. Steadies models that change a lot when the rows change a little, such as trees and networks; does little for weighted sums.',
  source: 'Breiman 1996, Bagging predictors; columns: Ho 1998; as BaggingClassifier and BaggingRegressor in scikit-learn.',
  family: 'combined',
  when: 'When a model that you want to keep is unsteady. For trees a random forest does the same and more.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: true },
  params: {
    members: members({
      label: 'Model',
      help: 'Which model is fitted again and again. The usual one is a decision tree.',
      default: [],
      minLength: 0,
      maxLength: 1,
      none: 'Decision tree (the usual)',
    }),
    n_estimators: int({
      label: 'How many',
      help: 'How many times it is fitted. More is steadier, slower and bigger; there is no such thing as too many.',
      default: 10,
      min: 1,
      max: 500,
      scale: 'log',
    }),
    max_samples: real({
      label: 'Share of rows',
      help: 'How many rows are drawn for each, as a share of the training rows.',
      default: 1,
      min: 0.01,
      max: 1,
    }),
    max_features: real({
      label: 'Share of columns',
      help: 'How many columns each may use. Fewer makes them differ more.',
      default: 1,
      min: 0.01,
      max: 1,
    }),
    bootstrap: flag({
      label: 'Draw with replacement',
      help: 'A row can be drawn more than once for the same fit. Off, every row is drawn once at most, which makes sense only with a share of rows below 1.',
      default: true,
      more: true,
    }),
  },
  cost: (shape, params) => costTimes(params.members, usual, shape, params.n_estimators * params.max_samples),
  async fit(given, goal, params, ctx) {
    const seed = Math.floor(ctx.random() * 2 ** 32);
    const { X, target } = rowsThatCount(given, goal);
    const fitter = fittersOf(params.members, usual, X, target)[0]!;
    const rows = Math.max(1, Math.floor(params.max_samples * X.rows));
    const cols = Math.max(1, Math.floor(params.max_features * X.cols));
    const turns = Array.from({ length: params.n_estimators }, (_, b) => ({
      name: `bag ${b}`,
      cost: 1,
      ...(b === 0 ? { label: fitter.model.label } : {}),
      run: (own: Context) => fitBag(fitter, X, target, rows, cols, params.bootstrap, own),
    }));
    const { done, partial } = await inTurns(turns, seed, ctx, fitOf('bagging', X, target, params));
    const forms = (done.length ? done : [partial]) as unknown as Form[];
    return blendOf(forms, new Float64Array(forms.length).fill(1));
  },
});

async function fitBag(fitter: Fitter, X: Matrix, target: Target, rows: number, cols: number, again: boolean, ctx: Context): Promise<Form> {
  const drawn = draw(X.rows, rows, again, ctx.random);
  const bag = take(X, drawn);
  const own = takeTarget(target, drawn);
  if (cols >= X.cols) return fitMember(fitter, bag, own, ctx);
  const chosen = draw(X.cols, cols, false, ctx.random);
  const form = await fitMember(fitter, someColumns(bag, chosen), own, ctx);
  // Its columns are found among all of the matrix.
  if (form.form === 'encoded') return { ...form, inputs: X.cols, source: form.source.map((j) => chosen[j]!) };
  return { form: 'encoded', inputs: X.cols, outputs: form.outputs, inner: form, ...choosing(chosen) };
}

/** Ascending, so that a bag is the same whatever the order of drawing. */
function draw(from: number, count: number, again: boolean, u: Random): Uint32Array {
  if (again) return Uint32Array.from({ length: count }, () => Math.floor(u() * from)).sort();
  return shuffle(
    Uint32Array.from({ length: from }, (_, i) => i),
    u,
  )
    .slice(0, count)
    .sort();
}

function someColumns(X: Matrix, cols: Uint32Array): Matrix {
  const data = new Float32Array(X.rows * cols.length);
  cols.forEach((j, at) => data.set(column(X, j), at * X.rows));
  return {
    rows: X.rows,
    cols: cols.length,
    data,
    names: Array.from(cols, (j) => X.names[j] ?? `x${j}`),
    levels: Array.from(cols, (j) => X.levels[j]!),
  };
}
