/** Replaces each level by what the target was for it, drawn towards the overall mean. */
import type { Target } from '../../src/core/model.js';
import { takeTarget } from '../../src/core/model.js';
import { Problem } from '../../src/core/problem.js';
import { random, shuffle } from '../../src/core/random.js';
import { columnStep } from '../../src/core/step.js';
import type { Column, ValueColumn } from '../../src/core/table.js';
import { rowNumbers, takeColumn } from '../../src/core/table.js';
import { countLevels, distinct, listed, numberColumn, placesIn } from './columns.js';

const FOLDS = 5;

type Learnt = {
  readonly names: readonly string[];
  /** What is written after the column's name, one per output: a number target and two classes have one. */
  readonly outputs: readonly string[];
  /** Overall mean of each output. */
  readonly overall: Float64Array;
  readonly levels: readonly (readonly string[])[];
  /** For each column, outputs × (levels + 1), row-major; the last of a row is for missing cells. */
  readonly codes: readonly Float64Array[];
};

/** The numbers to average: the target itself, or 1 for rows of a class. */
function signals(target: Target): { readonly names: string[]; readonly values: Float64Array[] } {
  if (target.task === 'number') return { names: ['target mean'], values: [target.y] };
  const wanted = target.levels.length === 2 ? [1] : target.levels.map((_, k) => k);
  return {
    names: wanted.map((k) => `share of ${target.levels[k]}`),
    values: wanted.map((k) => Float64Array.from(target.y, (y) => (y === k ? 1 : 0))),
  };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const v of values) sum += v;
  return values.length ? sum / values.length : 0;
}

/**
 * Empirical Bayes: code = λ · mean of the level + (1 − λ) · overall mean, λ = n σ² / (n σ² + s²),
 * σ² the variance of the target and s² that within the level (both ddof 0).
 */
function codesFor(places: Int32Array, levels: number, y: Float64Array): Float64Array {
  const width = levels + 1;
  const at = (i: number) => (places[i]! < 0 ? levels : places[i]!);
  const count = new Float64Array(width);
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  const overall = mean(y);
  let variance = 0;
  for (let i = 0; i < y.length; i++) {
    count[at(i)]!++;
    sum[at(i)]! += y[i]!;
    variance += (y[i]! - overall) ** 2;
  }
  variance /= Math.max(1, y.length);
  for (let i = 0; i < y.length; i++) squares[at(i)]! += (y[i]! - sum[at(i)]! / count[at(i)]!) ** 2;
  return Float64Array.from(count, (n, l) => {
    if (n === 0) return overall;
    const bottom = variance * n + squares[l]! / n;
    const trust = bottom > 0 ? (variance * n) / bottom : 0;
    return trust * (sum[l]! / n) + (1 - trust) * overall;
  });
}

function learn(columns: readonly Column[], target: Target): Learnt {
  const { names: outputs, values } = signals(target);
  const levels = columns.map((c) => countLevels(c).levels);
  const codes = columns.map((c, j) => {
    const width = levels[j]!.length + 1;
    const places = placesIn(c, levels[j]!);
    const out = new Float64Array(values.length * width);
    values.forEach((y, k) => out.set(codesFor(places, width - 1, y), k * width));
    return out;
  });
  return { names: columns.map((c) => c.name), outputs, overall: Float64Array.from(values, mean), levels, codes };
}

function apply(columns: readonly Column[], state: Learnt): ValueColumn[] {
  const { names, outputs, overall, levels, codes } = state;
  const made = distinct(names.flatMap((name) => outputs.map((o) => `${name} ${o}`)));
  return columns.flatMap((c, j) => {
    const width = levels[j]!.length + 1;
    const places = placesIn(c, levels[j]!);
    return outputs.map((_, k) => {
      const row = codes[j]!.subarray(k * width, (k + 1) * width);
      const values = Float64Array.from(places, (p) => (p === -2 ? overall[k]! : row[p < 0 ? width - 1 : p]!));
      return numberColumn(made[j * outputs.length + k]!, values);
    });
  });
}

/** A fold for every row: shuffled, then dealt class by class so that folds are alike. */
function dealt(target: Target, seed: number): Int32Array {
  const n = target.y.length;
  const order = shuffle(rowNumbers(n), random(seed));
  if (target.task === 'class') {
    const y = target.y;
    // Sorting is stable, so the shuffle stays within each class.
    order.sort((a, b) => y[a]! - y[b]!);
  }
  const folds = new Int32Array(n);
  for (let i = 0; i < n; i++) folds[order[i]!] = i % Math.min(FOLDS, n);
  return folds;
}

export const targetEncode = columnStep({
  id: 'target-encode',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['category'],
  target: true,
  label: 'Mean target of the level',
  help: 'Replaces a level by the mean of the target among its training rows (or the share of each class): one column even for thousands of levels. It looks at the target, so on training rows each fifth is coded by the other four.',
  source: 'Micci-Barreca, SIGKDD Explor. 3 (2001), empirical Bayes; as scikit-learn TargetEncoder with smooth=“auto”.',
  params: {},
  learn(columns, _params, target): Learnt {
    if (!target) throw new Problem('steps/needs-target', { step: 'Mean target of the level' });
    return learn(columns, target);
  },
  apply: (columns, state) => apply(columns, state as Learnt),
  fitTransform(columns, _params, target, seed) {
    const state = learn(columns, target);
    const n = target.y.length;
    const all = apply(columns, state);
    if (n < 2) return { state, columns: all };
    const folds = dealt(target, seed);
    const outputs = all.map((c) => numberColumn(c.name, new Float64Array(n)));
    for (let f = 0; f < Math.min(FOLDS, n); f++) {
      const own: number[] = [];
      const others: number[] = [];
      folds.forEach((g, i) => (g === f ? own : others).push(i));
      const part = learn(
        columns.map((c) => takeColumn(c, others)),
        takeTarget(target, others),
      );
      apply(
        columns.map((c) => takeColumn(c, own)),
        part,
      ).forEach((c, k) => {
        for (let i = 0; i < own.length; i++) outputs[k]!.values[own[i]!] = c.values[i]!;
      });
    }
    return { state, columns: outputs };
  },
  says: (on) => `Replace each level of ${listed(on)} by the mean target (coded by the other folds)`,
  learnt(state) {
    const { names, levels, outputs } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names
      .map((n, j) => `${n}: ${levels[j]!.length} levels → ${outputs.length} ${outputs.length === 1 ? 'column' : 'columns'}`)
      .join('; ');
  },
});
