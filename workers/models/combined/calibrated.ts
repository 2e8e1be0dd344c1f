/** A calibrated model: one model whose probabilities are put right by what it says of rows that it was not fitted on. */
import type { Calibrated, Form } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';
import { model, type ClassTarget, type Context } from '../../../src/core/model.js';
import { choice, int, members } from '../../../src/core/param.js';
import { decisionCount, decisions } from '../../forms/calibrated.js';
import { encode } from '../../forms/encoded.js';
import { predict, rawScores } from '../../forms/index.js';
import { NEVER } from '../baseline.js';
import { fitSigmoidHeard } from '../kernel/platt.js';
import { pace } from '../pace.js';
import { fitOf } from '../resume.js';
import { crossTurns, outOfFold, wholeTurns } from './cross.js';
import { deal } from './folds.js';
import { isotonic } from './isotonic.js';
import { costTimes, fittersOf, rowsThatCount, type Usual } from './members.js';
import { inTurns } from './turns.js';

const usual: Usual = { class: ['random-forest'], number: [] };

export const calibrated = model({
  id: 'calibrated',
  version: 1,
  label: 'Calibrated model',
  help: 'Puts the probabilities of one model right: of the rows for which it says 80 %, about 80 % should come true. It learns, from rows that the model was not fitted on, which probability goes with which answer of the model. Which class is named hardly changes.',
  source:
    'Sigmoid: Platt 1999, fitted as Lin, Lin & Weng 2007. Isotonic: Zadrozny & Elkan 2002. As CalibratedClassifierCV(ensemble=False) in scikit-learn.',
  family: 'combined',
  when: 'When you act on the probabilities themselves (costs, thresholds, ranking by risk) and the picture of calibration shows that they are off, as those of forests, boosting and margins often are.',
  tasks: ['class'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: true },
  params: {
    members: members({
      label: 'Model',
      help: 'Whose probabilities are put right. The usual one is a random forest.',
      default: [],
      minLength: 0,
      maxLength: 1,
      none: 'Random forest (the usual)',
    }),
    method: choice({
      label: 'Curve',
      help: 'Sigmoid: one S-shaped curve with two numbers for each class; good with few rows. Isotonic: any rising curve; better with many rows (from about a thousand), and too free with few.',
      default: 'sigmoid',
      options: { sigmoid: 'Sigmoid', isotonic: 'Isotonic' },
    }),
    cv: int({
      label: 'Folds inside',
      help: 'How many parts the training rows are dealt into, so that every row gets an answer from a model that did not see it. The model is fitted once more for each.',
      default: 5,
      min: 2,
      max: 20,
    }),
  },
  cost: (shape, params) => costTimes(params.members, usual, shape, params.cv),
  async fit(given, goal, params, ctx) {
    if (goal.task !== 'class') throw new Error('calibrated takes classes');
    const seed = Math.floor(ctx.random() * 2 ** 32);
    const { X, target } = rowsThatCount(given, goal);
    const fitters = fittersOf(params.members, usual, X, target);
    const fold = deal(target, params.cv, ctx.random);
    const whole = wholeTurns(fitters, X, target);
    const turns = fold ? [...whole, ...crossTurns(fitters, X, target, fold, decisionsOf)] : whole;
    let going = true;
    const own: Context = { ...ctx, report: async (...news) => (going &&= await ctx.report(...news)) };
    const { done, partial, stopped } = await inTurns(turns, seed, own, fitOf('calibrated', X, target, params));
    const form = (done[0] ?? partial) as unknown as Form;
    // Stopped, or too few rows: the model as it is.
    if (!fold || stopped) return form;
    const told = pace(own, 1, 1);
    const heed = (work: number) => !going || !told.due(work) || told.rest();
    return calibrate(form, outOfFold(done.slice(1), 1, fold)[0]!, target as ClassTarget, params.method, heed);
  },
});

/** Decisions of a member: those of the form behind its preparation. */
export const decisionsOf = (form: Form, X: Matrix): Float64Array =>
  form.form === 'encoded' ? decisions(form.inner, encode(form, X), predict, rawScores) : decisions(form, X, predict, rawScores);

interface Curve {
  readonly slope: number;
  readonly offset: number;
  readonly at: Float64Array;
  readonly value: Float64Array;
}

/** The form with curves learnt from decisions (rows × curves) about rows that it, or its like, was not fitted on. `heed` hears of operations. */
export async function calibrate(
  form: Form,
  z: Float64Array,
  target: ClassTarget,
  method: 'sigmoid' | 'isotonic',
  heed: (operations: number) => Promise<unknown> | true = () => true,
): Promise<Form> {
  // prettier-ignore
  if (form.form === 'encoded') return { ...form, inner: await calibrate(form.inner, z, target, method, heed) };
  const n = target.y.length;
  const K = target.levels.length;
  const D = decisionCount(K);
  const weight = target.weight ?? new Float64Array(n).fill(1);
  const curveOf = async (k: number): Promise<Curve> => {
    const own = Float64Array.from({ length: n }, (_, i) => z[i * D + k]!);
    const is = Uint8Array.from(target.y, (y) => (y === (K === 2 ? 1 : k) ? 1 : 0));
    // A class without a row is certain not to come, and one that has all of them is certain to.
    const sum = is.reduce((a, b) => a + b, 0);
    if (sum === 0 || sum === n)
      return { slope: 0, offset: sum === 0 ? -NEVER : NEVER, at: Float64Array.of(0), value: Float64Array.of(sum === 0 ? 0 : 1) };
    if (method === 'sigmoid')
      return { ...(await fitSigmoidHeard(own, is, weight, heed, 1e-9)), at: new Float64Array(0), value: new Float64Array(0) };
    await heed(60 * n);
    const { at, value } = isotonic(own, is, weight);
    return { slope: 0, offset: 0, at, value: value.map((p) => Math.min(1, p)) };
  };
  const curves: Curve[] = [];
  for (let k = 0; k < D; k++) curves.push(await curveOf(k));
  const ends = [0];
  for (const c of curves) ends.push(ends.at(-1)! + c.at.length);
  const smooth = method === 'sigmoid';
  const out: Calibrated = {
    form: 'calibrated',
    inputs: form.inputs,
    outputs: K,
    part: form,
    method,
    slopes: Float64Array.from(smooth ? curves.map((c) => c.slope) : []),
    offsets: Float64Array.from(smooth ? curves.map((c) => c.offset) : []),
    starts: Int32Array.from(smooth ? [] : ends),
    at: Float64Array.from(smooth ? [] : curves.flatMap((c) => [...c.at])),
    value: Float64Array.from(smooth ? [] : curves.flatMap((c) => [...c.value])),
  };
  return out;
}
