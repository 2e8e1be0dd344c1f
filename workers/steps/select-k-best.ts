/** Keeps the columns that tell most about the target, one by one. */
import type { Target } from '../../src/core/model.js';
import { choice, int } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { isValues } from '../../src/core/table.js';
import { chi2Tail, fTail } from '../evaluate/distributions.js';
import { countLevels, listed, placesIn } from './columns.js';
import { moments, quantile, sortedPresent } from './numbers.js';

type Learnt = {
  readonly names: readonly string[];
  /** −log10 p, or mutual information in nats. */
  readonly scores: Float64Array;
  readonly kept: readonly number[];
};

const PARTS = 10;

/** Group of each row, −1 for missing: the level of a category, else one of ten equally full ranges. */
function groupsOf(c: Column): { readonly at: Int32Array; readonly count: number } {
  if (!isValues(c)) {
    const { levels } = countLevels(c);
    return { at: placesIn(c, levels), count: levels.length };
  }
  const sorted = sortedPresent(c.values);
  const edges = [...new Set(Array.from({ length: PARTS - 1 }, (_, k) => quantile(sorted, (k + 1) / PARTS)))];
  return { at: Int32Array.from(c.values, (v) => (Number.isNaN(v) ? -1 : edges.filter((e) => e <= v).length)), count: edges.length + 1 };
}

/** Rows × classes counts over rows where the column is there. */
function crossed(
  at: Int32Array,
  groups: number,
  y: ArrayLike<number>,
  classes: number,
): { readonly cells: Float64Array; readonly total: number } {
  const cells = new Float64Array(groups * classes);
  let total = 0;
  for (let i = 0; i < at.length; i++) {
    if (at[i]! < 0) continue;
    cells[at[i]! * classes + y[i]!]!++;
    total++;
  }
  return { cells, total };
}

const sums = (cells: Float64Array, groups: number, classes: number) => {
  const row = new Float64Array(groups);
  const col = new Float64Array(classes);
  cells.forEach((n, k) => {
    row[Math.floor(k / classes)]! += n;
    col[k % classes]! += n;
  });
  return { row, col };
};

/** Plug-in mutual information of two groupings, in nats; a missing cell is a group of its own. */
function mutual(c: Column, y: ArrayLike<number>, classes: number): number {
  const { at, count } = groupsOf(c);
  const own = at.map((g) => (g < 0 ? count : g));
  const { cells, total } = crossed(own, count + 1, y, classes);
  const { row, col } = sums(cells, count + 1, classes);
  let sum = 0;
  cells.forEach((n, k) => {
    if (n > 0) sum += (n / total) * Math.log((n * total) / (row[Math.floor(k / classes)]! * col[k % classes]!));
  });
  return Math.max(0, sum);
}

/** One-way analysis of variance of `values` over groups: F and its degrees of freedom. */
function anova(
  values: Float64Array,
  at: ArrayLike<number>,
  groups: number,
): { readonly F: number; readonly d1: number; readonly d2: number } {
  const parts: number[][] = Array.from({ length: groups }, () => []);
  const all: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (at[i]! < 0 || Number.isNaN(values[i]!)) continue;
    parts[at[i]!]!.push(values[i]!);
    all.push(values[i]!);
  }
  const full = parts.filter((p) => p.length > 0);
  const mean = moments(all).mean;
  let between = 0;
  let within = 0;
  for (const part of full) {
    const m = moments(part);
    between += m.n * (m.mean - mean) ** 2;
    within += m.n * m.variance;
  }
  const d1 = full.length - 1;
  const d2 = all.length - full.length;
  return { F: within > 0 ? between / d1 / (within / d2) : between > 0 ? Infinity : 0, d1, d2 };
}

