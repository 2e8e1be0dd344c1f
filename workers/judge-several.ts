/** Opens the holdout for a model of several targets: all at one look, each with its own baseline; yes/no targets as labels together too. */
import { perTarget, type Artifact } from '../src/core/artifact.js';
import type { Evaluation, LabelScores, TargetScores } from '../src/core/evaluation.js';
import { takeTarget } from '../src/core/model.js';
import { splitSeed } from '../src/core/random.js';
import { best, predictEach } from './apply.js';
import { coverageOf } from './conformal.js';
import type { Guide } from './context.js';
import { columnsAt, metricFor, positiveOf, type Design } from './design.js';
import { evaluate } from './evaluate/index.js';
import { evaluateLabels } from './evaluate/labels.js';
import { furtherDesigns } from './further.js';
import { baselineOf, judge } from './judge.js';

/** One target's answers and the baseline's, on the held-out rows that have a value of it. */
interface Part {
  readonly design: Design;
  readonly model: Artifact;
  readonly predicted: Float64Array;
  readonly floor: Float64Array;
}

/** As `judge`; of further targets the scores, with the same bootstrap. */
export async function judgeSeveral(d: Design, a: Artifact, how: { looks: number; draws?: number }, guide: Guide): Promise<Evaluation> {
  if (!a.also) return judge(d, a, how, guide);
  const designs = [d, ...furtherDesigns(d)];
  const laps = designs.length + 1;
  try {
    guide.lap(0, 1 / laps);
    const first = await judge(d, a, how, guide);
    const guesses = predictEach(a, columnsAt(d, d.holdout));
    const place = new Map([...d.holdout].map((row, i) => [row, i]));
    const models = perTarget(a);
    const parts: Part[] = [];
    for (const [t, design] of designs.entries()) {
      const outputs = outputsOf(design);
      const predicted = new Float64Array(design.holdout.length * outputs);
      design.holdout.forEach((row, i) => {
        const at = place.get(row)! * outputs;
        predicted.set(guesses[t]!.subarray(at, at + outputs), i * outputs);
      });
      parts.push({ design, model: models[t]!, predicted, floor: design.holdout.length ? await baselineOf(design, guide) : predicted });
    }
    const also: TargetScores[] = [];
    for (const [i, part] of parts.slice(1).entries()) {
      guide.lap((i + 1) / laps, (i + 2) / laps, `“${part.model.target.name}”`);
      also.push(await scoresOf(part, how, guide));
    }
    guide.lap((laps - 1) / laps, 1, 'All labels together');
    const labels = await labelsOf(parts, first.draws, guide);
    return { ...first, also, ...(labels ? { labels } : {}) };
  } finally {
    guide.lap();
  }
}

const outputsOf = ({ target }: Design) => (target.task === 'class' ? target.levels.length : 1);

async function scoresOf({ design: d, model, predicted, floor }: Part, how: { draws?: number }, guide: Guide): Promise<TargetScores> {
  const about = { target: model.target.name, task: model.target.task, model: model.model.label, metric: metricFor(d.workflow.problem) };
  if (d.holdout.length === 0)
    return {
      ...about,
      rows: 0,
      scores: {},
      baseline: {},
      difference: {},
      warnings: ['No held-out row has a value of it: nothing is known about how well it is predicted.'],
    };
  const truth = takeTarget(d.target, d.holdout);
  guide.stretch(0, 1, 'Intervals by bootstrap');
  const { rows, scores, baseline, difference, warnings } = await evaluate(
    {
      task: d.target.task,
      ...(d.target.task === 'class' ? { levels: d.target.levels } : {}),
      truth: truth.y,
      predicted,
      ...(truth.weight ? { weight: truth.weight } : {}),
      outputs: outputsOf(d),
      baseline: floor,
      positive: positiveOf(d.workflow, d.target),
      metric: about.metric,
      ...groupsOf(d),
      seed: splitSeed(d.workflow.seed, 'bootstrap', about.target),
      ...(how.draws ? { draws: how.draws } : {}),
    },
    (done, of) => guide.report(done, of),
  );
  const coverage = coverageOf(model.conformal, truth, predicted);
  return { ...about, rows, scores, baseline, difference, ...(coverage ? { coverage } : {}), warnings };
}

const groupsOf = (d: Design, rows: ArrayLike<number> = d.holdout) => (d.groups ? { groups: Array.from(rows, (i) => d.groups![i]!) } : {});

/** Those of the targets that have two classes, on the rows in which all of them are known; undefined with fewer than two, or no such row. */
async function labelsOf(parts: readonly Part[], draws: number, guide: Guide): Promise<LabelScores | undefined> {
  const yesNo = parts.filter((p) => outputsOf(p.design) === 2);
  if (yesNo.length < 2) return undefined;
  const places = yesNo.map((p) => new Map([...p.design.holdout].map((row, i) => [row, i])));
  const rows = [...parts[0]!.design.holdout].filter((row) => places.every((at) => at.has(row)));
  if (rows.length === 0) return undefined;
  const marks = (of: (p: Part, row: number, positive: number) => boolean) =>
    Uint8Array.from(
      rows.flatMap((row) => yesNo.map((p, l) => Number(of(p, places[l]!.get(row)!, positiveOf(p.design.workflow, p.design.target)!)))),
    );
  const first = parts[0]!.design;
  guide.stretch(0, 1, 'Intervals by bootstrap');
  return evaluateLabels(
    {
      labels: yesNo.map(({ model: { target } }) => ({ target: target.name, positive: target.positive! })),
      truth: marks(({ design: d }, i, positive) => d.target.y[d.holdout[i]!] === positive),
      given: marks((p, i, positive) => best(p.predicted, i, 2) === positive),
      baseline: marks((p, i, positive) => best(p.floor, i, 2) === positive),
      ...(first.target.weight ? { weight: Float64Array.from(rows, (i) => first.target.weight![i]!) } : {}),
      ...groupsOf(first, rows),
      draws: Math.max(1, draws),
      seed: splitSeed(first.workflow.seed, 'bootstrap', 'labels'),
    },
    (done, of) => guide.report(done, of),
  );
}
