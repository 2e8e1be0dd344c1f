/** Every command of the lab: what it takes, what it calls, what it prints. */
import { readFileSync } from 'node:fs';
import { declarations } from '../../src/core/entry.js';
import type { DriftReport } from '../../src/core/drift.js';
import type { Run } from '../../src/core/protocol.js';
import { openWorkflow, type Workflow } from '../../src/core/workflow.js';
import { Guide } from '../../workers/context.js';
import { makeDesign } from '../../workers/design.js';
import { metrics } from '../../workers/evaluate/metrics/index.js';
import { splits } from '../../workers/evaluate/splits/index.js';
import { exports_ } from '../../workers/export/index.js';
import { judge } from '../../workers/judge.js';
import { models } from '../../workers/models/index.js';
import { drift, referenceOf } from '../../workers/monitor/index.js';
import { warnings } from '../../workers/profile/index.js';
import { samples } from '../../workers/samples/index.js';
import { checkDrift } from '../../workers/drift.js';
import { openArtifact, predictTable, readFor } from '../../workers/serve.js';
import { steps } from '../../workers/steps/index.js';
import { ranked, study } from '../../workers/study.js';
import { samplers } from '../../workers/tune/index.js';
import type { Arguments } from './arguments.js';
import { crossValidate } from './cv.js';
import { blobOf, load, proposedWorkflow, type Loaded } from './data.js';
import { save, text } from './files.js';
import { replay } from './replay.js';
import { rows } from './text.js';

export interface Answer {
  readonly json: unknown;
  readonly table: string;
  readonly code?: number;
}

const guide = () => {
  const g = new Guide((news) => {
    if (process.stderr.isTTY && news.kind === 'progress') process.stderr.write(`\r${Math.round(news.done * 100)} % ${news.label}        `);
  });
  return g;
};

async function profile(args: Arguments): Promise<Answer> {
  const data = await load(args.files[0], args);
  const { dialect, columns, issues, readSeconds, bytes } = data.profile;
  const found = warnings(data.table, data.profile, {});
  const json = {
    file: data.file,
    bytes,
    encoding: dialect.encoding,
    delimiter: dialect.delimiter,
    decimal: dialect.decimal,
    header: dialect.header,
    rows: data.profile.rows,
    columns: columns.map(({ name, kind, why, missing, distinct, mean, sd, min, q1, median, q3, max, top }) => ({ name, kind, why, missing, distinct, mean, sd, min, q1, median, q3, max, top })),
    issues: issues.map(({ code, count, example, line }) => ({ code, count, example, line })),
    warnings: found.map(({ code, columns: names, severity, message }) => ({ code, columns: names, severity, message })),
    readSeconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  return { json, table: `${data.file}: ${data.profile.rows} rows, ${dialect.encoding}, delimiter “${dialect.delimiter}”\n${rows(columns.map((c) => [c.name, c.kind, `${c.missing} missing`, `${c.distinct} distinct`]))}` };
}

async function propose(args: Arguments): Promise<Answer> {
  const w = proposedWorkflow(await load(args.files[0], args), args);
  const out = args.option('out');
  if (out) text(out, JSON.stringify(w, null, 2));
  return { json: w, table: JSON.stringify(w, null, 2) };
}

const line = (r: Run) => ({ model: r.model, params: r.params, cv: r.cv, fitSeconds: r.fitSeconds, predictSeconds: r.predictSeconds, bytes: r.bytes });

async function through(w: Workflow, data: Loaded, args: Arguments): Promise<Answer> {
  const g = guide();
  const d = makeDesign(data.table, w);
  const readings = Object.fromEntries(data.profile.columns.map((c) => [c.name, c.reading]));
  const { runs, best, artifact } = await study(d, readings, g, (r) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${r.model} ${r.cv[w.problem.metric!]?.mean ?? 'failed'}        \n`);
  });
  const evaluation = await judge(d, artifact, { looks: 1 }, g);
  const json = {
    task: w.problem.task,
    metric: w.problem.metric,
    rows: d.rows.length,
    split: { ...w.split, training: d.training.length, holdout: d.holdout.length },
    recipe: artifact.sentences,
    leaderboard: ranked(runs, w.problem.metric!).map(line),
    best: { model: best.model, params: best.params },
    holdout: Object.fromEntries(Object.entries(evaluation.scores).map(([k, { value, low, high }]) => [k, { value, low, high }])),
    key: artifact.provenance.key,
  };
  const out = args.option('out');
  if (out) await save(out, { workflow: w, data: readFileSync(args.files.at(-1)!), artifact: { ...artifact, evaluation }, runs, evaluation });
  const head = rows(Object.entries(json.holdout).map(([k, v]) => [k, v.value.toPrecision(5), `${v.low.toPrecision(5)} … ${v.high.toPrecision(5)}`]));
  return { json, table: `${best.label} of ${runs.length} runs; holdout of ${d.holdout.length} rows:\n${head}` };
}

async function run(args: Arguments): Promise<Answer> {
  const w = openWorkflow(JSON.parse(readFileSync(args.files[0]!, 'utf8')));
  const data = await load(args.files[1], args, w.source?.choices ?? {});
  return through(w, data, args);
}

async function auto(args: Arguments): Promise<Answer> {
  const data = await load(args.files[0], args);
  args.need('target');
  const w = proposedWorkflow(data, args);
  const wanted = args.list('models') ?? [...models.values()].filter((m) => m.family !== 'baseline' && m.tasks.includes(w.problem.task!)).map((m) => m.id);
  return through({ ...w, tuning: { sampler: args.option('search') ?? 'random', trials: args.number('trials', 20), models: wanted } }, data, args);
}

async function predict(args: Arguments): Promise<Answer> {
  const a = openArtifact(new Uint8Array(readFileSync(args.files[0]!)));
  const table = await readFor(a, await blobOf(args.files[1]), args.files[1]!);
  const made = predictTable(a, table);
  text(args.need('out'), await made.csv.text());
  const json = { rows: made.rows, ok: made.ok, refused: made.refused, notes: made.notes, seconds: made.seconds };
  return { json, table: [`${made.ok} of ${made.rows} rows predicted`, ...made.notes].join('\n') };
}

async function checkNew(args: Arguments): Promise<Answer> {
  const [was, now] = args.files;
  let report: DriftReport;
  if (was?.endsWith('.safetensors')) {
    const a = openArtifact(new Uint8Array(readFileSync(was)));
    report = checkDrift(a, await readFor(a, await blobOf(now), now!));
  } else {
    const first = await load(was, args);
    const second = await load(now, args, { ...first.choices, columns: Object.fromEntries(first.profile.columns.map((c) => [c.name, c.reading])) });
    report = drift(referenceOf(first.table), second.table);
  }
  return { json: report, table: rows(report.columns.map((c) => [c.name, c.drifted ? 'drifted' : 'same', c.test ?? '', c.p === null ? '' : `p ${c.p.toPrecision(3)}`])) };
}

async function catalog(): Promise<Answer> {
  const json = {
    models: declarations(models),
    steps: declarations(steps),
    metrics: declarations(metrics),
    splits: declarations(splits),
    samplers: declarations(samplers),
    pruners: [],
    exports: declarations(exports_),
    samples: declarations(samples),
  };
  return { json, table: rows(Object.entries(json).map(([k, v]) => [k, (v as { id: string }[]).map((e) => e.id).join(', ')])) };
}

export const commands: Readonly<Record<string, (args: Arguments) => Promise<Answer>>> = { profile, new: propose, run, auto, cv: crossValidate, predict, drift: checkNew, replay, catalog };
