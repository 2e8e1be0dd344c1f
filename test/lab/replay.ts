/** Runs a project again, on its own data or on a file given, and compares what comes out with what it holds. */
import { unpack, type Artifact } from '../../src/core/artifact.js';
import { Problem } from '../../src/core/problem.js';
import type { Run } from '../../src/core/protocol.js';
import { canonical, designKey } from '../../src/core/workflow.js';
import { Guide } from '../../workers/context.js';
import { makeDesign } from '../../workers/design.js';
import { openProject } from '../../workers/export/project.js';
import { profileTable } from '../../workers/profile/index.js';
import { readTable } from '../../workers/read/index.js';
import { trainSeveral } from '../../workers/several.js';
import { openArtifact } from '../../workers/serve.js';
import type { Arguments } from './arguments.js';
import type { Answer } from './commands.js';
import { bytesOf, readingsOf } from './data.js';
import { modelBytes } from './files.js';
import { told } from './progress.js';
import { rows } from './text.js';

interface Difference {
  readonly what: string;
  readonly was: unknown;
  readonly is: unknown;
}

export async function replay(args: Arguments): Promise<Answer> {
  const { workflow: w, ...parts } = openProject(bytesOf(args.file(0, 'PROJECT')));
  const raw = args.files[1] === undefined ? parts.raw?.bytes : bytesOf(args.files[1]);
  if (!w.source || !raw) throw new Problem('data/none');
  const differences: Difference[] = [];
  const differ = (what: string, was: unknown, is: unknown) => {
    if (canonical(was) !== canonical(is)) differences.push({ what, was, is });
  };
  const result = await readTable(raw, w.source.file, w.source.choices);
  differ('fingerprint', w.source.fingerprint, result.fingerprint);
  const readings = readingsOf(profileTable(result, w.source.file, raw.length));
  const d = makeDesign(result.table, w);
  const notes: string[] = [];
  let ran = 0;
  for (const [name, value] of Object.entries(parts.results)) {
    if (!name.startsWith('run-')) continue;
    const was = value as Run;
    const key = name.slice('run-'.length);
    // Runs of an earlier state of the workflow, runs cut short, and runs on a GPU cannot come out the same.
    const why =
      was.design !== designKey(w)
        ? 'was made before the workflow changed'
        : was.stopped || was.problem
          ? 'was cut short'
          : was.backend !== 'cpu'
            ? `ran on ${was.backend}`
            : null;
    if (why) {
      notes.push(`${was.label} (${key.slice(0, 8)}) ${why}: left out.`);
      continue;
    }
    told(was.label);
    const held = parts.artifacts[key];
    const t = { trial: 0, model: was.model, version: was.version, params: was.params };
    const { run, artifact } = await trainSeveral(d, readings, t, new Guide(() => undefined, 'cpu'), {
      fit: held !== undefined,
      from: was.from,
    });
    ran++;
    differ(`${was.model} key`, was.key, run.key);
    differ(`${was.model} scores`, was.cv, run.cv);
    if (!held || !artifact) continue;
    // The verdict is written into the model later, and a project may be renamed; all else must be the same to the byte.
    openArtifact(held);
    const before = unpack(held).state as unknown as Artifact;
    const after: Artifact = { ...artifact, name: before.name, question: before.question, evaluation: null };
    const [a, b] = [modelBytes({ ...before, evaluation: null }), modelBytes(after)];
    if (Buffer.compare(a, b) !== 0) differences.push(...differing(`${was.model} model`, unpack(a).state, unpack(b).state));
  }
  if (ran === 0) differences.push({ what: 'runs that could be replayed', was: notes.length, is: 0 });
  const same = differences.length === 0;
  const short = (v: unknown) => canonical(v).slice(0, 60);
  const table = [same ? `The same: ${ran} runs` : rows(differences.map((x) => [x.what, short(x.was), short(x.is)])), ...notes].join('\n');
  return { json: { same, differences, runs: ran, notes }, table, code: same ? 0 : 1 };
}

const isTree = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !ArrayBuffer.isView(v);

/** The first 20 places at which two trees of plain data differ. */
function differing(what: string, was: unknown, is: unknown): Difference[] {
  const out: Difference[] = [];
  const walk = (at: string, a: unknown, b: unknown) => {
    if (out.length >= 20 || Object.is(a, b)) return;
    if (isTree(a) && isTree(b)) {
      for (const k of new Set([...Object.keys(a), ...Object.keys(b)])) walk(`${at}.${k}`, a[k], b[k]);
    } else if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
      const [p, q] = [Array.from(a as Float64Array), Array.from(b as Float64Array)];
      const i = p.findIndex((v, k) => !Object.is(v, q[k]));
      if (i >= 0 || p.length !== q.length) out.push({ what: `${at}[${i}]`, was: p[i] ?? p.length, is: q[i] ?? q.length });
    } else out.push({ what: at, was: a ?? null, is: b ?? null });
  };
  walk(what, was, is);
  return out.length ? out : [{ what: `${what}, order of its parts`, was: null, is: null }];
}
