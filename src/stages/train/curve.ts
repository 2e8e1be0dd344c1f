/** Points of a learning curve as lines: the part that is learning now, or the mean over the folds once all are done. */
import type { LineSeries } from '../../charts/types.js';
import type { CurvePoint } from '../../core/protocol.js';

/** Training and validation loss of the part that came last. */
export function liveCurve(points: readonly CurvePoint[]): LineSeries[] {
  const last = points.at(-1)?.part;
  const own = points.filter((p) => p.part === last);
  const x = own.map((p) => p.done);
  const out: LineSeries[] = [];
  if (own.some((p) => p.train !== undefined)) out.push({ label: 'Training', x, y: own.map((p) => p.train ?? null) });
  if (own.some((p) => p.valid !== undefined)) out.push({ label: 'Validation', x, y: own.map((p) => p.valid ?? null), dashed: true });
  return out;
}

/** The mean over the folds at each step, with the lowest and the highest fold around it; steps that fewer than half of them reached are left out. */
export function foldCurve(points: readonly CurvePoint[]): LineSeries[] {
  const parts = Math.max(...points.map((p) => p.part)) + 1;
  // The last part is the fit on all training rows: it belongs to no fold.
  const folds = parts > 1 ? points.filter((p) => p.part < parts - 1) : points;
  const steps = [...new Set(folds.map((p) => p.done))].sort((a, b) => a - b);
  const line = (label: string, of: (p: CurvePoint) => number | undefined, dashed: boolean): LineSeries[] => {
    const at = new Map<number, number[]>();
    for (const p of folds) {
      const v = of(p);
      if (v !== undefined && Number.isFinite(v)) at.set(p.done, [...(at.get(p.done) ?? []), v]);
    }
    const x = steps.filter((s) => (at.get(s)?.length ?? 0) * 2 >= Math.max(1, parts - 1));
    if (x.length < 2) return [];
    const values = x.map((s) => at.get(s)!);
    return [
      {
        label,
        x,
        y: values.map((v) => v.reduce((a, b) => a + b, 0) / v.length),
        low: values.map((v) => Math.min(...v)),
        high: values.map((v) => Math.max(...v)),
        dashed,
      },
    ];
  };
  return [...line('Training', (p) => p.train, false), ...line('Validation', (p) => p.valid, true)];
}
