/** The settings of a run in words; those that play no part are left out. */
import { active, forTask, settingText } from '../../core/param.js';
import type { Catalog } from '../../core/protocol.js';
import { project, type RunRecord } from '../../project/index.js';

/** From here on a wait is said aloud, in seconds: what is longer than the first minutes of a lesson. */
export const LONG_S = 300;

/** All settings, or only those that differ from the defaults. */
export function settingsOf(catalog: Catalog | null, run: RunRecord, changed = false): [string, string][] {
  const declared = (id: string) => catalog?.models.find((m) => m.id === id);
  const { task } = project.workflow.problem;
  const named = (id: string) => {
    const m = declared(id);
    return m && { label: m.label, params: forTask(m.params, task) };
  };
  const params = declared(run.model)?.params ?? {};
  const playing = forTask(params, task);
  return Object.entries(run.params)
    .filter(([k]) => !params[k] || (playing[k] && active(params, run.params, k)))
    .filter(([k, v]) => !changed || JSON.stringify(v) !== JSON.stringify(params[k]?.default))
    .map(([k, v]) => [params[k]?.label ?? k, settingText(params[k], v, named)]);
}
