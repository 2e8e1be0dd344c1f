/** Opens the holdout for a fitted model: scores with intervals, baseline, curves, importance, slices, leakage guards. */
import type { Artifact } from '../src/core/artifact.js';
import type { Evaluation, PartialDependence } from '../src/core/evaluation.js';
import type { BoundaryPicture } from '../src/core/inside.js';
import { takeTarget } from '../src/core/model.js';
import { defaults } from '../src/core/param.js';
import { Problem } from '../src/core/problem.js';
import { splitSeed } from '../src/core/random.js';
import { takeColumn, type Column } from '../src/core/table.js';
import type { Guide } from './context.js';
import { coverageOf } from './conformal.js';
import { columnsAt, metricFor, positiveOf, thinned, type Design } from './design.js';
import { evaluate } from './evaluate/index.js';
import { metricOf } from './evaluate/metrics/index.js';
import { boundaryOf } from './explain/inside/index.js';
import { partialDependence, permutationImportance, screened, sharedRows, slices } from './explain/index.js';
import { baseline } from './models/baseline.js';
import { predictAhead } from './forms/ahead.js';
import { predict } from './forms/index.js';
import { entering, matrixOf, predictColumns } from './apply.js';
import { learnRecipe } from './run.js';

/** Rows that permutation importance and dependence look at; more change nothing that can be seen. */
const MOST_ROWS = 5000;
/** Shuffles of a column. */
const REPEATS = 5;
/** Columns that are shuffled to see how much they matter: each takes several predictions of all columns, so of very many the likely ones are picked. */
const mostColumns = (columns: number) => Math.max(30, Math.min(100, Math.floor(1e5 / columns)));

export async function judge(d: Design, a: Artifact, how: { looks: number; draws?: number }, guide: Guide): Promise<Evaluation> {
  const w = d.workflow;
  const metric = metricFor(w.problem);
  const held = columnsAt(d, d.holdout);
  const truth = takeTarget(d.target, d.holdout);
  const outputs = d.target.task === 'class' ? d.target.levels.length : 1;
  const positive = positiveOf(w, d.target);
  guide.stretch(0, 0.1, 'Predicting the holdout');
  await guide.report(0, 1);
  const ask = (columns: readonly Column[], times = 1) =>
    predictAhead(a.form, entering(a, columns), { wish: guide.backend, note: (text) => guide.note(text), times });
  const predicted = await ask(held);
  const floor = await baselineOf(d, guide);

  guide.stretch(0.1, 0.55, 'Intervals by bootstrap');
  const judged = await evaluate(
    {
      task: d.target.task,
      ...(d.target.task === 'class' ? { levels: d.target.levels } : {}),
      truth: truth.y,
      predicted,
      ...(truth.weight ? { weight: truth.weight } : {}),
      outputs,
      baseline: floor,
      positive,
      metric,
      ...(w.problem.success === null ? {} : { success: w.problem.success }),
      ...(d.groups ? { groups: Array.from(d.holdout, (i) => d.groups![i]!) } : {}),
      seed: splitSeed(w.seed, 'bootstrap'),
      ...(how.draws ? { draws: how.draws } : {}),
      looks: how.looks,
    },
    (done, of) => guide.report(done, of),
  );

  guide.stretch(0.55, 0.9, 'Which columns matter');
  const few = Uint32Array.from({ length: Math.min(d.holdout.length, MOST_ROWS) }, (_, i) =>
    Math.floor((i * d.holdout.length) / Math.min(d.holdout.length, MOST_ROWS)),
  );
  const sample = held.map((c) => takeColumn(c, few));
  const { y, weight } = takeTarget(truth, few);
  const sign = metricOf(metric).better === 'higher' ? 1 : -1;
  const looked = screened(sample, await ask(sample), outputs, mostColumns(held.length));
  const importance = await permutationImportance(
    {
      predict: (columns) => ask(columns, REPEATS * looked.length),
      columns: sample,
      only: new Set(looked.map((c) => c.name)),
      score: (guess) => sign * metricOf(metric).score({ task: d.target.task, truth: y, predicted: guess, outputs, positive, weight }),
      repeats: REPEATS,
      seed: splitSeed(w.seed, 'importance'),
    },
    (done, of) => guide.report(done, of),
  );
  guide.stretch(0.9, 1, 'Where it fails');
  const weak = await slices(
    {
      columns: held,
      task: d.target.task,
      truth: truth.y,
      weight: truth.weight,
      predicted,
      outputs,
      positive,
      metric,
      seed: splitSeed(w.seed, 'slices'),
    },
    (done, of) => guide.report(done, of),
  );
  const leak = sharedRows(columnsAt(d, d.training), held);
  const warnings = [
    ...judged.warnings,
    ...(leak.warning ? [leak.warning] : []),
    ...(looked.length < held.length
      ? [
          `Of ${held.length} columns, only the ${looked.length} that go most with the model’s answers were shuffled to see how much they matter.`,
        ]
      : []),
  ];
  const coverage = coverageOf(a.conformal, truth, predicted);
  return { ...judged, ...(coverage ? { coverage } : {}), importance, slices: weak, warnings };
}

/** The baseline learnt on training rows, answering the holdout. */
export async function baselineOf(d: Design, guide: Guide): Promise<Float64Array> {
  const rows = thinned(d, d.training);
  const y = takeTarget(d.target, rows);
  const { fitted, X } = learnRecipe({ ...d.workflow, recipe: [] }, baseline.takes, columnsAt(d, rows), y, d.workflow.seed);
  const form = await baseline.fit(X, y, defaults(baseline.params), guide.context(splitSeed(d.workflow.seed, 'baseline'), -1));
  return predict(form, matrixOf(fitted, columnsAt(d, d.holdout)));
}

/** How the model’s answer moves with one column, over training rows: the holdout is left alone. */
export async function dependenceOf(d: Design, a: Artifact, column: string): Promise<PartialDependence> {
  const few = Uint32Array.from(
    { length: Math.min(d.training.length, 500) },
    (_, i) => d.training[Math.floor((i * d.training.length) / Math.min(d.training.length, 500))]!,
  );
  const columns: Column[] = columnsAt(d, few);
  const positive = positiveOf(d.workflow, d.target);
  return partialDependence({
    predict: (cs) => predictColumns(a, cs),
    columns,
    column,
    outputs: d.target.task === 'class' ? d.target.levels.length : 1,
    output: positive ?? 0,
    level: d.target.task === 'class' ? d.target.levels[positive ?? 0]! : null,
    seed: splitSeed(d.workflow.seed, 'dependence'),
  });
}

/** What the model answers over two columns, others standing at their usual values in the training rows. */
export function boundary(d: Design, a: Artifact, one: string, two: string): BoundaryPicture {
  const inputs = new Set(a.inputs.map((i) => i.name));
  for (const column of [one, two]) if (!inputs.has(column)) throw new Problem('steps/missing-column', { column, step: a.model.label });
  const rows = thinned(d, d.training);
  return boundaryOf({
    artifact: a,
    columns: columnsAt(d, rows).filter((c) => inputs.has(c.name)),
    target: takeTarget(d.target, rows),
    a: one,
    b: two,
    predict: (columns) => predictColumns(a, columns),
  });
}
