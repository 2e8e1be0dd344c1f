/** Times networks on the CPU, the perceptron against scikit-learn on one thread where there is one: `npx tsx test/bench/net.bench.ts`. */
import { matrix, type Matrix } from '../../src/core/matrix.js';
import type { Model, Target } from '../../src/core/model.js';
import { checked, type Values } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { neuralNetwork } from '../../workers/models/net/neural-network.js';
import { residualNetwork } from '../../workers/models/net/residual-network.js';
import { wideAndDeep } from '../../workers/models/net/wide-and-deep.js';
import { duel, median } from './rival.js';

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

for (const [n, p, hidden] of [
  [100_000, 20, [128, 64]],
  [50_000, 50, [128, 128]],
] as const) {
  const t = table(n, p);
  await duel({
    what: `network [${hidden.join(', ')}], ${n} × ${p}, 3 epochs`,
    X: t.X,
    y: t.y,
    ours: () => ours(neuralNetwork, t, { hidden_layer_sizes: hidden, max_iter: 3 }),
    theirs: `from sklearn.neural_network import MLPClassifier\nX = X.astype(float)\nwork = lambda: MLPClassifier((${hidden.join(', ')}), max_iter=3, random_state=0).fit(X, y)`,
    repeats: REPEATS,
  });
}

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
