/** What the lab writes down. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pack, type Artifact } from '../../src/core/artifact.js';
import type { Evaluation } from '../../src/core/evaluation.js';
import type { Plain } from '../../src/core/plain.js';
import type { Run } from '../../src/core/protocol.js';
import { evaluationKey, holdoutKey, type Workflow } from '../../src/core/workflow.js';
import { exportArtifact, exports_ } from '../../workers/export/index.js';
import { names } from '../../workers/names.js';
import { packProject } from '../../workers/export/project.js';
import { steps } from '../../workers/steps/index.js';

export function text(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

export const modelBytes = (a: Artifact): Uint8Array => pack(a as unknown as Plain, { model: a.model.label, app: a.provenance.app });

export interface Made {
  readonly workflow: Workflow;
  readonly data: Uint8Array;
  readonly artifact: Artifact;
  readonly runs: readonly Run[];
  readonly evaluation: Evaluation;
}

/** The project file, and every export that fits the model. */
export async function save(folder: string, { workflow, data, artifact, runs, evaluation }: Made): Promise<void> {
  const w: Workflow = { ...workflow, chosen: artifact.provenance.key };
  const key = artifact.provenance.key;
  const held = holdoutKey(w, (id) => {
    const step = steps.get(id);
    return step?.type === 'row' && step.before === 'split';
  });
  const results: Record<string, unknown> = { [`evaluation-${evaluationKey(w, key)}`]: evaluation };
  runs.forEach(
    (run, i) => (results[`run-${run.key}`] = { ...run, bytes: run.key === key ? modelBytes(artifact).length : run.bytes, at: i }),
  );
  const project = packProject({
    name: w.name,
    workflow: w,
    record: { looks: [{ at: 0, run: key, design: runs[0]!.design, held }], watches: [], models: [], stage: 'evaluate' },
    raw: { name: w.source!.file, bytes: data },
    results,
    artifacts: { [key]: modelBytes(artifact) },
  });
  text(join(folder, 'project.tablework'), project);
  for (const e of exports_.values()) {
    if (e.fits(artifact) !== null) continue;
    const made = await exportArtifact(e.id, artifact, w, names);
    text(join(folder, made.name), made.bytes);
  }
}
