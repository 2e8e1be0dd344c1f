/** Findings of one kind in several columns are one card: what is said of all, and the mends that fit all. */
import type { Fix, Severity, Warning } from '../../core/profile.js';

export interface Group {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly all: readonly Warning[];
  /** Mends of the whole group, best first; steps of one kind and setting are one step over all their columns. */
  readonly mends: readonly { readonly label: string; readonly fixes: readonly Fix[] }[];
}

/** What many findings of a code are called together; the others stay single. */
const titles: Readonly<Record<string, (n: number) => string>> = {
  missing: (n) => `${n} columns have missing values.`,
  constant: (n) => `${n} columns never change.`,
  'near-constant': (n) => `${n} columns hardly ever change.`,
  'id-like': (n) => `${n} columns look like keys or names.`,
  'high-cardinality': (n) => `${n} columns have very many levels.`,
  'disguised-missing': (n) => `${n} columns seem to write “missing” as a number.`,
  'impossible-value': (n) => `${n} columns hold values that cannot be.`,
  'inconsistent-spellings': (n) => `${n} columns spell the same thing in several ways.`,
  outliers: (n) => `${n} columns have values far from the rest.`,
  'twin-columns': (n) => `${n} columns say the same as another.`,
};
/** Where the reasons of the single findings differ. */
const reasons: Readonly<Record<string, string>> = {
  'disguised-missing': 'Such figures stand for “missing”; taken as numbers they spoil means and models.',
};
const weight: Readonly<Record<Severity, number>> = { high: 2, medium: 1, low: 0 };

/** Steps that treat each column by itself, so that one line can name many. */
const wide = new Set(['impute', 'clip-outliers', 'rare-levels', 'merge-spellings', 'replace-values']);

function together(fixes: readonly Fix[]): Fix[] {
  const out = new Map<string, Fix>();
  for (const fix of fixes) {
    const step = fix.step;
    const key = step && wide.has(step.step) ? `${step.step} ${JSON.stringify(step.params)}` : `${out.size}`;
    const same = out.get(key);
    if (step && same?.step) out.set(key, { ...same, step: { ...same.step, on: [...same.step.on, ...step.on] } });
    else out.set(key, fix);
  }
  return [...out.values()];
}

function mendsOf(all: readonly Warning[]): Group['mends'] {
  const first = all.map((x) => x.fixes[0]);
  if (first.some((f) => f === undefined)) return [];
  const best = first.filter((f) => f !== undefined);
  const labels = [...new Set(best.map((f) => f.label))];
  const small = (l: string) => l.charAt(0).toLowerCase() + l.slice(1);
  const mends = [{ label: labels.length === 1 ? labels[0]! : `Mend all: ${labels.map(small).join(', ')}`, fixes: together(best) }];
  // Another mend that every one of them offers under the same name.
  for (const { label } of all[0]?.fixes.slice(1) ?? []) {
    const each = all.map((x) => x.fixes.find((f) => f.label === label)).filter((f) => f !== undefined);
    if (each.length === all.length && !(labels.length === 1 && labels[0] === label)) mends.push({ label, fixes: together(each) });
  }
  return labels.length > 3 ? mends.slice(1) : mends;
}

/** In the order of the findings: most harmful first. */
export function grouped(found: readonly Warning[]): (Warning | Group)[] {
  // What has no mend here (the target's own) stands alone, so that the others keep theirs.
  const keyOf = (x: Warning) => (x.fixes.length ? x.code : `${x.code}, no mend`);
  const by = new Map<string, Warning[]>();
  for (const x of found) by.set(keyOf(x), [...(by.get(keyOf(x)) ?? []), x]);
  const out: (Warning | Group)[] = [];
  for (const x of found) {
    const all = by.get(keyOf(x)) ?? [];
    const title = titles[x.code];
    if (!title || all.length < 2) out.push(x);
    else if (all[0] === x) {
      const worst = all.reduce((a, b) => (weight[b.severity] > weight[a.severity] ? b : a));
      out.push({
        id: keyOf(x),
        severity: worst.severity,
        title: title(new Set(all.flatMap((w) => w.columns)).size),
        why: reasons[x.code] ?? worst.why,
        all,
        mends: mendsOf(all),
      });
    }
  }
  return out;
}
