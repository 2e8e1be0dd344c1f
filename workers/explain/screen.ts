/** Which of many columns are worth shuffling: those whose values go most with the model's answers. */
import { isValues, type Column } from '../../src/core/table.js';

/** Share of the variance of `answer` that a straight line over the values, or the means of the levels, explains. One pass: rows. */
function explained(c: Column, answer: Float64Array): number {
  const n = answer.length;
  if (isValues(c)) {
    let [m, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) if (!Number.isNaN(c.values[i]!)) [m, x, y] = [m + 1, x + c.values[i]!, y + answer[i]!];
    if (m < 3) return 0;
    [x, y] = [x / m, y / m];
    for (let i = 0; i < n; i++) {
      const v = c.values[i]!;
      if (Number.isNaN(v)) continue;
      xx += (v - x) ** 2;
      yy += (answer[i]! - y) ** 2;
      xy += (v - x) * (answer[i]! - y);
    }
    const r2 = xy ** 2 / (xx * yy);
    return Number.isFinite(r2) ? r2 : 0;
  }
  const sum = new Float64Array(c.levels.length + 1);
  const count = new Float64Array(c.levels.length + 1);
  let mean = 0;
  for (let i = 0; i < n; i++) {
    const k = Math.max(-1, c.codes[i]!) + 1;
    sum[k]! += answer[i]!;
    count[k]! += 1;
    mean += answer[i]! / n;
  }
  let between = 0;
  let all = 0;
  let groups = 0;
  for (let k = 0; k < count.length; k++) {
    if (!count[k]) continue;
    groups++;
    between += count[k]! * (sum[k]! / count[k]! - mean) ** 2;
  }
  for (let i = 0; i < n; i++) all += (answer[i]! - mean) ** 2;
  // As many groups as rows explain everything and mean nothing: what chance would explain is taken off.
  const share = all > 0 ? between / all - (groups - 1) / Math.max(1, n - 1) : 0;
  return Number.isFinite(share) ? share : 0;
}

/** The `most` columns that go most with the answers (rows × outputs), in the order of the table. Cost: rows × columns × outputs. */
export function screened(columns: readonly Column[], predicted: Float64Array, outputs: number, most: number): readonly Column[] {
  if (columns.length <= most) return columns;
  const rows = predicted.length / outputs;
  const rated = columns.map((_, j) => ({ j, share: 0 }));
  // Two classes mirror each other: one is enough.
  for (let k = outputs === 2 ? 1 : 0; k < outputs; k++) {
    const answer = Float64Array.from({ length: rows }, (_, i) => predicted[i * outputs + k]!);
    columns.forEach((c, j) => (rated[j]!.share = Math.max(rated[j]!.share, explained(c, answer))));
  }
  const kept = rated
    .sort((a, b) => b.share - a.share || a.j - b.j)
    .slice(0, most)
    .sort((a, b) => a.j - b.j);
  return kept.map(({ j }) => columns[j]!);
}