/** −log10 of the p of the test that fits the two kinds; 0 when it cannot be made. */
function strength(c: Column, target: Target): number {
  let p: number;
  if (isValues(c)) {
    if (target.task === 'class') {
      const { F, d1, d2 } = anova(c.values, target.y, target.levels.length);
      p = d1 > 0 && d2 > 0 ? fTail(F, d1, d2) : 1;
    } else {
      const y = target.y.map((v, i) => (Number.isNaN(c.values[i]!) ? NaN : v));
      const a = moments(c.values);
      const b = moments(y);
      let sum = 0;
      for (let i = 0; i < y.length; i++) if (!Number.isNaN(y[i]!)) sum += (c.values[i]! - a.mean) * (y[i]! - b.mean);
      const bottom = a.variance * b.variance;
      const r2 = bottom > 0 ? Math.min(1, (sum / a.n) ** 2 / bottom) : 0;
      p = a.n > 2 ? fTail(r2 < 1 ? (r2 / (1 - r2)) * (a.n - 2) : Infinity, 1, a.n - 2) : 1;
    }
  } else if (target.task === 'number') {
    const { at, count } = groupsOf(c);
    const { F, d1, d2 } = anova(target.y, at, count);
    p = d1 > 0 && d2 > 0 ? fTail(F, d1, d2) : 1;
  } else {
    const { at, count } = groupsOf(c);
    const k = target.levels.length;
    const { cells, total } = crossed(at, count, target.y, k);
    const { row, col } = sums(cells, count, k);
    let chi2 = 0;
    cells.forEach((n, cell) => {
      const expected = (row[Math.floor(cell / k)]! * col[cell % k]!) / total;
      if (expected > 0) chi2 += (n - expected) ** 2 / expected;
    });
    const df = (row.filter((n) => n > 0).length - 1) * (col.filter((n) => n > 0).length - 1);
    p = df > 0 ? chi2Tail(chi2, df) : 1;
  }
  // Beyond 1e-300 the tail is 0 in double precision; such columns are equally sure.
  return Number.isNaN(p) ? 0 : Math.min(300, Math.max(0, -Math.log10(Math.max(p, 1e-300))));
}

export const selectKBest = columnStep({
  id: 'select-k-best',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number', 'category'],
  target: true,
  label: 'Keep the most telling columns',
  help: 'Keeps the columns that go with the target most, each looked at alone. It looks at the target, so it is learnt again in every fold from that fold’s training rows: choosing columns on all rows first would make the score too good.',
  source:
    'Guyon & Elisseeff, JMLR 3 (2003), § 2; tests as scikit-learn SelectKBest (F), χ² for categories. Ambroise & McLachlan, PNAS 99 (2002), on choosing inside the folds.',
  params: {
    k: int({ label: 'How many', help: 'Columns that stay.', default: 10, min: 1, max: 10_000, scale: 'log', tune: [3, 50] }),
    score: choice({
      label: 'Judged by',
      help: 'The test sees straight-line effects of numbers; mutual information sees any, but needs more rows.',
      default: 'test',
      options: { test: 'F-test, or χ² for two categories', information: 'Mutual information' },
    }),
  },
  learn(columns, params, target): Learnt {
    if (!target) throw new Problem('steps/needs-target', { step: 'Keep the most telling columns' });
    let scores: Float64Array;
    if (params.score === 'test') scores = Float64Array.from(columns, (c) => strength(c, target));
    else {
      const y =
        target.task === 'class'
          ? { at: target.y, count: target.levels.length }
          : groupsOf({ name: 'target', kind: 'number', values: target.y });
      scores = Float64Array.from(columns, (c) => mutual(c, y.at, Math.max(1, y.count)));
    }
    const order = columns.map((_, j) => j).sort((a, b) => scores[b]! - scores[a]! || a - b);
    return { names: columns.map((c) => c.name), scores, kept: order.slice(0, params.k).sort((a, b) => a - b) };
  },
  apply(columns, state) {
    const kept = new Set((state as Learnt).kept);
    return columns.filter((_, j) => kept.has(j));
  },
  says: (on, params) => `Keep the ${params.k} columns of ${listed(on)} that tell most about the target (learnt in every fold)`,
  learnt(state) {
    const { names, kept } = state as Learnt;
    return kept.length === names.length
      ? `All ${names.length} columns stay.`
      : `Kept ${kept.length} of ${names.length}: ${listed(
          kept.map((j) => names[j]!),
          6,
        )}.`;
  },
});
