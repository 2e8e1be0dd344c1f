/** One model behind the plain preprocessing of the references, learnt inside each fold, on given folds. */
import { takeTarget, type Target } from '../../src/core/model.js';
import { checked } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { random, splitSeed } from '../../src/core/random.js';
import type { Use } from '../../src/core/step.js';
import { columnOf, isValues, missingAt, takeColumn } from '../../src/core/table.js';
import { classTarget } from '../../workers/design.js';
import { scoreAll } from '../../workers/evaluate/metrics/index.js';
import { splits } from '../../workers/evaluate/splits/index.js';
import { predict } from '../../workers/forms/index.js';
import { taskOf } from '../../workers/propose.js';
import { modelOf, shapeOf, wrongTask } from '../../workers/run.js';
import { toMatrix } from '../../workers/steps/matrix.js';
import { applyRecipe, fitRecipe } from '../../workers/steps/recipe.js';
import type { Arguments } from './arguments.js';
import type { Answer } from './commands.js';
import { bytesOf, choicesOf, columnName, load, taskOf as wishedTask, type Loaded } from './data.js';
import { guide, told } from './progress.js';
import { rows as lines } from './text.js';

/** Missing numbers → median, missing categories → most frequent, standardise, one-hot. */
export const plain: readonly Use[] = [
  { id: 'a', step: 'impute', version: 1, on: 'numbers', params: { strategy: 'median' } },
  { id: 'b', step: 'impute', version: 1, on: 'categories', params: { strategy: 'most-frequent' } },
  { id: 'c', step: 'standardise', version: 1, on: 'numbers', params: {} },
  { id: 'd', step: 'one-hot', version: 1, on: 'categories', params: { maxLevels: 10_000 } },
];

/** Everything that is not a number is a category here, as in the references; so the file is read twice when it must be. */
export async function loadPlain(args: Arguments, file: string): Promise<Loaded> {
  const data = await load(file, choicesOf(args));
  const other = data.profile.columns.filter((c) => c.kind === 'text' || c.kind === 'time');
  if (other.length === 0) return data;
  return load(file, choicesOf(args, { columns: Object.fromEntries(other.map((c) => [c.name, { kind: 'category' as const }])) }));
}

export async function crossValidate(args: Arguments): Promise<Answer> {
  const file = args.file(0, 'FILE');
  const seed = args.whole('seed', 1, 0);
  const data = await loadPlain(args, file);
  const target = columnName(data.profile, args.need('target'));
  const dropped = new Set((args.list('drop') ?? []).map((c) => columnName(data.profile, c)));
  const used = args.list('use')?.map((c) => columnName(data.profile, c));
  const features = data.table.columns.filter(
    (c) =>
      c.name !== target &&
      !dropped.has(c.name) &&
      (!used || used.includes(c.name)) &&
      data.profile.columns.find((p) => p.name === c.name)!.distinct > 0,
  );
  const source = columnOf(data.table, target)!;
  const task = wishedTask(args) ?? taskOf(data.profile.columns.find((c) => c.name === target)!).task;

  const folds = foldsOf(args, data.table.rows, (row) => missingAt(source, row));
  const kept = Uint32Array.from(folds.keys()).filter((row) => folds[row]! >= 0);
  let y: Target;
  if (task === 'class') y = classTarget(takeColumn(source, kept));
  else if (isValues(source)) y = { task: 'number', y: Float64Array.from(kept, (i) => source.values[i]!) };
  else throw new Problem('problem/text-target', { column: target });
  const columns = features.map((c) => takeColumn(c, kept));
  let fold = Int32Array.from(kept, (row) => folds[row]!);
  if (!args.option('folds') || /^\d+$/.test(args.option('folds')!)) {
    const k = args.whole('folds', 5, 2);
    const split = splits.get(task === 'class' ? 'stratified' : 'k-fold')!;
    fold = new Int32Array(kept.length);
    split
      .folds({ rows: kept.length, ...(y.task === 'class' ? { classes: y.y } : {}) }, k, random(splitSeed(seed, 'folds')))
      .forEach((part, f) => part.test.forEach((i) => (fold[i] = f)));
  }

  const m = modelOf(args.need('model'));
  const whyNot = wrongTask(m, { task }) ?? m.whyNot?.(shapeOf(kept.length, columns.length, y)) ?? null;
  if (whyNot) throw new Problem('model/not-here', { model: m.label, why: whyNot });
  if (columns.length === 0) throw new Problem('problem/no-features', { column: target });
  const params = checked(m.params, args.object('params'));
  const lead = guide();
  const outputs = y.task === 'class' ? y.levels.length : 1;
  const results: Record<string, number>[] = [];
  for (const f of [...new Set(fold)].sort((a, b) => a - b)) {
    const train = Uint32Array.from(fold.keys()).filter((i) => fold[i] !== f);
    const test = Uint32Array.from(fold.keys()).filter((i) => fold[i] === f);
    told(`Fold ${f}`);
    const yTrain = takeTarget(y, train);
    const { fitted, columns: made } = fitRecipe(
      plain,
      columns.map((c) => takeColumn(c, train)),
      yTrain,
      seed,
    );
    const X = toMatrix(made);
    const began = performance.now();
    const form = await m.fit(X, yTrain, params, lead.context(splitSeed(seed, 'fit', m.id, f), f));
    const fitSeconds = (performance.now() - began) / 1000;
    const Xtest = toMatrix(
      applyRecipe(
        fitted,
        columns.map((c) => takeColumn(c, test)),
      ),
    );
    const before = performance.now();
    const predicted = predict(form, Xtest);
    const predictSeconds = (performance.now() - before) / 1000;
    results.push({ ...scoreAll({ task: y.task, truth: takeTarget(y, test).y, predicted, outputs }), fitSeconds, predictSeconds });
  }
  const names = Object.keys(results[0]!).filter((k) => !k.endsWith('Seconds'));
  const mean = Object.fromEntries(
    names.map((k) => {
      const good = results.map((r) => r[k]!).filter(Number.isFinite);
      return [k, good.length ? good.reduce((a, b) => a + b, 0) / good.length : null];
    }),
  );
  return {
    json: { model: m.id, params, folds: results, mean },
    table: lines(Object.entries(mean).map(([k, v]) => [k, v === null ? 'undefined' : v.toPrecision(6)])),
  };
}

/** Fold of each row; −1 is left out. Without a file every row with a target takes part, in fold 0 for now. */
function foldsOf(args: Arguments, rows: number, missing: (row: number) => boolean): Int32Array {
  const file = args.option('folds');
  if (!file || /^\d+$/.test(file)) return Int32Array.from({ length: rows }, (_, i) => (missing(i) ? -1 : 0));
  const text = new TextDecoder().decode(bytesOf(file)).replace(/\s+/g, '');
  if (text.length !== rows) throw new Problem('lab/folds', { why: `it has ${text.length} characters for ${rows} rows` });
  if (!/^[0-9-]+$/.test(text)) throw new Problem('lab/folds', { why: 'it holds other characters than digits and -' });
  return Int32Array.from(text, (c, i) => (c === '-' || missing(i) ? -1 : Number(c)));
}
