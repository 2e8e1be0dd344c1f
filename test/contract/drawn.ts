/** Settings and tables by chance, and all that must hold of whatever is learnt from them. */
import { pack, unpack } from '../../src/core/artifact.js';
import type { Form } from '../../src/core/form.js';
import { matrix, take, type Matrix } from '../../src/core/matrix.js';
import { canBeMember, type Context, type Model, type Target, type Task } from '../../src/core/model.js';
import { active, checked, type Member, type Param, type Params, type Value, type Values } from '../../src/core/param.js';
import type { Plain } from '../../src/core/plain.js';
import { Problem } from '../../src/core/problem.js';
import { normal, random, shuffle, splitSeed, type Random } from '../../src/core/random.js';
import { checkForm, contributions, measureForm, predict, rawScores, scores } from '../../workers/forms/index.js';
import { bytesOf, context, LEVELS } from './cases.js';

export interface Drawn {
  readonly X: Matrix;
  readonly target: Target;
  /** Rows of later: other values, gaps where the model takes them, levels that training may lack. */
  readonly fresh: Matrix;
  readonly values: Values;
}

/** Rounds of learning are bounded, so that a fit is short; what is checked does not depend on how long it learns. */
const MOST: Readonly<Record<string, number>> = {
  n_estimators: 10,
  max_rounds: 15,
  outer_bags: 3,
  interactions: 4,
  n_restarts_optimizer: 1,
  max_trials: 100,
  max_subpopulation: 200,
  width: 10,
  n_blocks: 2,
  embedding_width: 6,
  rounds: 20,
  cv: 4,
};
const mostOf = (m: Model, name: string): number =>
  name === 'max_iter' ? (m.family === 'neural' ? 3 : m.takes.chance ? 100 : 2000) : (MOST[name] ?? Infinity);

const pickFrom = <T>(u: Random, from: readonly T[]): T => from[Math.floor(u() * from.length)]!;
const upTo = (u: Random, least: number, most: number): number => least + Math.floor(u() * (most - least + 1));

// ---- Tables

type Draw = () => number;
/** Ways of a quantity; each is asked once per column and then once per cell. */
const quantities: readonly ((u: Random) => Draw)[] = [
  (u) => () => normal(u),
  (u) => () => Math.floor(4 * u()),
  (u) => () => (u() < 0.5 ? 0 : 1),
  (u) => {
    const all = pickFrom(u, [0, 3, -7, 1e30, 1e-30]);
    return () => all;
  },
  (u) => () => normal(u) * 1e30,
  (u) => () => normal(u) * 1e-30,
  (u) => () => 1e6 + normal(u),
  (u) => () => Math.exp(3 * normal(u)),
  (u) => () => (u() < 0.1 ? 1e30 * normal(u) : normal(u)),
  (u) => () => (u() < 0.1 ? 1000 * normal(u) : Math.round(normal(u))),
  (u) => () => (u() < 0.08 ? 1 : 0),
];

function tableOf(m: Model, rows: number, cols: number, u: Random): { X: Matrix; fresh: Matrix } {
  const later = 12;
  const [X, fresh] = [matrix(rows, cols), matrix(later, cols)];
  const levels = new Array<number>(cols).fill(0);
  const amounts = m.id === 'naive-bayes-multinomial' || m.id === 'naive-bayes-complement';
  // Quantities of a model that wants one scale come standardised, most of the time.
  const tame = m.takes.scaled && u() < 0.7;
  const easy = u() < 0.4;
  for (let j = 0; j < cols; j++) {
    const own = X.data.subarray(j * rows, (j + 1) * rows);
    const others = fresh.data.subarray(j * later, (j + 1) * later);
    const kind = u();
    if (m.takes.categories && kind < 0.35) {
      const count = upTo(u, 1, 9);
      levels[j] = count;
      // The last levels are rare: training may lack them.
      for (let i = 0; i < rows; i++) own[i] = Math.min(count - 1, Math.floor(count * u() * u()));
      for (let i = 0; i < later; i++) others[i] = upTo(u, 0, count - 1);
    } else if (j > 0 && kind > 0.9) {
      own.set(X.data.subarray((j - 1) * rows, j * rows));
      others.set(fresh.data.subarray((j - 1) * later, j * later));
      levels[j] = levels[j - 1]!;
      continue;
    } else {
      const draw = (easy ? quantities[0]! : pickFrom(u, quantities))(u);
      for (let i = 0; i < rows; i++) own[i] = amounts ? Math.abs(draw()) : draw();
      for (let i = 0; i < later; i++) others[i] = i % 4 === 3 ? pickFrom(u, [1e30, -1e30, 3e38, 0, -1e9]) : draw();
      if (amounts) others.forEach((v, i) => (others[i] = Math.abs(v)));
      if (tame) standardise(own, others);
    }
    if (!m.takes.missing) continue;
    const gaps = u() < 0.5 ? 0 : u() < 0.1 ? 1 : 0.3 * u();
    for (let i = 0; i < rows; i++) if (u() < gaps) own[i] = NaN;
    for (let i = 0; i < later; i++) if (u() < 0.2) others[i] = NaN;
  }
  return { X: { ...X, levels }, fresh: { ...fresh, levels } };
}

