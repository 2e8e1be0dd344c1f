/** Several yes/no targets scored together, with intervals by the same bootstrap of rows as single targets. */
import type { Interval, LabelScores } from '../../src/core/evaluation.js';
import { labelScores, type LabelScore } from '../../src/core/labels.js';
import { differencesOf, intervalOf } from './intervals.js';
import { meanOf, type Prepared } from './metrics/measure.js';
import { resample, type Ask } from './resampling.js';

/** rows × labels, row-major: 1 where a row has the label. */
export interface Labelled {
  readonly truth: Uint8Array;
  readonly given: Uint8Array;
  readonly labels: number;
}

/** One F1 of each label's hits, rows with it and rows given it under any weights of the rows. */
function fromTotals({ truth, given, labels }: Labelled, value: (hits: Float64Array, both: Float64Array) => number): Prepared {
  const rows = truth.length / labels;
  return (weight) => {
    const hits = new Float64Array(labels);
    const both = new Float64Array(labels);
    for (let i = 0; i < rows; i++) {
      const w = weight ? weight[i]! : 1;
      if (w === 0) continue;
      for (let l = 0; l < labels; l++) {
        const t = truth[i * labels + l]!;
        const g = given[i * labels + l]!;
        hits[l]! += w * t * g;
        both[l]! += w * (t + g);
      }
    }
    return value(hits, both);
  };
}

/** One number per row, averaged. */
function fromRows({ truth, given, labels }: Labelled, value: (wrong: number, both: number, either: number) => number): Prepared {
  const loss = Float64Array.from({ length: truth.length / labels }, (_, i) => {
    let wrong = 0;
    let both = 0;
    let either = 0;
    for (let l = i * labels; l < (i + 1) * labels; l++) {
      wrong += truth[l]! ^ given[l]!;
      both += truth[l]! & given[l]!;
      either += truth[l]! | given[l]!;
    }
    return value(wrong, both, either);
  });
  return meanOf(loss);
}

const total = (v: Float64Array) => v.reduce((a, b) => a + b, 0);

const prepare: Readonly<Record<LabelScore['id'], (s: Labelled) => Prepared>> = {
  exact_match: (s) => fromRows(s, (wrong) => Number(wrong === 0)),
  hamming_loss: (s) => fromRows(s, (wrong) => wrong / s.labels),
  f1_macro: (s) =>
    fromTotals(s, (hits, both) => {
      const seen = [...both.keys()].filter((l) => both[l]! > 0);
      return seen.length ? seen.reduce((sum, l) => sum + (2 * hits[l]!) / both[l]!, 0) / seen.length : NaN;
    }),
  f1_micro: (s) => fromTotals(s, (hits, both) => (total(both) > 0 ? (2 * total(hits)) / total(both) : NaN)),
  jaccard: (s) => fromRows(s, (_, both, either) => (either === 0 ? 1 : both / either)),
};

/** The value of each score; NaN where it is undefined. */
export const scoreLabels = (s: Labelled): Record<string, number> => Object.fromEntries(labelScores.map(({ id }) => [id, prepare[id](s)()]));

export interface LabelInput {
  readonly labels: LabelScores['labels'];
  readonly truth: Uint8Array;
  readonly given: Uint8Array;
  /** What the baseline gives the same rows. */
  readonly baseline: Uint8Array;
  readonly weight?: ArrayLike<number>;
  readonly groups?: ArrayLike<number>;
  readonly draws: number;
  readonly seed: number;
}

export async function evaluateLabels(input: LabelInput, tell: Ask): Promise<LabelScores> {
  const { truth, weight } = input;
  const labels = input.labels.length;
  const rows = truth.length / labels;
  const both = [input.given, input.baseline].map((given): Labelled => ({ truth, given, labels }));
  const draws = await resample(
    both.map((s) => labelScores.map(({ id }) => prepare[id](s))),
    rows,
    weight,
    { draws: input.draws, seed: input.seed, groups: input.groups },
    tell,
  );
  // The rarest of having and not having a label bounds what a perfect score can promise.
  let smallest = draws.units;
  for (let l = 0; l < labels; l++) {
    let has = 0;
    for (let i = 0; i < rows; i++) has += truth[i * labels + l]!;
    smallest = Math.min(smallest, Math.max(1, Math.min(has, rows - has)));
  }
  const of = (i: number): Record<string, Interval> =>
    Object.fromEntries(
      labelScores.flatMap(({ id, better }, m) => {
        const value = draws.value[i]![m]!;
        return Number.isFinite(value)
          ? [[id, intervalOf({ id, better, range: [0, 1] }, value, draws.drawn[i]![m]!, draws.units, smallest)]]
          : [];
      }),
    );
  return {
    labels: input.labels,
    rows,
    scores: of(0),
    baseline: of(1),
    difference: differencesOf(
      draws,
      0,
      1,
      labelScores.map((s) => s.id),
    ),
  };
}
