/** Explainable boosting machine: a sum of shapes of single columns and of a few pairs, each learnt by boosting. */
import { model } from '../../../src/core/model.js';
import { choice, int, real } from '../../../src/core/param.js';
import { class_weight, weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { fitOf, isCount, isFloats, isList, isNumber, offer, savedState, type Of } from '../resume.js';
import { binColumnsHeard } from '../tree/boost-bins.js';
import { pulse } from '../tree/pulse.js';
import { bagsOf, restart } from './bag.js';
import { boost, type Boosted, type Keep, type Midway } from './boost.js';
import { strongestPairs, type FoundPair } from './fast.js';
import { groupsOf } from './groups.js';
import { mainBytes, mainStage } from './main-stage.js';
import { pairStage } from './pair-stage.js';
import { settle } from './settle.js';
import { posed } from './posed.js';

/** What is under way, and, once that is the pairs, what the single columns learnt and which pairs were found. */
interface State extends Of {
  readonly mains: Boosted | null;
  readonly found: readonly FoundPair[];
  readonly midway: Midway;
}

export const explainableBoosting = model({
  id: 'explainable-boosting',
  version: 1,
  label: 'Explainable boosting',
  help: 'Learns one curve for each column and adds them up, so that every prediction is a sum you can read; a few pairs of columns may add a map each. Often nearly as accurate as gradient boosting, and every part of it can be looked at and argued with.',
  source:
    'Lou, Caruana & Gehrke 2012; Lou, Caruana, Gehrke & Hooker 2013 (pairs); Nori et al. 2019, InterpretML; purified as Lengerich et al. 2020.',
  family: 'additive',
  when: 'When people must see and check what the model does, and accuracy still matters: risk, medicine, prices.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: true },
  params: {
    interactions: int({
      label: 'Pairs of columns',
      help: 'How many pairs may act together, the most promising first. 0 leaves a plain sum of curves, the easiest to read.',
      default: 10,
      min: 0,
      max: 500,
      tune: [0, 20],
    }),
    learning_rate: real({
      label: 'Learning rate',
      help: 'How much of each correction is taken. Smaller steps need more rounds and give smoother curves.',
      default: 0.04,
      min: 0.001,
      max: 0.1,
      scale: 'log',
      tune: [0.01, 0.1],
    }),
    max_leaves: int({
      label: 'Most steps per correction',
      help: 'Into how many runs of values one correction may cut a column.',
      default: 3,
      min: 2,
      max: 16,
      tune: [2, 5],
    }),
    min_samples_leaf: int({
      label: 'Smallest step',
      help: 'A correction never rests on fewer training rows than this. More rows give smoother curves.',
      default: 2,
      min: 1,
      max: 10000,
      scale: 'log',
      tune: [2, 50],
    }),
    outer_bags: int({
      label: 'Repetitions',
      help: 'How many times the whole is learnt, each time with other rows held back; the average is smoother than any one, and how far they differ is drawn beside each curve.',
      default: 8,
      min: 1,
      max: 100,
      more: true,
    }),
    validation_size: real({
      label: 'Rows held back',
      help: 'The share of rows that each repetition only watches to know when to stop.',
      default: 0.15,
      min: 0.01,
      max: 0.5,
      more: true,
    }),
    max_rounds: int({
      label: 'Most rounds',
      help: 'In one round every column gets one small correction. Usually the rows held back end the work earlier.',
      default: 5000,
      min: 1,
      max: 50000,
      scale: 'log',
      more: true,
    }),
    early_stopping_rounds: int({
      label: 'Patience',
      help: 'How many rounds without improvement on the rows held back end a repetition.',
      default: 50,
      min: 1,
      max: 1000,
      more: true,
    }),
    early_stopping_tolerance: real({
      label: 'Smallest improvement',
      help: 'An improvement below this share of the error at the start counts as none.',
      default: 1e-4,
      min: 0,
      max: 0.1,
      more: true,
    }),
    max_bins: int({
      label: 'Bins per column',
      help: 'Each column is cut into at most this many groups of about equal size before the work begins; a curve can be no finer.',
      default: 255,
      min: 2,
      max: 255,
      more: true,
    }),
    max_interaction_bins: int({
      label: 'Bins per column in a pair',
      help: 'A pair is a map of at most so many by so many fields.',
      default: 32,
      min: 2,
      max: 64,
      more: true,
    }),
    loss: choice({
      label: 'Error of numbers',
      only: 'number',
      help: 'What to make small when the target is a number: squared error aims at the mean; Poisson suits counts, and effects then multiply.',
      default: 'squared_error',
      options: { squared_error: 'Squared error', poisson: 'Poisson' },
      more: true,
    }),
    class_weight,
  },
  cost: ({ rows, cols, classes }, params) => {
    const scores = classes > 2 ? classes : 1;
    const pairs = Math.min(params.interactions, (cols * (cols - 1)) / 2);
    const rounds = Math.min(params.max_rounds, 8 / params.learning_rate);
    const round = rows * scores * (2 * cols + 2 * pairs + 15) + scores * (cols * params.max_bins * 8 + pairs * 8000);
    return {
      operations: rows * cols * 40 + Math.min(2e9, (rows * cols * cols) / 2) * (pairs > 0 ? 1 : 0) + params.outer_bags * rounds * round,
      bytes: mainBytes(rows, cols, scores, params.outer_bags) + rows * (cols + 2 * pairs),
    };
  },
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: true });
    const { rows, weight } = weighted(target, params.class_weight);
    const n = rows.length;
    const asked = posed(target, rows, weight, params.loss);
    const { loss, to, same, unit } = asked;
    if (same) ctx.note?.(same);
    const K = loss.scores;
    const beat = pulse(ctx, 2 * params.max_rounds);
    const base = loss.base();
    const about = await binColumnsHeard(X, rows, weight, params.max_bins, ctx.random, (work) => beat.tick(work, 0));
    const bags = bagsOf(asked, params.outer_bags, params.validation_size, base, ctx.random);
    const how = {
      rate: params.learning_rate,
      maxLeaves: params.max_leaves,
      minLeaf: params.min_samples_leaf,
      longest: loss.flat ? Infinity : LONGEST,
    };
    const limits = {
      maxRounds: same ? 0 : params.max_rounds,
      patience: params.early_stopping_rounds,
      tol: params.early_stopping_tolerance,
    };
    const main = await mainStage(X, rows, about, K, bags, how, beat);
    const of = fitOf('explainable-boosting', X, target, params);
    const isMains = (v: Partial<Boosted> | null | undefined) =>
      v === null || (isList(isFloats(main.size), bags.length)(v?.tables) && isList(isCount, bags.length)(v?.rounds));
    const saved = savedState<State>(ctx.saved, of, {
      mains: (v) => isMains(v as Partial<Boosted> | null | undefined),
      found: isList((v) => isPair(v, X.cols)),
      midway: (v) => typeof v === 'object' && v !== null,
    });
    const keep = (mains: Boosted | null, found: readonly FoundPair[], from: unknown): Keep => ({
      saved: from,
      offer: (bytes, midway) =>
        offer(ctx, bytes + (mains ? bags.length * 8 * main.size : 0), (): State => ({ of, mains, found, midway: midway() })),
    });
    const { tables: mains, rounds } = saved?.mains ?? (await boost(main, bags, loss, limits, unit, beat, 0, keep(null, [], saved?.midway)));

    const own = Float64Array.from(rows, (r) => (target.weight ? target.weight[r]! : 1));
    const weights = about.map(({ bins }, j) => {
      const out = new Float64Array(bins);
      for (let i = 0; i < n; i++) out[main.binOf(j, i)]! += own[i]!;
      return out;
    });
    const groups = main.bins.map((bins, j) => groupsOf(bins, weights[j]!, params.max_interaction_bins));
    const settled = { main, mains, about, groups, weights };
    if (params.interactions === 0 || X.cols < 2 || same || beat.stopped) {
      if (!beat.stopped) await beat.step(2 * params.max_rounds);
      return settle({ ...settled, places: [], pairs: [], cellWeights: [] }, base, to);
    }

    const codes = groups.map(({ ofBin }, j) => Uint8Array.from({ length: n }, (_, i) => ofBin[main.binOf(j, i)]!));
    const middle = new Float64Array(main.size);
    for (const table of mains) for (let i = 0; i < middle.length; i++) middle[i]! += table[i]! / mains.length;
    const raw = new Float64Array(K * n);
    restart({ raw }, base);
    main.add(middle, raw);
    const found = saved?.mains ? saved.found : await strongestPairs(groups, codes, loss, raw, params.interactions, beat, params.max_rounds);
    for (const [b, bag] of bags.entries()) {
      restart(bag, base);
      main.add(mains[b]!, bag.raw);
    }
    const stage = pairStage(found, groups, codes, K, n, bags, how, beat);
    const paired = await boost(
      stage,
      bags,
      loss,
      { ...limits, maxRounds: found.length > 0 ? params.max_rounds : 0 },
      unit,
      beat,
      params.max_rounds,
      keep({ tables: mains, rounds }, found, saved?.mains ? saved.midway : null),
    );
    const cellWeights = stage.places.map(({ a, b, grid }) => {
      const out = new Float64Array(grid.rows * grid.cols);
      for (let i = 0; i < n; i++) out[codes[a]![i]! * grid.cols + codes[b]![i]!]! += own[i]!;
      return out;
    });
    if (!beat.stopped) await beat.step(2 * params.max_rounds);
    const useful = paired.rounds.some((r) => r > 0);
    if (useful) ctx.note?.(`Pairs: ${found.map(({ a, b }) => `${X.names[a]!} × ${X.names[b]!}`).join(', ')}.`);
    else if (found.length > 0) ctx.note?.('No pair of columns helped on the rows held back, so there is none.');
    if (rounds.every((r) => r >= params.max_rounds))
      ctx.note?.(`Every repetition was still improving after ${params.max_rounds} rounds; allow more rounds or raise the learning rate.`);
    return settle({ ...settled, places: stage.places, pairs: paired.tables, cellWeights }, base, to);
  },
});

/** Longest step of a score before the learning rate: a run of one class only would otherwise leap. */
const LONGEST = 10;

const isPair = (v: unknown, cols: number): boolean => {
  const { a, b, strength } = (v ?? {}) as Partial<Record<keyof FoundPair, unknown>>;
  return [a, b].every((at) => isCount(at) && (at as number) < cols) && isNumber(strength);
};
