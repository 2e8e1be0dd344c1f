/** From a table and a workflow to what training sees: target, features, population, holdout, folds. Learns nothing. */
import { countText } from '../src/core/count.js';
import type { ClassTarget, NumberTarget, Target } from '../src/core/model.js';
import { Problem } from '../src/core/problem.js';
import { random, splitSeed } from '../src/core/random.js';
import type { Part, SplitInput } from '../src/core/split.js';
import { selected, type RowStep, type Use } from '../src/core/step.js';
import {
  cellText,
  columnOf,
  isCodes,
  isValues,
  missingAt,
  rowNumbers,
  takeColumn,
  takeRows,
  type Column,
  type Table,
  type ValueColumn,
} from '../src/core/table.js';
import { furtherOf, type Workflow } from '../src/core/workflow.js';
import { checked } from '../src/core/param.js';
import { metrics } from './evaluate/metrics/index.js';
import { splits } from './evaluate/splits/index.js';
import { steps } from './steps/index.js';

/** Fewer rows than this cannot be cut into training, testing and folds. */
export const MIN_ROWS = 10;
export const MAX_CLASSES = 200;

export interface Design {
  readonly workflow: Workflow;
  /** The table as it was read. */
  readonly source: Table;
  readonly target: Target;
  /** Feature columns, for the rows kept. */
  readonly columns: readonly Column[];
  /** All columns, for the rows kept: row steps and slices look at these. */
  readonly table: Table;
  /** The row of the file's table that each kept row was. */
  readonly rows: Uint32Array;
  /** Kept rows that learn, and kept rows that are held out; ascending. */
  readonly training: Uint32Array;
  readonly holdout: Uint32Array;
  /** Cross-validation inside the training rows, in numbers of kept rows. */
  readonly folds: readonly Part[];
  /** Group number per kept row, when rows belong together. */
  readonly groups: Int32Array | null;
  readonly notes: readonly string[];
}

/** The metric that decides, where the person has chosen none. */
export const metricFor = ({ metric, task }: Pick<Workflow['problem'], 'metric' | 'task'>): string =>
  metric ?? (task === 'number' ? 'rmse' : 'accuracy');

export const rowStepOf = (use: Use): RowStep | null => {
  const step = stepOf(use);
  return step.type === 'row' ? step : null;
};

export function stepOf(use: Use) {
  const step = steps.get(use.step);
  if (!step) throw new Problem('step/unknown', { step: use.step });
  return step;
}

/** Runs one row step; the numbers of the rows that stay: all of them when it was put on no column that is here. */
export function stay(step: RowStep, use: Use, table: Table): Uint32Array {
  const on = selected(use.on, table.columns, step.kinds);
  return on.length ? step.rows(table, on, checked(step.params, use.params)) : rowNumbers(table.rows);
}

/** A class target: levels in numeric order when all are numbers, else in code-unit order, whatever the order in the file. */
export function classTarget(c: Column): ClassTarget {
  const texts = new Map<string, number>();
  const n = isCodes(c) ? c.codes.length : c.values.length;
  for (let i = 0; i < n; i++) if (!missingAt(c, i)) texts.set(cellText(c, i), 0);
  const levels = [...texts.keys()];
  if (levels.every((l) => l.trim() !== '' && Number.isFinite(Number(l)))) levels.sort((a, b) => Number(a) - Number(b));
  else levels.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  levels.forEach((l, i) => texts.set(l, i));
  const y = new Int32Array(n);
  for (let i = 0; i < n; i++) y[i] = missingAt(c, i) ? -1 : texts.get(cellText(c, i))!;
  return { task: 'class', y, levels };
}

export const many = (n: number, one: string, more = `${one}s`) => `${countText(n)} ${n === 1 ? one : more}`;

