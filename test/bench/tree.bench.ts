/** Times boosting, forests and batch prediction against scikit-learn and XGBoost: `npx tsx test/bench/tree.bench.ts [million]`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Trees } from '../../src/core/form.js';
import { matrix, take, type Matrix } from '../../src/core/matrix.js';
import type { ClassTarget, Hands } from '../../src/core/model.js';
import { checked } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { predictTrees } from '../../workers/forms/trees.js';
import { histGradientBoosting } from '../../workers/models/tree/hist-gradient-boosting.js';
import { randomForest } from '../../workers/models/tree/random-forest.js';
import { dismissThreads, threadsOf } from '../threads.js';
import { context, duel } from './rival.js';

const p = 20;

function table(n: number): { X: Matrix; y: Int32Array; target: ClassTarget } {
  const u = random(7);
  const X = matrix(n, p);
  for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
  const y = Int32Array.from({ length: n }, (_, i) => {
    const x = (j: number) => X.data[j * n + i]!;
    return x(0) + x(1) * x(2) + Math.sin(3 * x(3)) + 0.5 * normal(u) > 0 ? 1 : 0;
  });
  return { X, y, target: { task: 'class', y, levels: ['no', 'yes'] } };
}
const given = checked(histGradientBoosting.params, { early_stopping: 'off' });
const hand = threadsOf(1);
const boost = async ({ X, target }: ReturnType<typeof table>, hands?: Hands) =>
  (await histGradientBoosting.fit(X, target, given, { ...context(3), ...(hands ? { hands } : {}) })) as Trees;
const sklearn = `
from sklearn.ensemble import HistGradientBoostingClassifier
m = HistGradientBoostingClassifier(early_stopping=False)
work = lambda: m.fit(X, y)`;
const xgboost = (threads: number) => `
from xgboost import XGBClassifier
m = XGBClassifier(n_estimators=100, tree_method="hist", max_bin=255, grow_policy="lossguide", max_depth=0, max_leaves=31, learning_rate=0.1, min_child_weight=0, reg_lambda=0, n_jobs=${threads})
work = lambda: m.fit(X, y)`;

async function against(rows: number, repeats: number): Promise<void> {
  const t = table(rows);
  const one = { ...t, repeats, ours: () => boost(t) };
  const what = `boosting, ${rows} × ${p}, 100 trees of 31 leaves`;
  await duel({ ...one, what, theirs: sklearn });
  await duel({ ...one, what, theirs: xgboost(1), rival: 'XGBoost hist' });
  const two = { ...t, repeats, ours: () => boost(t, hand), what: `${what}, two threads`, threads: 2 };
  await boost(t, hand);
  await duel({ ...two, theirs: sklearn });
  await duel({ ...two, theirs: xgboost(2), rival: 'XGBoost hist' });
}

if (process.argv.includes('memory')) {
  const t = table(1_000_000);
  const before = process.memoryUsage().rss;
  await boost(t);
  const { maxRSS } = process.resourceUsage();
  console.log(`memory beside the matrix: ${((maxRSS * 1024 - before) / t.X.data.byteLength).toFixed(2)} × the matrix of Float32`);
} else if (process.argv.includes('million')) {
  await against(1_000_000, 1);
  spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), 'memory'], { stdio: 'inherit' });
} else {
  await against(100_000, 3);
  const t = table(100_000);
  const some = Uint32Array.from({ length: 80_000 }, (_, i) => i);
  const part = { X: take(t.X, some), y: t.y.slice(0, 80_000) };
  await duel({
    ...part,
    what: 'forest, 80 000 × 20, 100 full trees',
    ours: () => randomForest.fit(part.X, { ...t.target, y: part.y }, checked(randomForest.params, {}), context(3)),
    theirs: 'from sklearn.ensemble import RandomForestClassifier\nm = RandomForestClassifier(random_state=0)\nwork = lambda: m.fit(X, y)',
    repeats: 1,
  });
  const form = await boost(t);
  await duel({
    ...t,
    what: 'prediction of 100 000 rows, 100 trees of 31 leaves',
    ours: () => predictTrees(form, t.X),
    theirs: `${sklearn.replace('work = lambda: m.fit(X, y)', 'm.fit(X, y)')}\nwork = lambda: m.predict_proba(X)`,
    repeats: 5,
  });
}
await dismissThreads();
