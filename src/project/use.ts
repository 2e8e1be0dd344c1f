/** Models kept, used on new rows, taken away and watched. */
import type { DriftReport } from '../core/drift.js';
import type { ArtifactSummary, Exported, Predicted, RowPrediction } from '../core/protocol.js';
import * as jobs from '../jobs/index.js';
import type { RunRecord } from '../store/index.js';
import { project } from './document.svelte.js';
import { ensureFitted } from './judge.js';
import { mine } from './mine.js';
import { type ModelStage, withModel, withNote, withStage } from './registry.js';
import { backendWish } from './train.js';
import { works } from './work.svelte.js';

// ---- the registry

/** Keeps a run under a version of its own, fitted on all training rows. */
export async function registerModel(run: RunRecord): Promise<void> {
  mine();
  await ensureFitted(run);
  project.setModels(withModel(project.models, run.key, Date.now()));
}
export const setModelStage = (version: number, stage: ModelStage): void => project.setModels(withStage(project.models, version, stage));
export const setModelNote = (version: number, note: string): void => project.setModels(withNote(project.models, version, note));

// ---- taking away, using, watching

export type ModelRef = string | Uint8Array;
export const inspectModel = (model: ModelRef): Promise<ArtifactSummary> =>
  jobs.start<'inspect'>({ kind: 'inspect', artifact: model }, () => undefined).result;
export const predictRow = (model: ModelRef, row: Readonly<Record<string, string>>, level?: number): Promise<RowPrediction> =>
  jobs.start<'predict-row'>({ kind: 'predict-row', artifact: model, row, level }, () => undefined).result;
export async function predictFile(model: ModelRef, file: File, level?: number): Promise<Predicted> {
  const backend = await backendWish();
  return works.run(`Predicting ${file.name}`, 'predict', (work) =>
    jobs.start<'predict'>({ kind: 'predict', artifact: model, file, name: file.name, level, backend }, work.tell),
  );
}
export const exportAs = (model: ModelRef, id: string): Promise<Exported> =>
  works.run(`Saving ${project.catalog?.exports.find((e) => e.id === id)?.label ?? id}`, 'export', (work) =>
    jobs.start<'export'>({ kind: 'export', artifact: model, export: id, workflow: project.id ? project.workflow : null }, work.tell),
  );

/** How a model stands on a file, without a line in the history: to put several side by side. */
export const compareOn = (model: ModelRef, file: File): Promise<DriftReport> =>
  works.run(`Comparing on ${file.name}`, 'drift', (work) =>
    jobs.start<'drift'>({ kind: 'drift', artifact: model, file, name: file.name }, work.tell),
  );

export async function checkDrift(model: ModelRef, file: File): Promise<DriftReport> {
  const report = await works.run(`Checking ${file.name}`, 'drift', (work) =>
    jobs.start<'drift'>({ kind: 'drift', artifact: model, file, name: file.name }, work.tell),
  );
  if (project.id)
    project.addWatch({
      at: Date.now(),
      file: file.name,
      rows: report.rows.is,
      share: report.dataset.share,
      drifted: report.columns.filter((c) => c.drifted).map((c) => c.name),
      score: report.performance?.value ?? null,
    });
  return report;
}
