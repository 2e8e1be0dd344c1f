/** Time and memory of each model on this data and this device, before any work: from its declared cost and a short measurement. */
import { countText } from '../src/core/count.js';
import { defaults } from '../src/core/param.js';
import type { Model } from '../src/core/model.js';
import type { Forecast } from '../src/core/protocol.js';
import { furtherOf } from '../src/core/workflow.js';
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

/** Where a model cannot be used, and what one fit with its defaults costs. */
function costOf(d: Design, m: Model): { readonly whyNot: string | null; readonly operations: number; readonly bytes: number } {
  // Columns after encoding are not known yet; levels up to 20 count as columns of their own.
  let cols = 0;
  for (const c of d.columns) cols += c.kind === 'category' ? Math.min(20, Math.max(1, c.levels.length)) : c.kind === 'text' ? 0 : 1;
  const shape = shapeOf(d.training.length, m.takes.categories ? d.columns.length : Math.max(1, cols), d.target);
  const cost = m.cost?.(shape, defaults(m.params)) ?? { operations: shape.rows * shape.cols * 10, bytes: shape.rows * shape.cols * 8 };
  const whyNot = wrongTask(m, shape) ?? m.whyNot?.(shape) ?? null;
  return { whyNot, operations: cost.operations, bytes: cost.bytes + shape.rows * shape.cols * 4 * 2 };
}

export function forecast(d: Design): Forecast[] {
  // A fit is one for every target.
  const targets = 1 + furtherOf(d.workflow).length;
  return [...models.values()].map((m) => {
    const { whyNot, operations, bytes } = costOf(d, m);
    return { model: m.id, whyNot, seconds: (operations * (d.folds.length + 1) * targets) / operationsPerSecond(), bytes };
  });
}

/** Operations of one fit from which a study that nobody chose the models for does without a kind: minutes a fold, hours a study. */
const TOO_SLOW = 5e10;

/** The kinds of model for a study when none are named: those of the short list that can be used here, but those too slow for this much data. By declared cost alone, so the same on every device. */
export function kindsFor(d: Design): { readonly models: readonly string[]; readonly notes: readonly string[] } {
  const usable = [...models.values()].filter((m) => m.first && costOf(d, m).whyNot === null);
  const quick = usable.filter((m) => costOf(d, m).operations <= TOO_SLOW);
  return {
    models: quick.map((m) => m.id),
    notes: usable
      .filter((m) => !quick.includes(m))
      .map(
        (m) =>
          `${m.label} is left out: with ${countText(d.training.length)} training rows it would take very long. Name it to have it tried.`,
      ),
  };
}
