/** Runs a recipe: learns each step on the training rows in turn, and applies what was learnt to any rows. */
import type { Model, Target } from '../../src/core/model.js';
import { checked } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { splitSeed } from '../../src/core/random.js';
import type { ColumnStep, FittedStep, RowStep, Step, Use } from '../../src/core/step.js';
import { selected } from '../../src/core/step.js';
import type { Column, Table } from '../../src/core/table.js';
import { columnOf, rowNumbers, takeRows } from '../../src/core/table.js';
import { alignLevels } from './align-levels.js';
import { steps } from './index.js';
import { preparation } from './preparation.js';

function stepOf(id: string): Step {
  const step = id === alignLevels.id ? (alignLevels as Step) : steps.get(id);
  if (!step) throw new Problem('steps/unknown', { step: id });
  return step;
}

/**
 * Columns with the outputs of a step in the place of its inputs. An output named like an input stands where that stood;
 * the others follow the output before them, or stand where the first input stood.
 */
function placed(columns: readonly Column[], on: readonly string[], outputs: readonly Column[]): Column[] {
  const inputs = new Set(on);
  const placeOf = new Map<string, number>();
  columns.forEach((c, j) => inputs.has(c.name) && placeOf.set(c.name, j));
  const first = on.length > 0 ? columns.findIndex((c) => inputs.has(c.name)) : columns.length;
  const behind = new Map<number, Column[]>();
  let at = first < 0 ? columns.length : first;
  for (const output of outputs) {
    at = placeOf.get(output.name) ?? at;
    const list = behind.get(at);
    if (list) list.push(output);
    else behind.set(at, [output]);
  }
  const made = new Set(outputs.map((c) => c.name));
  const out: Column[] = [];
  for (let j = 0; j <= columns.length; j++) {
    out.push(...(behind.get(j) ?? []));
    const c = columns[j];
    if (c && !inputs.has(c.name) && !made.has(c.name)) out.push(c);
  }
  return out;
}

/** The columns named, in that order. */
function pick(columns: readonly Column[], names: readonly string[], step: string): Column[] {
  const byName = new Map(columns.map((c) => [c.name, c]));
  return names.map((name) => {
    const c = byName.get(name);
    if (!c) throw new Problem('steps/missing-column', { column: name, step });
    return c;
  });
}

function fitStep(
  use: Use,
  step: ColumnStep,
  columns: readonly Column[],
  target: Target | undefined,
  seed: number,
): { fitted: FittedStep; columns: Column[] } | null {
  const params = checked(step.params, use.params);
  const named = selected(use.on, columns, step.kinds);
  const on = step.reads ? [...step.reads(named, params)] : named;
  if (on.length === 0) return null;
  const given = pick(columns, on, step.label);
  if (step.target && !target) throw new Problem('steps/needs-target', { step: step.label });
  const crossed = step.fitTransform && target ? step.fitTransform(given, params, target, seed) : null;
  const state = crossed ? crossed.state : step.learn(given, params, target);
  const outputs = crossed ? crossed.columns : step.apply(given, state, params);
  const used = new Set(on);
  const taken = new Set(columns.filter((c) => !used.has(c.name)).map((c) => c.name));
  for (const c of outputs) if (taken.has(c.name)) throw new Problem('steps/name-taken', { column: c.name, step: step.label });
  return { fitted: { step: step.id, version: step.version, on, params, state }, columns: placed(columns, on, outputs) };
}

/**
 * Learns a recipe from training rows only. With `takes`, what that model needs is added at the end.
 * The last fitted step is always the hidden one that fixes columns, order and levels.
 */
export function fitRecipe(
  uses: readonly Use[],
  columns: readonly Column[],
  target: Target | undefined,
  seed: number,
  takes?: Model['takes'],
): { fitted: FittedStep[]; columns: Column[] } {
  const fitted: FittedStep[] = [];
  let now = [...columns];
  const run = (use: Use) => {
    if (use.off) return;
    const step = stepOf(use.step);
    if (step.type === 'row') return;
    // By place, not by the line's id: equal recipes give equal results.
    const done = fitStep(use, step, now, target, splitSeed(seed, 'step', fitted.length));
    if (!done) return;
    fitted.push(done.fitted);
    now = done.columns;
  };
  uses.forEach(run);
  if (takes) preparation(takes, now).forEach(run);
  const state = alignLevels.learn(now, {});
  const on = now.map((c) => c.name);
  fitted.push({ step: alignLevels.id, version: alignLevels.version, on, params: {}, state });
  return { fitted, columns: alignLevels.apply(now, state, {}) };
}

/** What was learnt, applied to any rows. Columns that the recipe does not know are passed over. */
export function applyRecipe(fitted: readonly FittedStep[], columns: readonly Column[]): Column[] {
  let now = [...columns];
  for (const f of fitted) {
    const step = stepOf(f.step);
    if (step.type !== 'column') throw new Error(`${f.step} is not a column step`);
    const outputs = step.apply(pick(now, f.on, step.label), f.state, checked(step.params, f.params));
    now = f.step === alignLevels.id ? outputs : placed(now, f.on, outputs);
  }
  return now;
}

/** Names of the columns that new data must have. */
export function columnsNeeded(fitted: readonly FittedStep[], columns: readonly string[]): string[] {
  const named = new Set(fitted.flatMap((f) => f.on));
  return columns.filter((c) => named.has(c));
}

/** Rows that stay after the row steps of one moment, each run on what the ones before it left. */
export function rowsKept(uses: readonly Use[], table: Table, before: RowStep['before']): Uint32Array {
  let rows = rowNumbers(table.rows);
  for (const use of uses) {
    const step = use.off ? undefined : stepOf(use.step);
    if (step?.type !== 'row' || step.before !== before) continue;
    const params = checked(step.params, use.params);
    const on = selected(use.on, table.columns, step.kinds);
    if (on.length === 0) continue;
    const columns = on.map((name) => columnOf(table, name)!);
    const kept = step.rows(takeRows({ rows: table.rows, columns }, rows), on, params);
    rows = Uint32Array.from(kept, (i) => rows[i]!);
  }
  return rows;
}
