/** Times the CPU trainer of networks against scikit-learn on one thread, where there is one: `npx tsx test/bench/net.bench.ts`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matrix } from '../../src/core/matrix.js';
import { checked } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { neuralNetwork } from '../../workers/models/net/neural-network.js';

const [n, p, epochs, repeats] = [100_000, 20, 3, 3];
const u = random(7);
const X = matrix(n, p);
for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
const y = Int32Array.from({ length: n }, (_, i) => (X.data[i]! + X.data[n + i]! * X.data[2 * n + i]! > 0 ? 1 : 0));
const folder = mkdtempSync(join(tmpdir(), 'net-bench-'));
writeFileSync(join(folder, 'X'), X.data);
writeFileSync(join(folder, 'y'), y);
const script = `
import time, numpy as np, warnings
warnings.simplefilter("ignore")
from sklearn.neural_network import MLPClassifier
X = np.ascontiguousarray(np.fromfile("${folder}/X", dtype=np.float32).reshape(${p}, ${n}).T).astype(float); y = np.fromfile("${folder}/y", dtype=np.int32)
t = time.time(); MLPClassifier((128, 64), max_iter=${epochs}, random_state=0).fit(X, y); print(time.time() - t)`;
const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

const ours: number[] = [];
const theirs: number[] = [];
// Alternately, so that a busy machine slows both alike.
for (let i = 0; i < repeats; i++) {
  const began = performance.now();
  await neuralNetwork.fit(
    X,
    { task: 'class', y, levels: ['no', 'yes'] },
    checked(neuralNetwork.params, { hidden_layer_sizes: [128, 64], max_iter: epochs, early_stopping: false }),
    { random: random(1), report: () => Promise.resolve(true), backend: 'cpu' },
  );
  ours.push((performance.now() - began) / 1000);
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8', env: { ...process.env, ...one } });
  if (status === 0) theirs.push(Number(stdout));
}
rmSync(folder, { recursive: true });
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const a = median(ours);
const b = theirs.length > 0 ? median(theirs) : null;
console.log(
  `network [128, 64], 100 000 × 20, ${epochs} epoch: ${a.toFixed(2)} s${b === null ? '' : `; scikit-learn ${b.toFixed(2)} s; ratio ${(a / b).toFixed(2)}`}`,
);
