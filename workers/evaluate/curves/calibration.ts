/** Calibration: when the model says 70 %, does it happen 7 times in 10? */
import type { CalibrationCurve } from '../../../src/core/evaluation.js';
import type { Scored } from '../../../src/core/metric.js';
import { wilson } from '../intervals.js';

/** Bins of equal width over [0, 1]; empty ones are left out. A probability on an edge belongs to the bin above it, 1 to the last. */
export function calibration(s: Scored, c: number, level: string, bins = 10): CalibrationCurve {
  const of = Array.from({ length: bins }, () => ({ rows: 0, weight: 0, predicted: 0, hits: 0 }));
  let total = 0;
  for (let i = 0; i < s.truth.length; i++) {
    const p = s.predicted[i * s.outputs + c]!;
    const w = s.weight ? s.weight[i]! : 1;
    const bin = of[Math.max(0, Math.min(bins - 1, Math.floor(p * bins)))]!;
    if (w === 0) continue;
    bin.rows++;
    bin.weight += w;
    bin.predicted += w * p;
    if (s.truth[i] === c) bin.hits += w;
    total += w;
  }
  let error = 0;
  const out = of.flatMap((b, i) => {
    if (b.rows === 0) return [];
    const predicted = b.predicted / b.weight;
    const observed = b.hits / b.weight;
    error += (b.weight / total) * Math.abs(predicted - observed);
    const [low, high] = wilson(observed * b.rows, b.rows);
    return [
      {
        from: i / bins,
        to: (i + 1) / bins,
        rows: b.rows,
        predicted,
        observed,
        low: Math.min(low, observed),
        high: Math.max(high, observed),
      },
    ];
  });
  return { level, error, bins: out };
}
