/** Time and memory of each model on this data and this device, before any work: from its declared cost and a short measurement. */
import { defaults } from '../src/core/param.js';
import type { Forecast } from '../src/core/protocol.js';
import type { Design } from './design.js';
import { models } from './models/index.js';
import { shapeOf, wrongTask } from './run.js';

let speed = 0;

/** Simple operations a second of typed-array arithmetic: the best of four short runs, so that warming up and neighbours count little (about 30 ms, once). */
function operationsPerSecond(): number {
  if (speed) return speed;
  const a = new Float64Array(4096).fill(1.000001);
  let sum = 0;
  for (let run = 0; run < 4; run++) {
    const began = performance.now();
    let rounds = 0;
    do {
      for (let i = 0; i < a.length; i++) sum += a[i]! * a[a.length - 1 - i]!;
      rounds++;
    } while (performance.now() - began < 8);
    speed = Math.max(speed, (rounds * a.length) / ((performance.now() - began) / 1000));
  }
  return sum > 0 ? speed : 1e9;
}

export function forecast(d: Design): Forecast[] {
  // Columns after encoding are not known yet; levels up to 20 count as columns of their own.
  let cols = 0;
  for (const c of d.columns) cols += c.kind === 'category' ? Math.min(20, Math.max(1, c.levels.length)) : c.kind === 'text' ? 0 : 1;
  const parts = d.folds.length + 1;
  return [...models.values()].map((m) => {
    const shape = shapeOf(d.training.length, m.takes.categories ? d.columns.length : Math.max(1, cols), d.target);
    const cost = m.cost?.(shape, defaults(m.params)) ?? { operations: shape.rows * shape.cols * 10, bytes: shape.rows * shape.cols * 8 };
    const whyNot = wrongTask(m, shape) ?? m.whyNot?.(shape) ?? null;
    return {
      model: m.id,
      whyNot,
      seconds: (cost.operations * parts) / operationsPerSecond(),
      bytes: cost.bytes + shape.rows * shape.cols * 4 * 2,
    };
  });
}
