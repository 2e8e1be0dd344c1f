/** run and auto: a workflow from start to end. */
import type { Artifact } from '../../src/core/artifact.js';
import type { Evaluation, Interval, Intervals } from '../../src/core/evaluation.js';
import type { Run } from '../../src/core/protocol.js';
import { openWorkflow, type Workflow } from '../../src/core/workflow.js';
import { Problem } from '../../src/core/problem.js';
import { columnOf } from '../../src/core/table.js';
import { makeDesign, metricFor } from '../../workers/design.js';
import { kindsFor } from '../../workers/forecast.js';
import { furtherDesigns } from '../../workers/further.js';
import { judgeSeveral } from '../../workers/judge-several.js';
import { modelOf, wrongTask } from '../../workers/run.js';
import { ranked, study } from '../../workers/study.js';
import type { Arguments } from './arguments.js';
import type { Answer } from './commands.js';
import { bytesOf, choicesOf, load, proposedWorkflow, readingsOf, type Loaded } from './data.js';
import { save } from './files.js';
import { guide, told } from './progress.js';
import { rows } from './text.js';

const line = (r: Run) => ({
  model: r.model,
  params: r.params,
  cv: r.cv,
  fitSeconds: r.fitSeconds,
  predictSeconds: r.predictSeconds,
  bytes: r.bytes,
});

const plain = (scores: Intervals) =>
  Object.fromEntries(Object.entries(scores).map(([k, { value, low, high }]) => [k, { value, low, high }]));

/** What there is to say of further targets; nothing where there is one. */
function severalOf({ also, labels }: Evaluation, a: Artifact) {
  if (!also) return {};
  return {
    also: also.map((t, i) => {
      const { model, cv } = a.also![i]!;
      return { target: t.target, task: t.task, metric: t.metric, model: model.id, params: model.params, cv, rows: t.rows, holdout: plain(t.scores), baseline: plain(t.baseline), notes: t.warnings }; // prettier-ignore
    }),
    ...(a.chain ? { chain: true } : {}),
    ...(labels
      ? { labels: { ...labels, scores: plain(labels.scores), baseline: plain(labels.baseline), difference: plain(labels.difference) } }
      : {}),
  };
}

async function through(w: Workflow, data: Loaded, args: Arguments, file: string, notes: readonly string[] = []): Promise<Answer> {
  const g = guide();
  const d = makeDesign(data.table, w);
  // Before any work: a further target that cannot be worked on is told at once.
  furtherDesigns(d);
  const metric = metricFor(w.problem);
  const {
    runs,
    best,
    artifact,
    notes: about,
  } = await study(d, readingsOf(data.profile), g, (r) => told(`${r.model} ${r.cv[metric]?.mean ?? 'undefined'}\n`));
  const evaluation = await judgeSeveral(d, artifact, { looks: 1 }, g);
  const { method, column, holdout, folds } = w.split;
  const json = {
    task: d.target.task,
    metric,
    rows: d.rows.length,
    split: { method, column, holdout, folds, rows: { training: d.training.length, holdout: d.holdout.length } },
    recipe: artifact.sentences,
    leaderboard: ranked(runs, metric).map(line),
    best: { model: best.model, params: best.params },
    holdout: plain(evaluation.scores),
    ...severalOf(evaluation, artifact),
    key: artifact.provenance.key,
    notes: [...notes, ...d.notes, ...about, ...evaluation.warnings],
  };
  const out = args.option('out');
  if (out) await save(out, { workflow: w, data: bytesOf(file), artifact: { ...artifact, evaluation }, runs, evaluation });
  const scores = Object.entries(json.holdout).map(([k, v]) => [
    k,
    v.value.toPrecision(5),
    `${v.low.toPrecision(5)} … ${v.high.toPrecision(5)}`,
  ]);
  return {
    json,
    table: [
      `${best.label}, the best of ${runs.length} runs by ${metric}; holdout of ${d.holdout.length} rows:`,
      rows(scores),
      ...severalLines(evaluation),
      ...json.notes,
    ].join('\n'),
  };
}

function severalLines({ also = [], labels }: Evaluation): string[] {
  const cell = ({ value, low, high }: Interval) => [value.toPrecision(5), `${low.toPrecision(5)} … ${high.toPrecision(5)}`];
  const lines = also.map((t) => [t.target, t.model, t.metric, ...(t.scores[t.metric] ? cell(t.scores[t.metric]!) : ['–', '–'])]);
  const together = labels ? Object.entries(labels.scores).map(([k, v]) => [k, ...cell(v)]) : [];
  return [
    ...(lines.length ? ['Further targets:', rows(lines)] : []),
    ...(labels ? [`${labels.labels.map((l) => l.target).join(', ')} as labels, ${labels.rows} rows:`, rows(together)] : []),
  ];
}

export async function run(args: Arguments): Promise<Answer> {
  let written: unknown;
  const plan = args.file(0, 'W.json');
  try {
    written = JSON.parse(new TextDecoder().decode(bytesOf(plan)));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('lab/not-json', {
      what: plan,
      why: error instanceof Error ? error.message : String(error),
      example: 'the command “new” writes it',
    });
  }
  const w = openWorkflow(written);
  const file = args.file(1, 'FILE');
  const data = await load(file, choicesOf(args, w.source?.choices));
  for (const c of w.columns)
    if (c.role !== 'ignore' && !columnOf(data.table, c.name)) throw new Problem('lab/no-column', { column: c.name });
  // The same plan on another file is another project: what it is about is the file at hand.
  const source = {
    ...w.source,
    file: data.file,
    bytes: data.profile.bytes,
    fingerprint: data.fingerprint,
    rows: data.profile.rows,
    choices: data.choices,
  };
  return through({ ...w, source, seed: args.whole('seed', w.seed, 0) }, data, args, file);
}

export async function auto(args: Arguments): Promise<Answer> {
  args.need('target');
  const file = args.file(0, 'FILE');
  const data = await load(file, choicesOf(args));
  const w = proposedWorkflow(data, args);
  const named = args.list('models')?.map(modelOf);
  for (const m of named ?? []) {
    const why = wrongTask(m, { task: w.problem.task! });
    if (why) throw new Problem('model/not-here', { model: m.label, why });
  }
  const kinds = named ? { models: named.map((m) => m.id), notes: [] } : kindsFor(makeDesign(data.table, w));
  const tuning = { sampler: args.option('search') ?? 'tpe', trials: args.whole('trials', 20, 0), models: kinds.models };
  return through({ ...w, tuning }, data, args, file, kinds.notes);
}
