/** What a threshold would give: the table of right and wrong answers, and the sentence about it. */
import { costAt, type Confusion, type Costs, type Threshold } from '../../core/evaluation.js';

/** The confusion of two classes at a threshold, in the order of `levels`. */
export function confusionAt(levels: readonly string[], positive: string, t: Threshold): Confusion {
  const p = levels.indexOf(positive);
  const counts = levels.map((_, truth) => levels.map((_, said) => (truth === p ? (said === p ? t.tp : t.fn) : said === p ? t.fp : t.tn)));
  const perClass = levels.map((level, i) => {
    const right = counts[i]![i]!;
    const rows = counts[i]!.reduce((a, b) => a + b, 0);
    const said = counts.reduce((sum, row) => sum + row[i]!, 0);
    const precision = said > 0 ? right / said : null;
    const recall = rows > 0 ? right / rows : null;
    return { level, rows, precision, recall, f1: rows + said > 0 ? (2 * right) / (rows + said) : null };
  });
  return { levels, counts, perClass };
}

/** What was scored, as a threshold: the likelier class is said. Differs from 0.5 in the list only where a row stands at exactly one half. */
export function thresholdOf(c: Pick<Confusion, 'levels' | 'counts'>, positive: string): Threshold {
  const p = c.levels.indexOf(positive);
  const at = (truth: number, said: number) => c.counts[truth]?.[said] ?? 0;
  return { threshold: 0.5, tp: at(p, p), fp: at(1 - p, p), tn: at(1 - p, 1 - p), fn: at(p, 1 - p) };
}

/** Index of the threshold that gives what calling rows positive from `wanted` on gives: the lowest that is not below it. */
export function atLeast(list: readonly Threshold[], wanted: number): number {
  const found = list.findIndex((t) => t.threshold >= wanted);
  return found < 0 ? list.length - 1 : found;
}

/** Cost of each threshold by its value, ready to draw. */
export const costCurve = (list: readonly Threshold[], costs: Costs): { x: number[]; y: number[] } => ({
  x: list.map((t) => t.threshold),
  y: list.map((t) => costAt(t, costs)),
});
