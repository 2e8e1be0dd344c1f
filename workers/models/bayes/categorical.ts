/** Categorical naive Bayes: how often each level of each column occurs in each class; numbers are cut into levels first. */
import { column, type Matrix } from '../../../src/core/matrix.js';
import { model } from '../../../src/core/model.js';
import { int } from '../../../src/core/param.js';
import { class_weight } from '../class-weight.js';
import { alpha, fit_prior } from './counts.js';
import { fitTables, type Cells } from './tables.js';
import { fitOf } from '../resume.js';

export const naiveBayesCategorical = model({
  id: 'naive-bayes-categorical',
  version: 1,
  label: 'Naive Bayes, for categories',
  help: 'Learns for each class how often every level of every column occurs, takes columns for independent, and multiplies. Numbers are cut into bins of about as many rows each, so no shape is assumed for them. Missing values are a level of their own where training has some.',
  source: 'Hand & Yu 2001; bins: Dougherty, Kohavi & Sahami 1995. As CategoricalNB of scikit-learn, which takes codes only.',
  family: 'bayes',
  when: 'When most columns are categories, or numbers whose effect goes up and down; every column’s part in an answer can be read off.',
  tasks: ['class'],
  takes: { missing: true, categories: true, scaled: false, weights: true, gpu: 'no', chance: false },
  params: {
    alpha,
    bins: int({
      label: 'Bins for numbers',
      help: 'Numbers are cut at their quantiles into at most this many bins; a column with no more values than that keeps each value. More bins follow finer shapes and need more rows.',
      default: 10,
      min: 2,
      max: 200,
      scale: 'log',
      tune: [3, 40],
    }),
    min_categories: int({
      label: 'Least number of levels',
      help: 'Every category column is taken to have at least this many levels, seen or not, which spreads the smoothing over more of them.',
      default: 1,
      min: 1,
      max: 10000,
      scale: 'log',
      more: true,
    }),
    fit_prior,
    class_weight,
  },
  cost: ({ rows, cols, classes }) => ({ operations: rows * cols * (4 + Math.log2(rows + 2)), bytes: 32 * rows + 200 * classes * cols }),
  fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('naive-bayes-categorical takes classes');
    const fit = fitOf('naive-bayes-categorical', X, target, params);
    const options = { alpha: params.alpha, learnPrior: params.fit_prior, classWeight: params.class_weight, missingCounts: true, fit };
    const cellsOf = (j: number, weight: Float64Array): Cells =>
      X.levels[j]! > 0 ? levels(X.levels[j]!, params.min_categories) : bins(X, j, weight, params.bins);
    return fitTables(X, target, cellsOf, options, ctx);
  },
});

const levels = (count: number, least: number): Cells => ({
  shape: 'levels',
  at: Float64Array.from({ length: count }, (_, code) => code),
  cells: count,
  of: (x) => x,
  unseen: Math.max(0, least - count),
});

/** Edges at the weighted quantiles of the values that count: no value lies between two bins, and each bin holds some. */
function bins(X: Matrix, j: number, weight: Float64Array, most: number): Cells {
  const x = column(X, j);
  const sorted = x.filter((v, i) => weight[i]! > 0 && v === v).sort();
  const values = sorted.filter((v, i) => i === 0 || v !== sorted[i - 1]);
  const below = new Float64Array(values.length);
  let total = 0;
  if (weight.every((w) => w === 1 || w === 0)) {
    total = sorted.length;
    for (let i = 0, v = 0; i < sorted.length; i++) {
      if (sorted[i] !== values[v]) v++;
      below[v] = below[v]! + 1;
    }
  } else
    for (let i = 0; i < x.length; i++) {
      if (weight[i] === 0 || x[i] !== x[i]) continue;
      const v = lowerBound(values, x[i]!);
      below[v] = below[v]! + weight[i]!;
      total += weight[i]!;
    }
  for (let v = 1; v < below.length; v++) below[v] = below[v]! + below[v - 1]!;
  let edges = Array.from(values.subarray(0, -1));
  if (values.length > most) {
    edges = [];
    for (let q = 1, v = 0; q < most; q++) {
      // A hair of slack, so that weights that add up to the quantile but for rounding count as reaching it.
      while (v < values.length - 1 && below[v]! < ((q * total) / most) * (1 - 1e-12)) v++;
      if (v < values.length - 1 && edges.at(-1) !== values[v]) edges.push(values[v]!);
    }
  }
  const at = Float64Array.from(edges);
  return { shape: 'constant', at, cells: at.length + 1, of: (v) => lowerBound(at, v), unseen: 0 };
}

/** How many of the rising numbers lie below v. */
function lowerBound(at: Float64Array | Float32Array, v: number): number {
  let lo = 0;
  let hi = at.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (at[mid]! < v) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}
