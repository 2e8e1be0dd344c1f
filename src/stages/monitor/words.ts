/** What a drift report means, and what to do next, in sentences. */
import type { ColumnDrift, DriftReport } from '../../core/drift.js';
import type { MetricDeclaration } from '../../core/metric.js';
import { countText, scoreText } from '../../parts/numbers.js';

type Better = MetricDeclaration['better'];
export type Held = 'kept' | 'fallen' | 'risen' | 'unknown';

/** How the score on new rows stands to the interval it had on the holdout. */
export function held(p: DriftReport['performance'], better: Better): Held {
  if (!p?.was) return 'unknown';
  const sign = better === 'higher' ? 1 : -1;
  const [bad, good] = sign > 0 ? [p.was.low, p.was.high] : [p.was.high, p.was.low];
  if (sign * (p.value - bad) < 0) return 'fallen';
  return sign * (p.value - good) > 0 ? 'risen' : 'kept';
}

export interface Verdict {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
  readonly next: readonly string[];
  /** Worth learning from the new rows. */
  readonly retrain: boolean;
}

const listed = (names: readonly string[]) =>
  names.length > 4
    ? `${names
        .slice(0, 3)
        .map((n) => `“${n}”`)
        .join(', ')} and ${names.length - 3} more`
    : names.map((n) => `“${n}”`).join(', ');

/** `metric` is the one the score is measured by, when the new rows had the target. */
export function verdict(r: DriftReport, metric: Pick<MetricDeclaration, 'label' | 'better'> | undefined): Verdict {
  const said = verdictOfRows(r, metric);
  const { missing } = r.schema;
  if (missing.length === 0) return said;
  // What is not in the file cannot be as before, and the rest says little until it is.
  const mend = `Put ${missing.length === 1 ? 'the missing column' : 'the missing columns'} into the file and check it again.`;
  return {
    ...said,
    tone: said.tone === 'good' ? 'warn' : said.tone,
    next: [mend, ...said.next.filter((n) => !n.startsWith('Nothing to do'))],
  };
}

function verdictOfRows(r: DriftReport, metric: Pick<MetricDeclaration, 'label' | 'better'> | undefined): Verdict {
  const gone = worstFirst(r.columns).filter((c) => c.drifted);
  const tested = r.columns.filter((c) => c.test !== 'none' || c.missing.adjusted !== null).length;
  const score = metric ? held(r.performance, metric.better) : 'unknown';
  const moved = gone.length > 0;
  const lead = moved
    ? `${gone.length} of ${tested} ${tested === 1 ? 'column' : 'columns'} ${gone.length === 1 ? 'has' : 'have'} drifted: ${listed(gone.map((c) => c.name))}.`
    : `No drift: none of ${tested} ${tested === 1 ? 'column' : 'columns'} differs from training by more than chance explains.`;
  const p = r.performance;
  const scored =
    p && metric
      ? ` ${metric.label} on ${countText(p.rows)} labelled rows is ${scoreText(p.value)}${score === 'fallen' ? ', worse than it was' : score === 'unknown' ? '' : ', as good as it was'}.`
      : '';
  const text = lead + scored;
  const first =
    'Look at the drifted columns below. A new unit, a new sensor or a changed form is more common than a changed world; mend the file if so.';
  if (score === 'fallen')
    return {
      tone: 'bad',
      text,
      retrain: true,
      next: [
        ...(moved ? [first] : ['The columns look as before, so the way they go with the target has changed.']),
        'Retrain with new rows, judge the new model, and make it the champion if it is better.',
      ],
    };
  if (moved && score === 'unknown')
    return {
      tone: 'warn',
      text,
      retrain: p !== undefined,
      next: [first, 'Find out the true answers for some of these rows and check again: only they tell whether the score has fallen.'],
    };
  if (moved)
    return {
      tone: 'warn',
      text,
      retrain: false,
      next: [first, 'The score has held, so nothing is pressing. Check the next file too; retrain if the drift stays.'],
    };
  return {
    tone: 'good',
    text,
    retrain: false,
    next: [
      score === 'unknown'
        ? 'Nothing to do. Now and then, check a file with the true answers too: a score can fall without any column drifting.'
        : 'Nothing to do. Check again when the next file comes.',
    ],
  };
}

const sizes = { none: 0, moderate: 1, large: 2 } as const;
/** Drifted first, then by how far they moved. */
export const worstFirst = (columns: readonly ColumnDrift[]): ColumnDrift[] =>
  [...columns].sort((a, b) => Number(b.drifted) - Number(a.drifted) || sizes[b.size] - sizes[a.size] || (b.psi ?? -1) - (a.psi ?? -1));
