/** Trials as pictures and sentences. */
import type { ParallelAxis, ParallelLine } from '../../charts/types.js';
import { forTask, settingText, settingsInWords, type Param, type Value } from '../../core/param.js';
import { project, type RunRecord } from '../../project/index.js';

const named = (id: string) => project.catalog?.models.find((m) => m.id === id);
const declared = (model: string) => forTask(named(model)?.params ?? {}, project.workflow.problem.task);
const shown = (spec: Param | undefined, v: Value): string => settingText(spec, v, named);

/** Settings that play a part and differ from the defaults; none for a model as it comes. */
export const settingsOf = (run: RunRecord): [string, string][] =>
  settingsInWords(project.catalog?.models ?? [], run.model, run.params, project.workflow.problem.task, true);
export const settingsText = (run: RunRecord): string =>
  settingsOf(run)
    .map(([k, v]) => `${k}: ${v}`)
    .join(', ') || 'as it comes';

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
  const params = declared(model);
  const varying = Object.keys(params).filter((k) => new Set(own.map((t) => JSON.stringify(t.params[k]))).size > 1);
  if (varying.length === 0) return null;
  const axes = varying.map((k): ParallelAxis => {
    const spec = params[k]!;
    const label = spec.label;
    if (spec.kind === 'real' || spec.kind === 'int')
      return own.some((t) => t.params[k] === null) ? { label, levels: levelsOf(own, k, spec) } : { label, log: spec.scale === 'log' };
    return { label, levels: levelsOf(own, k, spec) };
  });
  const lines = own.map((t): ParallelLine => ({
    values: varying.map((k, j) => {
      const v = t.params[k] ?? null;
      return axes[j]!.levels ? shown(params[k], v) : typeof v === 'number' ? v : null;
    }),
    score: t.cv[metric]?.mean ?? null,
  }));
  return { label: own[0]!.label, axes, lines };
}

const levelsOf = (own: readonly RunRecord[], k: string, spec: Param): string[] =>
  [...new Set(own.map((t) => t.params[k] ?? null))]
    .sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1))
    .map((v) => shown(spec, v));
