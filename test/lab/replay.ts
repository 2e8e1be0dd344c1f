/** Runs a project again, on its own data or on a file given, and compares what comes out with what it holds. */
import { readFileSync } from 'node:fs';
import { unpack } from '../../src/core/artifact.js';
import type { Run } from '../../src/core/protocol.js';
import { canonical, openWorkflow } from '../../src/core/workflow.js';
import { Guide } from '../../workers/context.js';
import { makeDesign } from '../../workers/design.js';
import { unpackProject } from '../../workers/export/project.js';
import { profileTable } from '../../workers/profile/index.js';
import { readTable } from '../../workers/read/index.js';
import { train } from '../../workers/run.js';
import { openArtifact } from '../../workers/serve.js';
import type { Arguments } from './arguments.js';
import type { Answer } from './commands.js';
import { modelBytes } from './files.js';
import { rows } from './text.js';

export async function replay(args: Arguments): Promise<Answer> {
  const parts = unpackProject(new Uint8Array(readFileSync(args.files[0]!)));
  const w = openWorkflow(parts.workflow);
  const raw = args.files[1] ? new Uint8Array(readFileSync(args.files[1])) : parts.raw?.bytes;
  const differences: { what: string; was: unknown; is: unknown }[] = [];
  const differ = (what: string, was: unknown, is: unknown) => {
    if (canonical(was) !== canonical(is)) differences.push({ what, was, is });
  };
  const result = await readTable(raw ?? new Uint8Array(), w.source?.file ?? 'data', w.source?.choices ?? {});
  differ('fingerprint', w.source?.fingerprint, result.fingerprint);
  const profile = profileTable(result, w.source?.file ?? 'data', raw?.length ?? 0);
  const readings = Object.fromEntries(profile.columns.map((c) => [c.name, c.reading]));
  const d = makeDesign(result.table, w);
  for (const [name, value] of Object.entries(parts.results)) {
    if (!name.startsWith('run-')) continue;
    const was = value as Run;
    if (was.problem || was.stopped || !['cpu', ''].includes(was.backend)) continue;
    const key = name.slice('run-'.length);
    const held = parts.artifacts[key];
    const t = { trial: 0, model: was.model, version: was.version, params: was.params };
    const { run, artifact } = await train(d, readings, t, new Guide(() => undefined, 'cpu'), { fit: held !== undefined, from: was.from });
    differ(`${was.model} key`, was.key, run.key);
    differ(`${was.model} scores`, was.cv, run.cv);
    if (!held || !artifact) continue;
    // The verdict is written into the model later; all else must be the same to the byte.
    const before = modelBytes({ ...openArtifact(held), evaluation: null });
    const after = modelBytes({ ...artifact, evaluation: null });
    if (Buffer.compare(before, after) !== 0) {
      differ(`${was.model} model`, unpack(before).state as never, unpack(after).state as never);
      if (!differences.some((x) => x.what === `${was.model} model`)) differences.push({ what: `${was.model} model bytes`, was: before.length, is: after.length });
    }
  }
  const same = differences.length === 0;
  const short = (v: unknown) => String(canonical(v)).slice(0, 60);
  return { json: { same, differences }, table: same ? 'The same' : rows(differences.map((x) => [x.what, short(x.was), short(x.is)])), code: same ? 0 : 1 };
}
