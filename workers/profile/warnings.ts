/** What about the data may hurt, most harmful first, each with the mends that are offered. */
import type { Task } from '../../src/core/model.js';
import type { Profile, Severity, Warning } from '../../src/core/profile.js';
import type { Table } from '../../src/core/table.js';
import { columnWarnings } from './quality.js';
import { tableWarnings } from './rows.js';
import { targetWarnings } from './target.js';

const weight: Record<Severity, number> = { high: 0, medium: 1, low: 2 };

/** Within a severity: what spoils scores unseen comes first. */
const order = [
  'leak-twin',
  'leak-sum',
  'leak-strong',
  'target-missing',
  'target-constant',
  'few-per-class',
  'few-rows',
  'duplicate-rows',
  'disguised-missing',
  'impossible-value',
  'numbers-in-text',
  'missing',
  'class-imbalance',
  'target-skewed',
  'inconsistent-spellings',
  'row-number',
  'id-like',
  'high-cardinality',
  'constant',
  'near-constant',
  'twin-columns',
  'outliers',
];

export function warnings(
  table: Table,
  profile: Profile,
  about: {
    readonly target?: string | null;
    readonly task?: Task | null;
    /** Further targets: no features either, and what gives one of them away is said as well. */
    readonly also?: readonly { readonly target: string; readonly task: Task }[];
  } = {},
): Warning[] {
  const target = about.target ?? undefined;
  const also = (about.also ?? []).filter((t) => profile.columns.some((c) => c.name === t.target));
  const asked = new Set([target, ...also.map((t) => t.target)]);
  const found = [...tableWarnings(table, profile, target), ...profile.columns.flatMap((c) => columnWarnings(table, c, asked.has(c.name)))];
  if (target !== undefined) {
    const leak = (w: Warning) => w.code.startsWith('leak-');
    const ofTargets = (w: Warning) => w.columns.some((c) => asked.has(c));
    found.push(...targetWarnings(table, profile, target, about.task ?? undefined).filter((w) => !(leak(w) && ofTargets(w))));
    for (const t of also) found.push(...targetWarnings(table, profile, t.target, t.task).filter((w) => leak(w) && !ofTargets(w)));
  }
  const place = (w: Warning) => {
    const at = order.indexOf(w.code);
    return at < 0 ? order.length : at;
  };
  return found.sort((a, b) => weight[a.severity] - weight[b.severity] || place(a) - place(b) || b.count - a.count);
}
