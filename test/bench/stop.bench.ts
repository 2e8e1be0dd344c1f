/** How soon “stop” is heard while each model learns 100 000 × 20: milliseconds from the request to a valid form. */
import { matrix } from '../../src/core/matrix.js';
import type { Target } from '../../src/core/model.js';
import { defaults } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { Guide } from '../../workers/context.js';
import { models } from '../../workers/models/index.js';

const n = Number(process.argv[2] ?? 100_000);
const p = 20;
const u = random(1);
const X = matrix(n, p);
for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
const y = Int32Array.from({ length: n }, (_, i) => (X.data[i]! + X.data[n + i]! * X.data[2 * n + i]! + normal(u) > 0 ? 1 : 0));
const target: Target = { task: 'class', y, levels: ['no', 'yes'] };

for (const m of models.values()) {
  if (!m.tasks.includes('class') || m.family === 'baseline' || m.whyNot?.({ rows: n, cols: p, task: 'class', classes: 2 })) continue;
  const waits: number[] = [];
  for (const after of [150, 400, 900]) {
    const guide = new Guide(() => undefined, 'cpu');
    // Counted from when the person asks, not from when the model first listens.
    const asked = performance.now() + after;
    const timer = setTimeout(() => (guide.stopped = true), after);
    await m.fit(X, target, defaults(m.params), guide.context(1, 0));
    clearTimeout(timer);
    if (performance.now() > asked) waits.push(performance.now() - asked);
  }
  const heard = waits.length ? `${Math.max(...waits).toFixed(0)} ms at most of ${waits.length}` : 'was done before it could be asked';
  console.log(`${m.label.padEnd(28)} ${heard}`);
}
