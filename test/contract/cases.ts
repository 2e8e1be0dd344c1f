/** Small tables, contexts and parameter draws that the contract suites share. */
import { matrix, type Matrix } from '../../src/core/matrix.js';
import type { ClassTarget, Context, Model, NumberTarget, Point, Target, Task } from '../../src/core/model.js';
import { active, checked, defaults, type Param, type Params, type Value, type Values } from '../../src/core/param.js';
import { normal, random, splitSeed, type Random } from '../../src/core/random.js';

export const SEED = 11;
export const LEVELS = ['low', 'middle', 'high', 'top'] as const;

/** Makes slow models quick enough to be asked dozens of times; what is checked does not depend on how long they learn. */
export const quick: Readonly<Record<string, Values>> = {
  'hist-gradient-boosting': { max_iter: 15 },
  'gradient-boosting': { n_estimators: 15 },
  adaboost: { n_estimators: 15 },
  'rule-fit': { n_estimators: 10 },
  'explainable-boosting': { max_rounds: 20, outer_bags: 2, learning_rate: 0.1 },
  'random-forest': { n_estimators: 8 },
  'extra-trees': { n_estimators: 8 },
  // Tight, so that a weight of 2 and the row twice end at the same boundary.
  'one-class-svm': { tol: 1e-9 },
  'gaussian-process': { max_iter: 12 },
  'neural-network': { hidden_layer_sizes: [8], max_iter: 4, batch_size: 32 },
  'wide-and-deep': { hidden_layer_sizes: [8], max_iter: 4, batch_size: 32 },
  'residual-network': { width: 8, max_iter: 4, batch_size: 32 },
  // Members that predict classes and numbers alike.
  voting: {
    members: [
      { model: 'decision-tree', params: {} },
      { model: 'k-nearest-neighbours', params: {}, share: 2 },
    ],
  },
  stacking: {
    members: [
      { model: 'decision-tree', params: {} },
      { model: 'k-nearest-neighbours', params: {} },
    ],
    cv: 3,
  },
  calibrated: { members: [{ model: 'k-nearest-neighbours', params: {} }] },
  bagging: { members: [{ model: 'decision-tree', params: {} }] },
};
export const quickParams = (m: Model, given: Values = {}): Values => checked(m.params, { ...quick[m.id], ...given }) as Values;

export interface Told {
  readonly done: number;
  readonly of: number;
  readonly point: Point | undefined;
}
/** A context that remembers what it was told; asks to stop at the report numbered `stopAt` (0 is the first). */
export function context(seed = SEED, stopAt = Infinity): Context & { readonly told: Told[]; readonly notes: string[] } {
  const told: Told[] = [];
  const notes: string[] = [];
  return {
    random: random(seed),
    backend: 'cpu',
    told,
    notes,
    note: (what) => void notes.push(what),
    report: (done, of, point) => {
      told.push({ done, of, point });
      return Promise.resolve(told.length <= stopAt);
    },
  };
}

/** Normal columns; the target follows two of them, with a little noise, and stays above 0, so that models of counts and amounts can be asked. */
export function numbers(rows: number, cols: number, seed = SEED): { X: Matrix; target: NumberTarget } {
  const u = random(splitSeed(seed, 'numbers'));
  const X = matrix(rows, cols);
  for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
  const y = Float64Array.from({ length: rows }, (_, i) => 3 * X.data[i]! - 2 * X.data[(cols > 1 ? rows : 0) + i]! + 20 + 0.3 * normal(u));
  return { X, target: { task: 'number', y } };
}

/** One cloud of points for each class. */
export function clouds(rows: number, cols: number, classes: number, seed = SEED): { X: Matrix; target: ClassTarget } {
  const u = random(splitSeed(seed, 'clouds'));
  const centres = Array.from({ length: classes }, () => Array.from({ length: cols }, () => 1.6 * normal(u)));
  const X = matrix(rows, cols);
  const y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    y[i] = i % classes;
    for (let j = 0; j < cols; j++) X.data[j * rows + i] = centres[y[i]!]![j]! + normal(u);
  }
  return { X, target: { task: 'class', y, levels: LEVELS.slice(0, classes) } };
}

export interface Case {
  readonly name: string;
  readonly X: Matrix;
  readonly target: Target;
}
/** The ordinary cases a model must manage: a number, two classes, three classes. */
export const ordinary = (tasks: readonly Task[], rows = 60, cols = 4): Case[] => [
  ...(tasks.includes('number') ? [{ name: 'number', ...numbers(rows, cols) }] : []),
  ...(tasks.includes('class')
    ? [
        { name: 'two classes', ...clouds(rows, cols, 2) },
        { name: 'three classes', ...clouds(rows, cols, 3) },
      ]
    : []),
];

/** Models that take amounts of 0 or more, and nothing else. */
const amounts: ReadonlySet<string> = new Set(['naive-bayes-multinomial', 'naive-bayes-complement']);
/** A case as this model can take it. */
export const suited = <C extends { readonly X: Matrix }>(m: Model, c: C): C =>
  amounts.has(m.id) ? { ...c, X: { ...c.X, data: c.X.data.map((v) => Math.exp(v)) } } : c;

/** Valid values by chance: from the range that is searched where there is one, else the default or the least value. */
export function draw(specs: Params, u: Random): Values {
  const out: Record<string, Value> = { ...defaults(specs) };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(u() * from.length)]!;
  for (const [name, spec] of Object.entries(specs)) out[name] = drawOne(spec, u, pick);
  // A parameter that plays no part keeps its default, as on screen.
  for (const [name, spec] of Object.entries(specs)) if (!active(specs, out, name)) out[name] = spec.default as Value;
  return out;
}

function drawOne(spec: Param, u: Random, pick: <T>(from: readonly T[]) => T): Value {
  switch (spec.kind) {
    case 'flag':
      return u() < 0.5;
    case 'choice':
      return pick(Object.keys(spec.options));
    case 'text':
    case 'members':
      return spec.default;
    case 'list':
      return spec.tune ? pick(spec.tune) : spec.default;
    default: {
      if (spec.none !== undefined && u() < 0.2) return null;
      const [lo, hi] = spec.tune ?? [spec.min, spec.default ?? spec.min];
      const t = u();
      const value = spec.scale === 'log' && lo > 0 ? lo * (hi / lo) ** t : lo + (hi - lo) * t;
      return spec.kind === 'int' ? Math.round(value) : Math.min(hi, Math.max(lo, value));
    }
  }
}

/** Numbers and bytes of a plain thing as one text: equal texts are equal bytes. */
export function bytesOf(v: unknown): string {
  return JSON.stringify(v, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? `${value.constructor.name}:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}`
      : value,
  );
}
