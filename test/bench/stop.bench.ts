/** How soon “stop” is heard while each model learns 100 000 × 20: milliseconds from the request to a valid form. */
import { matrix } from '../../src/core/matrix.js';
import type { Model, Target } from '../../src/core/model.js';
import { defaults } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { normal, random } from '../../src/core/random.js';
import { Guide } from '../../workers/context.js';
import { models } from '../../workers/models/index.js';

const n = Number(process.argv[2] ?? 100_000);
const p = 20;
const u = random(1);
const X = matrix(n, p);
for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
const y = Int32Array.from({ length: n }, (_, i) => (X.data[i]! + X.data[n + i]! * X.data[2 * n + i]! + normal(u) > 0 ? 1 : 0));
const targets: readonly Target[] = [
  { task: 'class', y, levels: ['no', 'yes'] },
  { task: 'number', y: Float64Array.from(y, (v, i) => v + X.data[3 * n + i]! + normal(u)) },
];

for (const target of targets) {
  console.log(target.task === 'class' ? 'Two classes' : 'A number');
  for (const m of models.values()) {
    const shape = { rows: n, cols: p, task: target.task, classes: target.task === 'class' ? 2 : 0 };
    if (!m.tasks.includes(target.task) || m.family === 'baseline' || m.whyNot?.(shape)) continue;
    console.log(`  ${m.label.padEnd(44)} ${await heard(m, target)}`);
  }
}

async function heard(m: Model, target: Target): Promise<string> {
  const waits: number[] = [];
  for (const after of [150, 400, 900]) {
    const guide = new Guide(() => undefined, 'cpu');
    // Counted from when the person asks, not from when the model first listens.
    const asked = performance.now() + after;
    const timer = setTimeout(() => (guide.stopped = true), after);
    try {
      await m.fit(X, target, defaults(m.params), guide.context(1, 0));
    } catch (e) {
      if (e instanceof Problem) return e.message;
      throw e;
    } finally {
      clearTimeout(timer);
    }
    if (performance.now() > asked) waits.push(performance.now() - asked);
  }
  return waits.length ? `${Math.max(...waits).toFixed(0)} ms at most of ${waits.length}` : 'was done before it could be asked';
}