export function makeDesign(table: Table, w: Workflow): Design {
  const { target: name, task } = w.problem;
  if (!name || !task) throw new Problem('problem/no-target');
  const source = columnOf(table, name);
  if (!source) throw new Problem('problem/target-gone', { column: name });
  if (task === 'number' && !isValues(source)) throw new Problem('problem/text-target', { column: name });
  const notes: string[] = [];
  const weighing = weightColumn(table, w);

  // Who is in: rows with a target and a weight, after the row steps that define the population.
  let rows = rowNumbers(table.rows).filter((i) => !missingAt(source, i));
  if (rows.length === 0) throw new Problem('problem/empty-target', { column: name });
  if (rows.length < table.rows) notes.push(`${many(table.rows - rows.length, 'row')} without a value of “${name}” left out.`);
  if (weighing) {
    const counting = rows.filter((i) => weighing.values[i]! > 0);
    if (counting.length === 0) throw new Problem('fit/no-weight');
    if (counting.length < rows.length)
      notes.push(`${many(rows.length - counting.length, 'row')} without a weight in “${weighing.name}” left out.`);
    rows = counting;
  }
  const method = splits.get(w.split.method);
  if (!method) throw new Problem('split/unknown', { split: w.split.method });
  const by = w.split.column === null ? undefined : columnOf(table, w.split.column);
  if (!by && (method.needs === 'groups' || method.needs === 'order'))
    throw new Problem('split/no-column', { split: method.label, needs: method.needs });
  if (by && method.needs === 'order') {
    // A row without a time is neither past nor future.
    const placed = rows.filter((i) => !missingAt(by, i));
    if (placed.length < rows.length) notes.push(`${many(rows.length - placed.length, 'row')} without a value of “${by.name}” left out.`);
    rows = placed;
  }
  let kept = takeRows(table, rows);
  for (const use of w.recipe) {
    if (use.off) continue;
    const step = rowStepOf(use);
    if (step?.before !== 'split') continue;
    const staying = stay(step, use, kept);
    if (staying.length === kept.rows) continue;
    rows = Uint32Array.from(staying, (i) => rows[i]!);
    kept = takeRows(kept, staying);
  }
  const spoken = () => columnOf(kept, name)!;

  if (task === 'class') {
    // A class with one example can be learnt or tested, not both.
    const t = classTarget(spoken());
    const counts = new Int32Array(t.levels.length);
    for (const c of t.y) counts[c]!++;
    const rare = t.levels.filter((_, i) => counts[i] === 1);
    if (t.levels.length > MAX_CLASSES)
      throw new Problem('problem/too-many-classes', { column: name, classes: t.levels.length, most: MAX_CLASSES });
    if (rare.length && t.levels.length - rare.length >= 2) {
      const staying = rowNumbers(kept.rows).filter((i) => counts[t.y[i]!]! > 1);
      rows = Uint32Array.from(staying, (i) => rows[i]!);
      kept = takeRows(kept, staying);
      notes.push(
        rare.length === 1
          ? `The class “${rare[0]}” has one example, which cannot be both learnt and tested: its row is left out.`
          : `${rare.length} classes have one example each, which cannot be both learnt and tested: those rows are left out.`,
      );
    } else if (rare.length) throw new Problem('problem/one-example', { column: name, class: rare[0]! });
  }
  if (kept.rows < MIN_ROWS) throw new Problem('problem/too-few-rows', { rows: kept.rows, least: MIN_ROWS });
  const bare = targetOf(spoken(), task, name);
  const target: Target = weighing ? { ...bare, weight: Float64Array.from(rows, (i) => weighing.values[i]!) } : bare;
  checkMetric(w.problem.metric, target);

  // Nobody who asks for several answers has one of them at hand: a further target is never a feature, whatever its role says.
  const asked = new Set([name, ...furtherOf(w).map((t) => t.target)]);
  const features = new Set(w.columns.filter((c) => c.role === 'feature' && c.known !== 'no' && !asked.has(c.name)).map((c) => c.name));
  const columns = kept.columns.filter((c) => features.has(c.name));
  if (columns.length === 0) throw new Problem(table.columns.length === 1 ? 'problem/one-column' : 'problem/no-features', { column: name });

  // How rows are dealt.
  let groups: Int32Array | null = null;
  const input: { rows: number; classes?: Int32Array; groups?: Int32Array; order?: Float64Array } = { rows: kept.rows };
  if (method.needs === 'classes' && target.task === 'class') input.classes = target.y;
  if (by && method.needs === 'groups') input.groups = groups = groupNumbers(takeColumn(by, rows));
  if (by && method.needs === 'order') input.order = orderOf(takeColumn(by, rows));
  const chosen = method.needs === 'classes' && target.task === 'number' ? splits.get('k-fold')! : method;
  const cut = chosen.holdout(input, w.split.holdout, random(splitSeed(w.seed, 'holdout')));
  const { train: training, test: holdout } = cut;
  if (!varies(target, training)) {
    const value = target.task === 'class' ? target.levels[target.y[training[0]!]!]! : String(target.y[training[0]!]);
    throw new Problem('problem/one-sided-target', { column: name, value });
  }
  if (target.task === 'class') {
    const learnt = new Set(Array.from(training, (i) => target.y[i]!));
    const missed = target.levels.filter((_, k) => !learnt.has(k)).map((l) => `“${l}”`);
    if (missed.length)
      notes.push(
        `${missed.length === 1 ? `The class ${missed[0]} is` : `The classes ${missed.join(', ')} are`} found among the rows held out alone, and cannot be learnt. Cut in another way, rows of every class would be on both sides.`,
      );
  }
  const folds = chosen.folds(pick(input, training), w.split.folds, random(splitSeed(w.seed, 'folds'))).map((part) => ({
    train: part.train.map((i) => training[i]!),
    test: part.test.map((i) => training[i]!),
  }));
  return { workflow: w, source: table, target, columns, table: kept, rows, training, holdout, folds, groups, notes };
}

