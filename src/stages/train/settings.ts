/** The settings of a run in words. */
import { valueText } from '../../core/param.js';
import type { Catalog } from '../../core/protocol.js';
import type { RunRecord } from '../../project/index.js';

export function settingsOf(catalog: Catalog | null, run: RunRecord): [string, string][] {
  const named = (id: string) => catalog?.models.find((m) => m.id === id);
  const params = catalog?.models.find((m) => m.id === run.model)?.params ?? {};
  return Object.entries(run.params).map(([k, v]) => [params[k]?.label ?? k, valueText(v, 'no limit', named)]);
}