function standardise(own: Float32Array, others: Float32Array): void {
  let mean = 0;
  for (const v of own) mean += v / own.length;
  let variance = 0;
  for (const v of own) variance += (v - mean) ** 2 / own.length;
  const by = Math.sqrt(variance) || 1;
  for (const data of [own, others]) for (let i = 0; i < data.length; i++) data[i] = Math.max(-3e38, Math.min(3e38, (data[i]! - mean) / by));
}

function targetOf(X: Matrix, task: Task, u: Random): Target {
  const n = X.rows;
  const first = X.data;
  const size = 1 + Math.max(0, ...Array.from(first.subarray(0, n), (v) => (Number.isNaN(v) ? 0 : Math.abs(v))));
  const signal = (i: number) => (2 * (Number.isNaN(first[i]!) ? 0 : first[i]!)) / size + 0.3 * normal(u);
  if (task === 'number') {
    const way = upTo(u, 0, 9);
    const constant = pickFrom(u, [0, 4.5, -1e9, 1e-12]);
    const value = (i: number): number => {
      const s = signal(i);
      if (way === 0) return constant;
      if (way === 1) return u() < 0.1 ? 1e9 * s : s;
      if (way === 2) return Math.max(0, Math.round(2 + s));
      if (way === 3) return Math.exp(2 * s);
      if (way === 4) return s * 1e30;
      if (way === 5) return s * 1e-30;
      if (way === 6) return u() < 0.05 ? 1 : 0;
      if (way === 7) return 1e7 + s;
      return s + 5;
    };
    return { task, y: Float64Array.from({ length: n }, (_, i) => value(i)) };
  }
  const classes = upTo(u, 2, LEVELS.length);
  const way = upTo(u, 0, 5);
  const only = upTo(u, 0, classes - 1);
  const y = Int32Array.from({ length: n }, (_, i) => {
    if (way === 0) return only;
    if (way === 1) return i === n - 1 ? only : (only + 1) % classes;
    if (way === 2) return upTo(u, 0, classes - 1);
    if (way === 3) return Math.min(1, classes - 1) * (signal(i) > 0 ? 1 : 0);
    return Math.max(0, Math.min(classes - 1, Math.floor(classes / 2 + signal(i))));
  });
  return { task, y, levels: LEVELS.slice(0, classes) };
}

function weightsOf(n: number, u: Random): Float64Array | undefined {
  const way = upTo(u, 0, 7);
  if (way < 3) return undefined;
  const by = pickFrom(u, [1, 1, 1e-9, 1e9]);
  const own = Float64Array.from({ length: n }, () => {
    if (way === 3) return upTo(u, 0, 2);
    if (way === 4) return u();
    if (way === 5) return Math.exp(6 * normal(u));
    if (way === 6) return u() < 0.6 ? 0 : 1;
    return by;
  });
  if (u() < 0.3) own[upTo(u, 0, n - 1)] = 0;
  return own;
}

// ---- Settings

/** Legal values of every parameter: anywhere in its range, at its ends, none where that is allowed. */
export function drawSettings(m: Model, task: Task, X: Matrix, target: Target, u: Random, others: ReadonlyMap<string, Model>): Values {
  const changed = pickFrom(u, [0.3, 0.6, 1]);
  const out: Record<string, Value> = {};
  for (const [name, spec] of Object.entries(m.params)) {
    const value = drawOne(m, name, spec, { task, X, target, u, others });
    const bounded = (spec.kind === 'int' || spec.kind === 'real') && (spec.default === null || spec.default > mostOf(m, name));
    if (u() < changed || bounded || spec.kind === 'members' || spec.kind === 'list') out[name] = value;
  }
  return out;
}

interface Around {
  readonly task: Task;
  readonly X: Matrix;
  readonly target: Target;
  readonly u: Random;
  readonly others: ReadonlyMap<string, Model>;
}

