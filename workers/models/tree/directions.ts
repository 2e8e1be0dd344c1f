/** Which columns an answer may only rise or fall with: names that a person wrote, as a direction per column. */
import type { Matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { Problem } from '../../../src/core/problem.js';
import { boostParams } from './boost-params.js';

/** 1, −1 or 0 per column; null when nothing is demanded. */
export function directions(X: Matrix, target: Target, increasing: string, decreasing: string): Int8Array | null {
  const rising = named(increasing, X, boostParams.monotonic_increasing.label);
  const falling = named(decreasing, X, boostParams.monotonic_decreasing.label);
  if (rising.length + falling.length === 0) return null;
  if (target.task === 'class' && target.levels.length > 2)
    throw new Problem('fit/directions-of-classes', { classes: target.levels.length });
  const out = new Int8Array(X.cols);
  for (const [columns, direction] of [
    [rising, 1],
    [falling, -1],
  ] as const) {
    for (const j of columns) {
      if (X.levels[j]! > 0) throw new Problem('fit/direction-of-category', { column: X.names[j]! });
      if (out[j] === -direction) throw new Problem('fit/both-directions', { column: X.names[j]! });
      out[j] = direction;
    }
  }
  return out;
}

/** Names with commas between them; a name may hold commas itself, so the longest run that is a name is taken. */
function named(text: string, X: Matrix, label: string): number[] {
  const parts = text.split(',');
  const out: number[] = [];
  for (let i = 0; i < parts.length;) {
    let end = parts.length;
    let j = -1;
    for (; end > i; end--) {
      j = X.names.indexOf(parts.slice(i, end).join(',').trim());
      if (j >= 0) break;
    }
    const column = parts[i]!.trim();
    if (j < 0 && column !== '') throw new Problem('fit/unknown-column', { label, column, known: X.names.join(', ').slice(0, 500) });
    if (j >= 0) out.push(j);
    i = Math.max(end, i + 1);
  }
  return out;
}
