/** All metrics, under the names scikit-learn and the lab use; scoring with many at once; and which one to propose. */
import { registry, type Registry } from '../../../src/core/entry.js';
import type { Scored } from '../../../src/core/metric.js';
import type { Task } from '../../../src/core/model.js';
import { accuracy, balancedAccuracy } from './accuracy.js';
import { kappa, mcc } from './agreement.js';
import type { Measure } from './measure.js';
import { mae, mape, medae, mse, r2, rmse } from './numbers.js';
import { f1, f1Macro, precision, precisionMacro, recall, recallMacro } from './precision-recall.js';
import { brier, logLoss } from './probability.js';
import { averagePrecision, rocAuc } from './ranking.js';

export const metrics: Registry<Measure> = registry<Measure>(
  accuracy,
  balancedAccuracy,
  f1Macro,
  precisionMacro,
  recallMacro,
  f1,
  precision,
  recall,
  rocAuc,
  averagePrecision,
  logLoss,
  brier,
  mcc,
  kappa,
  mae,
  rmse,
  mse,
  r2,
  mape,
  medae,
);

export function metricOf(id: string): Measure {
  const m = metrics.get(id);
  if (!m) throw new Error(`There is no metric ${id}`);
  return m;
}

/** Ids of the metrics that fit a task; those for two classes only when there are two. */
export const metricsFor = (task: Task, classes: number): string[] =>
  [...metrics.values()].filter((m) => m.tasks.includes(task) && (!m.binary || classes === 2)).map((m) => m.id);

/** The value of each metric; NaN where it is undefined for these rows. */
export function scoreAll(s: Scored, ids: readonly string[] = metricsFor(s.task, s.outputs)): Record<string, number> {
  return Object.fromEntries(ids.map((id) => [id, metricOf(id).score(s)]));
}

/** Whether a is better than b by this metric; NaN is never better. */
export const isBetter = (id: string, a: number, b: number): boolean =>
  !Number.isNaN(a) && (Number.isNaN(b) || (metricOf(id).better === 'higher' ? a > b : a < b));

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** The metric to start with, and the reason in a sentence. classCounts: rows per class. */
export function proposeMetric(task: Task, classCounts: readonly number[] = []): { id: string; why: string } {
  if (task === 'number') {
    return {
      id: 'rmse',
      why: 'It is in the unit of the target and lets large errors count more, which is what most models learn to avoid.',
    };
  }
  const counts = classCounts.filter((c) => c > 0);
  const rows = counts.reduce((a, b) => a + b, 0);
  const most = Math.max(0, ...counts) / (rows || 1);
  const least = Math.min(...counts, rows) / (rows || 1);
  if (counts.length <= 2) {
    if (least < 0.1) {
      return {
        id: 'average_precision',
        why: `Only ${percent(least)} of the rows are in the rare class: always naming the other would look ${percent(most)} accurate. Average precision looks at how well the rare ones are found.`,
      };
    }
    if (most > 0.6) {
      return {
        id: 'roc_auc',
        why: `The classes are uneven (${percent(most)} and ${percent(least)}): always naming the larger would look ${percent(most)} accurate. ROC AUC is not fooled by that.`,
      };
    }
    return { id: 'accuracy', why: 'The two classes are about equally frequent, so the share of right answers says it all.' };
  }
  if (most > 2 / counts.length || least < 0.5 / counts.length) {
    return {
      id: 'f1_macro',
      why: `The ${counts.length} classes are uneven (from ${percent(least)} to ${percent(most)}). Mean F1 lets each class count the same, so that rare ones are not forgotten.`,
    };
  }
  return { id: 'accuracy', why: `The ${counts.length} classes are about equally frequent, so the share of right answers says it all.` };
}
