/** From predictions of unseen rows to everything the Evaluate screen shows, but importance and slices. */
import type { Evaluation, Interval, Success } from '../../src/core/evaluation.js';
import type { Scored } from '../../src/core/metric.js';
import type { Task } from '../../src/core/model.js';
import { splitSeed } from '../../src/core/random.js';
import { calibration, confusion, lift, precisionRecall, residuals, roc, thresholds } from './curves/index.js';
import { differencesOf, intervalsOf } from './intervals.js';
import { metricOf, metricsFor } from './metrics/index.js';
import { positiveOf } from './metrics/measure.js';
import { bootstrap, type Ask, type Draws } from './resampling.js';

export interface EvaluateInput {
  readonly task: Task;
  /** Class names, for classes. */
  readonly levels?: readonly string[];
  readonly truth: ArrayLike<number>;
  /** Rows × outputs, row-major. */
  readonly predicted: ArrayLike<number>;
  readonly outputs: number;
  /** Predictions of the baseline for the same rows, of the same shape. */
  readonly baseline: ArrayLike<number>;
  readonly positive?: number;
  readonly threshold?: number;
  readonly weight?: ArrayLike<number>;
  /** The metric chosen for the problem. */
  readonly metric: string;
  /** The score that counts as success, by `metric` when it is a number alone. */
  readonly success?: number | { readonly metric: string; readonly line: number };
  readonly groups?: ArrayLike<number>;
  readonly looks?: number;
  readonly seed: number;
  readonly draws?: number;
}

const MOST_CURVES = 12;

/** 1000 draws, or fewer (not under 200) where rows × metrics are so many that intervals are narrow and draws slow. */
function drawsFor(s: Scored, metrics: number): number {
  return Math.round(Math.max(200, Math.min(1000, 1e9 / (2 * s.truth.length * (metrics + 2 * s.outputs)))));
}

export async function evaluate(input: EvaluateInput, tell: Ask): Promise<Evaluation> {
  const { task, truth, outputs, positive, threshold, weight, seed } = input;
  if (truth.length === 0) throw new Error('There are no rows to evaluate');
  const s: Scored = { task, truth, predicted: input.predicted, outputs, positive, threshold, weight };
  const base: Scored = { ...s, predicted: input.baseline, threshold: undefined };
  const ids = metricsFor(task, outputs);
  const draws = await bootstrap(
    [s, base],
    ids,
    { draws: input.draws ?? drawsFor(s, ids.length), seed: splitSeed(seed, 'bootstrap'), groups: input.groups },
    tell,
  );
  const scores = intervalsOf(draws, 0, ids, s);
  const difference = differencesOf(draws, 0, 1, ids);
  const aim = typeof input.success === 'number' ? { metric: input.metric, line: input.success } : input.success;
  const success = aim ? successOf(aim.metric, aim.line, scores, draws, ids) : undefined;
  const levels = input.levels ?? Array.from({ length: outputs }, (_, c) => String(c));
  return {
    task,
    rows: truth.length,
    metric: input.metric,
    scores,
    baseline: intervalsOf(draws, 1, ids, base),
    difference,
    ...(success ? { success } : {}),
    ...(task === 'class' ? pictures(s, levels) : { residuals: residuals(s, splitSeed(seed, 'residuals')) }),
    warnings: warningsOf(input, levels, ids, scores, difference, draws),
    looks: input.looks ?? 1,
    draws: draws.made,
  };
}

function successOf(
  metric: string,
  line: number,
  scores: Record<string, Interval>,
  draws: Draws,
  ids: readonly string[],
): Success | undefined {
  const score = scores[metric];
  if (!score) return undefined;
  const higher = metricOf(metric).better === 'higher';
  const reached = (v: number) => (higher ? v >= line : v <= line);
  const drawn = draws.drawn[0]![ids.indexOf(metric)]!.filter((v) => !Number.isNaN(v));
  const [worst, best] = higher ? [score.low, score.high] : [score.high, score.low];
  return {
    metric,
    line,
    met: drawn.length === 0 ? 'unclear' : reached(worst) ? 'yes' : reached(best) ? 'unclear' : 'no',
    probability: drawn.length ? drawn.reduce((n, v) => n + Number(reached(v)), 0) / drawn.length : Number(reached(score.value)),
  };
}

function pictures(s: Scored, levels: readonly string[]): Partial<Evaluation> {
  const matrix = confusion(s, levels);
  const two = s.outputs === 2;
  const positive = positiveOf(s);
  const classes = two
    ? [positive]
    : matrix.perClass
        .map((c, i) => ({ i, rows: c.rows }))
        .filter((c) => c.rows > 0)
        .sort((a, b) => b.rows - a.rows || a.i - b.i)
        .slice(0, MOST_CURVES)
        .map((c) => c.i);
  // Many curves in one picture need fewer points each.
  const most = classes.length === 1 ? 200 : Math.max(50, Math.floor(600 / classes.length));
  const each = <T>(curve: (s: Scored, c: number, level: string, most: number) => T | null): T[] =>
    classes.flatMap((c) => {
      const made = curve(s, c, levels[c] ?? String(c), most);
      return made === null ? [] : [made];
    });
  return {
    levels,
    ...(two ? { positive: levels[positive] ?? String(positive) } : {}),
    confusion: matrix,
    roc: each(roc),
    pr: each(precisionRecall),
    calibration: each((of, c, level) => calibration(of, c, level)),
    lift: each(lift),
    ...(two ? { thresholds: thresholds(s, positive) } : {}),
  };
}

function warningsOf(
  input: EvaluateInput,
  levels: readonly string[],
  ids: readonly string[],
  scores: Record<string, Interval>,
  difference: Record<string, Interval>,
  draws: Draws,
): string[] {
  const out: string[] = [];
  const rows = input.truth.length;
  if (draws.units < 50) {
    out.push(
      `Only ${draws.units} ${input.groups ? 'groups' : 'rows'} were held out: the intervals are wide, and another split could look quite different.`,
    );
  }
  if (input.task === 'class') {
    const counts = new Array<number>(input.outputs).fill(0);
    for (let i = 0; i < rows; i++) counts[input.truth[i]!]!++;
    const absent = levels.filter((_, c) => counts[c] === 0);
    const few = levels.filter((_, c) => counts[c]! > 0 && counts[c]! < 10);
    if (absent.length) out.push(`No held-out row is ${listed(absent)}: nothing is known about how well that is predicted.`);
    if (few.length) out.push(`Fewer than 10 held-out rows are ${listed(few)}: what is said about them is uncertain.`);
  }
  const undefinedOnes = ids.filter((id) => !scores[id]);
  if (undefinedOnes.length) out.push(`Undefined for these rows and left out: ${undefinedOnes.map((id) => metricOf(id).label).join(', ')}.`);
  const gain = difference[input.metric];
  if (gain) {
    const higher = metricOf(input.metric).better === 'higher';
    const [least, most] = higher ? [gain.low, gain.high] : [-gain.high, -gain.low];
    if (most < 0) out.push('The model is worse than the baseline.');
    else if (least <= 0) out.push('The model is not clearly better than the baseline: the difference may be luck.');
  }
  if ((input.looks ?? 1) > 1) {
    out.push(
      `These rows have now been looked at ${input.looks} times. Choosing by what they say makes the score too good; fresh data would settle it.`,
    );
  }
  return out;
}

const listed = (names: readonly string[]) =>
  names.length <= 3
    ? names.map((n) => `“${n}”`).join(' or ')
    : `${names
        .slice(0, 3)
        .map((n) => `“${n}”`)
        .join(', ')} or one of ${names.length - 3} more`;
