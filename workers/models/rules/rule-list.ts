/** The rule list: a few if-then rules in order, the first that holds answers. */
import { model } from '../../../src/core/model.js';
import { int, real } from '../../../src/core/param.js';
import { class_weight, weighted } from '../class-weight.js';
import { guard } from '../guard.js';
import { fitOf, isList, isNumber, keepOf, savedIn } from '../resume.js';
import { binColumnsHeard, writeBins } from '../tree/boost-bins.js';
import { pulse } from '../tree/pulse.js';
import { rulesForm, simplified, type Rule } from './conditions.js';
import { nextRule, total } from './list-search.js';
import { classTruth, numberTruth } from './truth.js';

/** After a rule. */
interface Said {
  readonly said: readonly Rule[];
  /** Rows that no rule answers, by their place among those that count. */
  readonly left: Uint32Array;
  readonly loss: number;
}
const isObject = (v: unknown): boolean => typeof v === 'object' && v !== null;

/** Thresholds tried per column. */
const BINS = 64;

export const ruleList = model({
  id: 'rule-list',
  version: 1,
  label: 'Rule list',
  help: 'Learns a short list to read from top to bottom: if this and that, then so; otherwise, if …; otherwise so. Each rule is the one that explains most of the rows that the rules above it leave, and it must save more than it costs to write down. A missing value fulfils no condition.',
  source:
    'Rivest 1987, Learning decision lists; Clark & Niblett 1989, CN2; the price of a rule after Rissanen 1978 and Proença & van Leeuwen 2020.',
  family: 'tree',
  when: 'When people must follow the rules by hand, or argue about them: nothing is easier to read.',
  tasks: ['class', 'number'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: false },
  params: {
    max_rules: int({
      label: 'Most rules',
      help: 'The list ends after this many rules, and often earlier.',
      default: 10,
      min: 1,
      max: 100,
      tune: [3, 20],
    }),
    max_conditions: int({
      label: 'Most conditions per rule',
      help: 'How many conditions one rule may join with “and”.',
      default: 3,
      min: 1,
      max: 8,
      tune: [1, 4],
    }),
    min_samples_leaf: int({
      label: 'Fewest rows per rule',
      help: 'A rule must answer at least this many training rows, and leave as many.',
      default: 5,
      min: 1,
      max: 10000,
      scale: 'log',
      tune: [2, 50],
    }),
    evidence: real({
      label: 'Evidence asked for',
      help: 'How much more than it costs to write down a rule must save. 0 takes every rule that fits the training rows better; larger values make shorter lists.',
      default: 1,
      min: 0,
      max: 100,
      tune: [0.2, 3],
    }),
    class_weight,
  },
  cost: ({ rows, cols, classes }, params) => ({
    operations:
      rows * cols * 30 + params.max_rules * params.max_conditions * 4 * (rows * cols * 2 + cols * BINS * 40 * Math.max(3, classes)),
    bytes: rows * (4 * Math.ceil(cols / 4) + 60),
  }),
  async fit(X, target, params, ctx) {
    guard(X, target, { missing: true });
    const { rows, weight } = weighted(target, params.class_weight);
    const beat = pulse(ctx, params.max_rules);
    const columns = await binColumnsHeard(X, rows, weight, BINS, ctx.random, (work) => beat.tick(work, 0));
    // Bins are kept for the rows that count, in their order; from here on a row is its place among them.
    const bins = new Uint8Array(Math.ceil(X.cols / 4) * 4 * rows.length);
    for (let j = 0; j < X.cols && !beat.stopped; j++) {
      writeBins(X, j, columns[j]!, rows, bins, (j >> 2) * 4 * rows.length);
      const going = beat.tick(rows.length * 20, 0);
      if (going !== true && !(await going)) break;
    }
    const cells = { rows: rows.length, columns, bins };
    const truth = target.task === 'class' ? classTruth(target, rows, weight) : numberTruth(target, rows, weight);
    const everyone = Uint32Array.from(rows.keys());
    const size = truth.size(total(truth, everyone));
    const questions = columns.reduce((sum, c) => sum + 2 * Math.max(0, c.bins - 1), 0);
    const how = {
      mostConditions: params.max_conditions,
      least: params.min_samples_leaf,
      // Which question it is, and the answer to a precision of 1/√rows.
      price: params.evidence * Math.log(Math.max(2, questions)),
      once: params.evidence * (truth.freedom / 2) * Math.log(Math.max(2, size)),
    };
    const keep = keepOf(ctx, fitOf('rule-list', X, target, params));
    const saved = savedIn<Said>(keep, {
      said: isList(isObject),
      left: (v) => v instanceof Uint32Array && v.every((r) => r < rows.length),
      loss: isNumber,
    });
    const said: Rule[] = [...(saved?.said ?? [])];
    let left: Uint32Array = saved?.left ?? everyone;
    let loss = saved?.loss ?? 0;
    while (said.length < params.max_rules && !beat.stopped) {
      const searching = nextRule(cells, truth, left, loss, how);
      let turn = searching.next();
      for (; !turn.done; turn = searching.next()) {
        const going = beat.tick(turn.value, said.length);
        if (going !== true && !(await going)) break;
      }
      if (!turn.done || !turn.value) break;
      const { conditions, rows: answered, rest } = turn.value;
      const sums = total(truth, answered);
      said.push({ conditions: simplified(conditions), values: truth.answer(sums), cover: truth.size(sums) });
      loss += truth.loss(sums);
      left = rest;
      if (await beat.step(said.length, { train: (loss + truth.loss(total(truth, rest))) / size }))
        keep.offer(4 * rest.length, (): Said => ({ said: [...said], left: rest, loss }));
    }
    if (said.length === 0 && !beat.stopped) {
      ctx.note?.('No rule was worth its price: the model gives every row the same answer.');
      await beat.step(params.max_rules);
    }
    const otherwise = total(truth, left);
    return rulesForm(
      {
        inputs: X.cols,
        outputs: target.task === 'class' ? target.levels.length : 1,
        link: target.task === 'number' ? 'identity' : target.levels.length === 2 ? 'sigmoid' : 'softmax',
        ordered: true,
        bias: truth.answer(otherwise),
        rest: truth.size(otherwise),
      },
      said,
    );
  },
});
