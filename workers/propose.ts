/** What the app would pose as the problem for this data: target, task, positive class, metric, roles, split, each with a reason. */
import { countText } from '../src/core/count.js';
import type { Task } from '../src/core/model.js';
import { Problem } from '../src/core/problem.js';
import type { ColumnProfile, Profile } from '../src/core/profile.js';
import type { Proposal } from '../src/core/protocol.js';
import { columnOf, isCodes, type CodeColumn, type Table } from '../src/core/table.js';
import { furtherOf, type ColumnPlan, type FurtherTarget, type ProblemPlan, type SplitPlan, type Workflow } from '../src/core/workflow.js';
import { classTarget } from './design.js';
import { metrics, proposeMetric } from './evaluate/metrics/index.js';

/** Names that people give to what they want to know, strongest first. */
const TARGET_NAMES: readonly RegExp[] = [
  /^(target|label|class|y|outcome|response|dependent)$/i,
  /^(churn(ed)?|survived|survival|diagnosis|default(ed)?|fraud|is_?fraud|species|quality|income|spam|attrition|status|result|approved|won|winner|grade|score|rating|category|type)$/i,
  /(price|cost|charges|salary|wage|revenue|sales|amount|demand|load|value|mpg|count|cnt|total|target|label|class)$/i,
];
/** Whole numbers with at most this many different values read as classes. */
const MAX_CODES = 10;

export function taskOf(c: ColumnProfile): { task: Task; why: string } {
  if (c.kind === 'category' || c.kind === 'text')
    return {
      task: 'class',
      why:
        c.distinct === 1
          ? `“${c.name}” holds one text only.`
          : `“${c.name}” holds ${countText(c.distinct)} different texts, so each is a class.`,
    };
  if (c.kind === 'time') return { task: 'number', why: `“${c.name}” holds times, which lie on a line.` };
  if (c.distinct === 2) return { task: 'class', why: `“${c.name}” has only two values, so it reads as two classes.` };
  const whole = c.top.length > 0 && c.top.every(([v]) => Number.isInteger(Number(v)));
  if (whole && c.distinct <= MAX_CODES && c.distinct < (c.rows - c.missing) / 5)
    return {
      task: 'class',
      why: `“${c.name}” has only ${c.distinct} different whole numbers, so each reads as a class. Choose number if their size matters most.`,
    };
  return { task: 'number', why: `“${c.name}” holds ${countText(c.distinct)} different numbers, so it is predicted as a number.` };
}

/** Columns that could be what to predict, best first. */
export function proposeTargets(profile: Profile): { name: string; why: string }[] {
  const names = new Set(profile.columns.map((c) => c.name.trim().toLowerCase()));
  // Beside x and z, y is a place and not an answer.
  const place = (name: string) => /^y$/i.test(name) && names.has('x') && names.has('z');
  const rated = profile.columns.map((c, i) => {
    const usable = c.distinct >= 2 && c.missing < c.rows * 0.5 && c.kind !== 'time' && !(c.kind === 'text' && c.distinct > 50);
    if (!usable || (c.suggestion.role === 'ignore' && c.distinct > 2)) return null;
    const name = place(c.name.trim()) ? -1 : TARGET_NAMES.findIndex((r) => r.test(c.name.trim()));
    const last = i === profile.columns.length - 1;
    const first = i === 0;
    const { task } = taskOf(c);
    const score =
      (name >= 0 ? 6 - name : 0) +
      (last ? 3 : 0) +
      (first && task === 'class' ? 1.5 : 0) +
      (task === 'class' && c.distinct <= 20 ? 0.5 : 0) -
      c.missing / c.rows;
    const why =
      name >= 0
        ? `Its name is one that is often given to what is to be predicted${last ? ', and it is the last column' : ''}.`
        : last
          ? 'It is the last column, where the target often stands.'
          : first && task === 'class'
            ? 'It is the first column and has few different values.'
            : `It has ${countText(c.distinct)} different values and ${c.missing ? 'few' : 'none'} missing.`;
    return { name: c.name, why, score, i };
  });
  return rated
    .filter((r) => r !== null)
    .sort((a, b) => b.score - a.score || b.i - a.i)
    .map(({ name, why }) => ({ name, why }));
}

