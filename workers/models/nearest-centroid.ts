/** Nearest centroid: each class is the middle of its rows, and a row belongs to the class whose middle is nearest. */
import { column } from '../../src/core/matrix.js';
import { model } from '../../src/core/model.js';
import { choice, real } from '../../src/core/param.js';
import { rowWeights } from './class-weight.js';
import { classMoments } from './discriminant/class-moments.js';
import { guard } from './guard.js';
import { pace } from './pace.js';

export const nearestCentroid = model({
  id: 'nearest-centroid',
  version: 1,
  label: 'Nearest centroid',
  help: 'Keeps one point for each class, the middle of its rows, and gives a new row to the class whose point is nearest. Its probabilities are shares of nearness (one over the distance): they rank rows, and are no more than that.',
  source: 'Rocchio 1971; shrunken centroids: Tibshirani, Hastie, Narasimhan & Chu 2002. As NearestCentroid of scikit-learn.',
  family: 'neighbours',
  when: 'When every class is one round cloud: explained in a sentence, learnt at once, and hard to overfit; shrunken centroids pick columns where there are thousands.',
  tasks: ['class'],
  takes: { missing: false, categories: false, scaled: true, weights: true, gpu: 'no', chance: false },
  params: {
    metric: choice({
      label: 'Distance',
      help: 'Euclidean measures the straight line to the means. Manhattan adds up the differences column by column, to the medians, and is less swayed by outliers.',
      default: 'euclidean',
      options: { euclidean: 'Euclidean, to means', manhattan: 'Manhattan, to medians' },
      tune: ['euclidean', 'manhattan'],
    }),
    shrink_threshold: real({
      label: 'Shrinkage of centroids',
      help: 'Moves every coordinate of a centroid this many standard errors towards the middle of all rows; those that reach it no longer count. “None” leaves centroids where they are.',
      default: null,
      min: 0,
      max: 100,
      none: 'None',
      tune: [0, 5],
    }),
  },
  cost: ({ rows, cols, classes }) => ({ operations: 8 * rows * cols, bytes: 8 * rows + 40 * classes * cols }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'class') throw new Error('nearest-centroid takes classes');
    guard(X, target, { missing: false });
    const p = X.cols;
    const steps = pace(ctx, 1);
    // Classes do not weigh against each other here, but rows do within their class.
    const weight = rowWeights(target, 'none');
    const at = await classMoments(X, target, weight, steps);
    const m = at.classes.length;
    const centroids = at.mean;
    if (params.metric === 'manhattan') {
      for (let j = 0; j < p; j++) {
        medians(column(X, j), at.place, weight, m, (c, v) => (centroids[c * p + j] = v));
        if (steps.due(20 * X.rows)) await steps.rest();
      }
    }
    if (params.shrink_threshold !== null && m > 1) shrink(centroids, at, X, params.metric === 'manhattan', weight, params.shrink_threshold);
    await steps.step();
    return {
      form: 'neighbours',
      inputs: p,
      outputs: target.levels.length,
      k: m,
      weights: 'distance',
      metric: params.metric,
      points: Float32Array.from(centroids),
      y: Float64Array.from(at.classes),
      task: 'class',
    };
  },
});

/** The weighted median of each class; halfway between two values where half the weight lies on either side. */
function medians(x: Float32Array, place: Int32Array, weight: Float64Array, m: number, set: (c: number, v: number) => void): void {
  const rows: number[][] = Array.from({ length: m }, () => []);
  for (let i = 0; i < x.length; i++) if (place[i]! >= 0) rows[place[i]!]!.push(i);
  rows.forEach((own, c) => {
    own.sort((a, b) => x[a]! - x[b]!);
    const total = own.reduce((sum, i) => sum + weight[i]!, 0);
    let below = 0;
    for (let r = 0; r < own.length; r++) {
      below += weight[own[r]!]!;
      if (below < total / 2) continue;
      set(c, below === total / 2 && r + 1 < own.length ? (x[own[r]!]! + x[own[r + 1]!]!) / 2 : x[own[r]!]!);
      return;
    }
  });
}

function shrink(
  centroids: Float64Array,
  at: Awaited<ReturnType<typeof classMoments>>,
  X: { readonly cols: number; readonly rows: number; readonly data: Float32Array },
  fromMedians: boolean,
  weight: Float64Array,
  threshold: number,
): void {
  const p = X.cols;
  const m = at.classes.length;
  // The spread around the centroids; with as many classes as rows there is none to speak of.
  const divisor = Math.max(at.total - m, at.total / 2);
  const spread = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    let sum = 0;
    if (fromMedians) {
      for (let i = 0; i < X.rows; i++)
        if (at.place[i]! >= 0) sum += weight[i]! * (X.data[j * X.rows + i]! - centroids[at.place[i]! * p + j]!) ** 2;
    } else for (let c = 0; c < m; c++) sum += at.square[c * p + j]!;
    spread[j] = Math.sqrt(sum / divisor);
  }
  const sorted = spread.slice().sort();
  const middle = p === 0 ? 0 : (sorted[(p - 1) >> 1]! + sorted[p >> 1]!) / 2;
  for (let c = 0; c < m; c++) {
    const share = Math.sqrt(1 / at.totals[c]! - 1 / at.total);
    for (let j = 0; j < p; j++) {
      const unit = share * (spread[j]! + middle);
      const away = centroids[c * p + j]! - at.meanAll[j]!;
      const kept = Math.max(0, Math.abs(away) - threshold * unit);
      centroids[c * p + j] = at.meanAll[j]! + Math.sign(away) * kept;
    }
  }
}
