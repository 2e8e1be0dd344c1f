/** Stacking: a final model learns how far to trust each of several others. */
import type { Form, Stack } from '../../../src/core/form.js';
import { model } from '../../../src/core/model.js';
import { flag, int, members, real, type Values } from '../../../src/core/param.js';
import { predict } from '../../forms/index.js';
import { stacked } from '../../forms/stack.js';
import { fitOf } from '../resume.js';
import { crossTurns, outOfFold, wholeTurns } from './cross.js';
import { deal } from './folds.js';
import { costTimes, fitMember, fittersOf, rowsThatCount, type Usual } from './members.js';
import { inTurns } from './turns.js';
import { blendOf } from './voting.js';

/** Asked when none are named. */
export const usual: Usual = {
  class: ['logistic', 'random-forest', 'hist-gradient-boosting', 'k-nearest-neighbours'],
  number: ['linear', 'random-forest', 'hist-gradient-boosting', 'k-nearest-neighbours'],
};
/** What learns from the members' answers. */
const judges: Usual = { class: ['logistic'], number: ['linear'] };

export const stacking = model({
  id: 'stacking',
  version: 1,
  label: 'Stacking',
  help: 'Fits several models, and a final one that takes their answers as its columns and learns how far to trust each. The final one learns from answers for rows that the others were not fitted on, so that it is not taken in by models that know their rows by heart.',
  source: 'Wolpert 1992, Stacked generalization; Breiman 1996; as StackingClassifier and StackingRegressor in scikit-learn.',
  family: 'combined',
  when: 'When several different models do well each in its own way and there are rows enough (some hundreds) to learn how to weigh them. With fewer rows take voting.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: true },
  params: {
    members: members({
      label: 'Models',
      help: 'Whose answers are put together. With none ticked: logistic regression (linear regression for a number), random forest, histogram gradient boosting and k nearest neighbours. Each gets its columns prepared as when it stands alone.',
      default: [],
      minLength: 0,
      maxLength: 20,
      none: 'logistic or linear regression, random forest, histogram boosting and nearest neighbours',
    }),
    cv: int({
      label: 'Folds inside',
      help: 'How many parts the training rows are dealt into, so that every row gets an answer from models that did not see it. Each model is fitted once more for each.',
      default: 5,
      min: 2,
      max: 20,
    }),
    passthrough: flag({
      label: 'Pass the columns on',
      help: 'Gives the final model the columns themselves beside the answers. It can then learn where each model is to be trusted, but needs more rows.',
      default: false,
    }),
    C: real({
      label: 'Freedom of the final model (C)',
      help: 'The final model is logistic regression for classes and ridge regression for a number. Higher lets it lean harder on some models; lower draws its weights together. One over the strength of the penalty.',
      default: 1,
      min: 1e-6,
      max: 1e6,
      scale: 'log',
      more: true,
    }),
  },
  cost: (shape, params) => costTimes(params.members, usual, shape, params.cv),
  async fit(given, goal, params, ctx) {
    const seed = Math.floor(ctx.random() * 2 ** 32);
    const { X, target } = rowsThatCount(given, goal);
    const fitters = fittersOf(params.members, usual, X, target);
    const settings: Values = target.task === 'class' ? { C: params.C, tol: 1e-8, max_iter: 2000 } : { alpha: 1 / params.C };
    const judge = fittersOf([{ model: judges[target.task][0]!, params: settings }], judges, X, target)[0]!;
    const fold = deal(target, params.cv, ctx.random);
    const count = fitters.length;
    const through = params.passthrough ? X : null;
    const whole = wholeTurns(fitters, X, target);
    const outputs = target.task === 'class' ? target.levels.length : 1;
    const turns = fold
      ? [
          ...whole,
          ...crossTurns(fitters, X, target, fold, predict),
          {
            name: 'final',
            cost: judge.cost,
            label: `Final ${judge.model.label.toLowerCase()}`,
            run: (own: typeof ctx, done: Parameters<typeof outOfFold>[0]) =>
              fitMember(judge, stacked(outOfFold(done.slice(count), count, fold), X.rows, outputs, through), target, own),
          },
        ]
      : whole;
    const { done, partial } = await inTurns(turns, seed, ctx, fitOf('stacking', X, target, params));
    const parts = done.slice(0, count) as unknown as Form[];
    if (parts.length === 0) return partial as unknown as Form;
    const final = done[turns.length - 1] as unknown as Form | undefined;
    // Stopped before the final model, or too few rows for one: the members that are whole count the same.
    if (!fold || !final) return blendOf(parts, new Float64Array(parts.length).fill(1));
    const stack: Stack = { form: 'stack', inputs: X.cols, outputs, parts, final, passthrough: params.passthrough };
    return stack;
  },
});
