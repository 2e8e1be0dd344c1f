/** Asks a model who speaks for its answer to one row. */
import type { Artifact } from '../src/core/artifact.js';
import type { Witnesses } from '../src/core/inside.js';
import { cellText, missingAt } from '../src/core/table.js';
import { runKey } from '../src/core/workflow.js';
import { matrixOf } from './apply.js';
import { columnsAt, thinned, type Design } from './design.js';
import { witnessesOf } from './explain/inside/index.js';
import { rowColumns } from './serve.js';

/** Who speaks for the answer to one row. With the design it was learnt on, neighbours show their own cells. */
export async function askWitnesses(a: Artifact, row: Readonly<Record<string, string>>, d: Design | null): Promise<Witnesses> {
  const { columns } = await rowColumns(a, row);
  // A design of other rows or columns than the model was fitted on knows nothing of its neighbours.
  const { id, version, params } = a.model;
  const isOwn = d !== null && runKey(d.workflow, { model: id, version, params }) === a.provenance.key;
  const rows = isOwn ? thinned(d, d.training) : null;
  const own = rows && columnsAt(d!, rows).filter((c) => a.inputs.some((i) => i.name === c.name));
  return witnessesOf({
    form: a.form,
    X: matrixOf(a.recipe, columns),
    levels: a.target.levels,
    learnt: own &&
      rows && { names: own.map((c) => c.name), rows: rows.length, cells: (i) => own.map((c) => (missingAt(c, i) ? '' : cellText(c, i))) },
  });
}