function drawOne(m: Model, name: string, spec: Param, around: Around): Value {
  const { task, X, target, u, others } = around;
  switch (spec.kind) {
    case 'flag':
      return u() < 0.5;
    case 'choice':
      return pickFrom(u, Object.keys(spec.options));
    case 'text': {
      const words: readonly string[] = name === 'order' && target.task === 'class' ? target.levels : X.names;
      const places = words.map((_, k) => k);
      shuffle(places, u);
      const some = places.slice(0, name === 'order' ? places.length : upTo(u, 0, 2)).map((k) => words[k]!);
      return u() < 0.5 ? '' : some.join(', ').slice(0, spec.maxLength);
    }
    case 'list':
      return Array.from({ length: upTo(u, spec.minLength, Math.min(3, spec.maxLength)) }, () =>
        upTo(u, spec.min, Math.min(spec.max, spec.min + 9)),
      );
    case 'members': {
      const able = [...others.values()].filter((o) => canBeMember(o, task));
      return Array.from({ length: upTo(u, 1, Math.min(3, spec.maxLength)) }, (): Member => {
        const one = pickFrom(u, able);
        const params = drawSettings(one, task, X, target, u, others);
        return { model: one.id, params, ...(u() < 0.5 ? { share: upTo(u, 0, 3) } : {}) };
      });
    }
    default: {
      const most = Math.max(spec.min, Math.min(spec.max, mostOf(m, name)));
      const where = u();
      if (spec.none !== undefined && where < 0.25 && mostOf(m, name) === Infinity) return null;
      if (where < 0.35) return spec.min;
      if (where < 0.45) return most;
      const [lo, hi] = where < 0.7 && spec.tune ? [spec.tune[0], Math.max(spec.tune[0], Math.min(spec.tune[1], most))] : [spec.min, most];
      const t = u();
      const value = spec.scale === 'log' && lo > 0 ? lo * (hi / lo) ** t : lo + (hi - lo) * t;
      return Math.min(most, Math.max(spec.min, spec.kind === 'int' ? Math.round(value) : value));
    }
  }
}

/** Values that play no part go back to what they are by default, half of the time. */
function asOnScreen(specs: Params, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => active(specs, { ...checked(specs, values) }, name)));
}

export function drawCase(m: Model, u: Random, others: ReadonlyMap<string, Model>, most = 60): Drawn {
  const task = pickFrom(u, m.tasks);
  const rows = u() < 0.15 ? upTo(u, 1, 5) : upTo(u, 6, most);
  const { X, fresh } = tableOf(m, rows, upTo(u, 1, 8), u);
  const bare = targetOf(X, task, u);
  const weight = m.takes.weights ? weightsOf(rows, u) : undefined;
  const target: Target = weight ? { ...bare, weight } : bare;
  const values = drawSettings(m, task, X, target, u, others);
  return { X, fresh, target, values: u() < 0.5 ? asOnScreen(m.params, values) : values };
}

// ---- What must hold

/** Finite, and for classes in [0, 1] with rows that sum to 1. */
function sound(form: Form, X: Matrix, where: string): Float64Array {
  const p = predict(form, X);
  if (p.length !== X.rows * form.outputs) throw new Error(`${p.length} predictions (${where})`);
  for (const v of p) if (!Number.isFinite(v)) throw new Error(`a prediction is ${v} (${where})`);
  for (let i = 0; form.outputs > 1 && i < X.rows; i++) {
    const own = p.subarray(i * form.outputs, (i + 1) * form.outputs);
    const sum = own.reduce((a, b) => a + b, 0);
    if (own.some((v) => v < 0 || v > 1) || Math.abs(sum - 1) > 1e-9) throw new Error(`probabilities are ${own.join(', ')} (${where})`);
  }
  return p;
}

/** base + what the inputs add is the raw score, as near as sums of such size can be. */
function explained(form: Form, X: Matrix): void {
  const parts = contributions(form, X);
  if (!parts) return;
  const raw = rawScores(form, X);
  const k = scores(form);
  for (let i = 0; i < X.rows; i++) {
    for (let s = 0; s < k; s++) {
      let sum = parts.base[s]!;
      let size = Math.abs(sum);
      for (let j = 0; j < X.cols; j++) {
        const v = parts.values[(i * X.cols + j) * k + s]!;
        sum += v;
        size += Math.abs(v);
      }
      const off = Math.abs(sum - raw[i * k + s]!);
      if (!(off <= 1e-6 * (size + Math.abs(raw[i * k + s]!)))) throw new Error(`contributions sum to ${sum}, not ${raw[i * k + s]!}`);
    }
  }
}

