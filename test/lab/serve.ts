/** predict and drift: a model at work on new data. */
import { Problem } from '../../src/core/problem.js';
import type { DriftReport } from '../../src/core/drift.js';
import { checkDrift } from '../../workers/drift.js';
import { drift as compare, referenceOf } from '../../workers/monitor/index.js';
import { openArtifact, predictTable, readFor } from '../../workers/serve.js';
import type { Arguments } from './arguments.js';
import type { Answer } from './commands.js';
import { blobOf, bytesOf, choicesOf, columnName, load, readingsOf } from './data.js';
import { text } from './files.js';
import { rows } from './text.js';

export async function predict(args: Arguments): Promise<Answer> {
  const a = openArtifact(bytesOf(args.file(0, 'ARTIFACT')));
  const file = args.file(1, 'FILE');
  const out = args.need('out');
  const received = await readFor(a, await blobOf(file), file, undefined, choicesOf(args));
  const { rows: all, ok, refused, notes, csv, seconds } = predictTable(a, received);
  text(out, new Uint8Array(await csv.arrayBuffer()));
  return { json: { rows: all, ok, refused, notes, seconds }, table: [`${ok} of ${all} rows predicted`, ...notes].join('\n') };
}

export async function drift(args: Arguments): Promise<Answer> {
  const was = args.file(0, 'ARTIFACT or FILE_A');
  const now = args.file(1, 'FILE_B');
  const wanted = args.option('target');
  let report: DriftReport;
  if (was.endsWith('.safetensors')) {
    const a = openArtifact(bytesOf(was));
    const { table } = await readFor(a, await blobOf(now), now, undefined, choicesOf(args));
    const truth = wanted === undefined ? a.target.name : columnName(table, wanted);
    report = checkDrift(a, { ...table, columns: table.columns.map((c) => (c.name === truth ? { ...c, name: a.target.name } : c)) });
  } else {
    const first = await load(was, choicesOf(args));
    const second = await load(now, choicesOf(args, { columns: readingsOf(first.profile) }));
    const target = wanted === undefined ? null : columnName(first.profile, wanted);
    const without = (t: typeof first.table) => ({ ...t, columns: t.columns.filter((c) => c.name !== target) });
    if (without(first.table).columns.length === 0) throw new Problem('problem/no-features', { column: target ?? '' });
    report = compare(referenceOf(without(first.table)), without(second.table));
  }
  const { dataset, columns } = report;
  const head = dataset.drifted ? `Drifted: ${Math.round(dataset.share * 100)} % of the columns tested` : 'No drift found';
  return {
    json: report,
    table: [
      head,
      rows(columns.map((c) => [c.name, c.drifted ? 'drifted' : 'same', c.test, c.p === null ? '' : `p ${c.p.toPrecision(3)}`])),
    ].join('\n'),
  };
}
