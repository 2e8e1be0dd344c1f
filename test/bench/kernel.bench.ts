/** How long support vector machines take on fixed sizes: `npx tsx test/bench/kernel.bench.ts [json]`; medians of three, processor time. */
import { matrix, type Matrix } from '../../src/core/matrix.js';
import type { Target } from '../../src/core/model.js';
import { checked } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { predict } from '../../workers/forms/index.js';
import { supportVectorMachine as svm } from '../../workers/models/kernel/support-vector-machine.js';

/** Classes that overlap: six of the columns and one product matter, and there is as much noise as in one column. */
function table(rows: number, cols: number): { X: Matrix; score: Float64Array } {
  const u = random(7);
  const X = matrix(rows, cols);
  for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
  const x = (i: number, j: number) => X.data[j * rows + i]!;
  const score = Float64Array.from(
    { length: rows },
    (_, i) => x(i, 0) - x(i, 1) + x(i, 2) - x(i, 3) + x(i, 4) - x(i, 5) + x(i, 0) * x(i, 1) + normal(u),
  );
  return { X, score };
}

const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function main(): Promise<void> {
  const { X, score } = table(5000, 20);
  const targets: Record<string, Target> = {
    'two classes': { task: 'class', y: Int32Array.from(score, (v) => (v > 0 ? 1 : 0)), levels: ['no', 'yes'] },
    'four classes': {
      task: 'class',
      y: Int32Array.from(score, (v) => (v > 2 ? 3 : v > 0 ? 2 : v > -2 ? 1 : 0)),
      levels: ['a', 'b', 'c', 'd'],
    },
    'a number': { task: 'number', y: score },
  };
  const out: Record<string, number> = {};
  for (const [name, target] of Object.entries(targets)) {
    const fits: number[] = [];
    const asks: number[] = [];
    for (let round = 0; round < 3; round++) {
      const began = processor();
      const form = await svm.fit(X, target, checked(svm.params, {}), { random: random(1), report: () => Promise.resolve(true) });
      const fitted = processor();
      predict(form, X);
      fits.push(fitted - began);
      asks.push(processor() - fitted);
    }
    const middle = (v: number[]) => v.sort((a, b) => a - b)[1]!;
    out[`fit ${name}, 5 000 × 20`] = middle(fits);
    out[`predict ${name}, 5 000 rows`] = middle(asks);
  }
  if (process.argv.includes('json')) process.stdout.write(JSON.stringify(out));
  else console.table(Object.fromEntries(Object.entries(out).map(([k, v]) => [k, { seconds: Number(v.toFixed(3)) }])));
}
void main();