/** The level that is most likely meant by “yes”. */
function positiveOf(levels: readonly string[], counts: readonly number[]): string {
  const yes = levels.find((l) =>
    /^(yes|true|1|y|t|positive|pos|malignant|m|churn(ed)?|fraud|spam|default(ed)?|sick|disease|present|died|dead|won|win|good|approved|survived|>50k)$/i.test(
      l.trim().replace(/['".]/g, ''),
    ),
  );
  if (yes !== undefined) return yes;
  return counts[0]! < counts[1]! ? levels[0]! : levels[1]!;
}

/** How a column would be predicted beside the target. */
export function proposeFurther(table: Table, profile: Profile, name: string, wanted?: Task): FurtherTarget {
  const column = profile.columns.find((c) => c.name === name);
  if (!column) throw new Problem('problem/target-gone', { column: name });
  const task = wanted ?? taskOf(column).task;
  const asked = task === 'class' ? classesOf(table, name) : null;
  return {
    target: name,
    task,
    positive: asked?.levels.length === 2 ? positiveOf(asked.levels, asked.counts) : null,
    metric: proposeMetric(task, asked?.counts).id,
  };
}

function classesOf(table: Table, name: string): { readonly levels: readonly string[]; readonly counts: number[] } {
  const { y, levels } = classTarget(columnOf(table, name)!);
  const counts = new Array<number>(levels.length).fill(0);
  for (const k of y) if (k >= 0) counts[k]!++;
  return { levels, counts };
}

/** What stays of the further targets: not the target itself, nor a column that is gone or no longer read as numbers. What was chosen stands as long as it makes sense. */
function furtherLeft(table: Table, w: Workflow, profile: Profile, target: string | null): readonly FurtherTarget[] {
  const kinds = new Map(profile.columns.map((c) => [c.name, c.kind]));
  const fits = (t: FurtherTarget) => {
    const kind = kinds.get(t.target);
    return kind !== undefined && (t.task === 'class' || kind === 'number' || kind === 'time');
  };
  return furtherOf(w)
    .filter((t) => t.target !== target && fits(t))
    .map((t) => {
      if (t.task !== 'class') return t;
      const { levels, counts } = classesOf(table, t.target);
      const two = levels.length === 2;
      const stands = two ? t.positive !== null && levels.includes(t.positive) : t.positive === null;
      const positive = stands ? t.positive : two ? positiveOf(levels, counts) : null;
      const binary = t.metric !== null && metrics.get(t.metric)?.binary === true;
      return { ...t, positive, metric: binary && !two ? proposeMetric('class', counts).id : t.metric };
    });
}

export function propose(table: Table, profile: Profile, w: Workflow, wanted?: string): Proposal {
  const targets = proposeTargets(profile);
  const name = wanted ?? w.problem.target ?? targets[0]?.name ?? null;
  const column = name === null ? undefined : profile.columns.find((c) => c.name === name);
  if (wanted !== undefined && !column) throw new Problem('problem/target-gone', { column: wanted });
  const also = furtherLeft(table, w, profile, name);
  const asked = new Set([name, ...also.map((t) => t.target)]);
  const columns: ColumnPlan[] = profile.columns.map((c) => {
    const before = w.columns.find((p) => p.name === c.name);
    if (asked.has(c.name)) return { name: c.name, kind: c.kind, role: 'target', why: '' };
    if (before && before.why === '' && before.role !== 'target') return { ...before, kind: c.kind };
    const told = columnOf(table, c.name);
    if (told?.kind === 'text' && isCodes(told) && sentences(told))
      return { name: c.name, kind: c.kind, role: 'feature', why: 'It holds sentences: their words become features.', known: before?.known };
    return { name: c.name, kind: c.kind, role: c.suggestion.role, why: c.suggestion.why, known: before?.known };
  });
  const base: SplitPlan = { ...w.split };
  if (!column || !name) return { columns, problem: withFurther(w.problem, also), split: base, targets, whySplit: '', whyMetric: '' };

  const { task, why: whyTask } =
    w.problem.target === name && w.problem.task && w.problem.whyTask === '' ? { task: w.problem.task, why: '' } : taskOf(column);
  let positive: string | null = null;
  let classCounts: number[] | undefined;
  if (task === 'class') {
    const t = classesOf(table, name);
    const { counts } = t;
    classCounts = counts;
    if (t.levels.length === 2)
      positive = w.problem.positive !== null && t.levels.includes(w.problem.positive) ? w.problem.positive : positiveOf(t.levels, counts);
  }
  const metric = proposeMetric(task, classCounts);
  // The same question on data read anew: what the person chose stands, as long as it makes sense.
  const same = w.problem.target === name && w.problem.task === task;
  const before = same && w.problem.metric !== null ? metrics.get(w.problem.metric) : undefined;
  const fits = before !== undefined && before.tasks.includes(task) && (!before.binary || classCounts?.length === 2);
  const problem: ProblemPlan = {
    ...withFurther(w.problem, also),
    target: name,
    task,
    whyTarget:
      wanted === undefined && w.problem.target === null ? (targets[0]?.why ?? '') : w.problem.target === name ? w.problem.whyTarget : '',
    whyTask,
    positive,
    metric: fits ? before.id : metric.id,
    success: fits ? w.problem.success : null,
  };
  const { split, why: whySplit } = proposeSplit(base, task, profile, columns, fits);
  return { columns, problem, split, targets, whySplit, whyMetric: metric.why };
}

/** The same problem with these further targets; without a word of them where there are none. */
export function withFurther({ also: _also, chain, ...problem }: ProblemPlan, also: readonly FurtherTarget[]): ProblemPlan {
  return also.length ? { ...problem, also, ...(chain ? { chain } : {}) } : problem;
}

/** Free text with enough words to learn from, where names and codes have a few. */
const LEAST_WORDS = 8;
function sentences(c: CodeColumn): boolean {
  const some = c.levels.slice(0, 500);
  const words = some.reduce((sum, text) => sum + (text.match(/[\p{L}\p{N}_]{2,}/gu)?.length ?? 0), 0);
  return some.length >= 20 && words / some.length >= LEAST_WORDS;
}

function proposeSplit(
  base: SplitPlan,
  task: Task,
  profile: Profile,
  columns: readonly ColumnPlan[],
  keepShare: boolean,
): { split: SplitPlan; why: string } {
  const group = columns.find((c) => c.role === 'group');
  if (group) return { split: { ...base, method: 'group', column: group.name }, why: `Rows of one “${group.name}” stay together.` };
  const order = columns.find((c) => c.role === 'order');
  if (order)
    return { split: { ...base, method: 'time', column: order.name }, why: `Training never comes after testing in “${order.name}”.` };
  // Small data: a bigger share and fewer folds would each be too thin.
  const holdout = keepShare ? base.holdout : profile.rows < 100 ? 0.25 : 0.2;
  const method = task === 'class' ? 'stratified' : 'k-fold';
  const why =
    task === 'class'
      ? `${Math.round(holdout * 100)} % of the rows are kept back, with the classes in the same shares on both sides.`
      : `${Math.round(holdout * 100)} % of the rows, drawn at random, are kept back.`;
  const time = columns.find((c) => c.kind === 'time' && c.role === 'feature');
  const past = time ? ` If it will be used on what comes after these rows, split into past and future by “${time.name}” instead.` : '';
  return { split: { ...base, method, column: null, holdout }, why: why + past };
}
