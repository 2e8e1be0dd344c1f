/** Every way out, in the order it is offered. */
import type { Artifact } from '../../src/core/artifact.js';
import { registry } from '../../src/core/entry.js';
import { Problem } from '../../src/core/problem.js';
import type { Exported } from '../../src/core/protocol.js';
import type { Workflow } from '../../src/core/workflow.js';
import { bare, type Export, type Names } from './export.js';
import { modelFile } from './model-file.js';
import { onePage } from './one-page.js';
import { python } from './python.js';
import { report } from './report.js';
import { tfjs } from './tfjs.js';

export type { Export, Names } from './export.js';
export { packProject, unpackProject, type ProjectParts } from './project.js';

export const exports_ = registry<Export>(modelFile, onePage, report, python, tfjs);

/** The file, or a Problem that says why it cannot be made. */
export async function exportArtifact(id: string, a: Artifact, w: Workflow | null, names: Names = bare): Promise<Exported> {
  const way = exports_.get(id);
  if (!way) throw new Problem('export/unknown', { export: id });
  const why = way.fits(a);
  if (why) throw new Problem('export/not-here', { export: way.label, why });
  return way.make(a, w, names);
}
