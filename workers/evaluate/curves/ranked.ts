/** Curves that walk down the list of rows sorted by probability: ROC, precision–recall, lift and gain, thresholds. */
import type { LiftCurve, PrCurve, RocCurve, Threshold } from '../../../src/core/evaluation.js';
import type { Scored } from '../../../src/core/metric.js';
import { areaUnder, averagePrecisionOf, rankingOf, type Ranking } from '../metrics/ranking.js';
import { thin, thinEvenly } from './thin.js';

interface Walk {
  readonly ranking: Ranking;
  readonly positives: number;
  readonly negatives: number;
  /** After each run of equal scores: positives and negatives so far, and the score of the run. */
  readonly stops: readonly { readonly tp: number; readonly fp: number; readonly score: number }[];
}

function walk(s: Scored, c: number): Walk {
  const ranking = rankingOf(s, c);
  const stops: { tp: number; fp: number; score: number }[] = [];
  let tp = 0;
  let fp = 0;
  ranking.order.forEach((row, i) => {
    const w = s.weight ? s.weight[row]! : 1;
    if (ranking.hit[i]) tp += w;
    else fp += w;
    if (ranking.ends[i]) stops.push({ tp, fp, score: s.predicted[row * s.outputs + c]! });
  });
  return { ranking, positives: tp, negatives: fp, stops };
}

/** Null without both a positive and a negative row. */
export function roc(s: Scored, c: number, level: string, most = 200): RocCurve | null {
  const w = walk(s, c);
  if (!(w.positives > 0 && w.negatives > 0)) return null;
  const points = [
    { fpr: 0, tpr: 0, threshold: null },
    ...w.stops.map((p) => ({ fpr: p.fp / w.negatives, tpr: p.tp / w.positives, threshold: p.score })),
  ];
  return {
    level,
    auc: areaUnder(w.ranking, s.weight),
    points: thin(corners(points), (a, b) => Math.abs(a.fpr - b.fpr) + Math.abs(a.tpr - b.tpr), most),
  };
}

/** Drops points in the middle of a straight vertical or horizontal run. */
function corners<P extends { readonly fpr: number; readonly tpr: number }>(points: readonly P[]): P[] {
  return points.filter((p, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    return !before || !after || !((before.fpr === p.fpr && p.fpr === after.fpr) || (before.tpr === p.tpr && p.tpr === after.tpr));
  });
}

/** Null without a positive row. */
export function precisionRecall(s: Scored, c: number, level: string, most = 200): PrCurve | null {
  const w = walk(s, c);
  if (!(w.positives > 0)) return null;
  const points = w.stops
    .filter((p) => p.tp + p.fp > 0)
    .map((p) => ({ recall: p.tp / w.positives, precision: p.tp / (p.tp + p.fp), threshold: p.score }));
  const full = points.findIndex((p) => p.recall >= 1);
  return {
    level,
    ap: averagePrecisionOf(w.ranking, s.weight),
    share: w.positives / (w.positives + w.negatives),
    // Past full recall only the precision of worse and worse cuts follows; the first and the last of them say it.
    points: thin(
      points.filter((_, i) => i <= full || i === points.length - 1),
      (a, b) => Math.abs(a.recall - b.recall) + Math.abs(a.precision - b.precision),
      most,
    ),
  };
}

/** Lift and gain; null without a positive row. */
export function lift(s: Scored, c: number, level: string, most = 200): LiftCurve | null {
  const w = walk(s, c);
  if (!(w.positives > 0)) return null;
  const all = w.positives + w.negatives;
  const points = w.stops
    .filter((p) => p.tp + p.fp > 0)
    .map((p) => ({ share: (p.tp + p.fp) / all, gain: p.tp / w.positives, lift: p.tp / w.positives / ((p.tp + p.fp) / all) }));
  return { level, points: thin(points, (a, b) => b.share - a.share, most) };
}

/** What each threshold gives, from “everything is positive” up to the highest score, and 1 when no score reaches it. */
export function thresholds(s: Scored, positive: number): Threshold[] {
  const w = walk(s, positive);
  const at = (threshold: number, tp: number, fp: number): Threshold => ({ threshold, tp, fp, tn: w.negatives - fp, fn: w.positives - tp });
  const stops = [...w.stops].reverse().map((p) => at(p.score, p.tp, p.fp));
  const lowest = stops[0];
  const highest = stops.at(-1);
  return [
    ...(lowest && lowest.threshold > 0 ? [{ ...lowest, threshold: 0 }] : []),
    ...thinEvenly(stops, 198),
    ...(highest && highest.threshold < 1 ? [at(1, 0, 0)] : []),
  ];
}
