/** Metrics of how well a score puts rows in order: area under the ROC curve, and average precision. */
import type { Scored } from '../../../src/core/metric.js';
import { measure, positiveOf, type Prepared, type Weights } from './measure.js';

export interface Ranking {
  /** Row numbers from the highest score to the lowest. */
  readonly order: Uint32Array;
  /** 1 where the row at this place of the order is of the class. */
  readonly hit: Uint8Array;
  /** 1 where a run of equal scores ends. */
  readonly ends: Uint8Array;
}

/** Sorts rows by the probability of class c, once; O(n log n). */
export function rankingOf(s: Scored, c: number): Ranking {
  const n = s.truth.length;
  const score = new Float64Array(n);
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    score[i] = s.predicted[i * s.outputs + c]!;
    order[i] = i;
  }
  order.sort((a, b) => score[b]! - score[a]! || a - b);
  const hit = new Uint8Array(n);
  const ends = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    hit[i] = s.truth[order[i]!]! === c ? 1 : 0;
    ends[i] = i === n - 1 || score[order[i]!]! !== score[order[i + 1]!]! ? 1 : 0;
  }
  return { order, hit, ends };
}

/** P(a positive scores above a negative) + ½ P(tie). NaN without both. */
export function areaUnder(r: Ranking, weight?: Weights): number {
  let positives = 0;
  let negatives = 0;
  let area = 0;
  let runPositive = 0;
  let runNegative = 0;
  for (let i = 0; i < r.order.length; i++) {
    const w = weight ? weight[r.order[i]!]! : 1;
    if (r.hit[i]) runPositive += w;
    else runNegative += w;
    if (r.ends[i]) {
      area += runNegative * (positives + runPositive / 2);
      positives += runPositive;
      negatives += runNegative;
      runPositive = 0;
      runNegative = 0;
    }
  }
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : NaN;
}

/** Σ over thresholds of (recall gained) × (precision there). NaN without a positive. */
export function averagePrecisionOf(r: Ranking, weight?: Weights): number {
  let positives = 0;
  let all = 0;
  let sum = 0;
  let run = 0;
  for (let i = 0; i < r.order.length; i++) {
    const w = weight ? weight[r.order[i]!]! : 1;
    all += w;
    if (r.hit[i]) run += w;
    if (r.ends[i] && run > 0) {
      positives += run;
      sum += run * (positives / all);
      run = 0;
    }
  }
  return positives > 0 ? sum / positives : NaN;
}

/** The positive class with two classes; else the mean over every class for which the measure is defined. */
const perClass =
  (value: (r: Ranking, weight?: Weights) => number) =>
  (s: Scored): Prepared => {
    if (s.outputs === 2) {
      const r = rankingOf(s, positiveOf(s));
      return (weight) => value(r, weight);
    }
    const rankings = Array.from({ length: s.outputs }, (_, c) => rankingOf(s, c)).filter((r) => r.hit.includes(1));
    return (weight) => {
      let sum = 0;
      let count = 0;
      for (const r of rankings) {
        const v = value(r, weight);
        if (Number.isNaN(v)) continue;
        sum += v;
        count++;
      }
      return count ? sum / count : NaN;
    };
  };

export const rocAuc = measure({
  id: 'roc_auc',
  version: 1,
  label: 'ROC AUC',
  help: 'The chance that a random positive row gets a higher probability than a random negative one: 0.5 is guessing, 1 is perfect order. Does not depend on a threshold. With more than two classes: each class against the rest, then the mean.',
  source: 'Hanley and McNeil 1982; as sklearn.metrics.roc_auc_score with multi_class="ovr", average="macro".',
  params: {},
  tasks: ['class'],
  better: 'higher',
  range: [0, 1],
  unit: '',
  needs: 'probability',
  consequence: 'You want the likely ones at the top of a list, and will choose the cut later.',
  formula:
    'P(score of a positive > score of a negative) + ½ P(equal); classes without rows, or that are all rows, are left out of the mean',
  prepare: perClass(areaUnder),
});

export const averagePrecision = measure({
  id: 'average_precision',
  version: 1,
  label: 'Average precision',
  help: 'Precision averaged over all cuts of the list that is sorted by probability: the area under the precision–recall curve. Better than ROC AUC when positives are rare; guessing gives the share of positives.',
  source: 'Zhu 2004, “Recall, precision and average precision”; as sklearn.metrics.average_precision_score.',
  params: {},
  tasks: ['class'],
  better: 'higher',
  range: [0, 1],
  unit: '',
  needs: 'probability',
  consequence: 'Positives are rare, and only the top of the list will be looked at.',
  formula: 'Σ (recall gained at a cut) × (precision at that cut); classes without rows are left out of the mean',
  prepare: perClass(averagePrecisionOf),
});