/** The column that says how many rows each row stands for. */
function weightColumn(table: Table, w: Workflow): ValueColumn | null {
  const plan = w.columns.find((c) => c.role === 'weight' && c.name !== w.problem.target && !furtherOf(w).some((t) => t.target === c.name));
  const c = plan && columnOf(table, plan.name);
  if (!c) return null;
  if (c.kind !== 'number' || !isValues(c)) throw new Problem('problem/text-weight', { column: c.name, kind: c.kind });
  const row = c.values.findIndex((v) => v < 0);
  if (row >= 0) throw new Problem('problem/negative-weight', { column: c.name, value: c.values[row]!, row: row + 1 });
  return c;
}

export function checkMetric(id: string | null, target: Target): void {
  if (id === null) return;
  const m = metrics.get(id);
  if (!m)
    throw new Problem('metric/unknown', {
      metric: id,
      known: [...metrics.values()]
        .filter((o) => o.tasks.includes(target.task))
        .map((o) => o.id)
        .join(', '),
    });
  if (!m.tasks.includes(target.task))
    throw new Problem('metric/not-here', {
      metric: m.label,
      why: `it measures ${target.task === 'class' ? 'numbers, and classes are' : 'classes, and a number is'} predicted`,
    });
  if (m.binary && target.task === 'class' && target.levels.length !== 2)
    throw new Problem('metric/not-here', { metric: m.label, why: `it is for two classes, and there are ${target.levels.length}` });
}

export const varies = ({ y }: Target, rows: Uint32Array): boolean => rows.some((i) => y[i] !== y[rows[0]!]);

function targetOf(c: Column, task: 'class' | 'number', name: string): Target {
  if (task === 'class') {
    const t = classTarget(c);
    if (t.levels.length < 2) throw new Problem('problem/constant-target', { column: name, value: t.levels[0] ?? '' });
    return t;
  }
  if (!isValues(c)) throw new Problem('problem/text-target', { column: name });
  const t: NumberTarget = { task: 'number', y: c.values.slice() };
  if (t.y.every((v) => v === t.y[0])) throw new Problem('problem/constant-target', { column: name, value: String(t.y[0]) });
  return t;
}

function pick(input: SplitInput, rows: Uint32Array): SplitInput {
  const part = (a?: ArrayLike<number>) => a && Array.from(rows, (i) => a[i]!);
  return { rows: rows.length, classes: part(input.classes), groups: part(input.groups), order: part(input.order) };
}

/** One number per level; each missing value is a group of its own. */
function groupNumbers(c: Column): Int32Array {
  const seen = new Map<string, number>();
  const n = isCodes(c) ? c.codes.length : c.values.length;
  let next = 0;
  return Int32Array.from({ length: n }, (_, i) => {
    if (missingAt(c, i)) return next++;
    const text = cellText(c, i);
    let g = seen.get(text);
    if (g === undefined) seen.set(text, (g = next++));
    return g;
  });
}

/** Times and numbers as they are; categories by their texts. NaN where there is none: the split refuses that. */
function orderOf(c: Column): Float64Array {
  if (isValues(c)) return c.values.slice();
  const rank = new Map([...c.levels].sort().map((l, i) => [l, i]));
  return Float64Array.from(c.codes, (k) => (k < 0 ? NaN : (rank.get(c.levels[k]!) ?? NaN)));
}

/** Training rows of a part after the row steps that thin training data; in numbers of kept rows. */
export function thinned(d: Design, train: Uint32Array): Uint32Array {
  let rows = train;
  for (const use of d.workflow.recipe) {
    if (use.off) continue;
    const step = rowStepOf(use);
    if (step?.before !== 'training') continue;
    const staying = stay(step, use, takeRows(d.table, rows));
    if (staying.length < 2) throw new Problem('recipe/no-rows', { step: step.label });
    rows = Uint32Array.from(staying, (i) => rows[i]!);
  }
  return rows;
}

export const columnsAt = (d: Design, rows: Uint32Array): Column[] => d.columns.map((c) => takeColumn(c, rows));

/** The class that is looked for, where there are two: its place among the levels. */
export function positiveOf(w: Workflow, target: Target): number | undefined {
  if (target.task !== 'class' || target.levels.length !== 2) return undefined;
  const i = w.problem.positive === null ? -1 : target.levels.indexOf(w.problem.positive);
  return i < 0 ? 1 : i;
}
