/** Times boosting, forests and batch prediction, against scikit-learn on one thread where there is one: `npx tsx test/bench/tree.bench.ts`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trees } from '../../src/core/form.js';
import { matrix, take } from '../../src/core/matrix.js';
import type { ClassTarget } from '../../src/core/model.js';
import { checked } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { predictTrees } from '../../workers/forms/trees.js';
import { histGradientBoosting } from '../../workers/models/tree/hist-gradient-boosting.js';
import { randomForest } from '../../workers/models/tree/random-forest.js';

const n = 100_000;
const p = 20;
const repeats = 3;
const u = random(7);
const X = matrix(n, p);
for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
const y = Int32Array.from({ length: n }, (_, i) => {
  const x = (j: number) => X.data[j * n + i]!;
  return x(0) + x(1) * x(2) + Math.sin(3 * x(3)) + 0.5 * normal(u) > 0 ? 1 : 0;
});
const context = () => ({ random: random(3), report: () => Promise.resolve(true) });
const target: ClassTarget = { task: 'class', y, levels: ['no', 'yes'] };
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const folder = mkdtempSync(join(tmpdir(), 'tree-bench-'));
writeFileSync(join(folder, 'X'), X.data);
writeFileSync(join(folder, 'y'), y);
const python = (code: string): number | null => {
  const script = `
import os, time, numpy as np
os.environ["OMP_NUM_THREADS"] = "1"
from sklearn.ensemble import HistGradientBoostingClassifier as H, RandomForestClassifier as F
X = np.ascontiguousarray(np.fromfile("${folder}/X", dtype=np.float32).reshape(${p}, ${n}).T); y = np.fromfile("${folder}/y", dtype=np.int32)
${code}
t = time.time(); m.fit(X, y); print(time.time() - t)`;
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  return status === 0 ? Number(stdout) : null;
};

async function compare(what: string, ours: () => Promise<unknown>, theirs: string, times: number): Promise<void> {
  const mine: number[] = [];
  const other: number[] = [];
  // Alternately, so that a busy machine slows both alike.
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await ours();
    mine.push((performance.now() - start) / 1000);
    const seconds = python(theirs);
    if (seconds !== null) other.push(seconds);
  }
  const a = median(mine);
  const b = other.length > 0 ? median(other) : null;
  console.log(`${what}: ${a.toFixed(2)} s${b === null ? '' : `; scikit-learn ${b.toFixed(2)} s; ratio ${(a / b).toFixed(2)}`}`);
}

let boosted: Trees | null = null;
await compare(
  'boosting, 100 000 × 20, 100 trees of 31 leaves',
  async () =>
    (boosted = (await histGradientBoosting.fit(
      X,
      target,
      checked(histGradientBoosting.params, { early_stopping: 'off' }),
      context(),
    )) as Trees),
  'm = H(early_stopping=False)',
  repeats,
);
const some = Uint32Array.from({ length: 80_000 }, (_, i) => i);
const part = take(X, some);
await compare(
  'forest, 80 000 × 20, 100 full trees',
  () => randomForest.fit(part, { ...target, y: y.slice(0, 80_000) }, checked(randomForest.params, {}), context()),
  'm = F(random_state=0); X = X[:80000]; y = y[:80000]',
  1,
);
const form = boosted as Trees | null;
if (form) {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    predictTrees(form, X);
    return (performance.now() - start) / 1000;
  });
  console.log(`prediction, 100 trees of 31 leaves: ${(n / median(times) / 1e6).toFixed(2)} million rows a second`);
}
rmSync(folder, { recursive: true });
