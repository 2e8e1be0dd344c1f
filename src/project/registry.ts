/** Models under versions: which is the champion, and all that can be taken in hand to predict or to watch with. */
import type { Registered } from '../store/index.js';

export type ModelStage = Registered['stage'];

/** Under the next free number; the first one is the champion. */
export function withModel(models: readonly Registered[], run: string, at: number, note = ''): readonly Registered[] {
  if (models.some((m) => m.run === run)) return models;
  const version = Math.max(0, ...models.map((m) => m.version)) + 1;
  return [...models, { version, at, run, stage: models.some((m) => m.stage === 'champion') ? 'candidate' : 'champion', note }];
}

/** There is one champion at most: whoever was it before is archived, so that it can be rolled back to. */
export const withStage = (models: readonly Registered[], version: number, stage: ModelStage): readonly Registered[] =>
  models.map((m) =>
    m.version === version ? { ...m, stage } : stage === 'champion' && m.stage === 'champion' ? { ...m, stage: 'archived' } : m,
  );

export const withNote = (models: readonly Registered[], version: number, note: string): readonly Registered[] =>
  models.map((m) => (m.version === version ? { ...m, note } : m));

export interface ModelChoice {
  /** The run's key. */
  readonly run: string;
  readonly label: string;
  readonly group: string;
  readonly version: number | null;
}

/** Versions, newest first with the champion on top, then the run chosen when it is none of them. */
export function modelChoices(
  models: readonly Registered[],
  runs: readonly { readonly key: string; readonly label: string }[],
  chosen: string | null,
): ModelChoice[] {
  const label = (run: string) => runs.find((r) => r.key === run)?.label ?? 'model';
  const rank = (m: Registered) => ['champion', 'candidate', 'archived'].indexOf(m.stage);
  const versions = [...models]
    .sort((a, b) => rank(a) - rank(b) || b.version - a.version)
    .map((m): ModelChoice => ({
      run: m.run,
      label: `Version ${m.version}, ${m.stage}: ${label(m.run)}`,
      group: 'Registered',
      version: m.version,
    }));
  const own = chosen && !models.some((m) => m.run === chosen) && runs.some((r) => r.key === chosen);
  return [...(own ? [{ run: chosen, label: label(chosen), group: 'Chosen, not registered', version: null }] : []), ...versions];
}