/** The same plain thing with its fields in one order. */
function inOrder(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(inOrder);
  if (typeof v !== 'object' || v === null || ArrayBuffer.isView(v)) return v;
  return Object.fromEntries(
    Object.entries(v)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, own]) => [k, inOrder(own)]),
  );
}

function wholesome(form: Form, { X, fresh, target }: Drawn, where: string): Float64Array {
  const kept = checkForm(form);
  if (form.inputs !== X.cols || form.outputs !== (target.task === 'class' ? target.levels.length : 1))
    throw new Error('other inputs or outputs');
  if (bytesOf(inOrder(kept)) !== bytesOf(inOrder(form))) throw new Error(`its own check gives another form (${where})`);
  sound(form, X, `${where}, training rows`);
  return sound(form, fresh, `${where}, later rows`);
}

/** Reports until a fit is asked to stop: settings at the ends of their ranges can take long. */
const LONGEST = 25;

/** Fits, and asks all that must hold. The Problem with which the model refuses, or null; what does not hold is thrown. */
export async function tryOut(m: Model, drawn: Drawn, watch: Context['report'] = () => Promise.resolve(true)): Promise<Problem | null> {
  const { X, target, fresh, values } = drawn;
  const params = checked(m.params, values);
  const cost = m.cost?.(
    { rows: X.rows, cols: X.cols, task: target.task, classes: target.task === 'class' ? target.levels.length : 0 },
    params,
  );
  for (const v of [cost?.operations ?? 0, cost?.bytes ?? 0]) if (!(Number.isFinite(v) && v >= 0)) throw new Error(`the forecast is ${v}`);
  const before = bytesOf({ X, target, values });
  const fit = (stopAt = LONGEST, more: Partial<Context> = {}) => {
    const ctx = context(7, stopAt);
    const report: Context['report'] = async (done, of, point) => {
      for (const v of [done, of, point?.train ?? 0, point?.valid ?? 0]) if (!Number.isFinite(v)) throw new Error(`${v} is reported`);
      if (done > of || of !== (ctx.told[0]?.of ?? of)) throw new Error(`${done} of ${of} is reported after ${ctx.told.at(-1)?.of}`);
      if (ctx.told.length > stopAt) throw new Error('a report after “stop”');
      return (await ctx.report(done, of, point)) && (await watch(done, of, point));
    };
    return { ctx, form: m.fit(X, target, params, { ...ctx, report, ...more }) };
  };
  const states: unknown[] = [];
  const one = fit(LONGEST, { save: (state) => void states.push(structuredClone(state())) });
  let form: Form;
  try {
    form = await one.form;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  const bytes = bytesOf(form);
  const later = wholesome(form, drawn, 'form');
  if (bytesOf({ X, target, values }) !== before) throw new Error('its inputs are changed');
  const back = checkForm(unpack(pack(form as unknown as Plain)).state);
  if (bytesOf(predict(back, fresh)) !== bytesOf(later)) throw new Error('packed and unpacked, it predicts otherwise');
  for (const i of [0, fresh.rows - 1]) {
    const own = bytesOf(predict(form, take(fresh, [i])));
    if (own !== bytesOf(later.slice(i * form.outputs, (i + 1) * form.outputs))) throw new Error('a row alone is predicted otherwise');
  }
  explained(form, X);
  const size = measureForm(form);
  if (!(size.bytes >= 0 && Number.isFinite(size.parameters))) throw new Error('its size is no number');
  if (bytesOf(await fit().form) !== bytes) throw new Error('the same seed gives other bytes');
  // What was too long was stopped; gone on from, it would get further.
  const whole = one.ctx.told.length <= LONGEST;
  for (const state of whole ? new Set([states[0], states[states.length >> 1], states.at(-1)]) : []) {
    if (state !== undefined && bytesOf(await fit(LONGEST, { saved: structuredClone(state) }).form) !== bytes)
      throw new Error('a saved state goes on to other bytes');
  }
  const reports = one.ctx.told.length;
  // Where there is nothing to learn, such as a target that never changes, nothing need be reported.
  for (const stopAt of reports === 0 ? [] : new Set([0, reports >> 1]))
    wholesome(await fit(stopAt).form, drawn, `stopped at report ${stopAt}`);
  return null;
}

export const streamOf = (id: string, i: number): Random => random(splitSeed(2027, id, i));
