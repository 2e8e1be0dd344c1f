/** Logistic regression, for two classes (sigmoid) and for more (softmax). */
import { model } from '../../src/core/model.js';
import { choice, real } from '../../src/core/param.js';
import { class_weight, classTotals, rowWeights } from './class-weight.js';
import { guard } from './guard.js';
import { centreClasses, classScores, onlyClass } from './linear/class-scores.js';
import { logisticInference } from './linear/logistic-inference.js';
import { smoothLogistic } from './linear/smooth-logistic.js';
import { sparseLogistic } from './linear/sparse-logistic.js';
import { pace } from './pace.js';
import { l1_ratio, mostSteps } from './linear/params.js';
import { fitOf, isCount, keepOf, savedIn } from './resume.js';

export const logistic = model({
  id: 'logistic',
  version: 1,
  label: 'Logistic regression',
  help: 'Adds up weighted columns to a score for each class and turns the scores into probabilities. Simple, quick, and its probabilities are usually honest.',
  source:
    'Cox 1958; penalties and their strength C as in scikit-learn; solved by L-BFGS (Liu & Nocedal 1989) or proximal Newton (Friedman, Hastie & Tibshirani 2010).',
  family: 'linear',
  first: true,
  when: 'As the first real model for classes: when you want weights you can explain, probabilities you can trust, or have few rows.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    penalty: choice({
      label: 'Penalty',
      help: 'What large weights cost. Ridge (L2) shrinks all weights a little and always has one best answer, so it is the default. Lasso (L1) sets weak weights to exactly zero and so chooses columns. None gives the classic estimates, for two classes with their standard errors; it can run away when a column tells the classes apart perfectly.',
      default: 'l2',
      options: { l2: 'Ridge (L2)', l1: 'Lasso (L1)', elasticnet: 'Elastic net (L1 and L2)', none: 'None' },
      tune: ['l2', 'l1', 'elasticnet'],
    }),
    C: real({
      label: 'Freedom (C)',
      help: 'How much the data count against the penalty: higher lets weights grow and fit more closely, lower keeps the model simple. The inverse of the strength of the penalty.',
      default: 1,
      min: 1e-9,
      max: 1e9,
      scale: 'log',
      tune: [1e-3, 1e2],
      when: { param: 'penalty', is: ['l2', 'l1', 'elasticnet'] },
    }),
    l1_ratio,
    class_weight,
    tol: real({
      label: 'Tolerance',
      help: 'Stops when the scores of the rows would still move by about this much.',
      default: 1e-5,
      min: 1e-10,
      max: 0.1,
      scale: 'log',
      more: true,
    }),
    max_iter: mostSteps('Stops after this many steps even if the weights have not settled, and says so.', { default: 500, max: 100_000 }),
  },
  cost: ({ rows, cols, classes }) => {
    const scores = classes > 2 ? classes : 1;
    return {
      operations: 40 * rows * cols * scores + (rows * cols * Math.min(cols, 500)) / 2,
      bytes: 16 * cols * cols * scores + 24 * rows * scores,
    };
  },
  async fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('logistic takes classes');
    guard(X, target, { missing: false });
    const counts = classTotals(target);
    const present = Array.from(counts.keys()).filter((k) => counts[k]! > 0);
    if (present.length === 1) return onlyClass(X.cols, target, present[0]!, ctx);
    const keep = keepOf(ctx, fitOf('logistic', X, target, params));
    const p = pace(ctx, params.max_iter, savedIn<{ turn: number }>(keep, { turn: isCount })?.turn);
    const weight = rowWeights(target, params.class_weight);
    const total = weight.reduce((s, w) => s + w, 0);
    const place = new Int32Array(counts.length).fill(-1);
    present.forEach((k, at) => (place[k] = at));
    const y = Int32Array.from(target.y, (k) => place[k]!);
    // A class whose rows all weigh nothing is absent; its rows may carry any class, since they count for nothing.
    for (let i = 0; i < y.length; i++) if (y[i]! < 0) y[i] = 0;
    const share = new Float64Array(present.length);
    for (let i = 0; i < y.length; i++) share[y[i]!] = share[y[i]!]! + weight[i]! / total;
    const two = present.length === 2;
    const classes = { X, y, weight, total, scores: two ? 1 : present.length };
    const start = two ? Float64Array.of(Math.log(share[1]! / share[0]!)) : Float64Array.from(share, Math.log);
    const strength = 1 / (params.C * total);
    const ratio = params.penalty === 'l1' ? 1 : params.penalty === 'elasticnet' ? params.l1_ratio : 0;
    const l2 = params.penalty === 'none' ? 0 : strength * (1 - ratio);
    const fit =
      ratio > 0
        ? await sparseLogistic(classes, start, strength * ratio, l2, params.tol, params.max_iter, p, keep)
        : await smoothLogistic(classes, start, two ? share.subarray(1) : share, l2, params.tol, params.max_iter, p, keep);
    const running = params.penalty === 'none' && fit.loss < 1e-5;
    if (running)
      ctx.note?.(
        'The columns tell the classes apart perfectly, so without a penalty the weights have no best value; they were stopped at large ones. Choose a penalty.',
      );
    else if (!fit.converged && !p.stopped)
      ctx.note?.(`Stopped after ${params.max_iter} steps before the weights had settled; allow more steps or lower C.`);
    if (params.penalty === 'none' && two && target.levels.length === 2 && fit.converged && !running && !p.stopped) {
      const sure = await logisticInference(classes, fit.weights, fit.bias[0]!, share[1]!, p);
      if (sure) {
        const [weights, bias] = [sure.weights, Float64Array.of(sure.bias)];
        return { form: 'linear', link: 'sigmoid', inputs: X.cols, outputs: 2, weights, bias, ...sure.inference };
      }
    }
    return classScores(X.cols, target, present, ...spread(fit.weights, fit.bias, two, ratio === 0));
  },
});

/**
 * One score for two classes → one per class, half each way, so that neither class is special. With more, only differences
 * between classes count: intercepts are centred, and weights too unless an L1 penalty has chosen where they lie.
 */
function spread(weights: Float64Array, bias: Float64Array, two: boolean, smooth: boolean): [Float64Array, Float64Array] {
  if (two) {
    const half = (v: Float64Array) => Float64Array.from([...v.map((x) => -x / 2), ...v.map((x) => x / 2)]);
    return [half(weights), half(bias)];
  }
  centreClasses(smooth ? weights : new Float64Array(0), bias);
  return [weights, bias];
}
