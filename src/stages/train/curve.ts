/** Points of a learning curve as lines: training and validation loss of the last part, or of every part. */
import type { LineSeries } from '../../charts/types.js';
import type { CurvePoint } from '../../core/protocol.js';

export function curveSeries(points: readonly CurvePoint[], lastOnly: boolean): LineSeries[] {
  const parts = [...new Set(points.map((p) => p.part))];
  const shown = lastOnly ? parts.slice(-1) : parts;
  const out: LineSeries[] = [];
  for (const part of shown) {
    const own = points.filter((p) => p.part === part);
    const x = own.map((p) => p.done);
    const of = shown.length > 1 ? ` ${part + 1}` : '';
    if (own.some((p) => p.train !== undefined)) out.push({ label: `Training${of}`, x, y: own.map((p) => p.train ?? null), quiet: shown.length > 1 });
    if (own.some((p) => p.valid !== undefined)) out.push({ label: `Validation${of}`, x, y: own.map((p) => p.valid ?? null), dashed: true });
  }
  return out;
}
