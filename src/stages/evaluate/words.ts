/** What the numbers of an evaluation mean, in sentences that claim no more than their intervals allow. */
import type { Evaluation, Interval } from '../../core/evaluation.js';
import type { MetricDeclaration } from '../../core/metric.js';
import type { Run } from '../../core/protocol.js';
import { countText, numberText, percentText, scoreText } from '../../parts/numbers.js';

export type Standing = 'better' | 'worse' | 'unclear';
type Better = MetricDeclaration['better'];

/** Where the whole interval of a difference (model − baseline) lies. */
export function standing(difference: Interval | undefined, better: Better): Standing {
  if (!difference) return 'unclear';
  const { low, high } = difference;
  if (better === 'higher' ? low > 0 : high < 0) return 'better';
  return (better === 'higher' ? high < 0 : low > 0) ? 'worse' : 'unclear';
}

export { scoreText };
export const intervalText = (i: Pick<Interval, 'low' | 'high'>): string => `${scoreText(i.low)} to ${scoreText(i.high)}`;

/** A label inside a sentence: “accuracy”, but “ROC AUC”, “R²” and people's names as they are. */
export const inSentence = (label: string): string =>
  /^\p{Lu}\p{Ll}/u.test(label) && !/^(Brier|Cohen|Matthews)/.test(label) ? label[0]!.toLowerCase() + label.slice(1) : label;

export const times = (n: number): string => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`);

export interface Verdict {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
  /** What follows from it. */
  readonly next: string;
}

export function verdict(e: Evaluation, metric: Pick<MetricDeclaration, 'id' | 'label' | 'better'>): Verdict {
  const score = e.scores[metric.id];
  if (!score)
    return {
      tone: 'warn',
      text: `${metric.label} is not defined for these rows.`,
      next: 'Read the other scores below, or choose another metric under Problem.',
    };
  const base = e.baseline[metric.id];
  const stands = standing(e.difference[metric.id], metric.better);
  const lead = { better: 'Better than guessing', worse: 'Worse than guessing', unclear: 'Not surely better than guessing' }[stands];
  const against = base ? ` against ${scoreText(base.value)}` : '';
  const s = e.success?.metric === metric.id ? e.success : undefined;
  const line = s
    ? `; the success line ${numberText(s.line)} is ${s.met === 'yes' ? 'reached' : s.met === 'no' ? 'not reached' : 'not surely reached'}`
    : '';
  const text = `${lead}: ${inSentence(metric.label)} ${scoreText(score.value)} (95 %: ${intervalText(score)})${against}${line}.`;
  if (stands === 'worse')
    return {
      tone: 'bad',
      text,
      next: 'Do not use this model. A constant answer does better; look for columns that carry more about the target.',
    };
  if (stands === 'unclear')
    return {
      tone: 'warn',
      text,
      next: `With ${countText(e.rows)} rows held back, its lead over a constant answer may be luck. More rows, or better columns, would tell.`,
    };
  if (s?.met === 'no')
    return {
      tone: 'warn',
      text,
      next: 'It has learnt something, but less than you asked for. Other columns, other models or tuning may get further.',
    };
  if (s?.met === 'unclear')
    return {
      tone: 'warn',
      text,
      next: `The interval lies on both sides of the line; ${percentText(s.probability, 0)} of redrawn holdouts reach it. More rows would make it narrower.`,
    };
  return {
    tone: 'good',
    text,
    next: s
      ? 'It does what you asked for. Look below where it errs before it is used.'
      : 'No success line was set, so whether this is good enough is yours to say.',
  };
}

/** Runs that have a score, best first by the cross-validated mean. */
export function ranked<R extends Pick<Run, 'cv' | 'problem'>>(runs: readonly R[], metric: string, better: Better): R[] {
  const sign = better === 'higher' ? -1 : 1;
  const of = (r: R) => r.cv[metric]?.mean ?? null;
  return runs.filter((r) => !r.problem && of(r) !== null).sort((a, b) => sign * (of(a)! - of(b)!));
}

/** Whether ranges around values, or sets of classes, kept their word on rows the model had not seen. */
export function coverageText(e: Evaluation): string | null {
  const c = e.coverage;
  if (!c) return null;
  const said = percentText(c.level, 0);
  const what = e.task === 'number' ? 'ranges around its values' : 'sets of likely classes';
  const width =
    e.task === 'number'
      ? `they are ${numberText(c.width, 3)} wide on average`
      : `they hold ${numberText(c.width, 3)} ${c.width === 1 ? 'class' : 'classes'} on average`;
  const kept = c.low > c.level ? 'more often than they must' : c.high < c.level ? 'too narrow: take a surer level' : 'as often as they say';
  return `Its ${said} ${what} held the truth in ${percentText(c.value)} of rows (95 %: ${percentText(c.low)} to ${percentText(c.high)}), ${kept}; ${width}.`;
}
