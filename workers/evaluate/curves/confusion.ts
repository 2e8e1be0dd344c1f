/** The confusion matrix, with precision, recall and F1 of each class. */
import type { Confusion } from '../../../src/core/evaluation.js';
import type { Scored } from '../../../src/core/metric.js';
import { classTotals, countsOf } from '../metrics/measure.js';

export function confusion(s: Scored, levels: readonly string[]): Confusion {
  const k = s.outputs;
  const counts = countsOf(s)(s.weight);
  return {
    levels: levels.slice(0, k),
    counts: Array.from({ length: k }, (_, t) => [...counts.subarray(t * k, (t + 1) * k)]),
    perClass: classTotals(counts, k).map((c, i) => ({
      level: levels[i] ?? String(i),
      rows: c.truth,
      precision: c.called > 0 ? c.hit / c.called : null,
      recall: c.truth > 0 ? c.hit / c.truth : null,
      f1: c.called + c.truth > 0 ? (2 * c.hit) / (c.called + c.truth) : null,
    })),
  };
}
