/** Times networks on the CPU, the perceptron against scikit-learn on one thread where there is one: `npx tsx test/bench/net.bench.ts`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matrix, type Matrix } from '../../src/core/matrix.js';
import type { Model, Target } from '../../src/core/model.js';
import { checked, type Values } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { neuralNetwork } from '../../workers/models/net/neural-network.js';
import { residualNetwork } from '../../workers/models/net/residual-network.js';
import { wideAndDeep } from '../../workers/models/net/wide-and-deep.js';

const REPEATS = 3;

/** Normal columns, the last few of them categories of 20 levels. */
function table(n: number, p: number, categories = 0): { X: Matrix; y: Int32Array; target: Target } {
  const u = random(7);
  const X = matrix(n, p);
  for (let i = 0; i < X.data.length; i++) X.data[i] = i < n * (p - categories) ? normal(u) : Math.floor(20 * u());
  const y = Int32Array.from({ length: n }, (_, i) => (X.data[i]! + X.data[n + i]! * X.data[2 * n + i]! > 0 ? 1 : 0));
  const levels = Array.from({ length: p }, (_, j) => (j < p - categories ? 0 : 20));
  return { X: { ...X, levels }, y, target: { task: 'class', y, levels: ['no', 'yes'] } };
}
async function ours(m: Model, { X, target }: ReturnType<typeof table>, given: Values): Promise<number> {
  const began = performance.now();
  const ctx = { random: random(1), report: () => Promise.resolve(true), backend: 'cpu' } as const;
  await m.fit(X, target, checked(m.params, { early_stopping: false, ...given }), ctx);
  return (performance.now() - began) / 1000;
}
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const folder = mkdtempSync(join(tmpdir(), 'net-bench-'));
const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
for (const [n, p, hidden] of [
  [100_000, 20, [128, 64]],
  [50_000, 50, [128, 128]],
] as const) {
  const t = table(n, p);
  writeFileSync(join(folder, 'X'), t.X.data);
  writeFileSync(join(folder, 'y'), t.y);
  const script = `
import time, numpy as np, warnings
warnings.simplefilter("ignore")
from sklearn.neural_network import MLPClassifier
X = np.ascontiguousarray(np.fromfile("${folder}/X", dtype=np.float32).reshape(${p}, ${n}).T).astype(float); y = np.fromfile("${folder}/y", dtype=np.int32)
t = time.time(); MLPClassifier((${hidden.join(', ')}), max_iter=3, random_state=0).fit(X, y); print(time.time() - t)`;
  const mine: number[] = [];
  const theirs: number[] = [];
  // Alternately, so that a busy machine slows both alike.
  for (let i = 0; i < REPEATS; i++) {
    mine.push(await ours(neuralNetwork, t, { hidden_layer_sizes: hidden, max_iter: 3 }));
    const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8', env: { ...process.env, ...one } });
    if (status === 0) theirs.push(Number(stdout));
  }
  const a = median(mine);
  const b = theirs.length > 0 ? median(theirs) : null;
  const compared = b === null ? '' : `; scikit-learn ${b.toFixed(2)} s; ratio ${(a / b).toFixed(2)}`;
  console.log(`network [${hidden.join(', ')}], ${n} × ${p}, 3 epochs: ${a.toFixed(2)} s${compared}`);
}
rmSync(folder, { recursive: true });

const small = table(20_000, 20, 5);
for (const [m, given] of [
  [neuralNetwork, { hidden_layer_sizes: [128, 128], batch_norm: true, dropout: 0.2 }],
  [wideAndDeep, {}],
  [residualNetwork, {}],
] as [Model, Values][]) {
  const seconds: number[] = [];
  for (let i = 0; i < REPEATS; i++) seconds.push(await ours(m, small, { max_iter: 20, ...given }));
  console.log(`${m.id} ${JSON.stringify(given)}, 20 000 × 20, 20 epochs: ${median(seconds).toFixed(2)} s`);
}
