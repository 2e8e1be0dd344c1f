/** Voting: several models asked at once, their answers averaged. */
import type { Blend, Form } from '../../../src/core/form.js';
import { model, type Context } from '../../../src/core/model.js';
import { choice, int, members } from '../../../src/core/param.js';
import { predict } from '../../forms/index.js';
import { fitOf } from '../resume.js';
import { crossTurns, outOfFold, wholeTurns } from './cross.js';
import { deal } from './folds.js';
import { greedySteps, lossOf } from './greedy.js';
import { costTimes, fittersOf, rowsThatCount, type Usual } from './members.js';
import { inTurns } from './turns.js';

/** Asked when none are named. */
export const usual: Usual = {
  class: ['logistic', 'random-forest', 'hist-gradient-boosting', 'k-nearest-neighbours'],
  number: ['linear', 'random-forest', 'hist-gradient-boosting', 'k-nearest-neighbours'],
};

export const voting = model({
  id: 'voting',
  version: 1,
  label: 'Voting (blend)',
  help: 'Asks several models and averages their answers: probabilities for classes, values for numbers. Models that err in different ways make up for each other, so the blend is often a little better than the best of them, and seldom worse.',
  source:
    'Averaging: Bates & Granger 1969; as VotingClassifier (soft) and VotingRegressor in scikit-learn. Greedy shares: Caruana, Niculescu-Mizil, Crew & Ksikes 2004, Ensemble selection from libraries of models.',
  family: 'combined',
  when: 'At the end, when several different models do about equally well and the last bit of score is worth a bigger, slower model that is harder to explain.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: true },
  params: {
    members: members({
      label: 'Models',
      help: 'Which models are asked. Different kinds help more than the same kind twice. With none ticked: logistic regression (linear regression for a number), random forest, histogram gradient boosting and k nearest neighbours. Each gets its columns prepared as when it stands alone.',
      default: [],
      minLength: 0,
      maxLength: 20,
      none: 'logistic or linear regression, random forest, histogram boosting and nearest neighbours',
    }),
    shares: choice({
      label: 'Say of each',
      help: 'Equal: all count the same. Greedy: shares are found on predictions for rows that a model was not fitted on, adding again and again the model that helps most (log loss for classes, squared error for numbers); this fits every model several times more. Given: the shares that come with the models, as when a blend was made from a leaderboard.',
      default: 'equal',
      options: { equal: 'Equal', greedy: 'Greedy', given: 'Given' },
    }),
    cv: int({
      label: 'Folds inside',
      help: 'How many parts the training rows are dealt into to find greedy shares. Each model is fitted once more for each.',
      default: 5,
      min: 2,
      max: 20,
      when: { param: 'shares', is: ['greedy'] },
    }),
    rounds: int({
      label: 'Rounds',
      help: 'How many times a model is added in finding greedy shares: shares are multiples of one over this, or coarser.',
      default: 50,
      min: 1,
      max: 1000,
      scale: 'log',
      more: true,
      when: { param: 'shares', is: ['greedy'] },
    }),
  },
  cost: (shape, params) => costTimes(params.members, usual, shape, params.shares === 'greedy' ? params.cv : 1),
  async fit(given, goal, params, ctx) {
    const seed = Math.floor(ctx.random() * 2 ** 32);
    const { X, target } = rowsThatCount(given, goal);
    const byShare = params.shares === 'given';
    const named = fittersOf(params.members, usual, X, target);
    // A share of 0 is a model that is not asked.
    const fitters = byShare && named.some((f) => f.share > 0) ? named.filter((f) => f.share > 0) : named;
    const fold = params.shares === 'greedy' && fitters.length > 1 ? deal(target, params.cv, ctx.random) : null;
    const turns = [...wholeTurns(fitters, X, target), ...(fold ? crossTurns(fitters, X, target, fold, predict) : [])];
    let going = true;
    const own: Context = { ...ctx, report: async (...news) => (going &&= await ctx.report(...news)) };
    const { done, partial, stopped } = await inTurns(turns, seed, own, fitOf('voting', X, target, params));
    const forms = done.slice(0, fitters.length) as unknown as Form[];
    // Stopped: the members that are whole, or what the first of them had.
    if (forms.length === 0) return partial as unknown as Form;
    let shares: Float64Array = Float64Array.from(forms, (_, m) => (byShare ? fitters[m]!.share : 1));
    if (fold && !stopped) {
      const said = outOfFold(done.slice(fitters.length), fitters.length, fold);
      const steps = greedySteps(said, lossOf(target, forms[0]!.outputs), params.rounds);
      let turn = steps.next();
      for (; !turn.done && going; turn = steps.next()) going = await ctx.report(1, 1);
      if (turn.done) shares = turn.value;
    }
    return blendOf(forms, shares);
  },
});

/** Forms with a share, averaged; a lone one needs no blend. */
export function blendOf(forms: readonly Form[], shares: Float64Array): Form {
  const kept = forms.map((form, m) => ({ form, share: shares[m]! })).filter((f) => f.share > 0);
  const all = kept.length ? kept : forms.map((form) => ({ form, share: 1 }));
  if (all.length === 1) return all[0]!.form;
  const total = all.reduce((sum, f) => sum + f.share, 0);
  const { inputs, outputs } = all[0]!.form;
  const blend: Blend = {
    form: 'blend',
    inputs,
    outputs,
    parts: all.map((f) => f.form),
    shares: Float64Array.from(all, (f) => f.share / total),
  };
  return blend;
}
