/** Trials as pictures and sentences. */
import type { ParallelAxis, ParallelLine } from '../../charts/types.js';
import { valueText, type Value } from '../../core/param.js';
import { project, type RunRecord } from '../../project/index.js';

const named = (id: string) => project.catalog?.models.find((m) => m.id === id);
const shown = (v: Value): string =>
  typeof v === 'number' ? String(Number(v.toPrecision(4))) : typeof v === 'object' ? valueText(v, 'no limit', named) : String(v);

/** Settings that differ from the defaults. */
export function settingsOf(run: RunRecord): [string, string][] {
  const declared = project.catalog?.models.find((m) => m.id === run.model)?.params ?? {};
  const rows = Object.entries(run.params).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(declared[k]?.default));
  return rows.length ? rows.map(([k, v]) => [declared[k]?.label ?? k, shown(v)]) : [['as usual', 'all defaults']];
}

/** Axes of the settings that vary within the model with the most trials. */
export function parallel(
  trials: readonly RunRecord[],
  metric: string,
): { label: string; axes: ParallelAxis[]; lines: ParallelLine[] } | null {
  const counts = new Map<string, number>();
  for (const t of trials) counts.set(t.model, (counts.get(t.model) ?? 0) + 1);
  const [model, n] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
  if (n < 4) return null;
  const own = trials.filter((t) => t.model === model);
  const declared = project.catalog?.models.find((m) => m.id === model)?.params ?? {};
  const varying = Object.keys(declared).filter((k) => new Set(own.map((t) => JSON.stringify(t.params[k]))).size > 1);
  if (varying.length === 0) return null;
  const axes = varying.map((k): ParallelAxis => {
    const spec = declared[k]!;
    const label = spec.label;
    if (spec.kind === 'real' || spec.kind === 'int')
      return own.some((t) => t.params[k] === null) ? { label, levels: levelsOf(own, k) } : { label, log: spec.scale === 'log' };
    return { label, levels: levelsOf(own, k) };
  });
  const lines = own.map((t): ParallelLine => ({
    values: varying.map((k, j) => {
      const v = t.params[k] ?? null;
      return axes[j]!.levels ? shown(v) : typeof v === 'number' ? v : null;
    }),
    score: t.cv[metric]?.mean ?? null,
  }));
  return { label: own[0]!.label, axes, lines };
}

const levelsOf = (own: readonly RunRecord[], k: string): string[] =>
  [...new Set(own.map((t) => t.params[k] ?? null))]
    .sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1))
    .map(shown);
