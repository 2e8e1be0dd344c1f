/** How unusual each row is, learnt without labels; with a label column, how well the scores find its rarest value. */
import { checked } from '../../src/core/param.js';
import { splitSeed } from '../../src/core/random.js';
import { columnOf, missingAt, takeColumn } from '../../src/core/table.js';
import { Problem } from '../../src/core/problem.js';
import { classTarget } from '../../workers/design.js';
import { metrics } from '../../workers/evaluate/metrics/index.js';
import { detectors } from '../../workers/models/detectors.js';
import { toMatrix } from '../../workers/steps/matrix.js';
import { fitRecipe } from '../../workers/steps/recipe.js';
import type { Arguments } from './arguments.js';
import type { Answer } from './commands.js';
import { loadPlain, plain } from './cv.js';
import { columnName } from './data.js';
import { guide } from './progress.js';
import { rows as lines } from './text.js';

export async function anomaly(args: Arguments): Promise<Answer> {
  const file = args.file(0, 'FILE');
  const seed = args.whole('seed', 1, 0);
  args.need('model');
  const detector = detectors.get(args.oneOf('model', [...detectors.keys()])!)!;
  const params = checked(detector.params, args.object('params'));
  const data = await loadPlain(args, file);
  const label = args.option('label') === undefined ? undefined : columnName(data.profile, args.need('label'));
  const out = new Set([...(args.list('drop') ?? []).map((c) => columnName(data.profile, c)), label]);
  const used = args.list('use')?.map((c) => columnName(data.profile, c));
  const distinct = (name: string) => data.profile.columns.find((c) => c.name === name)!.distinct;
  const columns = data.table.columns.filter((c) => !out.has(c.name) && (!used || used.includes(c.name)) && distinct(c.name) > 0);
  if (columns.length === 0) throw new Problem('lab/no-column', { column: args.option('use') ?? '' });
  const X = toMatrix(fitRecipe(plain, columns, undefined, seed).columns);
  const scores = await detector.unusual(X, params, guide().context(splitSeed(seed, 'fit', detector.id), 0));
  const found: Record<string, number> = {};
  if (label !== undefined) {
    const source = columnOf(data.table, label)!;
    const known = Uint32Array.from({ length: data.table.rows }, (_, i) => i).filter((i) => !missingAt(source, i));
    const { y, levels } = classTarget(takeColumn(source, known));
    const counts = levels.map((_, k) => y.reduce((sum, v) => sum + (v === k ? 1 : 0), 0));
    // The rarest value is the unusual one; of equally rare ones the last.
    const positive = counts.lastIndexOf(Math.min(...counts));
    const truth = y.map((k) => (k === positive ? 1 : 0));
    const predicted = Array.from(known, (i) => [-scores[i]!, scores[i]!]).flat();
    for (const id of ['roc_auc', 'average_precision']) {
      const value = metrics.get(id)!.score({ task: 'class', truth, predicted, outputs: 2, positive: 1 });
      if (Number.isFinite(value)) found[id] = value;
    }
  }
  const top = Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, 10);
  const table = [
    ...Object.entries(found).map(([k, v]) => [k, v.toPrecision(6)]),
    ...top.map((i) => [`row ${i + 1}`, scores[i]!.toPrecision(6)]),
  ];
  return { json: { scores: Array.from(scores), ...found }, table: lines(table) };
}
