/** Further targets of a design: each a design of its own, with the same columns, the same rows and the same cut, but for rows that lack its value. */
import type { ClassTarget, Target } from '../src/core/model.js';
import { Problem } from '../src/core/problem.js';
import { columnOf, isValues, missingAt, type Column } from '../src/core/table.js';
import { furtherOf, type FurtherTarget } from '../src/core/workflow.js';
import { checkMetric, classTarget, many, MAX_CLASSES, MIN_ROWS, varies, type Design } from './design.js';

/** One design for each further target, in order; a Problem names the one that cannot be worked on. */
export function furtherDesigns(d: Design): Design[] {
  const seen = new Set([d.workflow.problem.target]);
  return furtherOf(d.workflow).map((t) => {
    if (seen.has(t.target)) throw new Problem('problem/target-twice', { column: t.target });
    seen.add(t.target);
    return furtherDesign(d, t);
  });
}

function furtherDesign(d: Design, t: FurtherTarget): Design {
  const name = t.target;
  const column = columnOf(d.table, name);
  if (!column) throw new Problem('problem/target-gone', { column: name });
  const notes: string[] = [];
  const has = Uint8Array.from({ length: d.table.rows }, (_, i) => Number(!missingAt(column, i)));
  const bare = t.task === 'class' ? classesOf(column, name, has, notes) : valuesOf(column, name);
  const known = has.reduce((a, b) => a + b, 0);
  if (known === 0) throw new Problem('problem/empty-target', { column: name });
  if (known < MIN_ROWS) throw new Problem('problem/few-with-target', { column: name, rows: known, least: MIN_ROWS });
  if (known < has.length)
    notes.unshift(`${many(has.length - known, 'row')} without a value of “${name}” left out of learning and judging it.`);
  const target: Target = d.target.weight ? { ...bare, weight: d.target.weight } : bare;
  checkMetric(t.metric, target);

  const only = (rows: Uint32Array) => rows.filter((i) => has[i] === 1);
  const training = only(d.training);
  const first = training[0];
  if (first === undefined || !varies(target, training))
    throw new Problem(varies(target, only(Uint32Array.from(has, (_, i) => i))) ? 'problem/one-sided-target' : 'problem/constant-target', {
      column: name,
      value: first === undefined ? '' : target.task === 'class' ? target.levels[target.y[first]!]! : String(target.y[first]),
    });
  // The cut was made by the first target: a fold may have none of a class of this one to learn from, and says nothing then.
  const folds = d.folds
    .map((part) => ({ train: only(part.train), test: only(part.test) }))
    .filter((part) => part.test.length > 0 && part.train.length > 1 && (t.task === 'number' || varies(target, part.train)));
  const { also: _also, chain: _chain, ...problem } = d.workflow.problem;
  return {
    ...d,
    workflow: { ...d.workflow, problem: { ...problem, target: name, task: t.task, positive: t.positive, metric: t.metric, success: null } },
    target,
    training,
    holdout: only(d.holdout),
    folds,
    notes,
  };
}

function valuesOf(c: Column, name: string): Target {
  if (!isValues(c)) throw new Problem('problem/text-target', { column: name });
  return { task: 'number', y: c.values.slice() };
}

/** Classes with one example are left out, as those of the first target are: `has` is cleared there. */
function classesOf(c: Column, name: string, has: Uint8Array, notes: string[]): ClassTarget {
  const all = classTarget(c);
  if (all.levels.length > MAX_CLASSES)
    throw new Problem('problem/too-many-classes', { column: name, classes: all.levels.length, most: MAX_CLASSES });
  const counts = new Int32Array(all.levels.length);
  for (const k of all.y) if (k >= 0) counts[k]!++;
  const rare = all.levels.filter((_, k) => counts[k] === 1);
  if (rare.length === 0) return all;
  if (all.levels.length - rare.length < 2) throw new Problem('problem/one-example', { column: name, class: rare[0]! });
  const levels = all.levels.filter((_, k) => counts[k]! > 1);
  const place = all.levels.map((l) => levels.indexOf(l));
  const y = all.y.map((k) => (k < 0 ? -1 : place[k]!));
  y.forEach((k, i) => {
    if (k < 0) has[i] = 0;
  });
  notes.push(
    rare.length === 1
      ? `The class “${rare[0]}” of “${name}” has one example, which cannot be both learnt and tested: its row is left out there.`
      : `${rare.length} classes of “${name}” have one example each, which cannot be both learnt and tested: those rows are left out there.`,
  );
  return { task: 'class', y, levels };
}
