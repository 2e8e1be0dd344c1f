/** The recipe tried on the training rows: what each line does, and the first rows before and after. */
import { takeTarget } from '../src/core/model.js';
import { Problem } from '../src/core/problem.js';
import type { Preview, PreviewLine } from '../src/core/protocol.js';
import { checked } from '../src/core/param.js';
import { splitSeed } from '../src/core/random.js';
import { selected, type Use } from '../src/core/step.js';
import { takeColumn, takeRows, type Column } from '../src/core/table.js';
import { columnsAt, makeDesign, rowStepOf, stay, stepOf, thinned, type Design } from './design.js';
import { headOf } from './serve.js';
import { fitRecipe } from './steps/recipe.js';

const SHOWN = 30;

/** `upTo`: show the rows after this many lines of the recipe (off lines count). */
export function preview(d: Design, upTo = d.workflow.recipe.length): Preview {
  const recipe = d.workflow.recipe;
  const rows = thinned(d, d.training);
  const target = takeTarget(d.target, rows);
  const start = columnsAt(d, rows);
  let columns: readonly Column[] = start;
  let shown: readonly Column[] = start;
  let population = d.table.rows;
  let training = d.training;
  const lines: PreviewLine[] = [];
  recipe.forEach((use, i) => {
    if (use.off) {
      lines.push(line(use, words(use, columns), '', [rows.length, rows.length], [columns.length, columns.length]));
    } else {
      try {
        const step = rowStepOf(use);
        if (step?.before === 'split') {
          const before = withoutLine(d, i);
          lines.push(line(use, words(use, d.table.columns), '', [before, population], [columns.length, columns.length]));
          population = d.table.rows;
        } else if (step) {
          const staying = stay(step, use, takeRows(d.table, training));
          lines.push(line(use, words(use, d.table.columns), '', [training.length, staying.length], [columns.length, columns.length]));
          training = staying.map((r) => training[r]!);
        } else {
          const before = columns.length;
          const made = fitRecipe([use], columns, target, splitSeed(d.workflow.seed, 'recipe', d.folds.length));
          // Not the last one: that is the hidden step which fixes levels.
          const fitted = made.fitted.find((f) => f.step === use.step);
          const column = stepOf(use);
          const learnt = fitted && column.type === 'column' ? column.learnt(fitted.state) : '';
          lines.push({
            ...line(use, words(use, columns), learnt, [rows.length, rows.length], [before, made.columns.length]),
            inFolds: true,
          });
          columns = made.columns;
        }
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        lines.push({
          ...line(use, words(use, columns), '', [rows.length, rows.length], [columns.length, columns.length]),
          problem: error.toJSON(),
        });
      }
    }
    if (i + 1 === upTo) shown = columns;
  });
  if (upTo === 0) shown = start;
  const head = Uint32Array.from({ length: Math.min(SHOWN, rows.length) }, (_, i) => i);
  const top = (cs: readonly Column[]) => headOf({ rows: head.length, columns: cs.map((c) => takeColumn(c, head)) }, SHOWN);
  return { lines, before: top(start), after: top(shown) };
}

const line = (
  use: Use,
  says: string,
  learnt: string,
  rows: readonly [number, number],
  columns: readonly [number, number],
): PreviewLine => ({
  use: use.id,
  says,
  learnt,
  inFolds: false,
  rows,
  columns,
  problem: null,
});

function words(use: Use, columns: readonly Column[]): string {
  const step = stepOf(use);
  const on = selected(use.on, columns, step.kinds);
  return step.says(on.length || typeof use.on === 'string' ? on : use.on, checked(step.params, use.params) as never);
}

/** Rows of the population if this line were off. */
function withoutLine(d: Design, i: number): number {
  const w = d.workflow;
  const whole = d.source;
  return makeDesign(whole, { ...w, recipe: w.recipe.filter((_, j) => j !== i) }).table.rows;
}
