/** Every command of the lab: what it takes, what it calls, what it prints. */
import { declarations } from '../../src/core/entry.js';
import { Problem } from '../../src/core/problem.js';
import { furtherOf } from '../../src/core/workflow.js';
import { warnings } from '../../workers/profile/index.js';
import { metrics } from '../../workers/evaluate/metrics/index.js';
import { splits } from '../../workers/evaluate/splits/index.js';
import { exports_ } from '../../workers/export/index.js';
import { models } from '../../workers/models/index.js';
import { samples } from '../../workers/samples/index.js';
import { steps } from '../../workers/steps/index.js';
import { samplers } from '../../workers/tune/index.js';
import { anomaly } from './anomaly.js';
import { readArguments, type Arguments } from './arguments.js';
import { crossValidate } from './cv.js';
import { choicesOf, columnName, load, proposedWorkflow, taskOf } from './data.js';
import { text } from './files.js';
import { told } from './progress.js';
import { replay } from './replay.js';
import { drift, predict } from './serve.js';
import { auto, run } from './study.js';
import { rows } from './text.js';

export interface Answer {
  readonly json: unknown;
  readonly table: string;
  readonly code?: number;
}
type Command = (args: Arguments) => Answer | Promise<Answer>;

async function profile(args: Arguments): Promise<Answer> {
  const data = await load(args.file(0, 'FILE'), choicesOf(args));
  const { dialect, columns, issues, readSeconds, bytes } = data.profile;
  const target = args.option('target') === undefined ? undefined : columnName(data.profile, args.need('target'));
  const task = taskOf(args);
  const found = warnings(data.table, data.profile, target ? { target, ...(task ? { task } : {}) } : {});
  const json = {
    file: data.file,
    bytes,
    encoding: dialect.encoding,
    delimiter: dialect.delimiter,
    decimal: dialect.decimal,
    header: dialect.header,
    rows: data.profile.rows,
    columns: columns.map(({ name, kind, why, missing, distinct, mean, sd, min, q1, median, q3, max, top }) => ({
      name,
      kind,
      why,
      missing,
      distinct,
      mean,
      sd,
      min,
      q1,
      median,
      q3,
      max,
      top,
    })),
    issues: issues.map(({ code, count, example, line }) => ({ code, count, example, line })),
    warnings: found.map(({ code, columns: names, severity, message }) => ({ code, columns: names, severity, message })),
    readSeconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  const table = [
    `${data.file}: ${data.profile.rows} rows, ${dialect.encoding}, delimiter ${JSON.stringify(dialect.delimiter)}`,
    rows(columns.map((c) => [c.name, c.kind, `${c.missing} missing`, `${c.distinct} distinct`])),
    ...found.map((w) => `${w.severity}: ${w.message}`),
  ].join('\n');
  return { json, table };
}

async function propose(args: Arguments): Promise<Answer> {
  const w = proposedWorkflow(await load(args.file(0, 'FILE'), choicesOf(args)), args);
  const out = args.option('out');
  if (out) text(out, `${JSON.stringify(w, null, 2)}\n`);
  const { target, task, metric, whyTarget, whyTask } = w.problem;
  const table = [
    target ? `Target ${target}${whyTarget ? ` (${whyTarget})` : ''}` : 'No target',
    task ? `Task ${task}, by ${metric}${whyTask ? ` (${whyTask})` : ''}` : 'No task',
    ...furtherOf(w).map((t) => `Also ${t.target}: ${t.task}, by ${t.metric}`),
    `Split ${w.split.method}, ${w.split.holdout} held out, ${w.split.folds} folds`,
    rows(w.columns.map((c) => [c.name, c.kind, c.role, c.why])),
  ].join('\n');
  return { json: w, table };
}

function catalog(): Answer {
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

export const commands: Readonly<Record<string, Command>> = {
  profile,
  new: propose,
  run,
  auto,
  cv: crossValidate,
  anomaly,
  predict,
  drift,
  replay,
  catalog,
};
/** Promised, and nothing behind them yet. */
const NOT_YET: readonly string[] = ['cluster', 'forecast', 'rules', 'mark'];

/** What a command line prints, on which stream, and its exit code. A bug is not caught: its trace is wanted. */
export async function answer([name = '', ...words]: readonly string[]): Promise<{ out: string; err: string; code: number }> {
  const known = Object.keys(commands).join(', ');
  try {
    if (NOT_YET.includes(name)) throw new Problem('lab/not-yet', { command: name, known });
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new Problem('lab/no-command', { command: name, known });
    const args = readArguments(words);
    const { json, table, code = 0 } = await command(args);
    told('');
    return { out: args.flag('json') ? JSON.stringify(json) : table, err: '', code };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, message, hint } = error;
    return { out: '', err: JSON.stringify({ problem: { code, message, hint } }), code: 1 };
  }
}
